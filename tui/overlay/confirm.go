package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const confirmWidth = 60

// Question is what a Confirm asks.
type Question struct {
	Title string
	// Said is what is at stake, and what can be done instead.
	Said strings.Said
	// Key is the one key that says yes; Yes and No are the words of both
	// answers, or the catalogue's where they are empty.
	Key     string
	Yes, No string
	// Do is what yes asks for.
	Do action.Action
}

// Confirm asks before something that cannot be taken back. Enter is not an
// answer: it is pressed too easily.
type Confirm struct {
	frame
	q Question
}

var _ Overlay = (*Confirm)(nil)

// NewConfirm returns the question.
func NewConfirm(look *line.Look, q Question) *Confirm {
	if q.Yes == "" {
		q.Yes = look.Words.Confirm.Yes
	}
	if q.No == "" {
		q.No = look.Words.Confirm.No
	}
	return &Confirm{frame: newFrame(look), q: q}
}

// Key implements Overlay.
func (c *Confirm) Key(k tea.KeyPressMsg) action.Action {
	switch k.String() {
	case c.q.Key:
		return c.q.Do
	case "esc", "n":
		return action.Close{}
	}
	return nil
}

// Paste implements Overlay: a pasted letter is no answer.
func (c *Confirm) Paste(string) action.Action { return nil }

// Cursor implements Overlay: there is none.
func (c *Confirm) Cursor() (x, y int, ok bool) { return 0, 0, false }

// View implements Overlay.
func (c *Confirm) View() []string {
	if !c.valid {
		s := c.sheet(confirmWidth)
		s.title(c.q.Title, "", "")
		s.para(theme.Text, c.q.Said.Happened)
		s.para(theme.Dim, c.q.Said.Do)
		s.gap()
		s.hints([]strings.Hint{{Key: c.q.Key, Does: c.q.Yes}, {Key: c.look.Words.Confirm.NoKey, Does: c.q.No}})
		s.done()
	}
	return c.rows
}
