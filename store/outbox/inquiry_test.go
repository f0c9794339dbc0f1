package outbox_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// oracle is a line whose network can be asked, in virtual time. The real ones are
// in the tests of the whole path.
type oracle struct {
	*line
	mu     sync.Mutex
	finds  []time.Time
	looked []provider.Outgoing
	since  []time.Time
	asked  []time.Time
	read   []time.Time
	holds  provider.MessageID
	says   []provider.Status // of every message
	health provider.Health
	listed []time.Time
	lists  []provider.Template
	fails  error // answers everything
	during func()
}

// ask gives the account "sales" a network that can be asked, sent to directly.
func (w *world) ask(can ...provider.Ability) *oracle {
	w.oracle = &oracle{line: w.lines["sales"]}
	w.oracle.caps.Can = map[provider.Ability]provider.Level{}
	for _, a := range can {
		w.oracle.caps.Can[a] = provider.Full
	}
	w.direct["sales"] = true
	return w.oracle
}

func (o *oracle) accounts() []provider.AccountID {
	if o == nil {
		return nil
	}
	return []provider.AccountID{o.account.ID}
}

func (o *oracle) answer(list *[]time.Time) error {
	o.mu.Lock()
	*list = append(*list, time.Now())
	during, fails := o.during, o.fails
	o.mu.Unlock()
	if during != nil {
		during()
	}
	if errors.Is(fails, errPanics) {
		panic("the customer's words")
	}
	return fails
}

var errPanics = errors.New("it panics")

func (o *oracle) FindSent(_ context.Context, m provider.Outgoing, since time.Time) (provider.MessageID, bool, error) {
	err := o.answer(&o.finds)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.looked, o.since = append(o.looked, m), append(o.since, since)
	return o.holds, o.holds != "", err
}

func (o *oracle) MessageStatus(_ context.Context, chat provider.ChatKey, id provider.MessageID) (events []provider.Event, err error) {
	err = o.answer(&o.asked)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.says {
		events = append(events, provider.Event{ID: "s:" + string(id) + ":" + s.String(), Chat: chat.Chat, Body: provider.Receipt{Message: id, Status: s, At: time.Now()}})
	}
	return append(events, provider.Event{ID: "odd", Body: provider.Receipt{Message: "another's", Status: provider.Read}}), err
}

func (o *oracle) ReadHealth(context.Context) (provider.Health, error) {
	err := o.answer(&o.read)
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.health, err
}

func (o *oracle) Templates(context.Context) ([]provider.Template, error) {
	err := o.answer(&o.listed)
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lists, err
}

func (o *oracle) does(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

// times is when the calls in a list were made, after a moment.
func (o *oracle) times(list *[]time.Time, from time.Time) (after []time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, at := range *list {
		after = append(after, at.Sub(from))
	}
	return after
}

// published is what the relay was told of a kind.
func (w *world) published(kind string) (bodies []event.Body) {
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	for _, e := range w.relay.entries {
		if e.Kind == kind {
			bodies = append(bodies, e.Body)
		}
	}
	return bodies
}

var (
	finds    = []provider.Ability{provider.CanFindSent}
	statuses = []provider.Ability{provider.CanPollStatus}
)

// inquiry is a test of what is asked about sends: its account "sales" is sent to
// directly and its network can be asked, a customer has written to it, and the
// outbox runs.
type inquiry struct {
	can []provider.Ability
	// sends answers the attempts; nil takes them.
	sends func(context.Context, int, provider.Outgoing) (provider.MessageID, error)
	// before the outbox runs; nil for nothing.
	before func(*world, *oracle)
}

func (i inquiry) of(t *testing.T, f func(*testing.T, *world, *oracle, provider.ChatKey)) {
	t.Helper()
	bubble(t, func(t *testing.T, w *world) {
		o, c := w.ask(i.can...), key("sales", "1")
		w.writes(c)
		if i.sends != nil {
			o.line.does(i.sends)
		}
		if i.before != nil {
			i.before(w, o)
		}
		w.out, w.stop = w.run()
		defer func() { w.stop() }()
		f(t, w, o, c)
	})
}
