package store_test

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func TestWhatIDidMyselfIHaveSeen(t *testing.T) {
	did := map[string]func(*world) []event.Event{
		"answered": func(w *world) []event.Event {
			return []event.Event{w.log.SendState(storetest.Ana, "1", "op-x", event.JobQueued, "", "hi")}
		},
		"noted": func(w *world) []event.Event {
			return []event.Event{w.log.By(storetest.Ana, "1", event.Noted{Text: "n"})}
		},
		"resolved": func(w *world) []event.Event {
			return []event.Event{w.log.By(storetest.Ana, "1", event.Resolved{})}
		},
	}
	for name, act := range did {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			events := []event.Event{w.log.Inbound("1", "A", "one", storetest.Now), w.log.Inbound("1", "A", "two", storetest.Now)}
			events = append(events, act(w)...)
			mark := w.log.Seq()
			w.apply(append(events, w.log.Inbound("1", "A", "three", storetest.Now))...)
			if c := w.conversation("1"); c.New != 1 || c.SeenSeq != mark {
				t.Errorf("%d new, seen up to %d; want 1 and %d", c.New, c.SeenSeq, mark)
			}
		})
	}
}

func TestWhatOthersDidIHaveNotSeen(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "one", storetest.Now))
	w.apply(w.log.Sent(storetest.Ben, "1", "hi", provider.Read)...)
	w.apply(w.log.By(storetest.Ben, "1", event.Noted{Text: "n"}), w.log.By(storetest.Ben, "1", event.Resolved{}),
		w.log.By(storetest.Ana, "1", event.Assigned{To: storetest.Ben}))
	if c := w.conversation("1"); c.New != 1 || c.SeenSeq != 0 {
		t.Errorf("%d new, seen up to %d", c.New, c.SeenSeq)
	}
}

// A later word on a send says nothing about what came between: it is the
// network's or the outbox's, not a look at the thread.
func TestTheOutcomeOfMySendIsNoLook(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.SendState(storetest.Ana, "1", "op-x", event.JobQueued, "", "hi"))
	mark := w.log.Seq()
	w.apply(w.log.Inbound("1", "A", "between", storetest.Now), w.log.SendState(storetest.Ana, "1", "op-x", event.JobSent, "wamid.x", "hi"))
	if c := w.conversation("1"); c.New != 1 || c.SeenSeq != mark {
		t.Errorf("%d new, seen up to %d", c.New, c.SeenSeq)
	}
}

func TestAnOldActDoesNotTakeALookBack(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "one", storetest.Now))
	op, err := w.s.Do(w.ctx, store.Action{Conversation: storetest.ID("1"), Body: event.Noted{Text: "n"}})
	if err != nil {
		t.Fatal(err)
	}
	echo := w.log.By(storetest.Ana, "1", event.Noted{Text: "n"})
	echo.ID = string(op)
	late := w.log.Inbound("1", "A", "two", storetest.Now)
	w.apply(echo, late)
	if err := w.s.See(w.ctx, storetest.ID("1")); err != nil {
		t.Fatal(err)
	}
	w.apply(w.log.SendState(storetest.Ana, "1", "op-y", event.JobQueued, "", "hi"))
	if c := w.conversation("1"); c.New != 0 || c.SeenSeq != w.log.Seq() {
		t.Errorf("%d new, seen up to %d of %d", c.New, c.SeenSeq, w.log.Seq())
	}
}
