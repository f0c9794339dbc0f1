package webhookrelay

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

var slowPairs = flag.Int("slowpairs", 1, "pairs of rushes, without and with a stuck terminal, in TestSlowTerminalHarmsNobody")

// tcpRelay is a relay on a real socket.
type tcpRelay struct {
	relay        *Relay
	address      string
	token        string
	mu           sync.Mutex
	appended     map[event.Seq]time.Time
	appendedUpTo event.Seq
}

func serveTCP(t *testing.T, write time.Duration) *tcpRelay {
	t.Helper()
	relay, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "relay.db")})
	if err != nil {
		t.Fatal(err)
	}
	relay.times.write = write
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(relay.Handler(), slog.New(slog.DiscardHandler))
	go server.Serve(l)
	t.Cleanup(func() {
		if err := relay.Close(); err != nil {
			t.Error(err)
		}
		_ = server.Close()
	})
	r := &tcpRelay{relay: relay, address: l.Addr().String(), appended: map[event.Seq]time.Time{}}
	if r.token, err = relay.Tokens().Add(t.Context(), "ana", RoleAgent); err != nil {
		t.Fatal(err)
	}
	return r
}

// dial opens a stream whose kernel keeps so much of what is not read.
func (r *tcpRelay) dial(t *testing.T, after event.Seq, buffer int) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{ReadBufferSize: 4 << 10, NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			_ = c.(*net.TCPConn).SetReadBuffer(buffer)
		}
		return c, err
	}}
	conn, _, err := d.DialContext(t.Context(), fmt.Sprintf("ws://%s/v1/stream?after=%d", r.address, after),
		http.Header{"Authorization": {"Bearer " + r.token}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// rush appends n events, one commit each.
func (r *tcpRelay) rush(t *testing.T, name string, n, size int) {
	t.Helper()
	for i := range n {
		r.mu.Lock()
		r.appendedUpTo++
		r.appended[r.appendedUpTo] = time.Now()
		r.mu.Unlock()
		mustAppend(t, r.relay.log, note(t, fmt.Sprint(name, i), strings.Repeat("x", size)))
	}
}

// reader reads a stream as fast as it comes.
type reader struct {
	conn *websocket.Conn
	last event.Seq
	took []time.Duration
	err  error
}

// readTo reads until a sequence, and fails at the first that is not due.
func (rd *reader) readTo(r *tcpRelay, to event.Seq) {
	for rd.last < to {
		_ = rd.conn.SetReadDeadline(time.Now().Add(30 * time.Second))
		_, raw, err := rd.conn.ReadMessage()
		if err != nil {
			rd.err = err
			return
		}
		var f struct {
			Events []struct {
				Seq event.Seq `json:"seq"`
			} `json:"events"`
		}
		if rd.err = json.Unmarshal(raw, &f); rd.err != nil {
			return
		}
		now := time.Now()
		for _, e := range f.Events {
			if e.Seq != rd.last+1 {
				rd.err = fmt.Errorf("%d came after %d", e.Seq, rd.last)
				return
			}
			rd.last = e.Seq
			r.mu.Lock()
			rd.took = append(rd.took, now.Sub(r.appended[e.Seq]))
			r.mu.Unlock()
		}
	}
}

func p99(readers []*reader) time.Duration {
	var all []time.Duration
	for _, rd := range readers {
		all = append(all, rd.took...)
		rd.took = nil
	}
	slices.Sort(all)
	return all[len(all)*99/100]
}

// One of a hundred terminals reads nothing while events rush by: the others
// miss nothing, the ring keeps its size, the stuck one is cut at the write
// deadline, and goes on where it was. The deadline is the real one: with a
// shorter one a machine that has no time for a goroutine cuts the others too.
// The others' latency is told as a ratio of interleaved runs.
func TestSlowTerminalHarmsNobody(t *testing.T) {
	const events, size = 40, 16 << 10
	terminals := 100
	if testing.Short() {
		terminals = 30 // the race detector sees the same in fewer
	}
	began := time.Now()
	r := serveTCP(t, 5*time.Second)
	r.appendedUpTo = r.relay.log.position().seq
	readers := make([]*reader, terminals-1)
	for i := range readers {
		readers[i] = &reader{conn: r.dial(t, r.appendedUpTo, 1<<20), last: r.appendedUpTo}
	}
	rush := func(name string) time.Duration {
		var wg sync.WaitGroup
		to := r.appendedUpTo + events
		for _, rd := range readers {
			wg.Go(func() { rd.readTo(r, to) })
		}
		r.rush(t, name, events, size)
		wg.Wait()
		return p99(readers)
	}
	rush("warm")
	var ratios []float64
	for n := range *slowPairs {
		alone := rush(fmt.Sprint("alone", n))
		known := r.open()
		stuck := r.dial(t, r.appendedUpTo-events, 16<<10) // it is behind, too
		s := r.newest(t, known)
		beside := rush(fmt.Sprint("beside", n))
		ratios = append(ratios, float64(beside)/float64(alone))
		select {
		case <-s.gone:
		case <-time.After(30 * time.Second):
			t.Error("the stuck terminal was not cut")
		}
		_ = stuck.Close()
		again := &reader{conn: r.dial(t, r.appendedUpTo-events, 1<<20), last: r.appendedUpTo - events}
		again.readTo(r, r.appendedUpTo)
		if again.err != nil {
			t.Errorf("the stuck terminal, dialling again: %v", again.err)
		}
		_ = again.conn.Close()
	}
	failures := 0
	for i, rd := range readers {
		if rd.err != nil {
			failures++
			t.Errorf("terminal %d: %v", i, rd.err)
		}
	}
	r.relay.log.mu.Lock()
	if n := len(r.relay.log.tail.frames); n > ringFrames {
		t.Errorf("the ring keeps %d frames", n)
	}
	r.relay.log.mu.Unlock()
	slices.Sort(ratios)
	t.Logf("p99 of the others beside a stuck one, in units of without: %.2f (median of %d)", ratios[len(ratios)/2], len(ratios))
	t.Logf("figure F15 count=%d failures=%d target=1000000 took=%s", events**slowPairs, failures, time.Since(began).Round(time.Millisecond))
}

func (r *tcpRelay) open() map[*stream]bool {
	r.relay.streams.mu.Lock()
	defer r.relay.streams.mu.Unlock()
	known := map[*stream]bool{}
	for s := range r.relay.streams.open {
		known[s] = true
	}
	return known
}

// newest waits for a stream that was not known.
func (r *tcpRelay) newest(t *testing.T, known map[*stream]bool) *stream {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		for s := range r.open() {
			if !known[s] {
				return s
			}
		}
	}
	t.Fatal("no stream was opened")
	return nil
}

// What a stuck terminal costs is one frame from the log, however far behind it
// is: less than 1 MiB a socket.
func TestStuckTerminalsCostLittle(t *testing.T) {
	const stuck = 20
	r := serveTCP(t, time.Minute)
	r.rush(t, "n", 60, 100_000)
	memory := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	before := memory()
	for range stuck {
		r.dial(t, 0, 16<<10)
	}
	stuckOnes := func() (n int) {
		for s := range r.open() {
			if s.writing.Load() {
				n++
			}
		}
		return n
	}
	for deadline := time.Now().Add(20 * time.Second); stuckOnes() < stuck; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d are stuck", stuckOnes(), stuck)
		}
	}
	if each := int64(memory()-before) / stuck; each > 1<<20 {
		t.Errorf("a stuck terminal costs %d KiB", each>>10)
	} else {
		t.Logf("a stuck terminal costs %d KiB", each>>10)
	}
	for s := range r.open() {
		s.end(0, "")
	}
}

// With the real write deadline: a terminal that takes nothing is cut after 5 s,
// not before and not later, and goes on from its cursor.
func TestStuckTerminalIsCutAtTheWriteDeadline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	synctest.Test(t, func(t *testing.T) {
		p := servePipes(t, Options{Path: path})
		defer p.close()
		token := p.token("ana")
		f := p.follow(token, 0, time.Now)
		f.until(true)
		s := p.stream("ana")
		p.link().set([2]fate{pass, freeze})
		time.Sleep(time.Second)
		mustAppend(t, p.relay.log, note(t, "a", strings.Repeat("x", 100_000)))
		began := time.Now()
		<-s.gone
		if took := time.Since(began); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("cut after %v", took)
		}
		f.until(false)
		f.until(true)
		f.stop()
		if head := p.relay.log.position().seq; f.last != head {
			t.Errorf("it went on to %d of %d", f.last, head)
		}
		synctest.Wait()
	})
}
