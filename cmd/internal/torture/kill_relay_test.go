package torture

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/webhookrelay/event"
)

var (
	kills   = flag.Int("kills", 15, "how often a relay under load is killed")
	doubles = flag.Int("doubles", 4, "how many webhooks are posted in 200 copies at once")
)

const posters = 4

// TestKillLoop kills a relay under load again and again. What it acknowledged
// is in its log once, in the order of the acknowledgements, without a gap; the
// chain holds and the books balance.
func TestKillLoop(t *testing.T) {
	began := time.Now()
	r := newRelayProcess(t, builds.Program(t, "webhookrelay"))
	l, bad := killLoop(t, r, faults.Seed(t, *seedFlag), *kills)
	r.kill()
	if out, err := r.run("check"); err != nil {
		bad = append(bad, fmt.Sprintf("%v\n%s", err, out))
	}
	for _, b := range bad[:min(len(bad), 10)] {
		t.Error(b)
	}
	took := time.Since(began)
	t.Logf("%d acknowledged, %d of them after a repetition, %.1f kills/s", len(l.acked), l.repeated, float64(*kills)/took.Seconds())
	t.Logf("figure F1 count=%d failures=%d target=10000 took=%s", *kills, len(bad), took.Round(time.Millisecond))
}

// TestHastyAnswerLoses is the negative control: a relay that answers when a
// webhook waits for its commit, and not after it, loses some of what it
// acknowledged.
func TestHastyAnswerLoses(t *testing.T) {
	seed := faults.Seed(t, *seedFlag)
	program := builds.Mutant(t, "webhookrelay", "hasty", faults.Edit{
		File: "webhookrelay/log.go",
		Old:  "	case l.queue <- &w:\n",
		New:  "	case l.queue <- &w:\n		if w.raw != nil {\n			return make([]Result, len(w.entries)), nil\n		}\n",
	})
	for n := range uint64(10) {
		r := newRelayProcess(t, program)
		l, bad := killLoop(t, r, seed+n, 8)
		if len(bad) >= len(l.acked) {
			t.Fatalf("it loses all %d that it acknowledged: that proves nothing", len(l.acked))
		}
		if len(bad) > 0 {
			t.Logf("after %d rounds %d of %d are wrong: %s", n+1, len(bad), len(l.acked), bad[0])
			return
		}
		r.kill()
	}
	t.Error("a relay that answers before it commits loses nothing")
}

// killLoop kills the relay n times under load, and tells what is wrong with its
// log afterwards. The relay serves when it returns.
func killLoop(t *testing.T, r *relayProcess, seed uint64, n int) (*load, []string) {
	t.Helper()
	r.start()
	token := r.token("reader")
	epoch := r.read(token).hello.Epoch
	l := newLoad(r.url)
	var running sync.WaitGroup
	for i := range posters {
		running.Go(func() { l.work(t, faults.Rand(seed, uint64(i+1)), i) })
	}
	random := faults.Rand(seed, 0)
	for range n {
		l.killSoon(t, r, random)
	}
	close(l.stop)
	running.Wait()
	log := r.read(token)
	bad := append(l.verdict(log), r.complaints()...)
	if log.hello.Epoch != epoch {
		bad = append(bad, "the epoch changed")
	}
	return l, bad
}

// load is what several networks post at once.
type load struct {
	url  string
	stop chan struct{}

	mu       sync.Mutex
	up       chan struct{}   // closed while the relay serves
	acks     chan struct{}   // one per acknowledgement, as far as anybody looks
	acked    map[string]bool // by message id
	order    [][]string      // by poster: each was acknowledged before the next was posted
	repeated int
}

func newLoad(url string) *load {
	l := &load{
		url: url, stop: make(chan struct{}), up: make(chan struct{}), acks: make(chan struct{}, 1),
		acked: map[string]bool{}, order: make([][]string, posters),
	}
	close(l.up)
	return l
}

// killSoon kills the relay after some acknowledgements or some time, sometimes
// before it serves, and returns when it serves again.
func (l *load) killSoon(t *testing.T, r *relayProcess, random *rand.Rand) {
	t.Helper()
	if random.IntN(2) == 0 {
		for range random.IntN(60) {
			<-l.acks
		}
	} else {
		<-time.After(time.Duration(random.IntN(60_000)) * time.Microsecond) // any moment is as good as another
	}
	l.hold()
	r.kill()
	if random.IntN(5) == 0 { // and again, somewhere in its start
		if _, err := r.launch(); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Duration(random.IntN(40_000)) * time.Microsecond)
		r.kill()
	}
	r.start()
	l.release()
}

// hold tells posters that the relay goes away, release that it serves again.
func (l *load) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up = make(chan struct{})
}

func (l *load) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.up)
}

// work posts messages until it is stopped, each until it is acknowledged, some
// again after that or twice at once.
func (l *load) work(t *testing.T, random *rand.Rand, n int) {
	p := newPoster(l.url, 10*time.Second)
	defer p.close()
	for i := 0; ; i++ {
		select {
		case <-l.stop:
			return
		default:
		}
		id := fmt.Sprintf("wamid.%d.%d", n, i)
		body := webhook(id, fmt.Sprintf("3460000%02d%02d", n, i%40), "message "+id)
		var beside sync.WaitGroup
		if random.IntN(6) == 0 {
			beside.Go(func() { _, _ = p.post(t.Context(), body) })
		}
		if !l.insist(t, p, body) {
			return
		}
		beside.Wait()
		l.acknowledge(n, id)
		if random.IntN(6) == 0 {
			_, _ = p.post(t.Context(), body)
		}
	}
}

// insist posts until 200, as networks do.
func (l *load) insist(t *testing.T, p *poster, body []byte) bool {
	for tries := 0; ; tries++ {
		status, err := p.post(t.Context(), body)
		switch {
		case err == nil && status == http.StatusOK:
			l.mu.Lock()
			l.repeated += min(tries, 1)
			l.mu.Unlock()
			return true
		case err == nil && status < 500:
			t.Errorf("a signed webhook is answered %d", status)
			return false
		case tries > 1000:
			t.Error("a webhook is never taken")
			return false
		}
		l.mu.Lock()
		up := l.up
		l.mu.Unlock()
		<-up
	}
}

func (l *load) acknowledge(n int, id string) {
	l.mu.Lock()
	l.acked[id] = true
	l.order[n] = append(l.order[n], id)
	l.mu.Unlock()
	select {
	case l.acks <- struct{}{}:
	default:
	}
}

// verdict compares what was acknowledged with the log.
func (l *load) verdict(log logged) (bad []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	places := map[string][]event.Seq{}
	for i, e := range log.events {
		if e.Seq != event.Seq(i+1) {
			bad = append(bad, fmt.Sprintf("sequence %d stands at place %d", e.Seq, i+1))
		}
		if id, ok := strings.CutPrefix(e.ID, "m:"); ok {
			places[id] = append(places[id], e.Seq)
		}
	}
	for id, at := range places {
		if len(at) > 1 {
			bad = append(bad, fmt.Sprintf("%s is in the log %d times", id, len(at)))
		}
	}
	for _, ids := range l.order {
		last := event.Seq(0)
		for _, id := range ids {
			at := places[id]
			switch {
			case len(at) == 0:
				bad = append(bad, id+" was acknowledged and is lost")
			case at[0] <= last:
				bad = append(bad, fmt.Sprintf("%s is at %d, and was acknowledged after %d", id, at[0], last))
			default:
				last = at[0]
			}
		}
	}
	return bad
}

const copies = 200

// TestOneEventOneSequence: 200 copies of one webhook at once, some of them while
// the relay is killed and started again, are one event.
func TestOneEventOneSequence(t *testing.T) {
	began := time.Now()
	r := newRelayProcess(t, builds.Program(t, "webhookrelay"))
	r.start()
	token := r.token("reader")
	for n := range *doubles {
		body := webhook(fmt.Sprintf("wamid.double.%d", n), "34600000001", "again and again")
		l := newLoad(r.url)
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.copies(t, body)
		}()
		if n%4 == 3 { // in the middle of them
			<-l.acks
			l.hold()
			r.kill()
			r.start()
			l.release()
		}
		<-done
	}
	failures := 0
	for id, n := range counted(r.read(token)) {
		if n != 1 {
			failures++
			t.Errorf("%s is in the log %d times", id, n)
		}
	}
	r.kill()
	if out, err := r.run("check"); err != nil {
		failures++
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("figure F1d count=%d failures=%d target=1000 took=%s", *doubles, failures, time.Since(began).Round(time.Millisecond))
}

// copies posts the body in many copies at once, each until it is acknowledged.
func (l *load) copies(t *testing.T, body []byte) {
	p := newPoster(l.url, 20*time.Second)
	defer p.close()
	var all sync.WaitGroup
	for n := range copies {
		all.Go(func() {
			if l.insist(t, p, body) {
				l.acknowledge(0, fmt.Sprint(n))
			}
		})
	}
	all.Wait()
}

// counted is how often the log has each message.
func counted(log logged) map[string]int {
	n := map[string]int{}
	for _, e := range log.events {
		if id, ok := strings.CutPrefix(e.ID, "m:"); ok {
			n[id]++
		}
	}
	return n
}

// TestEarlyUnlockDuplicates is the negative control: a relay that looks for
// copies before it writes, and not in the commit, has none where they come one
// after another and many where they come at once.
func TestEarlyUnlockDuplicates(t *testing.T) {
	r := newRelayProcess(t, builds.Mutant(t, "webhookrelay", "early-unlock",
		faults.Edit{
			File: "webhookrelay/log.go",
			Old: `		l.identify(&w.entries[i])
`,
			New: `		l.identify(&w.entries[i])
		var there event.Seq
		if l.read.QueryRowContext(ctx, "select seq from event where substr(dedupe, 1, 16) = ?", w.entries[i].dedupe).Scan(&there) == nil {
			return []Result{{Seq: there, Duplicate: true}}, nil
		}
`,
		},
		faults.Edit{
			File: "webhookrelay/logtx.go",
			Old:  "int64(seq), key, rawRef,",
			New:  "int64(seq), append(append([]byte(nil), key...), e.salt...), rawRef,",
		},
	))
	r.start()
	token := r.token("reader")
	p := newPoster(r.url, 20*time.Second)
	defer p.close()
	calm := webhook("wamid.calm", "34600000001", "once more")
	for range 5 {
		if status, err := p.post(context.Background(), calm); err != nil || status != http.StatusOK {
			t.Fatalf("%d, %v", status, err)
		}
	}
	most := 0
	for i := 0; i < 5 && most < 2; i++ {
		id := fmt.Sprintf("wamid.double.%d", i)
		newLoad(r.url).copies(t, webhook(id, "34600000001", "again and again"))
		most = counted(r.read(token))[id]
	}
	if n := counted(r.read(token))["wamid.calm"]; n != 1 {
		t.Errorf("one after another: %d times", n)
	}
	if most < 2 {
		t.Error("the lock is released early and 200 copies are one event")
	}
	t.Logf("200 copies became %d events", most)
}
