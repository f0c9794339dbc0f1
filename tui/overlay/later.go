package overlay

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/internal/when"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/theme"
)

const laterWidth = 62

// Later asks when a message is to go, in words, and shows what it understood before
// Enter takes it.
type Later struct {
	frame
	title, about string
	typed        edit.Buffer
	// closes is when the reply window ends; zero where that does not matter.
	closes time.Time
	then   func(due time.Time) action.Action
}

var _ Overlay = (*Later)(nil)

// NewLater returns the line; about is whom it is for, closes when free text ends for
// them, zero where it does not, and then what is asked with the time.
func NewLater(look *line.Look, title, about string, closes time.Time, then func(due time.Time) action.Action) *Later {
	l := &Later{frame: newFrame(look), title: title, about: about, closes: closes, then: then}
	l.typed.Single = true
	return l
}

// Key implements Overlay.
func (l *Later) Key(k tea.KeyPressMsg) action.Action {
	defer l.changed()
	name := k.String()
	switch {
	case name == "esc":
		return action.Close{}
	case name == "enter", name == "kpenter":
		if due, err := when.Parse(l.typed.Text(), l.look.Now); err == nil {
			return l.then(due)
		}
	case l.typed.Key(name):
	case k.Text != "":
		l.typed.Insert(k.Text)
	}
	return nil
}

// Paste implements Overlay.
func (l *Later) Paste(text string) action.Action {
	l.typed.Insert(text)
	l.changed()
	return nil
}

// Cursor implements Overlay.
func (l *Later) Cursor() (x, y int, ok bool) {
	l.View()
	return l.curX, l.curY, l.cur
}

// View implements Overlay.
func (l *Later) View() []string {
	if !l.valid {
		l.draw()
	}
	return l.rows
}

func (l *Later) draw() {
	s := l.sheet(laterWidth)
	s.title(l.title, l.about, "")
	s.prompt(&l.typed, l.look.Words.Later.Prompt, true)
	s.gap()
	l.meaning(s)
	s.gap()
	s.hints(l.look.Words.Later.Hints)
	s.done()
}

// meaning says what was typed means, in which zone, or why it means nothing; and
// where free text will not go any more by then.
func (l *Later) meaning(s *sheet) {
	w, now := &l.look.Words.Later, l.look.Now
	if l.typed.Empty() {
		s.blank()
		return
	}
	due, err := when.Parse(l.typed.Text(), now)
	var p *when.Problem
	switch {
	case errors.As(err, &p):
		s.para(theme.Warn, w.NotATime(p, now).String())
	case !l.closes.IsZero() && due.After(l.closes):
		s.para(theme.Text, w.Typed(due, now))
		s.para(theme.Warn, w.Closed(l.closes, now).String())
	default:
		s.para(theme.Text, w.Typed(due, now))
	}
}
