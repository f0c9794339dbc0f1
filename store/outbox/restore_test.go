package outbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
)

// losing is the way to a relay on which answers to sends get lost.
type losing struct {
	http.RoundTripper
	loses atomic.Bool
	// silent leaves out of requests what a relay has to know after it was restored.
	silent bool
}

func (l *losing) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path != "/v1/send" {
		return l.RoundTripper.RoundTrip(req)
	}
	if l.silent {
		var fields map[string]json.RawMessage
		body, err := io.ReadAll(req.Body)
		if err == nil {
			err = json.Unmarshal(body, &fields)
		}
		if err != nil {
			return nil, err
		}
		delete(fields, "again")
		if body, err = json.Marshal(fields); err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	resp, err := l.RoundTripper.RoundTrip(req)
	if err == nil && l.loses.Load() {
		_ = resp.Body.Close()
		return nil, errors.New("the answer is lost")
	}
	return resp, err
}

// restored lets a reply reach the network through the relay, loses the answer, puts
// the relay's log back from a backup that knows nothing of it, and lets the
// terminal ask again. It returns how often the network took the reply, and where
// it stands.
func restored(t *testing.T, silent bool) (taken int, state event.JobState) {
	w := newTeam(t, true)
	way := &losing{RoundTripper: w.http.Transport, silent: silent}
	w.http = &http.Client{Transport: way, Timeout: time.Minute}
	ana := w.sit("ana")
	ana.restored = true
	_, err := w.sim.Say(maria, provider.TextContent("Hola"))
	w.must(err)
	c := ana.greeted()
	backup := filepath.Join(t.TempDir(), "backup.db")
	_, err = webhookrelay.Backup(t.Context(), w.relay.Path(), backup, time.Now())
	w.must(err)
	// The network answers after the relay has cut its streams, and posts no receipt:
	// the terminal hears of the reply in no way.
	w.sim.SetWebhook("http://127.0.0.1:1/hooks/meta")
	w.sim.Fault(nil, simulator.Late, 1)
	way.loses.Store(true)
	m := ana.reply(c, "once")
	for deadline := time.Now().Add(time.Minute); len(w.sim.Accepted()) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the network never had the reply")
		}
	}
	w.relay.Stop()
	_, err = webhookrelay.Recover(t.Context(), webhookrelay.Recovery{Path: w.relay.Path(), From: backup, Now: time.Now()})
	w.must(err)
	w.relay.Start()
	way.loses.Store(false)
	ana.outbox.Wake()
	ana.until("what became of it", func() bool {
		state := ana.row(m).Job
		return state != event.JobQueued && state != event.JobSending
	})
	return len(w.sim.Accepted()), ana.row(m).Job
}

// TestRestoredRelayDoublesNothing: what a relay sent after the backup it was
// restored from is not sent again when its terminal asks for it again. Nobody
// knows whether it was sent, and that is what is shown until a receipt comes.
func TestRestoredRelayDoublesNothing(t *testing.T) {
	taken, state := restored(t, false)
	if taken != 1 || state != event.JobUnsure {
		t.Errorf("the network took it %d times, and it is %s", taken, state)
	}
}

// The control: a terminal that does not say that it asks again doubles it.
func TestRestoredRelayDoublesWhatItIsNotTold(t *testing.T) {
	if taken, state := restored(t, true); taken != 2 {
		t.Errorf("the network took it %d times, and it is %s: the test above proves nothing", taken, state)
	}
}
