package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// Filled is a canned response with the text it has in the conversation that is
// being written in.
type Filled struct {
	store.Canned
	Filled string
}

// Canned is the list at the cursor: it is narrowed by what is typed after the
// slash, and what is chosen is inserted there.
type Canned struct {
	frame
	finder
	all []Filled
}

var _ Overlay = (*Canned)(nil)

// NewCanned returns the list, in the order it is given.
func NewCanned(look *line.Look, all []Filled) *Canned {
	return &Canned{frame: newFrame(look), finder: newFinder(cannedNames(all)), all: all}
}

func cannedNames(all []Filled) []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Code + " " + all[i].Text
	}
	return names
}

// Place implements PlaceOf.
func (c *Canned) Place() Place { return AtCursor }

// Key implements Overlay. What is typed and matches nothing is written as it is: a
// slash is a letter too.
func (c *Canned) Key(k tea.KeyPressMsg) action.Action {
	defer c.changed()
	typed := c.query.Text()
	switch name := k.String(); {
	case name == "esc":
		return action.Insert{Text: "/" + typed}
	case name == "backspace" && typed == "":
		return action.Close{}
	case k.Text == " " && (typed == "" || len(c.shown) == 0):
		return action.Insert{Text: "/" + typed + " "}
	case name == "enter", name == "tab", name == "kpenter":
		return c.choose()
	}
	c.key(k)
	return nil
}

func (c *Canned) choose() action.Action {
	i, ok := c.chosen()
	if !ok {
		return action.Say{Text: c.look.Words.Canned.NoMatch(c.query.Text())}
	}
	return action.Insert{Text: c.all[i].Filled, Canned: c.all[i].Name()}
}

// Paste implements Overlay: what is pasted is text, and the slash before it too.
func (c *Canned) Paste(s string) action.Action {
	return action.Insert{Text: "/" + c.query.Text() + s}
}

// View implements Overlay.
func (c *Canned) View() []string {
	if !c.valid {
		c.redraw()
	}
	return c.rows
}

// Cursor implements Overlay.
func (c *Canned) Cursor() (x, y int, ok bool) {
	c.View()
	return c.curX, c.curY, c.cur
}

const (
	cannedWidth = 64
	// cannedRows is how many are listed at the cursor, cannedLook how many rows of
	// the chosen one are shown.
	cannedRows = 6
	cannedLook = 4
)

func (c *Canned) redraw() {
	w := &c.look.Words.Canned
	s := c.sheet(cannedWidth)
	r := s.row()
	r.Put(s.pen().Own(s.style(theme.Accent), "/"))
	s.input(r, &c.query, s.inner()-1, "", true)
	s.add(r)
	from, to := c.window(len(c.shown), min(cannedRows, s.room(s.f.h, cannedLook+3)))
	for i := from; i < to; i++ {
		cannedRow(s, &c.all[c.shown[i]], i == c.at)
	}
	if i, ok := c.chosen(); ok {
		s.blank()
		s.cut(theme.Text, s.lines(c.all[i].Filled), min(cannedLook, s.room(s.f.h, s.hintRows()+len(c.all[i].Files))))
		for j := range c.all[i].Files {
			cannedFile(s, s.row(), &c.all[i].Files[j])
		}
	} else {
		s.para(theme.Dim, w.NoMatch(c.query.Text()))
	}
	s.hints(w.CursorHints)
	s.done()
}

// cannedRow is one of a list: its code, its text in one line, whose it is.
func cannedRow(s *sheet, c *Filled, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return s.f.look.Theme.Style(i, surface) }
	code := st(theme.Text)
	if chosen {
		code = code.Bold()
	}
	tail := s.pen().Own(st(theme.Dim), s.whose(c.Owner != "", c.Pending))
	s.text(r, code, safetext.Line("/"+c.Code), r.Room())
	r.Space(2)
	s.text(r, st(theme.Dim), safetext.Line(c.Text+s.f.look.Words.Attach.Names(c.Files)), r.Room()-tail.Cells-s.pad-2)
	if tail.Cells > 0 && r.Room()-s.pad-1 >= tail.Cells {
		r.Right(tail.Cells, s.pad).Put(tail)
	}
	s.add(r)
}

// whose tells that one of a list is the agent's alone, and that the team does not have it
// yet.
func (s *sheet) whose(own, pending bool) string {
	var parts []string
	if own {
		parts = append(parts, s.f.look.Words.Canned.Own)
	}
	if pending {
		parts = append(parts, s.f.look.Words.Screen.NotSentYet)
	}
	return strings.Join(parts, " · ")
}
