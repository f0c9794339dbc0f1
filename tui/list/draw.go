package list

import "strings"

// drawing is what both kinds of list share: the items, the size, the drawn
// rows and the view's lines.
type drawing struct {
	// Broken, when set, draws an item whose Renderer panicked: one bad entry
	// must not take the rest of the list with it.
	Broken func(index, width int, selected bool) []string

	items []Item
	w, h  int
	look  Look
	draw  Renderer
	cache cache
	blank []string
	lines []string
	owner []int // the item of each line, -1 for none
}

func newDrawing(draw Renderer) drawing { return drawing{draw: draw, blank: []string{""}} }

// SetLook drops the drawn rows when the look has changed.
func (d *drawing) SetLook(look Look) {
	if d.look != look {
		d.look = look
		d.cache.clear()
	}
}

// Len returns the number of items.
func (d *drawing) Len() int { return len(d.items) }

// Item returns the item at index.
func (d *drawing) Item(index int) Item { return d.items[index] }

// At returns the item shown at a line of the last View, for the mouse.
func (d *drawing) At(line int) (index int, ok bool) {
	if line < 0 || line >= len(d.owner) || d.owner[line] < 0 {
		return 0, false
	}
	return d.owner[line], true
}

func (d *drawing) resize(w, h int) bool {
	w, h = max(w, 0), max(h, 0)
	if d.w == w && d.h == h {
		return false
	}
	if d.w != w {
		d.cache.clear()
		d.blank = []string{strings.Repeat(" ", w)}
	}
	d.w, d.h = w, h
	return true
}

func (d *drawing) add(index int, rows []string) {
	for _, r := range rows {
		d.lines = append(d.lines, r)
		d.owner = append(d.owner, index)
	}
}

func (d *drawing) height(index int, selected bool) int { return len(d.rows(index, selected)) }

// rows returns the drawn item, from the cache when nothing it depends on has
// changed.
func (d *drawing) rows(index int, selected bool) []string {
	it := d.items[index]
	k := key{it.ID, it.Version, d.w, d.look, selected}
	if rows, ok := d.cache.get(k); ok {
		return rows
	}
	rows := d.drawOne(index, selected)
	d.cache.put(k, rows)
	return rows
}

func (d *drawing) drawOne(index int, selected bool) (rows []string) {
	if d.Broken != nil {
		defer func() {
			if recover() != nil || !bounded(rows, d.w) {
				rows = d.Broken(index, d.w, selected)
			}
		}()
	}
	return d.draw(index, d.w, selected)
}

// What one item may take of the screen and of the terminal's time. A caller
// that keeps its own caps never comes near; beyond them the item is broken.
const (
	maxRows      = 400
	maxCellBytes = 160 // with the styles of a cell of its own
)

func bounded(rows []string, w int) bool {
	if len(rows) > maxRows {
		return false
	}
	for _, r := range rows {
		if len(r) > (w+2)*maxCellBytes {
			return false
		}
	}
	return true
}

// cacheLimit bounds the drawn items kept, about 200 screens.
const cacheLimit = 4000

type key struct {
	id       string
	version  uint64
	width    int
	look     Look
	selected bool
}

// cache keeps drawn items in two halves. When the young half is full it
// becomes the old one and the old one goes: whatever was not looked at for a
// while is forgotten, without a list of uses.
type cache struct{ young, old map[key][]string }

func (c *cache) get(k key) ([]string, bool) {
	if rows, ok := c.young[k]; ok {
		return rows, true
	}
	rows, ok := c.old[k]
	if ok {
		c.put(k, rows)
	}
	return rows, ok
}

func (c *cache) put(k key, rows []string) {
	if c.young == nil {
		c.young = make(map[key][]string, 128)
	}
	if len(c.young) >= cacheLimit/2 {
		c.young, c.old = make(map[key][]string, 128), c.young
	}
	c.young[k] = rows
}

func (c *cache) clear() { c.young, c.old = nil, nil }

func (c *cache) len() int { return len(c.young) + len(c.old) }

// find returns the index of id, looking first around hint, where it most often
// is; -1 when it is not there.
func find(items []Item, id string, hint int) int {
	for lo, hi := hint, hint+1; lo >= 0 || hi < len(items); lo, hi = lo-1, hi+1 {
		if lo >= 0 && lo < len(items) && items[lo].ID == id {
			return lo
		}
		if hi >= 0 && hi < len(items) && items[hi].ID == id {
			return hi
		}
	}
	return -1
}

// follow returns where in items the entry now is that was old[i]; when it is
// gone, where the nearest one after it is that is not, else the nearest before.
// The search for a successor is bounded: beyond a screen or two nobody can tell
// one place from another.
func follow(old, items []Item, i int) int {
	if i < 0 || i >= len(old) {
		return clamp(i, 0, len(items)-1)
	}
	const reach = 100
	for d := range reach {
		if i+d < len(old) {
			if at := find(items, old[i+d].ID, i); at >= 0 {
				return at
			}
		}
	}
	for d := 1; d < reach && i-d >= 0; d++ {
		if at := find(items, old[i-d].ID, i); at >= 0 {
			return at
		}
	}
	return clamp(i, 0, len(items)-1)
}

func clamp(v, lo, hi int) int { return max(lo, min(v, hi)) }
