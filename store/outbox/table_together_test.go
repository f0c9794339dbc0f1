package outbox_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/store"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay/event"
)

// needTheClock are the rows whose end is a matter of time: on a slow machine it
// may be another.
var needTheClock = map[string]string{
	"no status line/hangs":                            "the attempt ends by the clock",
	"no status line/hangs in the body":                "the attempt ends by the clock",
	"zero bytes written/twice: as if never connected": "the next attempt is taken",
}

// together is one row on its way beside all others.
type together struct {
	row
	far     *peer
	account provider.Account
	driver  provider.Provider
	key     store.MessageKey
}

// TestPolicyTableTogether carries all rows of the table out at once, with one
// store and one outbox, over real sockets: an inbox for each row. It judges what
// becomes of a message, and no time: it is the race detector's, which TestPolicyTable
// is not.
func TestPolicyTableTogether(t *testing.T) {
	rows := map[provider.AccountID]*together{}
	for i, r := range allRows() {
		if needTheClock[r.class+"/"+r.name] != "" {
			continue
		}
		id := provider.AccountID(fmt.Sprintf("inbox-%02d", i))
		w := &together{row: r, far: r.peer(t), account: provider.Account{ID: id, Network: provider.WhatsApp, Driver: cloudapi.Name, Name: string(id)}}
		w.driver = w.far.driver(t, w.account)
		rows[id] = w
	}
	if n := len(allRows()) - len(rows); n != len(needTheClock) {
		t.Fatalf("%d rows are left out, and %d have a reason", n, len(needTheClock))
	}
	s := manyInboxes(t, rows)
	watch := s.Watch()
	defer watch.Close()
	for id, w := range rows {
		var err error
		if w.key, err = s.Send(t.Context(), provider.Outgoing{To: key(string(id), "34600111222"), Content: provider.TextContent("hello")}); err != nil {
			t.Fatal(err)
		}
	}
	o := outbox.New(outbox.Options{
		Store: s, Publish: &relay{}, Timeout: 5 * time.Minute, // nothing here waits for it
		Providers: func(id provider.AccountID) (provider.Provider, bool) {
			w, ok := rows[id]
			if !ok {
				return nil, false
			}
			return w.driver, true
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	for waiting := rows; len(waiting) > 0; {
		left := map[provider.AccountID]*together{}
		for id, w := range waiting {
			if !w.judged(t, s) {
				left[id] = w
			}
		}
		if waiting = left; len(waiting) > 0 {
			<-watch.C()
			watch.Take()
		}
	}
}

// manyInboxes is a store with an inbox for each row, and a customer in each.
func manyInboxes(t *testing.T, rows map[provider.AccountID]*together) *store.Store {
	t.Helper()
	n := 0
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: time.Now,
		NewOp:  func() provider.OpID { n++; return provider.OpID(fmt.Sprintf("op-%03d", n)) },
		Window: func(string, provider.Network) provider.WindowRule { return rules },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Hello(t.Context(), store.Hello{Epoch: "one", Key: teamKey}); err != nil {
		t.Fatal(err)
	}
	var events []event.Event
	add := func(e event.Event) {
		e.Seq, e.Version, e.At = event.Seq(len(events)+1), 1, time.Now()
		events = append(events, e)
	}
	for id, w := range rows {
		add(event.Event{ID: "account:" + string(id), Account: id, Kind: event.KindAccount, Body: event.AccountDefined{Account: w.account}})
		add(event.Event{
			ID: "m:" + string(id), Account: id, Conversation: teamKey.Conversation(key(string(id), "34600111222")), Kind: provider.KindMessage,
			Body: provider.MessageReceived{
				Message: provider.MessageID("in." + string(id)), From: provider.Sender{User: "34600111222", Phone: "34600111222"}, SentAt: time.Now(), Content: provider.TextContent("hi"),
			},
		})
	}
	if err := s.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	return s
}

// judged reports whether the message is where the row wants it, or goes no
// further. What waits may have been tried again meanwhile; what does not, never.
func (w *together) judged(t *testing.T, s *store.Store) bool {
	t.Helper()
	m, err := s.Message(t.Context(), w.key)
	if err != nil {
		t.Fatal(err)
	}
	queued := m.Job == event.JobQueued
	if m.Job == event.JobSending || queued && (m.Error == nil || w.want.state == event.JobSent) {
		return false
	}
	name := w.class + "/" + w.name
	if m.Job != w.want.state || (m.Error == nil) != (w.want.reason == "") || m.Error != nil && m.Error.Reason != w.want.reason {
		t.Errorf("%s: it is %s (%v), want %s (%s)", name, m.Job, m.Error, w.want.state, w.want.reason)
		return true
	}
	if m.Error != nil && (m.Error.Text == "" || (m.Job == event.JobUnsure) != m.Error.Uncertain) {
		t.Errorf("%s: it says %+v", name, m.Error)
	}
	if n := w.far.requests.Load(); n < w.want.requests || !queued && n != w.want.requests {
		t.Errorf("%s: %d requests came, want %d", name, n, w.want.requests)
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	paused := slices.ContainsFunc(counts.Outbox.Paused, func(p store.PausedAccount) bool { return p.Account == w.account.ID })
	if paused != w.want.paused {
		t.Errorf("%s: paused %v, want %v", name, paused, w.want.paused)
	}
	return true
}
