package overlay

import (
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const (
	accountWidth  = 84
	accountHeight = 40
	// leastSays is the room below which what a row says goes under what it is about.
	leastSays = 24
)

// Account is what an inbox can do, and what it cannot and why.
type Account struct {
	scroller
	name    string
	caps    *provider.Capabilities
	charges store.Charges
}

var _ Overlay = (*Account)(nil)

// NewAccount returns the table of an inbox; name is what the team calls it.
// SetCharges brings what it cost.
func NewAccount(look *line.Look, name string, caps *provider.Capabilities) *Account {
	return &Account{scroller: scroller{frame: newFrame(look)}, name: name, caps: caps}
}

// SetCharges takes what was delivered this month.
func (a *Account) SetCharges(c store.Charges) {
	a.charges = c
	a.changed()
}

// View implements Overlay.
func (a *Account) View() []string {
	if !a.valid {
		a.draw()
	}
	return a.frame.rows
}

func (a *Account) draw() {
	w := &a.look.Words.Ability
	s := a.sheet(accountWidth)
	s.title(w.Title(safetext.Name(a.name).String()), "", "")
	a.body(s, a.lines(s), accountHeight)
	s.gap()
	s.hints(w.Hints)
	s.done()
}

func (a *Account) lines(s *sheet) []string {
	w := &a.look.Words.Ability
	groups := w.Groups(a.caps)
	if g := w.Charges(a.charges.Month, a.charges.By, a.charges.Untold); len(g.Rows) > 0 {
		groups = append(groups, g)
	}
	cells := 0
	for _, g := range groups {
		for _, r := range g.Rows {
			cells = max(cells, s.pen().Width(r.What))
		}
	}
	c := s.column(s.w)
	c.pad = s.pad
	for i, g := range groups {
		if i > 0 {
			c.blank()
		}
		c.para(theme.Dim, g.Title)
		for _, r := range g.Rows {
			a.row(c, r, cells)
		}
	}
	return c.rows
}

// row says one thing in as many lines as it takes.
func (a *Account) row(s *sheet, r strings.AbilityRow, cells int) {
	mark, ink := theme.GlyphSent, theme.OK
	if !r.Can {
		mark, ink = theme.GlyphDot, theme.Faint
	}
	head := s.row()
	head.Put(s.pen().Own(s.style(ink), mark+" "))
	before := head.Room()
	s.own(head, theme.Text, r.What)
	by := 2 + cells + 2
	if s.inner()-by < leastSays {
		s.add(head)
		s.indented(theme.Dim, 2, r.Says)
		return
	}
	lines := s.pen().M.Wrap(safetext.Clean(r.Says), s.inner()-by)
	head.Space(cells - (before - head.Room()) + 2)
	for i, l := range lines {
		if i > 0 {
			head = s.row().Space(by)
		}
		s.own(head, theme.Dim, l)
		s.add(head)
	}
	if len(lines) == 0 {
		s.add(head)
	}
}
