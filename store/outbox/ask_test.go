package outbox_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// TestQuestionsGrowRare: a network is asked at growing distances and no more after
// a day, also by a program that was started anew, and nothing ticks in between or
// afterwards.
func TestQuestionsGrowRare(t *testing.T) {
	can := []provider.Ability{provider.CanFindSent, provider.CanPollStatus}
	inquiry{can: can}.of(t, func(t *testing.T, w *world, o *oracle, took provider.ChatKey) {
		lost := key("sales", "2")
		w.writes(lost)
		fine := w.reply(took, "fine")
		synctest.Wait()
		accepted := time.Now()
		w.is(fine, event.JobSent)
		o.line.does(hang)
		m := w.reply(lost, "lost?")
		pass(time.Minute)
		unsure := time.Now()
		row := w.is(m, event.JobUnsure)
		pass(50 * time.Minute)
		w.stop()
		w.restart()
		_, w.stop = w.run()
		pass(30 * time.Hour)
		// A restart repeats the last of what is over, and nothing else.
		finds, statuses := provider.FindAfter(), provider.StatusAfter()
		finds, statuses = slices.Insert(finds, 3, 50*time.Minute), slices.Insert(statuses, 3, 51*time.Minute)
		if got := o.times(&o.finds, unsure); !slices.Equal(got, finds) {
			t.Errorf("it was looked for after %v", got)
		}
		if got := o.times(&o.asked, accepted); !slices.Equal(got, statuses) {
			t.Errorf("receipts were asked for after %v", got)
		}
		if o.looked[0].Op != row.Op || o.looked[0].Content.Text != "lost?" || o.looked[0].To != lost || !o.since[0].Equal(unsure.Add(-time.Minute)) {
			t.Errorf("it was asked for %+v since %v", o.looked[0], o.since[0])
		}
		before, calls := w.looks(), len(o.finds)+len(o.asked)
		pass(48 * time.Hour)
		if w.looks() != before || len(o.finds)+len(o.asked) != calls {
			t.Errorf("%d looks and %d calls with nothing open", w.looks()-before, len(o.finds)+len(o.asked)-calls)
		}
		w.is(m, event.JobUnsure)
	})
}

// TestWhatIsFoundIsProved: the message that the network has resolves the unsure
// send, the team is told, and what was held behind it goes by itself.
func TestWhatIsFoundIsProved(t *testing.T) {
	inquiry{can: finds, sends: hang}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
		lost, next := w.reply(c, "lost?"), w.reply(c, "next")
		pass(time.Minute)
		w.is(next, event.JobHeld)
		o.line.does(nil)
		o.does(func() { o.holds = "there" })
		pass(provider.FindAfter()[0])
		if row := w.is(lost, event.JobSent); row.ID != "there" || row.Error != nil {
			t.Errorf("it is %+v", row)
		}
		w.is(next, event.JobSent)
		if got := o.texts(); !slices.Equal(got, []string{"lost?", "next"}) {
			t.Errorf("attempts %v", got)
		}
		told := false
		for _, body := range w.published(event.KindSend) {
			s := body.(event.SendState)
			told = told || (s.State == event.JobSent && s.Message == "there" && s.Content.Text == "lost?")
		}
		if !told {
			t.Error("the team was not told")
		}
	})
}

// TestWhatIsNotThereIsTold: that the network has no such message is told once, and
// stays a person's to decide.
func TestWhatIsNotThereIsTold(t *testing.T) {
	inquiry{can: finds, sends: hang}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
		lost := w.reply(c, "lost?")
		pass(time.Minute)
		since := w.is(lost, event.JobUnsure).JobSince
		pass(26 * time.Hour)
		row := w.is(lost, event.JobUnsure)
		if row.Error == nil || row.Error.Code != provider.CodeNotFound || !row.Error.Uncertain || !row.JobSince.Equal(since) {
			t.Errorf("it is %+v since %v", row.Error, row.JobSince)
		}
		told := 0
		for _, body := range w.published(event.KindSend) {
			if s := body.(event.SendState); s.State == event.JobUnsure && s.Error != nil && s.Error.Code == provider.CodeNotFound {
				told++
			}
		}
		if told != 1 || len(o.finds) != len(provider.FindAfter()) || len(o.sent()) != 1 {
			t.Errorf("told %d times after %d calls; %d attempts", told, len(o.finds), len(o.sent()))
		}
	})
}

// TestAnothersMessageProvesNothing: what the network has may be another send of the
// same words, of which nobody knows either.
func TestAnothersMessageProvesNothing(t *testing.T) {
	inquiry{can: finds, sends: hang}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
		first, second := w.reply(c, "same"), w.reply(c, "same")
		pass(time.Minute)
		if err := w.store.Release(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		o.does(func() { o.holds = "one" })
		pass(25 * time.Hour)
		w.is(first, event.JobUnsure)
		w.is(second, event.JobUnsure)
		if err := w.store.Discard(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		w.is(first, event.JobUnsure)
	})
}

// TestNobodyIsAskedBeforeTheLogIsHeard: the receipt may be in it already, and what
// a teammate sent.
func TestNobodyIsAskedBeforeTheLogIsHeard(t *testing.T) {
	can := []provider.Ability{provider.CanFindSent, provider.CanReadHealth}
	begins := func(w *world, o *oracle) { o.holds, w.behind = "found", true }
	inquiry{can: can, sends: hang, before: begins}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
		lost := w.reply(c, "lost?")
		pass(time.Hour)
		op := w.is(lost, event.JobUnsure).Op
		if len(o.finds)+len(o.read) != 0 {
			t.Errorf("%d calls", len(o.finds)+len(o.read))
		}
		w.catchesUp(w.out, event.Event{
			ID: "s:proof:sent", Account: "sales", Conversation: teamKey.Conversation(c), Kind: provider.KindReceipt,
			Body: provider.Receipt{Message: "proof", Op: op, Status: provider.Sent, At: time.Now()},
		})
		pass(25 * time.Hour)
		if row := w.is(lost, event.JobSent); row.ID != "proof" || len(o.finds) != 0 || len(o.read) == 0 {
			t.Errorf("it became %s after %d calls; %d readings", row.ID, len(o.finds), len(o.read))
		}
	})
}

// TestAProofComesTooLate: what a person decided while the network answered stands.
func TestAProofComesTooLate(t *testing.T) {
	inquiry{can: finds, sends: hang}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
		lost := w.reply(c, "lost?")
		pass(time.Minute)
		o.does(func() {
			o.holds, o.during = "there", func() {
				if err := w.store.Discard(context.Background(), lost); err != nil {
					t.Error(err)
				}
			}
		})
		pass(provider.FindAfter()[0])
		if w.is(lost, event.JobDiscarded); len(o.finds) != 1 {
			t.Errorf("%d calls", len(o.finds))
		}
	})
}

// TestANetworkInTroubleIsAskedAgain: what says nothing of a send is no answer about
// it; a driver that panics is one, and ends nothing.
func TestANetworkInTroubleIsAskedAgain(t *testing.T) {
	for name, fails := range map[string]error{
		"down": &provider.Error{Op: "find", Reason: provider.Unavailable}, "dead token": &provider.Error{Op: "find", Reason: provider.Token},
		"panic": errPanics,
	} {
		t.Run(name, func(t *testing.T) {
			inquiry{can: finds, sends: hang}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
				lost := w.reply(c, "lost?")
				pass(time.Minute)
				o.does(func() { o.fails = fails })
				pass(23 * time.Hour)
				if n := len(o.finds); n < 6 || n > 40 {
					t.Errorf("%d calls in a day of trouble", n)
				}
				if row := w.is(lost, event.JobUnsure); row.Error.Code == provider.CodeNotFound {
					t.Errorf("it is said to be %+v", row.Error)
				}
				o.does(func() { o.fails, o.holds = nil, "there" })
				pass(2 * time.Hour)
				w.is(lost, event.JobSent)
			})
		})
	}
}

// TestReceiptsAreAskedFor: what nobody posts is asked for, told once, and awaited no
// more after the last one.
func TestReceiptsAreAskedFor(t *testing.T) {
	for _, last := range []provider.Status{provider.Read, provider.Failed} {
		t.Run(last.String(), func(t *testing.T) {
			inquiry{can: statuses}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
				m := w.reply(c, "hello")
				synctest.Wait()
				before := time.Duration(0)
				for n, s := range []provider.Status{provider.Sent, last} {
					o.does(func() { o.says = append(o.says, s) })
					pass(provider.StatusAfter()[n] - before)
					before = provider.StatusAfter()[n]
					told := w.published(provider.KindReceipt)
					if len(o.asked) != n+1 || len(told) != n+1 || told[n].(provider.Receipt).Status != s {
						t.Fatalf("after %v: %d calls, told %+v", before, len(o.asked), told)
					}
					// It comes back as a fact, by us.
					w.apply(event.Event{ID: "asked", Account: "sales", Conversation: teamKey.Conversation(c), Kind: provider.KindReceipt, By: "ana", Body: told[n]})
				}
				pass(48 * time.Hour)
				if len(o.asked) != 2 || w.message(m).Status != last {
					t.Errorf("%d calls; it is %v", len(o.asked), w.message(m).Status)
				}
			})
		})
	}
}

// TestReceiptsThatComeAreNotAskedFor: where the network posts them, or the relay
// takes none from a terminal, asking ends.
func TestReceiptsThatComeAreNotAskedFor(t *testing.T) {
	says := func(_ *world, o *oracle) { o.says = []provider.Status{provider.Sent} }
	inquiry{can: statuses, before: says}.of(t, func(t *testing.T, w *world, o *oracle, c provider.ChatKey) {
		m := w.reply(c, "posted")
		synctest.Wait()
		w.apply(event.Event{
			ID: "s:1:sent", Account: "sales", Conversation: teamKey.Conversation(c), Kind: provider.KindReceipt,
			Body: provider.Receipt{Message: w.is(m, event.JobSent).ID, Status: provider.Sent, At: time.Now()},
		})
		pass(48 * time.Hour)
		if len(o.asked) != 0 {
			t.Errorf("%d calls about what was posted", len(o.asked))
		}
		refuses := &client.Error{Status: http.StatusBadRequest, Code: "bad_request", Text: "No."}
		w.relay.does(func(_ context.Context, entries []client.Entry) ([]client.Result, error) {
			if entries[0].Kind == provider.KindReceipt {
				return nil, refuses
			}
			return nil, nil
		})
		w.writes(c)
		w.reply(c, "two")
		pass(48 * time.Hour)
		w.writes(c)
		w.reply(c, "three")
		pass(48 * time.Hour)
		if len(o.asked) != 1 {
			t.Errorf("%d calls for what the relay does not take", len(o.asked))
		}
	})
}

// TestHealthIsReadAndTold: at the start and every half hour, and told when it is
// another than is known.
func TestHealthIsReadAndTold(t *testing.T) {
	stands := func(_ *world, o *oracle) { o.health = provider.Health{Quality: "green"} }
	inquiry{can: []provider.Ability{provider.CanReadHealth}, before: stands}.of(t, func(t *testing.T, w *world, o *oracle, _ provider.ChatKey) {
		read := func(want int, words string) {
			t.Helper()
			told := w.published(provider.KindHealth)
			if len(told) != want {
				t.Fatalf("it was told %d times, want %d", len(told), want)
			}
			h := told[want-1].(provider.Health)
			if got := h.Quality + "/" + h.Access + "/" + h.Text; got != words || h.At.IsZero() {
				t.Errorf("it was told %q at %v, want %q", got, h.At, words)
			}
			w.apply(event.Event{ID: "h", Account: "sales", Kind: provider.KindHealth, By: "ana", Body: h})
		}
		read(1, "green/ok/")
		pass(2 * time.Hour)
		read(1, "green/ok/")
		if len(o.read) != 5 {
			t.Errorf("it was read %d times in two hours", len(o.read))
		}
		o.does(func() {
			o.fails = &provider.Error{Op: "health", Reason: provider.Token, Text: "The token is dead. Make a new one."}
		})
		pass(30 * time.Minute)
		read(2, "/token/The token is dead. Make a new one.")
		o.does(func() { o.fails = &provider.Error{Op: "health", Reason: provider.Unreachable} })
		pass(2 * time.Hour)
		read(2, "/token/The token is dead. Make a new one.")
		o.does(func() { o.fails = nil })
		pass(30 * time.Minute)
		read(3, "green/ok/")
	})
}
