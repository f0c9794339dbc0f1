package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const stormClients = 200

// storm lets the clients of a team lose their relay at the same instant, for
// ten seconds, and returns when each of them was back after that, the
// earliest first, and how often all of them dialled in vain.
func storm(t *testing.T, random func() float64) (back []time.Duration, vain int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		const away = 10 * time.Second
		start := time.Now()
		var mu sync.Mutex
		dial := func(context.Context, string, string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			if since := time.Since(start); since >= away {
				back = append(back, since-away)
				return nil, errors.New("enough was seen")
			}
			vain++
			return nil, errors.New("refused")
		}
		var running sync.WaitGroup
		for range stormClients {
			ctx, cancel := context.WithCancel(t.Context())
			c, err := New(Options{
				URL: "http://127.0.0.1:1", Token: provider.Hide("fd_a_b"), Rand: random,
				HTTP: &http.Client{Transport: &http.Transport{DialContext: dial}},
			})
			if err != nil {
				t.Fatal(err)
			}
			running.Go(func() {
				defer cancel()
				_ = c.Follow(ctx, func() event.Seq { return 0 }, Handler{Live: func(bool, error) {
					if time.Since(start) >= away {
						cancel()
					}
				}})
			})
		}
		running.Wait()
	})
	slices.Sort(back)
	return back, vain
}

// worstIn is how many came within the same stretch of time.
func worstIn(stretch time.Duration, times []time.Duration) (worst int) {
	for i, from := range times {
		n, _ := slices.BinarySearch(times, from+stretch)
		worst = max(worst, n-i)
	}
	return worst
}

// Two hundred terminals that lost their relay together do not come back
// together: never more than a tenth in the same tenth of a second, all within
// the longest delay, and they did not hammer at the closed door. Without the
// jitter, as a control, all come at once.
func TestReconnectStormIsSpread(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var mu sync.Mutex
	back, vain := storm(t, func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return rng.Float64()
	})
	if len(back) != stormClients || back[len(back)-1] > lastDelay {
		t.Fatalf("%d came back, the last after %v", len(back), back[len(back)-1])
	}
	if worst := worstIn(100*time.Millisecond, back); worst > stormClients/10 {
		t.Errorf("%d came back within the same tenth of a second", worst)
	}
	if perClient := vain / stormClients; perClient > 12 {
		t.Errorf("each dialled %d times in vain", perClient)
	}
	together, _ := storm(t, func() float64 { return 0.5 })
	if worst := worstIn(100*time.Millisecond, together); worst != stormClients {
		t.Errorf("without jitter only %d came at once: this proved nothing", worst)
	}
}
