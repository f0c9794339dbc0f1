package tui

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontdesk/tui/theme"
)

// inTmux is set by the make target, and where tmux is then missing the test
// fails; otherwise a few screens are looked at where it is there.
var inTmux = flag.Int("tmux", 0, "how many screens to compare in tmux")

// fewInTmux are compared by every run of the tests that is not a short one.
const fewInTmux = 6

// pane is the program in a tmux of its own.
type pane struct {
	t      *testing.T
	socket string
	marks  int
	w, h   int
}

// TestIncrementalScreenInTmux walks through the program in tmux at random. After
// each stretch the screen as it has become must be the one that a full repaint
// makes, cell by cell, and the thin lines must stand in their columns.
func TestIncrementalScreenInTmux(t *testing.T) {
	needTmux(t)
	t.Parallel()
	screens := max(*inTmux, fewInTmux)
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("FRONTDESK_TMUX_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	p := openPane(t, "right")
	p.walk(rand.New(rand.NewPCG(seed, 0)), screens)
	t.Logf("%d screens, seed %d, %s", screens, seed, time.Since(began).Round(time.Millisecond))
	if t.Failed() {
		t.Logf("FRONTDESK_TMUX_SEED=%d repeats it", seed)
	}
}

// TestAWrongScreenInTmuxIsSeen is the control: a program that counts cells as a
// terminal with mode 2027 does, in one that has said nothing of it, and that
// writes past the renderer.
func TestAWrongScreenInTmuxIsSeen(t *testing.T) {
	needTmux(t)
	t.Parallel()
	p := openPane(t, "wrong")
	p.tmux("send-keys", "g", "a")
	moved, stale := false, false
	for i := 0; i < 30 && !(moved && stale); i++ {
		p.mark(markKey)
		frame, before := p.settled()
		p.mark(repaintKey)
		after, repainted := p.settled()
		stale = stale || frame == after && before != repainted
		moved = moved || p.columns(repainted) != nil
		p.tmux("send-keys", "j", "j", "j")
	}
	if !moved || !stale {
		t.Errorf("a divider that moved was seen: %t; stale cells were seen: %t", moved, stale)
	}
}

func needTmux(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("tmux")
	switch {
	case err != nil && *inTmux > 0:
		t.Fatal("tmux is missing: install it")
	case err != nil:
		t.Skip("*** tmux is missing: whether the incremental screen equals a full repaint is NOT tested. Install tmux. ***")
	case testing.Short():
		t.Skip("a program in tmux is another process: the race detector finds nothing in it")
	}
}

// openPane starts the program in one of its two ways.
func openPane(t *testing.T, way string) *pane {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &pane{t: t, socket: fmt.Sprintf("frontdesk-%s-%d-%d", way, os.Getpid(), time.Now().UnixNano()), w: 120, h: 40}
	p.tmux("-u", "-f", os.DevNull, "new-session", "-d", "-x", "120", "-y", "40",
		"-e", childEnv+"="+way, "-e", "LC_ALL=C.UTF-8", "-e", "COLORTERM=truecolor", self, "-test.run=^TestProgramInTmux$", "-test.timeout=1h")
	t.Cleanup(func() { _ = exec.Command("tmux", "-L", p.socket, "kill-server").Run() }) // it may have ended by itself
	p.await("the first frame", func() bool { return strings.Contains(p.title(), "frame ") })
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", p.socket}, args...)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func (p *pane) await(what string, ok func() bool) {
	p.t.Helper()
	for began := time.Now(); !ok(); time.Sleep(5 * time.Millisecond) { // another process, which tells nobody
		if time.Since(began) > 30*time.Second {
			p.t.Fatalf("waited for %s; the screen:\n%s", what, p.tmux("capture-pane", "-p"))
		}
	}
}

// title is which frame the pane shows, see framedChild.
func (p *pane) title() string {
	return strings.TrimSpace(p.tmux("display-message", "-p", "#{pane_title}"))
}

// settled returns the screen, and which frame it shows, once both stay the same.
func (p *pane) settled() (frame, screen string) {
	p.t.Helper()
	same := 0
	p.await("the screen to settle", func() bool {
		_, f, _ := strings.Cut(p.title(), "frame ")
		s := p.tmux("capture-pane", "-p")
		if f == frame && s == screen {
			same++
		} else {
			frame, screen, same = f, s, 0
		}
		return same == 4
	})
	return frame, screen
}

// mark presses a key that the program answers with its next mark in the title.
func (p *pane) mark(key string) {
	p.t.Helper()
	p.marks++
	p.tmux("send-keys", key)
	want := fmt.Sprintf("mark %d ", p.marks)
	p.await(want, func() bool { return strings.HasPrefix(p.title(), want) })
}

func (p *pane) walk(r *rand.Rand, screens int) {
	p.t.Helper()
	for i := range screens {
		for range 1 + r.IntN(8) {
			p.step(r)
		}
		p.mark(markKey)
		p.compare(i)
		if p.t.Failed() {
			return
		}
	}
}

// step presses some keys, has a customer write, or changes the size.
func (p *pane) step(r *rand.Rand) {
	p.t.Helper()
	switch n := r.IntN(20); {
	case n == 0:
		size := sizes[r.IntN(len(sizes))]
		p.w, p.h = size.w, size.h
		p.tmux("resize-window", "-x", strconv.Itoa(p.w), "-y", strconv.Itoa(p.h))
		// tmux tells a program of its size four times a second at most.
		p.await("the program to have its size", func() bool { return strings.Contains(p.title(), fmt.Sprintf(" size %dx%d ", p.w, p.h)) })
	case n < 4:
		p.mark(arriveKey)
	case n < 6:
		p.tmux("send-keys", "Escape", "Escape", "g", "a", "r")
		p.tmux("send-keys", "-l", walkTexts()[r.IntN(len(walkTexts()))])
	default:
		keys := walkKeys()[r.IntN(len(walkKeys()))]
		p.tmux(append([]string{"send-keys"}, strings.Fields(keys)...)...)
	}
}

func walkKeys() []string {
	return []string{
		"j", "j", "j", "k", "j j j j j", "k k k", "Enter", "Escape", "Escape", "Escape Escape", "]", "[", "g a", "g m", "g u", "?", "C-k", "v", "S",
		"PageUp", "PageUp", "PageDown", "G", "Home", "Tab", "i", "d", "t", "h", "x", "/ a", "Down", "Up", "n", "BSpace", "C-j",
	}
}

func walkTexts() []string {
	return []string{
		"Vamos en camino 👩🏽‍💻", "予約は", "नमस्ते ", "مرحبا ", "שלום ", "🇪🇸🇧🇷 ", "1️⃣ ❤️ ", "👨‍👩‍👧‍👦 family ", "e\u0301a\u0308 ", "plain words ",
	}
}

// compare looks whether a full repaint shows another screen than there is.
func (p *pane) compare(i int) {
	p.t.Helper()
	for range 20 {
		frame, before := p.settled()
		p.mark(repaintKey)
		after, repainted := p.settled()
		if frame != after {
			continue // it was another frame: something was read meanwhile
		}
		if before != repainted {
			p.t.Errorf("screen %d, %d×%d: stale cells; repainted (+) it is:\n%s", i, p.w, p.h, differing(before, repainted))
		}
		if err := p.columns(repainted); err != nil {
			p.t.Errorf("screen %d, %d×%d: %v", i, p.w, p.h, err)
		}
		return
	}
	p.t.Errorf("screen %d never stays the same", i)
}

func differing(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out strings.Builder
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			fmt.Fprintf(&out, "%3d - %s\n    + %s\n", i, x[i], y[i])
		}
	}
	return out.String()
}

// columns checks the thin line right of the list, where it can be seen. What
// stands before it is measured by tmux itself, which puts it into cells.
func (p *pane) columns(screen string) error {
	p.t.Helper()
	_, column, _ := strings.Cut(p.title(), "column ")
	column, _, _ = strings.Cut(column, " ")
	want, err := strconv.Atoi(column)
	if err != nil || want == 0 {
		return err
	}
	rows := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
	var args []string
	for y, row := range rows {
		left, _, found := strings.Cut(row, theme.GlyphDivider)
		if edge := y == 0 || y == len(rows)-1; found == edge {
			return fmt.Errorf("row %d: divider %t: %q", y, found, row)
		}
		args = append(args, "set-option", "-p", "@left", "|"+left+"|", ";", "display-message", "-p", "#{w:@left}", ";")
	}
	for y, width := range strings.Fields(p.tmux(args...)) {
		if n, err := strconv.Atoi(width); y > 0 && y < len(rows)-1 && (err != nil || n-2 != want) {
			return fmt.Errorf("row %d: the divider is in column %d, want %d: %q", y, n-2, want, rows[y])
		}
	}
	return nil
}

// frameHash names a frame.
func frameHash(content string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(content)) // never fails
	return strconv.FormatUint(h.Sum64(), 36)
}
