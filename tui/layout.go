package tui

import (
	tea "charm.land/bubbletea/v2"
)

// The sizes at which the layout changes, in cells.
const (
	minWidth, minHeight = 40, 12
	medium              = 80  // from here on list and thread side by side
	wide                = 120 // from here on the contact too
	// airy is the height from which blank lines may separate parts.
	airy = 16
)

// rect is a part of the screen.
type rect struct{ x, y, w, h int }

func (r rect) has(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// layout is where everything stands. A pane that is not shown has no width.
type layout struct {
	tooSmall bool
	// single is set where one pane is shown at a time.
	single   bool
	list     rect
	thread   rect
	composer rect
	contact  rect
	// dividers are the columns of the thin lines between panes.
	dividers []int
}

func (a *App) resize(w, h int) tea.Cmd {
	a.w, a.h = w, h
	a.relayout()
	return tea.Batch(a.wantMore(), a.olderIfWanted())
}

// relayout puts the panes in their places. Panes keep what they show: a size
// loses no draft, no selection and no place in a thread.
func (a *App) relayout() {
	if a.w == 0 {
		return
	}
	a.lay = a.measure()
	if a.lay.tooSmall {
		return
	}
	a.list.SetSize(a.lay.list.w, a.lay.list.h, a.w < wide)
	a.contact.SetSize(a.lay.contact.w, a.lay.contact.h)
	a.splitThread()
	a.over.SetSize(a.w, a.h-2-a.tourRows())
	a.dirty = true
}

func (a *App) measure() layout {
	l := layout{tooSmall: a.w < minWidth || a.h < minHeight, single: a.w < medium}
	body := rect{0, 1, a.w, max(a.h-2-a.tourRows(), 0)}
	top := body
	if a.h >= airy {
		top.y, top.h = body.y+1, body.h-1
	}
	if l.single {
		switch a.focus {
		case onThread:
			l.thread = body
		case onContact:
			l.contact = top
		default:
			l.list = top
		}
		return l
	}
	l.list = top
	shown := a.contacts
	if a.w < wide {
		shown = a.focus == onContact
	}
	beside := 0
	if shown && a.w >= wide {
		beside = a.w * 3 / 16
	}
	l.list.w = a.listShare(beside)
	l.dividers = append(l.dividers, l.list.w)
	l.thread = rect{l.list.w + 1, body.y, a.w - l.list.w - 1, body.h}
	if shown {
		c := beside
		if a.w < wide {
			c = l.thread.w // in the thread's place
			l.contact, l.thread = rect{l.thread.x, body.y, c, body.h}, rect{}
			return l
		}
		l.thread.w -= c
		l.contact = rect{a.w - c + 1, body.y, c - 1, body.h}
		l.dividers = append(l.dividers, a.w-c)
	}
	return l
}

// listWidth is the list's share: what the pictures have.
func listWidth(w int) int {
	if w >= wide {
		return max(w*5/16, 38)
	}
	return w*2/5 + 2
}

// splitThread gives the composer its lines and the messages the rest.
func (a *App) splitThread() {
	t := a.lay.thread
	if t.w == 0 {
		a.lay.composer = rect{}
		return
	}
	if !a.loaded() {
		a.lay.composer = rect{}
		a.thread.SetSize(t.w, t.h)
		return
	}
	a.composer.SetSize(t.w, max(t.h/3, 2))
	below := 0
	if a.h >= airy {
		below = 1
	}
	n := min(a.composer.Height(), max(t.h-4, 1))
	a.lay.composer = rect{t.x, t.y + t.h - n - below, t.w, n}
	a.thread.SetSize(t.w, t.h-n-below-1)
}
