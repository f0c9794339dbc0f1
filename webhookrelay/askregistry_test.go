package webhookrelay

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// registry is a network that can be asked about what it was sent. Until it is told
// otherwise, it takes all and knows nothing.
type registry struct {
	id provider.AccountID

	mu     sync.Mutex
	rate   float64
	refuse error              // what a send is answered
	sent   []provider.OpID    // what was sent to it
	holds  provider.MessageID // what is found
	finds  []found
	status map[provider.MessageID][]provider.Event
	asked  []provider.MessageID
	health provider.Health
	read   int
	fails  []error // answered first, whatever is asked; nil panics
	during func()  // runs while it answers
}

// found is what a Finder was asked.
type found struct {
	m     provider.Outgoing
	since time.Time
}

func (n *registry) Account() provider.Account { return provider.Account{ID: n.id} }

func (n *registry) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.SMS, Rate: provider.RateLimit{PerSecond: n.rate, PairEvery: time.Hour, PairBurst: 100},
		Can: map[provider.Ability]provider.Level{
			provider.CanFindSent: provider.Full, provider.CanPollStatus: provider.Full, provider.CanReadHealth: provider.Full,
		},
	}
}

func (n *registry) Send(_ context.Context, m provider.Outgoing) (provider.MessageID, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sent = append(n.sent, m.Op)
	if n.refuse != nil {
		return "", n.refuse
	}
	return provider.MessageID("id-" + m.Op), nil
}

// answers is what comes before any answer of its own.
func (n *registry) answers() error {
	if n.during != nil {
		n.during()
	}
	if len(n.fails) == 0 {
		return nil
	}
	err := n.fails[0]
	n.fails = n.fails[1:]
	if err == nil {
		panic("the customer's words")
	}
	return err
}

func (n *registry) FindSent(_ context.Context, m provider.Outgoing, since time.Time) (provider.MessageID, bool, error) {
	n.finds = append(n.finds, found{m, since})
	err := n.answers()
	return n.holds, n.holds != "", err
}

func (n *registry) MessageStatus(_ context.Context, _ provider.ChatKey, id provider.MessageID) ([]provider.Event, error) {
	n.asked = append(n.asked, id)
	err := n.answers()
	return n.status[id], err
}

func (n *registry) ReadHealth(context.Context) (provider.Health, error) {
	n.read++
	return n.health, n.answers()
}

var (
	unheard = &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true, Text: "No answer came. It may have been sent."}
	tired   = &provider.Error{Op: "find", Reason: provider.Unavailable, Text: "It is not ready. It is asked again."}
)

// inquiry is a relay whose networks can be asked, and its clock.
type inquiry struct {
	*Relay
	t    *testing.T
	path string
	nets []*registry
	hook string
	mu   sync.Mutex
	now  time.Time
}

func (q *inquiry) clock() time.Time { q.mu.Lock(); defer q.mu.Unlock(); return q.now }

// openInquiry opens a relay with the account "inbox", and those named.
func openInquiry(t *testing.T, hook string, more ...provider.AccountID) (*inquiry, *registry) {
	t.Helper()
	q := &inquiry{t: t, hook: hook, path: filepath.Join(t.TempDir(), "relay.db"), now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	for _, id := range append([]provider.AccountID{"inbox"}, more...) {
		q.nets = append(q.nets, &registry{id: id, status: map[provider.MessageID][]provider.Event{}})
	}
	q.reopen()
	t.Cleanup(func() { _ = q.Close() })
	q.pass(0)
	for _, n := range q.nets {
		n.read = 0
	}
	return q, q.nets[0]
}

func (q *inquiry) reopen() {
	q.t.Helper()
	if q.Relay != nil {
		if err := q.Close(); err != nil {
			q.t.Fatal(err)
		}
	}
	o := Options{Path: q.path, Now: q.clock, Hooks: []Hook{{ID: "plain", Webhook: healthHook{}}}}
	for _, n := range q.nets {
		a := Account{Account: provider.Account{ID: n.id, Network: provider.SMS, Driver: "registry"}, Provider: n}
		if q.hook != "" {
			a.Hook, a.Routes = q.hook, []provider.Route{provider.Route(n.id)}
		}
		o.Accounts = append(o.Accounts, a)
	}
	var err error
	if q.Relay, err = Open(q.t.Context(), o); err != nil {
		q.t.Fatal(err)
	}
}

// pass lets time go by, and does what Run does then.
func (q *inquiry) pass(d time.Duration) {
	q.t.Helper()
	q.mu.Lock()
	q.now = q.now.Add(d)
	q.mu.Unlock()
	if err := q.askDue(q.t.Context()); err != nil {
		q.t.Fatal(err)
	}
}

func (q *inquiry) send(account provider.AccountID, op provider.OpID) operation {
	q.t.Helper()
	at, err := q.gateway.start("ana", sendRequest{Outgoing: provider.Outgoing{
		Op: op, To: provider.ChatKey{Account: account, Chat: otherPhone}, Content: provider.TextContent("hello"), ReplyTo: "theirs",
	}})
	if err != nil {
		q.t.Fatal(err)
	}
	<-at.done
	if at.err != nil {
		q.t.Fatal(at.err)
	}
	return at.result
}

// told is what the log says of an operation: its states, in order.
func (q *inquiry) told(op provider.OpID) string {
	var said []string
	for _, e := range q.events() {
		s, ok := e.Body.(event.SendState)
		if !ok || s.Op != op {
			continue
		}
		word := string(s.State)
		if s.Message != "" {
			word += "=" + string(s.Message)
		}
		if s.Error != nil && s.Error.Code != "" {
			word += "/" + s.Error.Code
		}
		if (e.By != "ana" && s.State != event.JobDiscarded) || s.Content.Text != "hello" || e.Conversation == "" {
			q.t.Errorf("the fact does not stand alone: %+v", e)
		}
		said = append(said, word)
	}
	return strings.Join(said, " ")
}

func (q *inquiry) events() (all []event.Event) {
	q.t.Helper()
	rows, err := q.log.after(q.t.Context(), 0, 1_000_000, 1<<30)
	if err != nil {
		q.t.Fatal(err)
	}
	for _, r := range rows {
		var e event.Event
		if err := e.UnmarshalJSON(r.json); err != nil {
			q.t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// publish appends what somebody of the team did to the conversation.
func (q *inquiry) publish(id string, body event.Body, v *verdict) {
	q.t.Helper()
	made, err := fact(id, "inbox", q.log.key.Conversation(provider.ChatKey{Account: "inbox", Chat: otherPhone}), "ben", body)
	if err != nil {
		q.t.Fatal(err)
	}
	made.verdict = v
	results, err := q.log.append(q.t.Context(), write{entries: []entry{made}})
	if err != nil || results[0].Conflict != nil {
		q.t.Fatal(results, err)
	}
}

func (q *inquiry) discard(op provider.OpID) {
	q.t.Helper()
	chat := provider.ChatKey{Account: "inbox", Chat: otherPhone}
	q.publish("v:"+string(op), event.SendState{Op: op, State: event.JobDiscarded, Chat: otherPhone, Content: provider.TextContent("hello")},
		&verdict{op: op, chat: chat, state: event.JobDiscarded, by: "ben"})
}

func receiptFor(id provider.MessageID, s provider.Status) provider.Event {
	return provider.Event{
		ID: "s:" + string(id) + ":" + s.String(), Chat: otherPhone,
		Body: provider.Receipt{Message: id, Status: s, At: time.Date(2026, 11, 20, 12, 0, 1, 0, time.UTC)},
	}
}
