// Package overlay is what lies over the panes for a moment: the template
// picker, assign, palette, search, help, questions, the events behind a
// message, the choice over an unsure send and the strip after resolving. An
// overlay is a plain struct: what it shows comes in, an action comes out. It
// reads nothing, sends nothing and keeps nothing.
package overlay

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/line"
)

// Overlay is one thing that lies over the panes and has the keys.
type Overlay interface {
	// Key takes one key. action.Close asks to be taken away, action.Pass says
	// that the key is for the pane below.
	Key(tea.KeyPressMsg) action.Action
	Paste(string) action.Action
	// SetSize gives the cells that are free for it.
	SetSize(w, h int)
	SetLook(*line.Look)
	// View returns rows of equal width, never more than there is room for.
	View() []string
	// Cursor returns the cursor's cell within View.
	Cursor() (x, y int, ok bool)
}

// Place is where an overlay lies.
type Place uint8

// The places.
const (
	Centre Place = iota
	// Bottom is the rows right above the status line.
	Bottom
	// AtCursor is right above the composer's cursor.
	AtCursor
)

// PlaceOf returns where an overlay lies.
func PlaceOf(o Overlay) Place {
	if p, ok := o.(interface{ Place() Place }); ok {
		return p.Place()
	}
	return Centre
}

// Stack is the overlays that are open, the top one last.
type Stack struct {
	layers []layer
	look   *line.Look
	w, h   int
}

type layer struct {
	overlay Overlay
	grace   *Grace
}

// Push opens an overlay that the agent asked for.
func (s *Stack) Push(o Overlay) { s.push(layer{overlay: o}) }

// PushQuiet opens an overlay that comes by itself: keys go past it until the
// agent has paused, since they were meant for what lay there before.
func (s *Stack) PushQuiet(o Overlay, g *Grace) { s.push(layer{o, g}) }

func (s *Stack) push(l layer) {
	if s.look != nil {
		l.overlay.SetLook(s.look)
	}
	if s.w > 0 {
		l.overlay.SetSize(s.w, s.h)
	}
	s.layers = append(s.layers, l)
}

// Pop takes the top overlay away and returns it; nil when there is none.
func (s *Stack) Pop() Overlay {
	top := s.Top()
	if top != nil {
		s.layers = s.layers[:len(s.layers)-1]
	}
	return top
}

// Top returns the overlay that has the keys; nil when there is none.
func (s *Stack) Top() Overlay {
	if len(s.layers) == 0 {
		return nil
	}
	return s.layers[len(s.layers)-1].overlay
}

// Each calls f with every open overlay, the lowest first.
func (s *Stack) Each(f func(Overlay)) {
	for _, l := range s.layers {
		f(l.overlay)
	}
}

// Len is the number of open overlays.
func (s *Stack) Len() int { return len(s.layers) }

// Clear takes all overlays away.
func (s *Stack) Clear() { s.layers = nil }

// SetSize gives the free cells to all overlays, and to those that follow.
func (s *Stack) SetSize(w, h int) {
	s.w, s.h = w, h
	for _, l := range s.layers {
		l.overlay.SetSize(w, h)
	}
}

// SetLook changes colours, words, width method and minute of all overlays.
func (s *Stack) SetLook(look *line.Look) {
	s.look = look
	for _, l := range s.layers {
		l.overlay.SetLook(look)
	}
}

// Key gives a key to the top overlay; action.Pass when none takes it.
func (s *Stack) Key(k tea.KeyPressMsg) action.Action {
	if len(s.layers) == 0 {
		return action.Pass{}
	}
	l := s.layers[len(s.layers)-1]
	if l.grace != nil && !l.grace.over() {
		return action.Pass{}
	}
	return l.overlay.Key(k)
}

// Paste gives a pasted text to the top overlay; action.Pass when none takes it.
func (s *Stack) Paste(text string) action.Action {
	if len(s.layers) == 0 {
		return action.Pass{}
	}
	l := s.layers[len(s.layers)-1]
	if l.grace != nil && !l.grace.over() {
		return action.Pass{}
	}
	return l.overlay.Paste(text)
}

// The pause after which keys are meant for the overlay, and the time after
// which they are in any case.
const (
	graceQuiet = 425 * time.Millisecond
	graceMost  = 1500 * time.Millisecond
)

// Grace lets keys pass an overlay that opened by itself until the agent has
// seen it: until a pause in typing, at most a second and a half.
type Grace struct {
	now    func() time.Time
	opened time.Time
	last   time.Time
	done   bool
}

// NewGrace returns a grace that begins now.
func NewGrace(now func() time.Time) *Grace {
	t := now()
	return &Grace{now: now, opened: t, last: t}
}

// over reports whether a key pressed now is meant for the overlay.
func (g *Grace) over() bool {
	t := g.now()
	g.done = g.done || t.Sub(g.last) >= graceQuiet || t.Sub(g.opened) >= graceMost
	g.last = t
	return g.done
}

// Ends reports whether an overlay that asks for a is done and is to be taken
// away: everything but a line in the status bar, a query and a key passed on.
func Ends(a action.Action) bool {
	switch a.(type) {
	case nil, action.Say, action.Query, action.Pass:
		return false
	}
	return true
}
