package webhookrelay_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// count asks the log's file itself.
func count(t testing.TB, s *relaytest.Server, query string, args ...any) int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.Path()+"?_pragma=query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func events(t testing.TB, s *relaytest.Server) int {
	t.Helper()
	return count(t, s, "select count(*) from event")
}

func do(t testing.TB, method, url, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestWebhookRefusals(t *testing.T) {
	s := relaytest.New(t)
	before := events(t, s)
	body := relaytest.Encode(t, message(1))
	large := bytes.Repeat([]byte(" "), 4<<20+1)
	for _, c := range []struct {
		name, hook string
		body       []byte
		signature  string
		status     int
	}{
		{"wrong signature", relaytest.HookID, body, relaytest.Sign([]byte("other")), http.StatusUnauthorized},
		{"no signature", relaytest.HookID, body, "", http.StatusUnauthorized},
		{"too large", relaytest.HookID, large, relaytest.Sign(large), http.StatusRequestEntityTooLarge},
		{"unknown hook", "other", body, relaytest.Sign(body), http.StatusNotFound},
	} {
		if status := s.Post(c.hook, c.body, c.signature); status != c.status {
			t.Errorf("%s: status %d, want %d", c.name, status, c.status)
		}
	}
	url := s.URL + "/hooks/" + relaytest.HookID
	if status, _ := do(t, "POST", url, string(body), relaytest.SignatureHeader, relaytest.Sign(body), "Content-Encoding", "gzip"); status != http.StatusUnsupportedMediaType {
		t.Errorf("encoded: status %d", status)
	}
	// Without a length the limit must hold while reading.
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, io.MultiReader(bytes.NewReader(large)))
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil { // the server may hang up on us first
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("too large, chunked: status %d", resp.StatusCode)
		}
	}
	if n := events(t, s); n != before {
		t.Errorf("refused webhooks left %d events", n-before)
	}
	if n := count(t, s, "select count(*) from raw"); n != 0 {
		t.Errorf("refused webhooks left %d bodies", n)
	}
}

type shakeless struct{ provider.Webhook }

func TestHandshake(t *testing.T) {
	s := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "plain", Webhook: shakeless{relaytest.Webhook{}}}))
	for path, want := range map[string]int{
		"/hooks/test?secret=the+hook%27s+secret&challenge=1234": http.StatusOK,
		"/hooks/test?secret=wrong&challenge=1234":               http.StatusForbidden,
		"/hooks/plain": http.StatusNotFound,
		"/hooks/none":  http.StatusNotFound,
	} {
		status, body := do(t, "GET", s.URL+path, "")
		if status != want || (status == http.StatusOK) != (body == "1234") {
			t.Errorf("%s: status %d, body %q", path, status, body)
		}
	}
}

func TestCopiesMakeOneSequence(t *testing.T) {
	s := relaytest.New(t)
	before := events(t, s)
	const facts, copies = 5, 200
	var wg sync.WaitGroup
	for n := range facts {
		body := relaytest.Encode(t, message(n))
		for range copies {
			wg.Go(func() {
				if status := s.Post(relaytest.HookID, body, relaytest.Sign(body)); status != http.StatusOK {
					t.Errorf("copy: status %d", status)
				}
			})
		}
	}
	wg.Wait()
	if n := events(t, s) - before; n != facts {
		t.Errorf("%d events, want %d", n, facts)
	}
	if n := count(t, s, "select count(*) from raw"); n != facts {
		t.Errorf("%d bodies, want %d", n, facts)
	}
	s.Stop()
	s.Start()
	s.Receive(message(0))
	if n := events(t, s) - before; n != facts {
		t.Errorf("a copy after a restart made %d events", n-facts)
	}
}

// A webhook is answered only after its commit: with the commit held, the event
// is in the file and the answer is not out.
func TestAnswerComesAfterTheCommit(t *testing.T) {
	var mu sync.Mutex
	var hold chan struct{}
	entered := make(chan struct{}, 16)
	s := relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) {
		o.CommitDelay = func() {
			mu.Lock()
			h := hold
			mu.Unlock()
			if h != nil {
				entered <- struct{}{}
				<-h
			}
		}
	}))
	mu.Lock()
	hold = make(chan struct{})
	mu.Unlock()
	status := make(chan int, 1)
	go func() {
		body := relaytest.Encode(t, message(1))
		status <- s.Post(relaytest.HookID, body, relaytest.Sign(body))
	}()
	<-entered
	if n := count(t, s, "select count(*) from event where json ->> 'id' = 'm:wamid.1'"); n != 1 {
		t.Errorf("the commit was held and %d events are in the file", n)
	}
	select {
	case code := <-status:
		t.Errorf("answered %d before the commit", code)
	default:
	}
	mu.Lock()
	close(hold)
	hold = nil
	mu.Unlock()
	if code := <-status; code != http.StatusOK {
		t.Errorf("status %d", code)
	}
}

type panics struct{ relaytest.Webhook }

func (panics) Decode([]byte) ([]provider.Event, error) { panic("a driver's mistake") }

// What is signed is never dropped: each becomes exactly one of event,
// duplicate and quarantine, with the body kept under its sequence.
func TestSignedIsNeverDropped(t *testing.T) {
	s := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "panics", Webhook: panics{}}))
	token := s.Token("ana")
	before := events(t, s)
	huge := message(9)
	body := huge.Body.(provider.MessageReceived)
	body.Content.Text = strings.Repeat("x", 2<<20)
	huge.Body = body
	noID, elsewhere := message(3), message(4)
	noID.ID, elsewhere.Route = "", "nobody"
	for _, c := range []struct {
		name, hook string
		body       []byte
		kind       string
	}{
		{"not JSON", relaytest.HookID, []byte("{"), event.KindQuarantined},
		{"no events", relaytest.HookID, []byte("[]"), event.KindQuarantined},
		{"driver panics", "panics", []byte("[1]"), event.KindQuarantined},
		{"no id", relaytest.HookID, relaytest.Encode(t, noID), event.KindQuarantined},
		{"unknown route", relaytest.HookID, relaytest.Encode(t, elsewhere), event.KindQuarantined},
		{"larger than a frame", relaytest.HookID, relaytest.Encode(t, huge), event.KindQuarantined},
		{"not understood", relaytest.HookID, relaytest.Encode(t, provider.Event{
			ID: "u:1", Chat: "34600111222",
			Body: provider.Unknown{Field: "polls", Raw: []byte(`{"a":1}`)},
		}), provider.KindUnknown},
	} {
		for range 2 { // the network repeats
			if status := s.Post(c.hook, c.body, relaytest.Sign(c.body)); status != http.StatusOK {
				t.Errorf("%s: status %d", c.name, status)
			}
		}
		before++
		if n := events(t, s); n != before {
			t.Fatalf("%s: %d events, want %d", c.name, n, before)
		}
		if n := count(t, s, `select count(*) from event join raw on raw.seq = event.raw
			where event.seq = ? and json ->> 'kind' = ? and raw.body = ?`, before, c.kind, c.body); n != 1 {
			t.Errorf("%s: no event of kind %s with its body at %d", c.name, c.kind, before)
		}
	}
	term := follow(t, s.URL, token, 0)
	term.waitFor(event.Seq(before))
}

// One event of a business account belongs to each of its inboxes; the others
// of the same POST are appended together with it.
func TestRoutesLeadToAccounts(t *testing.T) {
	second := webhookrelay.Account{
		Account: provider.Account{ID: "second", Network: provider.WhatsApp}, Hook: relaytest.HookID,
		Routes: []provider.Route{"second", "waba:1"},
	}
	first := webhookrelay.Account{
		Account: provider.Account{ID: relaytest.Account, Network: provider.WhatsApp}, Hook: relaytest.HookID,
		Routes: []provider.Route{provider.Route(relaytest.Account), "waba:1"},
	}
	s := relaytest.New(t, relaytest.WithAccount(first), relaytest.WithAccount(second))
	status := provider.Event{Route: "waba:1", ID: "h:1", Body: provider.TemplateStatusChanged{Name: "hello", Language: "en", Status: provider.Approved}}
	mine, other := message(1), message(1)
	other.Route = "second"
	s.Receive(status, mine, other)
	for account, want := range map[provider.AccountID]int{relaytest.Account: 2, "second": 2} {
		if n := count(t, s, `select count(*) from event where json ->> 'account' = ? and json ->> 'kind' in (?, ?)`,
			string(account), provider.KindTemplateStatus, provider.KindMessage); n != want {
			t.Errorf("account %s has %d events, want %d", account, n, want)
		}
	}
	if n := count(t, s, `select count(distinct json ->> 'conversation') from event where json ->> 'kind' = ?`, provider.KindMessage); n != 2 {
		t.Errorf("the same chat of two accounts is %d conversations", n)
	}
	if n := count(t, s, `select count(*) from raw`); n != 1 {
		t.Errorf("one POST left %d bodies", n)
	}
}

func TestPathsNobodyServes(t *testing.T) {
	s := relaytest.New(t)
	for path, want := range map[string]int{
		"/": http.StatusNotFound, "/v2/x": http.StatusNotFound, "/hooks/": http.StatusNotFound,
		"/v1/media": http.StatusNotImplemented, "/v1/agents": http.StatusNotImplemented, "/v1/presence": http.StatusNotImplemented,
		"/v1/events/7/raw": http.StatusNotImplemented, "/v1/snapshot": http.StatusNotImplemented, "/healthz": http.StatusOK,
		"/v1/stream?after=0": http.StatusUnauthorized,
	} {
		status, body := do(t, "GET", s.URL+path, "")
		if status != want || !strings.HasPrefix(body, "{") {
			t.Errorf("%s: status %d, body %s", path, status, body)
		}
	}
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	hook := webhookrelay.Hook{ID: "a", Webhook: relaytest.Webhook{}}
	account := webhookrelay.Account{Account: provider.Account{ID: "x"}, Hook: "a"}
	stray := webhookrelay.Account{Account: provider.Account{ID: "x"}, Hook: "b"}
	for i, o := range []webhookrelay.Options{
		{Hooks: []webhookrelay.Hook{hook, hook}},
		{Hooks: []webhookrelay.Hook{{ID: "a"}}},
		{Hooks: []webhookrelay.Hook{hook}, Accounts: []webhookrelay.Account{account, account}},
		{Hooks: []webhookrelay.Hook{hook}, Accounts: []webhookrelay.Account{stray}},
	} {
		o.Path = t.TempDir() + "/data/relay.db"
		if r, err := webhookrelay.Open(context.Background(), o); err == nil {
			r.Close()
			t.Errorf("options %d were taken", i)
		} else if _, err := http.Dir(o.Path).Open("/"); err == nil {
			t.Errorf("options %d left a file", i)
		}
	}
}

func TestOneRelayPerLog(t *testing.T) {
	s := relaytest.New(t)
	r, err := webhookrelay.Open(t.Context(), webhookrelay.Options{Path: s.Path()})
	if err == nil {
		r.Close()
	}
	if fmt.Sprint(err) != webhookrelay.ErrServed.Error() {
		t.Errorf("a second relay on the same log: %v", err)
	}
}
