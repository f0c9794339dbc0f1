package faults

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestScheduleReplays(t *testing.T) {
	run := func(seed uint64) []string {
		s := NewSchedule(seed)
		for _, name := range []string{"a", "b", "c"} {
			left := 20
			s.Actor(name, 1, func(*rand.Rand) bool { left--; return left > 0 })
		}
		if n := s.Run(-1); n != 60 {
			t.Errorf("%d steps, want 60", n)
		}
		return s.Trace()
	}
	if first := run(7); !slices.Equal(first, run(7)) || slices.Equal(first, run(8)) {
		t.Error("the seed does not decide the order")
	}
	s := NewSchedule(1)
	s.Actor("always", 1, func(*rand.Rand) bool { return true })
	if n := s.Run(5); n != 5 {
		t.Errorf("%d steps, want 5", n)
	}
}
