//go:build unix

package torture

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
)

var points = flag.Int("points", 40, "how many fault points each sweep tries; all there are if it is larger")

// sweepers work at once, each in a folder of its own. A long day mostly waits.
const sweepers = 8

// TestSyscallSweep kills a relay at each change it makes to a file, through a
// whole day: the next one has every acknowledged event once in a dense,
// verified chain, takes everything again without doubling it, and knows where
// the send stands.
func TestSyscallSweep(t *testing.T) {
	faults.NeedPtrace(t)
	random := faults.Rand(faults.Seed(t, *seedFlag), 0)
	began := time.Now()
	days := newDays(t, builds.Program(t, "webhookrelay"), sweepers)
	s := sweep{t: t, random: random}
	for n := range days[0].changes(t, false)[faults.Count{}] {
		s.add(false, faults.Fault{At: n + 1, Kill: true})
	}
	for n := range days[0].changes(t, true)[faults.Count{Path: logFile}] {
		s.add(true, faults.Fault{Path: logFile, At: n + 1, Kill: true})
	}
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return days[worker].killed(t, f) })
	s.report(began)
}

// TestSyscallSweepEarlyAnswerLoses is the control: a relay that answers before
// the commit is found out.
func TestSyscallSweepEarlyAnswerLoses(t *testing.T) {
	faults.NeedPtrace(t)
	random := faults.Rand(faults.Seed(t, *seedFlag), 0)
	days := newDays(t, builds.Mutant(t, "webhookrelay", "early", faults.Edit{
		File: "webhookrelay/log.go", Old: "	case l.queue <- &w:\n	}\n", New: "	case l.queue <- &w:\n		return make([]Result, len(w.entries)), nil\n	}\n",
	}), sweepers)
	s := sweep{t: t, random: random, quiet: true}
	for n := range 300 {
		s.add(false, faults.Fault{At: n + 21, Kill: true}) // where posts come in
	}
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return days[worker].killed(t, f) })
	t.Logf("answering before the commit lost something at %d of %d points", s.failed, len(s.points))
	if s.failed*4 < len(s.points) {
		t.Errorf("the sweep is blind: %d of %d points show the loss", s.failed, len(s.points))
	}
}

// logFile is the log itself, which is written when the journal is moved into it.
const logFile = "data/relay.db"

// killed lives a day until the relay is killed.
func (d *day) killed(t *testing.T, f trial) (faults.Point, bool, error) {
	d.long = f.long
	relay, url, err := d.begin(t, f.Fault)
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
}

// changes counts a day without a fault.
func (d *day) changes(t *testing.T, long bool) map[faults.Count]int {
	t.Helper()
	d.long = long
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

// trial is one fault on a day, a long one where the journal is to be moved into
// the log in the middle of it.
type trial struct {
	faults.Fault
	long bool
}

// sweep is a list of faults, tried in an order drawn from the seed.
type sweep struct {
	t      *testing.T
	random *rand.Rand
	trials []trial
	quiet  bool // failures are counted, not told
	// enough is how many failures a control needs to see, 0 for all there are;
	// words stand in those that count.
	enough int
	words  string
	cost   int // how many trials of another sweep one takes as long as; 0 for one

	mu     sync.Mutex
	points map[string]bool // the distinct ones that were hit
	failed int
	missed int
}

func (s *sweep) add(long bool, f faults.Fault) { s.trials = append(s.trials, trial{f, long}) }

// run tries at most -points of the faults.
func (s *sweep) run(try func(worker int, f trial) (faults.Point, bool, error)) {
	s.points = map[string]bool{}
	s.random.Shuffle(len(s.trials), func(i, j int) { s.trials[i], s.trials[j] = s.trials[j], s.trials[i] })
	tried := s.trials
	if s.enough == 0 {
		tried = tried[:min(len(tried), *points/max(1, s.cost))]
	}
	var sweeping sync.WaitGroup
	for worker := range sweepers {
		sweeping.Go(func() {
			for i := worker; i < len(tried) && !s.seen(); i += sweepers {
				point, hit, err := try(worker, tried[i])
				s.note(tried[i], point, hit, err)
			}
		})
	}
	sweeping.Wait()
}

func (s *sweep) seen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enough > 0 && s.failed >= s.enough
}

func (s *sweep) note(f trial, point faults.Point, hit bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !hit {
		s.missed++ // the threads met otherwise this time, and there was no such call
	} else {
		s.points[fmt.Sprint(f, " ", f.Lasts, f.long, " ", point)] = true
	}
	if err != nil && strings.Contains(err.Error(), s.words) {
		s.failed++
		if s.quiet {
			return
		}
		s.t.Errorf("%v at %v: %v", f, point, err)
	}
}

func (s *sweep) report(began time.Time) {
	s.t.Helper()
	s.t.Logf("%d faults there are, %d of those tried came too late", len(s.trials), s.missed)
	s.t.Logf("figure F4 count=%d failures=%d target=2000 took=%s", len(s.points), s.failed, time.Since(began))
}
