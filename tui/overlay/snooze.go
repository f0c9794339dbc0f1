package overlay

import (
	"errors"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/internal/when"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

const snoozeWidth = 62

// Snooze chooses until when: one of a few, or typed in words.
type Snooze struct {
	frame
	choice
	about string
	typed edit.Buffer
}

var _ Overlay = (*Snooze)(nil)

// preset is one of the few.
type preset struct {
	words string
	until time.Time
}

// laterToday is how long "later today" is.
const laterToday = 3 * time.Hour

// NewSnooze returns the choice; about is whom or how many it is for.
func NewSnooze(look *line.Look, about string) *Snooze {
	s := &Snooze{frame: newFrame(look), about: about}
	s.typed.Single = true
	return s
}

// presets are the choices at the look's instant: none of today where that is nearly
// over, and no Monday where another choice is that.
func (s *Snooze) presets() []preset {
	w, now := &s.look.Words.Triage.Snooze, s.look.Now
	morning := func(days int) time.Time {
		y, m, d := now.Date()
		return time.Date(y, m, d+days, when.Morning, 0, 0, 0, now.Location())
	}
	list := []preset{{words: w.UntilTheyWrite}}
	if later := now.Add(laterToday).Truncate(time.Minute); later.Before(morning(1).Add(-when.Morning * time.Hour)) {
		list = append(list, preset{w.LaterToday, later})
	}
	list = append(list, preset{w.Tomorrow, morning(1)})
	if monday := 7 - (int(now.Weekday())+6)%7; monday > 1 && monday < 7 {
		list = append(list, preset{w.Monday, morning(monday)})
	}
	return append(list, preset{w.NextWeek, morning(7)})
}

// Key implements Overlay. What is typed stands before the bar; a digit alone is one
// of the choices.
func (s *Snooze) Key(k tea.KeyPressMsg) action.Action {
	defer s.changed()
	name := k.String()
	switch {
	case name == "esc":
		return action.Close{}
	case name == "enter":
		if until, err := s.until(); err == nil {
			return action.Snooze{Until: until}
		}
	case s.choice.key(name, len(s.presets())):
		s.typed.Set("")
	case s.typed.Key(name):
	case k.Text != "":
		s.typed.Insert(k.Text)
	}
	if i, ok := s.digit(); ok {
		s.at = i
	}
	return nil
}

// digit is the choice that a digit alone names.
func (s *Snooze) digit() (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s.typed.Text()))
	return n - 1, err == nil && n >= 1 && n <= len(s.presets())
}

// until is what is chosen or typed.
func (s *Snooze) until() (time.Time, error) {
	if _, ok := s.digit(); ok || s.typed.Empty() {
		return s.presets()[s.at].until, nil
	}
	return when.Parse(s.typed.Text(), s.look.Now)
}

// Paste implements Overlay.
func (s *Snooze) Paste(text string) action.Action {
	s.typed.Insert(text)
	s.changed()
	return nil
}

// Cursor implements Overlay.
func (s *Snooze) Cursor() (x, y int, ok bool) {
	s.View()
	return s.curX, s.curY, s.cur
}

// View implements Overlay.
func (s *Snooze) View() []string {
	if !s.valid {
		s.draw()
	}
	return s.rows
}

func (s *Snooze) draw() {
	w := &s.look.Words.Triage.Snooze
	t := s.sheet(snoozeWidth)
	t.title(w.Title, s.about, "")
	_, digit := s.digit()
	for i, p := range s.presets() {
		s.row(t, i, p, i == s.at && (digit || s.typed.Empty()))
	}
	t.gap()
	t.prompt(&s.typed, w.Prompt, true)
	s.meaning(t, digit)
	t.gap()
	t.hints(w.Hints)
	t.done()
}

func (s *Snooze) row(t *sheet, i int, p preset, chosen bool) {
	r, surface := t.item(chosen)
	r.Put(t.pen().Own(s.look.Theme.Style(theme.Text, surface).Bold(), strconv.Itoa(i+1)))
	r.Space(2)
	t.text(r, s.look.Theme.Style(theme.Text, surface), safetext.Line(p.words), r.Room())
	if !p.until.IsZero() {
		at := t.pen().Own(s.look.Theme.Style(theme.Dim, surface), s.look.Words.Time.Moment(p.until, s.look.Now))
		if at.Cells+t.pad < r.Room() {
			r.Right(at.Cells, t.pad).Put(at)
		}
	}
	t.add(r)
}

// meaning says below the line what was typed means, or why it means nothing.
func (s *Snooze) meaning(t *sheet, digit bool) {
	if digit || s.typed.Empty() {
		t.blank()
		return
	}
	at, err := when.Parse(s.typed.Text(), s.look.Now)
	var p *when.Problem
	if errors.As(err, &p) {
		t.indented(theme.Warn, 2, s.look.Words.Later.NotATime(p, s.look.Now).String())
		return
	}
	t.indented(theme.Text, 2, s.look.Words.Triage.Snooze.Typed(at, s.look.Now))
}
