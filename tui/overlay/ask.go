package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	words "frontdesk/tui/strings"
)

// Ask is one line to type.
type Ask struct {
	frame
	say   *words.Ask
	about string
	typed edit.Buffer
	then  func(string) action.Action
}

var _ Overlay = (*Ask)(nil)

// NewAsk returns the line; about is whom or how many it is for, then what is asked
// with the text, which is never blank.
func NewAsk(look *line.Look, say *words.Ask, about string, then func(string) action.Action) *Ask {
	a := &Ask{frame: newFrame(look), say: say, about: about, then: then}
	a.typed.Single = true
	return a
}

// Key implements Overlay.
func (a *Ask) Key(k tea.KeyPressMsg) action.Action {
	defer a.changed()
	name := k.String()
	switch {
	case name == "esc":
		return action.Close{}
	case name == "enter":
		if text := strings.TrimSpace(a.typed.Text()); text != "" {
			return a.then(text)
		}
	case a.typed.Key(name):
	case k.Text != "":
		a.typed.Insert(k.Text)
	}
	return nil
}

// Paste implements Overlay.
func (a *Ask) Paste(s string) action.Action {
	a.typed.Insert(s)
	a.changed()
	return nil
}

// Cursor implements Overlay.
func (a *Ask) Cursor() (x, y int, ok bool) {
	a.View()
	return a.curX, a.curY, a.cur
}

// View implements Overlay.
func (a *Ask) View() []string {
	if !a.valid {
		s := a.sheet(snoozeWidth)
		s.title(a.say.Title, a.about, "")
		s.prompt(&a.typed, a.say.Prompt, true)
		s.gap()
		s.hints(a.say.Hints)
		s.done()
	}
	return a.rows
}
