package webhookrelay

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
)

// newsstand is an account that is asked for its news: page n is behind the cursor
// n. What it has not, it waits for, as a long poll does.
type newsstand struct {
	mu      sync.Mutex
	pages   [][]provider.Event
	fails   []error // answered first
	panics  bool
	alone   bool
	cursors []string
	dry     chan struct{} // closed when it was asked for what it has not
	once    sync.Once
}

func (p *newsstand) Account() provider.Account { return provider.Account{ID: "inbox"} }
func (p *newsstand) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{}
}

func (p *newsstand) Send(context.Context, provider.Outgoing) (provider.MessageID, error) {
	return "", errors.New("it takes nothing")
}
func (p *newsstand) PollEvery() time.Duration { return 0 }
func (p *newsstand) PollsAlone() bool         { return p.alone }

func (p *newsstand) Poll(ctx context.Context, cursor string) ([]provider.Event, string, error) {
	p.mu.Lock()
	p.cursors = append(p.cursors, cursor)
	if p.panics {
		p.panics = false
		p.mu.Unlock()
		panic("the customer's words")
	}
	if len(p.fails) > 0 {
		err := p.fails[0]
		p.fails = p.fails[1:]
		p.mu.Unlock()
		return nil, "", err
	}
	n, _ := strconv.Atoi(cursor)
	if n < len(p.pages) {
		defer p.mu.Unlock()
		return p.pages[n], strconv.Itoa(n + 1), nil
	}
	p.mu.Unlock()
	p.once.Do(func() { close(p.dry) })
	<-ctx.Done()
	return nil, cursor, ctx.Err()
}

func heard(id string) provider.Event {
	return provider.Event{ID: "m:" + id, Chat: otherPhone, Body: provider.MessageReceived{Message: provider.MessageID(id), Content: provider.TextContent(id)}}
}

// askFor runs a relay until it has asked for all p has, and returns it still open.
func askFor(t *testing.T, path string, p *newsstand) *Relay {
	t.Helper()
	p.dry, p.once = make(chan struct{}), sync.Once{}
	r, err := Open(t.Context(), Options{
		Path: path, Hooks: []Hook{{ID: "plain", Webhook: plainHook{}}},
		Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Hook: "plain", Routes: []provider.Route{"r"}, Provider: p}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	<-p.dry
	stop()
	running.Wait()
	return r
}

// What a network is asked for is told once, whoever told it first; the cursor is
// as durable as what came before it, and a restart goes on from there.
func TestANetworkIsAskedForItsNews(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	p := &newsstand{
		fails: []error{&provider.Error{Op: "poll", Reason: provider.Unavailable, Text: "It is not ready. It is asked again."}}, panics: true,
		pages: [][]provider.Event{{heard("one"), heard("two")}, {}, {heard("two"), {ID: "odd"}, heard("three")}},
	}
	r := askFor(t, path, p)
	if status, said := ask(t, r, "POST", "/hooks/plain", "three"); status != 200 {
		t.Fatal(status, said)
	}
	count := func() int { return int(r.log.position().seq) }
	have := ids(t, r.log)
	for _, id := range []string{"m:one", "m:two", "m:three", "odd"} {
		if !have[id] {
			t.Errorf("%s is not in the log: %v", id, have)
		}
	}
	if n := count(); n != 6 { // two tell of the account
		t.Errorf("%d events in the log, want 6", n)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	p.cursors, p.pages = nil, append(p.pages, []provider.Event{heard("four")})
	r = askFor(t, path, p)
	if have := ids(t, r.log); !have["m:four"] || count() != 7 {
		t.Errorf("after a restart: %v", have)
	}
	if !slices.Equal(p.cursors, []string{"3", "4"}) {
		t.Errorf("it was asked from %v", p.cursors)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// A cursor is never ahead of the log: where the events cannot be written, they
// are asked for again.
func TestNewsThatCannotBeKeptIsAskedForAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	p := &newsstand{pages: [][]provider.Event{{heard("one")}}}
	r, err := Open(t.Context(), Options{Path: path, Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Provider: p}}})
	if err != nil {
		t.Fatal(err)
	}
	a := r.accounts["inbox"]
	r.log.mu.Lock()
	r.log.broken = errBroken
	r.log.mu.Unlock()
	if err := r.pollOnce(t.Context(), a, p); err == nil {
		t.Error("a log that takes nothing took it")
	}
	_ = r.Close()
	if r, err = Open(t.Context(), Options{Path: path, Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Provider: p}}}); err != nil {
		t.Fatal(err)
	}
	if cursor, err := r.log.pollCursor(t.Context(), "inbox"); err != nil || cursor != "" {
		t.Errorf("the cursor is %q, %v", cursor, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
