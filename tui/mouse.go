package tui

import tea "charm.land/bubbletea/v2"

// mouse gives the mouse to the terminal, which then selects text with it, or
// takes it back.
func (a *App) mouse() tea.Cmd {
	a.mouseOff, a.dragging = !a.mouseOff, false
	a.say(a.words.Screen.Did.Mouse(!a.mouseOff))
	return nil
}

// The least widths between which the divider of list and thread may be dragged.
const (
	leastList   = 30
	leastThread = 40
)

// listShare is the width of the list beside a contact pane of so many cells, which
// may be none: the agent's own as far as there is room for the thread.
func (a *App) listShare(contact int) int {
	if a.listW == 0 {
		return listWidth(a.w)
	}
	return max(min(a.listW, a.w-1-leastThread-contact), min(leastList, listWidth(a.w)))
}

// onDivider reports the line between list and thread, and that a pane is there to
// be made wider.
func (a *App) onDivider(m tea.Mouse) bool {
	return len(a.lay.dividers) > 0 && m.X == a.lay.dividers[0] && m.Y > 0 && m.Y < a.h-1
}

// drag makes the list as wide as the mouse says while its divider is held.
func (a *App) drag(m tea.Mouse) tea.Cmd {
	if !a.dragging || a.lay.single || a.lay.tooSmall || a.modal() {
		return nil
	}
	if was := a.listW; was != m.X {
		a.listW = max(m.X, 1)
		a.relayout()
		a.listW = a.lay.list.w // no further than it went: back is back at once
	}
	return a.wantMore()
}

func (a *App) drop() tea.Cmd {
	a.dragging = false
	return nil
}

// click opens what is clicked on.
func (a *App) click(m tea.Mouse) tea.Cmd {
	if m.Button != tea.MouseLeft || a.modal() || a.lay.tooSmall {
		return nil
	}
	a.said = ""
	switch {
	case a.onDivider(m):
		a.dragging = true
	case m.Y == 0:
		return a.clickView(m.X)
	case a.lay.list.has(m.X, m.Y):
		return a.clickList(m.Y - a.lay.list.y)
	case a.lay.composer.has(m.X, m.Y):
		if a.composer.Focused() {
			return nil
		}
		return a.run("reply")
	case a.lay.thread.has(m.X, m.Y):
		a.thread.At(m.Y - a.lay.thread.y)
		return a.openSelected()
	case a.lay.contact.has(m.X, m.Y):
		return a.setFocus(onContact)
	}
	return nil
}

func (a *App) clickList(y int) tea.Cmd {
	if !a.list.At(y) {
		return nil
	}
	cmd := a.follow()
	if a.lay.single {
		return tea.Batch(cmd, a.openSelected())
	}
	return tea.Batch(cmd, a.setFocus(onList), a.wantMore())
}

// wheelLines is how far one notch of the wheel goes.
const wheelLines = 3

func (a *App) wheel(m tea.Mouse) tea.Cmd {
	n := wheelLines
	switch m.Button {
	case tea.MouseWheelUp:
		n = -wheelLines
	case tea.MouseWheelDown:
	default:
		return nil
	}
	switch {
	case a.lay.tooSmall:
		return nil
	case a.modal():
		if o, ok := a.over.Top().(interface{ Scroll(int) }); ok {
			o.Scroll(n)
		}
	case a.lay.list.has(m.X, m.Y):
		a.list.Scroll(n)
		return a.wantMore()
	case a.lay.thread.has(m.X, m.Y):
		a.thread.Scroll(n)
		return a.olderIfWanted()
	case a.lay.contact.has(m.X, m.Y):
		a.contact.Scroll(n)
	}
	return nil
}
