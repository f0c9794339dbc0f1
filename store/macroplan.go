package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/internal/when"
	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// MacroDesk is what a macro's steps are judged by.
type MacroDesk struct {
	// Now is the relay's clock, in the zone in which times are typed.
	Now time.Time
	// Capabilities returns what a chat may be sent; nil where its account is not known.
	Capabilities func(provider.AccountID, provider.ChatID) *provider.Capabilities

	me        event.AgentID
	myName    string
	canned    []Canned
	agents    []Agent
	teams     []string
	templates map[provider.AccountID][]provider.Template
}

// Why a step cannot be done, besides a *provider.Refusal, a *LabelError and a
// *when.Problem.
var (
	ErrMacroReadOnly = errors.New("this agent may only read")
	ErrNoCanned      = errors.New("there is no such canned response")
	// ErrCannedHasFiles: files are handed over before a message is kept, and no macro does.
	ErrCannedHasFiles = errors.New("the canned response goes with files")
	ErrNoTemplate     = errors.New("the account lists no such template")
	ErrNoLanguage     = errors.New("the template has several languages, and none of them was named")
	ErrNoVariable     = errors.New("the template has no such variable")
	ErrNoAgent        = errors.New("nobody of the team is called so")
	ErrNoTeam         = errors.New("there is no such team")
	ErrNoPriority     = errors.New("there is no such priority")
	ErrIsResolved     = errors.New("it is resolved")
	ErrNoLabels       = errors.New("a label to add begins with a plus, one to remove with a minus")
)

// UnfilledError is a text with a variable that has no value in the conversation.
type UnfilledError struct{ Mark string }

// Error implements error, for logs.
func (e *UnfilledError) Error() string { return "a variable has no value" }

// TemplateError is a template that the network would refuse as it would be filled.
type TemplateError struct {
	Problem provider.Problem
	Status  provider.TemplateStatus
}

// Error implements error, for logs.
func (e *TemplateError) Error() string {
	return "the template would be refused: " + string(e.Problem.Reason)
}

// macroPlan is what a macro does in one conversation, and what takes that back.
type macroPlan struct {
	conversation Conversation
	deeds        []Deed
	back         []Action // in the order in which it is done
	notes        int      // nothing takes a note back
}

// planMacro judges each step on the conversation as the steps before leave it. The
// error is a *MacroRefusal. Steps that would change nothing are left out.
func (d *MacroDesk) plan(m *Macro, c Conversation) (macroPlan, error) {
	p := macroPlan{conversation: c}
	for _, s := range m.Steps {
		if err := d.step(&p, s); err != nil {
			return macroPlan{}, &MacroRefusal{Step: s, Conversation: c, Err: err}
		}
	}
	slices.Reverse(p.back)
	return p, nil
}

func (d *MacroDesk) step(p *macroPlan, s event.MacroStep) error {
	c := &p.conversation
	switch s.Do {
	case event.MacroReply:
		return d.reply(p, s.With)
	case event.MacroTemplate:
		return d.template(p, s.With)
	case event.MacroNote:
		return d.note(p, s.With)
	case event.MacroLabel:
		return p.label(s.With)
	case event.MacroPriority:
		return p.prioritize(s.With)
	case event.MacroAssign, event.MacroTeam:
		return d.assign(p, s)
	case event.MacroSnooze:
		return d.snooze(p, s.With)
	case event.MacroResolve:
		return p.resolve(s.With)
	case event.MacroReopen:
		if c.Status == StatusResolved {
			p.do(event.Reopened{}, event.Resolved{Resolution: c.Resolution})
		}
	case event.MacroUnread, event.MacroRead:
		p.mark(s.Do == event.MacroUnread)
	case event.MacroFollow:
		if !slices.Contains(c.Followers, d.me) {
			p.do(event.Followed{Follow: true}, event.Followed{})
		}
	}
	return nil
}

// do adds an action, and what takes it back where anything does.
func (p *macroPlan) do(body, inverse event.Body) {
	expect := event.AspectOf(body.Kind())
	p.deeds = append(p.deeds, Deed{Do: &Action{Conversation: p.conversation.ID, Body: body, Expect: expect}})
	if inverse != nil {
		p.back = append(p.back, Action{Conversation: p.conversation.ID, Body: inverse, Expect: expect})
	}
}

// filled is a text with its variables, or why it cannot be written so.
func (d *MacroDesk) filled(c *Conversation, text string) (string, error) {
	out := (&Canned{Text: text}).Fill(c, d.myName)
	if mark := Missing(out); mark != "" {
		return "", &UnfilledError{mark}
	}
	return out, nil
}

func (d *MacroDesk) reply(p *macroPlan, text string) error {
	if code, is := strings.CutPrefix(text, "/"); is && event.GoodCode(code) {
		i := slices.IndexFunc(d.canned, func(one Canned) bool { return one.Code == code })
		if i < 0 {
			return ErrNoCanned
		}
		if len(d.canned[i].Files) > 0 {
			return ErrCannedHasFiles
		}
		text = d.canned[i].Text
	}
	text, err := d.filled(&p.conversation, text)
	if err != nil {
		return err
	}
	return d.send(p, provider.TextContent(text))
}

// send adds a message that the customer's word and the network both let go now.
func (d *MacroDesk) send(p *macroPlan, content provider.Content) error {
	c := &p.conversation
	out := provider.Outgoing{
		To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: content, Standby: !c.Standing.Standby.IsZero(),
	}
	caps := d.Capabilities(c.Account, c.Chat)
	if caps == nil {
		return &provider.Refusal{Reason: provider.RefusedKind, Part: string(content.Kind)}
	}
	out.Link = c.LinkFor(caps.Link)
	if content.Kind != provider.Templated {
		out.Tag, _ = caps.Window.Tag(c.LastInbound, d.Now)
	}
	if err := cmp.Or(c.Standing.Check(content), caps.Check(out, c.LastInbound, d.Now)); err != nil {
		return err
	}
	p.deeds = append(p.deeds, Deed{Send: &out})
	return nil
}

func (d *MacroDesk) note(p *macroPlan, text string) error {
	text, err := d.filled(&p.conversation, text)
	if err == nil {
		p.do(event.Noted{Text: text}, nil)
		p.notes++
	}
	return err
}

func (p *macroPlan) label(with string) error {
	add, remove, err := labelWords(with)
	if err != nil {
		return err
	}
	c := &p.conversation
	labels, err := Relabel(c.Labels, add, remove)
	if err == nil && !slices.Equal(labels, c.Labels) {
		p.do(event.Labeled{Labels: labels}, event.Labeled{Labels: c.Labels})
		c.Labels = labels
	}
	return err
}

// labelWords reads "+vip -new +\"on hold\"".
func labelWords(with string) (add, remove []string, err error) {
	for rest := strings.TrimSpace(with); rest != ""; rest = strings.TrimSpace(rest) {
		sign := rest[0]
		if sign != '+' && sign != '-' {
			return nil, nil, ErrNoLabels
		}
		name, after, _ := strings.Cut(rest[1:], " ")
		if quoted, is := strings.CutPrefix(rest[1:], `"`); is {
			name, after, _ = strings.Cut(quoted, `"`)
		}
		if name, err = Label(name); err != nil {
			return nil, nil, err
		}
		rest = after
		if sign == '+' {
			add = append(add, name)
		} else {
			remove = append(remove, name)
		}
	}
	return add, remove, nil
}

func (p *macroPlan) prioritize(with string) error {
	names := []string{"none", "low", "medium", "high", "urgent"} // as event.Priority counts
	i := slices.Index(names, strings.ToLower(with))
	if i < 0 {
		return ErrNoPriority
	}
	if c, to := &p.conversation, event.Priority(i); c.Priority != to {
		p.do(event.Prioritized{Priority: to}, event.Prioritized{Priority: c.Priority})
		c.Priority = to
	}
	return nil
}

func (d *MacroDesk) assign(p *macroPlan, s event.MacroStep) error {
	c := &p.conversation
	was := event.Assigned{To: c.Assignee, Team: c.Team}
	to := was
	switch name := strings.TrimPrefix(s.With, "@"); {
	case s.Do == event.MacroTeam:
		if to.Team = s.With; s.With == "nobody" {
			to.Team = ""
		} else if !slices.Contains(d.teams, s.With) {
			return ErrNoTeam
		}
	case name == "me":
		to.To = d.me
	case name == "nobody":
		to.To = ""
	default:
		to.To = event.AgentID(name)
		if to.To != d.me && !slices.ContainsFunc(d.agents, func(a Agent) bool { return a.ID == to.To }) {
			return ErrNoAgent
		}
	}
	if to != was {
		p.do(to, was)
		c.Assignee, c.Team = to.To, to.Team
	}
	return nil
}

func (d *MacroDesk) snooze(p *macroPlan, with string) error {
	c := &p.conversation
	if c.Status == StatusResolved {
		return ErrIsResolved
	}
	var until time.Time
	if with != "reply" {
		var err error
		if until, err = when.Parse(with, d.Now); err != nil {
			return err
		}
	}
	p.do(event.Snoozed{Until: until}, c.snoozedBack())
	return nil
}

// snoozedBack is what brings a conversation back to how it stood before a snooze.
func (c *Conversation) snoozedBack() event.Body {
	if c.Status == StatusSnoozed || !c.SnoozedUntil.IsZero() {
		return event.Snoozed{Until: c.SnoozedUntil}
	}
	return event.Reopened{Undone: &event.Undone{}}
}

func (p *macroPlan) resolve(notes string) error {
	c := &p.conversation
	r := event.Resolution{Notes: notes}
	switch {
	case c.Status != StatusResolved:
		u := &event.Undone{Unread: c.Unread, Marked: c.Marked, WaitingSince: c.WaitingSince}
		if c.Status == StatusSnoozed || !c.SnoozedUntil.IsZero() {
			u.Snoozed = &event.Snoozed{Until: c.SnoozedUntil}
		}
		p.do(event.Resolved{Resolution: r}, event.Reopened{Undone: u})
	case notes != "":
		p.do(event.Described{Resolution: r}, nil)
		p.notes++
	}
	return nil
}

func (p *macroPlan) mark(unread bool) {
	c := &p.conversation
	if unread == (c.Unread > 0 || c.Marked) {
		return
	}
	back := event.Marked{Unread: !unread}
	if !unread {
		back.Count = c.Unread
	}
	p.do(event.Marked{Unread: unread}, back)
}

// template adds a template: its name, its language where it has several, and after
// bars the values of its variables, which may hold variables of the conversation.
func (d *MacroDesk) template(p *macroPlan, with string) error {
	c := &p.conversation
	parts := strings.Split(with, "|")
	name, lang, _ := strings.Cut(strings.TrimSpace(parts[0]), " ")
	t, err := pickTemplate(d.templates[c.Account], name, strings.TrimSpace(lang), c.Language)
	if err != nil {
		return err
	}
	values := map[string]provider.Value{}
	for _, part := range parts[1:] {
		variable, text, _ := strings.Cut(part, "=")
		field, ok := t.Field(strings.TrimSpace(variable))
		if !ok {
			return fmt.Errorf("%w: %s", ErrNoVariable, strings.TrimSpace(variable))
		}
		if text, err = d.filled(c, strings.TrimSpace(text)); err != nil {
			return err
		}
		values[field.Key()] = provider.Value{Text: text}
	}
	problems := t.Lint(values)
	if caps := d.Capabilities(c.Account, c.Chat); caps != nil {
		problems = caps.Lint(t, values, d.Now)
	}
	if len(problems) > 0 {
		return &TemplateError{problems[0], t.Status}
	}
	message := t.Fill(values)
	if message.Shown.FilledBy != "" {
		if caps := d.Capabilities(c.Account, c.Chat); caps != nil {
			message.Shown.FilledFrom = c.LinkFor(caps.Link).String()
		}
	}
	return d.send(p, provider.Content{Kind: provider.Templated, Text: message.Shown.Text(), Template: &message})
}

// pickTemplate finds a template by its name and language; without one, the only one
// there is, or the contact's.
func pickTemplate(all []provider.Template, name, lang, theirs string) (*provider.Template, error) {
	var found []*provider.Template
	for i := range all {
		if all[i].Name == name && (lang == "" || strings.EqualFold(all[i].Language, lang)) {
			found = append(found, &all[i])
		}
	}
	for _, t := range found {
		if len(found) > 1 && theirs != "" && strings.EqualFold(strings.ReplaceAll(t.Language, "_", "-"), strings.ReplaceAll(theirs, "_", "-")) {
			return t, nil
		}
	}
	switch len(found) {
	case 0:
		return nil, ErrNoTemplate
	case 1:
		return found[0], nil
	}
	return nil, ErrNoLanguage
}
