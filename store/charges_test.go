package store_test

import (
	"maps"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// charged is what a receipt says of a message, in a network's own time.
func (w *world) charged(id, as string, status provider.Status, at time.Time) event.Event {
	e := w.log.Receipt(other, provider.MessageID(id), "", status)
	r := e.Body.(provider.Receipt)
	r.Category, r.At = as, at
	e.Body = r
	return e
}

func (w *world) charges(month time.Time, want map[string]int, untold int) {
	w.t.Helper()
	c, err := w.s.Charges(w.ctx, storetest.Account, month)
	if err != nil || !maps.Equal(c.By, want) || c.Untold != untold || c.Month.Day() != 1 || c.Month.Month() != month.UTC().Month() {
		w.t.Errorf("%v: %+v, %v; want %v and %d untold", month, c, err, want, untold)
	}
}

// A message is charged once, in the month it arrived in, as the network says:
// whatever number of receipts tell of it, and in whatever order.
func TestChargesAreCountedOnce(t *testing.T) {
	w := newWorld(t)
	october, november := time.Date(2026, 10, 31, 23, 59, 0, 0, time.UTC), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	w.log.At = october
	sent := func(op provider.OpID, id provider.MessageID) {
		w.apply(w.log.SendState(storetest.Ben, other, op, event.JobSent, id, string(op)))
	}
	w.apply(w.log.Inbound(other, "Ada", "hi", october))
	w.charges(october, map[string]int{}, 0)
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		sent(provider.OpID("op-"+id), provider.MessageID(id))
	}
	zone := time.FixedZone("elsewhere", 3*3600)
	w.apply(
		// a: told thrice of the same, and read without a category.
		w.charged("a", "service", provider.Sent, october), w.charged("a", "service", provider.Delivered, october),
		w.charged("a", "service", provider.Delivered, october), w.charged("a", "", provider.Read, november),
		// b: sent in one month, delivered in the next; only the former receipt has the word.
		w.charged("b", "service", provider.Sent, october), w.charged("b", "", provider.Delivered, november),
		// c: read alone, and before it is said to be sent; told in another zone, where it is November already.
		w.charged("c", "marketing", provider.Read, october.In(zone)), w.charged("c", "marketing", provider.Sent, october),
		// d: never arrived.
		w.charged("d", "service", provider.Sent, october), w.charged("d", "", provider.Failed, october),
		// e: arrived, and nobody says as what. f: charged otherwise than it was sent.
		w.charged("e", "", provider.Delivered, october),
		w.charged("f", "utility", provider.Sent, october), w.charged("f", "referral_conversion", provider.Delivered, november),
		// g: the network does not say when; the relay's time counts.
		w.charged("g", "utility", provider.Delivered, time.Time{}),
		// Somebody else's, through the same number.
		w.charged("foreign", "authentication", provider.Sent, october), w.charged("foreign", "authentication", provider.Delivered, october),
	)
	in, next := map[string]int{"service": 1, "marketing": 1, "utility": 1, "authentication": 1}, map[string]int{"service": 1, "referral_conversion": 1}
	w.charges(october, in, 1)
	w.charges(november, next, 0)
	w.charges(november.AddDate(0, 1, 0), map[string]int{}, 0)
	for who, want := range map[event.AgentID]int{"": 1, storetest.Ben: 0} { // of this month, whatever the span
		st, err := w.s.Stats(w.ctx, store.StatsQuestion{From: october, To: october.Add(time.Hour), Agent: who})
		if err != nil || st.Channels[0].Service != want {
			t.Errorf("free messages used, asked of %q: %+v, %v", who, st.Channels, err)
		}
	}
	// The other's turns out to be ours: it is the same message.
	sent("op-late", "foreign")
	w.charges(october, in, 1)
	if c, err := w.s.Charges(w.ctx, "nobody", october); err != nil || len(c.By) != 0 {
		t.Errorf("of no account: %+v, %v", c, err)
	}
}
