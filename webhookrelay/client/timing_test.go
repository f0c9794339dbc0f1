package client

import (
	"testing"
	"time"
)

// A relay that is gone is known within 25 s, whatever it is that it does not do;
// one that is only slow has seconds for each.
func TestEveryWaitIsBounded(t *testing.T) {
	times := defaultTiming()
	for name, d := range map[string]time.Duration{"silence": times.dead, "beat": times.beat, "write": times.write, "dial": times.dial} {
		if d < 5*time.Second || d > 25*time.Second {
			t.Errorf("%s: %v", name, d)
		}
	}
	if times.beat >= times.dead {
		t.Errorf("a relay that waits as we do for %v hears of us every %v", times.dead, times.beat)
	}
}
