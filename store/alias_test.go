package store_test

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// both is a message from one id of a person that names the other.
func (w *world) both(chat, also provider.ChatID, text string) event.Event {
	e := w.log.Inbound(chat, "A", text, storetest.Now)
	m := e.Body.(provider.MessageReceived)
	m.From.Also = []provider.ChatID{also}
	e.Body = m
	return e
}

func TestAliasLeadsToTheOlderConversation(t *testing.T) {
	const number, scoped = "34600", "ES.AbC"
	cases := map[string]struct {
		events func(w *world) []event.Event
		want   provider.ChatID
		texts  int
	}{
		"the number is known, the new id names it": {func(w *world) []event.Event {
			return []event.Event{w.log.Inbound(number, "A", "1", storetest.Now), w.both(scoped, number, "2")}
		}, number, 2},
		"the first message names both, the other id follows": {func(w *world) []event.Event {
			return []event.Event{w.both(scoped, number, "1"), w.log.Inbound(number, "A", "2", storetest.Now)}
		}, scoped, 2},
		"two conversations turn out to be one": {func(w *world) []event.Event {
			return []event.Event{
				w.log.Inbound(number, "A", "1", storetest.Now), w.log.Inbound(scoped, "A", "2", storetest.Now),
				w.both(scoped, number, "3"),
			}
		}, number, 3},
	}
	for name, c := range cases {
		for how, oneByOne := range map[string]bool{"in one batch": false, "one by one": true} {
			t.Run(name+" "+how, func(t *testing.T) {
				w := newWorld(t)
				events := c.events(w)
				if oneByOne {
					for _, e := range events {
						w.apply(e)
					}
				} else {
					w.apply(events...)
				}
				one, two := w.conversation(number), w.conversation(scoped)
				if one.ID != two.ID || one.Chat != c.want || one.ID != storetest.ID(c.want) {
					t.Errorf("two rows: %s (%s) and %s (%s)", one.ID, one.Chat, two.ID, two.Chat)
				}
				if got := len(w.thread(scoped)); got != c.texts || one.Unread != c.texts {
					t.Errorf("%d messages, %d unread, want %d", got, one.Unread, c.texts)
				}
				if got := w.view(store.ViewAll); len(got) != 1 {
					t.Errorf("the list shows %v", got)
				}
				everything(t, w.s, w) // which compares the counts with the views
			})
		}
	}
}

func TestFactsThatNameAnAliasApplyToTheConversation(t *testing.T) {
	w := newWorld(t)
	w.apply(w.both("ES.AbC", "34600", "hi"))
	w.apply(w.log.By(storetest.Ben, "34600", event.Assigned{To: storetest.Ana}))
	c := w.conversation("ES.AbC")
	if c.Assignee != storetest.Ana {
		t.Errorf("assignee is %q", c.Assignee)
	}
	if c.AssigneeSeq != 0 {
		t.Errorf("precondition is %d; the relay has none for this id", c.AssigneeSeq)
	}
	m := w.send("34600", "hello")
	if m.Conversation != c.ID {
		t.Error("a reply to the other id made another conversation")
	}
	everything(t, w.s, w) // which compares the counts with the views
}

func TestMergeTakesTheQueueAndTheDraftAlong(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("34600", "A", "1", storetest.Now), w.log.Inbound("ES.AbC", "A", "2", storetest.Now))
	if err := w.s.SaveDraft(w.ctx, storetest.ID("ES.AbC"), store.DraftReply, "typing"); err != nil {
		t.Fatal(err)
	}
	m := w.send("ES.AbC", "queued")
	w.apply(w.both("ES.AbC", "34600", "3"))
	if text, err := w.s.Draft(w.ctx, storetest.ID("34600"), store.DraftReply); err != nil || text != "typing" {
		t.Errorf("draft is %q, %v", text, err)
	}
	if job := w.claim(m.Op); job.Conversation != storetest.ID("34600") || job.Send.To.Chat != "ES.AbC" {
		t.Errorf("job is %+v", job)
	}
	everything(t, w.s, w) // which compares the counts with the views
}
