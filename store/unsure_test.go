package store_test

import (
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestWhatIsUnsureForLong: what the team, and not this terminal alone, has been
// unsure of for ten minutes is a number and a view, until somebody or the network
// has said what became of it.
func TestWhatIsUnsureForLong(t *testing.T) {
	now := storetest.Now
	w := newWorldWith(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	ours := w.send("1", "ours")
	w.claim(ours.Op)
	w.finish(ours.Op, noAnswer)
	w.log.At = now.Add(time.Minute)
	w.apply(w.log.SendState(storetest.Ben, "2", "op-ben", event.JobUnsure, "", "a colleague's"))
	failed := w.send("3", "failed")
	w.claim(failed.Op)
	w.finish(failed.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Reason: provider.Undeliverable}})

	is := func(all int, long ...provider.ChatID) {
		t.Helper()
		c, err := w.s.Counts(w.ctx)
		if err != nil || c.Unsure != all || c.LongUnsure != len(long) || c.Views[store.ViewUnsure] != len(long) {
			t.Errorf("%d are unsure, %d for long, %d in the view, %v; want %d and %d", c.Unsure, c.LongUnsure, c.Views[store.ViewUnsure], err, all, len(long))
		}
		h, err := w.s.Health(w.ctx, w.s.Now().Add(-store.LongUnsure))
		if own := len(slices.DeleteFunc(slices.Clone(long), func(c provider.ChatID) bool { return c == "2" })); err != nil ||
			h.TeamUnsure != all || h.TeamLongUnsure != len(long) || h.Unsure != own {
			t.Errorf("the health is %+v, %v", h, err)
		}
		if got := w.view(store.ViewUnsure); !slices.Equal(got, long) {
			t.Errorf("the view shows %v, want %v", got, long)
		}
	}
	is(2)
	now = now.Add(store.LongUnsure - time.Millisecond)
	is(2)
	now = now.Add(time.Millisecond)
	is(2, "1")
	now = now.Add(time.Minute)
	is(2, "2", "1")
	w.apply(w.log.Receipt("2", "wamid.ben", "op-ben", provider.Delivered))
	is(1, "1")
	if err := w.s.Discard(w.ctx, ours.Key); err != nil {
		t.Fatal(err)
	}
	is(0)
}
