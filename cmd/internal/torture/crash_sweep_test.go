//go:build unix

package torture

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
)

var points = flag.Int("points", 40, "how many fault points each sweep tries; all there are if it is larger")

// sweepers work at once, each in a folder of its own.
const sweepers = 2

// TestSyscallSweep kills a relay at each change it makes to a file, through a
// whole day: the next one has every acknowledged event once in a dense,
// verified chain, takes everything again without doubling it, and knows where
// the send stands.
func TestSyscallSweep(t *testing.T) {
	faults.NeedPtrace(t)
	random := faults.Rand(faults.Seed(t, *seedFlag), 0)
	began := time.Now()
	days := newDays(t, builds.Program(t, "webhookrelay"), sweepers)
	total := days[0].changes(t)[""]
	s := sweep{t: t, random: random}
	for n := range total {
		s.add(faults.Fault{At: n + 1, Kill: true})
	}
	s.run(func(worker int, f faults.Fault) (faults.Point, bool, error) {
		d := days[worker]
		relay, url, err := d.begin(t, f)
		if err != nil {
			return faults.Point{}, false, err
		}
		if url != "" {
			client := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
			err = d.live(t.Context(), over(client, url))
			client.CloseIdleConnections()
			relay.Signal(syscall.SIGTERM)
		}
		_ = relay.Wait()
		point, hit := relay.Hit()
		if err == nil {
			err = d.checkNextMorning(t.Context())
		}
		return point, hit, err
	})
	s.report(began)
}

// changes counts a day without a fault.
func (d *day) changes(t *testing.T) map[string]int {
	t.Helper()
	relay, url, err := d.begin(t, faults.Fault{})
	if err != nil || url == "" {
		t.Fatalf("a day without a fault: %v\n%s", err, relay.Said())
	}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	if err := d.live(t.Context(), over(client, url)); err != nil || len(d.acked) != dayPosts || !d.noted || d.sent != http.StatusOK {
		t.Fatalf("a day without a fault: %v, %d acknowledged, note %v, send %d\n%s", err, len(d.acked), d.noted, d.sent, relay.Said())
	}
	relay.Signal(syscall.SIGTERM)
	if err := relay.Wait(); err != nil {
		t.Fatalf("a day without a fault: %v\n%s", err, relay.Said())
	}
	if err := d.checkNextMorning(t.Context()); err != nil {
		t.Fatalf("a day without a fault: %v", err)
	}
	return relay.Counts()
}

// sweep is a list of faults, tried in an order drawn from the seed.
type sweep struct {
	t      *testing.T
	random *rand.Rand
	faults []faults.Fault

	mu     sync.Mutex
	points map[string]bool // the distinct ones that were hit
	failed int
	missed int
}

func (s *sweep) add(f faults.Fault) { s.faults = append(s.faults, f) }

// run tries at most -points of the faults.
func (s *sweep) run(try func(worker int, f faults.Fault) (faults.Point, bool, error)) {
	s.points = map[string]bool{}
	s.random.Shuffle(len(s.faults), func(i, j int) { s.faults[i], s.faults[j] = s.faults[j], s.faults[i] })
	tried := s.faults[:min(len(s.faults), *points)]
	var sweeping sync.WaitGroup
	for worker := range sweepers {
		sweeping.Go(func() {
			for i := worker; i < len(tried); i += sweepers {
				point, hit, err := try(worker, tried[i])
				s.note(tried[i], point, hit, err)
			}
		})
	}
	sweeping.Wait()
}

func (s *sweep) note(f faults.Fault, point faults.Point, hit bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !hit {
		s.missed++ // the threads met otherwise this time, and there was no such call
	} else {
		s.points[fmt.Sprint(f, " ", f.Lasts, " ", point)] = true
	}
	if err != nil {
		s.failed++
		s.t.Errorf("%v at %v: %v", f, point, err)
	}
}

func (s *sweep) report(began time.Time) {
	s.t.Helper()
	s.t.Logf("%d faults there are, %d of those tried came too late", len(s.faults), s.missed)
	s.t.Logf("figure F4 count=%d failures=%d target=%d took=%s", len(s.points), s.failed, 2000, time.Since(began))
}
