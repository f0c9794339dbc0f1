package tui

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/store/storetest"
	"frontdesk/tui/safetext"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// watched wraps the app and measures every frame before the renderer sees it.
type watched struct {
	*App
	mu      sync.Mutex
	last    string
	wrong   []string
	frames  int
	slowest time.Duration
}

func (w *watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := w.App.Update(msg)
	return w, cmd
}

func (w *watched) View() tea.View {
	began := time.Now()
	v := w.App.View()
	took := time.Since(began)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slowest = max(w.slowest, took)
	if v.Content != w.last {
		w.last = v.Content
		w.frames++
		w.frame(v.Content)
	}
	return v
}

// frame checks that each row has exactly the screen's cells and no cell more
// bytes than its share: row_width_exact, marks_capped and F20.
func (w *watched) frame(content string) {
	lines := strings.Split(content, "\n")
	if w.w == 0 || len(content) == 0 {
		return
	}
	if len(lines) != w.h {
		w.note("frame of %d lines, want %d", len(lines), w.h)
	}
	for y, l := range lines {
		if n := ansi.StringWidth(l); n != w.w {
			w.note("row %d takes %d cells, want %d: %+.200q", y, n, w.w, l)
		}
		plain := ansi.Strip(l)
		for plain != "" {
			c, cells := ansi.FirstGraphemeCluster(plain, ansi.GraphemeWidth)
			if cells < 1 || len(c) > 64*cells {
				w.note("row %d: a cluster of %d bytes in %d cells", y, len(c), cells)
			}
			plain = plain[len(c):]
		}
	}
}

func (w *watched) note(format string, args ...any) {
	if len(w.wrong) < 5 {
		w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
	}
}

func (w *watched) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.wrong
	w.wrong = nil
	return out
}

// hostileScreen is one run over a world at one width.
type hostileScreen struct {
	t     *testing.T
	s     *tuitest.Screen
	app   *watched
	world *world
	w, h  int
	// checks counts what was looked at: entries times surfaces.
	checks, failures int
}

const tall = 100 // lines, so that one thread shows every kind of content

func newHostileScreen(t *testing.T, world *world, w int) *hostileScreen {
	t.Helper()
	o := options(world.store)
	app := &watched{App: New(t.Context(), o)}
	h := &hostileScreen{t: t, app: app, world: world, w: w, h: tall}
	h.s = tuitest.New(t, app, w, tall, tuitest.Recorded())
	h.s.Press("g", "a")
	h.s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, fmt.Sprintf("All %d", len(world.entries))) && strings.Contains(screen, "▍")
	})
	return h
}

// look checks all that must hold of any screen after surface has been shown
// for entry i.
func (h *hostileScreen) look(i int, surface string) tuitest.Output {
	h.t.Helper()
	h.checks++
	before := h.failures
	out := tuitest.Read(h.s.Wrote())
	for _, f := range out.Foreign {
		h.fail(i, surface, "no_control_bytes_out: %s", f)
	}
	for _, why := range h.app.take() {
		h.fail(i, surface, "row_width_exact: %s", why)
	}
	for _, title := range out.Titles {
		if title != "frontdesk" && !strings.HasSuffix(title, "frontdesk") {
			h.fail(i, surface, "title_clean: the title is %q", title)
		}
	}
	if got := h.s.Replies(); got != "" {
		h.fail(i, surface, "no_terminal_reply: the terminal answered %q", got)
	}
	h.grid(i, surface)
	if h.failures > before && h.failures < 4 {
		h.t.Logf("the screen:\n%s", h.s.Text())
	}
	return out
}

func (h *hostileScreen) fail(i int, surface, format string, args ...any) {
	h.t.Helper()
	h.failures++
	if h.failures > 40 {
		return
	}
	e := h.world.entries[i]
	h.t.Errorf("%s %s, %d columns, %s: %s", e.ID, e.Category, h.w, surface, fmt.Sprintf(format, args...))
}

// grid checks that what stands to the right of remote text, above it and below
// it stands where it was put: dividers, gutters, top and status line.
func (h *hostileScreen) grid(i int, surface string) {
	if !strings.HasPrefix(h.s.Row(0), " frontdesk") {
		h.fail(i, surface, "top line: %q", h.s.Row(0))
	}
	if status := h.s.Row(h.h - 1); !strings.HasPrefix(status, " TRIAGE") && !strings.HasPrefix(status, " WRITE") {
		h.fail(i, surface, "status line: %q", status)
	}
	if surface == "overlay" {
		return // it lies over the dividers
	}
	for y := 1; y < h.h-1; y++ {
		for _, x := range h.dividers() {
			if got := h.s.Cell(x, y).Text; got != "│" {
				h.fail(i, surface, "row %d has %q in the divider's column %d", y, got, x)
				return
			}
		}
	}
	h.gutters(i, surface)
}

func (h *hostileScreen) dividers() []int {
	switch {
	case h.w >= wide:
		return []int{listWidth(h.w), h.w - h.w*3/16}
	case h.w >= medium:
		return []int{listWidth(h.w)}
	}
	return nil
}

// gutters: the columns in which only we write hold only what we write there, so
// that no text can pass for ours (gutter_intact, sender_exact).
func (h *hostileScreen) gutters(i int, surface string) {
	if h.w < medium {
		return
	}
	for y := 2; y < h.h-2; y++ {
		for x := range 4 {
			if got := h.s.Cell(x, y).Text; !strings.Contains(" ▍●", got) {
				h.fail(i, surface, "row %d has %q in the list's gutter", y, got)
				return
			}
		}
		if got := h.s.Cell(listWidth(h.w)+1, y).Text; got != " " && got != "─" {
			h.fail(i, surface, "row %d has %q in the thread's gutter", y, got)
			return
		}
	}
}

// clean is how text is shown on one line, without the marks that only some
// terminals count.
func clean(s string) string {
	return safetext.Measurer{Method: safetext.Grapheme}.Show(safetext.Line(s))
}

// perWorld is how many texts share a store: more than fit on a screen, and so few
// that a list of them is read quickly.
const perWorld = 40

// TestHostileCorpus shows every text of the corpus on every surface, at three
// widths, through a real store and the real renderer in a terminal emulator.
func TestHostileCorpus(t *testing.T) {
	began := time.Now()
	entries := sample(t)
	var checks, failures atomic.Int64
	t.Run("worlds", func(t *testing.T) {
		for some := range slices.Chunk(entries, perWorld) {
			t.Run("from "+some[0].ID, func(t *testing.T) {
				t.Parallel() // a screen mostly waits for its next frame
				world := newWorld(t, some)
				for _, w := range []int{160, 80, 40} {
					h := newHostileScreen(t, world, w)
					h.walk()
					h.overlays()
					checks.Add(int64(h.checks))
					failures.Add(int64(h.failures))
					t.Logf("%d columns: %d frames, the slowest took %v", w, h.app.frames, h.app.slowest)
				}
			})
		}
	})
	t.Logf("figure F19-screens count=%d failures=%d target=%d took=%s", checks.Load(), failures.Load(), 3*surfaces*len(hostile.Texts(t)), time.Since(began).Round(time.Millisecond))
	if target := int64(3 * surfaces * len(entries)); checks.Load() < target {
		t.Errorf("looked %d times, want %d", checks.Load(), target)
	}
}

// surfaces is how many looks each entry gets at each width.
const surfaces = 11

// walk goes down the list, newest first, and looks at every conversation.
func (h *hostileScreen) walk() {
	last := len(h.world.entries) - 1
	for i := last; i >= 0; i-- {
		if i < last {
			h.s.Press("j")
		}
		h.open(i)
		h.conversation(i)
	}
}

func (h *hostileScreen) open(i int) {
	if h.w < medium {
		h.look(i, "list")
		h.s.Press("enter")
	}
	h.s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, "▏ "+marker(i)) || strings.Contains(screen, "▍ "+marker(i))
	})
	if h.w >= medium {
		h.look(i, "list")
	}
}

func (h *hostileScreen) conversation(i int) {
	h.row(i)
	h.look(i, "thread and contact")
	if h.w >= medium {
		h.s.Press("enter")
	}
	h.s.Press("pgup")
	h.look(i, "thread, above")
	h.s.Press("pgup", "pgup", "pgup")
	h.look(i, "thread, top")
	h.s.Press("end", "k") // select the newest
	h.copied(i)
	h.s.Press("d")
	h.s.WaitText("Behind this message")
	h.look(i, "overlay")
	h.s.Press("esc", "R")
	h.look(i, "overlay")
	h.s.Press("esc", "U")
	h.look(i, "notice")
	h.write(i)
	if h.w < wide {
		h.s.Press("i")
		h.s.WaitText("Contact")
		if h.w < medium {
			h.look(i, "contact")
		} else {
			h.lookAway(i)
		}
		h.s.Press("i")
	}
	h.s.Press("esc", "esc")
	h.toList()
}

// lookAway looks at a screen whose thread is replaced by the contact.
func (h *hostileScreen) lookAway(i int) { h.look(i, "overlay") }

func (h *hostileScreen) toList() {
	for range 3 {
		if h.onList() {
			return
		}
		h.s.Press("esc")
	}
	if !h.onList() {
		h.t.Fatalf("there is no way back to the list:\n%s", h.s.Text())
	}
}

func (h *hostileScreen) onList() bool { return strings.Contains(status(h.s), "j/k move") }

// row checks the selected row of the list: nonblank_row, shown_literal,
// width_capped and single_line.
func (h *hostileScreen) row(i int) {
	if h.w < medium {
		return
	}
	e := h.world.entries[i]
	for y := 1; y < h.h-1; y++ {
		if h.s.Cell(0, y).Text != "▍" {
			continue
		}
		name, preview := h.cells(4, listWidth(h.w)-7, y), h.cells(4, listWidth(h.w)-5, y+1)
		if strings.TrimSpace(name) == "" || strings.TrimSpace(preview) == "" {
			h.fail(i, "list", "nonblank_row: the row has name %q and preview %q", name, preview)
		}
		if e.Asserts("shown_literal") {
			h.literal(i, preview)
		}
		return
	}
	h.fail(i, "list", "no row is selected")
}

// literal checks that the preview begins like the text. In a row of two lines
// what is wrong stands before it, and it is cut to the room that is left.
func (h *hostileScreen) literal(i int, preview string) {
	want := []rune(clean(h.world.texts[i]))
	begins := string(want[:min(len(want), 16)])
	shown, marked := preview, false
	for _, mark := range []string{"✗ 1 failed · ", "draft · "} {
		if rest, ok := strings.CutPrefix(shown, mark); ok {
			shown, marked = rest, true
		}
	}
	if !marked {
		if !strings.HasPrefix(preview, begins) {
			h.fail(i, "list", "shown_literal: the preview is %q, want %q", preview, begins)
		}
		return
	}
	part, _, _ := strings.Cut(shown, "…")
	if part = strings.TrimRight(part, " "); part == "" || !strings.HasPrefix(string(want), part) {
		h.fail(i, "list", "shown_literal: the preview is %q, and after the marks not the beginning of %q", preview, begins)
	}
}

func (h *hostileScreen) cells(from, to, y int) string {
	var b strings.Builder
	for x := from; x < to; x++ {
		b.WriteString(h.s.Cell(x, y).Text)
	}
	return b.String()
}

// copied checks that the clipboard gets the text, cleaned, and gets it only
// because y was pressed.
func (h *hostileScreen) copied(i int) {
	if out := h.look(i, "thread"); len(out.Clipboard) > 0 {
		h.fail(i, "thread", "clipboard_unchanged: it is %+.80q", out.Clipboard)
	}
	if h.world.texts[i] == "" {
		return
	}
	want := safetext.Clean(h.world.texts[i]).String()
	h.s.Press("y")
	var got []string
	for range 1000 { // the command behind the key runs beside the frames
		if got = h.look(i, "clipboard").Clipboard; len(got) > 0 {
			break
		}
		h.s.Settle()
		h.checks--
	}
	if len(got) != 1 || got[0] != want {
		h.fail(i, "clipboard", "holds %+.120q, want %+.120q", got, want)
	}
}

// write pastes the text into the composer and leaves it there as a draft.
func (h *hostileScreen) write(i int) {
	h.s.Press("n")
	h.s.WaitText("only the team sees this")
	h.s.Paste(h.world.texts[i][:min(len(h.world.texts[i]), fieldLimit)])
	h.look(i, "composer")
	h.s.Press("esc")
}

// overlays looks at the lists of things that others have named.
func (h *hostileScreen) overlays() {
	h.s.Press("home")
	h.list("a", "Assign to")
	h.s.Press("r", "esc")
	h.list("t", "Send a template")
	for i := range h.world.entries {
		h.s.Press("/")
		h.s.Paste(h.world.texts[i][:min(len(h.world.texts[i]), 2000)])
		h.look(i, "overlay")
		h.s.Press("esc")
		h.s.Send(LinkMsg{Since: storetest.Now, Trouble: h.world.texts[i]})
		h.look(i, "status")
	}
}

// list goes down a list in an overlay.
func (h *hostileScreen) list(key, title string) {
	h.s.Press(key)
	h.s.WaitText(title)
	for i := range h.world.entries {
		h.look(i, "overlay")
		h.s.Press("down")
	}
	h.s.Press("esc")
}
