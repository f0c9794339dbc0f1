// Package list holds long lists of which only the visible part is ever drawn:
// [List] hangs from its top and has a selection, [Log] stands on its bottom
// like a conversation. It knows nothing of what the items are: a [Renderer]
// draws one, and an item is drawn again only when its version, the width or
// the look has changed. Neither ever computes a total height.
package list

// Item names one entry. Two items of equal ID and Version look the same.
type Item struct {
	ID      string
	Version uint64
}

// Look is what a drawn row depends on besides the item and its width: the
// theme, the method by which the terminal counts cells, and the form that the
// owner has chosen for all rows.
type Look struct {
	Theme  uint8
	Method uint8
	Form   uint8
}

// Renderer draws the item at index in lines of exactly width cells. It is
// called for visible items only and must not keep the slice it returns.
type Renderer func(index, width int, selected bool) []string

// Prefetch is how many items before an edge the owner should load more.
const Prefetch = 60

// List is a list with a selection, drawn from the top. The zero List is not
// usable; see [New].
type List struct {
	drawing
	sel int
	// top and off are the first visible item and how many of its lines are
	// above the view.
	top, off int
	// last is the last item that the view showed, for the edges.
	last int
}

// New returns an empty list whose rows draw draws.
func New(draw Renderer) *List { return &List{drawing: newDrawing(draw)} }

// SetSize sets the size of the view in cells and lines.
func (l *List) SetSize(width, height int) {
	if l.resize(width, height) {
		l.off = 0
		l.fill()
		l.reveal()
	}
}

// SetItems replaces the items. The selection follows its item, and the view
// stays on the item at its top, unless it shows the very beginning: then what
// has moved there is seen. An item that is gone leaves its place to the one
// that followed it. The list keeps items: the caller must not change them, and
// the Renderer must already answer for them.
func (l *List) SetItems(items []Item) {
	old, wasVisible := l.items, l.selectionVisible()
	atStart := l.top == 0 && l.off == 0
	l.items = items
	if len(items) == 0 {
		l.sel, l.top, l.off = 0, 0, 0
		return
	}
	l.sel = follow(old, items, l.sel)
	if !atStart {
		top := follow(old, items, l.top)
		if l.top >= len(old) || items[top].ID != old[l.top].ID {
			l.off = 0
		}
		l.top = top
	}
	l.fill()
	if wasVisible {
		l.reveal()
	}
}

// Selected returns the selected index, or -1 when the list is empty.
func (l *List) Selected() int {
	if len(l.items) == 0 {
		return -1
	}
	return l.sel
}

// Select selects the item at index, clamped to the list, and brings it into
// view.
func (l *List) Select(index int) {
	l.sel = clamp(index, 0, len(l.items)-1)
	l.reveal()
	l.last = max(l.last, l.sel)
}

// SelectID selects the item called id and reports whether there is one.
func (l *List) SelectID(id string) bool {
	i := find(l.items, id, l.sel)
	if i >= 0 {
		l.Select(i)
	}
	return i >= 0
}

// Move moves the selection by n items and reports whether it moved.
func (l *List) Move(n int) bool {
	before := l.sel
	l.Select(l.sel + n)
	return l.sel != before
}

// Page moves the selection by n screens.
func (l *List) Page(n int) bool {
	_, below := l.Edges()
	shown := len(l.items) - below - l.top
	return l.Move(n * max(shown-1, 1))
}

// Scroll moves the view by n lines, down when positive; the selection stays
// where it is, in view or not.
func (l *List) Scroll(n int) {
	l.off += n
	for l.off < 0 && l.top > 0 {
		l.top--
		l.off += l.height(l.top, l.top == l.sel)
	}
	l.off = max(l.off, 0)
	for l.top < len(l.items)-1 && l.off >= l.height(l.top, l.top == l.sel) {
		l.off -= l.height(l.top, l.top == l.sel)
		l.top++
	}
	l.fill()
}

// View returns exactly the height's number of lines. The slice is valid until
// the next call of View.
func (l *List) View() []string {
	l.lines, l.owner = l.lines[:0], l.owner[:0]
	l.last = l.top
	for i := l.top; i < len(l.items) && len(l.lines) < l.h; i++ {
		rows := l.rows(i, i == l.sel)
		if i == l.top {
			rows = rows[min(l.off, len(rows)):]
		}
		l.add(i, rows[:min(len(rows), l.h-len(l.lines))])
		l.last = i
	}
	for len(l.lines) < l.h {
		l.add(-1, l.blank)
	}
	return l.lines
}

// Edges returns how many items are above the view and how many below what the
// last View showed.
func (l *List) Edges() (above, below int) {
	return l.top, max(len(l.items)-1-l.last, 0)
}

// NearTop and NearBottom report that less than [Prefetch] items are left
// before that edge.
func (l *List) NearTop() bool { above, _ := l.Edges(); return above < Prefetch }

// NearBottom: see [List.NearTop].
func (l *List) NearBottom() bool { _, below := l.Edges(); return below < Prefetch }

func (l *List) selectionVisible() bool {
	return len(l.items) > 0 && l.sel >= l.top && l.sel <= l.last
}

// reveal moves the view as little as needed to show the whole selected item.
func (l *List) reveal() {
	if len(l.items) == 0 || l.h == 0 {
		return
	}
	if l.sel <= l.top {
		l.top, l.off = l.sel, 0
		l.fill()
		return
	}
	// Go up from the selection while items fit above it.
	room := l.h - l.height(l.sel, true)
	for i := l.sel - 1; i >= l.top && room > 0; i-- {
		room -= l.height(i, false)
		if i == l.top && room+l.off >= 0 {
			return // it is in view already
		}
		if room <= 0 {
			l.top, l.off = i, -room
			return
		}
	}
	if room <= 0 { // as tall as the view, or taller: its beginning is shown
		l.top, l.off = l.sel, 0
	}
}

// fill pulls the view up when the items end above its bottom.
func (l *List) fill() {
	room := l.h + l.off
	for i := l.top; i < len(l.items); i++ {
		if room -= l.height(i, i == l.sel); room <= 0 {
			return
		}
	}
	for room > 0 && (l.off > 0 || l.top > 0) {
		if l.off == 0 {
			l.top--
			l.off = l.height(l.top, l.top == l.sel)
		}
		n := min(room, l.off)
		l.off -= n
		room -= n
	}
}
