package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/tui/theme"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

var sizes = []struct {
	name string
	w, h int
}{{"160x48", 160, 48}, {"120x40", 120, 40}, {"80x24", 80, 24}, {"60x20", 60, 20}, {"40x12", 40, 12}}

// everything waits until all that is read at the start is on the screen.
func everything(s *tuitest.Screen) {
	s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, "Mine 3") && strings.Contains(screen, "● live")
	})
}

// golden compares the screen once the inbox has its name: the team is read
// beside the conversation, and until it is there the inbox goes by its id.
func golden(t *testing.T, s *tuitest.Screen, name string) {
	t.Helper()
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "│ "+string(storetest.Account)) })
	s.Golden(t, name)
}

func TestScreens(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			s := start(t, options(storetest.New(t)), size.w, size.h)
			goAll(s)
			everything(s)
			if size.w >= medium {
				s.WaitText("2 new")
			}
			golden(t, s, "triage-"+size.name)
		})
	}
}

func TestScreensOfWriting(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			s := open(t, options(storetest.New(t)), size.w, size.h, "Grace", "It is. Shall I book it?")
			everything(s)
			s.Press("r")
			s.Type("Booked: 3 pm, see you then 👋")
			s.WaitText("28/4096")
			if size.w >= medium {
				s.WaitText("· draft") // it is kept by itself, and its row says so
			}
			golden(t, s, "write-"+size.name)
		})
	}
}

func TestScreensOfAClosedWindow(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			why := "Free text ended 24 h"
			if size.h == minHeight {
				why = "since 10:05: templates only"
			}
			s := open(t, options(storetest.New(t)), size.w, size.h, "佐藤", why)
			everything(s)
			golden(t, s, "closed-"+size.name)
			s.Press("r")
			s.WaitText("visit_reminder")
			golden(t, s, "picker-"+size.name)
		})
	}
}

func TestScreensOfContactAndHelp(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			s := open(t, options(storetest.New(t)), size.w, size.h, "Lucía", "0h23 left")
			everything(s)
			s.Press("i")
			if size.w < wide {
				s.WaitText("Inbox")
			}
			golden(t, s, "contact-"+size.name)
			s.Press("esc", "?")
			golden(t, s, "help-"+size.name)
		})
	}
}

func TestTooSmall(t *testing.T) {
	s := start(t, options(storetest.New(t)), 30, 6)
	s.WaitText("40 columns")
	golden(t, s, "too-small")
	s.Resize(80, 24)
	s.WaitText("Mine 3")
}

// A size loses no draft, no selection and no place in the thread.
func TestResizingKeepsWhatIsThere(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	var events []event.Event
	for i := range 60 {
		events = append(events, log.Inbound(storetest.Grace, "Grace Obi", fmt.Sprintf("line number %d", i), storetest.Now))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 160, 48)
	s.WaitText("▏ line number 59") // in the thread, and not in its row alone
	s.Press("enter")
	for range 30 {
		s.Press("k")
	}
	s.WaitText("line number 30")
	s.Press("r")
	s.Type("half a sente")
	for _, size := range []struct{ w, h int }{{80, 24}, {40, 12}, {120, 40}, {41, 13}, {160, 48}} {
		s.Resize(size.w, size.h)
		screen := s.Text()
		if !strings.Contains(screen, "half a sente") {
			t.Errorf("%dx%d lost the draft:\n%s", size.w, size.h, screen)
		}
		if !strings.Contains(screen, "line number 30") {
			t.Errorf("%dx%d lost the place in the thread:\n%s", size.w, size.h, screen)
		}
		if size.w >= medium && !strings.Contains(selected(s), "Grace") {
			t.Errorf("%dx%d lost the selection: %q", size.w, size.h, selected(s))
		}
	}
}

// The grid: whatever customers write, the thin lines between the panes stay in
// their columns, under both ways in which terminals count cells.
func TestHostileTextKeepsTheGrid(t *testing.T) {
	bad := hostile.Texts(t)
	st, log := storetest.NewWithLog(t)
	var events []event.Event
	for i, b := range bad {
		chat, text := provider.ChatID(fmt.Sprintf("34622%06d", i)), b.Text(t)
		text = text[:min(len(text), 10_000)]
		log.At = storetest.Now.Add(time.Duration(i) * time.Millisecond)
		events = append(events, log.Inbound(chat, text, text, storetest.Now),
			log.Inbound(storetest.Grace, "Grace Obi", text, storetest.Now))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 160, 48)
	everything(s)
	s.Press("g", "a")
	s.WaitText(fmt.Sprintf("All %d", 7+len(bad)))
	walkGrid(t, s, 10)
	s.Press("g", "m")
	s.WaitText("Grace Obi")
	s.Press("enter")
	walkGrid(t, s, 40)
}

func walkGrid(t *testing.T, s *tuitest.Screen, pages int) {
	t.Helper()
	for range pages {
		s.Press("pgup")
		grid(t, s)
		s.Press("pgdown", "pgdown")
		grid(t, s)
		if t.Failed() {
			t.Fatalf("the screen:\n%s", s.Text())
		}
	}
}

func grid(t *testing.T, s *tuitest.Screen) {
	t.Helper()
	_, h := s.Size()
	for y := 1; y < h-1; y++ {
		for _, x := range []int{50, 130} {
			if got := s.Cell(x, y).Text; got != theme.GlyphDivider && got != theme.GlyphRule {
				t.Errorf("row %d: %q in column %d, want the divider", y, got, x)
			}
		}
	}
}

// A terminal that counts clusters says so, and everything is measured anew.
func TestWidthMethodFollowsTheTerminal(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	before := a.look.Pen.Width("👩🏽‍💻")
	a.handle(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	if after := a.look.Pen.Width("👩🏽‍💻"); after != 2 {
		t.Errorf("before %d, after %d cells, want 2", before, after)
	}
}

// A list that is longer than a small screen has rows of two lines; in a wide
// terminal it has three.
func TestScreensOfALongList(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	var events []event.Event
	for i := range 20 {
		log.At = storetest.Now.Add(-time.Duration(3*i+1) * time.Minute)
		chat := provider.ChatID(fmt.Sprintf("34622%06d", i))
		events = append(events, log.Inbound(chat, fmt.Sprintf("Customer %02d", i), "¿Pueden venir mañana por la tarde?", log.At))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			s := start(t, options(st), size.w, size.h)
			everything(s)
			s.Press("g", "a")
			s.WaitText("Customer 03")
			if size.w >= medium {
				s.WaitText("1 new")
			}
			golden(t, s, "long-"+size.name)
		})
	}
}
