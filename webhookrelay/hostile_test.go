package webhookrelay_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // a signature that must not be taken
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

var hostileTimes = flag.Int("hostiletimes", 100, "how often a webhook of the corpus is repeated where it says 1000 times")

// badInput is an entry of the corpus.
type badInput struct{ hostile.Entry }

func corpus(t testing.TB, surface string) (found []badInput) {
	t.Helper()
	for _, entry := range hostile.Entries(t, surface) {
		found = append(found, badInput{entry})
	}
	return found
}

const (
	appSecret   = "SECRET-app-7f3a"
	verifyToken = "SECRET-verify-91c2"
	hookID      = "meta"
)

// hostileRelay is a real relay with the real driver, as a team runs it.
type hostileRelay struct {
	*relaytest.Server
	t      testing.TB
	log    *locked
	before int
}

func metaOptions(t testing.TB, o *webhookrelay.Options) {
	t.Helper()
	hook, err := all.NewWebhook("cloudapi", all.Settings{"app_secret": appSecret, "verify_token": verifyToken})
	if err != nil {
		t.Fatal(err)
	}
	o.Hooks = append(o.Hooks, webhookrelay.Hook{ID: hookID, Driver: "cloudapi", Webhook: hook})
	for id, settings := range map[string]all.Settings{
		"wa":      {"phone_number_id": "2", "waba_id": "1"},
		"exact":   {"phone_number_id": "3", "waba_id": "12345678901234567890"},
		"rounded": {"phone_number_id": "4", "waba_id": "12345678901234567168"}, // the same as a float
	} {
		routes, err := all.Routes("cloudapi", settings)
		if err != nil {
			t.Fatal(err)
		}
		o.Accounts = append(o.Accounts, webhookrelay.Account{
			Account: provider.Account{ID: provider.AccountID(id), Network: provider.WhatsApp, Driver: "cloudapi"}, Hook: hookID, Routes: routes,
		})
	}
}

func newHostileRelay(t testing.TB) *hostileRelay {
	t.Helper()
	h := &hostileRelay{t: t, log: &locked{w: &bytes.Buffer{}}}
	h.Server = relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) {
		metaOptions(t, o)
		o.Logger = slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}))
	h.before = events(t, h.Server)
	return h
}

// locked is a writer of many goroutines.
type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.String()
}

func metaSignature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// signed is the request as the entry says it is signed.
func (b badInput) signed(ctx context.Context, t testing.TB, url string, body []byte) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, "POST", url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	good := metaSignature(appSecret, body)
	switch b.Sign {
	case "valid", "replay", "stale_timestamp":
		req.Header.Set("X-Hub-Signature-256", good)
	case "other_secret":
		req.Header.Set("X-Hub-Signature-256", metaSignature("another", body))
	case "bad":
		req.Header.Set("X-Hub-Signature-256", metaSignature(appSecret, append([]byte("x"), body...)))
	case "sha1_only":
		mac := hmac.New(sha1.New, []byte(appSecret))
		mac.Write(body)
		req.Header.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(mac.Sum(nil)))
	default:
		t.Fatalf("%s is signed %q, which this test does not know", b.ID, b.Sign)
	}
	for key, value := range b.Headers {
		if value == "DUPLICATE" {
			req.Header.Add(key, good)
			continue
		}
		req.Header.Set(key, value)
	}
	return req
}

// post sends what the entry says as often as it says, and returns the statuses.
func (h *hostileRelay) post(b badInput, body []byte, hook string) map[int]int {
	h.t.Helper()
	send := func() int {
		resp, err := http.DefaultClient.Do(b.signed(h.t.Context(), h.t, h.URL+"/hooks/"+hook, body))
		if err != nil {
			h.t.Error(err)
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	statuses := map[int]int{}
	for range min(max(1, b.Times), *hostileTimes) {
		statuses[send()]++
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range b.Parallel {
		wg.Go(func() {
			status := send()
			mu.Lock()
			statuses[status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	return statuses
}

// after is what the entry left in the log, as a terminal reads it.
func (h *hostileRelay) after() (left []event.Event, raw [][]byte) {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.Path()+"?_pragma=query_only(1)")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(h.t.Context(), "select json from event where seq > ? order by seq", h.before)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line []byte
		var e event.Event
		if err := rows.Scan(&line); err != nil {
			h.t.Fatal(err)
		}
		if err := json.Unmarshal(line, &e); err != nil {
			h.t.Fatal(err)
		}
		left, raw = append(left, e), append(raw, line)
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return left, raw
}

// outcome is all a check may look at.
type outcome struct {
	*hostileRelay
	entry    badInput
	body     []byte
	statuses map[int]int
	left     []event.Event
	raw      [][]byte
	took     time.Duration
	used     uint64
}

// What cannot be judged yet: the relay has no driver of these networks, and an
// address that is no hook keeps nothing.
func later(b badInput) bool {
	return b.Category == "telegram" || b.Category == "twilio" || b.Scheme == "standard-webhooks"
}

// TestHostileWebhooks posts the corpus to a real relay with the real driver, and
// makes every check an entry asks for.
func TestHostileWebhooks(t *testing.T) {
	began, failures := time.Now(), 0
	entries := corpus(t, "webhook_body")
	if len(entries) < 52 {
		t.Fatalf("the corpus has %d webhooks", len(entries))
	}
	for _, entry := range entries {
		if !t.Run(entry.ID, func(t *testing.T) { judge(t, entry) }) {
			failures++
		}
	}
	t.Logf("figure F19-webhooks count=%d failures=%d target=%d took=%s", len(entries), failures, len(entries), time.Since(began).Round(time.Millisecond))
}

func judge(t *testing.T, entry badInput) {
	if len(entry.Assert) == 0 {
		t.Fatal("it asks for nothing")
	}
	if entry.Config != nil {
		refusesToStart(t, entry)
		return
	}
	h := newHostileRelay(t)
	o := outcome{hostileRelay: h, entry: entry, body: []byte(entry.Text(t))}
	if later(entry) {
		o.statuses = h.post(entry, o.body, entry.Category)
		o.left, _ = h.after()
		if o.statuses[http.StatusNotFound] != 1 || len(o.left) != 0 {
			t.Errorf("an address that is no hook: %v, %d events", o.statuses, len(o.left))
		}
		return
	}
	var m0, m1 runtime.MemStats
	runtime.ReadMemStats(&m0)
	start := time.Now()
	o.statuses = h.post(entry, o.body, hookID)
	o.took = time.Since(start)
	runtime.ReadMemStats(&m1)
	o.used = m1.TotalAlloc - m0.TotalAlloc
	o.left, o.raw = h.after()
	for _, code := range entry.Assert {
		check, ok := hostileChecks[code]
		if !ok {
			t.Fatalf("nothing checks %q", code)
		}
		check(t, &o)
	}
	balanced(t, h.Server)
	for _, secret := range []string{appSecret, "447700900000", "15550000001", "wamid."} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the relay's log says %q: %s", secret, h.log)
		}
	}
}

func refusesToStart(t *testing.T, entry badInput) {
	t.Helper()
	secret, ok := entry.Config["secret"]
	if !ok || !slices.Contains(entry.Assert, "refuse_start") {
		t.Fatalf("this test does not know the configuration %v", entry.Config)
	}
	if _, err := all.NewWebhook("cloudapi", all.Settings{"app_secret": secret, "verify_token": verifyToken}); err == nil {
		t.Error("it started with an empty secret")
	}
}

// hostileChecks are the codes of the corpus. What is about a screen is checked
// there; here stays that the relay hands on exactly what it got.
var hostileChecks = map[string]func(*testing.T, *outcome){
	"http_200":             func(t *testing.T, o *outcome) { onlyStatus(t, o, http.StatusOK) },
	"http_401":             func(t *testing.T, o *outcome) { onlyStatus(t, o, http.StatusUnauthorized) },
	"seq_unchanged":        seqUnchanged,
	"quarantined":          quarantined,
	"stored_verbatim":      storedVerbatim,
	"not_lost":             storedVerbatim,
	"events_eq_1":          oneEvent,
	"sender_exact":         senderExact,
	"digits_exact":         digitsExact,
	"shown":                shownAsUnsupported,
	"bounded_cpu":          boundedCPU,
	"bounded_mem":          boundedMemory,
	"no_control_bytes_out": func(t *testing.T, o *outcome) { storedVerbatim(t, o); noControlBytes(t, o) },
	"status_eq_read":       statusRead,
	"status_rule_131026":   failedBelowDelivered,
	"receipt_pending":      receiptPending,
	"outbox_resolved":      outboxResolved,
	"no_crash":             noCrash,
}

func onlyStatus(t *testing.T, o *outcome, want int) {
	t.Helper()
	if len(o.statuses) != 1 || o.statuses[want] == 0 {
		t.Errorf("statuses %v, want only %d", o.statuses, want)
	}
}

func seqUnchanged(t *testing.T, o *outcome) {
	t.Helper()
	if n := count(t, o.Server, "select count(*) from raw"); len(o.left) != 0 || n != 0 {
		t.Errorf("it left %d events and %d bodies", len(o.left), n)
	}
	if strings.Count(o.log.String(), "rejected") > 1 {
		t.Errorf("it was told more than once: %s", o.log)
	}
}

// storedVerbatim: byte for byte as it came, under the sequence it made.
func storedVerbatim(t *testing.T, o *outcome) {
	t.Helper()
	onlyStatus(t, o, http.StatusOK)
	if len(o.left) == 0 {
		t.Fatal("it left no event")
	}
	if n := count(t, o.Server, "select count(*) from event join raw on raw.seq = event.raw where event.seq > ? and raw.body = ? and raw.hook = ?",
		o.before, o.body, hookID); n != len(o.left) {
		t.Errorf("%d of %d events have the body as it came", n, len(o.left))
	}
}

func quarantined(t *testing.T, o *outcome) {
	t.Helper()
	storedVerbatim(t, o)
	if len(o.left) != 1 || o.left[0].Kind != event.KindQuarantined || o.left[0].Conversation != "" {
		t.Errorf("it left %+v", o.left)
	}
	q, err := webhookrelay.OpenQuarantine(t.Context(), o.Path(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if _, body, err := q.Get(t.Context(), o.left[0].Seq); err != nil || !bytes.Equal(body, o.body) {
		t.Errorf("the quarantine gives back %d bytes of %d: %v", len(body), len(o.body), err)
	}
	if !strings.Contains(o.log.String(), "quarantined") {
		t.Errorf("nobody was told: %s", o.log)
	}
}

func oneEvent(t *testing.T, o *outcome) {
	t.Helper()
	if len(o.left) != 1 || o.left[0].Kind != provider.KindMessage {
		t.Errorf("it left %+v", o.left)
	}
	if n := count(t, o.Server, "select count(*) from raw"); n != 1 {
		t.Errorf("%d bodies", n)
	}
}

func (o *outcome) message(t *testing.T) provider.MessageReceived {
	t.Helper()
	for _, e := range o.left {
		if m, ok := e.Body.(provider.MessageReceived); ok {
			return m
		}
	}
	t.Fatalf("no message in %+v", o.left)
	return provider.MessageReceived{}
}

func senderExact(t *testing.T, o *outcome) {
	t.Helper()
	if m := o.message(t); m.From.User != "447700900000" || m.From.Phone != "447700900000" {
		t.Errorf("the sender is %+v", m.From)
	}
}

// digitsExact: an id of 20 digits finds its own account, and not the one whose
// id is the same number as a float.
func digitsExact(t *testing.T, o *outcome) {
	t.Helper()
	storedVerbatim(t, o)
	body := []byte(strings.Replace(string(o.body), `"field":"messages"`, `"field":"news"`, 1))
	body = bytes.Replace(body, []byte(`"phone_number_id":"2"`), nil, 1)
	if bytes.Equal(body, o.body) {
		t.Fatal("the corpus has changed")
	}
	if statuses := o.post(o.entry, body, hookID); statuses[http.StatusOK] != 1 {
		t.Fatal(statuses)
	}
	left, _ := o.after()
	if last := left[len(left)-1]; last.Account != "exact" {
		t.Errorf("it went to %q", last.Account)
	}
}

func shownAsUnsupported(t *testing.T, o *outcome) {
	t.Helper()
	if m := o.message(t); m.Content.Kind != provider.Unsupported || !bytes.Contains(m.Content.Raw, []byte("hologram_v9")) {
		t.Errorf("content %+v", m.Content)
	}
}

// boundedCPU is wide: the machine may be busy. What it would catch is a cost that
// grows with the square of the body, which takes minutes.
func boundedCPU(t *testing.T, o *outcome) {
	t.Helper()
	storedVerbatim(t, o)
	if o.took > 30*time.Second {
		t.Errorf("it took %v", o.took)
	}
}

// boundedMemory counts all that was allocated, also by this client, for a body of
// at most 4 MiB; not what was held at once, which is less.
func boundedMemory(t *testing.T, o *outcome) {
	t.Helper()
	if o.used > 128<<20 {
		t.Errorf("%d MiB were allocated", o.used>>20)
	}
}

func noControlBytes(t *testing.T, o *outcome) {
	t.Helper()
	for _, line := range o.raw {
		for _, c := range line {
			if c < ' ' || c == 0x7f {
				t.Fatalf("a frame would hold the byte %#x: %q", c, line)
			}
		}
	}
	if m := o.message(t); m.Content.Text != "\x00\x1b]52;c;eA==\a" {
		t.Errorf("the text is %q", m.Content.Text)
	}
}

// merged is the state of the receipts in any order: they merge to the highest.
func (o *outcome) merged(t *testing.T) (status provider.Status, receipts []provider.Receipt) {
	t.Helper()
	for _, e := range o.left {
		r, ok := e.Body.(provider.Receipt)
		if !ok {
			t.Fatalf("no receipt: %+v", e)
		}
		status = status.Merge(r.Status)
		receipts = append(receipts, r)
	}
	return status, receipts
}

func statusRead(t *testing.T, o *outcome) {
	t.Helper()
	storedVerbatim(t, o)
	if status, _ := o.merged(t); status != provider.Read {
		t.Errorf("the status is %v", status)
	}
}

func failedBelowDelivered(t *testing.T, o *outcome) {
	t.Helper()
	storedVerbatim(t, o)
	status, receipts := o.merged(t)
	if status != provider.Delivered || len(receipts) != 2 || receipts[0].Error == nil || receipts[0].Error.Code != "131026" {
		t.Errorf("status %v of %+v", status, receipts)
	}
}

// receiptPending: a terminal that gets a receipt of a message it has not seen
// makes no conversation of it, and applies it when the message comes.
func receiptPending(t *testing.T, o *outcome) {
	t.Helper()
	_, receipts := o.merged(t)
	s, all := followed(t, o.hostileRelay)
	if list, err := s.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 10); err != nil || len(list) != 0 {
		t.Errorf("a receipt made conversations: %+v %v", list, err)
	}
	last := all[len(all)-1]
	if err := s.Apply(t.Context(), []event.Event{{
		Seq: last.Seq + 1, ID: "late", At: last.At, Account: "wa", Conversation: last.Conversation, By: "ben", Kind: event.KindSend, Version: 1,
		Body: event.SendState{Op: "op-x", State: event.JobSent, Chat: "447700900000", Content: provider.TextContent("hi"), Message: receipts[0].Message},
	}}); err != nil {
		t.Fatal(err)
	}
	messages, err := s.Messages(t.Context(), last.Conversation, store.MessageCursor{}, 10)
	if err != nil || len(messages) != 1 || messages[0].Status != provider.Delivered {
		t.Errorf("when the message came: %+v %v", messages, err)
	}
}

func outboxResolved(t *testing.T, o *outcome) {
	t.Helper()
	_, receipts := o.merged(t)
	if len(receipts) != 1 || receipts[0].Op != "outbox:01J000000000000000000000" || receipts[0].Message != "wamid.D" || receipts[0].Status != provider.Sent {
		t.Errorf("receipts %+v", receipts)
	}
}

// noCrash: the relay goes on, and a terminal can apply what there is.
func noCrash(t *testing.T, o *outcome) {
	t.Helper()
	storedVerbatim(t, o)
	followed(t, o.hostileRelay)
	if status, _ := do(t, "GET", o.URL+"/healthz", ""); status != http.StatusOK {
		t.Errorf("health: %d", status)
	}
}

// followed is a terminal's store that has applied the whole log, as the stream
// gives it.
func followed(t testing.TB, h *hostileRelay) (*store.Store, []event.Event) {
	t.Helper()
	term := follow(t, h.URL, h.Token("ana"), 0)
	hello := <-term.hello
	term.waitFor(event.Seq(events(t, h.Server)))
	term.stop()
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: time.Now,
		NewOp:  func() provider.OpID { return "op" },
		Window: func(string, provider.Network) provider.WindowRule { return provider.WindowRule{For: 24 * time.Hour} },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Hello(t.Context(), store.Hello{Epoch: hello.Epoch, Key: hello.Key, Head: hello.Head}); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), term.events); err != nil {
		t.Fatal(err)
	}
	return s, term.events
}

// TestHostileTimestamps: no time a network gives moves an event in the log, makes
// one fail, or opens a window that is not open. What is no time counts as the
// time it came; one more than five minutes ahead too; one in the past as it says,
// which can only close a window.
func TestHostileTimestamps(t *testing.T) {
	entries := corpus(t, "timestamp")
	if len(entries) < 18 {
		t.Fatalf("the corpus has %d timestamps", len(entries))
	}
	h := newHostileRelay(t)
	for i, entry := range entries {
		stamp, err := json.Marshal(entry.Value)
		if err != nil {
			t.Fatal(err)
		}
		body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"2"},`+
			`"messages":[{"from":"4477009%05d","id":"wamid.%d","timestamp":%s,"type":"text","text":{"body":"%s"}}]}}]}]}`, i, i, stamp, entry.ID)
		if statuses := h.post(badInput{hostile.Entry{Sign: "valid"}}, body, hookID); statuses[http.StatusOK] != 1 {
			t.Errorf("%s: %v", entry.ID, statuses)
		}
	}
	left, _ := h.after()
	if len(left) != len(entries) {
		t.Fatalf("%d events of %d", len(left), len(entries))
	}
	for i, e := range left {
		m, ok := e.Body.(provider.MessageReceived)
		if !ok || m.Content.Text != entries[i].ID || e.Seq != event.Seq(h.before+i+1) {
			t.Errorf("%s: at %d is %+v", entries[i].ID, e.Seq, e)
		}
	}
	s, _ := followed(t, h)
	list, err := s.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 100)
	if err != nil || len(list) != len(entries) {
		t.Fatalf("%d conversations, %v", len(list), err)
	}
	for _, c := range list {
		if ahead := c.Closes.Sub(left[0].At); ahead > 24*time.Hour+10*time.Minute {
			t.Errorf("a window is open for %v: %+v", ahead, c)
		}
		if c.LastAt.After(left[len(left)-1].At.Add(time.Minute)) {
			t.Errorf("a chat is pinned to the top: %+v", c)
		}
	}
}
