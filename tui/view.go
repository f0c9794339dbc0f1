package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// View implements tea.Model. It is called for every message, so the frame is
// drawn again only when something was handled.
func (a *App) View() tea.View {
	if a.dirty {
		a.frame = a.draw()
		a.dirty = false
	}
	v := tea.NewView(a.frame)
	v.AltScreen = true
	if !a.mouseOff {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.ReportFocus = true
	v.WindowTitle = a.title()
	v.Cursor = a.cursor()
	return v
}

func (a *App) title() string {
	n := a.counts.Views[store.ViewUnread]
	if n == 0 {
		return a.words.Screen.Brand
	}
	return safetext.Line(fmt.Sprintf(a.words.Screen.TitleF, n)).String()
}

// cursor is where the terminal's own cursor stands; a new one each time, since
// Bubble Tea compares pointers.
func (a *App) cursor() *tea.Cursor {
	x, y, ok := 0, 0, false
	switch {
	case a.lay.tooSmall || a.w == 0:
	case a.modal():
		if x, y, ok = cursorOf(a.over.Top()); ok {
			at := a.overlayAt(a.over.Top())
			x, y = x+at.x, y+at.y
		}
	case a.lay.composer.w > 0:
		x, y, ok = a.composer.Cursor()
		x, y = x+a.lay.composer.x, y+a.lay.composer.y
	}
	if !ok {
		return nil
	}
	c := tea.NewCursor(x, y)
	c.Shape, c.Blink = tea.CursorBar, false
	return c
}

func (a *App) draw() string {
	if a.w == 0 || a.h == 0 {
		return ""
	}
	if a.lay.tooSmall {
		return a.tooSmall()
	}
	lines := make([]string, 0, a.h)
	lines = append(lines, a.topLine())
	lines = a.body(lines)
	lines = append(lines, a.statusLine())
	a.splice(lines)
	if a.tour.on {
		lines[a.h-2] = a.tourLine()
	}
	return strings.Join(a.grounded(lines), "\n")
}

// tooSmall is what a terminal says that has no room for anything else.
func (a *App) tooSmall() string {
	say := func(format string) []string {
		return a.look.Pen.M.Wrap(safetext.Line(fmt.Sprintf(format, minWidth, minHeight)), a.w)
	}
	said := say(a.words.Screen.TooSmallF)
	if len(said) > a.h {
		said = say(a.words.Screen.TinyF)
	}
	lines := make([]string, a.h)
	for y := range lines {
		r := line.New(a.w, a.look.Theme.Text)
		if y < len(said) {
			r.Put(a.look.Pen.Own(a.look.Theme.Text, said[y]))
		}
		lines[y] = r.String()
	}
	return strings.Join(a.grounded(lines), "\n")
}

// body joins the panes line by line.
func (a *App) body(lines []string) []string {
	l := &a.lay
	var list, thread, contact []string
	if l.list.w > 0 {
		list = a.list.Lines()
	}
	if l.thread.w > 0 {
		thread = a.threadLines()
	}
	if l.contact.w > 0 {
		contact = a.contact.Lines()
	}
	divider := a.look.Theme.Rule.Wrap(theme.GlyphDivider)
	var b strings.Builder
	for y := 1; y <= a.h-2; y++ {
		b.Reset()
		b.Grow(6 * a.w)
		put(&b, list, l.list, y)
		if len(l.dividers) > 0 {
			b.WriteString(divider)
		}
		put(&b, thread, l.thread, y)
		if len(l.dividers) > 1 {
			b.WriteString(divider)
		}
		put(&b, contact, l.contact, y)
		lines = append(lines, b.String())
	}
	return lines
}

func put(b *strings.Builder, lines []string, r rect, y int) {
	switch i := y - r.y; {
	case r.w == 0:
	case i < 0 || i >= len(lines):
		b.WriteString(line.Blank(r.w))
	default:
		b.WriteString(lines[i])
	}
}

// threadLines is the thread, a rule and the composer.
func (a *App) threadLines() []string {
	lines := a.thread.Lines()
	c := a.lay.composer
	if c.w == 0 {
		return lines
	}
	lines = append(lines, a.look.Theme.Rule.Wrap(line.Rule(c.w)))
	view := a.composer.View()
	return append(lines, view[:min(len(view), c.h)]...)
}

// rowsOf draws an overlay, or says that it cannot: Esc still takes it away, and
// what is below it stands.
func (a *App) rowsOf(o overlay.Overlay) (rows []string) {
	defer func() {
		if recover() != nil {
			st := a.look.Theme.Style(theme.Warn, theme.Panel)
			words := safetext.Line(a.words.Screen.CannotShowPart)
			r := line.New(min(a.w, a.look.Pen.M.Width(words)+2), st)
			r.Space(1).Put(a.look.Pen.Remote(st, words, max(r.Room()-1, 0)))
			rows = []string{r.String()}
		}
	}()
	return o.View()
}

// cursorOf is the overlay's cursor; none where it cannot be drawn.
func cursorOf(o overlay.Overlay) (x, y int, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return o.Cursor()
}

// overlayAt is where the top left corner of an overlay is.
func (a *App) overlayAt(o overlay.Overlay) rect {
	rows := a.rowsOf(o)
	if len(rows) == 0 {
		return rect{}
	}
	r := rect{w: a.width(rows[0]), h: len(rows)}
	r.x, r.y = max((a.w-r.w)/2, 0), 1+max((a.h-2-a.tourRows()-r.h)/2, 0)
	switch overlay.PlaceOf(o) {
	case overlay.Bottom:
		r.y = a.h - 1 - a.tourRows() - r.h
	case overlay.AtCursor:
		x, y, _ := a.composer.Cursor()
		r.x, r.y = min(x+a.lay.composer.x, a.w-r.w), max(y+a.lay.composer.y-r.h, 1)
	}
	return r
}

func (a *App) width(s string) int {
	if a.look.Pen.M.Method == safetext.Grapheme {
		return ansi.StringWidth(s)
	}
	return ansi.StringWidthWc(s)
}

// splice puts the top overlay over the lines. A wide character that its edge
// would cut in two becomes blanks.
func (a *App) splice(lines []string) {
	o := a.over.Top()
	if o == nil {
		return
	}
	r, m := a.overlayAt(o), a.look.Pen.M
	for i, row := range a.rowsOf(o) {
		y := r.y + i
		if y < 1 || y >= len(lines)-1 {
			continue
		}
		lines[y] = m.Cut(lines[y], 0, r.x) + row + m.Cut(lines[y], r.x+r.w, a.w)
	}
}
