package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// many schedules a broadcast to n people who never wrote.
func (w *world) many(id event.BroadcastID, n int) []store.Planned {
	w.t.Helper()
	list := make([]store.Planned, n)
	for i := range list {
		list[i] = store.Planned{Due: storetest.Now, Send: provider.Outgoing{
			To: storetest.Chat(provider.ChatID(fmt.Sprint("5000", i))), Content: provider.TextContent("to many"),
		}}
	}
	w.must(w.s.ScheduleAll(w.ctx, id, list))
	return list
}

// defines tells the team of a broadcast.
func (w *world) defines(id event.BroadcastID, n int) provider.OpID {
	w.t.Helper()
	op, err := w.s.DefineBroadcast(w.ctx, storetest.Account, event.Broadcast{ID: id, Recipients: n, PerMinute: 7})
	if err != nil {
		w.t.Fatal(err)
	}
	return op
}

func (w *world) broadcast(id event.BroadcastID, n int) []store.Planned {
	w.t.Helper()
	w.defines(id, n)
	list := w.many(id, n)
	for len(w.unpublished()) > 0 {
		w.logged()
	}
	return list
}

func (w *world) stage(id event.BroadcastID, to event.BroadcastStage) {
	w.t.Helper()
	w.apply(w.log.Event(fmt.Sprint(id, to, w.log.Seq()), "", event.BroadcastState{ID: id, State: to}))
}

func (w *world) tally(id event.BroadcastID) store.Tally {
	w.t.Helper()
	got, err := w.s.BroadcastTally(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// runMany gives n of a broadcast to the queue.
func (w *world) runMany(id event.BroadcastID, n int) {
	w.t.Helper()
	list, err := w.s.DueBroadcast(w.ctx, id, storetest.Now, n)
	if err != nil || len(list) != n {
		w.t.Fatalf("due %+v, %v", list, err)
	}
	for _, d := range list {
		if ran, err := w.s.RunDue(w.ctx, d, may); err != nil || ran != store.RanQueued {
			w.t.Fatalf("ran as %q, %v", ran, err)
		}
	}
}

// A recipient is queued once, however often the broadcast is queued.
func TestARecipientIsQueuedOnce(t *testing.T) {
	w := newWorld(t)
	list := w.broadcast("b1", 5)
	w.must(w.s.ScheduleAll(w.ctx, "b1", list))
	if p := w.unpublished(); len(p) != 0 {
		t.Errorf("told again: %+v", p)
	}
	got := w.tally("b1")
	if got.Scheduled != 5 || got.All() != 5 || got.Left() != 5 || !got.Next.Equal(storetest.Now) {
		t.Errorf("%+v", got)
	}
	seen := map[provider.OpID]bool{}
	w.must(w.s.BroadcastSends(w.ctx, "b1", func(r store.BroadcastSend) error {
		seen[r.Op] = r.Op == store.BroadcastOp("b1", storetest.Chat(r.Chat)) && r.State() == "scheduled"
		return nil
	}))
	if len(seen) != 5 {
		t.Errorf("%v", seen)
	}
	stop := errors.New("stop")
	if err := w.s.BroadcastSends(w.ctx, "b1", func(store.BroadcastSend) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	if store.BroadcastOp("b1", storetest.Chat("1")) == store.BroadcastOp("b2", storetest.Chat("1")) {
		t.Error("two broadcasts have one operation")
	}
}

// An agent's reply leaves before what goes to many, and their action is told before
// the recipients are.
func TestReplyIsNotBehindABroadcast(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	w.broadcast("b1", 5)
	w.runMany("b1", 3)
	w.send("1", "an answer")
	for _, want := range []string{"an answer", "to many", "to many", "to many"} {
		job, ok, err := w.s.Claim(w.ctx, storetest.Now.Add(time.Minute), nil)
		if err != nil || !ok || job.Send.Content.Text != want {
			t.Fatalf("%q leaves instead of %q: %v", job.Send.Content.Text, want, err)
		}
		w.must(w.s.Finish(w.ctx, job.Op, store.Outcome{State: event.JobSent, Message: provider.MessageID("wamid." + string(job.Op))}))
	}
	if got := w.tally("b1"); got.Sent != 3 || got.Scheduled != 2 || got.Went() != 3 {
		t.Errorf("%+v", got)
	}
	w.defines("b2", 3)
	w.logged()
	w.many("b2", 3)
	if _, err := w.s.Do(w.ctx, store.Action{Conversation: storetest.ID("1"), Body: event.Resolved{}}); err != nil {
		t.Fatal(err)
	}
	list := w.unpublished()
	if len(list) != 4 || list[0].Body.Kind() != event.KindResolved {
		t.Errorf("published first: %+v", list[0])
	}
}

// What was paused does not leave, not even what is in the queue already, and goes on
// when it is resumed.
func TestPausedBroadcastStandsStill(t *testing.T) {
	w := newWorld(t)
	w.broadcast("b1", 3)
	running := func() store.RunningBroadcast {
		list, err := w.s.RunningBroadcasts(w.ctx, storetest.Now)
		if err != nil || len(list) > 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		if len(list) == 0 {
			return store.RunningBroadcast{}
		}
		return list[0]
	}
	w.runMany("b1", 1)
	if got := running(); got.ID != "b1" || got.Account != storetest.Account || got.PerMinute != 7 || got.Queued != 1 {
		t.Errorf("%+v", got)
	}
	w.stage("b1", event.BroadcastPaused)
	if got := running(); got.ID != "" {
		t.Errorf("%+v runs", got)
	}
	w.idle()
	w.stage("b1", event.BroadcastRunning)
	if _, ok, err := w.s.Claim(w.ctx, storetest.Now.Add(time.Minute), nil); !ok || err != nil {
		t.Errorf("nothing leaves: %v", err)
	}
}

// A broadcast that was cancelled is over on every terminal: what has not left never
// does, and what is scheduled for it afterwards, here or elsewhere, neither.
func TestCancelledBroadcastIsOver(t *testing.T) {
	w := newWorld(t)
	w.broadcast("b1", 4)
	w.runMany("b1", 2)
	job, ok, err := w.s.Claim(w.ctx, storetest.Now, nil)
	if !ok || err != nil {
		t.Fatalf("%v", err)
	}
	w.many("b1", 5) // the fifth is not told yet
	w.stage("b1", event.BroadcastCancelled)
	w.stage("b1", event.BroadcastRunning)
	w.idle()
	if got := w.tally("b1"); got.Discarded != 4 || got.Queued != 1 {
		t.Errorf("%+v", got)
	}
	w.logged()
	theirs := event.SendState{
		Op: "op-theirs", State: event.JobScheduled, Chat: "9", Content: provider.TextContent("x"), Due: storetest.Now, Broadcast: "b1",
		Plan: event.Plan{Edition: 1, Anyway: true},
	}
	w.apply(w.log.By(storetest.Ben, "9", theirs))
	w.must(w.s.Finish(w.ctx, job.Op, store.Outcome{State: event.JobSent, Message: "wamid.1"}))
	if got := w.tally("b1"); got.Discarded != 5 || got.Sent != 1 || got.Left() != 0 {
		t.Errorf("%+v", got)
	}
	if list, err := w.s.DueBroadcast(w.ctx, "b1", inTwoHours, 9); err != nil || len(list) != 0 {
		t.Errorf("due %+v, %v", list, err)
	}
	if b, err := w.s.Broadcast(w.ctx, "b1"); err != nil || b.Stage != event.BroadcastCancelled {
		t.Errorf("%+v, %v", b, err)
	}
}

// One that the team was not told of yet is known here.
func TestUntoldBroadcastIsKnown(t *testing.T) {
	w := newWorld(t)
	if _, err := w.s.Broadcast(w.ctx, "b1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := w.s.DefineBroadcast(w.ctx, storetest.Account, event.Broadcast{ID: "b1", Name: "news"}); err != nil {
		t.Fatal(err)
	}
	if b, err := w.s.Broadcast(w.ctx, "b1"); err != nil || b.Name != "news" || b.Stage != event.BroadcastRunning || b.Account != storetest.Account {
		t.Errorf("%+v, %v", b, err)
	}
}

// One that is held for a person, and one whose fate nobody knows, are counted as such.
func TestTallyTellsWhatWaitsForAPerson(t *testing.T) {
	w := newWorld(t)
	w.broadcast("b1", 3)
	var first store.BroadcastSend
	w.must(w.s.BroadcastSends(w.ctx, "b1", func(r store.BroadcastSend) error {
		if first.Op == "" {
			first = r
		}
		return nil
	}))
	w.apply(w.log.By(storetest.Ben, first.Chat, event.SendState{
		Op: first.Op, State: event.JobScheduled, Chat: first.Chat, Content: provider.TextContent("to many"), Due: first.Due, Broadcast: "b1",
		Plan: event.Plan{Edition: 2, Was: 1, Hold: event.HeldWrote},
	}))
	w.runMany("b1", 2)
	job, ok, err := w.s.Claim(w.ctx, storetest.Now, nil)
	if !ok || err != nil {
		t.Fatal(err)
	}
	w.must(w.s.Finish(w.ctx, job.Op, store.Outcome{State: event.JobUnsure, Error: &provider.Error{Op: "send", Uncertain: true, Text: "no"}}))
	if got := w.tally("b1"); got.Held != 1 || got.Unsure != 1 || got.Queued != 1 || got.All() != 3 {
		t.Errorf("%+v", got)
	}
}

// TestARefusedBroadcastLeavesNothingWaiting: what the relay will not have of a broadcast
// takes its sends along, also those that are kept while it is asked, and nothing of it is
// told to the team.
func TestARefusedBroadcastLeavesNothingWaiting(t *testing.T) {
	w := newWorld(t)
	op := w.defines("b1", 5)
	list := w.many("b1", 5)
	w.must(w.s.RefusePublication(w.ctx, op, "", "Your role may not."))
	if got := w.tally("b1"); got.Discarded != 5 || got.Left() != 0 {
		t.Errorf("%+v", got)
	}
	if pubs := w.unpublished(); len(pubs) != 0 {
		t.Errorf("to be told: %+v", pubs)
	}
	if err := w.s.ScheduleAll(w.ctx, "b1", list); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("more of it is kept: %v", err)
	}
	w.broadcast("b2", 1)
	w.stage("b2", event.BroadcastCancelled)
	if err := w.s.ScheduleAll(w.ctx, "b2", list); !errors.Is(err, store.ErrState) {
		t.Errorf("more of a cancelled one is kept: %v", err)
	}
	if _, err := w.s.StageBroadcast(w.ctx, storetest.Account, event.BroadcastState{ID: "b1", State: event.BroadcastPaused}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what is not there is paused: %v", err)
	}
}

// TestWhoStagedABroadcast: each change is kept with who and when, one of ours stands still
// here before the team has it, and ours expect what ours left behind.
func TestWhoStagedABroadcast(t *testing.T) {
	w := newWorld(t)
	op := w.defines("b1", 1)
	pause, err := w.s.StageBroadcast(w.ctx, storetest.Account, event.BroadcastState{ID: "b1", State: event.BroadcastPaused})
	w.must(err)
	w.must(w.s.Published(w.ctx, op, 7))
	w.apply(w.log.Event(string(op), "", event.Broadcast{ID: "b1", Recipients: 1}))
	pubs := w.unpublished()
	if len(pubs) != 1 || pubs[0].ID != pause || pubs[0].Expect == nil || pubs[0].Expect.Aspect != event.AspectBroadcast || pubs[0].Expect.Seq < 7 {
		t.Fatalf("%+v %+v", pubs, pubs[0].Expect)
	}
	if b, err := w.s.Broadcast(w.ctx, "b1"); err != nil || b.Pending != event.BroadcastPaused || b.Stage != event.BroadcastRunning || len(b.History) != 0 {
		t.Errorf("%+v, %v", b, err)
	}
	w.apply(w.log.By(storetest.Ben, "", event.BroadcastState{ID: "b1", State: event.BroadcastPaused, Why: event.PausedFailing}))
	w.log.At = w.log.At.Add(time.Minute)
	w.apply(w.log.By(storetest.Ana, "", event.BroadcastState{ID: "b1", State: event.BroadcastRunning}))
	b, err := w.s.Broadcast(w.ctx, "b1")
	if err != nil || len(b.History) != 2 || b.History[0].By != storetest.Ben || b.History[0].Why != event.PausedFailing ||
		b.History[1].State != event.BroadcastRunning || !b.History[1].At.Equal(w.log.At) || !b.Since().Equal(w.log.At) {
		t.Errorf("%+v, %v", b.History, err)
	}
	watch := w.s.Watch()
	defer watch.Close()
	w.must(w.s.RefusePublication(w.ctx, pause, storetest.Ben, "Ben was first."))
	found := false
	for _, n := range watch.Take().Notices {
		found = found || n.Kind == store.NoticeRefused && n.By == storetest.Ben
	}
	if !found {
		t.Error("who came second is not told")
	}
}
