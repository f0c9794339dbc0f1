package list

// Log is a list drawn from its bottom: the newest item stands on the lower
// edge and history goes up. While it shows the bottom it follows what is
// appended; scrolled up, it stays on what is being read whatever is added at
// either end.
type Log struct {
	drawing
	sel int // -1 when nothing is selected
	// anchor is the item on the lower edge, off how many of its lines are
	// below it. At the bottom they are the last item and 0.
	anchor, off int
	follows     bool
	first       int // the first item that the last View showed
}

// NewLog returns an empty log whose rows draw draws.
func NewLog(draw Renderer) *Log {
	return &Log{drawing: newDrawing(draw), sel: -1, follows: true}
}

// SetSize sets the size of the view in cells and lines.
func (l *Log) SetSize(width, height int) {
	if !l.resize(width, height) || len(l.items) == 0 {
		return
	}
	l.off = clamp(l.off, 0, l.height(l.anchor, l.anchor == l.sel)-1)
	l.settle()
}

// SetItems replaces the items, oldest first: with an older page in front, newer
// ones behind, or another window altogether. The log keeps items: the caller
// must not change them, and the Renderer must already answer for them.
func (l *Log) SetItems(items []Item) {
	old := l.items
	l.items = items
	if len(items) == 0 {
		l.sel, l.anchor, l.off, l.follows = -1, 0, 0, true
		return
	}
	if l.sel >= 0 && l.sel < len(old) {
		l.sel = find(items, old[l.sel].ID, l.sel+len(items)-len(old))
	}
	if l.follows || len(old) == 0 {
		l.Bottom()
		return
	}
	anchor := follow(old, items, l.anchor)
	if l.anchor >= len(old) || items[anchor].ID != old[l.anchor].ID {
		l.off = 0
	}
	l.anchor = anchor
	l.off = clamp(l.off, 0, l.height(anchor, anchor == l.sel)-1)
	l.settle()
}

// Bottom shows the newest item and follows what comes.
func (l *Log) Bottom() { l.anchor, l.off, l.follows = max(len(l.items)-1, 0), 0, true }

// AtBottom reports whether the log follows what is appended.
func (l *Log) AtBottom() bool { return l.follows }

// Scroll moves the view by n lines, towards newer items when positive.
func (l *Log) Scroll(n int) {
	if len(l.items) == 0 {
		return
	}
	l.off -= n
	for l.off < 0 && l.anchor < len(l.items)-1 {
		l.anchor++
		l.off += l.height(l.anchor, l.anchor == l.sel)
	}
	l.off = max(l.off, 0)
	for l.anchor > 0 && l.off >= l.height(l.anchor, l.anchor == l.sel) {
		l.off -= l.height(l.anchor, l.anchor == l.sel)
		l.anchor--
	}
	l.settle()
}

// Page moves the view by n screens, keeping one line of the last.
func (l *Log) Page(n int) { l.Scroll(n * max(l.h-1, 1)) }

// Selected returns the selected index, or -1.
func (l *Log) Selected() int { return l.sel }

// Select selects the item at index and brings it into view; -1 selects none.
func (l *Log) Select(index int) {
	l.sel = clamp(index, -1, len(l.items)-1)
	if l.sel >= 0 {
		l.reveal()
	}
}

// SelectID selects the item called id and reports whether there is one.
func (l *Log) SelectID(id string) bool {
	i := find(l.items, id, max(l.sel, l.anchor))
	if i >= 0 {
		l.Select(i)
	}
	return i >= 0
}

// Move moves the selection by n items; from none it goes to the lowest one
// shown. It reports whether the selection moved.
func (l *Log) Move(n int) bool {
	if len(l.items) == 0 {
		return false
	}
	before := l.sel
	if l.sel < 0 {
		l.Select(l.anchor)
	} else {
		l.Select(clamp(l.sel+n, 0, len(l.items)-1))
	}
	return l.sel != before
}

// View returns exactly the height's number of lines, blank ones first when the
// items do not fill it. The slice is valid until the next call of View.
func (l *Log) View() []string {
	l.lines, l.owner = l.lines[:0], l.owner[:0]
	l.first = l.anchor
	have := -l.off
	for l.first = l.anchor; l.first >= 0 && len(l.items) > 0; l.first-- {
		have += l.height(l.first, l.first == l.sel)
		if have >= l.h || l.first == 0 {
			break
		}
	}
	for have+len(l.lines) < l.h {
		l.add(-1, l.blank)
	}
	for i := max(l.first, 0); i < len(l.items) && len(l.lines) < l.h; i++ {
		rows := l.rows(i, i == l.sel)
		if i == l.first && have > l.h {
			rows = rows[min(have-l.h, len(rows)):]
		}
		l.add(i, rows[:min(len(rows), l.h-len(l.lines))])
	}
	return l.lines
}

// Edges returns how many items are above what the last View showed and how
// many below the lower edge.
func (l *Log) Edges() (above, below int) {
	return max(l.first, 0), max(len(l.items)-1-l.anchor, 0)
}

// NearTop and NearBottom report that less than [Prefetch] items are left
// before that edge.
func (l *Log) NearTop() bool { above, _ := l.Edges(); return above < Prefetch }

// NearBottom: see [Log.NearTop].
func (l *Log) NearBottom() bool { _, below := l.Edges(); return below < Prefetch }

// reveal moves the view as little as needed to show the selected item: all of
// it, or its beginning when it is taller than the view.
func (l *Log) reveal() {
	tall := l.height(l.sel, true)
	if l.sel >= l.anchor {
		l.anchor, l.off = l.sel, max(tall-l.h, 0)
		l.settle()
		return
	}
	// The lines between the selection's first one and the lower edge.
	span := -l.off
	for i := l.anchor; i > l.sel; i-- {
		span += l.height(i, false)
		if span >= l.h {
			break
		}
	}
	span += min(tall, l.h)
	if span <= l.h {
		return
	}
	// Put its first line on the upper edge.
	l.anchor, l.off = l.sel, 0
	room := l.h - tall
	for room > 0 && l.anchor < len(l.items)-1 {
		l.anchor++
		room -= l.height(l.anchor, false)
	}
	l.off = max(-room, 0)
	l.settle()
}

// settle pulls the view down when history ends below its upper edge, and
// notes whether it stands on the bottom.
func (l *Log) settle() {
	have := -l.off
	for i := l.anchor; i >= 0 && have < l.h; i-- {
		have += l.height(i, i == l.sel)
	}
	for have < l.h && (l.off > 0 || l.anchor < len(l.items)-1) {
		if l.off == 0 {
			l.anchor++
			l.off = l.height(l.anchor, l.anchor == l.sel)
		}
		n := min(l.h-have, l.off)
		l.off -= n
		have += n
	}
	l.follows = l.off == 0 && l.anchor == len(l.items)-1
}
