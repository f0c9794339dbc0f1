package webhookrelay_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// word is what a terminal says of a send for the n-th time.
func word(op provider.OpID, state event.JobState, conv event.ConversationID, n int) client.Entry {
	e := decided(op, state, conv)
	e.ID = fmt.Sprintf("%s:%d", e.ID, n)
	return e
}

// toldOf is what the log tells of an operation, in order.
func toldOf(t *testing.T, s *relaytest.Server, op provider.OpID) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.Path()+"?_pragma=query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var told string
	if err := db.QueryRowContext(t.Context(), `select group_concat(json ->> '$.body.state' || ' by ' || (json ->> 'by')) from
		(select json from event where json ->> 'kind' = 'message.send' and json ->> '$.body.op' = ? order by seq)`, string(op)).Scan(&told); err != nil {
		t.Fatal(err)
	}
	return strings.Split(told, ",")
}

// TestAReplyThatWaitsOnItsTerminal: until the gateway has an operation its
// terminal says where it stands, as often as that changes; from then on the
// gateway alone does, and what is sent is sent once.
func TestAReplyThatWaitsOnItsTerminal(t *testing.T) {
	p := gated(nil)
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana, ben := newClient(t, s, "ana"), newClient(t, s, "ben")
	for i, state := range []event.JobState{event.JobQueued, event.JobHeld, event.JobQueued, event.JobHeld} {
		if r := publish(t, ana, word("op-1", state, conv, i)); r[0].Seq == 0 || r[0].Duplicate {
			t.Fatalf("%s was not taken: %+v", state, r[0])
		}
	}
	if r := publish(t, ana, word("op-1", event.JobHeld, conv, 3)); !r[0].Duplicate {
		t.Errorf("the same fact again is %+v", r[0])
	}
	if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK {
		t.Fatalf("status %d, %+v", status, a)
	}
	before := events(t, s)
	for i, state := range []event.JobState{event.JobQueued, event.JobHeld, event.JobDiscarded} {
		r, err := ana.Publish(t.Context(), []client.Entry{word("op-1", state, conv, 10+i)})
		if state == event.JobDiscarded { // the network has it, and may say that it failed: then it is put aside
			if err != nil || r[0].Seq == 0 {
				t.Errorf("%s is %+v, %v", state, r, err)
			}
			before++
			continue
		}
		if err != nil || len(r) != 1 || r[0].Conflict == nil || r[0].Conflict.State != event.JobSent || r[0].Conflict.Text == "" {
			t.Errorf("%s, after it was sent, is %+v, %v", state, r, err)
		}
	}
	if after := events(t, s); after != before {
		t.Errorf("%d events of what was refused", after-before)
	}
	want := []string{"queued by ana", "held by ana", "queued by ana", "held by ana", "sending by ana", "sent by ana", "discarded by ana"}
	if got := toldOf(t, s, "op-1"); !slices.Equal(got, want) {
		t.Errorf("the log tells %v, want %v", got, want)
	}
	if p.attempts() != 1 {
		t.Errorf("%d attempts", p.attempts())
	}

	// Given up before it left, it is gone for everybody, and nothing keeps it from
	// being wanted again.
	publish(t, ben, word("op-2", event.JobQueued, conv, 0))
	publish(t, ben, word("op-2", event.JobDiscarded, conv, 1))
	if got := toldOf(t, s, "op-2"); !slices.Equal(got, []string{"queued by ben", "discarded by ben"}) {
		t.Errorf("the log tells %v", got)
	}
}

// TestWordsThatAreRefused: a terminal says no more of a send of the gateway's
// than that it waits.
func TestWordsThatAreRefused(t *testing.T) {
	s := relaytest.New(t, relaytest.WithProvider(gated()))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana := newClient(t, s, "ana")
	change := func(f func(*client.Entry, *event.SendState)) client.Entry {
		e := word("op-1", event.JobHeld, conv, 0)
		body := e.Body.(event.SendState)
		f(&e, &body)
		e.Body = body
		return e
	}
	before := events(t, s)
	for name, e := range map[string]client.Entry{
		"sending":              change(func(_ *client.Entry, b *event.SendState) { b.State = event.JobSending }),
		"unsure":               change(func(_ *client.Entry, b *event.SendState) { b.State = event.JobUnsure }),
		"failed":               change(func(_ *client.Entry, b *event.SendState) { b.State = event.JobFailed }),
		"a message":            change(func(_ *client.Entry, b *event.SendState) { b.Message = "wamid.1" }),
		"an error":             change(func(_ *client.Entry, b *event.SendState) { b.Error = unknown() }),
		"no operation":         change(func(_ *client.Entry, b *event.SendState) { b.Op = "" }),
		"another conversation": change(func(e *client.Entry, _ *event.SendState) { e.Conversation = "c_abcdefghijklmnopqrstuvwxyz" }),
	} {
		if _, err := ana.Publish(t.Context(), []client.Entry{e}); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	if after := events(t, s); after != before {
		t.Errorf("%d events of what was refused", after-before)
	}
}

// TestNoWordAfterAnErasure (P25): what a terminal says of a reply to somebody who
// was erased while it was on its way brings no word back. Once the contact has
// written again, all is new.
func TestNoWordAfterAnErasure(t *testing.T) {
	s := relaytest.New(t, relaytest.WithProvider(gated()))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana := newClient(t, s, "ana")
	publish(t, ana, word("op-1", event.JobHeld, conv, 0))
	erased := client.Entry{ID: "erase-1", Account: "gated", Conversation: conv, Kind: event.KindErased, Body: event.Erased{}}
	publish(t, ana, erased)
	for i, state := range []event.JobState{event.JobQueued, event.JobHeld, event.JobDiscarded} {
		r, err := ana.Publish(t.Context(), []client.Entry{word("op-1", state, conv, 1+i)})
		if err != nil || r[0].Conflict == nil || r[0].Conflict.Text == "" {
			t.Errorf("%s after the erasure is %+v, %v", state, r, err)
		}
	}
	if n := count(t, s, "select count(*) from event where instr(json, 'hello') > 0"); n != 0 {
		t.Errorf("%d events still have a word of it", n)
	}
	note := client.Entry{ID: "note-1", Account: "gated", Conversation: conv, Kind: event.KindNoted, Body: event.Noted{Text: "back again"}}
	publish(t, ana, note)
	if r := publish(t, ana, word("op-2", event.JobHeld, conv, 0)); r[0].Seq == 0 {
		t.Errorf("of a contact who is back: %+v", r[0])
	}
}
