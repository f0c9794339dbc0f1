package webhookrelay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// failing is an older driver: it signs as the newer one does, and fails at what
// it does not know in the way it is told to.
type failing struct {
	relaytest.Webhook
	fail func([]provider.Event) ([]provider.Event, error)
}

func (f failing) Decode(body []byte) ([]provider.Event, error) {
	events, err := f.Webhook.Decode(body)
	if err != nil {
		return nil, err
	}
	return f.fail(events)
}

// armed is a body that panics where it is touched.
type armed struct{ in string }

func (a armed) Kind() string {
	if a.in == "kind" {
		panic("SECRET-PANIC")
	}
	return "armed"
}

func (a armed) MarshalJSON() ([]byte, error) {
	if a.in == "body" {
		panic("SECRET-PANIC")
	}
	return nil, errors.New("SECRET-ERROR")
}

func quarantine(t testing.TB, s *relaytest.Server, hooks ...webhookrelay.Hook) *webhookrelay.Quarantine {
	t.Helper()
	account := webhookrelay.Account{
		Account: provider.Account{ID: relaytest.Account}, Hook: relaytest.HookID,
		Routes: []provider.Route{provider.Route(relaytest.Account), "added"},
	}
	if len(hooks) == 0 {
		hooks = []webhookrelay.Hook{{ID: relaytest.HookID, Webhook: relaytest.Webhook{}}}
	}
	q, err := webhookrelay.OpenQuarantine(t.Context(), s.Path(), hooks, []webhookrelay.Account{account})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

func reprocess(t testing.TB, q *webhookrelay.Quarantine) []webhookrelay.Reprocessed {
	t.Helper()
	done, err := q.Reprocess(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func open(t testing.TB, q *webhookrelay.Quarantine) []webhookrelay.Quarantined {
	t.Helper()
	list, err := q.List(t.Context(), "", false)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// balanced fails unless the log is as it must be, and returns the books.
func balanced(t testing.TB, s *relaytest.Server) webhookrelay.Books {
	t.Helper()
	report, err := webhookrelay.Check(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range report.Findings {
		t.Errorf("the log does not balance: %s", finding)
	}
	return report.Books
}

// Whatever an older driver does with a body, it is answered 200 and kept whole;
// a newer one finds in it what it would have found at first, once, beside a
// relay that serves and tells it to terminals.
func TestReprocessAfterAnUpgrade(t *testing.T) {
	second := func(change func(*provider.Event)) func([]provider.Event) ([]provider.Event, error) {
		return func(events []provider.Event) ([]provider.Event, error) {
			change(&events[1])
			return events, nil
		}
	}
	for name, c := range map[string]struct {
		fail   func([]provider.Event) ([]provider.Event, error)
		placed int // of the three in the POST, at first
	}{
		"error":              {func([]provider.Event) ([]provider.Event, error) { return nil, errors.New("SECRET-ERROR") }, 0},
		"panic":              {func([]provider.Event) ([]provider.Event, error) { panic("SECRET-PANIC") }, 0},
		"no event":           {func([]provider.Event) ([]provider.Event, error) { return nil, nil }, 0},
		"event without id":   {second(func(e *provider.Event) { e.ID = "" }), 2},
		"event without body": {second(func(e *provider.Event) { e.ID, e.Body = "h:1", nil }), 2},
		"event of no route":  {second(func(e *provider.Event) { e.Route = "nowhere" }), 2},
		"body panics":        {second(func(e *provider.Event) { e.Body = armed{"body"} }), 2},
		"kind panics":        {second(func(e *provider.Event) { e.Body = armed{"kind"} }), 2},
		"body has no form":   {second(func(e *provider.Event) { e.Body = armed{} }), 2},
		"nil pointer":        {second(func(e *provider.Event) { e.Body = (*provider.MessageReceived)(nil) }), 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "old", Webhook: failing{fail: c.fail}}),
				relaytest.With(func(o *webhookrelay.Options) { o.Accounts[0].Hook = "old" }))
			term := follow(t, s.URL, s.Token("ana"), 0)
			before := events(t, s)
			body := relaytest.Encode(t, message(1), message(2), message(3))
			for range 3 { // the network repeats
				if status := s.Post("old", body, relaytest.Sign(body)); status != http.StatusOK {
					t.Fatalf("status %d", status)
				}
			}
			if n := events(t, s) - before; n != c.placed+1 {
				t.Fatalf("%d events, want %d and one quarantined", n, c.placed)
			}
			balanced(t, s)
			q := quarantine(t, s, webhookrelay.Hook{ID: "old", Webhook: relaytest.Webhook{}}, webhookrelay.Hook{ID: relaytest.HookID, Webhook: relaytest.Webhook{}})
			q2, err := webhookrelay.OpenQuarantine(t.Context(), s.Path(),
				[]webhookrelay.Hook{{ID: "old", Webhook: relaytest.Webhook{}}},
				[]webhookrelay.Account{{Account: provider.Account{ID: relaytest.Account}, Hook: "old", Routes: []provider.Route{provider.Route(relaytest.Account)}}})
			if err != nil {
				t.Fatal(err)
			}
			defer q2.Close()
			waiting := open(t, q)
			if len(waiting) != 1 || waiting[0].Bytes != int64(len(body)) || waiting[0].Hook != "old" || strings.Contains(fmt.Sprint(waiting), "SECRET") {
				t.Fatalf("in quarantine: %+v", waiting)
			}
			if _, kept, err := q.Get(t.Context(), waiting[0].Seq); err != nil || !bytes.Equal(kept, body) {
				t.Errorf("the body is not kept as it came: %v", err)
			}
			done := reprocess(t, q2)
			if len(done) != 1 || len(done[0].Settled) != 1 || done[0].Stored != 3-c.placed || done[0].Duplicate != c.placed || done[0].Quarantined != 0 {
				t.Errorf("reprocessed: %+v", done)
			}
			if again := reprocess(t, q2); len(again) != 0 || len(open(t, q2)) != 0 {
				t.Errorf("a second time: %+v", again)
			}
			after := events(t, s)
			if after-before != 5 { // three messages, quarantined, reprocessed
				t.Errorf("%d events", after-before)
			}
			term.waitFor(event.Seq(after)) // the serving relay noticed
			term.stop()
			last := term.events[len(term.events)-1]
			if r, ok := last.Body.(event.Reprocessed); !ok || r.Quarantined != waiting[0].Seq || r.Hook != "old" {
				t.Errorf("terminals were told %+v", last)
			}
			seen := map[string]int{}
			for _, e := range term.events {
				seen[e.ID]++
			}
			if seen["m:wamid.1"] != 1 || seen["m:wamid.2"] != 1 || seen["m:wamid.3"] != 1 {
				t.Errorf("terminals were given %v", seen)
			}
			books := balanced(t, s)
			if books.Quarantine.All != 1 || books.Quarantine.Open != 0 {
				t.Errorf("books: %+v", books.Quarantine)
			}
			// The network's next repetition is a repetition of all of it.
			s.Post("old", body, relaytest.Sign(body))
			if c.placed == 0 && events(t, s) != after {
				t.Error("a repetition made events")
			}
		})
	}
}

// An account that is added to the configuration later gets what was quarantined
// for want of it.
func TestReprocessAfterAnAccountWasAdded(t *testing.T) {
	s := relaytest.New(t)
	one, two := message(1), message(2)
	one.Route, two.Route = "added", "still nobody's"
	s.Receive(one, two, message(3))
	q := quarantine(t, s)
	waiting := open(t, q)
	if len(waiting) != 2 || !strings.Contains(waiting[0].Reason, "added") {
		t.Fatalf("in quarantine: %+v", waiting)
	}
	done, err := q.Reprocess(t.Context(), "", waiting[1].Seq) // of the one POST, all
	if err != nil || len(done) != 1 || done[0].Stored != 1 || done[0].Duplicate != 1 || done[0].Quarantined != 1 || fmt.Sprint(done[0].Settled) != fmt.Sprint([]event.Seq{waiting[0].Seq}) {
		t.Fatalf("%+v %v", done, err)
	}
	if n := count(t, s, `select count(*) from event e join raw r on r.seq = e.raw where e.json ->> 'id' = 'm:wamid.1'`); n != 1 {
		t.Error("the event found later has lost its body")
	}
	if left := open(t, q); len(left) != 1 || left[0].Seq != waiting[1].Seq {
		t.Errorf("left: %+v", left)
	}
	balanced(t, s)
	if all, err := q.List(t.Context(), relaytest.HookID, true); err != nil || len(all) != 2 || all[0].Settled == 0 {
		t.Errorf("all: %+v %v", all, err)
	}
}

// A newer driver that reads more of a body but not all quarantines the rest anew,
// and the first is settled.
func TestReprocessHalfWay(t *testing.T) {
	s := relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) {
		o.Hooks[0].Webhook = failing{fail: func([]provider.Event) ([]provider.Event, error) { return nil, errors.New("not yet") }}
	}))
	s.Receive(message(1), message(2))
	better := webhookrelay.Hook{ID: relaytest.HookID, Webhook: failing{fail: func(events []provider.Event) ([]provider.Event, error) {
		events[1].Body = nil
		return events, nil
	}}}
	q := quarantine(t, s, better)
	first := open(t, q)[0].Seq
	done := reprocess(t, q)
	if len(done) != 1 || len(done[0].Settled) != 1 || done[0].Stored != 1 || done[0].Quarantined != 1 {
		t.Errorf("%+v", done)
	}
	left := open(t, q)
	if len(left) != 1 || left[0].Seq <= first {
		t.Fatalf("left: %+v", left)
	}
	balanced(t, s)
	if again := reprocess(t, q); len(again) != 1 || len(again[0].Settled) != 0 || len(open(t, q)) != 1 {
		t.Errorf("again: %+v", again)
	}
	good := quarantine(t, s)
	if done := reprocess(t, good); len(done) != 1 || done[0].Stored != 1 || len(open(t, good)) != 0 {
		t.Errorf("at last: %+v", done)
	}
	books := balanced(t, s)
	if books.Quarantine.All != 2 || books.Hooks[0].Reprocessed.Stored != 2 || books.Hooks[0].Reprocessed.Quarantined != 1 {
		t.Errorf("books: %+v", books)
	}
}

// What cannot be reprocessed is left as it is, and the others go on.
func TestReprocessWithoutHookOrBody(t *testing.T) {
	s := relaytest.New(t)
	for i := range 3 {
		body := fmt.Appendf(nil, "{%d", i)
		s.Post(relaytest.HookID, body, relaytest.Sign(body))
	}
	elsewhere := quarantine(t, s, webhookrelay.Hook{ID: relaytest.HookID, Webhook: relaytest.Webhook{}})
	for _, one := range open(t, elsewhere) {
		if _, _, err := elsewhere.Get(t.Context(), one.Seq+1000); !errors.Is(err, webhookrelay.ErrNotQuarantined) {
			t.Errorf("Get: %v", err)
		}
	}
	done := reprocess(t, elsewhere)
	if len(done) != 3 || len(open(t, elsewhere)) != 3 {
		t.Errorf("%+v", done)
	}
	other, err := webhookrelay.OpenQuarantine(t.Context(), s.Path(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, one := range reprocess(t, other) {
		if !errors.Is(one.Err, webhookrelay.ErrNoHook) {
			t.Errorf("without its hook: %+v", one)
		}
	}
	if _, err := other.Reprocess(context.Background(), "", 9999); !errors.Is(err, webhookrelay.ErrNotQuarantined) {
		t.Errorf("of nothing: %v", err)
	}
}

// The event that settles has a form of its own in the log.
func TestReprocessedOnTheWire(t *testing.T) {
	raw, err := json.Marshal(event.Event{ID: "x", Kind: event.KindReprocessed, Version: 1, Body: event.Reprocessed{Hook: "meta", Quarantined: 7}})
	if err != nil || !strings.Contains(string(raw), `"body":{"hook":"meta","quarantined":7}`) {
		t.Errorf("%s %v", raw, err)
	}
	var back event.Event
	if err := json.Unmarshal(raw, &back); err != nil || back.Body != (event.Reprocessed{Hook: "meta", Quarantined: 7}) {
		t.Errorf("%+v %v", back, err)
	}
}

// A body that the disk has changed is never decoded again, not even where it reads
// well; it is told by whatever would read it, and what stands beside it is
// reprocessed all the same.
func TestReprocessOfAChangedBody(t *testing.T) {
	var said locked
	said.w = &bytes.Buffer{}
	logged := relaytest.With(func(o *webhookrelay.Options) { o.Logger = slog.New(slog.NewTextHandler(&said, nil)) })
	s := relaytest.New(t, logged)
	one, two := message(1), message(2)
	one.Route, two.Route = "added", "added"
	s.Receive(one)
	s.Receive(two)
	q := quarantine(t, s)
	first := open(t, q)[0].Seq
	s.Stop()
	before := balanced(t, s)
	tampered(t, s, fmt.Sprintf("update raw set body = cast(replace(body, 'hola', 'hole') as blob) where seq = %d", first))
	if _, _, err := q.Get(t.Context(), first); !errors.Is(err, webhookrelay.ErrBodyChanged) {
		t.Errorf("Get: %v", err)
	}
	for _, seq := range []event.Seq{first, 0} {
		done, err := q.Reprocess(t.Context(), "", seq)
		if err != nil || len(done) == 0 || !errors.Is(done[0].Err, webhookrelay.ErrBodyChanged) || done[0].Stored+len(done[0].Settled) > 0 {
			t.Errorf("reprocessed: %+v %v", done, err)
		}
	}
	if list := open(t, q); len(list) != 1 || list[0].Seq != first {
		t.Errorf("open: %+v", list)
	}
	report, err := webhookrelay.Check(t.Context(), s.Path())
	if err != nil || report.Books.Head != before.Head+2 || len(report.Findings) != 1 {
		t.Errorf("the log went from %d to %d, %q %v", before.Head, report.Books.Head, report.Findings, err)
	}
	said.mu.Lock()
	said.w.Reset()
	said.mu.Unlock()
	s.Start()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(said.String(), "log verified"); {
		if time.Now().After(deadline) {
			t.Fatal("the log is never verified")
		}
	}
	if text := said.String(); !strings.Contains(text, "bodies of webhooks are not as they came") || !strings.Contains(text, "count=1") {
		t.Errorf("the relay says %s", text)
	}
}

// To look is to change nothing: a log that is not there is not made, and one
// that an older relay may be serving is not brought up.
func TestQuarantineOfOtherLogs(t *testing.T) {
	path := t.TempDir() + "/relay.db"
	if q, err := webhookrelay.OpenQuarantine(t.Context(), path, nil, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no log: %v %v", q, err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a log was made")
	}
	old, err := os.ReadFile("testdata/relay-v1.db")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := webhookrelay.OpenQuarantine(t.Context(), path, nil, nil); !errors.Is(err, webhookrelay.ErrOlder) {
		t.Errorf("an older log: %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, old) {
		t.Error("the older log was changed")
	}
}

// A body that is kept no more is said to be gone, and what stands beside it is
// reprocessed all the same. A mark that is missing is told by Check.
func TestReprocessAfterABodyIsGone(t *testing.T) {
	s := relaytest.New(t)
	one, two := message(1), message(2)
	one.Route, two.Route = "added", "added"
	s.Receive(one)
	s.Receive(two)
	q := quarantine(t, s)
	first := open(t, q)[0].Seq
	s.Stop()
	tampered(t, s, fmt.Sprintf("delete from raw where seq = %d", first))
	if list := open(t, q); len(list) != 2 || list[0].Bytes != -1 || list[1].Bytes <= 0 {
		t.Errorf("listed: %+v", list)
	}
	if _, _, err := q.Get(t.Context(), first); !errors.Is(err, webhookrelay.ErrBodyGone) {
		t.Errorf("Get: %v", err)
	}
	done := reprocess(t, q)
	if len(done) != 2 || !errors.Is(done[0].Err, webhookrelay.ErrBodyGone) || done[1].Stored != 1 || done[1].Err != nil {
		t.Errorf("reprocessed: %+v", done)
	}
	if err := os.Remove(s.Path() + ".head"); err != nil {
		t.Fatal(err)
	}
	report, err := webhookrelay.Check(t.Context(), s.Path())
	if err != nil || !strings.Contains(strings.Join(report.Findings, ";"), "mark beside the log is missing") {
		t.Errorf("without a mark: %q %v", report.Findings, err)
	}
}
