package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store/storetest"
)

// dividerAt is the column of the line between list and thread.
func (d *desk) dividerAt() int { return d.lay.dividers[0] }

// dragTo presses the divider and lets it go elsewhere.
func (d *desk) dragTo(columns ...int) {
	d.send(tea.MouseClickMsg{X: d.dividerAt(), Y: 5, Button: tea.MouseLeft})
	for _, x := range columns {
		d.send(tea.MouseMotionMsg{X: x, Y: 5, Button: tea.MouseLeft})
	}
	d.send(tea.MouseReleaseMsg{X: columns[len(columns)-1], Y: 5, Button: tea.MouseLeft})
}

// The divider follows the mouse as far as both panes stay readable, keeps its place
// while the program runs, and every row stays exact.
func TestTheDividerIsDragged(t *testing.T) {
	d := newDesk(t, storetest.New(t), storetest.Now)
	check := func(what string, want int) {
		t.Helper()
		d.View()
		for y, row := range strings.Split(d.frame, "\n") {
			if got := d.width(row); got != d.w {
				t.Errorf("%s: row %d takes %d cells of %d", what, y, got, d.w)
			}
		}
		if got := d.dividerAt(); got != want {
			t.Errorf("%s: the divider is at %d, want %d", what, got, want)
		}
	}
	usual := listWidth(120)
	check("before", usual)
	d.dragTo(50, 44)
	check("dragged", 44)
	d.send(tea.MouseMotionMsg{X: 60, Y: 5, Button: tea.MouseLeft})
	check("moved after it was let go", 44)
	d.dragTo(1)
	check("as narrow as it goes", leastList)
	d.dragTo(119)
	check("as wide as it goes", 120-1-leastThread-120*3/16)
	d.send(tea.WindowSizeMsg{Width: 160, Height: 48})
	check("with more room", 120-1-leastThread-120*3/16)
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	check("with less", 80-1-leastThread)
	d.send(tea.WindowSizeMsg{Width: 60, Height: 20}) // one pane: there is none
	d.send(tea.MouseClickMsg{X: 30, Y: 5, Button: tea.MouseLeft})
	d.send(tea.MouseMotionMsg{X: 20, Y: 5, Button: tea.MouseLeft})
	d.send(tea.WindowSizeMsg{Width: 160, Height: 48})
	check("back again", 120-1-leastThread-120*3/16)
	d.press("i") // without the contact there is more room, and the width stays
	check("without the contact", 120-1-leastThread-120*3/16)
}

// The divider's column opens nothing, and while an overlay is open it is not there.
func TestTheDividerAndOverlays(t *testing.T) {
	d := newDesk(t, storetest.New(t), storetest.Now)
	d.press("?")
	at := d.dividerAt()
	d.dragTo(50)
	if d.dividerAt() != at {
		t.Errorf("below the help the divider went to %d", d.dividerAt())
	}
	before := d.shows()
	d.send(tea.MouseWheelMsg{X: 60, Y: 20, Button: tea.MouseWheelDown})
	if d.shows() == before {
		t.Error("the wheel does not scroll the help")
	}
	d.send(tea.MouseWheelMsg{X: 60, Y: 20, Button: tea.MouseWheelUp})
	if d.shows() != before {
		t.Error("the wheel does not scroll the help back")
	}
}

// Turned off, the terminal has the mouse; it says so, and how it comes back.
func TestTheMouseIsTurnedOff(t *testing.T) {
	d := newDesk(t, storetest.New(t), storetest.Now)
	if d.View().MouseMode == tea.MouseModeNone {
		t.Fatal("the mouse is off from the beginning")
	}
	d.press("ctrl+k", "m", "o", "u", "s", "e", "enter")
	if d.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is still on")
	}
	if s := d.shows(); !strings.Contains(s, "mouse off, drag selects text") || !strings.Contains(s, "Ctrl+K, mouse on or off") {
		t.Errorf("the screen says\n%s", s)
	}
	d.press("ctrl+k", "m", "o", "u", "s", "e", "enter")
	if d.View().MouseMode == tea.MouseModeNone {
		t.Error("the mouse is still off")
	}
}
