package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestStatsAreWhatIsCountedByHand: whatever happened, in all and for one account,
// agent and conversation.
func TestStatsAreWhatIsCountedByHand(t *testing.T) {
	dir, lives := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		l := storetest.NewLog()
		events, all := life(rt, l)
		lives++
		s := storetest.Open(t, filepath.Join(dir, fmt.Sprintf("life%d.db", lives)))
		if err := s.Apply(t.Context(), events); err != nil {
			rt.Fatal(err)
		}
		from := storetest.Now.Add(-time.Duration(rapid.IntRange(1, 9*24).Draw(rt, "from")) * time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(1, 9*24).Draw(rt, "hours")) * time.Hour)
		for _, q := range []store.StatsQuestion{
			{From: from, To: to},
			{From: from, To: to, Account: sales},
			{From: from, To: to, Conversation: storetest.ID("2")},
		} {
			some := only(all, q)
			got, err := s.Stats(t.Context(), q)
			if errors.Is(err, store.ErrNotFound) && len(some) == 0 {
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
			ignore := cmpopts.IgnoreFields(store.Stats{}, "From", "To", "At", "Days", "Channels", "Waiting", "Failures", "Charged", "Untold")
			if diff := cmp.Diff(byHand(some, q), got, ignore, cmpopts.EquateEmpty()); diff != "" {
				rt.Fatalf("%+v: by hand - and by the store +:\n%s", q, diff)
			}
			sumsUp(rt, got)
		}
		ofAgents(rt, s, from, to, all)
	})
}

func only(all []told, q store.StatsQuestion) (some []told) {
	for _, f := range all {
		if (q.Account == "" || f.account == q.Account) && (q.Conversation == "" || f.in == q.Conversation) {
			some = append(some, f)
		}
	}
	return some
}

// sumsUp: the same messages, told apart in other ways, are as many.
func sumsUp(rt *rapid.T, st store.Stats) {
	var hours, days, channels store.Volume
	var delivery store.Delivery
	add := func(to *store.Volume, v store.Volume) { to.In, to.Out = to.In+v.In, to.Out+v.Out }
	for _, v := range st.Hours {
		add(&hours, v)
	}
	for _, d := range st.Days {
		add(&days, d.Volume)
	}
	for _, c := range st.Channels {
		add(&channels, c.Volume)
		delivery.Tried, delivery.Failed = delivery.Tried+c.Delivery.Tried, delivery.Failed+c.Delivery.Failed
	}
	failed := 0
	for _, f := range st.Failures {
		failed += f.N
	}
	if hours != days || hours != channels || delivery.Tried != st.Delivery.Tried || hours.Out != delivery.Tried || failed != st.Delivery.Failed || delivery.Failed != failed {
		rt.Fatalf("hours %v, days %v, channels %v, tried %d of %d, failed %d of %d", hours, days, channels, delivery.Tried, st.Delivery.Tried, failed, st.Delivery.Failed)
	}
}

// ofAgents: what two agents did is together what the team did, but for what its rules
// did.
func ofAgents(rt *rapid.T, s *store.Store, from, to time.Time, lived []told) {
	sent, resolved := 0, 0 // by rules
	for i := range lived {
		f := &lived[i]
		if f.rule && !f.at.Before(from) && f.at.Before(to) {
			if f.left() {
				sent++
			}
			if f.what == "resolved" && !undone(lived, i) {
				resolved++
			}
		}
	}
	ask := func(who event.AgentID) store.Stats {
		st, err := s.Stats(rt.Context(), store.StatsQuestion{From: from, To: to, Agent: who})
		if err != nil {
			rt.Fatal(err)
		}
		return st
	}
	all, ana, ben := ask(""), ask(storetest.Ana), ask(storetest.Ben)
	for what, n := range map[string][3]int{
		"tried":    {all.Delivery.Tried - sent, ana.Delivery.Tried, ben.Delivery.Tried},
		"first":    {all.First.N, ana.First.N, ben.First.N},
		"next":     {all.Next.N, ana.Next.N, ben.Next.N},
		"resolved": {all.Resolved - resolved, ana.Resolved, ben.Resolved},
	} {
		if n[0] != n[1]+n[2] {
			rt.Fatalf("%s: %d of all, %d of ana, %d of ben", what, n[0], n[1], n[2])
		}
	}
}

// undone reports whether the next thing that bears on a resolution takes it back.
func undone(lived []told, i int) bool {
	for _, f := range lived[i+1:] {
		if f.in == lived[i].in && f.what != "out" && f.what != "rated" && !f.rates {
			return f.what == "undo"
		}
	}
	return false
}

// TestStatsOfTheKnownPeople: figures that a person can check in people.go.
func TestStatsOfTheKnownPeople(t *testing.T) {
	s := storetest.New(t)
	zone := time.FixedZone("half", 5*3600+1800)
	st, err := s.Stats(t.Context(), store.StatsQuestion{From: storetest.Now.Add(-24 * time.Hour), To: storetest.Now, Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	if st.Waiting.N != 5 || st.Waiting.Longest != 26*time.Hour || st.Waiting.Median != 50*time.Minute {
		t.Errorf("waiting %+v", st.Waiting)
	}
	if st.First != (store.Times{N: 1, Median: 10 * time.Minute, Ninetieth: 10 * time.Minute, Longest: 10 * time.Minute}) {
		t.Errorf("first %+v", st.First)
	}
	if st.Missed != 1 { // Yuki's window closed two hours ago
		t.Errorf("missed %d", st.Missed)
	}
	want := []store.Failure{{Reason: provider.Undeliverable, Code: "131026", Text: "This number is not on WhatsApp. Try another way.", N: 1}}
	if diff := cmp.Diff(want, st.Failures); diff != "" {
		t.Error(diff)
	}
	// Priya's came at 11:35 UTC, Omar's two at 11:53 and 11:55, Lucía's at 12:28 the day
	// before: at 17 o'clock in that zone, with half an hour over.
	if st.Hours[17].In != 4 || len(st.Days) != 2 || !st.Days[0].Day.Equal(time.Date(2026, 11, 19, 0, 0, 0, 0, zone)) {
		t.Errorf("hours %v, days %v", st.Hours, st.Days)
	}
	if _, err := s.Stats(t.Context(), store.StatsQuestion{Account: "nobody"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no account: %v", err)
	}
	if _, err := s.Stats(t.Context(), store.StatsQuestion{Conversation: "nobody"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no conversation: %v", err)
	}
}

// TestDaysOfEveryZone: a zone whose clock leaps over midnight or over a whole day has
// each of its days once.
func TestDaysOfEveryZone(t *testing.T) {
	s := storetest.New(t)
	for name, day := range map[string]time.Time{
		"America/Asuncion": time.Date(2023, 10, 1, 12, 0, 0, 0, time.UTC), // no midnight
		"Pacific/Apia":     time.Date(2011, 12, 30, 12, 0, 0, 0, time.UTC),
		"Europe/Madrid":    time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC), // 25 hours
	} {
		in, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		st, err := s.Stats(t.Context(), store.StatsQuestion{From: day.AddDate(0, 0, -3), To: day.AddDate(0, 0, 3), Location: in})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, d := range st.Days {
			at := d.Day.Format(time.DateOnly)
			if seen[at] || d.Day.Add(-time.Second).Format(time.DateOnly) == at {
				t.Errorf("%s: %v", name, d.Day)
			}
			seen[at] = true
		}
		if n := len(st.Days); n < 6 || n > 7 {
			t.Errorf("%s has %d days: %v", name, n, st.Days)
		}
	}
}
