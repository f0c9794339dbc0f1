package webhookrelay_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// says is a customer's message to the gated account.
func says(n int, chat, text string, also ...provider.ChatID) provider.Event {
	id := fmt.Sprintf("wamid.c%d", n)
	return provider.Event{ID: "m:" + id, Route: "gated", Chat: provider.ChatID(chat), Body: provider.MessageReceived{
		Message: provider.MessageID(id), From: provider.Sender{User: provider.UserID(chat), Also: also},
		SentAt: time.Unix(1_790_000_000, 0).UTC(), Content: provider.TextContent(text),
	}}
}

func of(op provider.OpID, chat, category string) provider.Outgoing {
	m := provider.Outgoing{Op: op, To: provider.ChatKey{Account: "gated", Chat: provider.ChatID(chat)}, Content: provider.TextContent("hello")}
	if category != "" {
		m.Content = provider.Content{Kind: provider.Templated, Text: "offer", Template: &provider.TemplateMessage{Name: "offer", Language: "es", Category: category}}
	}
	return m
}

// asked is a relay of which the gateway is asked for sends.
type asked struct {
	*testing.T
	s     *relaytest.Server
	p     *scripted
	token string
	n     int
}

func newAsked(t *testing.T, script ...*provider.Error) *asked {
	p := gated(script...)
	s := relaytest.New(t, relaytest.WithProvider(p))
	return &asked{T: t, s: s, p: p, token: s.Token("ana")}
}

// want asks for a send; reason is why it is refused, empty where it goes.
func (a *asked) want(what, chat, category string, reason provider.Reason) {
	a.Helper()
	a.n++
	before := a.p.attempts()
	op := provider.OpID(fmt.Sprintf("op-%d", a.n))
	for range 2 { // asked again, the answer is the same
		status, got := send(a, a.s, a.token, of(op, chat, category))
		switch {
		case reason == "" && status != http.StatusOK:
			a.Fatalf("%s: status %d, %+v", what, status, got.Error)
		case reason != "" && (status != http.StatusUnprocessableEntity || got.Error == nil || got.Error.Reason != reason ||
			got.Error.Code != "" || got.Error.Uncertain || got.Error.Text == ""):
			a.Fatalf("%s: status %d, %+v, want %s", what, status, got.Error, reason)
		}
	}
	if went := a.p.attempts() - before; went != 0 && reason != "" || went != 1 && reason == "" {
		a.Errorf("%s: %d attempts on the wire", what, went)
	}
}

func (a *asked) publishes(who string, conv event.ConversationID, id string, body event.Body) {
	a.Helper()
	e := client.Entry{ID: id, Account: "gated", Conversation: conv, Kind: body.Kind(), Body: body}
	if event.Nowhere(e.Kind) {
		e.Account = ""
	}
	publish(a, newClient(a, a.s, who), e)
}

// TestTheGatewayHearsWhatCustomersWant: whoever asks, and whatever a terminal knew, what
// the customer or the team refused does not reach the wire; their newer word lets it go.
func TestTheGatewayHearsWhatCustomersWant(t *testing.T) {
	a := newAsked(t)
	a.want("before any word", "1", "", "")
	a.s.Receive(says(1, "1", "hola"), says(2, "1", " Stop. "))
	a.want("after STOP", "1", "", provider.OptedOut)
	a.want("somebody else", "2", "MARKETING", "")
	a.s.Receive(says(3, "1", "please stop by"), says(4, "1", "START"))
	a.want("after START", "1", "", "")
	a.s.Receive(says(5, "1", "stop promotions"))
	a.want("marketing", "1", "MARKETING", provider.OptedOut)
	a.want("what is none", "1", "UTILITY", "")
	a.s.Receive(provider.Event{ID: "c:1", Route: "gated", Chat: "3", Body: provider.Consent{Category: "marketing", At: time.Unix(1_790_000_000, 0).UTC(), Detail: "131050"}})
	a.want("told by the network", "3", "Marketing", provider.OptedOut)

	one, two := a.conversation("1"), a.conversation("2")
	a.publishes("ben", two, "blocked", event.Blocked{Blocked: true})
	a.want("blocked", "2", "", provider.Blocked)
	a.publishes("ben", two, "freed", event.Blocked{})
	a.publishes("ben", one, "noted", event.Consented{Detail: "on the phone"})
	a.want("noted by an agent", "1", "", provider.OptedOut)
	a.publishes("ben", two, "joined", event.Joined{Contact: one})
	a.want("the same person elsewhere", "2", "", provider.OptedOut)
	a.s.Stop()
	a.s.Start() // what it knows is on the disk
	a.want("after a restart", "2", "", provider.OptedOut)
	a.publishes("ben", two, "apart", event.Joined{})
	a.want("apart again", "2", "", "")

	a.s.Receive(says(6, "GT.77", "baja", "50255550077"))
	a.want("by another id of the chat", "50255550077", "", provider.OptedOut)
	a.s.Receive(says(7, "5511987654321", "sair"))
	a.want("by another form of the number", "551187654321", "", provider.OptedOut)
	a.publishes("ben", "", "words", event.Set{What: event.SettingStop, Name: event.StopWordsName, Value: []byte(`{"stop":["genug"]}`)})
	a.s.Receive(says(8, "8", "stop"), says(9, "9", "Genug"))
	a.want("no word of the team's", "8", "", "")
	a.want("a word of the team's", "9", "", provider.OptedOut)
}

// conversation is the name of a chat's conversation.
func (a *asked) conversation(chat provider.ChatID) event.ConversationID {
	a.Helper()
	term := follow(a, a.s.URL, a.token, 0)
	id := (<-term.hello).Key.Conversation(provider.ChatKey{Account: "gated", Chat: chat})
	term.stop()
	return id
}

// TestAWordThatCameInBetween: the customer writes STOP while the send waits for the
// account's pace; it does not leave. A token of another program meets the same answer.
func TestAWordThatCameInBetween(t *testing.T) {
	a := newAsked(t)
	a.p.enter, a.p.leave = make(chan provider.Outgoing), make(chan struct{})
	first := make(chan int, 1)
	go func() { status, _ := send(t, a.s, a.token, of("op-first", "1", "")); first <- status }()
	<-a.p.enter // it is on the wire, and no word stops it there
	a.s.Receive(says(1, "1", "STOP"))
	close(a.p.leave)
	if status := <-first; status != http.StatusOK {
		t.Errorf("what was on the wire: status %d", status)
	}
	a.p.enter = nil
	a.want("the one behind it", "1", "", provider.OptedOut)
	a.token = a.s.TokenFor("shop", webhookrelay.RoleIntegration)
	a.want("by a program", "1", "UTILITY", provider.OptedOut)
}

// TestTheNetworksRefusalIsHeard: who was found to want nothing by the network's answer to
// a send is not asked again.
func TestTheNetworksRefusalIsHeard(t *testing.T) {
	a := newAsked(t, &provider.Error{Op: "send", Reason: provider.OptedOut, Code: "131050", Text: "no marketing"})
	if status, got := send(t, a.s, a.token, of("op-a", "1", "MARKETING")); status != http.StatusUnprocessableEntity || got.Error.Code != "131050" {
		t.Fatalf("%d, %+v", status, got.Error)
	}
	a.want("again", "1", "MARKETING", provider.OptedOut)
	a.want("what is no marketing", "1", "", "")
}

// TestTheTeamSeesWhatWasRefused: one event says that it failed and why, a plan is over,
// and of somebody who was erased nothing is kept.
func TestTheTeamSeesWhatWasRefused(t *testing.T) {
	a := newAsked(t)
	a.s.Receive(says(1, "34600111222", "stop"))
	conv := a.conversation("34600111222")
	publish(t, newClient(t, a.s, "ana"), scheduled("plan-1", 1, conv, func(b *event.SendState) { b.Broadcast = "b1" }))
	for range 2 {
		if status, got := send(t, a.s, a.token, planned("plan-1", 1)); status != http.StatusUnprocessableEntity || got.Error.Reason != provider.OptedOut {
			t.Fatalf("%d, %+v", status, got.Error)
		}
	}
	term := follow(t, a.s.URL, a.token, 0)
	term.waitFor(6)
	term.stop()
	if got := states(t, term, "plan-1"); got != "scheduled failed" {
		t.Errorf("the team saw %q", got)
	}
	publish(t, newClient(t, a.s, "root"), client.Entry{ID: "e1", Account: "gated", Conversation: conv, Kind: event.KindErased, Body: event.Erased{}})
	a.want("after the person was erased", "34600111222", "", "")
}

// TestTwoSupervisorsAtOnce: who was second is told by whom; one broadcast is nothing to
// another, nor is what an older log holds of it.
func TestTwoSupervisorsAtOnce(t *testing.T) {
	s := relaytest.New(t)
	ana, ben := newClient(t, s, "ana"), newClient(t, s, "ben")
	told := func(id string, body event.Body, seq event.Seq) client.Entry {
		return client.Entry{ID: id, Account: relaytest.Account, Kind: body.Kind(), Body: body, Expect: &event.Expect{Aspect: event.AspectBroadcast, Seq: seq}}
	}
	stage := func(id event.BroadcastID, to event.BroadcastStage) event.Body {
		return event.BroadcastState{ID: id, State: to}
	}
	begun := publish(t, ana, told("d1", event.Broadcast{ID: "b1", Name: "one"}, 0), told("d2", event.Broadcast{ID: "b2", Name: "two"}, 0))
	if begun[0].Seq == 0 || begun[1].Seq == 0 {
		t.Fatalf("%+v", begun)
	}
	paused := publish(t, ana, told("p1", stage("b1", event.BroadcastPaused), begun[0].Seq))[0]
	second := publish(t, ben, told("c1", stage("b1", event.BroadcastCancelled), begun[0].Seq))[0]
	if paused.Seq == 0 || second.Conflict == nil || second.Conflict.By != "ana" || second.Conflict.Kind != event.KindBroadcastState {
		t.Fatalf("%+v, %+v", paused, second)
	}
	if other := publish(t, ben, told("c2", stage("b2", event.BroadcastCancelled), begun[1].Seq))[0]; other.Seq == 0 {
		t.Errorf("%+v", other)
	}
	if looked := publish(t, ben, told("c3", stage("b1", event.BroadcastCancelled), paused.Seq))[0]; looked.Seq == 0 {
		t.Errorf("after a look: %+v", looked)
	}
}

// TestWhoMayStageABroadcast: an agent pauses nothing for themselves, and their terminal
// what fails; one of many is planned by who may send to many, and changed by who may send.
func TestWhoMayStageABroadcast(t *testing.T) {
	p := gated()
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.TokenFor("eva", webhookrelay.RoleAgent)
	conv := gatedConversation(t, s, token)
	of := func(body event.Body) client.Entry {
		return client.Entry{ID: fmt.Sprintf("%T%+v", body, body)[:40], Account: "gated", Kind: body.Kind(), Body: body}
	}
	many := func(b *event.SendState) { b.Broadcast = "b1" }
	publish(t, newClient(t, s, "ana"), of(event.Broadcast{ID: "b1", Name: "n"}), scheduled("m-1", 1, conv, many))
	for what, c := range map[string]struct {
		e   client.Entry
		may bool
	}{
		"pauses it":           {of(event.BroadcastState{ID: "b1", State: event.BroadcastPaused}), false},
		"pauses what fails":   {of(event.BroadcastState{ID: "b1", State: event.BroadcastPaused, Why: event.PausedFailing}), true},
		"lets it go on":       {of(event.BroadcastState{ID: "b1", State: event.BroadcastRunning, Why: "x"}), false},
		"plans one of many":   {scheduled("m-2", 1, conv, many), false},
		"plans one":           {scheduled("m-3", 1, conv), true},
		"changes one of many": {scheduled("m-1", 2, conv, many), true},
	} {
		c.e.ID = "op-" + what
		refused := publishAs(t, s, token, c.e)
		if c.may != (refused == nil) || !c.may && refused.Code != client.CodeRole {
			t.Errorf("an agent %s: %v", what, refused)
		}
	}
}

// TestTheLedgerOfAnOlderLog: a log that was written before there was a ledger is read at
// the start; one that was recovered is read again from its beginning.
func TestTheLedgerOfAnOlderLog(t *testing.T) {
	a := newAsked(t)
	a.s.Receive(says(1, "1", "stop"), says(2, "2", "hola"))
	a.publishes("ben", a.conversation("2"), "blocked", event.Blocked{Blocked: true})
	for what, change := range map[string]string{
		"before there was one":     "delete from consent; delete from consent_read",
		"further than the log":     "update consent_read set seq = 1000000",
		"what stands is not known": "delete from consent_read",
	} {
		a.s.Stop()
		tamper(t, a.s.Path(), change)
		a.s.Start()
		a.want(what, "1", "", provider.OptedOut)
		a.want(what, "2", "", provider.Blocked)
		a.want(what, "3", "", "")
	}
}
