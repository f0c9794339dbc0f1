package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// peopleCommands are the rarer things to do about a person: the palette has
// them, and the contact pane's menu.
func peopleCommands() []command {
	return []command{
		{"describe-contact", false, (*App).describeContact},
		{"forbid", false, func(a *App) tea.Cmd { return a.askConsent(event.Consented{}) }},
		{"forbid-marketing", false, func(a *App) tea.Cmd { return a.askConsent(event.Consented{Category: store.Marketing}) }},
		{"allow", false, func(a *App) tea.Cmd { return a.askConsent(event.Consented{Allowed: true}) }},
		{"block", false, func(a *App) tea.Cmd { return a.askBlock(true) }},
		{"unblock", false, func(a *App) tea.Cmd { return a.askBlock(false) }},
		{"join", false, (*App).askJoin},
		{"split", false, (*App).split},
		{"export-contact", false, (*App).exportContact},
		{"erase-contact", false, (*App).askErase},
	}
}

// contactMenu offers them in one list.
func (a *App) contactMenu() tea.Cmd {
	var list []overlay.Command
	for _, c := range append(peopleCommands(), a.commands["link"]) {
		w := a.words.Screen.Commands[c.name]
		list = append(list, overlay.Command{Name: c.name, Title: w.Name, Help: w.Help})
	}
	a.push(overlay.NewMenuOf(a.look, a.words.People.MenuTitle, list))
	return nil
}

// doPeople does what an overlay asks about the person.
func (a *App) doPeople(act action.Action) tea.Cmd {
	did := &a.words.People.Did
	switch x := act.(type) {
	case action.DescribeContact:
		return a.tellOfPerson(x.Said, did.DescribedF, a.undoDescribed(x.Said))
	case action.Consent:
		return a.tellOfPerson(x.Said, a.consentSaid(x.Said), a.undoConsent(x.Said))
	case action.Join:
		a.over.Pop()
		return a.join(x.With)
	case action.Block:
		a.over.Pop()
		return a.block(x.Block)
	case action.EraseContact:
		a.over.Pop()
		return a.eraseContact(x.Conversation)
	}
	return nil
}

// tellOfPerson does one action on the conversation that is shown.
func (a *App) tellOfPerson(body event.Body, format string, inverse event.Body) tea.Cmd {
	a.over.Pop()
	c, ok := a.target()
	if !ok {
		return nil
	}
	return a.act(c, body, event.AspectNone, fmt.Sprintf(format, a.name(&c)), inverse)
}

func (a *App) consentSaid(c event.Consented) string {
	did := &a.words.People.Did
	switch {
	case c.Allowed:
		return did.AllowedF
	case c.Category == store.Marketing:
		return did.MarketingF
	}
	return did.StoppedF
}

// undoConsent is what stood before; nil where it stood already.
func (a *App) undoConsent(said event.Consented) event.Body {
	c, _ := a.target()
	was := c.Standing.NoMessages.IsZero()
	if said.Category == store.Marketing {
		was = c.Standing.NoMarketing.IsZero()
	}
	if was == said.Allowed {
		return nil
	}
	return event.Consented{Category: said.Category, Allowed: was}
}

// undoDescribed is what was known before. A name, a language or a zone that was
// not known cannot be taken back, only changed.
func (a *App) undoDescribed(said event.ContactDescribed) event.Body {
	c, _ := a.target()
	back := event.ContactDescribed{Fields: map[string]string{}}
	for name := range said.Fields {
		back.Fields[name] = c.Fields[name]
	}
	if said.About != "" {
		if back.About = c.About; back.About == "" {
			back.About = "-"
		}
	}
	if said.Name != "" {
		back.Name = c.Name
	}
	if said.Language != "" {
		back.Language = c.Language
	}
	if said.Zone != "" {
		back.Zone = c.Zone
	}
	return back
}

// describeContact opens the form of what the team knows of them.
func (a *App) describeContact() tea.Cmd {
	c, _ := a.target()
	w := &a.words.People.Form
	names := slices.Sorted(maps.Keys(c.Fields))
	lines := []overlay.FormLine{
		{Label: w.Name, Value: c.Name},
		{Label: w.Language, Value: c.Language, Prompt: w.LanguageHint},
		{Label: w.Zone, Value: c.Zone, Prompt: w.ZoneHint},
		{Label: w.About, Value: c.About},
	}
	for _, name := range names {
		lines = append(lines, overlay.FormLine{Label: name, Value: c.Fields[name]})
	}
	lines = append(lines, overlay.FormLine{Label: w.NewField, Prompt: w.FieldHint}, overlay.FormLine{Label: w.NewValue})
	a.push(overlay.NewForm(a.look, w.Title, a.name(&c).String(), lines, func(in []string) action.Action {
		return a.formSays(&c, names, in)
	}))
	return nil
}

// formSays is what of the form is another than before.
func (a *App) formSays(c *store.Conversation, names, in []string) action.Action {
	w := &a.words.People.Form
	for i := range in {
		in[i] = strings.TrimSpace(in[i])
	}
	said := event.ContactDescribed{Name: changed(in[0], c.Name), Language: changed(in[1], c.Language), Zone: changed(in[2], c.Zone), Fields: map[string]string{}}
	if said.About = changed(in[3], c.About); in[3] == "" && c.About != "" {
		said.About = "-"
	}
	if _, err := time.LoadLocation(said.Zone); said.Zone != "" && err != nil {
		return action.Say{Text: fmt.Sprintf(w.BadZoneF, said.Zone)}
	}
	for i, name := range names {
		if now := in[4+i]; now != c.Fields[name] {
			said.Fields[name] = now
		}
	}
	name, value := in[len(in)-2], in[len(in)-1]
	switch {
	case name != "" && value != "":
		said.Fields[name] = value
	case value != "":
		return action.Say{Text: w.NoFieldName}
	}
	if said.Name == "" && said.Language == "" && said.Zone == "" && said.About == "" && len(said.Fields) == 0 {
		return action.Close{}
	}
	return action.DescribeContact{Said: said}
}

func changed(now, was string) string {
	if now == was {
		return ""
	}
	return now
}

// askConsent asks where a word on consent is known from.
func (a *App) askConsent(said event.Consented) tea.Cmd {
	c, _ := a.target()
	w := &a.words.People.ConsentForm
	title := w.StopTitle
	switch {
	case said.Allowed:
		title = w.AllowTitle
		if c.Standing.NoMessages.IsZero() && !c.Standing.NoMarketing.IsZero() {
			said.Category = store.Marketing // that is all there is to take back
		}
	case said.Category == store.Marketing:
		title = w.MarketingTitle
	}
	lines := []overlay.FormLine{{Label: w.From, Prompt: w.FromHint}}
	a.push(overlay.NewForm(a.look, title, a.name(&c).String(), lines, func(in []string) action.Action {
		said.Detail = strings.TrimSpace(in[0])
		return action.Consent{Said: said}
	}))
	return nil
}

func (a *App) exportContact() tea.Cmd {
	c, _ := a.target()
	did := &a.words.People.Did
	if a.opts.Export == nil {
		a.say(did.CannotExport)
		return nil
	}
	return a.io(func(ctx context.Context) tea.Msg {
		path, err := a.opts.Export(ctx, c.ID)
		return peopleMsg{said: fmt.Sprintf(did.ExportedF, path), err: err}
	})
}

// askErase says that all of the person goes, everywhere, for good.
func (a *App) askErase() tea.Cmd {
	c, _ := a.target()
	w := &a.words.People
	if a.opts.Erase == nil {
		a.say(w.Did.CannotErase)
		return nil
	}
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: w.EraseTitle(a.name(&c).String()), Said: w.EraseSaid, Key: "X", Yes: w.EraseYes, Do: action.EraseContact{Conversation: c.ID},
	}))
	return nil
}

func (a *App) eraseContact(id event.ConversationID) tea.Cmd {
	did := &a.words.People.Did
	return a.io(func(ctx context.Context) tea.Msg {
		return peopleMsg{said: did.Erased, err: a.opts.Erase(ctx, id)}
	})
}

// concerned reports whether a change is about the person that is shown: what they
// say in another of their conversations holds in this one.
func (a *App) concerned(c store.Change) bool {
	if c.Conversations == nil || c.Conversations[a.current] {
		return true
	}
	return slices.ContainsFunc(a.person.Identities, func(one store.Conversation) bool { return c.Conversations[one.ID] })
}
