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

// claim takes the next job, which must be op's.
func (w *world) claim(op provider.OpID) store.Job {
	w.t.Helper()
	job, ok, err := w.s.Claim(w.ctx, storetest.Now, nil)
	if err != nil || !ok || job.Op != op {
		w.t.Fatalf("claimed %q (%v, %v), want %q", job.Op, ok, err, op)
	}
	return job
}

func (w *world) idle() {
	w.t.Helper()
	if job, ok, err := w.s.Claim(w.ctx, storetest.Now, nil); ok || err != nil {
		w.t.Fatalf("claimed %q, %v; want nothing", job.Op, err)
	}
}

func (w *world) finish(op provider.OpID, o store.Outcome) {
	w.t.Helper()
	if err := w.s.Finish(w.ctx, op, o); err != nil {
		w.t.Fatal(err)
	}
}

var noAnswer = store.Outcome{State: event.JobUnsure, Error: &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true, Text: "No answer."}}

func TestClaimKeepsTheOrderOfAConversation(t *testing.T) {
	w := newWorld(t)
	a1, a2, b1 := w.send("1", "a1"), w.send("1", "a2"), w.send("2", "b1")
	w.claim(a1.Op)
	w.claim(b1.Op) // another conversation does not wait
	w.idle()       // a2 waits for a1
	w.finish(a1.Op, store.Outcome{
		State: event.JobQueued, NextAt: storetest.Now.Add(time.Minute),
		Error: &provider.Error{Reason: provider.RateLimited},
	})
	w.idle() // a2 does not overtake a1
	if next, ok, err := w.s.NextDue(w.ctx, storetest.Now); err != nil || !ok || !next.Equal(storetest.Now.Add(time.Minute)) {
		t.Errorf("next due %v %v %v", next, ok, err)
	}
	job, ok, err := w.s.Claim(w.ctx, storetest.Now.Add(time.Minute), nil)
	if err != nil || !ok || job.Op != a1.Op || job.Attempt != 2 {
		t.Fatalf("claimed %+v %v %v", job, ok, err)
	}
	w.finish(a1.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Reason: provider.Invalid}})
	w.claim(a2.Op) // a failed one holds nobody
}

func TestClaimAsksWhetherAChatMayGo(t *testing.T) {
	w := newWorld(t)
	w.send("1", "a")
	b := w.send("2", "b")
	job, ok, err := w.s.Claim(w.ctx, storetest.Now, func(j store.Job) bool { return j.Send.To.Chat == "1" })
	if err != nil || !ok || job.Op != b.Op {
		t.Errorf("claimed %+v %v %v", job, ok, err)
	}
}

func TestUnsureHoldsWhatStandsBehindIt(t *testing.T) {
	setup := func(t *testing.T) (w *world, unsure, behind store.Message) {
		w = newWorld(t)
		unsure, behind = w.send("1", "first"), w.send("1", "second")
		w.claim(unsure.Op)
		w.finish(unsure.Op, noAnswer)
		if got := w.message(behind.Key).Job; got != event.JobHeld {
			t.Fatalf("the one behind is %s", got)
		}
		later := w.send("1", "third")
		if later.Job != event.JobHeld {
			t.Fatalf("a new one is %s", later.Job)
		}
		w.idle()
		return w, unsure, behind
	}
	frees := map[string]func(w *world, unsure, behind store.Message) error{
		"mark sent": func(w *world, m, _ store.Message) error { return w.s.MarkSent(w.ctx, m.Key) },
		"discard":   func(w *world, m, _ store.Message) error { return w.s.Discard(w.ctx, m.Key) },
		"release":   func(w *world, _, b store.Message) error { return w.s.Release(w.ctx, b.Key) },
		"receipt": func(w *world, m, _ store.Message) error {
			w.apply(w.log.Receipt("1", "wamid.1", m.Op, provider.Sent))
			return nil
		},
		"try again": func(w *world, m, _ store.Message) error {
			_, err := w.s.TryAgain(w.ctx, m.Key)
			return err
		},
	}
	for name, free := range frees {
		t.Run(name, func(t *testing.T) {
			w, unsure, behind := setup(t)
			if err := free(w, unsure, behind); err != nil {
				t.Fatal(err)
			}
			w.claim(behind.Op)
		})
	}
}

func TestTryAgainIsANewOperation(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	w.claim(m.Op)
	w.finish(m.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Reason: provider.Undeliverable, Text: "Not on WhatsApp."}})
	if c := w.conversation("1"); c.Failed != 1 {
		t.Fatalf("%d failed", c.Failed)
	}
	key, err := w.s.TryAgain(w.ctx, m.Key)
	if err != nil {
		t.Fatal(err)
	}
	again, old := w.message(key), w.message(m.Key)
	if again.Op == m.Op || again.Retries != m.Op || again.Content.Text != "hi" || old.RetriedBy != again.Op || old.Job != event.JobFailed || old.Mine {
		t.Errorf("old %+v\nnew %+v", old, again)
	}
	if c := w.conversation("1"); c.Failed != 0 {
		t.Errorf("still %d failed", c.Failed)
	}
	if _, err := w.s.TryAgain(w.ctx, m.Key); !errors.Is(err, store.ErrState) {
		t.Errorf("a second try again: %v", err)
	}
	if job := w.claim(again.Op); job.Retries != m.Op {
		t.Errorf("job is %+v", job)
	}
}

// What is tried again is about the same job, and says the same of its wording.
func TestTryAgainKeepsTheLink(t *testing.T) {
	w := newWorld(t)
	out := provider.Outgoing{
		To: storetest.Chat("1"), Link: &provider.Link{System: "job", ID: "1050"},
		Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{
			ID: "3", Name: "reminder", Language: "en", Shown: provider.Shown{FilledBy: "PropOps", FilledFrom: "job 1050"},
		}},
	}
	for _, state := range []event.JobState{event.JobFailed, event.JobUnsure} {
		key, err := w.s.Send(w.ctx, out)
		if err != nil {
			t.Fatal(err)
		}
		op := w.message(key).Op
		w.claim(op)
		w.finish(op, store.Outcome{State: state, Error: noAnswer.Error})
		again, err := w.s.TryAgain(w.ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		job := w.claim(w.message(again).Op)
		if job.Send.Link.String() != "job 1050" || job.Send.Content.Template.Shown.Text() != "filled by PropOps from job 1050" {
			t.Errorf("%s: it is tried again as %+v", state, job.Send)
		}
		w.finish(job.Op, store.Outcome{State: event.JobSent, Message: provider.MessageID("m-" + string(job.Op))})
	}
}

func TestLinkFor(t *testing.T) {
	rule := provider.LinkRule{System: "job", Needed: true}
	for _, c := range []struct {
		link event.Linked
		rule provider.LinkRule
		want string
	}{
		{event.Linked{System: "Job", Ref: "1050"}, rule, "job 1050"},
		{event.Linked{System: "booking", Ref: "1050"}, rule, ""},
		{event.Linked{System: "job"}, rule, ""},
		{event.Linked{System: "", Ref: "1050"}, provider.LinkRule{}, ""},
		{event.Linked{System: "job", Ref: "1050"}, provider.LinkRule{}, ""},
	} {
		conversation := store.Conversation{Link: c.link}
		if got := conversation.LinkFor(c.rule).String(); got != c.want {
			t.Errorf("%+v under %+v is %q, want %q", c.link, c.rule, got, c.want)
		}
	}
}

func TestDiscardTakesAMessageFromTheQueue(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	if err := w.s.Discard(w.ctx, m.Key); err != nil {
		t.Fatal(err)
	}
	w.idle()
	if got := w.message(m.Key); got.Job != event.JobDiscarded || got.Mine {
		t.Errorf("row is %+v", got)
	}
	m = w.send("1", "on the wire")
	w.claim(m.Op)
	if err := w.s.Discard(w.ctx, m.Key); !errors.Is(err, store.ErrState) {
		t.Errorf("discarded on the wire: %v", err)
	}
}

func TestPausedAccountKeepsItsQueue(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	other := w.send("2", "ho")
	w.claim(m.Op)
	watch := w.s.Watch()
	defer watch.Close()
	w.finish(m.Op, store.Outcome{State: event.JobQueued, Pause: true, Error: &provider.Error{Reason: provider.Token, Text: "The token is no longer valid."}})
	w.idle()
	counts, err := w.s.Counts(w.ctx)
	if err != nil || counts.Outbox.Queued != 2 || len(counts.Outbox.Paused) != 1 || counts.Outbox.Paused[0].Error.Reason != provider.Token {
		t.Errorf("counts %+v, %v", counts.Outbox, err)
	}
	if c := watch.Take(); len(c.Notices) != 1 || c.Notices[0].Kind != store.NoticePaused {
		t.Errorf("notices %+v", c.Notices)
	}
	// One message tries, and the others wait for what its network says.
	w.tries(false)
	w.claim(m.Op)
	w.idle()
	w.finish(m.Op, store.Outcome{State: event.JobSent, Message: "wamid.1", Answered: true})
	w.claim(other.Op)
	w.paused(false, false)
}

func TestCrashWhileSending(t *testing.T) {
	for name, repeatable := range map[string]bool{"is unsure": false, "is repeated where the driver may": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			m := w.send("1", "hi")
			w.claim(m.Op)
			// A crash: the file as it is, a new process.
			again := storetest.OpenWith(t, storetest.Options(w.path, 100))
			unsure, err := again.Recover(w.ctx, func(provider.AccountID) bool { return repeatable })
			if err != nil {
				t.Fatal(err)
			}
			w.s = again
			got := w.message(m.Key)
			if repeatable {
				if unsure != 0 || got.Job != event.JobQueued {
					t.Errorf("%d unsure, row %+v", unsure, got)
				}
				if job := w.claim(m.Op); job.Attempt != 2 {
					t.Errorf("attempt %d", job.Attempt)
				}
				return
			}
			if unsure != 1 || got.Job != event.JobUnsure || got.Error == nil {
				t.Errorf("%d unsure, row %+v", unsure, got)
			}
			w.idle()
		})
	}
}

func TestSendIsIdempotentByOperation(t *testing.T) {
	w := newWorld(t)
	out := provider.Outgoing{Op: "mine", To: storetest.Chat("1"), Content: provider.TextContent("hi")}
	one, err := w.s.Send(w.ctx, out)
	if err != nil {
		t.Fatal(err)
	}
	two, err := w.s.Send(w.ctx, out)
	if err != nil || one != two || len(w.thread("1")) != 1 {
		t.Errorf("rows %d and %d, %v", one, two, err)
	}
}

func TestDirectSendsAreToldToTheTeam(t *testing.T) {
	w := newWorld(t)
	opt := storetest.Options(w.path, 100)
	opt.Direct = func(provider.AccountID) bool { return true }
	w.s = storetest.OpenWith(t, opt)
	m := w.send("1", "hi")
	states := func() (list []event.JobState) {
		pubs, err := w.s.Unpublished(w.ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pubs {
			s := p.Body.(event.SendState)
			if s.Op != m.Op || s.Content.Text != "hi" || s.Chat != "1" {
				t.Errorf("told %+v", s)
			}
			list = append(list, s.State)
		}
		return list
	}
	if got := states(); len(got) != 1 || got[0] != event.JobQueued {
		t.Errorf("told %v", got)
	}
	w.claim(m.Op)
	if got := states(); len(got) != 1 || got[0] != event.JobSending {
		t.Errorf("told %v", got)
	}
	pubs, _ := w.s.Unpublished(w.ctx, 10)
	if err := w.s.Published(w.ctx, pubs[0].ID, 5); err != nil {
		t.Fatal(err)
	}
	w.finish(m.Op, store.Outcome{State: event.JobSent, Message: "wamid.1"})
	if got := states(); len(got) != 1 || got[0] != event.JobSent {
		t.Errorf("told %v", got)
	}
}
