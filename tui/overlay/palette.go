package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// The palette takes two thirds of the width, within these two.
const (
	paletteLeast = 64
	paletteMost  = 104
)

// Command is one thing the palette can do.
type Command struct {
	// Name is what action.Run is given.
	Name string
	// Title and Help are its words; Key the key that does the same.
	Title, Help, Key string
}

// Palette finds a command by its words.
type Palette struct {
	frame
	finder
	all []Command
	// title is over a part of the commands; empty over all.
	title string
}

var _ Overlay = (*Palette)(nil)

// NewPalette returns a palette of the commands, in their order.
func NewPalette(look *line.Look, commands []Command) *Palette {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.Title + " " + c.Help
	}
	return &Palette{frame: newFrame(look), finder: newFinder(names), all: commands}
}

// NewMenuOf returns a palette of a part of the commands, under a title of its own.
func NewMenuOf(look *line.Look, title string, commands []Command) *Palette {
	p := NewPalette(look, commands)
	p.title = title
	return p
}

// Key implements Overlay.
func (p *Palette) Key(k tea.KeyPressMsg) action.Action {
	defer p.changed()
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter":
		if i, ok := p.chosen(); ok {
			return action.Run{Command: p.all[i].Name}
		}
	default:
		p.key(k)
	}
	return nil
}

// Paste implements Overlay.
func (p *Palette) Paste(s string) action.Action {
	p.insert(s)
	p.changed()
	return nil
}

// View implements Overlay.
func (p *Palette) View() []string {
	if !p.valid {
		p.draw()
	}
	return p.rows
}

// Cursor implements Overlay.
func (p *Palette) Cursor() (x, y int, ok bool) {
	p.View()
	return p.curX, p.curY, p.cur
}

func (p *Palette) draw() {
	w := &p.look.Words.Palette
	s := p.sheet(min(max(p.w*2/3, paletteLeast), paletteMost))
	if p.title == "" {
		p.title = w.Title
	}
	s.title(p.title, "", "")
	s.prompt(&p.query, w.Prompt, true)
	s.gap()
	if len(p.shown) == 0 {
		s.para(theme.Dim, w.NoMatch(p.query.Text()))
	}
	title := 0
	for _, c := range p.all {
		title = max(title, s.pen().Width(c.Title))
	}
	from, to := p.window(len(p.shown), s.room(listHeight, s.hintRows()+1))
	for i := from; i < to; i++ {
		p.row(s, p.all[p.shown[i]], min(title, s.inner()/2), i == p.at)
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}

// row sets the title in titles cells and what the command does after it.
func (p *Palette) row(s *sheet, c Command, titles int, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return p.look.Theme.Style(i, surface) }
	title := st(theme.Text)
	if chosen {
		title = title.Bold()
	}
	key := s.pen().Own(st(theme.Dim), c.Key)
	before := r.Room()
	s.text(r, title, safetext.Line(c.Title), r.Room()-key.Cells-2-s.pad)
	r.Space(titles - (before - r.Room()))
	if left := r.Room() - s.pad - key.Cells - 4; c.Help != "" && left > 10 {
		r.Space(2)
		s.text(r, st(theme.Dim), safetext.Line(c.Help), left)
	}
	if key.Cells > 0 && r.Room()-s.pad >= key.Cells {
		r.Right(key.Cells, s.pad).Put(key)
	}
	s.add(r)
}
