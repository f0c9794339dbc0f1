package webhookrelay_test

import (
	"net/http"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// gatedConversation is the conversation of outgoing's chat, as a terminal
// computes it.
func gatedConversation(t testing.TB, s *relaytest.Server, token string) event.ConversationID {
	t.Helper()
	term := follow(t, s.URL, token, 0)
	hello := <-term.hello
	term.stop()
	return hello.Key.Conversation(outgoing("").To)
}

func decided(op provider.OpID, state event.JobState, conv event.ConversationID) client.Entry {
	body := event.SendState{Op: op, State: state, Chat: "34600111222", Content: provider.TextContent("hello")}
	return client.Entry{ID: string(op) + ":" + string(state) + ":0", Account: "gated", Conversation: conv, Kind: body.Kind(), Body: body}
}

func unknown() *provider.Error {
	return &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true, Text: "may have gone"}
}

// A person's word on an unsure send is in the log under their name, is what a
// repeated operation is answered with, and is in no receipt's way.
func TestVerdictOnAnUnsureSend(t *testing.T) {
	for _, c := range []struct {
		state  event.JobState
		status int
	}{
		{event.JobSent, http.StatusOK},
		{event.JobDiscarded, http.StatusUnprocessableEntity},
	} {
		t.Run(string(c.state), func(t *testing.T) {
			p := gated(unknown())
			s := relaytest.New(t, relaytest.WithProvider(p))
			token := s.Token("ana")
			conv := gatedConversation(t, s, token)
			ben := newClient(t, s, "ben")
			if status, _ := send(t, s, token, outgoing("op-1")); status != http.StatusConflict {
				t.Fatalf("the send is not unsure: status %d", status)
			}
			first := publish(t, ben, decided("op-1", c.state, conv))
			if again := publish(t, ben, decided("op-1", c.state, conv)); !again[0].Duplicate || again[0].Seq != first[0].Seq {
				t.Errorf("published again: %+v, first %+v", again, first)
			}
			if n := count(t, s, "select count(*) from event where seq = ? and json ->> 'by' = 'ben' and json ->> '$.body.state' = ?",
				int64(first[0].Seq), string(c.state)); n != 1 {
				t.Error("the log does not tell what ben decided")
			}
			s.Stop()
			s.Start()
			status, a := send(t, s, token, outgoing("op-1"))
			if status != c.status || a.Message != "" || (c.status == http.StatusOK) != (a.State == "sent") {
				t.Errorf("asked again: status %d, %+v", status, a)
			}
			if c.status != http.StatusOK && (a.Error == nil || a.Error.Retryable() || a.Error.Uncertain || !strings.Contains(a.Error.Text, "ben")) {
				t.Errorf("asked again: %+v", a.Error)
			}
			s.Receive(receiptOf("op-1", "wamid.proof"))
			if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.proof" {
				t.Errorf("after the receipt: status %d, %+v", status, a)
			}
			if p.attempts() != 1 {
				t.Errorf("%d attempts", p.attempts())
			}
		})
	}
}

// Only what is unsure is a person's to decide, and only once.
func TestVerdictsThatAreRefused(t *testing.T) {
	refused := &provider.Error{Op: "send", Reason: provider.WindowClosed, Text: "window"}
	p := gated(nil, refused, unknown(), unknown())
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana, ben := newClient(t, s, "ana"), newClient(t, s, "ben")
	for i, want := range []int{200, 422, 409, 409} {
		op := provider.OpID([]string{"sent", "failed", "doubt", "other"}[i])
		if status, _ := send(t, s, token, outgoing(op)); status != want {
			t.Fatalf("%s: status %d", op, status)
		}
	}
	before := events(t, s)
	for name, e := range map[string]client.Entry{
		"sent":    decided("sent", event.JobSent, conv),
		"failed":  decided("failed", event.JobSent, conv),
		"unknown": decided("never", event.JobSent, conv),
	} {
		results, err := ben.Publish(t.Context(), []client.Entry{e})
		stands := map[string]event.JobState{"sent": event.JobSent, "failed": event.JobFailed}[name]
		if err != nil || len(results) != 1 || results[0].Conflict == nil || results[0].Conflict.Kind != event.KindSend ||
			results[0].Conflict.State != stands || results[0].Conflict.Text == "" {
			t.Errorf("%s: %+v, %v", name, results, err)
		}
	}
	change := func(f func(*client.Entry, *event.SendState)) []client.Entry {
		e := decided("doubt", event.JobSent, conv)
		body := e.Body.(event.SendState)
		f(&e, &body)
		e.Body = body
		return []client.Entry{e}
	}
	for name, entries := range map[string][]client.Entry{
		"another state":        change(func(_ *client.Entry, b *event.SendState) { b.State = event.JobFailed }),
		"unsure":               change(func(_ *client.Entry, b *event.SendState) { b.State = event.JobUnsure }),
		"another conversation": change(func(e *client.Entry, _ *event.SendState) { e.Conversation = "c_abcdefghijklmnopqrstuvwxyz" }),
		"another chat":         change(func(_ *client.Entry, b *event.SendState) { b.Chat = "34600999888" }),
		"names a message":      change(func(_ *client.Entry, b *event.SendState) { b.Message = "wamid.x" }),
		"both":                 {decided("doubt", event.JobSent, conv), decided("doubt", event.JobDiscarded, conv)},
	} {
		if _, err := ben.Publish(t.Context(), entries); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	if after := events(t, s); after != before {
		t.Errorf("%d events were appended by what was refused", after-before)
	}
	publish(t, ana, decided("doubt", event.JobSent, conv))
	results, err := ben.Publish(t.Context(), []client.Entry{decided("doubt", event.JobDiscarded, conv), decided("other", event.JobDiscarded, conv)})
	if err != nil || results[0].Conflict == nil || results[0].Conflict.By != "ana" || results[1].Seq != 0 {
		t.Errorf("second to decide: %+v, %v", results, err)
	}
	if status, _ := send(t, s, token, outgoing("other")); status != http.StatusConflict {
		t.Errorf("what stood beside a conflict was decided: status %d", status)
	}
}

// While the network may still answer there is nothing to decide.
func TestVerdictOnASendInFlight(t *testing.T) {
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 1), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ben := newClient(t, s, "ben")
	answered := make(chan int, 1)
	go func() {
		status, _ := send(t, s, token, outgoing("op-1"))
		answered <- status
	}()
	<-p.enter
	results, err := ben.Publish(t.Context(), []client.Entry{decided("op-1", event.JobDiscarded, conv)})
	if err != nil || results[0].Conflict == nil {
		t.Errorf("%+v, %v", results, err)
	}
	close(p.leave)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("the send itself: status %d", status)
	}
}

// What failed may be put aside by anybody, so that nobody else has to: it is not
// tried again, not even where its reason would pass. What was sent stays sent
// for whoever asks for it again.
func TestFailureIsPutAside(t *testing.T) {
	slow := &provider.Error{Op: "send", Reason: provider.RateLimited, Text: "slow down"}
	shut := &provider.Error{Op: "send", Reason: provider.WindowClosed, Text: "window"}
	for _, c := range []struct {
		name          string
		script        *provider.Error
		before, after int
		state         string
	}{
		{"for now", slow, 422, 422, "discarded"},
		{"for good", shut, 422, 422, "discarded"},
		{"by the network afterwards", nil, 200, 200, "sent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := gated(c.script)
			s := relaytest.New(t, relaytest.WithProvider(p))
			token := s.Token("ana")
			conv := gatedConversation(t, s, token)
			if status, _ := send(t, s, token, outgoing("op-1")); status != c.before {
				t.Fatalf("status %d", status)
			}
			publish(t, newClient(t, s, "ben"), decided("op-1", event.JobDiscarded, conv))
			status, a := send(t, s, token, outgoing("op-1"))
			if status != c.after || (status == 422) != (a.Error != nil && a.Error.Code == "discarded" && strings.Contains(a.Error.Text, "ben")) {
				t.Errorf("asked again: status %d, %+v", status, a)
			}
			if n := count(t, s, "select count(*) from op where op = 'op-1' and state = ?", c.state); n != 1 {
				t.Errorf("the operation is not %s", c.state)
			}
			if p.attempts() != 1 {
				t.Errorf("%d attempts", p.attempts())
			}
		})
	}
}

// A failed send that is sent again as another operation is over: the terminal it
// failed for must not repeat it by itself beside the new one.
func TestSentAgainIsNotRepeated(t *testing.T) {
	p := gated(&provider.Error{Op: "send", Reason: provider.RateLimited, Text: "slow down"})
	s := relaytest.New(t, relaytest.WithProvider(p))
	ana, ben := s.Token("ana"), s.Token("ben")
	if status, _ := send(t, s, ana, outgoing("op-1")); status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", status)
	}
	if status, a := sendAgain(t, s, ben, "op-2", "op-1"); status != http.StatusOK {
		t.Errorf("sent again: status %d, %+v", status, a)
	}
	if status, a := send(t, s, ana, outgoing("op-1")); status != http.StatusUnprocessableEntity || a.Error.Code != "discarded" || a.Error.Retryable() {
		t.Errorf("the old one: status %d, %+v", status, a)
	}
	if p.attempts() != 2 {
		t.Errorf("%d attempts", p.attempts())
	}
}

// What is on the wire is not sent beside itself.
func TestNotSentAgainWhileOnTheWire(t *testing.T) {
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 1), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p))
	ana, ben := s.Token("ana"), s.Token("ben")
	answered := make(chan int, 1)
	go func() {
		status, _ := send(t, s, ana, outgoing("op-1"))
		answered <- status
	}()
	<-p.enter
	if status, a := sendAgain(t, s, ben, "op-2", "op-1"); status != http.StatusUnprocessableEntity || a.Error.Reason != provider.Duplicate {
		t.Errorf("sent again: status %d, %+v", status, a)
	}
	close(p.leave)
	if status := <-answered; status != http.StatusOK || p.attempts() != 1 {
		t.Errorf("status %d after %d attempts", status, p.attempts())
	}
}

func sendAgain(t testing.TB, s *relaytest.Server, token string, op, old provider.OpID) (int, sendAnswer) {
	t.Helper()
	return post(t, s, token, map[string]any{"outgoing": outgoing(op), "retries": old})
}
