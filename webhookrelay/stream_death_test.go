package webhookrelay

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var deaths = flag.Int("deaths", 24, "peers that die in TestDeadPeerIsKnown")

// ends are the ways a peer is gone without a word.
var ends = map[string][2]fate{
	"nothing comes through": {drop, drop},
	"nothing to the relay":  {drop, pass},
	"nothing from it":       {pass, drop},
	"the other is frozen":   {freeze, freeze},
}

// A peer that is gone is known on both sides within 25 s, whenever it goes,
// whatever is on the way then and whatever the clocks say; and the terminal
// goes on without a gap. All time here is the bubble's, so that the real
// time-outs run: the figure is not projected.
func TestDeadPeerIsKnown(t *testing.T) {
	const bound = 25 * time.Second
	rng := Seeded(t)
	began := time.Now()
	path := filepath.Join(t.TempDir(), "relay.db")
	var worst time.Duration
	failures := 0
	synctest.Test(t, func(t *testing.T) {
		var jump atomic.Int64
		clock := func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
		p := servePipes(t, Options{Path: path, Now: clock})
		defer p.close()
		token := p.token("ana")
		names := []string{"nothing comes through", "nothing to the relay", "nothing from it", "the other is frozen"}
		jumps := []time.Duration{0, time.Hour, -time.Hour, 365 * 24 * time.Hour, -365 * 24 * time.Hour}
		for n := range *deaths {
			f := p.follow(token, p.relay.log.position().seq, clock)
			f.until(true)
			stop := make(chan struct{})
			done := make(chan struct{})
			pause := time.Duration(rng.IntN(5000)+1) * time.Millisecond
			go func() { // what the team writes meanwhile
				defer close(done)
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					case <-time.After(pause):
						mustAppend(t, p.relay.log, note(t, fmt.Sprint("d", n, "-", i), strings.Repeat("x", int(pause/100_000))))
					}
				}
			}()
			time.Sleep(time.Duration(rng.IntN(30_000)) * time.Millisecond)
			s, how := p.stream("ana"), names[rng.IntN(len(names))]
			dead := time.Now()
			p.link().set(ends[how])
			jump.Store(int64(jumps[rng.IntN(len(jumps))]))
			relay := make(chan time.Duration, 1)
			go func() { <-s.gone; relay <- time.Since(dead) }()
			terminal := f.until(false)
			known := max(terminal, <-relay)
			worst = max(worst, known)
			if known > bound {
				failures++
				t.Errorf("%s: the terminal knew after %v, both after %v", how, terminal, known)
			}
			close(stop)
			<-done
			f.until(true)
			head := p.relay.log.position().seq
			f.stop()
			if f.last < head-1 {
				t.Errorf("%s: it went on to %d of %d", how, f.last, head)
			}
			synctest.Wait() // the relay has noticed, too
		}
	})
	t.Logf("worst %v of %v", worst, bound)
	t.Logf("figure F12 count=%d failures=%d target=500 took=%s", *deaths, failures, time.Since(began).Round(time.Millisecond))
}

// Who lives is not cut, however long nothing happens and however the clocks
// jump.
func TestQuietPeerIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	synctest.Test(t, func(t *testing.T) {
		var jump atomic.Int64
		clock := func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
		p := servePipes(t, Options{Path: path, Now: clock})
		defer p.close()
		f := p.follow(p.token("ana"), 0, clock)
		f.until(true)
		s := p.stream("ana")
		for n := range 60 {
			jump.Store(int64(time.Duration(n%5-2) * 365 * 24 * time.Hour))
			time.Sleep(10 * time.Second)
		}
		select {
		case <-s.gone:
			t.Error("the relay cut it")
		case <-f.live:
			t.Error("the terminal gave up")
		default:
		}
		f.stop()
		synctest.Wait()
	})
}

// A thin link is slow and not stuck: frames that take longer than every
// time-out, with the pings waiting behind them, come through in one connection.
func TestThinLinkCatchesUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	synctest.Test(t, func(t *testing.T) {
		p := servePipes(t, Options{Path: path})
		defer p.close()
		p.rate = 12 << 10
		token := p.token("ana")
		for n := range 4 {
			mustAppend(t, p.relay.log, note(t, fmt.Sprint("n", n), strings.Repeat("x", 400_000*(n%2+1))))
		}
		began := time.Now()
		f := p.follow(token, 0, time.Now)
		if live := <-f.live; !live {
			t.Fatal("the link was lost")
		}
		if took := time.Since(began); took < 2*time.Minute {
			t.Errorf("it took %v: this link is not thin", took)
		}
		f.stop()
		if head := p.relay.log.position().seq; f.last != head || len(p.links) != 1 {
			t.Errorf("%d of %d came, in %d connections", f.last, head, len(p.links))
		}
		synctest.Wait()
	})
}
