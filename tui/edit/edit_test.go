package edit

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"frontdesk/tui/safetext"
	"frontdesk/tui/tuitest/hostile"
)

var methods = []safetext.Measurer{{Method: safetext.WcWidth}, {Method: safetext.Grapheme}}

// do types: a word that is a key's name is pressed, one that begins with a
// quote is inserted.
func do(b *Buffer, steps ...string) {
	for _, s := range steps {
		if text, ok := strings.CutPrefix(s, "'"); ok {
			b.Insert(text)
		} else {
			b.Key(s)
		}
	}
}

// marked is the text with | at the cursor.
func marked(b *Buffer) string { return b.text[:b.at] + "|" + b.text[b.at:] }

func TestEditing(t *testing.T) {
	const family = "👨‍👩‍👧‍👦"
	for _, c := range []struct {
		name  string
		steps []string
		want  string
	}{
		{"insert", []string{"'hola"}, "hola|"},
		{"in the middle", []string{"'hla", "left", "left", "'o"}, "ho|la"},
		{"backspace takes a whole emoji", []string{"'a" + family, "backspace"}, "a|"},
		{"delete takes a whole emoji", []string{"'" + family + "b", "home", "delete"}, "|b"},
		{"left skips a whole emoji", []string{"'a" + family, "left"}, "a|" + family},
		{"a letter with its marks is one", []string{"'e\u0301x", "left", "left"}, "|e\u0301x"},
		{"a mark typed later joins", []string{"'e", "'\u0301", "'x", "left", "backspace"}, "|x"},
		{"a joiner typed alone waits", []string{"'👩", "'\u200d", "'💻", "backspace"}, "|"},
		{"a joiner is forgotten by a move", []string{"'👩", "'\u200d", "left", "right", "'💻", "backspace"}, "👩|"},
		{"flags", []string{"'🇪🇸🇵🇹", "left", "backspace"}, "|🇵🇹"},
		{"japanese", []string{"'予約を", "left", "backspace"}, "予|を"},
		{"arabic stays in order", []string{"'شكرا", "left", "'x"}, "شكرx|ا"},
		{"devanagari", []string{"'नमस्ते", "backspace"}, "नम|"},
		{"word left", []string{"'uno dos, tres", "alt+b", "alt+b"}, "uno |dos, tres"},
		{"word right", []string{"'uno dos", "home", "alt+f"}, "uno| dos"},
		{"word right over punctuation", []string{"'a, b", "home", "alt+f", "alt+f"}, "a, b|"},
		{"word left in japanese", []string{"'hola 予約", "alt+b"}, "hola 予|約"},
		{"cut a word", []string{"'uno dos", "ctrl+w"}, "uno |"},
		{"cut a word and put it back", []string{"'uno dos", "ctrl+w", "ctrl+y", "ctrl+y"}, "uno dosdos|"},
		{"cut to the line's start", []string{"'uno\ndos tres", "ctrl+u"}, "uno\n|"},
		{"cut forward", []string{"'uno dos", "home", "alt+d"}, "| dos"},
		{"join lines", []string{"'uno\ndos", "home", "backspace"}, "uno|dos"},
		{"delete a break", []string{"'uno\ndos", "ctrl+home", "end", "delete"}, "uno|dos"},
		{"ends", []string{"'uno\ndos", "ctrl+home", "'x", "ctrl+end", "'y"}, "xuno\ndosy|"},
		{"crlf and cr are breaks", []string{"'a\r\nb\rc"}, "a\nb\nc|"},
		{"controls are seen", []string{"'a\x1b[31mb"}, "a␛[31mb|"},
		{"direction controls are seen", []string{"'a\u202eb"}, "a\ufffdb|"},
		{"what nobody can see does not stay", []string{"'a\u200b\u2060b"}, "ab|"},
		{"a key that is none of its own", []string{"'a", "f5", "ctrl+z"}, "a|"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b Buffer
			do(&b, c.steps...)
			if got := marked(&b); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSingleLine(t *testing.T) {
	b := Buffer{Single: true}
	b.Insert("one\ntwo\r\n  three")
	if got := b.Text(); got != "one two three" {
		t.Errorf("got %q", got)
	}
}

func TestLimit(t *testing.T) {
	b := Buffer{Max: 5}
	if left := b.Insert("abc"); left != 0 {
		t.Errorf("%d left of a text that fits", left)
	}
	if left := b.Insert("defgh"); left != 3 || b.Text() != "abcde" {
		t.Errorf("%d left, %q kept", left, b.Text())
	}
	b = Buffer{Max: 5}
	if left := b.Insert("ab👨‍👩‍👧‍👦"); left != 7 || b.Text() != "ab" {
		t.Errorf("an emoji is cut: %d left, %q kept", left, b.Text())
	}
	var big Buffer
	if left := big.Insert(strings.Repeat("x", MaxRunes+9)); left != 9 || len(big.Text()) != MaxRunes {
		t.Errorf("%d left, %d kept", left, len(big.Text()))
	}
}

func rowsOf(b *Buffer, m safetext.Measurer, w int) []string {
	out := make([]string, b.Wrap(m, w))
	for i := range out {
		out[i] = b.Row(i).String()
	}
	return out
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		w        int // one more than the text has
		want     []string
	}{
		{"empty", "", 6, []string{""}},
		{"words", "uno dos tres", 8, []string{"uno dos ", "tres"}},
		{"exact", "abcde fghij", 6, []string{"abcde ", "fghij"}},
		{"spaces hang", "abcde   f", 6, []string{"abcde   ", "f"}},
		{"spaces at the end stay", "abc   ", 6, []string{"abc   "}},
		{"breaks", "a\n\nb\n", 6, []string{"a", "", "b", ""}},
		{"long word", "abcdefgh", 5, []string{"abcd", "efgh"}},
		{"word then long word", "ab cdefghij", 6, []string{"ab ", "cdefg", "hij"}},
		{"hyphen", "well-known", 7, []string{"well-", "known"}},
		{"japanese", "予約を来週に", 7, []string{"予約を", "来週に"}},
		{"no full stop first", "予約を。来", 7, []string{"予約", "を。来"}},
		{"emoji", "👍👍👍", 5, []string{"👍👍", "👍"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, m := range methods {
				var b Buffer
				b.Insert(c.in)
				if diff := cmp.Diff(c.want, rowsOf(&b, m, c.w)); diff != "" {
					t.Errorf("method %d (-want +got):\n%s", m.Method, diff)
				}
			}
		})
	}
}

func TestCursor(t *testing.T) {
	at := func(b *Buffer, m safetext.Measurer) string {
		x, y := b.Cursor(m)
		return fmt.Sprintf("%d,%d", x, y)
	}
	for _, c := range []struct {
		name  string
		steps []string
		w     int
		want  string
	}{
		{"start", nil, 6, "0,0"},
		{"wide", []string{"'予約"}, 9, "4,0"},
		{"a full row keeps the cursor on it", []string{"'abcde"}, 6, "5,0"},
		{"the border belongs to the next row", []string{"'abcdefgh", "home"}, 6, "0,1"},
		{"end of a soft row", []string{"'abcdefgh", "up", "end"}, 6, "4,0"},
		{"after a break", []string{"'ab\n"}, 6, "0,1"},
		{"spaces that hang are not outside", []string{"'abcde     "}, 6, "5,0"},
		{"up keeps the column", []string{"'abcd\nx\nabcd", "up", "up"}, 9, "4,0"},
		{"up keeps it over a short row", []string{"'abcd\nx\nabcd", "up"}, 9, "1,1"},
		{"up never splits a wide one", []string{"'予約\nabc", "up"}, 9, "2,0"},
		{"up from the first row goes to the start", []string{"'abc", "up"}, 9, "0,0"},
		{"down from the last goes to the end", []string{"'abc", "home", "down"}, 9, "3,0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, m := range methods {
				var b Buffer
				b.Wrap(m, c.w)
				for _, s := range c.steps {
					do(&b, s)
					b.Wrap(m, c.w)
				}
				if got := at(&b, m); got != c.want {
					t.Errorf("method %d: cursor %s, want %s in %q", m.Method, got, c.want, rowsOf(&b, m, c.w))
				}
			}
		})
	}
}

// check holds what must be true of every buffer at every width.
func check(t testing.TB, b *Buffer, m safetext.Measurer, w int) {
	t.Helper()
	if !utf8.ValidString(b.text) || safetext.Clean(b.text).String() != b.text {
		t.Fatalf("not clean: %q", b.text)
	}
	if b.snap(b.at) != b.at {
		t.Fatalf("the cursor is inside a cluster of %q", marked(b))
	}
	n := b.Wrap(m, w)
	whole := max(w, minWidth)
	joined := ""
	for i := range n {
		row := b.Row(i)
		shown := m.Pad(row, whole)
		if got := m.Method; got == safetext.WcWidth && ansi.StringWidthWc(shown) != whole ||
			got == safetext.Grapheme && ansi.StringWidth(shown) != whole {
			t.Fatalf("row %d of %q is not %d cells wide", i, b.text, whole)
		}
		// A cluster wider than the row stands alone on it and is drawn as far as
		// there is room.
		line := strings.TrimRight(row.String(), " ")
		alone := line != "" && cluster(line) == line
		if over := m.Width(safetext.Clean(line)); over > whole-1 && !alone {
			t.Fatalf("row %d of %q has %d cells at width %d: %q", i, b.text, over, whole, row.String())
		}
		joined += b.text[b.layout.rows[i].from:b.layout.rows[i].to]
		if !b.layout.rows[i].soft && i < n-1 {
			joined += "\n"
		}
	}
	if joined != b.text {
		t.Fatalf("the rows lose text: %q, want %q", joined, b.text)
	}
	if x, y := b.Cursor(m); x < 0 || x >= whole || y < 0 || y >= n {
		t.Fatalf("cursor %d,%d outside of %d×%d in %q", x, y, whole, n, marked(b))
	}
}

var pieces = []string{
	"a", "hola ", " ", "   ", "\n", "\n\n", "予", "約を", "。", "👍", "👨‍👩‍👧‍👦", "👩🏽‍💻", "❤️", "1️⃣", "🇪🇸", "🇪", "e\u0301", "\u0301", "\u200d",
	"\u200c", "\u200f", "שלום", "عليكم", "नमस्ते", "ไทย", "\t", "\x1b[31m", "\u202e", "\xff", "-", "https://a.example/b/c", "\u1100\u1161", "\U000E0067", "ﷺ", "\r",
}

var keys = []string{
	"left", "right", "up", "down", "home", "end", "ctrl+home", "ctrl+end", "alt+b", "alt+f", "pgup", "pgdown",
	"backspace", "delete", "ctrl+w", "ctrl+u", "alt+d", "ctrl+y", "ctrl+e",
}

// Any keys and any text, at any width: the cursor stays inside and the grid is
// exact.
func TestRandomKeys(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		m := methods[seed%2]
		var b Buffer
		for range 60 {
			w := 1 + rnd.IntN(40)
			if rnd.IntN(2) == 0 {
				b.Insert(pieces[rnd.IntN(len(pieces))])
			} else {
				b.Key(keys[rnd.IntN(len(keys))])
			}
			check(t, &b, m, w)
		}
	}
}

func FuzzBuffer(f *testing.F) {
	f.Add("hola 予約 👨‍👩‍👧‍👦", []byte{0, 1, 2, 3}, 12)
	f.Add("\u0301\u200d\n", []byte{12, 13, 14}, 3)
	for i, text := range hostile.Seeds(f, 400, "message_text") {
		f.Add(text, []byte{byte(i % len(keys)), byte(i / 3 % len(keys)), 12}, 1+i%60)
	}
	f.Fuzz(func(t *testing.T, text string, script []byte, w int) {
		if w < 1 || w > 200 || len(text) > 400 || len(script) > 60 {
			t.Skip()
		}
		for _, m := range methods {
			var b Buffer
			b.Insert(text)
			for i, k := range script {
				if int(k) < len(keys) {
					b.Key(keys[k])
				} else {
					b.Insert(text[:min(int(k)%(i+1), len(text))])
				}
				check(t, &b, m, w)
			}
		}
	})
}

func BenchmarkTyping(b *testing.B) {
	var e Buffer
	e.Insert(strings.Repeat("El técnico llega entre las 3 y las 4. ", 100))
	m := safetext.Measurer{}
	for b.Loop() {
		e.Insert("x")
		e.Wrap(m, 60)
		e.Key("backspace")
		e.Wrap(m, 60)
	}
}
