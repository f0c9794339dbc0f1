package tui

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/internal/when"
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// The lines of the form besides the template's own, by the names they are remembered by.
const (
	castName    = "name"
	castNumbers = "numbers"
	castPlus    = "plus"
	castPace    = "pace"
	castWhen    = "when"
)

// castUse is the language under which the last lines are remembered: the picker's own are
// of one customer, and a table's columns are nobody's words.
func (c *casting) castUse() string {
	if c.table != "" {
		return c.template.Language + "@table"
	}
	return c.template.Language + "@people"
}

// called is what the team calls it where nobody says otherwise: as the verb does, a table by
// its file's name.
func (c *casting) called() string {
	if c.table == "" {
		return c.template.Name
	}
	return strings.TrimSuffix(filepath.Base(c.table), filepath.Ext(c.table))
}

// ids are the lines of the form, in their order.
func (c *casting) ids() []string {
	ids := []string{castName}
	if c.table != "" {
		ids = append(ids, castNumbers, castPlus)
	}
	for _, f := range c.template.Fields() {
		ids = append(ids, f.Key())
	}
	return append(ids, castPace, castWhen)
}

// castForm reads what the lines were the last time.
func (a *App) castForm() tea.Cmd {
	cast := *a.cast
	return a.io(func(ctx context.Context) tea.Msg {
		uses, err := a.st.TemplateUse(ctx, cast.account)
		cast.remembered = uses[cast.template.Name+"/"+cast.castUse()].Values
		return castMsg{cast: &cast, err: err}
	})
}

// castLines opens the form.
func (a *App) castLines() tea.Cmd {
	w, c := &a.words.Many, a.cast
	own := map[string]overlay.FormLine{
		castName:    {Label: w.Name, Value: c.called(), Prompt: w.NameHint},
		castNumbers: {Label: w.Numbers, Value: c.remembered[castNumbers], Prompt: w.NumbersHint},
		castPlus:    {Label: w.Plus, Value: c.remembered[castPlus], Prompt: w.PlusHint},
		castPace:    {Label: w.PerMinute, Value: c.remembered[castPace], Prompt: w.PaceHint},
		castWhen:    {Label: w.When, Prompt: w.WhenHint},
	}
	about := c.about
	if c.table != "" {
		about = w.Columns(c.columns)
	}
	fields := map[string]provider.Field{}
	for _, f := range c.template.Fields() {
		fields[f.Key()] = f
	}
	var lines []overlay.FormLine
	for _, id := range c.ids() {
		line, ok := own[id]
		if !ok {
			f := fields[id]
			line = overlay.FormLine{Label: a.words.Picker.Field(f, ""), Value: c.remembered[id], Prompt: w.OfPeople}
			if c.table != "" {
				line.Prompt = w.OfTable
			}
			if line.Value == "" {
				line.Value = c.guess(f)
			}
		}
		lines = append(lines, line)
	}
	form := overlay.NewForm(a.look, w.FormTitle, about, lines, a.castTyped)
	form.SetHints(w.FormHints)
	a.push(form)
	return nil
}

// firstName is the variable that every person has: store.Canned.Fill.
const firstName = "{firstname}"

// guess is what fills a field where its name tells: a column of that name, or the
// person's first name.
func (c *casting) guess(f provider.Field) string {
	for _, name := range c.columns {
		if strings.EqualFold(name, f.Name) || strings.EqualFold(name, f.Key()) {
			return name
		}
	}
	if c.table == "" && slices.Contains([]string{"name", "first_name", "nombre", "nome"}, strings.ToLower(f.Name)) {
		return firstName
	}
	return ""
}

// castTyped takes the lines; what means nothing leaves the form open.
func (a *App) castTyped(typed []string) action.Action {
	if _, said := a.castPace(typed); said != "" {
		return action.Say{Text: said}
	}
	return action.LookAt{Lines: typed}
}

// lineOf is what stands in a line.
func (c *casting) lineOf(typed []string, id string) string {
	if i := slices.Index(c.ids(), id); i >= 0 && i < len(typed) {
		return strings.TrimSpace(typed[i])
	}
	return ""
}

// castPace reads when it begins and how fast it may go; said is why it cannot be read.
func (a *App) castPace(typed []string) (pace broadcast.Pace, said string) {
	if text := a.cast.lineOf(typed, castPace); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 6000 {
			return pace, a.words.Many.BadPace.String()
		}
		pace.PerMinute = n
	}
	if text := a.cast.lineOf(typed, castWhen); text != "" {
		due, err := when.Parse(text, a.now())
		var p *when.Problem
		if errors.As(err, &p) {
			return pace, a.words.Later.NotATime(p, a.now()).String()
		}
		pace.Start = due
	}
	return pace, ""
}

// lookAt judges every recipient, and shows who gets it and who does not.
func (a *App) lookAt(x action.LookAt) tea.Cmd {
	cast, caps := *a.cast, a.capsOf(a.cast.account, "")
	pace, said := a.castPace(x.Lines)
	if said != "" || caps == nil {
		a.say(said)
		return nil
	}
	look := overlay.NewBroadcastLook(a.look, a.inboxName(cast.account))
	a.push(look)
	judge := broadcast.Judge{Account: cast.account, Template: cast.template, Capabilities: caps, Find: a.st.FindConversation, Now: a.opts.Now}
	agent := a.myName()
	return a.io(func(ctx context.Context) tea.Msg {
		plan, err := a.castPlan(ctx, &cast, x.Lines, judge, agent)
		if said := a.castRefused(err); said != "" {
			return overlayMsg{give: func(a *App) action.Action {
				if a.over.Top() == overlay.Overlay(look) {
					a.over.Pop()
				}
				return action.Say{Text: said}
			}}
		}
		health, unread := a.st.AccountHealth(ctx)
		pace.Daily = max(0, health[cast.account].Limit)
		// It only saves typing the next time.
		_ = a.st.RememberTemplate(ctx, cast.account, cast.template.Name, cast.castUse(), cast.remember(x.Lines))
		return overlayMsg{give: func(*App) action.Action { look.SetPlan(plan, pace); return nil }, err: errors.Join(err, unread)}
	})
}

// remember is what the next broadcast of the template begins with; its name and time are
// of this once.
func (c *casting) remember(typed []string) map[string]string {
	out := map[string]string{}
	for i, id := range c.ids() {
		if text := strings.TrimSpace(typed[i]); text != "" && id != castName && id != castWhen {
			out[id] = text
		}
	}
	return out
}

// castPlan judges the recipients: of the table, or the people.
func (a *App) castPlan(ctx context.Context, c *casting, typed []string, judge broadcast.Judge, agent string) (*broadcast.Plan, error) {
	name := c.lineOf(typed, castName)
	if name == "" {
		name = c.called()
	}
	if c.table == "" {
		texts := map[string]string{}
		for _, f := range c.template.Fields() {
			texts[f.Key()] = c.lineOf(typed, f.Key())
		}
		return broadcast.Of(name, c.people, texts, func(conv *store.Conversation) map[string]provider.Value {
			return c.valuesFor(conv, texts, agent)
		}, judge)
	}
	f, err := a.opts.OpenTable(c.table)
	if err != nil {
		return nil, &saidError{err.Error()}
	}
	defer f.Close()
	return broadcast.Read(ctx, name, f, c.mapping(typed, a.words.Confirm.Yes), judge)
}

// valuesFor fills the lines for a conversation. One with a variable that has no value is
// empty: the recipient is set aside for it.
func (c *casting) valuesFor(conv *store.Conversation, texts map[string]string, agent string) map[string]provider.Value {
	out := map[string]provider.Value{}
	for _, f := range c.template.Fields() {
		text := (&store.Canned{Text: texts[f.Key()]}).Fill(conv, agent)
		if store.Missing(text) != "" {
			text = ""
		}
		out[f.Key()] = provider.Value{Text: text}
		if f.Media != "" {
			out[f.Key()] = provider.Value{}
			if text != "" {
				out[f.Key()] = provider.Value{Media: &provider.Media{Link: text}}
			}
		}
	}
	return out
}

// mapping is the lines as a table's mapping: what names a column is one, and all else is
// the same for everybody.
func (c *casting) mapping(typed []string, yes string) broadcast.Mapping {
	m := broadcast.Mapping{
		Number: c.lineOf(typed, castNumbers), Columns: map[string]string{}, Values: map[string]string{},
		Plus: strings.EqualFold(c.lineOf(typed, castPlus), yes),
	}
	taken := map[string]bool{}
	for _, f := range c.template.Fields() {
		text := c.lineOf(typed, f.Key())
		column := slices.IndexFunc(c.columns, func(name string) bool { return strings.EqualFold(name, text) })
		switch {
		case text == "":
		case column >= 0 && !taken[text]:
			m.Columns[text], taken[text] = f.Key(), true
		default:
			m.Values[f.Key()] = text
		}
	}
	return m
}

// saidError is a reason in words for a person.
type saidError struct{ text string }

// Error implements error.
func (e *saidError) Error() string { return e.text }

// castRefused says why nothing was looked at; empty where it was, and where the store is
// to blame.
func (a *App) castRefused(err error) string {
	var f *broadcast.FileError
	var m *broadcast.MappingError
	var said *saidError
	switch {
	case errors.As(err, &f):
		return a.words.Many.File(f).String()
	case errors.As(err, &m):
		return a.words.Many.MappingHere(m).String()
	case errors.As(err, &said):
		return said.text
	}
	return ""
}
