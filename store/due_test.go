package store_test

import (
	"fmt"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// What a colleague decides of a message that this store was about to run holds: it
// does not leave here any more.
func TestScheduledMessageYieldsToTheTeam(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*event.SendState)
		want   event.JobState
	}{
		"put aside": {func(s *event.SendState) { s.State, s.Edition = event.JobDiscarded, 1 }, event.JobDiscarded},
		"failed": {func(s *event.SendState) {
			s.State, s.Edition, s.Error = event.JobFailed, 1, &provider.Error{Text: "no"}
		}, event.JobFailed},
		"put off":      {func(s *event.SendState) { s.Due = inTwoHours.Add(time.Hour) }, event.JobScheduled},
		"sent by them": {func(s *event.SendState) { s.State, s.Edition, s.Message = event.JobSent, 1, "wamid.9" }, event.JobSent},
		"on its way":   {func(s *event.SendState) { s.State, s.Edition = event.JobSending, 1 }, event.JobQueued},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
			m := w.schedule("1", "see you")
			w.logged()
			w.runDue(may)
			w.says(storetest.Ben, &m, c.change)
			got := w.byOp("1", m.Op)
			if got.Job != c.want || got.Mine != (c.want == event.JobQueued) {
				t.Fatalf("it is %+v", got)
			}
			if c.want != event.JobQueued {
				w.idle()
			}
		})
	}
}

// Where the relay says that it is otherwise, nothing has failed: the message is again
// what the log says.
func TestScheduledMessageGoesBackToThePlan(t *testing.T) {
	for _, code := range []string{event.CodeChanged, event.CodeEarly, event.CodeDiscarded} {
		t.Run(code, func(t *testing.T) {
			w := newWorld(t)
			w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
			m := w.schedule("1", "see you")
			w.logged()
			w.runDue(may)
			w.claim(m.Op)
			want := event.JobScheduled
			if code == event.CodeDiscarded {
				w.says(storetest.Ben, &m, func(s *event.SendState) { s.State, s.Edition = event.JobDiscarded, 1 })
				want = event.JobDiscarded
			}
			w.finish(m.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Op: "send", Reason: provider.Other, Code: code, Text: "no"}})
			if got := w.byOp("1", m.Op); got.Job != want || got.Mine || got.Error != nil {
				t.Errorf("it is %+v", got)
			}
			w.idle()
		})
	}
}

// What is sent elsewhere moves to the end of the thread on every terminal; a failure
// of the judge's own at the last moment is told to the team.
func TestScheduledMessageSentElsewhere(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	plan := event.SendState{Op: "op-b", State: event.JobScheduled, Chat: "1", Content: provider.TextContent("see you"), Due: inTwoHours, Plan: event.Plan{Edition: 1}}
	w.apply(w.log.By(storetest.Ben, "1", plan), w.log.Inbound("1", "A", "hello?", storetest.Now))
	if rows := w.thread("1"); rows[1].Job != event.JobScheduled || rows[1].By != storetest.Ben || w.conversation("1").Due != inTwoHours {
		t.Fatalf("the thread is %+v", rows)
	}
	sent := plan
	sent.State, sent.Message, sent.Attempt = event.JobSent, "wamid.7", 1
	w.apply(w.log.By("worker", "1", sent))
	rows := w.thread("1")
	if last := rows[2]; last.Op != "op-b" || last.Job != event.JobSent || last.By != storetest.Ben || last.ID != "wamid.7" {
		t.Errorf("the thread ends with %+v", last)
	}
	late := plan
	late.Edition = 9
	w.apply(w.log.By(storetest.Ben, "1", late)) // the log of a relay that does not judge
	if got := w.byOp("1", "op-b"); got.Job != event.JobSent {
		t.Errorf("what is sent became %s", got.Job)
	}
}

// The judge's last look is the outbox's: what it refuses then is told to the team, too.
func TestScheduledMessageRefusedOnItsWay(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.schedule("1", "see you")
	w.logged()
	w.runDue(may)
	if err := w.s.TellWaiting(w.ctx); err != nil || len(w.unpublished()) != 0 {
		t.Errorf("the team is told that it waits here: %+v, %v", w.unpublished(), err)
	}
	w.claim(m.Op)
	w.finish(m.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Op: "send", Reason: provider.WindowClosed, Text: "closed"}})
	told := w.unpublished()
	if len(told) != 1 || told[0].Body.(event.SendState).State != event.JobFailed || told[0].Body.(event.SendState).Edition != 1 {
		t.Errorf("the team is told %+v", told)
	}
	if err := w.s.RefusePublication(w.ctx, told[0].ID, "ben", "no"); err != nil || len(w.unpublished()) != 0 {
		t.Errorf("refused: %v", err)
	}
}

// A change that did not stand is taken back; of what the log never had the text is
// kept and the row says that nobody sends it.
func TestRefusedPlanIsTakenBack(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.schedule("1", "at noon")
	w.logged()
	refuse := func() {
		t.Helper()
		for _, p := range w.unpublished() {
			if err := w.s.RefusePublication(w.ctx, p.ID, storetest.Ben, "ben changed it first."); err != nil {
				t.Fatal(err)
			}
		}
	}
	words := provider.TextContent("at one")
	if err := w.s.Replan(w.ctx, m.Key, store.Replan{Content: &words, Due: inTwoHours.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	watch := w.s.Watch()
	defer watch.Close()
	refuse()
	if got := w.byOp("1", m.Op); got.Content.Text != "at noon" || !got.Due.Equal(inTwoHours) || got.Job != event.JobScheduled {
		t.Errorf("the row is %+v", got)
	}
	if n := watch.Take().Notices; len(n) != 1 || n[0].By != storetest.Ben {
		t.Errorf("told %+v", n)
	}
	if err := w.s.Unschedule(w.ctx, m.Key); err != nil {
		t.Fatal(err)
	}
	refuse()
	if got := w.byOp("1", m.Op); got.Job != event.JobScheduled {
		t.Errorf("put aside in vain it is %s", got.Job)
	}
	if err := w.s.Reschedule(w.ctx, m.Key, inTwoHours.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	pending := w.unpublished()[0].ID
	w.says(storetest.Ben, &m, func(s *event.SendState) { s.Content.Text = "theirs" }) // as new as ours, and the log's
	if err := w.s.RefusePublication(w.ctx, pending, storetest.Ben, "ben changed it first."); err != nil {
		t.Fatal(err)
	}
	if got := w.byOp("1", m.Op); got.Content.Text != "theirs" || !got.Due.Equal(inTwoHours) {
		t.Errorf("the row is %+v", got)
	}
	never := w.schedule("1", "nobody has it")
	refuse()
	if got := w.byOp("1", never.Op); got.Job != event.JobFailed || got.Error == nil || got.Content.Text != "nobody has it" {
		t.Errorf("the row is %+v", got)
	}
	failed := w.schedule("1", "judged here")
	w.logged()
	w.runDueOf(failed.Op, func(*provider.Outgoing, time.Time) *provider.Error { return &provider.Error{Text: "no"} })
	w.says(storetest.Ben, &failed, func(s *event.SendState) { s.Content.Text = "changed there" })
	if got := w.byOp("1", failed.Op); got.Job != event.JobScheduled || got.Content.Text != "changed there" {
		t.Errorf("the row is %+v", got)
	}
}

// runDueOf is RunDue of one of several.
func (w *world) runDueOf(op provider.OpID, judge func(*provider.Outgoing, time.Time) *provider.Error) {
	w.t.Helper()
	for _, d := range w.due(inTwoHours) {
		if d.Op == op {
			if _, err := w.s.RunDue(w.ctx, d, judge); err != nil {
				w.t.Fatal(err)
			}
			return
		}
	}
	w.t.Fatalf("%s is not due", op)
}

// Of a broadcast that stands still nothing goes, and of a direct account only what is
// this terminal's to send.
func TestWhatIsNotThisTerminalsToRun(t *testing.T) {
	w := newWorldWith(t, func(o *store.Options) {
		o.Direct, o.Terminal = func(provider.AccountID) bool { return true }, "here"
	})
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	theirs := event.SendState{
		Op: "op-b", State: event.JobScheduled, Chat: "1", Content: provider.TextContent("x"), Due: inTwoHours,
		Plan: event.Plan{Edition: 1, Runner: "there"},
	}
	w.apply(w.log.By(storetest.Ben, "1", theirs))
	if list := w.due(inTwoHours); len(list) != 0 {
		t.Errorf("due: %+v", list)
	}
	m := w.schedule("1", "mine")
	w.logged()
	if list := w.due(inTwoHours); len(list) != 1 || list[0].Op != m.Op || list[0].Runner != "here" {
		t.Errorf("due: %+v", list)
	}
	w.runDue(may)
	if p := w.unpublished(); len(p) != 0 {
		t.Errorf("told %+v", p)
	}
	key, err := w.s.Schedule(w.ctx, provider.Outgoing{To: storetest.Chat("2"), Content: provider.TextContent("many")}, inTwoHours, "b1")
	if err != nil || !w.message(key).Plan.Anyway || w.message(key).Broadcast != "b1" {
		t.Fatalf("%+v, %v", w.message(key), err)
	}
	w.logged()
	for _, c := range []struct {
		stage event.BroadcastStage
		want  int
	}{{"", 0}, {event.BroadcastPaused, 0}, {event.BroadcastRunning, 1}} {
		if c.stage == event.BroadcastPaused {
			w.apply(w.log.Event("b1", "", event.Broadcast{ID: "b1"}))
		}
		if c.stage != "" {
			w.apply(w.log.Event(fmt.Sprint("stage", c.stage), "", event.BroadcastState{ID: "b1", State: c.stage}))
		}
		list, err := w.s.DueBroadcast(w.ctx, "b1", inTwoHours, 10)
		if err != nil || len(list) != c.want || len(w.due(inTwoHours)) != 0 {
			t.Errorf("%s: due %+v, %v", c.stage, list, err)
		}
	}
}

// What is not as it was any more is not run.
func TestRunDueOfWhatChanged(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.schedule("1", "x")
	w.logged()
	d := w.due(inTwoHours)[0]
	for name, change := range map[string]func(*store.DueSend){
		"edition": func(d *store.DueSend) { d.Edition = 7 },
		"unknown": func(d *store.DueSend) { d.Op = "none" },
	} {
		other := d
		change(&other)
		if ran, err := w.s.RunDue(w.ctx, other, may); ran != store.RanNot || err != nil {
			t.Errorf("%s: %q, %v", name, ran, err)
		}
	}
	w.runDue(may)
	if ran, err := w.s.RunDue(w.ctx, d, may); ran != store.RanNot || err != nil {
		t.Errorf("run twice: %q, %v", ran, err)
	}
	w.claim(m.Op)
	w.idle()
}
