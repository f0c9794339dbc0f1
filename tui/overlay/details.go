package overlay

import (
	"fmt"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

const detailsWidth = 88

// Details is every event behind a message.
type Details struct {
	scroller
	message store.Message
	events  []store.MessageEvent
	loaded  bool
}

var _ Overlay = (*Details)(nil)

// NewDetails returns the details of a message; SetEvents brings the events.
func NewDetails(look *line.Look, m store.Message) *Details {
	return &Details{scroller: scroller{frame: newFrame(look)}, message: m}
}

// Message is the message the details are of.
func (d *Details) Message() store.MessageKey { return d.message.Key }

// SetEvents takes the events, oldest first.
func (d *Details) SetEvents(events []store.MessageEvent) {
	d.events, d.loaded = events, true
	d.changed()
}

// View implements Overlay.
func (d *Details) View() []string {
	if !d.valid {
		d.draw()
	}
	return d.frame.rows
}

func (d *Details) draw() {
	w := &d.look.Words.Details
	s := d.sheet(detailsWidth)
	s.title(w.Title, d.message.Content.Text, "")
	c := s.column(s.w)
	c.pad = s.pad
	d.whole(c)
	if len(d.events) == 0 && d.loaded {
		c.para(theme.Dim, w.None)
	}
	for i := range d.events {
		if i > 0 && d.roomy() {
			c.blank()
		}
		d.guarded(c, d.events[i].Seq, func() { d.event(c, &d.events[i]) })
	}
	d.guarded(c, d.message.Seq, func() { d.pending(c) })
	d.body(s, c.rows, searchHeight)
	s.gap()
	s.hints(w.Hints)
	s.done()
}

// guarded draws one event's rows, or says that it cannot: here is where a
// person looks when a message could not be shown.
func (d *Details) guarded(c *sheet, seq event.Seq, draw func()) {
	before := len(c.rows)
	defer func() {
		if recover() != nil {
			c.rows = c.rows[:before]
			c.para(theme.Warn, d.look.Words.Details.CannotShow(int64(seq)))
		}
	}()
	draw()
}

// A text longer than this many characters or lines may have been cut in the
// thread and is given whole.
const (
	longText  = 600
	longLines = 8
)

func (d *Details) whole(c *sheet) {
	text := d.message.Content.Text
	if len(text) < longText && strings.Count(text, "\n") < longLines {
		return
	}
	d.guarded(c, d.message.Seq, func() {
		c.para(theme.Text, text)
		c.blank()
	})
}

// pending is what this terminal knows and the log does not yet: a send that is
// queued, held or on its way.
func (d *Details) pending(s *sheet) {
	m := &d.message
	if m.Job == "" || m.Direction != store.Outgoing || !d.loaded && len(d.events) == 0 {
		return
	}
	for i := range d.events {
		if send, ok := d.events[i].Body.(event.SendState); ok && send.State == m.Job {
			return
		}
	}
	if len(s.rows) > 0 && d.roomy() {
		s.blank()
	}
	w := d.look.Words
	d.head(s, m.JobSince, w.Details.Here, w.Word.Job(m.Job), jobInk(m.Job), "")
	d.trouble(s, m.Error)
}

// detailIndent is where the lines below an event begin.
const detailIndent = 2

func (d *Details) event(s *sheet, e *store.MessageEvent) {
	w := d.look.Words
	words, ink := d.says(e)
	d.head(s, e.At, d.who(e), words, ink, w.Details.Event(int64(e.Seq)))
	switch b := e.Body.(type) {
	case event.SendState:
		if b.Attempt > 1 {
			s.indented(theme.Dim, detailIndent, w.Details.Try(b.Attempt))
		}
		d.trouble(s, b.Error)
	case provider.Receipt:
		d.trouble(s, b.Error)
	}
}

// head is an event's first row: when, by whom, what; its place in the log at
// the right.
func (d *Details) head(s *sheet, at time.Time, who, words string, ink theme.Ink, seq string) {
	r := s.row()
	s.own(r, theme.Dim, d.look.Words.Time.Exact(at, d.look.Now))
	r.Space(2)
	s.text(r, s.style(ink), safetext.Line(words), r.Room())
	r.Space(2)
	s.text(r, s.style(theme.Dim), safetext.Line(who), r.Room()-2)
	tail := s.pen().Own(s.style(theme.Faint), seq)
	if tail.Cells > 0 && r.Room()-s.pad-2 >= tail.Cells {
		r.Right(tail.Cells, s.pad).Put(tail)
	}
	s.add(r)
}

func (d *Details) who(e *store.MessageEvent) string {
	w := &d.look.Words.Details
	switch {
	case e.By != "":
		return d.look.Words.Word.Agent(e.By)
	case e.Kind == provider.KindMessage || e.Kind == provider.KindReaction:
		return d.look.Words.Word.Customer
	}
	return w.Relay
}

// says is what an event was, in words.
func (d *Details) says(e *store.MessageEvent) (string, theme.Ink) {
	w := d.look.Words
	switch b := e.Body.(type) {
	case event.SendState:
		return w.Word.Job(b.State), jobInk(b.State)
	case provider.Receipt:
		return w.Word.Status(b.Status), statusInk(b.Status)
	case provider.MessageReceived:
		return w.Details.Kind(e.Kind) + " " + theme.GlyphDot + " " + w.Word.Content(b.Content.Kind), theme.Text
	case provider.MessageReacted:
		return w.Details.Kind(e.Kind) + " " + b.Emoji, theme.Text
	}
	return w.Details.Kind(e.Kind), theme.Text
}

func jobInk(s event.JobState) theme.Ink {
	switch s {
	case event.JobFailed:
		return theme.Bad
	case event.JobUnsure, event.JobHeld:
		return theme.Warn
	}
	return theme.Text
}

func statusInk(s provider.Status) theme.Ink {
	switch s {
	case provider.Failed:
		return theme.Bad
	case provider.Delivered:
		return theme.OK
	case provider.Read:
		return theme.Read
	}
	return theme.Text
}

// trouble is the network's code, the driver's words, and what to do.
func (d *Details) trouble(s *sheet, e *provider.Error) {
	if e == nil {
		return
	}
	w := d.look.Words
	said := w.Trouble.Failed(e.Reason)
	if e.Uncertain { // what may have gone is not tried again by itself, whatever the reason
		said.Do = w.Trouble.Failed(provider.NoAnswer).Do
	}
	if e.Text != "" { // it says what to do as well
		s.indented(theme.Text, detailIndent, e.Text)
	} else {
		s.indented(theme.Text, detailIndent, said.Happened)
		s.indented(theme.Dim, detailIndent, said.Do)
	}
	if e.Code != "" {
		s.indented(theme.Dim, detailIndent, fmt.Sprintf("%s %s %s %s", w.Details.Code, e.Code, theme.GlyphDot, e.Reason))
	}
}
