package webhookrelay_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

func impatient(o *webhookrelay.Options) {
	o.Send = webhookrelay.SendLimits{Patience: 20 * time.Millisecond, Queue: 50 * time.Millisecond, Drain: time.Millisecond}
}

// TestGatewayIsAskedAgain: a network that takes its time is answered for with
// "sending"; the same operation asked again is on the wire once, and gets the
// outcome when there is one.
func TestGatewayIsAskedAgain(t *testing.T) {
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 8), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p), relaytest.With(impatient))
	token := s.Token("ana")
	for range 3 {
		if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusAccepted || a.State != "sending" {
			t.Fatalf("status %d, %+v", status, a)
		}
	}
	close(p.leave)
	status, a := 0, sendAnswer{}
	for status != http.StatusOK && status != http.StatusInternalServerError {
		status, a = send(t, s, token, outgoing("op-1"))
	}
	if a.Message != "wamid.out.op-1" || p.attempts() != 1 {
		t.Errorf("%+v after %d attempts", a, p.attempts())
	}
}

// TestGatewayDiesOnTheWire: a relay that ended between the wire and its log
// knows that it does not know: the operation is unsure there, for whoever asks,
// and it is not sent again.
func TestGatewayDiesOnTheWire(t *testing.T) {
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 1), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p), relaytest.With(impatient))
	token := s.Token("ana")
	if status, _ := send(t, s, token, outgoing("op-1")); status != http.StatusAccepted {
		t.Fatalf("status %d", status)
	}
	<-p.enter
	left := filepath.Join(t.TempDir(), "relay.db")
	for _, suffix := range []string{".head", "-wal", ""} { // what is on disk while the network has not answered
		copyOf(t, s.Path()+suffix, left+suffix)
	}
	fresh := gated()
	after := relaytest.New(t, relaytest.WithProvider(fresh), relaytest.With(func(o *webhookrelay.Options) { o.Path = left }))
	for range 2 {
		if status, a := send(t, after, token, outgoing("op-1")); status != http.StatusConflict || a.Error == nil || !a.Error.Uncertain {
			t.Errorf("status %d, %+v", status, a)
		}
	}
	if fresh.attempts() != 0 {
		t.Error("it was sent again")
	}
	term := follow(t, after.URL, token, 0)
	term.waitFor(event.Seq(events(t, after)))
	term.stop()
	if got := states(t, term, "op-1"); got != "sending unsure" {
		t.Errorf("the log says %q", got)
	}
	after.Receive(receiptOf("op-1", "wamid.proof"))
	if status, a := send(t, after, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.proof" {
		t.Errorf("after the receipt: status %d, %+v", status, a)
	}
	close(p.leave)
}

func copyOf(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// metered is a network with a throughput, which once asks for a pause. It counts
// what came when it should not have.
type metered struct {
	scripted
	rate  float64
	pause time.Duration

	mu        sync.Mutex
	began     []time.Time
	from, to  time.Time // the pause
	forbidden int
}

func (p *metered) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{Rate: provider.RateLimit{PerSecond: p.rate}}
}

const (
	// answerSpreads is how long an answer may take to become known to the others,
	// and what was let go before it to leave: much of it on a slow machine.
	answerSpreads = time.Second
	// unevenness is how far apart two that leave in turn may be seen.
	unevenness = 30 * time.Millisecond
)

func (p *metered) judge() *provider.Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.began = append(p.began, now)
	switch {
	case len(p.began) == 30:
		p.from, p.to = now.Add(answerSpreads), now.Add(p.pause)
		return &provider.Error{Op: "send", Reason: provider.RateLimited, After: p.pause, Text: "slow down"}
	case !p.from.IsZero() && now.After(p.from) && now.Before(p.to):
		p.forbidden++
	}
	return nil
}

func (p *metered) most(in time.Duration) (most int) {
	for i := range p.began {
		n := 0
		for _, at := range p.began[i:] {
			if at.Sub(p.began[i]) < in {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// TestFiftyTerminalsAtOnce: however many terminals start together, what leaves
// through the gateway stays within the network's throughput, and nothing leaves
// in a pause that the network asked one of them for.
func TestFiftyTerminalsAtOnce(t *testing.T) {
	p := &metered{scripted: scripted{account: gated().account}, rate: 60, pause: answerSpreads + time.Second}
	s := relaytest.New(t, relaytest.WithProvider(judged{p}))
	token := s.Token("ana")
	var terminals sync.WaitGroup
	for i := range 50 {
		terminals.Go(func() {
			for n := range 2 {
				m := outgoing(provider.OpID("op-" + string(rune('a'+i)) + string(rune('0'+n))))
				m.To.Chat = provider.ChatID("346001112" + string(rune('0'+i/10)) + string(rune('0'+i%10)))
				for {
					status, a := send(t, s, token, m)
					if status == http.StatusOK {
						break
					}
					if a.Error == nil || !a.Error.Retryable() {
						t.Errorf("status %d, %+v", status, a.Error)
						return
					}
					<-time.After(a.Error.After + time.Duration(i)*time.Millisecond)
				}
			}
		})
	}
	terminals.Wait()
	if p.forbidden != 0 {
		t.Errorf("%d attempts in the pause the network asked for", p.forbidden)
	}
	if most := p.most(time.Second - unevenness); most > 60 {
		t.Errorf("%d attempts in a second, at most 60", most)
	}
	if len(p.began) != 101 {
		t.Errorf("%d attempts at 100 messages, one of them slowed", len(p.began))
	}
}

// judged asks the meter before the script.
type judged struct{ *metered }

func (j judged) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	if e := j.judge(); e != nil {
		return "", e
	}
	return j.scripted.Send(ctx, m)
}
