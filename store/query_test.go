package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// Each filter narrows to those it names, and the number beside it is theirs.
func TestQueriesNarrow(t *testing.T) {
	s := storetest.New(t)
	w := &world{t: t, ctx: t.Context(), s: s}
	w.do(storetest.Grace, event.Labeled{Labels: []string{`gold "x" member`, "billing"}})
	w.do(storetest.Yuki, event.Assigned{To: storetest.Ben, Team: "night"})
	for filter, want := range map[string][]provider.ChatID{
		"label:billing":               {storetest.Bruno, storetest.Grace},
		"label:x":                     nil,
		"assigned:me":                 {storetest.Grace, storetest.Lucia},
		"assigned:@ben":               {storetest.Bruno, storetest.Yuki},
		"assigned:nobody":             {storetest.Omar, storetest.Priya, storetest.Nobody},
		"team:night":                  {storetest.Yuki},
		"is:resolved":                 {storetest.Noa},
		"in:support assigned:me":      {storetest.Grace, storetest.Lucia},
		"in:other":                    nil,
		"boleto":                      {storetest.Bruno},
		"grace":                       {storetest.Grace},
		"view:mine slot":              {storetest.Grace},
		"view:unread label:billing":   {storetest.Bruno},
		"“”":                          nil,
		"sort:newest assigned:nobody": {storetest.Omar, storetest.Priya, storetest.Nobody},
	} {
		q, err := store.ParseQuery(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if diff := cmp.Diff(want, w.view(q.View())); diff != "" {
			t.Errorf("%s: %s", filter, diff)
		}
		if n, err := s.Count(t.Context(), q.View()); err != nil || n != len(want) {
			t.Errorf("%s counts %d, %v", filter, n, err)
		}
		if again, err := store.ParseQuery(q.Filter()); err != nil || again != q || q.View().Query() != q {
			t.Errorf("%s is written %s, %+v, %v", filter, q.Filter(), again, err)
		}
	}
}

func TestFiltersThatMeanNothing(t *testing.T) {
	for filter, word := range map[string]string{
		"hue:red": "hue:red", "label:": "label:", "billing is:asleep": "is:asleep", "sort:name": "sort:name", "view:theirs": "view:theirs",
	} {
		var wrong *store.QueryError
		if _, err := store.ParseQuery(filter); !errors.As(err, &wrong) || wrong.Word != word || wrong.Error() == "" {
			t.Errorf("%s: %v", filter, err)
		}
	}
	w := newWorld(t)
	for _, v := range []store.View{"theirs", "?{", "?7"} {
		if _, err := w.s.Conversations(w.ctx, v, store.ConversationCursor{}, 1); err == nil {
			t.Errorf("%q is a view", v)
		}
		if _, err := w.s.Count(w.ctx, v); err == nil {
			t.Errorf("%q is counted", v)
		}
	}
}

// Each order is whole and the same page by page, down and up, ties included.
func TestOrders(t *testing.T) {
	w := newWorld(t)
	for i := range 21 {
		chat := provider.ChatID(fmt.Sprint(1000 + i))
		w.log.At = storetest.Now.Add(-time.Duration(i/3) * 5 * time.Hour)
		w.apply(w.log.Inbound(chat, "N", "hi", w.log.At))
		if i%4 == 0 {
			w.apply(w.log.Sent(storetest.Ben, chat, "yes", provider.Sent)...)
		}
		w.apply(w.log.By(storetest.Ben, chat, event.Prioritized{Priority: event.Priority(i % 5)}))
	}
	for _, o := range append(store.Orders(), "") {
		v := store.ViewAll.By(o)
		var all []store.Conversation
		for after := (store.ConversationCursor{}); ; {
			page, err := w.s.Conversations(w.ctx, v, after, 4)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page...)
			if len(page) < 4 {
				break
			}
			after = page[3].Cursor(v)
		}
		if len(all) != 21 {
			t.Fatalf("%s has %d rows", v, len(all))
		}
		if !slices.IsSortedFunc(all, func(a, b store.Conversation) int { return compare(o, a, b) }) {
			t.Errorf("%s is out of order", v)
		}
		above, err := w.s.ConversationsBefore(w.ctx, v, all[12].Cursor(v), 5)
		if err != nil || len(above) != 5 {
			t.Fatalf("%d rows above, %v", len(above), err)
		}
		for i := range above {
			if above[i].ID != all[7+i].ID {
				t.Errorf("%s: above are others", v)
			}
		}
	}
}

// compare is what each order promises.
func compare(o store.Order, a, b store.Conversation) int {
	late := func(t time.Time, is bool) time.Time {
		if !is {
			return storetest.Now.Add(1000 * time.Hour)
		}
		return t
	}
	switch o {
	case store.OrderWaiting:
		return late(a.WaitingSince, !a.WaitingSince.IsZero()).Compare(late(b.WaitingSince, !b.WaitingSince.IsZero()))
	case store.OrderWindow:
		return late(a.Closes, a.Closes.After(storetest.Now)).Compare(late(b.Closes, b.Closes.After(storetest.Now)))
	case store.OrderPriority:
		return int(b.Priority - a.Priority)
	}
	return b.LastAt.Compare(a.LastAt)
}

func TestLabelsAreWords(t *testing.T) {
	for text, want := range map[string]store.LabelReason{
		"": store.LabelEmpty, " \t": store.LabelControls, "  ": store.LabelEmpty, "a\x1b[31m": store.LabelControls, "a\u202eb": store.LabelControls,
		"a\nb": store.LabelControls, "\xff": store.LabelControls, string(make([]rune, 3)): store.LabelControls, fmt.Sprintf("%041d", 1): store.LabelLong,
	} {
		var l *store.LabelError
		if got, err := store.Label(text); !errors.As(err, &l) || l.Reason != want || l.Error() == "" {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	if got, err := store.Label("  gold   member "); err != nil || got != "gold member" {
		t.Errorf("%q, %v", got, err)
	}
	var many []string
	for i := range store.MaxLabels {
		many = append(many, fmt.Sprintf("%02d", i))
	}
	var l *store.LabelError
	if _, err := store.Relabel(many, []string{"one more"}, nil); !errors.As(err, &l) || l.Reason != store.LabelMany {
		t.Errorf("%v", err)
	}
	if got, err := store.Relabel(many, []string{"one more"}, many[:1]); err != nil || len(got) != store.MaxLabels {
		t.Errorf("%v, %v", got, err)
	}
}

// TestSeveralActionsAreOneTransaction: all are kept, or none; what is gone is left
// out.
func TestSeveralActionsAreOneTransaction(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.Inbound("2", "B", "hi", storetest.Now))
	action := func(chat provider.ChatID, body event.Body) store.Action {
		return store.Action{Conversation: storetest.ID(chat), Body: body, Expect: event.AspectOf(body.Kind())}
	}
	ops, err := w.s.DoAll(w.ctx, []store.Action{action("1", event.Resolved{}), action("nobody", event.Resolved{}), action("2", event.Resolved{})})
	if err != nil || len(ops) != 3 || ops[0] == "" || ops[1] != "" || ops[2] == "" {
		t.Fatalf("%v, %v", ops, err)
	}
	if n := w.count(store.ViewResolved); n != 2 || len(w.unpublished()) != 2 {
		t.Errorf("%d are resolved", n)
	}
	if _, err := w.s.DoAll(w.ctx, []store.Action{action("1", event.Reopened{}), action("2", event.Erased{})}); err == nil {
		t.Error("an erasure is no team action")
	}
	if n := w.count(store.ViewResolved); n != 2 || len(w.unpublished()) != 2 {
		t.Errorf("half of it is kept: %d", n)
	}
}

// TestFate: kept, shared or refused, whoever published it.
func TestFate(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	is := func(op provider.OpID, want store.Fate) {
		t.Helper()
		if got, err := w.s.Fate(w.ctx, op); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", op, got, err, want)
		}
	}
	shared, refused := w.do("1", event.Assigned{To: storetest.Ana}), w.do("1", event.Prioritized{Priority: event.HighPriority})
	is(shared, store.FateKept)
	if err := w.s.Published(w.ctx, shared, w.log.Seq()+1); err != nil {
		t.Fatal(err)
	}
	is(shared, store.FateKept) // its event is not here yet
	w.apply(w.echo(shared, "1", event.Assigned{To: storetest.Ana}))
	is(shared, store.FateShared)
	if err := w.s.RefusePublication(w.ctx, refused, storetest.Ben, "ben was first"); err != nil {
		t.Fatal(err)
	}
	is(refused, store.FateRefused)
}

// TestSavedViewsAreTheTeamsOrOnesOwn: another agent's own are not shown, and what a
// newer program wrote is left out.
func TestSavedViewsAreTheTeamsOrOnesOwn(t *testing.T) {
	w := newWorld(t)
	set := func(name, value string) event.Event {
		e := w.log.Event(name, "", event.Set{What: event.SettingView, Name: name, Value: []byte(value)})
		e.Account = ""
		return e
	}
	w.apply(set("/Late", `{"title":"Late","query":{"order":"waiting"},"key":2}`), set("ben/His", `{"title":"His","query":{},"agent":"ben"}`),
		set("/odd", `7`), set("/nameless", `{"query":{}}`))
	if err := w.s.SaveView(w.ctx, store.SavedView{Title: " Mine ", Agent: storetest.Ana, Key: 1}); err != nil {
		t.Fatal(err)
	}
	list, err := w.s.SavedViews(w.ctx)
	if err != nil || len(list) != 2 || list[0].Title != "Mine" || list[1].Query.Order != store.OrderWaiting {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := w.s.RemoveView(w.ctx, list[0]); err != nil {
		t.Fatal(err)
	}
	if list, err := w.s.SavedViews(w.ctx); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}
