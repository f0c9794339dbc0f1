package overlay

import (
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store/broadcast"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

const (
	broadcastWidth = 88
	// mostAside is how many of those set aside are listed on the screen.
	mostAside = 500
)

// BroadcastLook is a dry run: to whom a template would go, and who gets nothing and why.
// It waits for its plan.
type BroadcastLook struct {
	scroller
	inbox string
	plan  *broadcast.Plan
	pace  broadcast.Pace
	// rows are the lines for the width they were made for.
	lines []string
	wide  int
}

var _ Overlay = (*BroadcastLook)(nil)

// NewBroadcastLook returns the dry run of a template from an inbox, with nothing read.
func NewBroadcastLook(look *line.Look, inbox string) *BroadcastLook {
	return &BroadcastLook{scroller: scroller{frame: newFrame(look)}, inbox: inbox}
}

// SetPlan brings what was found.
func (l *BroadcastLook) SetPlan(p *broadcast.Plan, pace broadcast.Pace) {
	l.plan, l.pace, l.lines = p, pace, nil
	l.changed()
}

// Key implements Overlay.
func (l *BroadcastLook) Key(k tea.KeyPressMsg) action.Action {
	if k.String() == "enter" {
		switch {
		case l.plan == nil:
			return nil
		case len(l.plan.Recipients) == 0:
			return action.Say{Text: l.look.Words.Many.Nobody}
		}
		return action.AskBroadcast{}
	}
	return l.scroller.Key(k)
}

// View implements Overlay.
func (l *BroadcastLook) View() []string {
	if !l.valid {
		l.draw()
	}
	return l.frame.rows
}

func (l *BroadcastLook) draw() {
	w := &l.look.Words.Many
	s := l.sheet(broadcastWidth)
	if l.plan == nil {
		s.title(w.LookTitle, "", "")
		s.para(theme.Dim, w.Reading)
		s.gap()
		s.hints(w.LookHints[len(w.LookHints)-1:])
		s.done()
		return
	}
	s.title(w.LookTitle, l.plan.Name, "")
	if l.lines == nil || l.wide != s.w {
		c := s.column(s.w)
		c.pad = s.pad
		l.head(c)
		l.asides(c)
		l.lines, l.wide = c.rows, s.w
	}
	l.body(s, l.lines, helpHeight)
	s.gap()
	s.hints(w.LookHints)
	s.done()
}

// head is what goes to how many, when, for what, and what the first of them reads.
func (l *BroadcastLook) head(s *sheet) {
	w, p := &l.look.Words.Many, l.plan
	t := p.Template
	s.para(theme.Text, w.Goes(t.Name, t.Language, t.Category, len(p.Recipients), l.inbox))
	s.para(theme.Dim, w.Costs(len(p.Recipients), t.Category))
	if !l.pace.Start.IsZero() {
		s.para(theme.Dim, w.Begins(l.pace.Start.In(l.look.Now.Location()), l.look.Now))
	}
	if l.pace.PerMinute > 0 {
		s.para(theme.Dim, w.Paced(l.pace.PerMinute))
	}
	if l.pace.Daily > 0 && len(p.Recipients) > l.pace.Daily {
		s.para(theme.Warn, w.Daily(l.pace.Daily, len(p.Recipients)).String())
	}
	if len(p.Recipients) > 0 {
		s.gap()
		s.para(theme.Dim, w.Example)
		s.indented(theme.Text, 2, p.Outgoing(&p.Recipients[0]).Content.Text)
	}
	s.gap()
}

// asides lists who gets nothing, by the line of the table.
func (l *BroadcastLook) asides(s *sheet) {
	w, p := &l.look.Words.Many, l.plan
	if len(p.Aside) == 0 {
		s.para(theme.OK, w.AsideNone)
		return
	}
	s.para(theme.Warn, w.AsideTitle(len(p.Aside)))
	counts := p.Counts()
	var parts []string
	for _, r := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, w.AsideCount(counts[r], string(r)))
	}
	s.para(theme.Dim, strings.Join(parts, " · "))
	for i := range p.Aside[:min(len(p.Aside), mostAside)] {
		a := &p.Aside[i]
		r := s.row()
		if a.Line > 0 {
			s.own(r, theme.Dim, w.Line(a.Line, a.End)+" ")
		}
		s.text(r, s.style(theme.Text), safetext.Line(a.Number), r.Room())
		s.add(r)
		s.indented(theme.Dim, 2, w.Aside(a, l.look.Words.Word.TemplateStatus(p.Template.Status)).String())
	}
	if more := len(p.Aside) - mostAside; more > 0 {
		s.para(theme.Dim, w.AsideMore(more))
	}
}

// Plan is what would go, and how fast; nil until it is read.
func (l *BroadcastLook) Plan() (*broadcast.Plan, broadcast.Pace) { return l.plan, l.pace }

// leastTold is how long a broadcast must have gone before it is told how fast it goes: the
// first few leave at once.
const leastTold = 10 * time.Second

// endsAt is when what is left is gone at a pace of so many since a time, and no faster than
// most in a minute; 0 for any.
func endsAt(left, n int, since, now time.Time, most int) (perMinute float64, end time.Time, ok bool) {
	took := now.Sub(since)
	if n < 2 || took < leastTold || left <= 0 {
		return 0, time.Time{}, false
	}
	perMinute = float64(n) / took.Minutes()
	if most > 0 {
		perMinute = min(perMinute, float64(most))
	}
	return perMinute, now.Add(time.Duration(float64(left) / perMinute * float64(time.Minute))), true
}
