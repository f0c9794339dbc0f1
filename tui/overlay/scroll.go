package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

// scroller is an overlay that is read and not written in.
type scroller struct {
	frame
	top int
}

// Key implements Overlay.
func (s *scroller) Key(k tea.KeyPressMsg) action.Action {
	defer s.changed()
	if bound := s.look.Bound; bound != nil && bound(k.String()) == "palette" {
		return action.Run{Command: "palette"}
	}
	switch k.String() {
	case "esc", "q", "enter", "u":
		return action.Close{}
	case "j", "down":
		s.top++
	case "k", "up":
		s.top--
	case "pgdown", "space", " ":
		s.top += 10
	case "pgup":
		s.top -= 10
	case "home", "g":
		s.top = 0
	case "end", "G":
		s.top = 1 << 20
	}
	return nil
}

// Scroll moves what is shown by rows, as the wheel does.
func (s *scroller) Scroll(n int) {
	s.top += n
	s.changed()
}

// Paste implements Overlay: there is nothing to paste into.
func (s *scroller) Paste(string) action.Action { return nil }

// Cursor implements Overlay: there is none.
func (s *scroller) Cursor() (x, y int, ok bool) { return 0, 0, false }

// body shows what fits of the rows, from top, and says how many are below.
func (s *scroller) body(sh *sheet, rows []string, most int) {
	room := sh.room(most, sh.hintRows()+1)
	s.top = max(min(s.top, len(rows)-room), 0)
	end := min(s.top+room, len(rows))
	below := len(rows) - end
	if below > 0 && room > 1 {
		end--
		below++
	}
	sh.rows = append(sh.rows, rows[s.top:end]...)
	if below > 0 {
		r := sh.row()
		sh.own(r, theme.Dim, s.look.Words.Help.More(below))
		sh.add(r)
	}
}

const (
	helpWidth  = 76
	helpHeight = 40
)

// HelpGroup is the keys of one place.
type HelpGroup struct {
	Title string
	Keys  []strings.Hint
}

// Help is the keys of what has the focus.
type Help struct {
	scroller
	where  string
	groups []HelpGroup
}

var _ Overlay = (*Help)(nil)

// NewHelp returns the help for a place, its own keys first.
func NewHelp(look *line.Look, where string, groups []HelpGroup) *Help {
	return &Help{scroller: scroller{frame: newFrame(look)}, where: where, groups: groups}
}

// View implements Overlay.
func (h *Help) View() []string {
	if !h.valid {
		h.draw()
	}
	return h.frame.rows
}

func (h *Help) draw() {
	w := &h.look.Words.Help
	s := h.sheet(helpWidth)
	s.title(w.Title(h.where), "", "")
	h.body(s, h.lines(s), helpHeight)
	s.gap()
	s.hints(w.Hints)
	s.done()
}

func (h *Help) lines(s *sheet) []string {
	keyCells := 0
	for _, g := range h.groups {
		for _, k := range g.Keys {
			keyCells = max(keyCells, s.pen().Width(k.Key))
		}
	}
	keyCells = min(keyCells, s.inner()/2)
	c := s.column(s.w)
	c.pad = s.pad
	for i, g := range h.groups {
		if i > 0 {
			c.blank()
		}
		if g.Title != "" {
			c.para(theme.Dim, g.Title)
		}
		for _, k := range g.Keys {
			h.keyRow(c, k, keyCells)
		}
	}
	return c.rows
}

func (h *Help) keyRow(s *sheet, k strings.Hint, keyCells int) {
	r := s.row()
	before := r.Room()
	r.Put(s.pen().Own(s.style(theme.Text).Bold(), k.Key))
	r.Space(keyCells - (before - r.Room()) + 2)
	s.own(r, theme.Text, k.Does)
	s.add(r)
}
