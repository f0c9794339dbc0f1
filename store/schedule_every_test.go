package store_test

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// planWork is what is done with scheduled messages: each begins in a world of its own
// and returns the step that may fail.
func planWork() map[string]func(*world) func(context.Context) error {
	refusal := func(*provider.Outgoing, time.Time) *provider.Error { return &provider.Error{Op: "send", Text: "no"} }
	run := func(judge func(*provider.Outgoing, time.Time) *provider.Error) func(*world) func(context.Context) error {
		return func(w *world) func(context.Context) error {
			w.planned()
			d := w.due(inTwoHours)[0]
			return func(ctx context.Context) error {
				ran, err := w.s.RunDue(ctx, d, judge)
				if err == nil && ran == store.RanNot {
					return errors.New("it did not run")
				}
				return err
			}
		}
	}
	refuse := func(before func(*world, store.MessageKey) error, logged bool) func(*world) func(context.Context) error {
		return func(w *world) func(context.Context) error {
			m := w.schedule("1", "see you")
			if logged {
				w.logged()
			}
			w.must(before(w, m.Key))
			id := w.unpublished()[0].ID
			return func(ctx context.Context) error { return w.s.RefusePublication(ctx, id, storetest.Ben, "no") }
		}
	}
	outcome := func(code string) func(*world) func(context.Context) error {
		return func(w *world) func(context.Context) error {
			m := w.planned()
			w.runDue(may)
			w.claim(m.Op)
			return func(ctx context.Context) error {
				return w.s.Finish(ctx, m.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Op: "send", Code: code, Text: "no"}})
			}
		}
	}
	return map[string]func(*world) func(context.Context) error{
		"schedule": func(w *world) func(context.Context) error {
			w.must(w.s.SaveDraft(w.ctx, storetest.ID("1"), store.DraftReply, "new"))
			return func(ctx context.Context) error {
				_, err := w.s.Schedule(ctx, provider.Outgoing{To: storetest.Chat("1"), Content: provider.TextContent("new")}, inTwoHours, "")
				return err
			}
		},
		"replan": func(w *world) func(context.Context) error {
			m := w.planned()
			words := provider.TextContent("OTHER")
			return func(ctx context.Context) error { return w.s.Replan(ctx, m.Key, store.Replan{Content: &words}) }
		},
		"unschedule": func(w *world) func(context.Context) error {
			m := w.planned()
			return func(ctx context.Context) error { return w.s.Unschedule(ctx, m.Key) }
		},
		"run": run(may), "fail": run(refusal),
		"hold": func(w *world) func(context.Context) error {
			work := run(may)(w)
			w.apply(w.log.Inbound("1", "A", "wait", storetest.Now))
			return work
		},
		"a part of a broadcast": func(w *world) func(context.Context) error {
			w.defines("b1", 1)
			list := []store.Planned{{Due: inTwoHours, Send: provider.Outgoing{To: storetest.Chat("7"), Content: provider.TextContent("to many")}}}
			return func(ctx context.Context) error { return w.s.ScheduleAll(ctx, "b1", list) }
		},
		"claim of a broadcast": func(w *world) func(context.Context) error {
			w.broadcast("b1", 1)
			w.runMany("b1", 1)
			return func(ctx context.Context) error {
				_, ok, err := w.s.Claim(ctx, storetest.Now, nil)
				if err == nil && !ok {
					return errors.New("nothing is claimed")
				}
				return err
			}
		},
		"due": func(w *world) func(context.Context) error {
			w.planned()
			return func(ctx context.Context) error { _, err := w.s.DueSends(ctx, inTwoHours, 5); return err }
		},
		"next": func(w *world) func(context.Context) error {
			w.planned()
			return func(ctx context.Context) error { _, _, err := w.s.NextScheduled(ctx, storetest.Now); return err }
		},
		"changed": outcome(event.CodeChanged), "closed": outcome("131047"),
		"refused change": refuse(func(w *world, key store.MessageKey) error { return w.s.Reschedule(w.ctx, key, inTwoHours.Add(1)) }, true),
		"refused cancel": refuse(func(w *world, key store.MessageKey) error { return w.s.Unschedule(w.ctx, key) }, true),
		"refused":        refuse(func(*world, store.MessageKey) error { return nil }, false),
	}
}

// ruleWork is the same for what rules ask.
func ruleWork() map[string]func(*world) func(context.Context) error {
	return map[string]func(*world) func(context.Context) error{
		"silent": func(w *world) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := w.s.Silent(ctx, storetest.Now, 5)
				_, _, err2 := w.s.NextSilent(ctx, storetest.Now)
				return errors.Join(err, err2)
			}
		},
		"rules": func(w *world) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := w.s.WroteSince(ctx, time.Time{}, 5)
				_, err2 := w.s.ResolvedBetween(ctx, time.Time{}, storetest.Now, 5)
				_, _, err3 := w.s.NextResolved(ctx, time.Time{})
				_, err4 := w.s.Knows(ctx, "x")
				return errors.Join(err, err2, err3, err4)
			}
		},
		"rated": func(w *world) func(context.Context) error {
			w.rates(4)
			return func(ctx context.Context) error { _, err := w.s.Unrated(ctx, time.Time{}, 5); return err }
		},
	}
}

// rates is a customer's answer to how they were served.
func (w *world) rates(stars int) {
	w.t.Helper()
	w.apply(w.log.Message("1", "A", provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{
		ID: event.RatingPayload(stars, "rule-1"), Title: "★",
	}}, storetest.Now))
}

// planned is a scheduled message that the log has.
func (w *world) planned() store.Message {
	w.t.Helper()
	m := w.schedule("1", "see you")
	w.logged()
	return m
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestEveryStatementOfAPlanMayFail: whatever fails is said, and nothing of it was done.
func TestEveryStatementOfAPlanMayFail(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	all := planWork()
	maps.Copy(all, ruleWork())
	for name, prepare := range all {
		t.Run(name, func(t *testing.T) {
			fresh := func() (*world, *store.Saboteur, func(context.Context) error) {
				w := newWorld(t)
				w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
				work := prepare(w)
				bad, err := w.s.Sabotage(t.Context())
				w.must(err)
				return w, bad, work
			}
			w, bad, work := fresh()
			tables := rawTables(t, w.path)
			before := rawDump(t, w.path, tables)
			for n := 1; ; n++ {
				bad.N, bad.Hit = n, false
				err := work(t.Context())
				bad.N = 0
				switch {
				case err != nil && !bad.Hit:
					t.Fatalf("without a failure, after %d: %v", n-1, err)
				case err != nil:
					diffDumps(t, name, before, rawDump(t, w.path, tables))
				case bad.Hit: // it was asked again, and answered
					w, bad, work = fresh()
					before = rawDump(t, w.path, tables)
				default:
					return
				}
			}
		})
	}
}

// TestEveryStatementOfAPlansFactsMayFail: the store in trouble loses no fact of a
// scheduled message: applied again it is what it would have been.
func TestEveryStatementOfAPlansFactsMayFail(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	for name, c := range map[string]struct {
		before func(*world)
		facts  func(*world, *store.Message) []event.Event
	}{
		"changed there": {func(*world) {}, func(w *world, m *store.Message) []event.Event {
			return []event.Event{w.word(m, event.JobScheduled, 2, "OTHER")}
		}},
		"sent there": {func(*world) {}, func(w *world, m *store.Message) []event.Event {
			return []event.Event{w.word(m, event.JobSent, 1, "see you")}
		}},
		"put aside while it was about to leave here": {func(w *world) { w.runDue(may) }, func(w *world, m *store.Message) []event.Event {
			return []event.Event{w.word(m, event.JobDiscarded, 1, "see you")}
		}},
		"changed while it was about to leave here": {func(w *world) { w.runDue(may) }, func(w *world, m *store.Message) []event.Event {
			return []event.Event{w.word(m, event.JobScheduled, 2, "other")}
		}},
		"cancelled": {
			func(w *world) {
				w.broadcast("b1", 3)
				w.runMany("b1", 1)
			},
			func(w *world, _ *store.Message) []event.Event {
				return []event.Event{w.log.Event("over", "", event.BroadcastState{ID: "b1", State: event.BroadcastCancelled}), w.log.By(storetest.Ben, "1", event.SendState{
					Op: "op-late", State: event.JobScheduled, Chat: "1", Content: provider.TextContent("x"), Due: inTwoHours, Broadcast: "b1", Plan: event.Plan{Edition: 1},
				})}
			},
		},
		"rated": {func(w *world) { w.apply(w.log.By(storetest.Ben, "1", event.Resolved{})) }, func(w *world, _ *store.Message) []event.Event {
			return []event.Event{w.log.Message("1", "A", provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: "csat:5:x"}}, storetest.Now)}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			want := ""
			for n := 0; ; n++ { // the first without a failure
				w := newWorld(t)
				w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
				m := w.planned()
				c.before(w)
				facts := c.facts(w, &m)
				bad, err := w.s.Sabotage(t.Context())
				w.must(err)
				bad.N = n
				err = w.s.Apply(t.Context(), facts)
				bad.N = 0
				if err != nil && !bad.Hit {
					t.Fatalf("step %d: %v", n, err)
				}
				w.must(w.s.Apply(t.Context(), facts))
				aside, err := w.s.Aside(t.Context(), 5)
				w.must(err)
				got := ""
				for _, m := range w.thread("1") {
					got += m.Content.Text + " " + m.State() + "\n"
				}
				if n == 0 {
					want = got
				} else if len(aside) == 0 && got != want {
					t.Fatalf("after step %d:\n%s\nwant\n%s", n, got, want)
				}
				if n > 0 && !bad.Hit {
					return
				}
			}
		})
	}
}

// word is what ben tells of a scheduled message.
func (w *world) word(m *store.Message, state event.JobState, edition int, text string) event.Event {
	return w.log.By(storetest.Ben, "1", event.SendState{
		Op: m.Op, State: state, Chat: "1", Content: provider.TextContent(text), Due: inTwoHours, Plan: event.Plan{Edition: edition, Was: 1},
	})
}

// What cannot be read of a plan is an error, and not a right to send.
func TestADamagedPlanIsNotSent(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.planned()
	d := w.due(inTwoHours)[0]
	rawWrite(t, w.path, `update message set plan = '{"edition":"x","logged":"x"}' where plan is not null`)
	if list, err := w.s.DueSends(w.ctx, inTwoHours, 5); err == nil {
		t.Errorf("due %+v", list)
	}
	if _, err := w.s.RunDue(w.ctx, d, may); err == nil {
		t.Error("it ran")
	}
	if _, err := w.s.Message(w.ctx, m.Key); err == nil {
		t.Error("it is shown")
	}
}

// TestRebuildKeepsPlans: what the team was about to be told of scheduled messages is
// shown again after every fact was fetched anew.
func TestRebuildKeepsPlans(t *testing.T) {
	w := &world{t: t, ctx: t.Context(), path: filepath.Join(t.TempDir(), "store.db"), log: storetest.NewLog()}
	var err error
	w.s, err = store.Open(w.ctx, storetest.Options(w.path, 0)) // closed before the test ends
	w.must(err)
	w.must(w.s.Hello(w.ctx, store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}))
	all := []event.Event{w.log.Account(), w.log.Inbound("1", "A", "hi", storetest.Now)}
	w.apply(all...)
	before := w.schedule("1", "edited")
	cancelled := w.schedule("1", "cancelled")
	for _, p := range w.unpublished() {
		e := w.log.Event(string(p.ID), p.Conversation, p.Body)
		e.By = storetest.Ana
		w.must(w.s.Published(w.ctx, p.ID, e.Seq))
		w.apply(e)
		all = append(all, e)
	}
	words := provider.TextContent("edited since")
	w.must(w.s.Replan(w.ctx, before.Key, store.Replan{Content: &words}))
	w.must(w.s.Unschedule(w.ctx, cancelled.Key))
	unheard := w.schedule("1", "nobody has heard of it")
	w.must(w.s.Close())
	_, err = store.Rebuild(w.ctx, storetest.Options(w.path, 100), func(ctx context.Context, s *store.Store) error {
		return errors.Join(s.Hello(ctx, store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}), s.Apply(ctx, all))
	})
	w.must(err)
	w.s = storetest.OpenWith(t, storetest.Options(w.path, 200))
	if m := w.byOp("1", before.Op); m.Content.Text != "edited since" || m.Plan.Edition != 2 || m.Job != event.JobScheduled {
		t.Errorf("edited: %+v", m)
	}
	if m := w.byOp("1", cancelled.Op); m.Job != event.JobDiscarded {
		t.Errorf("cancelled: %+v", m)
	}
	if m := w.byOp("1", unheard.Op); m.Job != event.JobScheduled || !m.Due.Equal(inTwoHours) {
		t.Errorf("unheard: %+v", m)
	}
	if n := len(w.unpublished()); n != 3 {
		t.Errorf("%d facts are to be told", n)
	}
}

// What a rule asks of the store.
func TestWhatRulesAskFor(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.Inbound("2", "B", "hi", storetest.Now))
	w.apply(w.log.Sent(storetest.Ben, "2", "done", provider.Read)...)
	list, err := w.s.Silent(w.ctx, storetest.Now, 5)
	if err != nil || len(list) != 1 || list[0].Chat != "2" {
		t.Errorf("silent are %+v, %v", list, err)
	}
	w.schedule("2", "later")
	if list, err := w.s.Silent(w.ctx, storetest.Now, 5); err != nil || len(list) != 0 {
		t.Errorf("silent with something scheduled: %+v, %v", list, err)
	}
	if since, ok, err := w.s.NextSilent(w.ctx, storetest.Now.Add(-time.Hour)); ok || err != nil {
		t.Errorf("next %v, %v, %v", since, ok, err)
	}
	if list, err := w.s.WroteSince(w.ctx, storetest.Now.Add(-time.Minute), 5); err != nil || len(list) != 1 || list[0].Chat != "1" {
		t.Errorf("waiting are %+v, %v", list, err)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Resolved{}))
	if list, err := w.s.ResolvedBetween(w.ctx, storetest.Now.Add(-time.Minute), storetest.Now, 5); err != nil || len(list) != 1 {
		t.Errorf("resolved are %+v, %v", list, err)
	}
	if at, ok, err := w.s.NextResolved(w.ctx, storetest.Now.Add(-time.Minute)); !ok || !at.Equal(storetest.Now) || err != nil {
		t.Errorf("next %v, %v, %v", at, ok, err)
	}
	w.rates(3)
	c := w.conversation("1")
	if c.Status != store.StatusResolved || c.Unread != 0 || !c.WaitingSince.IsZero() {
		t.Errorf("an answer to how it was opened the conversation: %+v", c)
	}
	rated, err := w.s.Unrated(w.ctx, time.Time{}, 5)
	if err != nil || len(rated) != 1 || rated[0].Stars != 3 || rated[0].Asked != "rule-1" || rated[0].Seq != w.log.Seq() {
		t.Fatalf("unrated are %+v, %v", rated, err)
	}
	act := store.Action{Conversation: c.ID, Body: event.Rated{Stars: 3}, Op: "rule-2"}
	for range 2 { // it is the same twice
		op, err := w.s.Do(w.ctx, act)
		w.must(err)
		if n := len(w.unpublished()); op != "rule-2" || n != 2 { // the scheduled one, and this
			t.Errorf("%s, %d to be told", op, n)
		}
	}
	if rated, err := w.s.Unrated(w.ctx, time.Time{}, 5); err != nil || len(rated) != 0 {
		t.Errorf("while it is told: %+v, %v", rated, err)
	}
	w.logged()
	if rated, err := w.s.Unrated(w.ctx, time.Time{}, 5); err != nil || len(rated) != 0 || w.conversation("1").Resolution.CSAT != 3 {
		t.Errorf("after it was told: %+v, %v", rated, err)
	}
}
