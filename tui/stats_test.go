package tui

import (
	"strings"
	"testing"
	"time"

	"frontdesk/store/storetest"
)

// TestScreensOfStatistics: S shows the figures, Tab the next ones, 7 the week.
func TestScreensOfStatistics(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			s := start(t, options(storetest.New(t)), size.w, size.h)
			everything(s)
			s.WaitText("Grace") // the conversation that may be counted alone
			s.Press("S")
			s.WaitText("[Volume]")
			s.WaitText("All")
			golden(t, s, "stats-volume-"+size.name)
			s.Press("tab")
			s.WaitText("[Times]")
			s.WaitText("First response")
			golden(t, s, "stats-times-"+size.name)
		})
	}
}

// TestStatisticsOfASpan: what is counted follows the key, in the middle of which
// nothing of the old span stands as if it were the new one's.
func TestStatisticsOfASpan(t *testing.T) {
	s := start(t, options(storetest.New(t)), 160, 48)
	everything(s)
	s.WaitText("open · @ana") // whose figures may be asked for
	s.Press("S")
	s.WaitText("[Volume]")
	s.Press("7")
	s.WaitText("14 Nov 2026 to 20 Nov 2026")
	s.WaitFor(func(screen string) bool { return strings.Contains(screen, "7 days") })
	s.Press("c")
	s.WaitText("7 days, with Grace Obi alone")
	s.WaitText("1 in, 1 out")
	s.Press("esc")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "Statistics") })
}

// TestStatisticsOfHostileNames: a name is others' text here as well.
func TestStatisticsOfHostileNames(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	log.At = storetest.Now.Add(-time.Minute)
	evil := "ana\x1b[31m\u202eben\n\x07"
	if err := st.Apply(t.Context(), append(log.Sent("ev\x1bil", storetest.Grace, "hi", 0), log.Agent("ev\x1bil", evil))); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 80, 24)
	s.Press("S")
	s.WaitText("[Volume]")
	s.Press("tab", "tab", "tab")
	s.WaitText("[Agents]")
	s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, "1 sent") && !strings.ContainsAny(screen, "\x1b\x07\u202e")
	})
}
