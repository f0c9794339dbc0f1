package line

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/theme"
)

// The gauge and its colour at the instants that matter, for a rule of a day and
// one of a week.
func TestJudgeByTheTimeLeft(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, rule := range []time.Duration{24 * time.Hour, 7 * 24 * time.Hour} {
		caps := &provider.Capabilities{Window: provider.WindowRule{For: rule}}
		for _, c := range []struct {
			left  time.Duration
			cells int
			ink   theme.Ink
		}{
			{time.Second, 1, theme.Bad},
			{15*time.Minute - time.Second, 1, theme.Bad},
			{15 * time.Minute, 1, theme.Warn},
			{48 * time.Minute, 1, theme.Warn},
			{2*time.Hour - time.Second, 1, theme.Warn},
			{2 * time.Hour, 2, theme.OK},
			{3*time.Hour + 40*time.Minute, 2, theme.OK},
			{5*time.Hour + 12*time.Minute, 3, theme.OK},
			{12*time.Hour - time.Second, 3, theme.OK},
			{12 * time.Hour, 4, theme.OK},
			{24 * time.Hour, 4, theme.OK},
		} {
			w := Judge(caps, now.Add(c.left-rule), now)
			if w.State != provider.WindowOpen || w.Left != c.left || w.Cells != c.cells || w.Ink != c.ink {
				t.Errorf("%v of %v left: %+v, want %d cells in ink %d", c.left, rule, w, c.cells, c.ink)
			}
		}
		if w := Judge(caps, now.Add(-rule), now); w.State != provider.WindowShut || w.Cells != 0 {
			t.Errorf("at the end of %v: %+v", rule, w)
		}
	}
}
