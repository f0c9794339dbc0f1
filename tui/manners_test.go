package tui

import (
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Two thousand keys at once, as a terminal without bracketed paste sends them,
// arrive all and in order, with counts and drafts being written meanwhile.
func TestFastKeysKeepTheirOrder(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	var want strings.Builder
	for i := 0; want.Len() < 2000; i++ {
		fmt.Fprintf(&want, "%d ", i)
	}
	done := make(chan error)
	go func() { // customers write while the agent types
		for i := range 50 {
			ev := log.Inbound(storetest.Omar, "عمر حسن", fmt.Sprint(i), storetest.Now)
			if err := st.Apply(t.Context(), []event.Event{ev}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	s.Type(want.String())
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.WaitText(fmt.Sprintf("%d/4096", want.Len()))
	s.Press("enter")
	s.WaitText("⧗ queued")
	if got := newest(t, st, storetest.Grace); got != want.String() {
		t.Errorf("%d characters were sent, want %d; they differ at %d", len(got), want.Len(), differs(got, want.String()))
	}
}

func differs(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// Every size from one cell to a wall of screens: each frame has exactly the
// terminal's lines, none wider than it, and the draft is there afterwards.
func TestAnySizeDraws(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	a.tick = still
	a.resize(120, 40)
	drain(a, a.readTeam())
	drain(a, a.showView(store.ViewAll))
	drain(a, a.run("next")) // a conversation with an open window
	overlays := []func(){
		func() {}, func() { drain(a, a.help()) }, func() { drain(a, a.palette()) }, func() { drain(a, a.templates("")) },
		func() { drain(a, a.assign()) }, func() { drain(a, a.search()) }, func() { drain(a, a.details()) },
	}
	for i, push := range overlays {
		push()
		everySize(t, a, i)
		a.over.Clear()
	}
	a.run("reply")
	const draft = "una respuesta larga 👩🏽‍💻 que ocupa varias líneas en un terminal estrecho"
	drain(a, a.paste(draft))
	everySize(t, a, len(overlays))
	if got := a.composer.Text(); got != draft {
		t.Errorf("the draft is %q", got)
	}
}

// everySize draws in all sizes, in an order that jumps.
func everySize(t *testing.T, a *App, seed int) {
	t.Helper()
	const mostW, mostH = 200, 60
	for i := range 300 {
		n := (i*7919 + seed*104729) % (mostW * mostH)
		w, h := 1+n%mostW, 1+n/mostW
		if i%3 == 0 { // and one dimension alone
			w = 1 + i%90
		}
		a.resize(w, h)
		a.dirty = true
		a.View()
		lines := strings.Split(a.frame, "\n")
		if len(lines) > h || !a.lay.tooSmall && len(lines) != h {
			t.Fatalf("%d×%d: %d lines", w, h, len(lines))
		}
		for y, l := range lines {
			if got := a.width(l); got > w || !a.lay.tooSmall && got != w {
				t.Fatalf("%d×%d: line %d has %d cells: %q", w, h, y, got, l)
			}
		}
	}
}

// The wheel scrolls the pane under it, whatever has the keys.
func TestWheelScrollsThePaneUnderIt(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	var events []event.Event
	for i := range 60 {
		log.At = storetest.Now.Add(time.Duration(i) * time.Millisecond)
		events = append(events, log.Inbound(storetest.Grace, "Grace Obi", fmt.Sprintf("line number %d", i), storetest.Now))
	}
	for i := range 40 {
		chat := provider.ChatID(fmt.Sprintf("34622%06d", i))
		log.At = storetest.Now.Add(-time.Duration(i+1) * time.Minute)
		events = append(events, log.Inbound(chat, fmt.Sprintf("Customer %02d", i), "hola", storetest.Now))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 120, 40)
	everything(s)
	s.Press("g", "a")
	s.WaitText("▏ line number 59") // in the thread, and not in its row alone
	wheel := func(x int, b tea.MouseButton) {
		for range 10 {
			s.Send(tea.MouseWheelMsg{X: x, Y: 20, Button: b})
		}
	}
	wheel(70, tea.MouseWheelUp)
	if screen := s.Text(); strings.Contains(screen, "▏ line number 59") || !strings.Contains(screen, "Customer 00") {
		t.Errorf("over the thread:\n%s", screen)
	}
	wheel(70, tea.MouseWheelDown)
	wheel(10, tea.MouseWheelDown)
	if screen := s.Text(); !strings.Contains(screen, "▏ line number 59") || strings.Contains(screen, "Customer 00") {
		t.Errorf("over the list:\n%s", screen)
	}
	s.Press("j") // the selection stayed, and a key brings it back into sight
	s.WaitText("Customer 00")
}

// Without colour and with sixteen colours all is told by words and shapes.
func TestScreenWithoutColour(t *testing.T) {
	o := options(storetest.New(t))
	o.Env = []string{"NO_COLOR=1"}
	s := open(t, o, 80, 24, "Grace", "It is. Shall I book it?")
	everything(s)
	s.Press("r")
	s.Type("Booked")
	s.WaitText("6/4096")
	golden(t, s, "nocolor-80x24")
	w, h := s.Size()
	reversed := 0
	for y := range h {
		for x := range w {
			c := s.Cell(x, y)
			if c.Fg != nil || c.Bg != nil {
				t.Fatalf("cell %d,%d %q has a colour", x, y, c.Text)
			}
			if c.Reverse {
				reversed++
			}
		}
	}
	if reversed == 0 {
		t.Error("neither the selection nor a chip stands out")
	}
	if got := selected(s); !strings.Contains(got, "Grace") {
		t.Errorf("the mark stands at %q", got)
	}
}

// Each depth of colour has its own theme: the nearest colours of a smaller
// table would hide text or shout.
func TestThemeFollowsTheDepthOfColour(t *testing.T) {
	for _, c := range []struct {
		depth       colorprofile.Profile
		dark, light theme.Kind
	}{
		{colorprofile.TrueColor, theme.KindDark, theme.KindLight},
		{colorprofile.ANSI256, theme.KindDark256, theme.KindLight256},
		{colorprofile.ANSI, theme.KindDark16, theme.KindLight16},
		{colorprofile.ASCII, theme.KindPlain, theme.KindPlain},
	} {
		a := New(t.Context(), options(storetest.New(t)))
		a.background(color.Black)
		a.handle(tea.ColorProfileMsg{Profile: c.depth})
		if got := a.look.Theme.Kind; got != c.dark {
			t.Errorf("%v on dark: theme %d, want %d", c.depth, got, c.dark)
		}
		a.background(color.White)
		if got := a.look.Theme.Kind; got != c.light {
			t.Errorf("%v on light: theme %d, want %d", c.depth, got, c.light)
		}
	}
}
