package store_test

import (
	"context"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func (w *world) do(chat provider.ChatID, body event.Body) provider.OpID {
	w.t.Helper()
	op, err := w.s.Do(w.ctx, store.Action{Conversation: storetest.ID(chat), Body: body, Expect: event.AspectOf(body.Kind())})
	if err != nil {
		w.t.Fatal(err)
	}
	return op
}

// echo is the event the relay makes of an action of ours.
func (w *world) echo(op provider.OpID, chat provider.ChatID, body event.Body) event.Event {
	e := w.log.Event(string(op), storetest.ID(chat), body)
	e.By = storetest.Ana
	return e
}

func (w *world) unpublished() []store.Publication {
	w.t.Helper()
	list, err := w.s.Unpublished(w.ctx, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func TestResolveLeavesTheViewAtOnce(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	op := w.do("1", event.Resolved{Resolution: event.Resolution{Notes: "done"}})
	c := w.conversation("1")
	if c.Status != store.StatusResolved || !c.Pending || c.Unread != 0 || len(w.view(store.ViewAll)) != 0 || len(w.view(store.ViewResolved)) != 1 {
		t.Errorf("row is %+v", c)
	}
	pubs := w.unpublished()
	if len(pubs) != 1 || pubs[0].ID != op || pubs[0].Expect == nil || *pubs[0].Expect != (event.Expect{Aspect: event.AspectStatus}) {
		t.Fatalf("to publish: %+v", pubs)
	}
	if err := w.s.Published(w.ctx, op, w.log.Seq()+1); err != nil {
		t.Fatal(err)
	}
	if c := w.conversation("1"); !c.Pending || len(w.unpublished()) != 0 {
		t.Errorf("accepted, not confirmed: %+v", c)
	}
	w.apply(w.echo(op, "1", event.Resolved{Resolution: event.Resolution{Notes: "done"}}))
	c = w.conversation("1")
	if c.Pending || c.Status != store.StatusResolved || c.StatusSeq != w.log.Seq() {
		t.Errorf("confirmed row is %+v", c)
	}
}

func TestEchoBeforeTheAnswerConfirms(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	op := w.do("1", event.Assigned{To: storetest.Ana})
	w.apply(w.echo(op, "1", event.Assigned{To: storetest.Ana}))
	if err := w.s.Published(w.ctx, op, w.log.Seq()); err != nil {
		t.Fatal(err)
	}
	if c := w.conversation("1"); c.Pending || c.Assignee != storetest.Ana {
		t.Errorf("row is %+v", c)
	}
}

func TestRefusedActionIsUndone(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	watch := w.s.Watch()
	defer watch.Close()
	op := w.do("1", event.Resolved{})
	// Meanwhile ben took it and the customer wrote again.
	w.apply(w.log.By(storetest.Ben, "1", event.Assigned{To: storetest.Ben}), w.log.Inbound("1", "A", "still there?", storetest.Now))
	watch.Take()
	if err := w.s.RefusePublication(w.ctx, op, storetest.Ben, "ben resolved it first."); err != nil {
		t.Fatal(err)
	}
	c := w.conversation("1")
	if c.Status != store.StatusOpen || c.Pending || c.Unread != 2 || c.Assignee != storetest.Ben || c.WaitingSince.IsZero() {
		t.Errorf("row is %+v", c)
	}
	got := watch.Take().Notices
	if len(got) != 1 || got[0].Kind != store.NoticeRefused || got[0].By != storetest.Ben || got[0].Conversation != c.ID {
		t.Errorf("notices %+v", got)
	}
	if len(w.unpublished()) != 0 {
		t.Error("it would be published again")
	}
}

func TestActionsExpectWhatTheOneBeforeLeft(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.By(storetest.Ben, "1", event.Reopened{}))
	before := w.log.Seq()
	first := w.do("1", event.Resolved{})
	w.do("1", event.Reopened{})
	pubs := w.unpublished()
	if len(pubs) != 2 || pubs[0].Expect.Seq != before || pubs[1].Expect.Seq != before {
		t.Fatalf("to publish: %+v", pubs)
	}
	if err := w.s.Published(w.ctx, first, 40); err != nil {
		t.Fatal(err)
	}
	if pubs := w.unpublished(); len(pubs) != 1 || pubs[0].Expect.Seq != 40 {
		t.Errorf("the second expects %+v", pubs)
	}
	if c := w.conversation("1"); c.Status != store.StatusOpen {
		t.Errorf("shown as %s", c.Status)
	}
}

func TestNoteIsPendingUntilEchoed(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	op := w.do("1", event.Noted{Text: "call back"})
	notes := w.thread("1")
	if len(notes) != 2 || notes[1].Kind != store.KindNote || notes[1].Job != event.JobQueued || notes[1].By != storetest.Ana {
		t.Fatalf("thread is %+v", notes)
	}
	if c := w.conversation("1"); c.WaitingSince.IsZero() || c.Unread != 1 || c.Preview.Kind != store.KindNote {
		t.Errorf("a note answered the customer: %+v", c)
	}
	w.apply(w.echo(op, "1", event.Noted{Text: "call back"}))
	after := w.thread("1")
	if len(after) != 2 || after[1].Key != notes[1].Key || after[1].Job != "" || after[1].Seq == 0 {
		t.Errorf("thread is %+v", after)
	}
}

func TestRefusedNoteIsKept(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	op := w.do("1", event.Noted{Text: "call back"})
	if err := w.s.RefusePublication(w.ctx, op, "", "The relay does not take this."); err != nil {
		t.Fatal(err)
	}
	n := w.thread("1")[1]
	if n.Content.Text != "call back" || n.Job != event.JobFailed || n.Error == nil {
		t.Fatalf("note is %+v", n)
	}
	if _, err := w.s.TryAgain(w.ctx, n.Key); err != nil {
		t.Fatal(err)
	}
	if got := w.message(n.Key); got.Job != event.JobQueued || len(w.unpublished()) != 1 || w.unpublished()[0].ID != got.Op {
		t.Errorf("note is %+v", got)
	}
}

func TestPendingActionsSurviveARestart(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	op := w.do("1", event.Labeled{Labels: []string{"vip"}})
	w.s = storetest.OpenWith(t, storetest.Options(w.path, 100))
	if c := w.conversation("1"); len(c.Labels) != 1 || !c.Pending {
		t.Errorf("row is %+v", c)
	}
	if err := w.s.RefusePublication(w.ctx, op, storetest.Ben, "x"); err != nil {
		t.Fatal(err)
	}
	if c := w.conversation("1"); len(c.Labels) != 0 || c.Pending {
		t.Errorf("row is %+v", c)
	}
}

func TestSendIsNoTeamAction(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	if _, err := w.s.Do(w.ctx, store.Action{Conversation: storetest.ID("1"), Body: event.SendState{}}); err == nil {
		t.Error("a send went past the queue")
	}
}

// A decision about a send that does not stand is taken back: the row says again
// what the log says, whoever sends.
func TestRefusedDecisionIsTakenBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		told   event.JobState // the log's last word
		decide func(*store.Store, store.MessageKey) error
		want   event.JobState
	}{
		{"discarded while it is sent", event.JobSending, discards, event.JobUnsure},
		{"discarded in doubt", event.JobUnsure, discards, event.JobUnsure},
		{"counted as sent", event.JobUnsure, marksSent, event.JobUnsure},
		{"discarded after a failure", event.JobFailed, discards, event.JobFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
			sent := w.send("1", "hello")
			key, op := sent.Key, sent.Op
			said := event.SendState{Op: op, State: c.told, Chat: "1", Content: provider.TextContent("hello"), Attempt: 1}
			w.apply(w.echo("gw:"+op, "1", said))
			w.claim(op)
			failure := &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: c.want == event.JobUnsure, Text: "no answer"}
			w.finish(op, store.Outcome{State: c.want, Error: failure})
			if err := c.decide(w.s, key); err != nil {
				t.Fatal(err)
			}
			watch := w.s.Watch()
			defer watch.Close()
			pubs := w.unpublished()
			if len(pubs) != 1 {
				t.Fatalf("to publish: %+v", pubs)
			}
			if err := w.s.RefusePublication(w.ctx, pubs[0].ID, storetest.Ben, "It is otherwise."); err != nil {
				t.Fatal(err)
			}
			if got := w.message(key); got.Job != c.want || !got.Mine {
				t.Errorf("the row is %+v, want %s", got, c.want)
			}
			if n := watch.Take().Notices; len(n) != 1 || n[0].By != storetest.Ben || n[0].Text == "" || len(w.unpublished()) != 0 {
				t.Errorf("notices %+v", n)
			}
		})
	}
}

func discards(s *store.Store, key store.MessageKey) error {
	return s.Discard(context.Background(), key)
}

func marksSent(s *store.Store, key store.MessageKey) error {
	return s.MarkSent(context.Background(), key)
}
