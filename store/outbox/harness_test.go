package outbox_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// TestMain lets a property be tried less often than rapid's default: each try
// opens a store. -rapid.checks tries harder.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

var teamKey = event.Key("0123456789abcdef0123456789abcdef")

// world is a real store with two accounts and a line to each, and a relay that
// remembers. Its tests run in a bubble of virtual time.
type world struct {
	t      *testing.T
	path   string
	store  *store.Store
	lines  map[provider.AccountID]*line
	relay  *relay
	direct map[provider.AccountID]bool
	oracle *oracle           // what is asked about sends; nil for nobody
	sender provider.Provider // of "sales", where it is more than its line
	files  outbox.Files
	out    *outbox.Outbox // that of an inquiry
	stop   func()
	seq    event.Seq
	asked  int            // how often the outbox looked at its clock
	outbox *outbox.Outbox // the one of runInbox
	behind bool           // the relay has events that the store has not
	logger *slog.Logger
	mu     sync.Mutex
}

// bubble runs a test in virtual time.
func bubble(t *testing.T, f func(*testing.T, *world)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	synctest.Test(t, func(t *testing.T) {
		w := &world{
			t: t, path: path, direct: map[provider.AccountID]bool{}, relay: &relay{},
			lines: map[provider.AccountID]*line{"sales": newLine("sales"), "support": newLine("support")},
		}
		w.open()
		defer func() { w.close() }()
		w.apply(
			event.Event{ID: "sales", Account: "sales", Kind: event.KindAccount, Body: event.AccountDefined{Account: w.lines["sales"].account}},
			event.Event{ID: "support", Account: "support", Kind: event.KindAccount, Body: event.AccountDefined{Account: w.lines["support"].account}},
		)
		f(t, w)
	})
}

var rules = provider.WindowRule{For: 24 * time.Hour, Outside: provider.TemplatesOnly}

func (w *world) open() {
	w.t.Helper()
	var ops atomic.Int64 // the store asks from whatever goroutine writes
	s, err := store.Open(w.t.Context(), store.Options{
		Path: w.path, Agent: "ana", Now: time.Now,
		NewOp: func() provider.OpID {
			return provider.OpID(fmt.Sprintf("op-%d-%03d", time.Now().UnixMilli(), ops.Add(1)))
		},
		Window: func(string, provider.Network) provider.WindowRule { return rules },
		Direct: func(a provider.AccountID) bool { return w.direct[a] },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = s
	if err := s.Hello(w.t.Context(), store.Hello{Epoch: "one", Key: teamKey}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) close() {
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
}

// restart is what a crash leaves: the file, and nothing of the process.
func (w *world) restart() {
	w.close()
	w.open()
}

func (w *world) apply(events ...event.Event) {
	w.t.Helper()
	for i := range events {
		w.seq++
		events[i].Seq, events[i].Version, events[i].At = w.seq, 1, time.Now()
	}
	if err := w.store.Apply(w.t.Context(), events); err != nil {
		w.t.Fatal(err)
	}
}

func key(account, id string) provider.ChatKey {
	return provider.ChatKey{Account: provider.AccountID(account), Chat: provider.ChatID(id)}
}

// writes is a message from a customer: it opens the window and the
// conversation.
func (w *world) writes(c provider.ChatKey) event.ConversationID {
	w.t.Helper()
	id := teamKey.Conversation(c)
	message := provider.MessageID(fmt.Sprintf("in.%d", w.seq))
	w.apply(event.Event{
		ID: "m:" + string(message), Account: c.Account, Conversation: id, Kind: provider.KindMessage,
		Body: provider.MessageReceived{
			Message: message, From: provider.Sender{User: provider.UserID(c.Chat), Phone: string(c.Chat), Name: "Guest"},
			SentAt: time.Now(), Content: provider.TextContent("hello"),
		},
	})
	return id
}

func (w *world) reply(c provider.ChatKey, text string) store.MessageKey {
	w.t.Helper()
	m, err := w.store.Send(w.t.Context(), provider.Outgoing{To: c, Content: provider.TextContent(text)})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) message(m store.MessageKey) store.Message {
	w.t.Helper()
	row, err := w.store.Message(w.t.Context(), m)
	if err != nil {
		w.t.Fatal(err)
	}
	return row
}

// is fails unless the message's job is in the state.
func (w *world) is(m store.MessageKey, want event.JobState) store.Message {
	w.t.Helper()
	row := w.message(m)
	if row.Job != want {
		w.t.Fatalf("job is %s (%v), want %s", row.Job, row.Error, want)
	}
	return row
}

// run starts an outbox; the returned func ends it and waits.
func (w *world) run() (o *outbox.Outbox, stop func()) {
	o = outbox.New(outbox.Options{
		Store: w.store, Publish: w.relay, Logger: w.logger, Asked: w.oracle.accounts(), Files: w.files,
		Providers: func(id provider.AccountID) (provider.Provider, bool) {
			if w.oracle != nil && w.oracle.account.ID == id {
				return w.oracle, true
			}
			if w.sender != nil && id == "sales" {
				return w.sender, true
			}
			l, ok := w.lines[id]
			return l, ok
		},
		Direct: func(id provider.AccountID) bool { return w.direct[id] },
		CaughtUp: func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return !w.behind
		},
		Now: func() time.Time {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.asked++
			return w.store.Now()
		},
		Rand: func() float64 { return 0.5 },
	})
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	synctest.Wait()
	return o, func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("outbox: %v", err)
		}
	}
}

// catchesUp brings the last events, and says so.
func (w *world) catchesUp(o *outbox.Outbox, events ...event.Event) {
	w.t.Helper()
	w.apply(events...)
	w.mu.Lock()
	w.behind = false
	w.mu.Unlock()
	o.Wake()
	synctest.Wait()
}

// looks is how often the outbox looked at its clock: once a round at least.
func (w *world) looks() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

// pass lets time go by, and everything that happens in it happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// line is a network that answers as its script says.
type line struct {
	account provider.Account
	caps    provider.Capabilities
	// script answers the n-th attempt (from 0); nil accepts everything.
	script func(ctx context.Context, n int, m provider.Outgoing) (provider.MessageID, error)

	mu    sync.Mutex
	calls []call
	busy  map[provider.ChatID]int
	// overlapped is set when two attempts of one chat were on the wire at once.
	overlapped bool
}

type call struct {
	op   provider.OpID
	chat provider.ChatID
	text string
	by   string
	at   time.Time
	end  time.Time
}

func newLine(id provider.AccountID) *line {
	return &line{
		account: provider.Account{ID: id, Network: provider.WhatsApp, Driver: "scripted", Name: string(id)},
		caps: provider.Capabilities{
			Network: provider.WhatsApp, Window: rules,
			Text: provider.Limit{Max: 4096, Unit: provider.Runes},
			Send: map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		},
		busy: map[provider.ChatID]int{},
	}
}

func (l *line) Account() provider.Account                            { return l.account }
func (l *line) Capabilities(provider.ChatKey) *provider.Capabilities { return &l.caps }

func (l *line) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	l.mu.Lock()
	n := len(l.calls)
	l.calls = append(l.calls, call{op: m.Op, chat: m.To.Chat, text: m.Content.Text, by: m.Agent, at: time.Now()})
	l.busy[m.To.Chat]++
	l.overlapped = l.overlapped || l.busy[m.To.Chat] > 1
	script := l.script
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.busy[m.To.Chat]--
		l.calls[n].end = time.Now()
	}()
	if script == nil {
		return provider.MessageID("wamid." + string(m.Op)), nil
	}
	return script(ctx, n, m)
}

func (l *line) sent() []call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

func (l *line) texts() []string {
	var texts []string
	for _, c := range l.sent() {
		texts = append(texts, c.text)
	}
	return texts
}

// does changes what the network does from now on.
func (l *line) does(script func(context.Context, int, provider.Outgoing) (provider.MessageID, error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.script = script
}

// hang is a network that takes the message and never answers.
func hang(ctx context.Context, _ int, _ provider.Outgoing) (provider.MessageID, error) {
	<-ctx.Done()
	return "", &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true, Err: ctx.Err(), Text: "No answer came. It may have been sent."}
}

// refuse answers always the same.
func refuse(e provider.Error) func(context.Context, int, provider.Outgoing) (provider.MessageID, error) {
	e.Op = "send"
	return func(context.Context, int, provider.Outgoing) (provider.MessageID, error) { return "", &e }
}

// relay is a log without a wire: what a bubble of virtual time can hold. The
// real one is in the tests of the whole path.
type relay struct {
	mu      sync.Mutex
	entries []client.Entry
	asked   int
	// answer, if set, judges a batch before it is taken.
	answer func(ctx context.Context, entries []client.Entry) ([]client.Result, error)
}

func (r *relay) Publish(ctx context.Context, entries []client.Entry) ([]client.Result, error) {
	r.mu.Lock()
	r.asked++
	answer := r.answer
	r.mu.Unlock()
	if answer != nil {
		if results, err := answer(ctx, entries); results != nil || err != nil {
			return results, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	results := make([]client.Result, len(entries))
	for i, e := range entries {
		r.entries = append(r.entries, e)
		results[i].Seq = event.Seq(1000 + len(r.entries))
	}
	return results, nil
}

// does changes how the relay answers from now on; nil takes everything.
func (r *relay) does(answer func(context.Context, []client.Entry) ([]client.Result, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *relay) times() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

func (r *relay) kinds() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []string
	for _, e := range r.entries {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}
