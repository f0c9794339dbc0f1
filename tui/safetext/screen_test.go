package safetext_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/tui/safetext"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// wall shows one text per row between two bars.
type wall struct {
	m     safetext.Measurer
	texts []string
	cells int
	page  int
}

func (w wall) Init() tea.Cmd { return nil }

func (w wall) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.ModeReportMsg:
		w.m.Method = safetext.Grapheme
	case tea.KeyPressMsg:
		if msg.String() == "n" {
			w.page++
		}
	}
	return w, nil
}

const rows = 20

func (w wall) View() tea.View {
	var b strings.Builder
	for i := w.page * rows; i < min((w.page+1)*rows, len(w.texts)); i++ {
		b.WriteString("│" + w.m.Pad(safetext.Line(w.texts[i]), w.cells) + "│here\n")
	}
	v := tea.NewView(strings.TrimSuffix(b.String(), "\n"))
	v.AltScreen = true
	return v
}

// The whole way through the renderer: whatever a customer writes, what stands
// to the right of it stands where it was put, and the rows above and below too.
func TestRowsStayOnTheGridOfATerminal(t *testing.T) {
	texts := append(rawCorpus(t), "नमस्ते दुनिया", "مرحبا 123 abc שלום", "予約を来週に変更",
		"👨‍👩‍👧‍👦 family", "❤️ 1️⃣ 👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag")
	for _, cells := range []int{10, 37, 100} {
		onTheGrid(t, tuitest.New(t, wall{texts: texts, cells: cells}, 120, rows), texts, cells)
	}
}

// By code point the emulator, which always counts clusters, agrees on fewer
// texts; they are nearly all, joined emoji included.
func TestRowsStayOnTheGridByCodePoint(t *testing.T) {
	var texts []string
	all := append(rawCorpus(t), "👨‍👩‍👧‍👦 family", "❤️ 1️⃣ 👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag")
	for _, s := range all {
		shown := safetext.Measurer{}.Show(safetext.Line(s))
		if ansi.StringWidth(shown) == ansi.StringWidthWc(shown) {
			texts = append(texts, s)
		}
	}
	if len(all)-len(texts) > 6 {
		t.Errorf("%d of %d texts left out, want at most 6", len(all)-len(texts), len(all))
	}
	for _, cells := range []int{10, 37, 100} {
		s := tuitest.New(t, wall{texts: texts, cells: cells}, 120, rows, tuitest.CodePoints())
		onTheGrid(t, s, texts, cells)
	}
}

func onTheGrid(t *testing.T, s *tuitest.Screen, texts []string, cells int) {
	t.Helper()
	for page := 0; page*rows < len(texts); page++ {
		for y := range min(rows, len(texts)-page*rows) {
			if got := right(s, cells, y); got != "│here" {
				t.Errorf("%d cells: %+.80q has %q at its right:\n%s", cells, texts[page*rows+y], got, s.Row(y))
			}
		}
		s.Press("n")
	}
}

func right(s *tuitest.Screen, cells, y int) string {
	got := ""
	for x := cells + 1; x < cells+6; x++ {
		got += s.Cell(x, y).Text
	}
	return got
}

func rawCorpus(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, e := range hostile.Texts(t) {
		if s := e.Text(t); s != "" && len(s) < 10_000 {
			out = append(out, s)
		}
	}
	return out
}
