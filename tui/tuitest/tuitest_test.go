package tuitest

import (
	"fmt"
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pad is a small program: it shows its size, what was typed, and the answers of
// its commands.
type pad struct {
	w, h  int
	typed string
	last  string
	later string
	gate  chan struct{}
}

type answer string

func (p pad) Init() tea.Cmd { return nil }

func (p pad) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.w, p.h = msg.Width, msg.Height
	case tea.KeyPressMsg:
		p.last = msg.String()
		p.typed += msg.Key().Text
		if p.last == "ctrl+q" {
			return p, tea.Quit
		}
		if p.last == "ctrl+k" {
			return p, func() tea.Msg { <-p.gate; return answer("it came") }
		}
	case tea.PasteMsg:
		p.typed += msg.Content
	case tea.MouseClickMsg:
		p.last = fmt.Sprintf("click %d,%d", msg.X, msg.Y)
	case answer:
		p.later = string(msg)
	}
	return p, nil
}

func (p pad) View() tea.View {
	v := tea.NewView(fmt.Sprintf("size %dx%d\ntyped %s\nlast %s\nlater %s\n\x1b[1;38;2;76;195;138;48;2;35;42;54mgreen\x1b[m 山田│",
		p.w, p.h, p.typed, p.last, p.later))
	v.AltScreen, v.WindowTitle = true, "pad"
	v.Cursor = tea.NewCursor(6+len(p.typed), 1)
	return v
}

func TestScreenShowsTheProgram(t *testing.T) {
	s := New(t, pad{}, 40, 8)
	s.Type("ab G")
	s.Press("shift+tab", "enter", "J")
	want := "size 40x8\ntyped ab GJ\nlast J\nlater\ngreen 山田│"
	if diff := cmp.Diff(want, s.Text()); diff != "" {
		t.Error(diff)
	}
	if x, y, visible := s.Cursor(); x != 11 || y != 1 || !visible {
		t.Errorf("cursor at %d,%d visible %v; want 11,1 true", x, y, visible)
	}
	if got := s.Title(); got != "pad" {
		t.Errorf("title is %q, want pad", got)
	}
	s.Golden(t, "pad")
}

func TestCells(t *testing.T) {
	s := New(t, pad{}, 40, 8)
	c := s.Cell(0, 4)
	if c.Text != "g" || !c.Bold || css(c.Fg) != "#4cc38a" || css(c.Bg) != "#232a36" {
		t.Errorf("cell is %+v", c)
	}
	if c := s.Cell(6, 4); c.Text != "山" || c.Width != 2 {
		t.Errorf("cell is %+v, want a wide one", c)
	}
	if c := s.Cell(10, 4); c.Text != "│" {
		t.Errorf("cell behind the wide ones is %+v", c)
	}
}

func TestResizePasteClick(t *testing.T) {
	s := New(t, pad{}, 40, 8)
	s.Resize(60, 10)
	s.Paste("x y")
	s.Click(3, 2)
	if got := s.Text(); !strings.HasPrefix(got, "size 60x10\ntyped x y\nlast click 3,2") {
		t.Errorf("the screen is\n%s", got)
	}
}

func TestWaitForACommand(t *testing.T) {
	gate := make(chan struct{})
	s := New(t, pad{gate: gate}, 40, 8)
	s.Press("ctrl+k")
	if strings.Contains(s.Text(), "it came") {
		t.Fatal("the command cannot have answered yet")
	}
	close(gate)
	s.WaitText("it came")
	s.WaitFor(func(screen string) bool { return strings.Contains(screen, "later it came") })
}

func TestProgramEnds(t *testing.T) {
	s := New(t, pad{}, 40, 8)
	s.Press("a", "ctrl+q")
	if m, ok := s.WaitEnd().(pad); !ok || m.typed != "a" {
		t.Errorf("the model at the end is %+v", m)
	}
}

func TestKey(t *testing.T) {
	for _, c := range []struct{ name, str, text string }{
		{"j", "j", "j"},
		{"J", "J", "J"},
		{"ctrl+k", "ctrl+k", ""},
		{"enter", "enter", ""},
		{"esc", "esc", ""},
		{"shift+tab", "shift+tab", ""},
		{"alt+enter", "alt+enter", ""},
		{"space", "space", " "},
		{"+", "+", "+"},
		{"ctrl++", "ctrl++", ""},
		{"é", "é", "é"},
		{"pgdown", "pgdown", ""},
		{"]", "]", "]"},
		{"👍🏽", "👍🏽", "👍🏽"},
	} {
		k := Key(c.name)
		if k.String() != c.str || k.Text != c.text {
			t.Errorf("Key(%q) is %q with text %q; want %q with %q", c.name, k.String(), k.Text, c.str, c.text)
		}
	}
}

// A golden comparison must be able to fail, and say where.
func TestGoldenFails(t *testing.T) {
	if *update {
		t.Skip("the golden files are being rewritten; nothing may differ now")
	}
	s := New(t, pad{}, 40, 8)
	var r recorder
	s.Golden(&r, "pad")
	if !strings.Contains(r.failed, "- typed ab GJ\n+ typed\n") {
		t.Errorf("a different screen gave %q", r.failed)
	}
}

type recorder struct {
	testing.TB
	failed string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Errorf(f string, args ...any) { r.failed += fmt.Sprintf(f, args...) }

func TestSVG(t *testing.T) {
	s := New(t, pad{}, 40, 8)
	s.Type("<&>")
	svg := s.SVG(color.Black, color.White)
	for _, want := range []string{
		`<svg `, `fill="#000000"`, "typed &lt;&amp;&gt;", `font-weight="bold">green</text>`,
		`fill="#232a36"`, ">山</text>", "</svg>",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %s:\n%s", want, svg)
		}
	}
}
