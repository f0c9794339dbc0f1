package outbox_test

import (
	"context"
	"slices"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// sends are the send states of an operation the team's log tells, in order.
func (w *team) sends(op provider.OpID) []event.SendState {
	w.t.Helper()
	c, err := client.New(client.Options{URL: w.relay.URL, Token: provider.Hide(w.relay.Token("reader")), HTTP: w.http})
	w.must(err)
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	var cursor event.Seq
	var states []event.SendState
	err = c.Follow(ctx, func() event.Seq { return cursor }, client.Handler{
		Apply: func(_ context.Context, events []event.Event) error {
			for _, e := range events {
				cursor = e.Seq
				if s, ok := e.Body.(event.SendState); ok && s.Op == op {
					states = append(states, s)
				}
			}
			return nil
		},
		Live: func(live bool, _ error) {
			if live {
				cancel()
			}
		},
	})
	if ctx.Err() == nil {
		w.t.Fatal(err)
	}
	return states
}

// TestTryAgainIsLinked: a failed message is tried again as another operation,
// and every word the log has of that one names the failed one.
func TestTryAgainIsLinked(t *testing.T) {
	both(t, func(t *testing.T, viaGateway bool) {
		w := newTeam(t, viaGateway)
		ana, ben := w.sit("ana"), w.sit("ben")
		_, err := w.sim.Say(maria, provider.TextContent("Hola"))
		w.must(err)
		c := ana.greeted()
		w.sim.RefuseWith(nil, 131026, 1)
		m := ana.reply(c, "hi")
		ana.until("the refusal", func() bool { return ana.row(m).Job == event.JobFailed })
		again, err := ana.store.TryAgain(t.Context(), m)
		w.must(err)
		ana.until("the second try sent", func() bool { return ana.row(again).Job == event.JobSent })
		first, second := ana.row(m).Op, ana.row(again).Op
		ben.until("both, linked", func() bool {
			rows, err := ben.store.Messages(t.Context(), c.ID, store.MessageCursor{}, 10)
			w.must(err)
			return slices.ContainsFunc(rows, func(r store.Message) bool { return r.Op == first && r.RetriedBy == second }) &&
				slices.ContainsFunc(rows, func(r store.Message) bool { return r.Op == second && r.Retries == first && r.Job == event.JobSent })
		})
		states := w.sends(second)
		for _, s := range states {
			if s.Retries != first {
				t.Errorf("%s names %q, want %q", s.State, s.Retries, first)
			}
		}
		if len(states) == 0 {
			t.Error("the log says nothing of it")
		}
	})
}

// TestVerdictIsSeenByATeammate: nobody knows whether a message was sent, one
// agent decides, and everybody sees what was decided.
func TestVerdictIsSeenByATeammate(t *testing.T) {
	for _, decision := range []event.JobState{event.JobSent, event.JobDiscarded} {
		t.Run(string(decision), func(t *testing.T) {
			both(t, func(t *testing.T, viaGateway bool) {
				w := newTeam(t, viaGateway)
				ana, ben := w.sit("ana"), w.sit("ben")
				_, err := w.sim.Say(maria, provider.TextContent("Hola"))
				w.must(err)
				c := ana.greeted()
				w.sim.Fault(nil, simulator.ClosesBefore, 1)
				m := ana.reply(c, "lost?")
				op := ana.row(m).Op
				ana.until("that nobody knows", func() bool { return ana.row(m).Job == event.JobUnsure })
				state := func() (state event.JobState) {
					rows, err := ben.store.Messages(t.Context(), c.ID, store.MessageCursor{}, 10)
					w.must(err)
					for _, r := range rows {
						if r.Op == op {
							state = r.Job
						}
					}
					return state
				}
				ben.until("the doubt", func() bool { return state() == event.JobUnsure })
				if decision == event.JobSent {
					w.must(ana.store.MarkSent(t.Context(), m))
				} else {
					w.must(ana.store.Discard(t.Context(), m))
				}
				ben.until("what ana decided", func() bool { return state() == decision })
				next := ana.reply(c, "next")
				ana.until("the next message sent", func() bool { return ana.row(next).Job == event.JobSent })
				if n := len(w.sim.Accepted()); n != 1 {
					t.Errorf("the network took %d messages, want the next one alone", n)
				}
			})
		})
	}
}

// TestFailurePutAsideIsSeenByATeammate: one agent deals with a failure, whether
// the network refused the message at once or said so afterwards, and nobody
// else is asked to.
func TestFailurePutAsideIsSeenByATeammate(t *testing.T) {
	for name, fail := range map[string]func(*simulator.Sim){
		"refused": func(s *simulator.Sim) { s.RefuseWith(nil, 131026, 1) },
		"later":   func(s *simulator.Sim) { s.FailWith(nil, 131026, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, viaGateway bool) {
				w := newTeam(t, viaGateway)
				ana, ben := w.sit("ana"), w.sit("ben")
				_, err := w.sim.Say(maria, provider.TextContent("Hola"))
				w.must(err)
				c := ana.greeted()
				fail(w.sim)
				m := ana.reply(c, "hi")
				for _, d := range []*terminal{ana, ben} {
					d.until("the failure", func() bool {
						found, err := d.store.Conversation(t.Context(), c.ID)
						return err == nil && found.Failed == 1
					})
				}
				w.must(ana.store.Discard(t.Context(), m))
				for _, d := range []*terminal{ana, ben} {
					d.until("that it was put aside", func() bool { return d.conversation(c.ID).Failed == 0 })
				}
			})
		})
	}
}

// TestTeamSeesEveryState: what becomes of one agent's message is on a
// teammate's screen too: queued and why, failed, in doubt, sent, given up.
func TestTeamSeesEveryState(t *testing.T) {
	both(t, func(t *testing.T, viaGateway bool) {
		w := newTeam(t, viaGateway)
		ana, ben := w.sit("ana"), w.sit("ben")
		_, err := w.sim.Say(maria, provider.TextContent("Hola"))
		w.must(err)
		c := ana.greeted()
		ben.greeted()
		seen := func(op provider.OpID) (found store.Message) {
			rows, err := ben.store.Messages(t.Context(), c.ID, store.MessageCursor{}, 20)
			w.must(err)
			for _, r := range rows {
				if r.Op == op {
					found = r
				}
			}
			return found
		}
		becomes := func(op provider.OpID, want event.JobState) store.Message {
			t.Helper()
			ben.until(string(op)+" "+string(want), func() bool { return seen(op).Job == want })
			return seen(op)
		}
		failed := w.write(ana, c, "refused", func() { w.sim.RefuseWith(nil, 131026, 1) })
		if m := becomes(failed, event.JobFailed); m.Error == nil || m.Error.Reason != provider.Undeliverable || m.By != "ana" {
			t.Errorf("a failure is %+v by %s", m.Error, m.By)
		}
		becomes(w.write(ana, c, "sent", func() {}), event.JobSent)
		unsure := w.write(ana, c, "in doubt", func() { w.sim.Fault(nil, simulator.ClosesBefore, 1) })
		if m := becomes(unsure, event.JobUnsure); m.Error == nil || !m.Error.Uncertain {
			t.Errorf("a doubt is %+v", m.Error)
		}
		ana.until("her own doubt", func() bool { return ana.byOp(c, unsure).Job == event.JobUnsure })
		w.must(ana.store.MarkSent(t.Context(), ana.byOp(c, unsure).Key))
		becomes(unsure, event.JobSent)
		queued := w.write(ana, c, "token is dead", func() { w.sim.RefuseWith(nil, 190, -1) })
		tokenless := func(m store.Message) bool {
			return m.Job == event.JobQueued && m.Error != nil && m.Error.Reason == provider.Token
		}
		ben.until("that it waits for a token", func() bool { return tokenless(seen(queued)) })
		ana.until("that it waits for a token", func() bool { return tokenless(ana.byOp(c, queued)) })
		w.must(ana.store.Discard(t.Context(), ana.byOp(c, queued).Key))
		becomes(queued, event.JobDiscarded)
	})
}

// TestTeamSeesWhatWaitsOnATerminal: a reply that stands behind an unsure one, or
// behind one that waits for a token, has left nobody's terminal, and is on a
// teammate's screen all the same: that it waits, what becomes of it, and that it
// was given up.
func TestTeamSeesWhatWaitsOnATerminal(t *testing.T) {
	both(t, func(t *testing.T, viaGateway bool) {
		w := newTeam(t, viaGateway)
		ana, ben := w.sit("ana"), w.sit("ben")
		_, err := w.sim.Say(maria, provider.TextContent("Hola"))
		w.must(err)
		c := ana.greeted()
		ben.greeted()
		becomes := func(op provider.OpID, want event.JobState) {
			t.Helper()
			ben.until(string(op)+" "+string(want), func() bool {
				rows, err := ben.store.Messages(t.Context(), c.ID, store.MessageCursor{}, 20)
				w.must(err)
				return slices.ContainsFunc(rows, func(r store.Message) bool { return r.Op == op && r.Job == want && r.By == "ana" && !r.Mine })
			})
		}
		w.sim.Fault(nil, simulator.ClosesBefore, 1)
		lost := ana.reply(c, "lost?")
		ana.until("that nobody knows", func() bool { return ana.row(lost).Job == event.JobUnsure })
		first, second := ana.row(ana.reply(c, "behind it")), ana.row(ana.reply(c, "and behind that"))
		becomes(first.Op, event.JobHeld)
		becomes(second.Op, event.JobHeld)
		w.must(ana.store.Discard(t.Context(), second.Key))
		becomes(second.Op, event.JobDiscarded)
		w.must(ana.store.MarkSent(t.Context(), lost))
		becomes(first.Op, event.JobSent)

		w.sim.RefuseWith(nil, 190, -1)
		dead, third := ana.row(ana.reply(c, "token is dead")), ana.row(ana.reply(c, "waits for it"))
		becomes(dead.Op, event.JobQueued)
		becomes(third.Op, event.JobQueued)
		w.must(ana.store.Discard(t.Context(), third.Key))
		becomes(third.Op, event.JobDiscarded)

		var told []event.JobState
		for _, s := range w.sends(first.Op) {
			told = append(told, s.State)
		}
		held := slices.Index(told, event.JobHeld)
		if held < 0 || !slices.Equal(told[len(told)-2:], []event.JobState{event.JobSending, event.JobSent}) {
			t.Errorf("the log tells %v", told)
		}
		if n := len(w.sim.Accepted()); n != 1 {
			t.Errorf("the network took %d messages, want one", n)
		}
		for _, d := range []*terminal{ana, ben} {
			if notices := d.watch.Take().Notices; slices.ContainsFunc(notices, func(n store.Notice) bool { return n.Kind == store.NoticeRefused }) {
				t.Errorf("%s is told %+v", d.agent, notices)
			}
		}
	})
}

// write makes a fault and a reply under it.
func (w *team) write(d *terminal, c store.Conversation, text string, fault func()) provider.OpID {
	w.t.Helper()
	fault()
	return d.row(d.reply(c, text)).Op
}

func (d *terminal) byOp(c store.Conversation, op provider.OpID) store.Message {
	d.t.Helper()
	rows, err := d.store.Messages(d.t.Context(), c.ID, store.MessageCursor{}, 20)
	d.must(err)
	for _, r := range rows {
		if r.Op == op {
			return r
		}
	}
	d.t.Fatalf("there is no %s", op)
	return store.Message{}
}
