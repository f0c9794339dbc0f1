package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestEveryStatementOfTheQueueMayFail: whatever statement, row or answer fails,
// it is said, nothing of it was done, and it can be done again.
func TestEveryStatementOfTheQueueMayFail(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	made := newTroubled(t)
	// One waits to be tried again, which is what an account's trouble and the
	// network's limits are read from.
	made.send("4", "tried")
	made.must(made.s.Close())
	queue := []string{
		"claim", "claim for the relay", "next due", "finish sent", "finish works", "finish paused", "recover", "recover to repeat", "resume", "tell waiting", "counts", "limits",
	}
	for _, name := range queue {
		t.Run(name, func(t *testing.T) {
			fresh := func() (*troubled, *store.Saboteur, func(context.Context) error) {
				w := made.againFor(name != "claim for the relay")
				w.t = t
				w.exec(`update message set error = '{"reason":"unreachable"}' where text in ('queued', 'tried')`)
				w.exec("update intent_job set attempt = 1, next_at = queued_at where state = 'queued'")
				switch name {
				case "finish works", "finish paused", "resume": // of an account that is paused already
					w.exec("insert into intent_pause (account, error, since) values ('support', '{}', 1)")
				}
				bad, err := w.s.Sabotage(t.Context())
				w.must(err)
				if name != "limits" {
					return w, bad, w.work()[name]
				}
				return w, bad, func(ctx context.Context) error {
					list, err := w.s.Limits(ctx, time.Time{})
					if err == nil && len(list) == 0 {
						return errors.New("there is no limit")
					}
					return err
				}
			}
			w, bad, work := fresh()
			before := w.dump()
			for n := 1; ; n++ {
				bad.N, bad.Hit = n, false
				err := work(t.Context())
				bad.N = 0
				switch {
				case err != nil && !bad.Hit:
					t.Fatalf("without a failure, after %d: %v", n-1, err)
				case err != nil && w.dump() != before:
					t.Fatalf("step %d failed, and did a half: %v", n, err)
				case err == nil && bad.Hit: // it was asked again, and answered
					w, bad, work = fresh()
				case err == nil:
					if n < 4 {
						t.Errorf("it has %d steps", n-1)
					}
					return
				}
			}
		})
	}
}

// TestEveryStatementOfApplyMayFail: a failure of the store in the middle of a
// run of facts puts nothing aside that is not the facts' own fault, and loses
// none: afterwards the store is the one that had no failure, or says which facts
// it has put aside.
func TestEveryStatementOfApplyMayFail(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	log := storetest.NewLog()
	known := []event.Event{log.Account(), log.Templates(), log.Inbound("1", "A", "hola", storetest.Now)}
	events := []event.Event{
		log.Event("u", storetest.ID("2"), provider.Unknown{Field: "poll", Raw: []byte("{}")}),
		log.Event("u0", "", provider.Unknown{Field: "poll", Raw: []byte("{}")}),
		log.Event("n", "", provider.Notice{Error: &provider.Error{Op: "account", Text: "It was restricted."}}),
		log.Event("n0", "", provider.Notice{}),
		log.Event("a2", "", event.AccountDefined{Account: provider.Account{ID: storetest.Account, Network: "other", Name: "B"}}),
		log.Event("a3", "", event.AccountDefined{Account: provider.Account{ID: storetest.Account, Network: "other", Name: "C"}}),
		log.Event("t", "", provider.TemplateStatusChanged{Name: "none", Status: "approved"}),
		log.Event("later", "", event.Opaque{}),
		log.Event("a4", "", event.AccountDefined{Account: provider.Account{ID: "new", Network: "other", Name: "D"}}),
		log.Event("n1", "", provider.Notice{}),
	}
	events[len(events)-1].Account = "newer"
	whole := 0
	for n := 1; ; n++ {
		opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 1)
		opt.Window = func(_ string, network provider.Network) provider.WindowRule {
			return provider.WindowRule{For: 24 * time.Hour, Blind: network == "other"}
		}
		s := storetest.OpenWith(t, opt)
		if err := s.Apply(t.Context(), known); err != nil {
			t.Fatal(err)
		}
		bad, err := s.Sabotage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		bad.N = n
		err = s.Apply(t.Context(), events)
		bad.N = 0
		if err != nil && !errors.Is(err, store.ErrSabotage) && bad.Hit == false {
			t.Fatalf("step %d: %v", n, err)
		}
		if err := s.Apply(t.Context(), events); err != nil { // what was applied is skipped
			t.Fatalf("again after step %d: %v", n, err)
		}
		at, err := s.Cursor(t.Context())
		if err != nil || at.Seq != log.Seq() {
			t.Fatalf("after step %d the cursor is %d of %d, %v", n, at.Seq, log.Seq(), err)
		}
		aside, err := s.Aside(t.Context(), 10)
		if err != nil || len(aside) > 1 {
			t.Fatalf("step %d put aside %+v, %v", n, aside, err)
		}
		if len(aside) == 0 {
			whole++
			list, err := s.Messages(t.Context(), storetest.ID("2"), store.MessageCursor{}, 9)
			if err != nil || len(list) != 1 || list[0].Content.Kind != provider.Unsupported {
				t.Fatalf("after step %d the thread is %+v, %v", n, list, err)
			}
			c, err := s.Conversation(t.Context(), storetest.ID("1"))
			if err != nil || !c.Closes.IsZero() {
				t.Fatalf("after step %d the window of a blind network closes at %v, %v", n, c.Closes, err)
			}
		}
		if !bad.Hit {
			if n < 20 || whole == 0 {
				t.Errorf("%d steps, %d without a fact put aside", n-1, whole)
			}
			return
		}
	}
}

// TestWhatCannotBeWrittenAgainIsPutAside: a fact whose raw part is no JSON costs
// its own row and no other.
func TestWhatCannotBeWrittenAgainIsPutAside(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Event("u", storetest.ID("2"), provider.Unknown{Field: "poll", Raw: []byte("{")}), w.log.Inbound("1", "A", "hola", storetest.Now))
	aside, err := w.s.Aside(w.ctx, 9)
	if err != nil || len(aside) != 1 || aside[0].Seq != w.log.Seq()-1 {
		t.Errorf("aside are %+v, %v", aside, err)
	}
	if n := len(w.thread("1")); n != 1 {
		t.Errorf("the other has %d rows", n)
	}
}

// TestLimitsOfADamagedJob: what a network asked for and cannot be read is an
// error, and not a right to send sooner.
func TestLimitsOfADamagedJob(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	w.claim(m.Op)
	w.finish(m.Op, store.Outcome{State: event.JobQueued, NextAt: storetest.Now.Add(time.Minute), Error: &provider.Error{Reason: provider.PairLimited}})
	for at, want := range map[time.Time]int{storetest.Now: 1, storetest.Now.Add(time.Minute): 0} {
		list, err := w.s.Limits(w.ctx, at)
		if err != nil || len(list) != want {
			t.Fatalf("limits at %v are %+v, %v", at, list, err)
		}
		if want == 1 && list[0] != (store.Limit{Chat: storetest.Chat("1"), Reason: provider.PairLimited, Until: storetest.Now.Add(time.Minute)}) {
			t.Errorf("the limit is %+v", list[0])
		}
	}
	rawWrite(t, w.path, "update intent_job set send = '{'")
	if list, err := w.s.Limits(w.ctx, storetest.Now); err == nil {
		t.Errorf("limits are %+v", list)
	}
}

// TestRecoverBelievesTheProof: what is known as sent stays sent, whatever the
// queue was left saying of it.
func TestRecoverBelievesTheProof(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	w.claim(m.Op)
	w.finish(m.Op, store.Outcome{State: event.JobSent, Message: "wamid.1"})
	rawWrite(t, w.path, "update intent_job set state = 'sending'")
	for _, repeatable := range []bool{true, false} {
		n, err := w.s.Recover(w.ctx, func(provider.AccountID) bool { return repeatable })
		if err != nil || n != 0 {
			t.Errorf("%d unsure, %v", n, err)
		}
	}
	if got := w.message(m.Key); got.Job != event.JobSent {
		t.Errorf("it is %s", got.Job)
	}
	w.idle()
}
