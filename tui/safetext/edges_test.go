package safetext

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Every code point there is becomes what its class says, told here one by one or
// by Unicode's own tables, and not by the ranges that decide it.
func TestEveryCodePointIsMapped(t *testing.T) {
	gone := "\u00ad\u061c\u180e\u200b\u200e\u200f\ufeff" +
		"\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
	fillers := "\u115f\u1160\u3164\uffa0"
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		want := r
		switch {
		case r == '\n', r == 0x200c, r == 0x200d:
		case r == 0x7f:
			want = '␡'
		case r < 0x20:
			want = '␀' + r
		case r == 0x2028, r == 0x2029:
			want = '\n'
		case strings.ContainsRune(gone, r):
			want = drop
		case unicode.IsControl(r), unicode.Is(unicode.Noncharacter_Code_Point, r), strings.ContainsRune(fillers, r), r>>7 == 0xe0000>>7,
			unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
			want = replacement
		}
		if got := mapRune(r); got != want {
			t.Errorf("%U is shown as %U, want %U", r, got, want)
		}
	}
}

// The letters of these scripts are decided without tables, from the first to the
// last of them; what stands beside them is not.
func TestSimpleScriptsAreWhole(t *testing.T) {
	for _, script := range [][2]rune{
		{0, 0x2ff}, {0x400, 0x482}, {0x5d0, 0x5ea}, {0x620, 0x64a}, {0x3041, 0x3096}, {0x30a1, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3},
	} {
		if !simple(script[0]) || !simple(script[1]) {
			t.Errorf("%U to %U are looked up", script[0], script[1])
		}
		if simple(script[0]-1) && script[0] > 0 || simple(script[1]+1) {
			t.Errorf("a neighbour of %U to %U is not looked up", script[0], script[1])
		}
	}
}

// What is wrong is seen also where it is all there is, is first on its line, or
// stands where a text is as long as it may be.
func TestWhatIsAloneIsCleanedToo(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"\x7f", "␡"},
		{"é\x7f", "é␡"},
		{"\x80", "\uFFFD"},
		{"a\n🏽", "a\n\uFFFD"},  // a skin tone of nobody, on a second line
		{"←\u200d", "←\uFFFD"}, // the first that is no letter
		{"\u00ad", ""},
		{"\x00" + strings.Repeat("x", MaxRunes-1), "␀" + strings.Repeat("x", MaxRunes-1)},
		{"\x00" + strings.Repeat("x", MaxRunes), "␀" + strings.Repeat("x", MaxRunes-markRoom-1) + fmt.Sprintf("… %d more characters", markRoom+1)},
	} {
		if got := Clean(c.in).String(); got != c.want {
			t.Errorf("Clean(%+.40q) = %+.40q, want %+.40q", c.in, got, c.want)
		}
	}
	for in, want := range map[string]string{"\na": "a", "\n": "", "a\n": "a", "\r\na\r\n\r\nb": "a↵b"} {
		if got := Line(in).String(); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
	for _, s := range []string{strings.Repeat("W", MaxNameCells), strings.Repeat("山", MaxNameCells/2)} {
		if got := Name(s).String(); got != s {
			t.Errorf("a name of %d cells is cut to %q", MaxNameCells, got)
		}
	}
}

// shape is a line of markup as letters: what each span is drawn as, and its text.
func shape(line []Span) string {
	var b strings.Builder
	for _, s := range line {
		for _, look := range []struct {
			on   bool
			name string
		}{{s.Bold, "b"}, {s.Italic, "i"}, {s.Strike, "s"}, {s.Mono, "m"}, {s.Quote, "q"}} {
			if look.on {
				b.WriteString(look.name)
			}
		}
		b.WriteString("[" + s.Text + "]")
	}
	return b.String()
}

func TestMarkupAtItsEdges(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"> a", minMarkWidth, "q[▏ ]q[a]"},
		{"> a", minMarkWidth - 1, "[> a]"}, // no room for a hanging indent
		{"12", 20, "[12]"},
		{"0. a", 20, "[0. ][a]"},
		{"9. a", 20, "[9. ][a]"},
		{"109. a", 20, "[109. ][a]"},
		{"1234. a", 20, "[1234. a]"},
		{"/. a", 20, "[/. a]"},
		{":. a", 20, "[:. a]"},
		{". a", 20, "[. a]"},
		{"*a* b*", 20, "b[a][ b*]"},           // a closed pair opens nothing again
		{"*a*\u0301", 20, "[*a*\u0301]"},      // a marker with a mark on it is text
		{"*a* bb cc", 4, "b[a][ bb] / [cc]"},  // no span of nothing on the second line
		{"*a*_b_~c~", 20, "b[a]i[b]s[c]"},     // nor between two pairs
		{"`*a*` *`b`*", 20, "m[*a*][ ]bm[b]"}, // nothing counts in code but its end
		{"```a\nb```c", 20, "m[a] / m[b][c]"}, // a block goes on
		{"* *a*\n- _b_", 20, "[· ]b[a] / [· ]i[b]"},
	} {
		var lines []string
		for _, line := range methods[1].Markup(Clean(c.in), c.w) {
			lines = append(lines, shape(line))
			if slices.ContainsFunc(line, func(s Span) bool { return s.Text == "" }) && len(line) > 1 {
				t.Errorf("Markup(%q, %d) has a span of nothing", c.in, c.w)
			}
		}
		if got := strings.Join(lines, " / "); got != c.want {
			t.Errorf("Markup(%q, %d) = %s, want %s", c.in, c.w, got, c.want)
		}
	}
}
