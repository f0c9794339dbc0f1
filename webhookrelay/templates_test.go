package webhookrelay_test

import (
	"context"
	"sync"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// library is a network with a list of templates that can change.
type library struct {
	scripted
	lock   sync.Mutex
	list   []provider.Template
	listed chan struct{}
}

func (l *library) Templates(context.Context) ([]provider.Template, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	defer func() { l.listed <- struct{}{} }()
	return l.list, nil
}

func (l *library) set(status provider.TemplateStatus) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.list = []provider.Template{{ID: "1", Name: "hello", Language: "en", Status: status}}
}

// The list is in the log from the start, again only when it differs, and at
// once when the network says so.
func TestTemplatesOfGatewayAccounts(t *testing.T) {
	l := &library{scripted: scripted{account: gated().account}, listed: make(chan struct{}, 10)}
	l.set(provider.Pending)
	s := relaytest.New(t, relaytest.WithProvider(l))
	term := follow(t, s.URL, s.Token("ana"), 0)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		s.Relay.Run(ctx)
		close(ended)
	}()
	changed := func(id string) provider.Event {
		return provider.Event{Route: "gated", ID: "h:" + id, Body: provider.TemplateStatusChanged{Name: "hello", Language: "en", Status: provider.Approved}}
	}
	<-l.listed
	term.waitFor(4) // two accounts, one agent, the list
	s.Receive(changed("1"))
	<-l.listed // the same list: nothing is appended
	l.set(provider.Approved)
	s.Receive(changed("2"))
	<-l.listed
	term.waitFor(7)
	s.Receive(changed("2")) // a repetition is no reason to ask
	stop()
	<-ended
	term.stop()
	if len(l.listed) != 0 {
		t.Error("a repeated webhook listed the templates again")
	}
	var lists []event.TemplatesListed
	for _, e := range term.events {
		if b, ok := e.Body.(event.TemplatesListed); ok && e.Account == "gated" {
			lists = append(lists, b)
		}
	}
	if len(lists) != 2 || lists[0].Templates[0].Status != provider.Pending || lists[1].Templates[0].Status != provider.Approved {
		t.Errorf("the log has the lists %+v", lists)
	}
}
