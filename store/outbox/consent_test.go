package outbox_test

import (
	"context"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

func (w *world) says(c provider.ChatKey, text string) {
	w.t.Helper()
	w.apply(event.Event{
		ID: "say:" + text, Account: c.Account, Conversation: teamKey.Conversation(c), Kind: provider.KindMessage,
		Body: provider.MessageReceived{
			Message: provider.MessageID("say." + text), From: provider.Sender{User: provider.UserID(c.Chat), Phone: string(c.Chat)},
			SentAt: time.Now(), Content: provider.TextContent(text),
		},
	})
}

func (w *world) fact(c provider.ChatKey, id string, body event.Body) {
	w.t.Helper()
	w.apply(event.Event{ID: id, Account: c.Account, Conversation: teamKey.Conversation(c), Kind: body.Kind(), By: "ben", Body: body})
}

// Whatever was queued before the customer said no does not leave: not a text, not
// a template, and not where they said it in another of their conversations.
func TestNothingLeavesForWhoAskedForNoMore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		stopped, blocked, joined, other := key("sales", "34600000001"), key("sales", "34600000002"), key("support", "34600000003"), key("sales", "34600000004")
		for _, c := range []provider.ChatKey{stopped, blocked, joined, other} {
			w.writes(c)
		}
		a, b, c, d := w.reply(stopped, "a"), w.reply(blocked, "b"), w.reply(joined, "c"), w.reply(other, "d")
		w.says(stopped, " Stop. ")
		w.fact(blocked, "block", event.Blocked{Blocked: true})
		w.fact(joined, "join", event.Joined{Contact: teamKey.Conversation(stopped)})
		_, stop := w.run()
		defer stop()
		if m := w.is(a, event.JobFailed); m.Error.Reason != provider.OptedOut || m.Error.Code != "" {
			t.Errorf("to who wrote stop: %+v", m.Error)
		}
		if m := w.is(b, event.JobFailed); m.Error.Reason != provider.Blocked {
			t.Errorf("to who is blocked: %+v", m.Error)
		}
		if m := w.is(c, event.JobFailed); m.Error.Reason != provider.OptedOut {
			t.Errorf("to the same person elsewhere: %+v", m.Error)
		}
		w.is(d, event.JobSent)
		if n := len(w.lines["sales"].sent()) + len(w.lines["support"].sent()); n != 1 {
			t.Errorf("%d messages left, want the one", n)
		}
		w.says(stopped, "START")
		again := w.reply(stopped, "welcome back")
		pass(time.Second)
		w.is(again, event.JobSent)
	})
}

// Who wants no marketing still gets what is none.
func TestMarketingAloneIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600000001")
		w.writes(c)
		w.fact(c, "no", event.Consented{Category: "marketing", Detail: "said so on the phone"})
		send := func(category string) provider.OpID {
			op := provider.OpID("template-" + category)
			m := provider.TemplateMessage{Name: "t", Language: "en", Category: category}
			if _, err := w.store.Send(t.Context(), provider.Outgoing{Op: op, To: c, Content: provider.Content{Kind: provider.Templated, Template: &m}}); err != nil {
				t.Fatal(err)
			}
			return op
		}
		send("MARKETING")
		utility := send("utility")
		text := w.reply(c, "hello")
		_, stop := w.run()
		defer stop()
		w.is(text, event.JobSent)
		sent := w.lines["sales"].sent()
		if len(sent) != 2 || sent[0].op != utility {
			t.Errorf("what left is %+v", sent)
		}
	})
}

// What may have left before they said no is not asked for again: that could send
// it now. Nobody knows whether it did.
func TestARepeatIsNotMadeForWhoAskedForNoMore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600000001")
		w.writes(c)
		w.lines["sales"].caps.Repeatable = true
		w.lines["sales"].does(func(context.Context, int, provider.Outgoing) (provider.MessageID, error) {
			return "", &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true, Text: "No answer."}
		})
		m := w.reply(c, "hello")
		_, stop := w.run()
		defer stop()
		w.says(c, "STOP")
		pass(time.Minute)
		if row := w.is(m, event.JobUnsure); row.Error.Reason != provider.OptedOut || !row.Error.Uncertain {
			t.Errorf("%+v", row.Error)
		}
		if n := len(w.lines["sales"].sent()); n != 1 {
			t.Errorf("it was asked for %d times", n)
		}
	})
}
