package outbox_test

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// colleagues is a message to the customer that the log tells of.
func colleagues(state event.JobState, plan event.Plan) event.Body {
	s := event.SendState{Op: "op-ben", State: state, Chat: "1", Content: provider.TextContent("theirs"), Plan: plan}
	if state == event.JobFailed {
		s.Error = &provider.Error{Reason: provider.Invalid}
	}
	return s
}

// TestAColleagueWhoWasQuickerStopsTheQueue: what was written before a colleague answered,
// and has not left, does not go by itself, however it came to wait, and says who it was.
// My own other terminal, a rule, a note, and what did not go, are no colleague's answer.
func TestAColleagueWhoWasQuickerStopsTheQueue(t *testing.T) {
	phone := provider.MessageSent{Message: "wamid.phone", To: provider.Sender{User: "1", Phone: "1"}, Content: provider.TextContent("by phone")}
	for name, c := range map[string]struct {
		body event.Body
		by   event.AgentID
		says string // empty where it goes
		// direct: it could not leave for want of a network; otherwise of a relay.
		direct bool
	}{
		"a colleague's":              {body: colleagues(event.JobSent, event.Plan{}), by: "ben", says: "ben answered before it left"},
		"one on the wire":            {body: colleagues(event.JobSending, event.Plan{}), by: "ben", says: "ben answered before it left"},
		"one that is unsure":         {body: colleagues(event.JobUnsure, event.Plan{}), by: "ben", says: "ben answered before it left"},
		"on the account's own phone": {body: phone, says: "Somebody else answered before it left"},
		"for want of a network":      {body: colleagues(event.JobSent, event.Plan{}), by: "ben", says: "ben answered before it left", direct: true},
		"my own, elsewhere":          {body: colleagues(event.JobSent, event.Plan{}), by: "ana"},
		"one that has not left":      {body: colleagues(event.JobQueued, event.Plan{}), by: "ben"},
		"one that failed":            {body: colleagues(event.JobFailed, event.Plan{}), by: "ben"},
		"a rule's":                   {body: colleagues(event.JobSent, event.Plan{Edition: 1, Rule: "closed"}), by: "ben"},
		"a note":                     {body: event.Noted{Text: "asked them"}, by: "ben"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				guest, line := key("sales", "1"), w.lines["sales"]
				id := w.writes(guest)
				w.behind, w.direct["sales"] = !c.direct, c.direct
				if c.direct {
					line.does(refuse(provider.Error{Reason: provider.Unreachable}))
				}
				o, stop := w.run()
				defer stop()
				m := w.reply(guest, "mine")
				pass(time.Second)
				before := len(line.sent())
				if !c.direct && before != 0 {
					t.Fatal("it left before the relay was heard")
				}
				w.is(m, event.JobQueued)
				line.does(nil)
				w.catchesUp(o, event.Event{ID: "theirs", Account: "sales", Conversation: id, By: c.by, Kind: c.body.Kind(), Body: c.body})
				pass(time.Minute)
				if c.says == "" {
					w.is(m, event.JobSent)
					return
				}
				got := w.is(m, event.JobFailed)
				if len(line.sent()) != before || got.Error.Reason != provider.Overtaken || !strings.Contains(got.Error.Text, c.says) {
					t.Errorf("%d left, and it says %+v", len(line.sent())-before, got.Error)
				}
				again, err := w.store.TryAgain(t.Context(), m)
				if err != nil {
					t.Fatal(err)
				}
				pass(time.Second)
				w.is(again, event.JobSent)
			})
		})
	}
}

// TestAPersonsWordSendsBehindAnAnswer: what somebody let go behind an unsure one they
// have looked at; and what may have left by a gateway is asked for, not given up.
func TestAPersonsWordSendsBehindAnAnswer(t *testing.T) {
	theirs := func(id event.ConversationID) event.Event {
		body := colleagues(event.JobSent, event.Plan{})
		return event.Event{ID: "theirs", Account: "sales", Conversation: id, By: "ben", Kind: body.Kind(), Body: body}
	}
	bubble(t, func(t *testing.T, w *world) {
		guest, line := key("sales", "1"), w.lines["sales"]
		id := w.writes(guest)
		line.does(refuse(provider.Error{Reason: provider.NoAnswer, Uncertain: true}))
		_, stop := w.run()
		defer stop()
		first, held := w.reply(guest, "first"), w.reply(guest, "second")
		pass(time.Second)
		w.is(first, event.JobUnsure)
		w.is(held, event.JobHeld)
		line.does(nil)
		w.apply(theirs(id))
		if err := w.store.Release(t.Context(), held); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		w.is(held, event.JobSent)
	})
	bubble(t, func(t *testing.T, w *world) {
		guest, line := key("sales", "1"), w.lines["sales"]
		line.caps.Repeatable = true
		id := w.writes(guest)
		line.does(refuse(provider.Error{Reason: provider.NoAnswer, Uncertain: true}))
		_, stop := w.run()
		defer stop()
		m := w.reply(guest, "mine")
		pass(10 * time.Millisecond)
		line.does(nil)
		w.apply(theirs(id))
		pass(time.Minute)
		w.is(m, event.JobSent)
	})
}
