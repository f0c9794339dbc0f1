package list

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// book is an owner: entries with an id, a version and a height.
type book struct {
	entries []entry
	drawn   int
}

type entry struct {
	id      string
	version uint64
	height  int
}

func (b *book) draw(index, width int, selected bool) []string {
	b.drawn++
	e := b.entries[index]
	rows := make([]string, e.height)
	for i := range rows {
		rows[i] = fmt.Sprintf("%s.%d/%d", e.id, i, e.version)
	}
	return rows
}

func (b *book) items() []Item {
	out := make([]Item, len(b.entries))
	for i, e := range b.entries {
		out[i] = Item{e.id, e.version}
	}
	return out
}

// all is the whole list drawn naively: what a view must be a piece of.
func (b *book) all() []string {
	var out []string
	for i := range b.entries {
		out = append(out, b.draw(i, 0, false)...)
	}
	return out
}

func entries(from, n, height int) []entry {
	out := make([]entry, n)
	for i := range out {
		out[i] = entry{id: fmt.Sprint("e", from+i), height: height}
	}
	return out
}

func newList(b *book, w, h int) *List {
	l := New(b.draw)
	l.SetSize(w, h)
	l.SetItems(b.items())
	return l
}

func newLog(b *book, w, h int) *Log {
	l := NewLog(b.draw)
	l.SetSize(w, h)
	l.SetItems(b.items())
	return l
}

func TestEmptyViewHasItsHeight(t *testing.T) {
	want := []string{"   ", "   "}
	if diff := cmp.Diff(want, newList(&book{}, 3, 2).View()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, newLog(&book{}, 3, 2).View()); diff != "" {
		t.Error(diff)
	}
	if got := newList(&book{}, 3, 2).Selected(); got != -1 {
		t.Errorf("an empty list has %d selected, want -1", got)
	}
}

func TestSelectionFollowsItsItem(t *testing.T) {
	b := &book{entries: entries(0, 50, 2)}
	l := newList(b, 10, 10)
	l.Select(20)
	l.View()
	b.entries = append(entries(100, 5, 2), b.entries...) // five came in above
	l.SetItems(b.items())
	if got := l.Item(l.Selected()).ID; got != "e20" {
		t.Errorf("selected %s, want e20", got)
	}
	if v := l.View(); v[len(v)-1] != "e20.1/0" {
		t.Errorf("the view moved under the reader: %v", v)
	}
	b.entries = append(b.entries[:25], b.entries[26:]...) // e20 goes
	l.SetItems(b.items())
	if got := l.Item(l.Selected()).ID; got != "e21" {
		t.Errorf("selected %s after e20 went, want e21", got)
	}
}

func TestListAtItsBeginningShowsWhatArrives(t *testing.T) {
	b := &book{entries: entries(0, 50, 1)}
	l := newList(b, 10, 5)
	l.View()
	b.entries = append(entries(100, 1, 1), b.entries...)
	l.SetItems(b.items())
	if v := l.View(); v[0] != "e100.0/0" {
		t.Errorf("first line is %s, want the new entry", v[0])
	}
	if got := l.Item(l.Selected()).ID; got != "e0" {
		t.Errorf("selected %s, want e0", got)
	}
}

func TestLogStaysOnWhatIsRead(t *testing.T) {
	b := &book{entries: entries(0, 50, 3)}
	l := newLog(b, 10, 10)
	l.Scroll(-40)
	before := append([]string(nil), l.View()...)
	b.entries = append(entries(100, 20, 4), b.entries...)
	l.SetItems(b.items())
	if diff := cmp.Diff(before, l.View()); diff != "" {
		t.Errorf("an older page moved the view (-before +after):\n%s", diff)
	}
	b.entries = append(b.entries, entries(200, 2, 4)...)
	l.SetItems(b.items())
	if diff := cmp.Diff(before, l.View()); diff != "" {
		t.Errorf("a new message moved the view (-before +after):\n%s", diff)
	}
	if l.AtBottom() {
		t.Error("scrolled up, yet at the bottom")
	}
	l.Bottom()
	b.entries = append(b.entries, entries(300, 1, 2)...)
	l.SetItems(b.items())
	if v := l.View(); v[len(v)-1] != "e300.1/0" {
		t.Errorf("at the bottom the log must follow; its last line is %s", v[len(v)-1])
	}
}

func TestShortLogStandsOnItsBottom(t *testing.T) {
	l := newLog(&book{entries: entries(0, 1, 2)}, 2, 4)
	if diff := cmp.Diff([]string{"  ", "  ", "e0.0/0", "e0.1/0"}, l.View()); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyVisibleAndChangedItemsAreDrawn(t *testing.T) {
	b := &book{entries: entries(0, 10_000, 3)}
	l := newList(b, 20, 30)
	l.View()
	if b.drawn > 12 {
		t.Errorf("%d items drawn for a view of ten", b.drawn)
	}
	b.drawn = 0
	l.View()
	if b.drawn != 0 {
		t.Errorf("%d items drawn again though nothing changed", b.drawn)
	}
	b.entries[3].version++
	l.SetItems(b.items())
	if v := l.View(); b.drawn != 1 || v[9] != "e3.0/1" {
		t.Errorf("%d items drawn after one changed; line 9 is %s", b.drawn, v[9])
	}
	b.drawn = 0
	l.SetLook(Look{Theme: 1})
	if l.View(); b.drawn < 10 {
		t.Errorf("%d items drawn in a new theme, want all visible", b.drawn)
	}
}

func TestCacheIsBounded(t *testing.T) {
	b := &book{entries: entries(0, 20_000, 1)}
	l := newList(b, 20, 40)
	for range 600 {
		l.Page(1)
		l.View()
	}
	if n := l.cache.len(); n > cacheLimit {
		t.Errorf("%d drawn items kept, want at most %d", n, cacheLimit)
	}
}

func TestBrokenItemDoesNotTakeTheListWithIt(t *testing.T) {
	l := New(func(index, _ int, _ bool) []string {
		if index == 1 {
			panic("poison")
		}
		return []string{fmt.Sprint(index)}
	})
	l.Broken = func(index, _ int, _ bool) []string { return []string{fmt.Sprint("cannot display ", index)} }
	l.SetSize(1, 3)
	l.SetItems([]Item{{"a", 0}, {"b", 0}, {"c", 0}})
	if diff := cmp.Diff([]string{"0", "cannot display 1", "2"}, l.View()); diff != "" {
		t.Error(diff)
	}
}

func TestAtAndEdges(t *testing.T) {
	l := newList(&book{entries: entries(0, 200, 2)}, 5, 9)
	l.Select(100)
	l.View()
	if i, ok := l.At(8); !ok || i != 100 {
		t.Errorf("At(8) = %d, %v; want 100", i, ok)
	}
	if above, below := l.Edges(); above != 96 || below != 99 {
		t.Errorf("Edges() = %d, %d; want 96, 99", above, below)
	}
	if l.NearTop() || l.NearBottom() {
		t.Error("no edge is within the prefetch distance")
	}
	if _, ok := l.At(9); ok {
		t.Error("there is no line 9")
	}
}

// A view is always one piece of the whole list, of the right height, with the
// selected item in it, whatever was done before.
func TestListIsAWindowOnTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &book{entries: anyEntries(t, "first", 0)}
		l := newList(b, 4, rapid.IntRange(1, 12).Draw(t, "height"))
		for step := range rapid.IntRange(1, 12).Draw(t, "steps") {
			moved := true
			switch rapid.IntRange(0, 4).Draw(t, "do") {
			case 0:
				l.Move(rapid.IntRange(-9, 9).Draw(t, "move"))
			case 1:
				l.Page(rapid.IntRange(-2, 2).Draw(t, "page"))
			case 2:
				l.Scroll(rapid.IntRange(-30, 30).Draw(t, "scroll"))
				moved = false
			case 3:
				l.SetSize(4, rapid.IntRange(1, 12).Draw(t, "height"))
				moved = false
			case 4:
				b.entries = change(t, b.entries, step)
				l.SetItems(b.items())
				moved = false
			}
			window(t, b.all(), l.View(), l.h, false)
			if i := l.Selected(); moved && i >= 0 && b.entries[i].height <= l.h {
				first := fmt.Sprintf("%s.0/", b.entries[i].id)
				last := fmt.Sprintf("%s.%d/", b.entries[i].id, b.entries[i].height-1)
				v := strings.Join(l.View(), "\n") + "\n"
				if !strings.Contains(v, first) || !strings.Contains(v, last) {
					t.Fatalf("item %d is not wholly in view:\n%s", i, v)
				}
			}
		}
	})
}

func TestLogIsAWindowOnTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &book{entries: anyEntries(t, "first", 0)}
		l := newLog(b, 4, rapid.IntRange(1, 12).Draw(t, "height"))
		for step := range rapid.IntRange(1, 12).Draw(t, "steps") {
			at := window(t, b.all(), l.View(), l.h, true)
			switch rapid.IntRange(0, 4).Draw(t, "do") {
			case 0:
				l.Move(rapid.IntRange(-9, 9).Draw(t, "move"))
			case 1:
				l.Page(rapid.IntRange(-2, 2).Draw(t, "page"))
			case 2:
				n := rapid.IntRange(-30, 30).Draw(t, "scroll")
				l.Scroll(n)
				want := clamp(at+n, 0, max(len(b.all())-l.h, 0))
				if got := window(t, b.all(), l.View(), l.h, true); got != want {
					t.Fatalf("scroll by %d from line %d went to %d, want %d", n, at, got, want)
				}
			case 3:
				l.SetSize(4, rapid.IntRange(1, 12).Draw(t, "height"))
			case 4:
				b.entries = change(t, b.entries, step)
				l.SetItems(b.items())
			}
			got := window(t, b.all(), l.View(), l.h, true)
			if end := max(len(b.all())-l.h, 0); l.AtBottom() != (got == end) {
				t.Fatalf("AtBottom is %v at line %d of %d", l.AtBottom(), got, end)
			}
		}
	})
}

func anyEntries(t *rapid.T, name string, from int) []entry {
	out := entries(from, rapid.IntRange(0, 20).Draw(t, name), 1)
	for i := range out {
		out[i].height = rapid.IntRange(1, 6).Draw(t, "lines")
	}
	return out
}

// change adds at either end, removes, or edits.
func change(t *rapid.T, old []entry, step int) []entry {
	out := append([]entry(nil), old...)
	from := 1000 * (step + 1)
	switch rapid.IntRange(0, 3).Draw(t, "change") {
	case 0:
		return append(anyEntries(t, "older", from), out...)
	case 1:
		return append(out, anyEntries(t, "newer", from)...)
	case 2:
		lo := rapid.IntRange(0, len(out)).Draw(t, "lo")
		hi := rapid.IntRange(lo, len(out)).Draw(t, "hi")
		return append(out[:lo], out[hi:]...)
	}
	if len(out) > 0 {
		i := rapid.IntRange(0, len(out)-1).Draw(t, "edit")
		out[i].version++
		out[i].height = rapid.IntRange(1, 6).Draw(t, "lines")
	}
	return out
}

// window checks that view is a piece of all and returns where it begins.
func window(t *rapid.T, all, view []string, h int, standing bool) int {
	t.Helper()
	if len(view) != h {
		t.Fatalf("a view of %d lines has %d", h, len(view))
	}
	want := func(at int) []string { return all[at : at+h] }
	if len(all) < h {
		blank := make([]string, h-len(all))
		for i := range blank {
			blank[i] = "    "
		}
		padded := append(append([]string(nil), all...), blank...)
		if standing {
			padded = append(append([]string(nil), blank...), all...)
		}
		want = func(int) []string { return padded }
	}
	for at := 0; at == 0 || at+h <= len(all); at++ {
		if cmp.Equal(want(at), view) {
			return at
		}
	}
	t.Fatalf("not a piece of the list:\n%s", strings.Join(view, "\n"))
	return 0
}

// The cost of a view must not know how long the list is.
func BenchmarkView(b *testing.B) {
	for _, n := range []int{50, 10_000, 100_000} {
		own := &book{entries: entries(0, n, 3)}
		l, g := newList(own, 80, 45), newLog(own, 80, 45)
		b.Run(fmt.Sprint("list ", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Move(1)
				l.View()
				l.Move(-1)
			}
		})
		b.Run(fmt.Sprint("log ", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g.Scroll(-1)
				g.View()
				g.Scroll(1)
			}
		})
	}
}
