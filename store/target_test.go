package store_test

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// targeted is a setting of the team's: a target, or hours.
func targeted(l *storetest.Log, what event.Setting, name, value string) event.Event {
	return l.Event(fmt.Sprint("set", l.Seq()), "", event.Set{What: what, Name: name, Value: json.RawMessage(value)})
}

const (
	everybody = `{"first":"2h","next":"1h30m","resolution":"48h"}`
	ofSales   = `{"first":"30m","resolution":"24h","accounts":["sales"]}`
)

// handTargets is everybody's and that of sales, which says nothing of later answers.
func handTargets(account provider.AccountID) map[event.TargetOf]time.Duration {
	of := map[event.TargetOf]time.Duration{event.TargetFirst: 2 * time.Hour, event.TargetNext: 90 * time.Minute, event.TargetResolution: 48 * time.Hour}
	if account == sales {
		of[event.TargetFirst], of[event.TargetResolution] = 30*time.Minute, 24*time.Hour
	}
	return of
}

// decided is one target that was met or missed, and when that was certain.
type decided struct {
	of      event.TargetOf
	account provider.AccountID
	by      event.AgentID
	at      time.Time
	met     bool
}

// handTarget walks through one conversation: what was decided, and what is missed next.
func handTarget(list []told) (all []decided, next store.Deadline) {
	if len(list) == 0 {
		return nil, next
	}
	var waits, opened *told
	answered := false
	within := handTargets(list[0].account)
	judge := func(of event.TargetOf, since, done time.Time, by event.AgentID, always bool) {
		switch due := since.Add(within[of]); {
		case !done.After(due) && always:
			all = append(all, decided{of, list[0].account, by, done, true})
		case done.After(due):
			all = append(all, decided{of, list[0].account, by, due, false})
		}
	}
	kind := func() event.TargetOf {
		if answered {
			return event.TargetNext
		}
		return event.TargetFirst
	}
	for i := range list {
		f := &list[i]
		who := f.by
		if f.rule {
			who = ""
		}
		switch {
		case f.what == "in" && !f.rates:
			waits, opened = cmp.Or(waits, f), cmp.Or(opened, f)
		case f.what == "reopened":
			opened = cmp.Or(opened, f)
		case f.answers() && waits != nil:
			judge(kind(), waits.sent, f.at, who, true)
			waits, answered = nil, true
		case f.what == "resolved":
			if opened != nil {
				judge(event.TargetResolution, opened.at, f.at, who, true)
			}
			if waits != nil {
				judge(kind(), waits.sent, f.at, who, false)
			}
			waits, opened, answered = nil, nil, false
		}
	}
	late := func(of event.TargetOf, since time.Time) {
		judge(of, since, storetest.Now, "", false)
		if due := since.Add(within[of]); next.At.IsZero() || due.Before(next.At) {
			next = store.Deadline{Of: of, At: due}
		}
	}
	if waits != nil {
		late(kind(), waits.sent)
	}
	if opened != nil {
		late(event.TargetResolution, opened.at)
	}
	return all, next
}

// TestTargetsAreWhatIsCountedByHand: whatever happened, what is met and missed by
// target, channel and agent, and what each row says is missed next; and a terminal that
// hears of the targets last says the same as one that had them first.
func TestTargetsAreWhatIsCountedByHand(t *testing.T) {
	dir, lives := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		l := storetest.NewLog()
		events, all := life(rt, l)
		set := []event.Event{targeted(l, event.SettingTarget, "all", everybody), targeted(l, event.SettingTarget, "sales", ofSales)}
		by := map[event.ConversationID][]told{}
		for _, f := range all {
			by[f.in] = append(by[f.in], f)
		}
		var done []decided
		want := map[event.ConversationID]store.Deadline{}
		for id, list := range by {
			some, next := handTarget(handUndone(list))
			done = append(done, some...)
			if !slices.ContainsFunc(list, func(f told) bool { return f.what == "undo" || f.rates }) {
				want[id] = next
			}
		}
		for _, order := range [][]event.Event{renumbered(events, set), renumbered(set, events)} {
			lives++
			s := storetest.Open(t, filepath.Join(dir, fmt.Sprintf("life%d.db", lives)))
			if err := s.Apply(t.Context(), order); err != nil {
				rt.Fatal(err)
			}
			if apart(all) {
				owedAnew(rt, filepath.Join(dir, fmt.Sprintf("life%d.db", lives)))
			}
			for id, next := range want {
				c, err := s.Conversation(t.Context(), id)
				if err != nil {
					rt.Fatal(err)
				}
				if !c.Target.At.Equal(next.At) || c.Target.Of != next.Of {
					rt.Fatalf("%s misses %+v, by hand %+v", id, c.Target, next)
				}
			}
			for _, q := range []store.StatsQuestion{
				{From: storetest.Now.Add(-3 * 24 * time.Hour), To: storetest.Now.Add(-24 * time.Hour)},
				{From: storetest.Now.Add(-100 * 24 * time.Hour), To: storetest.Now.Add(time.Hour), Account: sales},
				{From: storetest.Now.Add(-100 * 24 * time.Hour), To: storetest.Now.Add(time.Hour), Agent: storetest.Ana},
			} {
				keptAsByHand(rt, s, q, done)
			}
		}
	})
}

// apart: no two things happened at one instant, which a migration cannot tell apart.
func apart(all []told) bool {
	seen := map[time.Time]bool{}
	for _, f := range all {
		if seen[f.at] {
			return false
		}
		seen[f.at] = true
	}
	return true
}

// owedAnew has the migration's own statement say what is owed, whatever stands there.
func owedAnew(rt *rapid.T, path string) {
	migration, err := os.ReadFile("migrations/0011_target.sql")
	if err != nil {
		rt.Fatal(err)
	}
	_, statement, _ := strings.Cut(string(migration), "with flow as")
	statement, _, ended := strings.Cut(statement, ";")
	if !ended {
		rt.Fatal("the migration has no such statement")
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		rt.Fatal(err)
	}
	defer db.Close()
	owed := func() (list string) {
		if err := db.QueryRowContext(rt.Context(), "select coalesce(group_concat(id || asked_at || ' ' || answered_at), '') from (select * from conversation order by id)").Scan(&list); err != nil {
			rt.Fatal(err)
		}
		return list
	}
	want := owed()
	if _, err := db.ExecContext(rt.Context(), "update conversation set asked_at = 0, answered_at = 0; with flow as"+statement); err != nil {
		rt.Fatal(err)
	}
	if got := owed(); got != want {
		rt.Fatalf("the migration says %s, the events said %s", got, want)
	}
}

// renumbered is events after others, as one log.
func renumbered(lists ...[]event.Event) (all []event.Event) {
	for _, e := range slices.Concat(lists...) {
		e.Seq = event.Seq(len(all) + 1)
		all = append(all, e)
	}
	return all
}

func keptAsByHand(rt *rapid.T, s *store.Store, q store.StatsQuestion, done []decided) {
	st, err := s.Stats(rt.Context(), q)
	if err != nil {
		rt.Fatal(err)
	}
	want := map[string]store.Kept{}
	for _, d := range done {
		if d.at.Before(q.From) || !d.at.Before(q.To) || q.Account != "" && d.account != q.Account || q.Agent != "" && d.by != q.Agent {
			continue
		}
		name := "all"
		if d.account == sales && d.of != event.TargetNext {
			name = "sales"
		}
		for _, of := range []string{"target " + name, "channel " + string(d.account), "agent " + string(d.by)} {
			k := want[of]
			score := map[event.TargetOf]*store.Score{event.TargetFirst: &k.First, event.TargetNext: &k.Next, event.TargetResolution: &k.Resolution}[d.of]
			if d.met {
				score.Met++
			} else {
				score.Missed++
			}
			want[of] = k
		}
	}
	delete(want, "agent ")
	got := map[string]store.Kept{}
	keep := func(of string, k store.Kept) {
		if k != (store.Kept{}) {
			got[of] = k
		}
	}
	for _, x := range st.Targets {
		keep("target "+x.Name, x.Kept)
	}
	for _, x := range st.Channels {
		keep("channel "+string(x.Account), x.Kept)
	}
	for _, x := range st.Agents {
		keep("agent "+string(x.Agent), x.Kept)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		rt.Fatalf("%+v: by hand - and by the store +:\n%s", q, diff)
	}
}

// TestATargetOverTime: what a row says as things happen to it, the team's settings
// among them.
func TestATargetOverTime(t *testing.T) {
	w := newWorld(t)
	at := func(what string, of event.TargetOf, by time.Time) {
		t.Helper()
		if c := w.conversation("1"); c.Target.Of != of || !c.Target.At.Equal(by) {
			t.Errorf("%s: %s until %v, want %s until %v", what, c.Target.Of, c.Target.At, of, by)
		}
	}
	zone := `"zone":"Europe/Madrid","week":{"mon":["09:00-18:00"],"fri":["09:00-18:00"]}`
	asked := time.Date(2026, 11, 20, 16, 50, 0, 0, time.UTC) // a Friday, ten minutes before the end
	w.log.At = asked
	w.apply(targeted(w.log, event.SettingHours, "office", "{"+zone+"}"),
		targeted(w.log, event.SettingTarget, "all", `{"first":"15m","next":"5m","hours":"office"}`), w.log.Inbound("1", "A", "hi", asked))
	at("over the weekend", event.TargetFirst, time.Date(2026, 11, 23, 8, 5, 0, 0, time.UTC))
	w.apply(targeted(w.log, event.SettingHours, "office", "{"+zone+`,"holidays":["2026-11-23"]}`))
	at("and a holiday", event.TargetFirst, time.Date(2026, 11, 27, 8, 5, 0, 0, time.UTC))
	w.apply(targeted(w.log, event.SettingTarget, "vip", `{"first":"1m","label":"vip"}`))
	at("without the label", event.TargetFirst, time.Date(2026, 11, 27, 8, 5, 0, 0, time.UTC))
	w.apply(w.log.By(storetest.Ben, "1", event.Labeled{Labels: []string{"vip"}}))
	at("with it", event.TargetFirst, asked.Add(time.Minute))

	m := w.send("1", "on my way")
	at("a reply that waits is none", event.TargetFirst, asked.Add(time.Minute))
	w.claim(m.Op)
	at("one that left is", "", time.Time{})
	w.log.At = w.log.At.Add(time.Second)
	w.apply(w.log.Inbound("1", "A", "and?", w.log.At))
	again := w.log.At
	at("the next answer, for which the label says nothing", event.TargetNext, again.Add(5*time.Minute))
	w.finish(m.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Reason: provider.Invalid}})
	at("the first one failed after all", event.TargetFirst, asked.Add(time.Minute))

	w.apply(w.log.By(storetest.Ben, "1", event.Resolved{}))
	at("resolved", "", time.Time{})
	w.apply(w.log.By(storetest.Ben, "1", event.Reopened{Undone: &event.Undone{}}))
	at("its end undone", event.TargetFirst, asked.Add(time.Minute))
	w.apply(targeted(w.log, event.SettingTarget, "vip", "null"), targeted(w.log, event.SettingTarget, "all", `{"next":"5m"}`))
	at("no target fits", "", time.Time{})
	w.apply(targeted(w.log, event.SettingTarget, "broken", `{"first":"1s"}`), targeted(w.log, event.SettingTarget, "homeless", `{"first":"1m","hours":"none"}`))
	at("what cannot be read does nothing", "", time.Time{})
	for raw, want := range map[string]bool{`{"first":"1s"}`: false, `{"first":"1m","hours":"none"}`: false, `{"first":"1m","hours":"office"}`: true} {
		if why, err := w.s.TargetTrouble(t.Context(), json.RawMessage(raw)); err != nil || (why == "") != want {
			t.Errorf("of %s it says %q, %v", raw, why, err)
		}
	}
}

// TestViewsOfTargets: late and due are apart, in order, and counted; a snoozed one is
// in neither; by target those without one are last.
func TestViewsOfTargets(t *testing.T) {
	w := newWorld(t)
	w.apply(targeted(w.log, event.SettingTarget, "all", `{"first":"1h"}`))
	for chat, ago := range map[provider.ChatID]time.Duration{"1": 3 * time.Hour, "2": 2 * time.Hour, "3": 30 * time.Minute, "4": 0, "5": 5 * time.Hour} {
		w.log.At = storetest.Now.Add(-ago)
		w.apply(w.log.Inbound(chat, "N"+string(chat), "hi", w.log.At))
	}
	w.log.At = storetest.Now
	w.apply(w.log.Inbound("6", "N6", "hi", w.log.At))
	w.apply(w.log.Sent(storetest.Ben, "6", "hello", provider.Sent)...)
	w.apply(w.log.By(storetest.Ben, "5", event.Snoozed{Until: storetest.Now.Add(time.Hour)}))
	for view, want := range map[store.View][]string{
		store.ViewLate:                      {"N1", "N2"},
		store.ViewDue:                       {"N3", "N4"},
		store.ViewAll.By(store.OrderTarget): {"N1", "N2", "N3", "N4", "N6"},
		store.Query{Text: "hi", Order: store.OrderTarget}.View(): {"N1", "N2", "N3", "N4", "N6"},
	} {
		var got []string
		var after store.ConversationCursor
		for { // a row at a time: each place is found again
			rows, err := w.s.Conversations(t.Context(), view, after, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) == 0 {
				break
			}
			got, after = append(got, rows[0].Name), rows[0].Cursor(view)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", view, got, want)
		}
	}
	counts, err := w.s.Counts(t.Context())
	if err != nil || counts.Views[store.ViewLate] != 2 || counts.Views[store.ViewDue] != 2 {
		t.Errorf("counted %v, %v", counts.Views, err)
	}
}
