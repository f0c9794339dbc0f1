package theme

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// luminance and contrast are WCAG 2.2's.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	if c := contrast(color.White, color.Black); math.Abs(c-21) > 0.01 {
		t.Fatalf("white on black is %.2f, want 21", c)
	}
	for name, p := range map[string]palette{"dark": tokens(true), "light": tokens(false), "dark256": onto(dark256(), tokens(true)), "light256": onto(light256(), tokens(false))} {
		for s := Base; s <= NoteSurface; s++ {
			for i := Text; i <= Note; i++ {
				least := 4.5
				if i == Faint {
					least = 3
				}
				if c := contrast(p.ink[i], p.surface[s]); c < least {
					t.Errorf("%s: ink %d on surface %d is %.2f, want %.1f", name, i, s, c, least)
				}
			}
		}
		for s := ChipOK; s <= ChipNote; s++ {
			if c := contrast(p.ink[OnChip], p.surface[s]); c < 4.5 {
				t.Errorf("%s: chip %d is %.2f, want 4.5", name, s, c)
			}
		}
	}
}

// onto is a palette without a base of its own on that of another.
func onto(p, base palette) palette {
	p.surface[Base] = base.surface[Base]
	return p
}

func allThemes() []*Theme {
	return []*Theme{New(true), New(false), New256(true), New256(false), New16(true), New16(false), NoColor()}
}

// Whatever is put on a surface keeps the surface: this is what lets a row be
// made of spans.
func TestStyleCarriesItsSurface(t *testing.T) {
	th := New(true)
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
	th := New(true)
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
		New(true)
	}
}
