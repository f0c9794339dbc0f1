package torture

import (
	"context"
	"flag"
	"sync"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

var restartEvents = flag.Int("events", 20_000, "how long the log is that a relay is killed with and started on again")

// clients is how many terminals come back to a relay that was killed.
const clients = 50

// TestRestart: a relay that is killed with a long log serves again soon, and all
// its terminals are at the head again soon. How soon is told and, since machines
// differ, not judged: the promise is 1 s per million events, and 5 s.
func TestRestart(t *testing.T) {
	began := time.Now()
	r := newRelayProcess(t, builds.Program(t, "webhookrelay"))
	r.start()
	fillLog(t, r, *restartEvents)
	token := r.token("reader")
	head := headOf(t, r.url)
	var heads [clients]*follower
	for i := range heads {
		heads[i] = newFollower(t, r.url, token, head)
	}
	for _, f := range heads {
		f.reach(t, head)
	}
	r.kill()
	killed := time.Now()
	r.start()
	serving := time.Since(killed)
	p := newPoster(r.url, 10*time.Second)
	defer p.close()
	if status, err := p.post(t.Context(), webhook("wamid.after", "34600000001", "still there?")); err != nil || status != 200 {
		t.Fatalf("after the restart: %d, %v", status, err)
	}
	for _, f := range heads {
		f.reach(t, head+1)
	}
	together := time.Since(killed)
	stopped := r.terminate(t)
	failures := 0
	for _, bad := range r.complaints() {
		failures++
		t.Error(bad)
	}
	t.Logf("%d events: serving after %s, %d terminals caught up after %s, SIGTERM drained in %s",
		head, serving.Round(time.Millisecond), clients, together.Round(time.Millisecond), stopped.Round(time.Millisecond))
	t.Logf("figure F11 count=%d failures=%d target=1000000 took=%s", head, failures, time.Since(began).Round(time.Millisecond))
}

// TestRestartsUnderLoad restarts the relay politely, under load, again and
// again: it drains in time, nothing is lost, and nobody is told untruths.
func TestRestartsUnderLoad(t *testing.T) {
	seed := faults.Seed(t, *seedFlag)
	r := newRelayProcess(t, builds.Program(t, "webhookrelay"))
	r.start()
	token := r.token("reader")
	l := newLoad(r.url)
	var running sync.WaitGroup
	for n := range posters {
		running.Go(func() { l.work(t, faults.Rand(seed, uint64(n+1)), n) })
	}
	random := faults.Rand(seed, 0)
	for range max(2, *kills/4) {
		for range random.IntN(40) {
			<-l.acks
		}
		l.hold()
		r.terminate(t)
		r.start()
		l.release()
	}
	close(l.stop)
	running.Wait()
	for _, bad := range append(l.verdict(r.read(token)), r.complaints()...) {
		t.Error(bad)
	}
}

// terminate ends the relay as an administrator does, and returns how long that
// took. Five seconds are promised.
func (r *relayProcess) terminate(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-r.ended
	took := time.Since(began)
	if state := r.cmd.ProcessState; !state.Success() {
		t.Errorf("the relay ended with %s", state)
	}
	if took > 15*time.Second { // three times the promise, for a machine that has more to do
		t.Errorf("the relay took %s to stop", took)
	}
	return took
}

// follower is a terminal's link, and where it is.
type follower struct {
	mu    sync.Mutex
	seq   event.Seq
	moved chan struct{}
}

func newFollower(t *testing.T, url, token string, from event.Seq) *follower {
	t.Helper()
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token)})
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{seq: from - 1, moved: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Follow(ctx, f.at, client.Handler{Apply: func(_ context.Context, events []event.Event) error {
			f.mu.Lock()
			f.seq = events[len(events)-1].Seq
			f.mu.Unlock()
			select {
			case f.moved <- struct{}{}:
			default:
			}
			return nil
		}})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return f
}

func (f *follower) at() event.Seq {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seq
}

func (f *follower) reach(t *testing.T, seq event.Seq) {
	t.Helper()
	limit := time.After(60 * time.Second)
	for f.at() < seq {
		select {
		case <-f.moved:
		case <-limit:
			t.Fatalf("a terminal is at %d and not at %d", f.at(), seq)
		}
	}
}
