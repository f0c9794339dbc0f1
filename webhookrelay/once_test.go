package webhookrelay_test

import (
	"flag"
	"net/http"
	"sync"
	"testing"
	"time"

	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

var onceFacts = flag.Int("facts", 5, "how many facts come in 200 parallel copies each")

// One fact of a network's has one sequence: whatever comes in parallel, again
// after a restart, and again 29 days later. WhatsApp repeats for seven days.
func TestOneFactOneSequence(t *testing.T) {
	began := time.Now()
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	later := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	s := relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) {
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
	}))
	before := events(t, s)
	copies := func(of int) {
		t.Helper()
		var wg sync.WaitGroup
		for n := range *onceFacts {
			body := relaytest.Encode(t, message(n))
			for range of {
				wg.Go(func() {
					if status := s.Post(relaytest.HookID, body, relaytest.Sign(body)); status != http.StatusOK {
						t.Errorf("status %d", status)
					}
				})
			}
		}
		wg.Wait()
		if n := events(t, s) - before; n != *onceFacts {
			t.Fatalf("%d events, want %d", n, *onceFacts)
		}
	}
	copies(200)
	for range 3 {
		s.Stop()
		s.Start()
		copies(20)
	}
	for range 29 {
		later(24 * time.Hour)
		copies(2)
	}
	s.Stop()
	s.Start()
	copies(2)
	later(-40 * 24 * time.Hour) // and a clock that is set back
	copies(2)
	if n := count(t, s, "select count(*) from raw"); n != *onceFacts {
		t.Errorf("%d bodies", n)
	}
	books := balanced(t, s)
	if got := page(books, relaytest.HookID).Posts; got.Stored != int64(*onceFacts) || got.Duplicate != int64(*onceFacts)*(199+60+58+4) {
		t.Errorf("books: %+v", got)
	}
	extra, sent := events(t, s)-before-*onceFacts, page(books, relaytest.HookID).Posts.Received
	t.Logf("figure P2 count=%d failures=%d target=%d took=%s", sent, extra, sent, time.Since(began).Round(time.Millisecond))
}

// earlyLock is the mistake a known product shipped: whether a fact is new is
// asked under a lock that is released before it is written.
type earlyLock struct {
	mu    sync.Mutex
	known map[string]bool
	log   []string
}

func (l *earlyLock) append(id string, between func()) {
	l.mu.Lock()
	known := l.known[id]
	l.mu.Unlock()
	between()
	if known {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known[id] = true
	l.log = append(l.log, id)
}

// The control: parallel copies find that mistake.
func TestEarlyLockDuplicates(t *testing.T) {
	l := &earlyLock{known: map[string]bool{}}
	var asked, wg sync.WaitGroup
	asked.Add(200)
	for range 200 {
		wg.Go(func() {
			l.append("m:1", func() { asked.Done(); asked.Wait() })
		})
	}
	wg.Wait()
	if len(l.log) < 2 {
		t.Errorf("%d copies were written: the test cannot fail", len(l.log))
	}
}
