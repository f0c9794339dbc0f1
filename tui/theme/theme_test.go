package theme

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestContrast(t *testing.T) {
	if c := Contrast(color.White, color.Black); math.Abs(c-21) > 0.01 {
		t.Fatalf("white on black is %.2f, want 21", c)
	}
	for name, p := range map[string]palette{"dark": tokens(true), "light": tokens(false), "dark256": dark256(), "light256": light256()} {
		everyPair(t, name, p, Readable)
	}
	for name, p := range map[string]palette{"contrast-dark": contrastTokens(true), "contrast-light": contrastTokens(false)} {
		everyPair(t, name, p, Enhanced)
	}
}

func everyPair(t *testing.T, name string, p palette, least float64) {
	t.Helper()
	for s := Base; s <= NoteSurface; s++ {
		for i := Text; i <= Note; i++ {
			if c := Contrast(p.ink[i], p.surface[s]); c < least {
				t.Errorf("%s: ink %d on surface %d is %.2f, want %.1f", name, i, s, c, least)
			}
		}
	}
	for s := ChipOK; s <= ChipNote; s++ {
		if c := Contrast(p.ink[OnChip], p.surface[s]); c < least {
			t.Errorf("%s: chip %d is %.2f, want %.1f", name, s, c, least)
		}
	}
}

// told is a terminal that has told its background.
func told(d Depth, background string) Terminal {
	return Terminal{Depth: d, Background: lipgloss.Color(background)}
}

const black, white = "#000000", "#ffffff"

func dark() *Theme { return For(Auto, told(TrueColor, black)) }

func allThemes() []*Theme {
	var out []*Theme
	for d := TrueColor; d <= NoColors; d++ {
		for _, c := range Choices() {
			out = append(out, For(c, told(d, black)), For(c, told(d, white)), For(c, Terminal{Depth: d, Silent: true}))
		}
	}
	return out
}

// TestTheGroundIsKnown: text stands on the terminal's own background only where
// that was told and can be read on.
func TestTheGroundIsKnown(t *testing.T) {
	for _, c := range []struct {
		choice Choice
		term   Terminal
		kind   Kind
		paints bool
	}{
		{Auto, told(TrueColor, black), KindDark, false},
		{Auto, told(TrueColor, white), KindLight, false},
		{Auto, told(TrueColor, "#777777"), KindLight, true},  // neither can be read on it
		{Dark, told(TrueColor, white), KindDark, true},       // chosen against the terminal
		{Light, told(TrueColor, "#101010"), KindLight, true}, //
		{Auto, Terminal{}, KindDark, false},                  // the answer may come
		{Auto, Terminal{Light: true}, KindLight, false},
		{Light, Terminal{}, KindLight, true}, // chosen against what is likely
		{Auto, Terminal{Silent: true}, KindDark, true},
		{Auto, Terminal{Silent: true, Light: true}, KindLight, true},
		{Auto, told(Colors256, black), KindDark256, false},
		{Light, told(Colors256, black), KindLight256, true},
		{Auto, told(Colors16, white), KindLight16, false},
		{Auto, Terminal{Depth: Colors16, Silent: true}, KindDark16, true},
		{Dark, told(Colors16, white), KindDark16, true},
		{Sixteen, told(TrueColor, black), KindDark16, false},
		{HighContrast, told(TrueColor, black), KindContrastDark, true},
		{HighContrast, told(Colors256, white), KindContrastLight, true},
		{HighContrast, told(Colors16, white), KindLight16, false},
		{HighContrast, told(NoColors, white), KindPlain, false},
		{None, told(TrueColor, white), KindPlain, false},
	} {
		th := For(c.choice, c.term)
		if th.Kind != c.kind || (th.Ground() != "") != c.paints {
			t.Errorf("%s on %+v: theme %d, paints %t; want %d, %t", c.choice, c.term, th.Kind, th.Ground() != "", c.kind, c.paints)
		}
		if th.Background() != nil && Contrast(th.Background(), th.Foreground()) < Readable {
			t.Errorf("%s on %+v: text cannot be read on its own ground", c.choice, c.term)
		}
	}
}

func TestKeysTellThemesApart(t *testing.T) {
	seen := map[uint8]string{}
	for _, th := range allThemes() {
		look := th.Text.Wrap("a") + th.Faint.Wrap("b") + th.ReplyChip.Wrap("c")
		if was, ok := seen[th.Key()]; ok && was != look {
			t.Errorf("theme %d: %q and %q have one key", th.Kind, was, look)
		}
		seen[th.Key()] = look
	}
}

func TestParseChoice(t *testing.T) {
	for _, c := range Choices() {
		if got, ok := ParseChoice(strings.ToUpper(string(c))); !ok || got != c {
			t.Errorf("%s is read as %q, %t", c, got, ok)
		}
	}
	if c, ok := ParseChoice(""); !ok || c != Auto {
		t.Errorf("nothing is read as %q, %t", c, ok)
	}
	if _, ok := ParseChoice("drak"); ok {
		t.Error("a theme that does not exist is taken")
	}
}

// Whatever is put on a surface keeps the surface: this is what lets a row be
// made of spans.
func TestStyleCarriesItsSurface(t *testing.T) {
	th := dark()
	row := th.Text.On(Selection).Wrap("a") + th.Bad.On(Selection).Bold().Wrap("b")
	const bg = "48;2;35;42;54"
	if n := strings.Count(row, bg); n != 2 {
		t.Errorf("%q has the selection's background %d times, want 2", row, n)
	}
	if strings.Contains(th.Text.Wrap("a"), "48;") {
		t.Error("text on the base has a background; it is the terminal's own")
	}
	if got := th.Bad.On(Selection).On(Base); got != th.Bad {
		t.Errorf("On does not come back: %+v", got)
	}
}

func TestRenderAndWrapAgree(t *testing.T) {
	for _, th := range allThemes() {
		for i := Text; i < inks; i++ {
			for s := Base; s < surfaces; s++ {
				y := th.Style(i, s).Bold().Italic().Strike().Underline()
				var b strings.Builder
				y.Render(&b, "hola")
				if b.String() != y.Wrap("hola") || ansi.Strip(b.String()) != "hola" {
					t.Errorf("theme %d: Render %q, Wrap %q", th.Kind, b.String(), y.Wrap("hola"))
				}
				if y.Wrap("") != "" {
					t.Errorf("theme %d: an empty string has sequences", th.Kind)
				}
			}
		}
	}
}

func TestNoColorHasNoColor(t *testing.T) {
	th := NoColor()
	for i := Text; i < inks; i++ {
		for s := Base; s < surfaces; s++ {
			got := th.Style(i, s).Wrap("x")
			if got != "x" && got != "\x1b[7mx\x1b[m" {
				t.Errorf("ink %d on surface %d is %q", i, s, got)
			}
		}
	}
	if th.ReplyChip.Wrap("reply") == "reply" {
		t.Error("a chip without colour must still be marked")
	}
}

func TestGauge(t *testing.T) {
	th := NoColor()
	for n, want := range map[int]string{-1: "────", 0: "────", 1: "━───", 3: "━━━─", 4: "━━━━", 9: "━━━━"} {
		if got := th.Gauge(n, th.OK); got != want {
			t.Errorf("Gauge(%d) = %s, want %s", n, got, want)
		}
	}
}

func BenchmarkRow(b *testing.B) {
	th := dark()
	name, dim, when := th.Text.On(Selection).Bold(), th.Dim.On(Selection), th.Faint.On(Selection)
	var sb strings.Builder
	b.ReportAllocs()
	for b.Loop() {
		sb.Reset()
		sb.Grow(256)
		name.Render(&sb, "Juan Pérez")
		dim.Render(&sb, "                    ")
		when.Render(&sb, "12:04")
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		For(Auto, Terminal{})
	}
}
