package safetext

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"frontdesk/tui/tuitest/hostile"
)

var methods = []Measurer{{WcWidth}, {Grapheme}}

// unsafe says why s must not reach a terminal, or "".
func unsafe(s string, multiline bool) string {
	if !utf8.ValidString(s) {
		return "invalid UTF-8"
	}
	for _, r := range s {
		switch {
		case r == '\n' && multiline:
		case unicode.IsControl(r):
			return fmt.Sprintf("control %U", r)
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("direction control %U", r)
		case r >= 0xe0000 && r <= 0xe007f:
			return fmt.Sprintf("tag %U", r)
		case r == 0x2028 || r == 0x2029:
			return fmt.Sprintf("separator %U", r)
		}
	}
	return ""
}

// heavy says which cluster of s is over the caps, or "".
func heavy(m Measurer, s string) string {
	for s != "" {
		c, w := ansi.FirstGraphemeCluster(s, m.Method.ansi())
		if c != "\n" && (w < 1 || len(c) > 64*w || utf8.RuneCountInString(c) > 10) {
			return fmt.Sprintf("cluster %+q: %d cells, %d bytes", c, w, len(c))
		}
		s = s[len(c):]
	}
	return ""
}

var widths = []int{1, 2, 3, 7, 10, 32, 80, 200}

// check asserts every promise of the package for one input.
func check(t *testing.T, s string) {
	t.Helper()
	for _, door := range []struct {
		name  string
		clean func(string) Text
		multi bool
	}{{"Clean", Clean, true}, {"Line", Line, false}, {"Name", Name, false}} {
		txt := door.clean(s)
		if why := unsafe(txt.s, door.multi); why != "" {
			t.Errorf("%s leaves %s", door.name, why)
		}
		if again := door.clean(txt.s); again != txt {
			t.Errorf("%s is not idempotent:\n%+.300q\n%+.300q", door.name, txt.s, again.s)
		}
		for _, m := range methods {
			if why := heavy(m, m.Show(txt)); why != "" {
				t.Errorf("%s, method %d: %s", door.name, m.Method, why)
			}
		}
	}
	for _, m := range methods {
		checkWidths(t, m, Clean(s))
		if n := m.Width(Name(s)); n > MaxNameCells {
			t.Errorf("name takes %d cells", n)
		}
	}
}

func checkWidths(t *testing.T, m Measurer, txt Text) {
	t.Helper()
	a := m.Method.ansi()
	for _, w := range widths {
		for name, got := range map[string]string{"Pad": m.Pad(txt, w), "PadLeft": m.PadLeft(txt, w)} {
			if n := a.StringWidth(got); n != w || strings.Contains(got, "\n") {
				t.Errorf("method %d: %s(%d) takes %d cells: %+.200q", m.Method, name, w, n, got)
			}
		}
		if n := a.StringWidth(m.Truncate(txt, w)); n > w {
			t.Errorf("method %d: Truncate(%d) takes %d cells", m.Method, w, n)
		}
		for _, line := range m.Wrap(txt, w) {
			if n := a.StringWidth(line); n > w {
				t.Errorf("method %d: Wrap(%d) has a line of %d cells: %+.200q", m.Method, w, n, line)
				break
			}
		}
		for _, line := range m.Markup(txt, w) {
			n := 0
			for _, sp := range line {
				n += a.StringWidth(sp.Text)
			}
			if n > w {
				t.Errorf("method %d: Markup(%d) has a line of %d cells: %+v", m.Method, w, n, line)
				break
			}
		}
	}
}

func TestHostileCorpus(t *testing.T) {
	for _, e := range hostile.Texts(t) {
		t.Run(e.ID+"_"+e.Category, func(t *testing.T) { check(t, e.Text(t)) })
	}
}

// The same checks must be able to fail: ansi.Strip is not a sanitiser.
func TestAnsiStripFailsTheCorpus(t *testing.T) {
	failed := 0
	for _, e := range hostile.Texts(t) {
		s := ansi.Strip(e.Text(t))
		if unsafe(s, true) != "" || heavy(methods[1], s) != "" {
			failed++
		}
	}
	if failed < 25 {
		t.Errorf("ansi.Strip fails %d entries; the checks have lost their teeth", failed)
	}
}

func TestCleanReplacesAndNeverDeletes(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"ascii stays", "hello, world", "hello, world"},
		{"escape", "\x1b[31mred", "␛[31mred"},
		{"delete", "a\x7fb", "a␡b"},
		{"nul and bell", "\x00\x07", "␀␇"},
		{"c1 as utf-8", "a\u009b31m", "a\uFFFD31m"},
		{"c1 as a raw byte", "a\x9b31m", "a\uFFFD31m"},
		{"crlf is one break", "a\r\nb", "a\nb"},
		{"lone carriage return", "a\rb", "a␍b"},
		{"line separators", "a\u2028b\u2029c", "a\nb\nc"},
		{"tab", "a\tb", "a    b"},
		{"override", "invoice\u202egpj.exe", "invoice\uFFFDgpj.exe"},
		{"tags are one mark", "hi\U000e0069\U000e0067", "hi\uFFFD"},
		{"zero width goes", "pass\u200bword\ufeff", "password"},
		{"recomposing escape", "\x1b\u200b]52;c;eA==\x07", "␛]52;c;eA==␇"},
		{"arabic stays", "شكرا، سأكون في الانتظار 🙏", "شكرا، سأكون في الانتظار 🙏"},
		{"hindi stays", "नमस्ते", "नमस्ते"},
		{"family stays", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"},
		{"kiss with skin tones stays", "👩🏽‍❤️‍💋‍👨🏿", "👩🏽‍❤️‍💋‍👨🏿"},
		{"non-joiner of Persian stays", "می\u200cخواهم", "می\u200cخواهم"},
		{"mark without a letter", "\u0301a", "\uFFFDa"},
		{"ninth mark", "a" + strings.Repeat("\u0301", 12), "a" + strings.Repeat("\u0301", 8) + "\uFFFD"},
		{"joiner at the end of an emoji", "👩\u200d", "👩\uFFFD"},
		{"filler", "\u3164", "\uFFFD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in).String(); got != c.want {
				t.Errorf("Clean(%+q) = %+q, want %+q", c.in, got, c.want)
			}
		})
	}
}

func TestLineAndName(t *testing.T) {
	for _, c := range []struct{ in, line, name string }{
		{"Hola\n\n¿Hoy?\n", "Hola↵¿Hoy?", "Hola↵¿Hoy?"},
		{"  Ana  ", "  Ana  ", "Ana"},
		{"x\u200e\u2066y", "xy", "xy"},
		{" \u06db", " \u06db", "\uFFFD"}, // trimming must not uncover a mark
		{strings.Repeat("W", 40), strings.Repeat("W", 40), strings.Repeat("W", 31) + "…"},
		{strings.Repeat("山", 20), strings.Repeat("山", 20), strings.Repeat("山", 15) + "…"},
	} {
		if got := Line(c.in).String(); got != c.line {
			t.Errorf("Line(%q) = %q, want %q", c.in, got, c.line)
		}
		if got := Name(c.in).String(); got != c.name {
			t.Errorf("Name(%q) = %q, want %q", c.in, got, c.name)
		}
	}
}

func TestLongTextSaysHowMuchIsMissing(t *testing.T) {
	got := Clean(strings.Repeat("x", MaxRunes+1000)).String()
	if want := fmt.Sprintf("… %d more characters", 1000+markRoom); !strings.HasSuffix(got, want) {
		t.Errorf("ends in %q, want %q", got[len(got)-40:], want)
	}
	if got := Clean(strings.Repeat("x", MaxRunes)).String(); len(got) != MaxRunes {
		t.Errorf("a text at the cap has %d characters, want all %d", len(got), MaxRunes)
	}
}

func TestBlank(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, " \n\t": true, "\u2800": true, "\u200b\u200b": true, "x": false, "👍": false, "\x00": false,
	} {
		if got := Clean(s).Blank(); got != want {
			t.Errorf("Clean(%+q).Blank() = %v, want %v", s, got, want)
		}
	}
}

func TestJoinedEmojiFollowTheMethod(t *testing.T) {
	for _, c := range []struct {
		in     string
		wc, gr string
		wcw    int
		grw    int
	}{
		{"👨‍👩‍👧‍👦", "👨👩👧👦", "👨‍👩‍👧‍👦", 8, 2},
		{"👍🏽", "👍", "👍🏽", 2, 2},
		{"❤️", "❤", "❤️", 1, 2},
		{"1️⃣", "1", "1️⃣", 1, 2},
		{"🏽", "\uFFFD", "\uFFFD", 1, 1}, // a skin tone of nobody would join what is drawn before it
		{"نعم", "نعم", "نعم", 3, 3},
		{"山田", "山田", "山田", 4, 4},
	} {
		txt := Clean(c.in)
		if got := methods[0].Show(txt); got != c.wc || methods[0].Width(txt) != c.wcw {
			t.Errorf("%s by code point: %+q, %d cells; want %+q, %d", c.in, got, methods[0].Width(txt), c.wc, c.wcw)
		}
		if got := methods[1].Show(txt); got != c.gr || methods[1].Width(txt) != c.grw {
			t.Errorf("%s by cluster: %+q, %d cells; want %+q, %d", c.in, got, methods[1].Width(txt), c.gr, c.grw)
		}
	}
}

// The short way past the tables must say what the tables say.
func TestSimpleCodePointsAreWhatTheTablesSay(t *testing.T) {
	for r := rune(0xa0); r < 0x11000; r++ {
		if mapRune(r) != r || !simple(r) {
			continue
		}
		s := string(r)
		want := ansi.StringWidth(s)
		if _, got := cluster(s); got != want || wcWidth(s) != want {
			t.Errorf("%U takes %d cells here, %d by code point, %d as a cluster", r, got, wcWidth(s), want)
		}
		for _, next := range []string{s, "a", "é", "ж", "ש", "ع", "か", "カ", "山", "한"} {
			if c, _ := ansi.FirstGraphemeCluster(s+next, ansi.GraphemeWidth); c != s {
				t.Errorf("%U joins %q", r, next)
			}
		}
	}
}

func TestTextAtTheCapIsNotMeasuredTwice(t *testing.T) {
	big := strings.Repeat("👩\u200d", 1_000_000)
	allocated := testing.AllocsPerRun(3, func() { Clean(big) })
	if allocated > 20 {
		t.Errorf("7 MB of joiners cost %v allocations", allocated)
	}
	for name, s := range map[string]string{
		"ascii": "Your room is ready, welcome back!", "spanish": "¿A qué hora llega el técnico?",
		"japanese": "予約を来週に変更できますか？", "arabic": "شكرا", "emoji": "gracias 👍🏽",
	} {
		if n := testing.AllocsPerRun(100, func() { Clean(s) }); n != 0 {
			t.Errorf("%s: cleaning a clean text costs %v allocations", name, n)
		}
	}
}
