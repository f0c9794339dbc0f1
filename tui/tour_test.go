package tui

import (
	"strings"
	"testing"

	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
)

// TestTourTeachesTenKeys: each step is done by its key alone, what stands in the way is
// told first, and the end takes the line away.
func TestTourTeachesTenKeys(t *testing.T) {
	o := options(storetest.New(t))
	o.Tour = TourBegun
	s := open(t, o, 80, 24, "Grace", "It is. Shall I book it?")
	tells := func(words string) {
		t.Helper()
		s.WaitFor(func(screen string) bool { return strings.Contains(tourRow(screen), words) })
	}
	tells("2/10 Press r to answer this customer")
	s.Press("k", "j", "tab", "shift+tab") // not what is asked for
	tells("2/10 Press r")
	s.Press("r")
	tells("3/10 Press Enter to send what you wrote")
	s.Press("esc")
	tells("3/10 Press r, write a line, then Enter")
	s.Press("r")
	s.Type("Booked")
	s.Press("enter")
	tells("4/10 Esc ends writing. Then press J to jump")
	s.Press("esc")
	tells("4/10 Press J to jump")
	s.Press("?")
	tells("4/10 Esc closes this. Then press J")
	s.Press("esc", "J")
	tells("5/10 Press A to make")
	s.Press("A")
	tells("6/10 Press e to resolve")
	s.Press("e")
	tells("7/10 Press z")
	s.Press("z")
	tells("8/10 Press / to search")
	s.Press("/")
	tells("9/10 Esc closes this. Then press Ctrl+K")
	s.Press("esc", "ctrl+k")
	tells("10/10 Esc closes this. Then press ?")
	s.Press("esc", "?")
	tells("10/10 Those were the ten. ? has every key, Ctrl+K finds")
	s.Press("esc", "j")
	s.WaitFor(func(screen string) bool { return tourRow(screen) == "" })
}

// TestTourIsBegunAndLeftByName: where it is offered, at the smallest size too; and it
// takes no line once it is left.
func TestTourIsBegunAndLeftByName(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			o := options(storetest.New(t))
			o.Tour = TourOffered
			s := start(t, o, size.w, size.h)
			goAll(s)
			everything(s)
			if size.w >= medium {
				s.WaitText("r to write") // the thread has been read
			}
			before := s.Text()
			if tourRow(before) != "" {
				t.Fatalf("it began by itself:\n%s", before)
			}
			byName(t, s, "tour")
			s.WaitFor(func(screen string) bool { return strings.Contains(tourRow(screen), "TOUR 1/10 Press j to go") })
			byName(t, s, "leave the tour")
			lines := func(screen string) int { return strings.Count(screen, "\n") }
			s.WaitFor(func(screen string) bool {
				return tourRow(screen) == "" && lines(screen) == lines(before) && !strings.Contains(screen, "leave the tour")
			})
		})
	}
}

// TestNoTourOutsideOfTheDemo: it is neither offered nor begun, by whatever way.
func TestNoTourOutsideOfTheDemo(t *testing.T) {
	s := start(t, options(storetest.New(t)), 120, 40)
	goAll(s)
	everything(s)
	s.Press("ctrl+k")
	s.Type("tour")
	s.WaitFor(func(screen string) bool { return strings.Contains(screen, "tour") })
	if got := s.Text(); strings.Contains(got, "ten keys") || strings.Contains(got, "leave the tour") {
		t.Errorf("the palette offers it:\n%s", got)
	}
	a := New(t.Context(), options(storetest.New(t)))
	if a.run("tour"); a.tour.on {
		t.Error("it began where customers are real")
	}
}

// TestTourKnowsItsSteps: ten commands with a key each, and words.
func TestTourKnowsItsSteps(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	steps := tourSteps()
	if len(steps) != 10 || len(a.words.Tour.Does) != len(steps) {
		t.Errorf("%d steps, %d with words", len(steps), len(a.words.Tour.Does))
	}
	for _, s := range steps {
		if _, ok := a.commands[s]; s != "send" && (!ok || a.keys.Shown(s) == "") || a.words.Tour.Does[s] == "" {
			t.Errorf("%s: no command, no key or no words", s)
		}
	}
}

// byName runs a command by its name.
func byName(t *testing.T, s *tuitest.Screen, name string) {
	t.Helper()
	s.Press("ctrl+k")
	s.Type(name)
	s.WaitText("› " + name)
	s.Press("enter")
}

// tourRow is the line of the tour; empty where there is none.
func tourRow(screen string) string {
	for l := range strings.Lines(screen) {
		if _, row, ok := strings.Cut(l, "TOUR "); ok {
			return strings.Join(strings.Fields("TOUR "+row), " ")
		}
	}
	return ""
}
