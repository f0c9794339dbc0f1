package conversations

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Plain is a row of the list in words alone, for output that is no screen. All
// of it is clean; what there is nothing to say of is empty.
type Plain struct {
	Name, Window, Waits, Target, Owner, Link, Trouble, Preview safetext.Text
}

// Words says of a conversation what its row shows.
func Words(look *line.Look, c *store.Conversation) Plain {
	r := &row{look: look, c: c}
	p := Plain{
		Name: look.Name(c), Window: safetext.Line(r.windowWords()), Link: line.Ref(&c.Link),
		Trouble: safetext.Line(r.trouble()), Preview: safetext.Line(r.previewWords()),
	}
	if !c.WaitingSince.IsZero() {
		p.Waits = safetext.Line(look.Words.Time.Waits(look.Now.Sub(c.WaitingSince)))
	}
	if t, ok := look.Target(c); ok {
		p.Target = safetext.Line(look.Words.Target.Head(t.Deadline, look.Now)[1])
	}
	if c.Assignee != "" {
		p.Owner = safetext.Name(look.Words.Word.Agent(c.Assignee))
	}
	return p
}

func (r *row) windowWords() string {
	switch w := r.look.Window(r.c); w.State {
	case provider.WindowOpen:
		return r.look.Words.Time.Left(w.Left)
	case provider.WindowNone:
		return r.look.Words.Word.NoWindow
	case provider.WindowUnknown:
		return r.look.Words.Word.WindowUnknown
	default:
		return r.closed(w)
	}
}

// trouble is what needs a person, whatever came after it.
func (r *row) trouble() string {
	s, words := &r.look.Words.Screen.Status, ""
	if n := r.c.Unsure; n > 0 {
		words = theme.GlyphUnsure + " " + fmt.Sprintf(s.UnsureF, n)
	}
	if n := r.c.Failed; n > 0 {
		if words != "" {
			words += " · "
		}
		words += theme.GlyphFailed + " " + fmt.Sprintf(s.FailedF, n)
	}
	return words
}

func (r *row) previewWords() string {
	v := &r.c.Preview
	text := r.previewText(v).String()
	s := &r.look.Words.Screen.States
	switch {
	case v.Kind == store.KindNote:
		return fmt.Sprintf(r.look.Words.Screen.NotePreviewF, safetext.Name(string(v.By)), text)
	case v.Direction != store.Outgoing:
		return text
	case v.Job == event.JobUnsure:
		return s.Unsure + ": " + text
	case v.Job == event.JobFailed || v.Status == provider.Failed:
		return r.failure(v) + text
	}
	mark, _ := r.tick(v)
	return mark + " " + text
}
