package tui

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
)

// TestAnOpenComposerIsJudgedRight (P17): somebody sets this machine's clock while
// a reply is being written. The composer locks when the window has closed, stays
// open while it is open, and the draft is kept either way.
func TestAnOpenComposerIsJudgedRight(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for name, c := range map[string]struct {
		step, pass time.Duration
		locked     bool
	}{
		"an hour back, and it closed":   {-time.Hour, 24 * time.Minute, true},
		"a year back, and it closed":    {-year, 24 * time.Minute, true},
		"an hour back, and it is open":  {-time.Hour, time.Minute, false},
		"an hour on, and it is open":    {time.Hour, time.Minute, false},
		"a year on, and it is open":     {year, time.Minute, false},
		"an hour on, and it did close":  {time.Hour, 24 * time.Minute, true},
		"a second on, and it is closed": {time.Second, 24 * time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			var step, ran atomic.Int64
			opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
			opt.Elapsed = func() time.Duration { return time.Duration(ran.Load()) }
			opt.Now = func() time.Time { return storetest.Now.Add(time.Duration(step.Load() + ran.Load())) }
			st := storetest.OpenWith(t, opt)
			if err := st.Apply(t.Context(), storetest.NewLog().People()); err != nil {
				t.Fatal(err)
			}
			o := options(st)
			o.Now = st.Now
			s := open(t, o, 120, 40, "Lucía", "0h23 left")
			s.Press("r")
			s.Type("on my way")
			step.Add(int64(c.step))
			ran.Add(int64(c.pass))
			if c.step > 0 { // the store asks, and the relay tells the time again
				if err := st.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key, Offset: -c.step}); err != nil {
					t.Fatal(err)
				}
			}
			s.Send(LinkMsg{Live: true, Since: storetest.Now})
			s.WaitText("on my way")
			if got := locked(s); got != c.locked {
				t.Errorf("locked is %v, want %v:\n%s", got, c.locked, s.Text())
			}
		})
	}
}

func locked(s *tuitest.Screen) bool { return strings.Contains(s.Text(), "Free text ended") }
