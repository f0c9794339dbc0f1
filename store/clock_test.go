package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

// machine is a machine whose clock can be set, and which can sleep, beside the
// time that truly goes by.
type machine struct {
	truth, wall time.Time
	ran         time.Duration
}

func (m *machine) pass(d time.Duration) {
	m.truth, m.wall, m.ran = m.truth.Add(d), m.wall.Add(d), m.ran+d
}

// set is a person, or the network, who sets the clock.
func (m *machine) set(by time.Duration) { m.wall = m.wall.Add(by) }

// sleep is a lid that was closed: what nobody can set stood still.
func (m *machine) sleep(d time.Duration) { m.truth, m.wall = m.truth.Add(d), m.wall.Add(d) }

func (m *machine) options(path string) store.Options {
	opt := storetest.Options(path, 0)
	opt.Now = func() time.Time { return m.wall }
	opt.Elapsed = func() time.Duration { return m.ran }
	return opt
}

// greet is a greeting by a relay that knows the time.
func (m *machine) greet(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key, Offset: m.truth.Sub(m.wall)}); err != nil {
		t.Fatal(err)
	}
}

func doubts(s *store.Store) bool {
	select {
	case <-s.Doubts():
		return true
	default:
		return false
	}
}

// TestASteppedClockIsPutRight (P17): this machine's clock is set between two
// greetings. Nothing is ever thought open that is closed; what is doubtful is
// asked for, and after the next greeting the time is right.
func TestASteppedClockIsPutRight(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, step := range []time.Duration{time.Hour, -time.Hour, year, -year} {
		t.Run(step.String(), func(t *testing.T) {
			m := &machine{truth: storetest.Now, wall: storetest.Now.Add(-10 * time.Minute)}
			s := storetest.OpenWith(t, m.options(filepath.Join(t.TempDir(), "store.db")))
			m.greet(t, s)
			m.pass(5 * time.Minute)
			if got := s.Now(); !got.Equal(m.truth) || doubts(s) || s.InDoubt() {
				t.Fatalf("it is %v, and it says %v", m.truth, got)
			}
			m.set(step)
			m.pass(time.Minute)
			switch got := s.Now(); {
			case got.Before(m.truth):
				t.Errorf("it is %v, and it says %v: a window that closed would be open", m.truth, got)
			case step < 0 && !got.Equal(m.truth):
				t.Errorf("it is %v, and after a step back it says %v", m.truth, got)
			}
			if !doubts(s) || !s.InDoubt() {
				t.Error("the relay is not asked for the time")
			}
			m.greet(t, s)
			m.pass(time.Minute)
			if got := s.Now(); !got.Equal(m.truth) || doubts(s) || s.InDoubt() {
				t.Errorf("it is %v, and after another greeting it says %v", m.truth, got)
			}
		})
	}
}

// TestSleepIsNoTimeLost: a clock that nobody can set stands still while a laptop
// sleeps. Windows closed meanwhile all the same.
func TestSleepIsNoTimeLost(t *testing.T) {
	m := &machine{truth: storetest.Now, wall: storetest.Now}
	s := storetest.OpenWith(t, m.options(filepath.Join(t.TempDir(), "store.db")))
	m.greet(t, s)
	m.sleep(8 * time.Hour)
	m.pass(time.Minute)
	if got := s.Now(); !got.Equal(m.truth) || !doubts(s) {
		t.Errorf("it is %v, and it says %v", m.truth, got)
	}
}

// TestASecondWindowIsToldTheTime: only the process that holds the store hears
// the relay; the one beside it takes the time from what that one wrote.
func TestASecondWindowIsToldTheTime(t *testing.T) {
	m := &machine{truth: storetest.Now, wall: storetest.Now}
	path := filepath.Join(t.TempDir(), "store.db")
	holder := storetest.OpenWith(t, m.options(path))
	m.greet(t, holder)
	beside, err := store.Open(t.Context(), m.options(path))
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	m.set(time.Hour)
	m.greet(t, holder)
	m.pass(time.Minute)
	beside.Changed(t.Context())
	if got := beside.Now(); !got.Equal(m.truth) {
		t.Errorf("it is %v, and the second window says %v", m.truth, got)
	}
	// What somebody else wrote is no word of the time.
	m.set(-time.Hour)
	beside.Changed(t.Context())
	if got := beside.Now(); !got.Equal(m.truth) {
		t.Errorf("it is %v, and the second window says %v", m.truth, got)
	}
}
