package webhookrelay_test

import (
	"database/sql"
	"net/http"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// scheduled is an edition of what is planned for the chat of outgoing.
func scheduled(op provider.OpID, edition int, conv event.ConversationID, change ...func(*event.SendState)) client.Entry {
	s := event.SendState{
		Op: op, State: event.JobScheduled, Chat: "34600111222", Content: provider.TextContent("hello"),
		Plan: event.Plan{Edition: edition, Was: edition - 1},
	}
	for _, f := range change {
		f(&s)
	}
	return client.Entry{
		ID: string(op) + ":" + string(s.State) + ":" + string(rune('0'+s.Edition)) + s.Content.Text, Account: "gated", Conversation: conv, Kind: s.Kind(), Body: s,
	}
}

// as makes the word on a plan another one.
func as(state event.JobState) func(*event.SendState) {
	return func(s *event.SendState) { s.State = state }
}

func planned(op provider.OpID, edition int) provider.Outgoing {
	m := outgoing(op)
	m.Edition = edition
	return m
}

// tamper changes the log's file while the relay is down.
func tamper(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// TestScheduledSendIsTheLogsLastWord: what leaves is the edition the log has last, once,
// whoever asks; an older one, one before its time or one that is held does not leave, and
// nothing has failed then.
func TestScheduledSendIsTheLogsLastWord(t *testing.T) {
	p := gated(nil)
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana, ben := newClient(t, s, "ana"), newClient(t, s, "ben")
	publish(t, ana, scheduled("op-1", 1, conv))
	publish(t, ben, scheduled("op-1", 2, conv, func(b *event.SendState) { b.Content.Text = "changed" }))
	refusedAs := func(edition int, code string) {
		t.Helper()
		status, a := send(t, s, token, planned("op-1", edition))
		if status != http.StatusUnprocessableEntity || a.Error == nil || a.Error.Code != code || a.Error.Retryable() || a.Error.Uncertain || a.Error.PausesAccount() {
			t.Fatalf("edition %d: status %d, %+v", edition, status, a.Error)
		}
	}
	refusedAs(1, event.CodeChanged)
	publish(t, ana, scheduled("op-1", 3, conv, func(b *event.SendState) { b.Due = time.Now().Add(time.Hour) }))
	refusedAs(3, event.CodeEarly)
	publish(t, ana, scheduled("op-1", 4, conv, func(b *event.SendState) { b.Hold = event.HeldWrote }))
	refusedAs(4, event.CodeChanged)
	publish(t, ana, scheduled("op-1", 5, conv, func(b *event.SendState) { b.Due, b.Broadcast = time.Now(), "b1" }))
	s.Stop()
	s.Start()
	for range 2 {
		if status, a := send(t, s, token, planned("op-1", 5)); status != http.StatusOK || a.Message == "" {
			t.Fatalf("status %d, %+v", status, a)
		}
	}
	if p.attempts() != 1 {
		t.Errorf("%d attempts", p.attempts())
	}
	if n := count(t, s, `select count(*) from event where json ->> '$.body.op' = 'op-1' and json ->> '$.body.state' = 'sent'
		and json ->> '$.body.edition' = 5 and json ->> '$.body.broadcast' = 'b1'`); n != 1 {
		t.Error("the log does not tell which edition left, and what it was one of")
	}
	for name, e := range map[string]client.Entry{
		"changed": scheduled("op-1", 6, conv), "put aside": scheduled("op-1", 5, conv, as(event.JobQueued)),
	} {
		if r, err := ben.Publish(t.Context(), []client.Entry{e}); err != nil || r[0].Conflict == nil || r[0].Conflict.Text == "" {
			t.Errorf("%s after it left: %+v, %v", name, r, err)
		}
	}
}

// TestWhoChangesASecondIsTold: of two who change the same edition one is told; whoever
// changes their own again is in nobody's way, and putting aside needs no edition.
func TestWhoChangesASecondIsTold(t *testing.T) {
	p := gated(nil)
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana, ben := newClient(t, s, "ana"), newClient(t, s, "ben")
	first := scheduled("op-1", 1, conv)
	publish(t, ana, first)
	if r := publish(t, ana, first); !r[0].Duplicate {
		t.Errorf("again: %+v", r)
	}
	publish(t, ana, scheduled("op-1", 3, conv, func(b *event.SendState) { b.Was = 1 })) // two changes, of which one was never published
	publish(t, ana, scheduled("op-1", 4, conv, func(b *event.SendState) { b.Was = 1 })) // it had no answer to the one before
	refused := func(name string, e client.Entry, by event.AgentID) {
		t.Helper()
		r, err := ben.Publish(t.Context(), []client.Entry{e})
		if err != nil || r[0].Conflict == nil || r[0].Conflict.By != by || r[0].Conflict.Text == "" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	refused("of an older edition", scheduled("op-1", 5, conv, func(b *event.SendState) { b.Was = 1 }), "ana")
	refused("as an older edition", scheduled("op-1", 2, conv, func(b *event.SendState) { b.Content.Text = "b" }), "ana")
	failure := func(b *event.SendState) {
		b.State, b.Error = event.JobFailed, &provider.Error{Op: "send", Reason: provider.WindowClosed, Text: "closed"}
	}
	refused("failed as it was", scheduled("op-1", 3, conv, failure), "ana")
	refused("sent by a person's word", scheduled("op-1", 4, conv, as(event.JobSent)), "ana")
	publish(t, ben, scheduled("op-1", 9, conv, as(event.JobDiscarded)))
	status, a := send(t, s, token, planned("op-1", 4))
	if status != http.StatusUnprocessableEntity || a.Error.Code != event.CodeDiscarded {
		t.Errorf("put aside, it is sent: status %d, %+v", status, a)
	}
	refused("put aside", scheduled("op-1", 5, conv, func(b *event.SendState) { b.Content.Text = "c" }), "ben")
	if p.attempts() != 0 {
		t.Errorf("%d attempts", p.attempts())
	}
}

// TestScheduledSendThatFailedBeforeItLeft: the judge's word at its time is the team's, and
// nobody sends it after that; a new message may take its place.
func TestScheduledSendThatFailedBeforeItLeft(t *testing.T) {
	p := gated(nil)
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana := newClient(t, s, "ana")
	publish(t, ana, scheduled("op-1", 1, conv))
	failed := scheduled("op-1", 1, conv, func(b *event.SendState) {
		b.State, b.Error = event.JobFailed, &provider.Error{Op: "send", Reason: provider.WindowClosed, Text: "closed"}
	})
	publish(t, ana, failed)
	if status, a := send(t, s, token, planned("op-1", 1)); status != http.StatusUnprocessableEntity || a.Error.Reason != provider.WindowClosed {
		t.Errorf("status %d, %+v", status, a)
	}
	if status, _ := post(t, s, token, map[string]any{"outgoing": outgoing("op-2"), "retries": "op-1"}); status != http.StatusOK || p.attempts() != 1 {
		t.Errorf("instead of it: status %d, %d attempts", status, p.attempts())
	}
	before := events(t, s)
	for name, e := range map[string]client.Entry{
		"never scheduled": func() client.Entry { e := decided("op-3", event.JobFailed, conv); return e }(),
		"no reason":       scheduled("op-4", 1, conv, as(event.JobFailed)),
		"in doubt":        scheduled("op-5", 1, conv, func(b *event.SendState) { b.State, b.Error = event.JobFailed, unknown() }),
		"without edition": scheduled("op-6", 0, conv),
		"with an error":   scheduled("op-7", 1, conv, func(b *event.SendState) { b.Error = &provider.Error{Text: "x"} }),
	} {
		if _, err := ana.Publish(t.Context(), []client.Entry{e}); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	r, err := ana.Publish(t.Context(), []client.Entry{scheduled("op-8", 1, conv, func(b *event.SendState) { *b = failed.Body.(event.SendState); b.Op = "op-8" })})
	if err != nil || r[0].Conflict == nil {
		t.Errorf("of a send that nobody scheduled: %+v, %v", r, err)
	}
	if after := events(t, s); after != before {
		t.Errorf("%d events of what was refused", after-before)
	}
}

// TestNoPlanAfterAnErasure (P25): what was scheduled for somebody who was erased is not
// sent, and no word of it stays or comes back.
func TestNoPlanAfterAnErasure(t *testing.T) {
	p := gated(nil)
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	ana := newClient(t, s, "ana")
	publish(t, ana, scheduled("op-1", 1, conv))
	publish(t, ana, client.Entry{ID: "erase-1", Account: "gated", Conversation: conv, Kind: event.KindErased, Body: event.Erased{}})
	for _, e := range []client.Entry{
		scheduled("op-1", 2, conv), scheduled("op-1", 1, conv, as(event.JobDiscarded)), scheduled("op-2", 1, conv),
	} {
		if r, err := ana.Publish(t.Context(), []client.Entry{e}); err != nil || r[0].Conflict == nil {
			t.Errorf("%s was taken: %+v, %v", e.ID, r, err)
		}
	}
	if status, _ := send(t, s, token, planned("op-1", 1)); status == http.StatusOK || p.attempts() != 0 {
		t.Errorf("it was sent: status %d", status)
	}
	if n := count(t, s, "select (select count(*) from event where instr(json, 'hello') > 0) + (select count(*) from op where chat <> '' or send is not null)"); n != 0 {
		t.Errorf("%d rows still have a word of it", n)
	}
}

// TestScheduledBeforeARestoredBackup (P11): a log that was put back does not know whether
// what it has as scheduled left since; a person decides.
func TestScheduledBeforeARestoredBackup(t *testing.T) {
	p := gated(nil)
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conv := gatedConversation(t, s, token)
	publish(t, newClient(t, s, "ana"), scheduled("op-1", 1, conv))
	s.Stop()
	tamper(t, s.Path(), "update op set epoch = 'before'")
	s.Start()
	if status, a := send(t, s, token, planned("op-1", 1)); status != http.StatusConflict || a.Error == nil || !a.Error.Uncertain {
		t.Errorf("status %d, %+v", status, a)
	}
	if p.attempts() != 0 {
		t.Errorf("%d attempts", p.attempts())
	}
}
