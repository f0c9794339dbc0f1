package overlay

import (
	"testing"
	"time"
)

// TestWhenABroadcastEnds: a pace is told of two and more, and a clock that jumped tells
// none.
func TestWhenABroadcastEnds(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	rate, end, ok := endsAt(60, 30, now.Add(-time.Minute), now, 0)
	if !ok || rate != 30 || !end.Equal(now.Add(2*time.Minute)) {
		t.Errorf("%v a minute, ends %v, %v", rate, end, ok)
	}
	if rate, end, ok := endsAt(60, 30, now.Add(-time.Minute), now, 20); !ok || rate != 20 || !end.Equal(now.Add(3*time.Minute)) {
		t.Errorf("%v a minute, ends %v, %v, though 20 are the most", rate, end, ok)
	}
	for what, told := range map[string]bool{
		"one alone":        func() bool { _, _, ok := endsAt(9, 1, now.Add(-time.Minute), now, 0); return ok }(),
		"just begun":       func() bool { _, _, ok := endsAt(9, 9, now.Add(-time.Second), now, 0); return ok }(),
		"nothing left":     func() bool { _, _, ok := endsAt(0, 9, now.Add(-time.Minute), now, 0); return ok }(),
		"from the future":  func() bool { _, _, ok := endsAt(9, 9, now.Add(time.Minute), now, 0); return ok }(),
		"at one instant":   func() bool { _, _, ok := endsAt(9, 9, now, now, 0); return ok }(),
		"nobody left ever": func() bool { _, _, ok := endsAt(9, 0, time.Time{}, now, 0); return ok }(),
	} {
		if told {
			t.Errorf("%s: a pace is told", what)
		}
	}
}
