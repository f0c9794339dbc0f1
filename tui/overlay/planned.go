package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Planned decides over a message that is scheduled: its time, its words, whether it
// goes.
type Planned struct {
	frame
	message store.Message
	told    string
}

var _ Overlay = (*Planned)(nil)

// NewPlanned returns the choice; told is when it goes, or why it did not.
func NewPlanned(look *line.Look, m store.Message, told string) *Planned {
	return &Planned{frame: newFrame(look), message: m, told: told}
}

// Message is the message the choice is over.
func (p *Planned) Message() store.MessageKey { return p.message.Key }

// SetMessage takes a newer row and reports whether there is still something to
// decide: it may have left.
func (p *Planned) SetMessage(m store.Message) bool {
	p.message = m
	p.changed()
	return m.Job == event.JobScheduled
}

func (p *Planned) options() []option {
	w, key := &p.look.Words.Later, p.message.Key
	now := option{"s", w.SendNow, w.SendNowDoes, "", action.Replan{Message: key, Now: true}}
	if p.message.Plan.Hold != "" {
		now.name, now.does = w.Anyway, w.AnywayDoes
	}
	return []option{
		{"w", w.Leave, w.LeaveDoes, "", action.Close{}},
		{"t", w.MoveIt, w.MoveDoes, "", action.MoveLater{Message: key}},
		now,
		{"e", w.Rewrite, w.RewriteDoes, "", action.Rewrite{Message: key}},
		{"x", w.PutAside, w.PutAsideDoes, "", action.CancelLater{Message: key}},
	}
}

// Key implements Overlay.
func (p *Planned) Key(k tea.KeyPressMsg) action.Action {
	name := k.String()
	if name == "esc" {
		return action.Close{}
	}
	for _, o := range p.options() {
		if o.key == name {
			return o.do
		}
	}
	return nil
}

// Paste implements Overlay: a pasted letter is no decision.
func (p *Planned) Paste(string) action.Action { return nil }

// Cursor implements Overlay: there is none.
func (p *Planned) Cursor() (x, y int, ok bool) { return 0, 0, false }

// View implements Overlay.
func (p *Planned) View() []string {
	if !p.valid {
		p.draw()
	}
	return p.rows
}

func (p *Planned) draw() {
	w := &p.look.Words.Later
	s := p.sheet(unsureWidth)
	title := w.ChoiceTitle
	if p.message.Plan.Hold != "" {
		title = w.HeldTitle
	}
	s.title(title, "", "")
	most := min(unsureWidth, p.w) - 10
	text := safetext.Line(p.message.Content.Text)
	if text.Blank() {
		text = safetext.Line(p.look.Words.Word.Content(p.message.Content.Kind))
	}
	s.para(theme.Text, p.look.Words.Word.Quote(p.look.Pen.M.Truncate(text, max(most, 8))))
	s.para(theme.Dim, p.told)
	s.gap()
	for _, o := range p.options() {
		r := s.row()
		r.Put(s.pen().Own(s.style(theme.Text).Bold(), o.key))
		r.Space(2)
		name := s.pen().Own(s.style(theme.Text), o.name)
		r.Put(name)
		r.Space(max(14-name.Cells, 2))
		s.own(r, theme.Dim, o.does)
		s.add(r)
	}
	s.gap()
	s.hints([]strings.Hint{{Key: p.look.Words.Confirm.NoKey, Does: p.look.Words.Screen.Modes.Back}})
	s.done()
}
