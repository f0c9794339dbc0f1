package store_test

import (
	"errors"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

var inTwoHours = storetest.Now.Add(2 * time.Hour)

func (w *world) schedule(chat provider.ChatID, text string) store.Message {
	w.t.Helper()
	key, err := w.s.Schedule(w.ctx, provider.Outgoing{To: storetest.Chat(chat), Content: provider.TextContent(text)}, inTwoHours, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return w.message(key)
}

// logged lets the log have what this store has to tell, and returns the events.
func (w *world) logged() {
	w.t.Helper()
	for _, p := range w.unpublished() {
		e := w.log.Event(string(p.ID), p.Conversation, p.Body)
		e.By = storetest.Ana
		if err := w.s.Published(w.ctx, p.ID, e.Seq); err != nil {
			w.t.Fatal(err)
		}
		w.apply(e)
	}
}

// says is what somebody else tells of a scheduled send.
func (w *world) says(who event.AgentID, m *store.Message, change func(*event.SendState)) {
	w.t.Helper()
	s := event.SendState{
		Op: m.Op, State: event.JobScheduled, Chat: "1", Content: m.Content, Due: m.Due,
		Plan: event.Plan{Edition: m.Plan.Edition + 1, Was: m.Plan.Edition, Seen: w.log.Seq()},
	}
	change(&s)
	w.apply(w.log.By(who, "1", s))
}

func (w *world) due(at time.Time) []store.DueSend {
	w.t.Helper()
	list, err := w.s.DueSends(w.ctx, at, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func may(*provider.Outgoing, time.Time) *provider.Error { return nil }

// run is RunDue of the one that is due.
func (w *world) runDue(judge func(*provider.Outgoing, time.Time) *provider.Error) store.Ran {
	w.t.Helper()
	list := w.due(inTwoHours)
	if len(list) != 1 {
		w.t.Fatalf("due: %+v", list)
	}
	ran, err := w.s.RunDue(w.ctx, list[0], judge)
	if err != nil {
		w.t.Fatal(err)
	}
	return ran
}

func (w *world) byOp(chat provider.ChatID, op provider.OpID) store.Message {
	w.t.Helper()
	for _, m := range w.thread(chat) {
		if m.Op == op {
			return m
		}
	}
	w.t.Fatalf("no message %s", op)
	return store.Message{}
}

// A scheduled message is shown at once, waits for its time, answers nobody, and once
// the log has it anybody may run it: it leaves as an ordinary send under the operation
// it had, from the end of the thread.
func TestScheduledMessageLeavesAtItsTime(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.schedule("1", "on our way")
	if m.Job != event.JobScheduled || !m.Due.Equal(inTwoHours) || m.Plan.Edition != 1 || m.Mine || m.State() != "scheduled" {
		t.Fatalf("the row is %+v", m)
	}
	c := w.conversation("1")
	if c.WaitingSince.IsZero() || c.Scheduled != 1 || !c.Due.Equal(inTwoHours) || c.Preview.Text != "hi" {
		t.Errorf("the list says %+v", c)
	}
	if len(w.due(inTwoHours)) != 0 {
		t.Error("what the log does not have is due")
	}
	w.logged()
	if next, ok, err := w.s.NextScheduled(w.ctx, storetest.Now); err != nil || !ok || !next.Equal(inTwoHours) {
		t.Errorf("next %v, %v, %v", next, ok, err)
	}
	if len(w.due(inTwoHours.Add(-time.Second))) != 0 {
		t.Error("it is due before its time")
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Noted{Text: "he is patient"})) // a note is no answer
	if ran := w.runDue(may); ran != store.RanQueued {
		t.Fatalf("it ran as %q", ran)
	}
	if len(w.due(inTwoHours)) != 0 {
		t.Error("it is still due")
	}
	rows := w.thread("1")
	if last := rows[len(rows)-1]; last.Op != m.Op || last.Job != event.JobQueued || !last.Mine || len(rows) != 3 {
		t.Errorf("the thread ends with %+v", last)
	}
	if hits, err := w.s.Search(w.ctx, "on our way", store.SearchCursor{}, 5); err != nil || len(hits) != 1 {
		t.Errorf("the search finds %d, %v", len(hits), err)
	}
	if c := w.conversation("1"); !c.WaitingSince.IsZero() || c.Scheduled != 0 || c.Preview.Text != "on our way" {
		t.Errorf("the list says %+v", c)
	}
	job := w.claim(m.Op)
	if job.Send.Edition != 1 || job.Send.Content.Text != "on our way" {
		t.Errorf("it leaves as %+v", job.Send)
	}
	w.finish(m.Op, store.Outcome{State: event.JobSent, Message: "wamid.1", Answered: true})
	if got := w.byOp("1", m.Op); got.Job != event.JobSent || got.Plan.Edition != 1 {
		t.Errorf("it is %+v", got)
	}
}

// The same is scheduled once, and nothing is before the relay has greeted.
func TestScheduleIsIdempotentByOperation(t *testing.T) {
	w := newWorld(t)
	out := provider.Outgoing{Op: "rule-1", To: storetest.Chat("1"), Content: provider.TextContent("x")}
	one, err := w.s.ScheduleByRule(w.ctx, out, storetest.Now, "hours")
	two, err2 := w.s.ScheduleByRule(w.ctx, out, storetest.Now, "hours")
	if one != two || errors.Join(err, err2) != nil {
		t.Errorf("%d and %d, %v", one, two, errors.Join(err, err2))
	}
	if m := w.message(one); m.Plan.Rule != "hours" || !m.Plan.Anyway {
		t.Errorf("the plan is %+v", m.Plan)
	}
	if knows, err := w.s.Knows(w.ctx, "rule-1"); !knows || err != nil {
		t.Errorf("known: %v, %v", knows, err)
	}
	s, err := store.Open(w.ctx, storetest.Options(t.TempDir()+"/store.db", 0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Schedule(w.ctx, out, storetest.Now, ""); !errors.Is(err, store.ErrNoHello) {
		t.Errorf("without a greeting: %v", err)
	}
}

// Somebody who wrote meanwhile keeps it from going by itself, and a person decides;
// what its own writer wrote since, a failure and another scheduled one do not.
func TestScheduledMessageIsHeldByWhatWasWritten(t *testing.T) {
	wrote := func(w *world) { w.apply(w.log.Inbound("1", "A", "wait", storetest.Now)) }
	for name, c := range map[string]struct {
		meanwhile func(*world)
		want      event.Hold
	}{
		"nothing":              {func(*world) {}, ""},
		"the customer":         {wrote, event.HeldWrote},
		"a colleague":          {func(w *world) { w.apply(w.log.Sent(storetest.Ben, "1", "done", provider.Read)...) }, event.HeldAnswered},
		"both":                 {func(w *world) { wrote(w); w.apply(w.log.Sent(storetest.Ben, "1", "done", provider.Read)...) }, event.HeldWrote},
		"its writer":           {func(w *world) { w.apply(w.log.Sent(storetest.Ana, "1", "done", provider.Read)...) }, ""},
		"a colleague, in vain": {func(w *world) { w.apply(w.log.Sent(storetest.Ben, "1", "done", provider.Failed)...) }, ""},
		"another scheduled one": {func(w *world) {
			w.apply(w.log.By(storetest.Ben, "1", event.SendState{
				Op: "other", State: event.JobSent, Chat: "1", Content: provider.TextContent("x"), Plan: event.Plan{Edition: 1},
			}))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
			m := w.schedule("1", "see you")
			w.logged()
			c.meanwhile(w)
			ran := w.runDue(may)
			if c.want == "" {
				if ran != store.RanQueued {
					t.Errorf("it is %q", ran)
				}
				return
			}
			got := w.byOp("1", m.Op)
			if ran != store.RanHeld || got.Plan.Hold != c.want || got.Job != event.JobScheduled || w.conversation("1").Held != 1 {
				t.Fatalf("it is %q: %+v", ran, got)
			}
			w.logged()
			if len(w.due(inTwoHours)) != 0 {
				t.Error("what is held is due")
			}
			w.apply(w.log.By(storetest.Ben, "1", event.Marked{}))
			if next, err := w.s.NextNeeding(w.ctx, store.ViewAll, store.ConversationCursor{}, true); err != nil || next.Chat != "1" {
				t.Errorf("nobody needs anybody: %+v, %v", next, err)
			}
			if err := w.s.Replan(w.ctx, got.Key, store.Replan{Anyway: true}); err != nil {
				t.Fatal(err)
			}
			w.logged()
			wrote(w)
			if ran := w.runDue(may); ran != store.RanQueued {
				t.Errorf("sent anyway it is %q", ran)
			}
		})
	}
}

// What may not go any more has failed for the whole team, with the reason and its
// text, and can be tried again as a new message.
func TestScheduledMessageThatMayNotGo(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.schedule("1", "see you")
	w.logged()
	no := &provider.Error{Op: "send", Reason: provider.WindowClosed, Text: "The window closed. Send a template."}
	if ran := w.runDue(func(out *provider.Outgoing, last time.Time) *provider.Error {
		if out.Content.Text != "see you" || !last.Equal(storetest.Now) {
			t.Errorf("judged by %+v, %v", out, last)
		}
		return no
	}); ran != store.RanFailed {
		t.Fatalf("it is %q", ran)
	}
	got := w.byOp("1", m.Op)
	if got.Job != event.JobFailed || got.Error.Text != no.Text || got.Content.Text != "see you" || w.conversation("1").Failed != 1 {
		t.Errorf("the row is %+v", got)
	}
	told := w.unpublished()
	if s, ok := told[0].Body.(event.SendState); !ok || len(told) != 1 || s.State != event.JobFailed || s.Edition != 1 || s.Error == nil {
		t.Errorf("the team is told %+v", told)
	}
	w.logged()
	again, err := w.s.TryAgain(w.ctx, got.Key)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.message(again); n.Plan.Edition != 0 || n.Content.Text != "see you" || n.Job != event.JobQueued {
		t.Errorf("tried again: %+v", n)
	}
}

// Anybody changes a scheduled message: its words, which the search then finds, and
// its time. The last word of the log is what is shown and what leaves.
func TestScheduledMessageIsChanged(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.schedule("1", "at noon")
	w.logged()
	words := provider.TextContent("at ONE")
	if err := w.s.Replan(w.ctx, m.Key, store.Replan{Content: &words}); err != nil {
		t.Fatal(err)
	}
	if err := w.s.Reschedule(w.ctx, m.Key, inTwoHours.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	got := w.byOp("1", m.Op)
	if got.Content.Text != "at ONE" || !got.Due.Equal(inTwoHours.Add(time.Hour)) || got.Plan.Edition != 3 {
		t.Fatalf("the row is %+v", got)
	}
	if p := w.unpublished(); len(p) != 1 || p[0].Body.(event.SendState).Edition != 3 || p[0].Body.(event.SendState).Was != 1 {
		t.Errorf("the team is told %+v", p)
	}
	for text, want := range map[string]int{"at ONE": 1, "at noon": 0} {
		if hits, err := w.s.Search(w.ctx, text, store.SearchCursor{}, 5); err != nil || len(hits) != want {
			t.Errorf("%q is found %d times, %v", text, len(hits), err)
		}
	}
	w.says(storetest.Ben, &m, func(s *event.SendState) { s.Content.Text = "too late" }) // edition 2: ours is newer
	if got := w.byOp("1", m.Op); got.Content.Text != "at ONE" {
		t.Errorf("an older plan is shown: %+v", got)
	}
	w.logged()
	w.says(storetest.Ben, &got, func(s *event.SendState) { s.Content.Text, s.Due = "at two", inTwoHours })
	if got := w.byOp("1", m.Op); got.Content.Text != "at two" || !got.Due.Equal(inTwoHours) || got.By != storetest.Ana {
		t.Errorf("the newer plan is not shown: %+v", got)
	}
	w.runDue(may)
	job := w.claim(m.Op)
	if job.Send.Content.Text != "at two" || job.Send.Edition != 4 {
		t.Errorf("it leaves as %+v", job.Send)
	}
	if err := w.s.Reschedule(w.ctx, job.Key, inTwoHours); !errors.Is(err, store.ErrState) {
		t.Errorf("changed on its way: %v", err)
	}
	if err := w.s.Unschedule(w.ctx, job.Key); !errors.Is(err, store.ErrState) {
		t.Errorf("put aside on its way: %v", err)
	}
}

// Anybody puts it aside, with D as well, and it is due no more.
func TestScheduledMessageIsPutAside(t *testing.T) {
	for name, aside := range map[string]func(*world, store.MessageKey) error{
		"unschedule": func(w *world, key store.MessageKey) error { return w.s.Unschedule(w.ctx, key) },
		"discard":    func(w *world, key store.MessageKey) error { return w.s.Discard(w.ctx, key) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
			m := w.schedule("1", "see you")
			if err := aside(w, m.Key); err != nil { // before the team has heard of it: the relay may have
				t.Fatal(err)
			}
			if p := w.unpublished(); len(p) != 1 || p[0].Body.(event.SendState).State != event.JobDiscarded {
				t.Errorf("the team is told %+v", p)
			}
			w.says(storetest.Ana, &m, func(s *event.SendState) { s.Edition, s.Was = 1, 0 }) // its own echo, late
			if got := w.byOp("1", m.Op); got.Job != event.JobDiscarded {
				t.Errorf("it is %s", got.Job)
			}
			w.logged()
			if got := w.byOp("1", m.Op); got.Job != event.JobDiscarded || len(w.due(inTwoHours)) != 0 || w.conversation("1").Scheduled != 0 {
				t.Errorf("it is %+v", got)
			}
		})
	}
}
