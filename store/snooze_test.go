package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// at is a world whose clock a test moves: the relay's and this machine's alike.
func at(t *testing.T, clock *time.Time) *world {
	t.Helper()
	opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
	opt.Now = func() time.Time { return *clock }
	opt.Elapsed = func() time.Duration { return clock.Sub(storetest.Now) }
	w := &world{t: t, ctx: t.Context(), s: storetest.OpenWith(t, opt), log: storetest.NewLog()}
	w.apply(w.log.Account())
	return w
}

func (w *world) wake() time.Time {
	w.t.Helper()
	next, err := w.s.Wake(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

func (w *world) count(v store.View) int {
	w.t.Helper()
	c, err := w.s.Counts(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	if n, err := w.s.Count(w.ctx, v); err != nil || n != c.Views[v] {
		w.t.Errorf("%s holds %d, its number is %d (%v)", v, n, c.Views[v], err)
	}
	return c.Views[v]
}

// TestASnoozeEndsAtItsInstant: it is out of every view but its own, and back at the
// instant, no sooner, without an event, and says since when.
func TestASnoozeEndsAtItsInstant(t *testing.T) {
	clock := storetest.Now
	w := at(t, &clock)
	until := clock.Add(2 * time.Hour)
	w.apply(w.log.Inbound("1", "A", "hi", clock), w.log.By(storetest.Ben, "1", event.Snoozed{Until: until}))
	for _, v := range []store.View{store.ViewMine, store.ViewUnassigned, store.ViewAll, store.ViewUnread, store.ViewClosing} {
		if n := w.count(v); n != 0 || len(w.view(v)) != 0 {
			t.Errorf("%s has %d", v, n)
		}
	}
	if n := w.count(store.ViewSnoozed); n != 1 || len(w.view(store.ViewSnoozed)) != 1 {
		t.Errorf("%d are snoozed", n)
	}
	clock = until.Add(-time.Millisecond)
	if next := w.wake(); !next.Equal(until) || w.conversation("1").Status != store.StatusSnoozed {
		t.Errorf("a moment before it is %s, next %v", w.conversation("1").Status, next)
	}
	clock = until
	watch := w.s.Watch()
	defer watch.Close()
	if next := w.wake(); !next.IsZero() {
		t.Errorf("another one at %v", next)
	}
	c := w.conversation("1")
	if c.Status != store.StatusOpen || !c.SnoozedUntil.Equal(until) || !watch.Take().Conversations[c.ID] {
		t.Errorf("at the instant it is %s since %v", c.Status, c.SnoozedUntil)
	}
	if w.count(store.ViewSnoozed) != 0 || w.count(store.ViewUnassigned) != 1 || w.count(store.ViewUnread) != 1 {
		t.Error("it is not back where it was")
	}
	if next, err := w.s.NextNeeding(w.ctx, store.ViewAll, store.ConversationCursor{}, true); err != nil || next.ID != c.ID {
		t.Errorf("needing is %s, %v", next.ID, err)
	}
	if n := len(w.thread("1")); n != 2 {
		t.Errorf("the thread has %d rows", n) // the message, and who snoozed
	}
}

// TestWhatEndsASnooze: the customer's word, a resolution, a reopening; and what of
// the team's only ends what it left behind.
func TestWhatEndsASnooze(t *testing.T) {
	later := storetest.Now.Add(time.Hour)
	for name, c := range map[string]struct {
		do     func(*world) []event.Event
		status store.ConversationStatus
		until  time.Time
	}{
		"customer writes": {func(w *world) []event.Event { return []event.Event{w.log.Inbound("1", "A", "still there?", w.log.At)} }, store.StatusOpen, time.Time{}},
		"resolved":        {func(w *world) []event.Event { return []event.Event{w.log.By(storetest.Ben, "1", event.Resolved{})} }, store.StatusResolved, time.Time{}},
		"reopened":        {func(w *world) []event.Event { return []event.Event{w.log.By(storetest.Ben, "1", event.Reopened{})} }, store.StatusOpen, time.Time{}},
		"reply":           {func(w *world) []event.Event { return w.log.Sent(storetest.Ben, "1", "soon", provider.Sent) }, store.StatusSnoozed, later},
		"assigned": {func(w *world) []event.Event {
			return []event.Event{w.log.By(storetest.Ben, "1", event.Assigned{To: storetest.Ana})}
		}, store.StatusSnoozed, later},
		"until reply": {func(w *world) []event.Event { return []event.Event{w.log.By(storetest.Ben, "1", event.Snoozed{})} }, store.StatusSnoozed, time.Time{}},
		"undone resolution": {func(w *world) []event.Event {
			return []event.Event{
				w.log.By(storetest.Ben, "1", event.Resolved{}),
				w.log.By(storetest.Ben, "1", event.Reopened{Undone: &event.Undone{Snoozed: &event.Snoozed{Until: later}}}),
			}
		}, store.StatusSnoozed, later},
	} {
		t.Run(name, func(t *testing.T) {
			clock := storetest.Now
			w := at(t, &clock)
			w.apply(w.log.Inbound("1", "A", "hi", clock), w.log.By(storetest.Ben, "1", event.Snoozed{Until: later}))
			w.apply(c.do(w)...)
			if got := w.conversation("1"); got.Status != c.status || !got.SnoozedUntil.Equal(c.until) {
				t.Errorf("it is %s until %v", got.Status, got.SnoozedUntil)
			}
		})
	}
}

// TestAReplyEndsWhatASnoozeLeft: once it is back, an answer is what it was back for.
func TestAReplyEndsWhatASnoozeLeft(t *testing.T) {
	clock := storetest.Now
	w := at(t, &clock)
	w.apply(w.log.Inbound("1", "A", "hi", clock), w.log.By(storetest.Ben, "1", event.Snoozed{Until: clock.Add(time.Hour)}))
	clock = clock.Add(2 * time.Hour)
	w.log.At = clock
	w.apply(w.log.Sent(storetest.Ben, "1", "here", provider.Sent)...)
	if c := w.conversation("1"); c.Status != store.StatusOpen || !c.SnoozedUntil.IsZero() {
		t.Errorf("it is %s until %v", c.Status, c.SnoozedUntil)
	}
}

// TestSnoozesAreTheSameEverywhere: a store that was there all the time, one that was
// asleep, and one that is filled again tell the same, whichever looked when.
func TestSnoozesAreTheSameEverywhere(t *testing.T) {
	clock := storetest.Now
	there, asleep, anew := at(t, &clock), at(t, &clock), at(t, &clock)
	log, begin := storetest.NewLog(), storetest.Now
	log.Account() // each has it
	var all []event.Event
	add := func(after time.Duration, make ...event.Event) {
		for _, e := range make {
			e.At = begin.Add(after)
			all = append(all, e)
		}
	}
	add(0, log.Inbound("1", "A", "hi", begin), log.Inbound("2", "B", "hi", begin), log.Inbound("3", "C", "hi", begin))
	for _, chat := range []provider.ChatID{"1", "2", "3"} {
		add(time.Minute, log.By(storetest.Ben, chat, event.Snoozed{Until: begin.Add(time.Hour)}))
	}
	add(30*time.Minute, log.Sent(storetest.Ben, "1", "while it sleeps", provider.Sent)...)
	add(90*time.Minute, log.Sent(storetest.Ben, "2", "once it is back", provider.Sent)...)
	for _, e := range all {
		clock = e.At
		there.wake()
		there.apply(e)
	}
	clock = begin.Add(3 * time.Hour)
	there.wake()
	asleep.apply(all...)
	for _, e := range all {
		anew.apply(e)
	}
	want := facts(t, there.s)
	for name, w := range map[string]*world{"asleep": asleep, "anew": anew} {
		for fact, told := range facts(t, w.s) {
			if !told.Same(want[fact]) {
				t.Errorf("%s, %s:\n%+v\n%+v", name, fact, told, want[fact])
			}
		}
		if n := w.count(store.ViewAll); n != 3 {
			t.Errorf("%s: All has %d", name, n)
		}
	}
	if c := there.conversation("3"); c.Status != store.StatusOpen || c.SnoozedUntil.IsZero() {
		t.Errorf("the one nobody answered is %s until %v", c.Status, c.SnoozedUntil)
	}
}

// TestAClockThatWasWrongWakesNothingForGood: what was woken too early goes back to
// sleep once the relay has told the time.
func TestAClockThatWasWrongWakesNothingForGood(t *testing.T) {
	clock := storetest.Now
	w := at(t, &clock)
	until := storetest.Now.Add(2 * time.Hour)
	w.apply(w.log.Inbound("1", "A", "hi", clock), w.log.By(storetest.Ben, "1", event.Snoozed{Until: until}))
	clock = storetest.Now.Add(24 * time.Hour)
	w.wake()
	if c := w.conversation("1"); c.Status != store.StatusOpen {
		t.Fatalf("by the wrong clock it is %s", c.Status)
	}
	clock = storetest.Now.Add(time.Minute)
	if next := w.wake(); !next.Equal(until) {
		t.Errorf("next is %v", next)
	}
	if c := w.conversation("1"); c.Status != store.StatusSnoozed || w.count(store.ViewSnoozed) != 1 || w.count(store.ViewAll) != 0 {
		t.Errorf("by the right clock it is %s", c.Status)
	}
}

// TestASnoozeOfOursThatIsPending: it sleeps and wakes before the team has it, and a
// refusal takes it back.
func TestASnoozeOfOursThatIsPending(t *testing.T) {
	clock := storetest.Now
	w := at(t, &clock)
	w.apply(w.log.Inbound("1", "A", "hi", clock))
	op := w.do("1", event.Snoozed{Until: clock.Add(time.Hour)})
	if c := w.conversation("1"); c.Status != store.StatusSnoozed || !c.Pending {
		t.Fatalf("it is %s", c.Status)
	}
	clock = clock.Add(time.Hour)
	w.wake()
	if c := w.conversation("1"); c.Status != store.StatusOpen || !c.Pending {
		t.Errorf("awake it is %s", c.Status)
	}
	if err := w.s.RefusePublication(w.ctx, op, storetest.Ben, "ben was first"); err != nil {
		t.Fatal(err)
	}
	if c := w.conversation("1"); c.Status != store.StatusOpen || c.Pending || !c.SnoozedUntil.IsZero() {
		t.Errorf("taken back it is %s until %v", c.Status, c.SnoozedUntil)
	}
}

// TestRouseWaits: one timer to the next instant, and a look after every change and
// after the relay's word of the time.
func TestRouseWaits(t *testing.T) {
	opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
	opt.Now = time.Now
	w := &world{t: t, ctx: t.Context(), s: storetest.OpenWith(t, opt), log: storetest.NewLog()}
	w.log.At = time.Now()
	watch := w.s.Watch()
	defer watch.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.s.Rouse(ctx, func(err error) { t.Error(err) }) }()
	until := time.Now().Add(150 * time.Millisecond)
	w.apply(w.log.Account(), w.log.Inbound("1", "A", "hi", w.log.At), w.log.By(storetest.Ben, "1", event.Snoozed{Until: until}),
		w.log.Inbound("2", "B", "hi", w.log.At), w.log.By(storetest.Ben, "2", event.Snoozed{Until: until.Add(time.Hour)}))
	for w.conversation("1").Status != store.StatusOpen {
		<-watch.C()
	}
	if now := w.s.Now(); now.Before(w.conversation("1").SnoozedUntil) {
		t.Errorf("woken at %v", now)
	}
	// The relay is two hours ahead of this machine.
	if err := w.s.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key, Offset: 2 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	for w.conversation("2").Status != store.StatusOpen {
		<-watch.C()
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestASnoozeHidesNothingUnheard: what the customer wrote before the team has the
// snooze, and whoever snoozed did not know of, leaves it open, here and everywhere.
func TestASnoozeHidesNothingUnheard(t *testing.T) {
	clock := storetest.Now
	w := at(t, &clock)
	w.apply(w.log.Inbound("1", "A", "hi", clock))
	op := w.do("1", event.Snoozed{Until: clock.Add(time.Hour)})
	if c := w.conversation("1"); c.Status != store.StatusSnoozed {
		t.Fatalf("it is %s", c.Status)
	}
	w.apply(w.log.Inbound("1", "A", "it burns", clock))
	if c := w.conversation("1"); c.Status != store.StatusOpen || c.Unread != 2 {
		t.Errorf("pending, it is %s", c.Status)
	}
	body := w.unpublished()[0].Body
	if err := w.s.Published(w.ctx, op, w.log.Seq()+1); err != nil {
		t.Fatal(err)
	}
	w.apply(w.echo(op, "1", body))
	if c := w.conversation("1"); c.Status != store.StatusOpen || c.Pending {
		t.Errorf("in the log, it is %s", c.Status)
	}
	if w.do("1", event.Snoozed{}); w.conversation("1").Status != store.StatusSnoozed {
		t.Error("who has heard of it cannot snooze it")
	}
}

// TestANewStartMendsAWrongClock: what a program with a wrong clock woke goes back to
// sleep when the next one starts.
func TestANewStartMendsAWrongClock(t *testing.T) {
	clock := storetest.Now.Add(24 * time.Hour)
	path := filepath.Join(t.TempDir(), "store.db")
	opt := storetest.Options(path, 0)
	opt.Now = func() time.Time { return clock }
	opt.Elapsed = func() time.Duration { return 0 }
	first, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: t.Context(), s: first, log: storetest.NewLog()}
	w.apply(w.log.Account(), w.log.Inbound("1", "A", "hi", storetest.Now), w.log.By(storetest.Ben, "1", event.Snoozed{Until: storetest.Now.Add(time.Hour)}))
	if c := w.conversation("1"); c.Status != store.StatusOpen {
		t.Fatalf("by the wrong clock it is %s", c.Status)
	}
	if err := w.s.Close(); err != nil {
		t.Fatal(err)
	}
	clock = storetest.Now
	w.s = storetest.OpenWith(t, opt)
	watch := w.s.Watch()
	defer watch.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.s.Rouse(ctx, func(err error) { t.Error(err) }) }()
	for w.conversation("1").Status != store.StatusSnoozed {
		<-watch.C()
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
