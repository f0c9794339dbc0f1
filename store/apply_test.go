package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
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

// permutations calls f with every order of 0 … n-1.
func permutations(n int, f func([]int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var walk func(int)
	walk = func(k int) {
		if k == n {
			f(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			walk(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	walk(0)
}

func TestReceiptsInAnyOrderGiveTheSameView(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	type want struct {
		Job    event.JobState
		Status provider.Status
		ID     provider.MessageID
		Failed bool
	}
	cases := map[string]struct {
		receipts []provider.Status
		withOp   bool
		want     want
	}{
		"read":                      {[]provider.Status{provider.Sent, provider.Delivered, provider.Read}, true, want{event.JobSent, provider.Read, "", false}},
		"read without op":           {[]provider.Status{provider.Sent, provider.Delivered, provider.Read}, false, want{event.JobSent, provider.Read, "", false}},
		"failed after sent":         {[]provider.Status{provider.Sent, provider.Failed}, true, want{event.JobSent, provider.Failed, "", true}},
		"delivered despite failure": {[]provider.Status{provider.Failed, provider.Delivered}, true, want{event.JobSent, provider.Delivered, "", false}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			n := 0
			permutations(2+len(c.receipts), func(order []int) {
				n++
				chat := provider.ChatID(fmt.Sprintf("34%06d", n))
				op, id := provider.OpID("op-"+chat), provider.MessageID("wamid."+chat)
				events := []event.Event{
					w.log.SendState(storetest.Ben, chat, op, event.JobSending, "", "hi"),
					w.log.SendState(storetest.Ben, chat, op, event.JobSent, id, "hi"),
				}
				for _, s := range c.receipts {
					given := op
					if !c.withOp {
						given = ""
					}
					events = append(events, w.log.Receipt(chat, id, given, s))
				}
				w.apply(reorder(events, order)...)
				m := w.thread(chat)
				if len(m) != 1 {
					t.Fatalf("order %v: %d rows", order, len(m))
				}
				c.want.ID = id
				if got := (want{m[0].Job, m[0].Status, m[0].ID, m[0].Error != nil}); got != c.want {
					t.Fatalf("order %v: got %+v, want %+v", order, got, c.want)
				}
				row := w.conversation(chat)
				if (row.Failed == 1) != c.want.Failed || row.Unsure != 0 {
					t.Fatalf("order %v: %d failed, %d unsure", order, row.Failed, row.Unsure)
				}
				if events, err := w.s.MessageEvents(w.ctx, m[0].Key); err != nil || len(events) != len(order) {
					t.Fatalf("order %v: %d events behind it, %v", order, len(events), err)
				}
			})
		})
	}
}

// reorder gives the events the order, and the sequences they had in theirs.
func reorder(events []event.Event, order []int) []event.Event {
	out := make([]event.Event, len(events))
	for i, from := range order {
		out[i] = events[from]
		out[i].Seq = events[i].Seq
	}
	return out
}

func TestReceiptResolvesAnUnsureSend(t *testing.T) {
	w := newWorld(t)
	m := w.send("34600", "buenas")
	w.claim(m.Op)
	w.finish(m.Op, store.Outcome{State: event.JobUnsure, Error: &provider.Error{Reason: provider.NoAnswer, Uncertain: true}})
	if c := w.conversation("34600"); c.Unsure != 1 {
		t.Fatalf("%d unsure", c.Unsure)
	}
	w.apply(w.log.Receipt("34600", "wamid.9", m.Op, provider.Delivered))
	got := w.message(m.Key)
	if got.Job != event.JobSent || got.ID != "wamid.9" || got.Status != provider.Delivered || got.Error != nil || got.Mine {
		t.Errorf("row is %+v", got)
	}
	if c := w.conversation("34600"); c.Unsure != 0 {
		t.Errorf("still %d unsure", c.Unsure)
	}
}

// What the relay learns later of a send that stays unsure is what the screen says;
// who sent it may be this terminal or another.
func TestMoreIsKnownOfAnUnsureSend(t *testing.T) {
	w := newWorld(t)
	m := w.send("34600", "buenas")
	w.claim(m.Op)
	w.finish(m.Op, store.Outcome{State: event.JobUnsure, Error: &provider.Error{Reason: provider.NoAnswer, Uncertain: true}})
	w.apply(w.log.SendState("ben", "34601", "op-ben", event.JobUnsure, "", "hola"))
	for _, c := range []struct {
		chat provider.ChatID
		op   provider.OpID
	}{{"34600", m.Op}, {"34601", "op-ben"}} {
		e := w.log.SendState("ana", c.chat, c.op, event.JobUnsure, "", "buenas")
		said := e.Body.(event.SendState)
		said.Error = &provider.Error{Reason: provider.NoAnswer, Code: "not_found", Uncertain: true, Text: "It is not there."}
		e.ID, e.Body = e.ID+":absent", said
		w.apply(e)
		if got := w.thread(c.chat)[0]; got.Op != c.op || got.Job != event.JobUnsure || got.Error == nil || got.Error.Code != "not_found" {
			t.Errorf("row of %s is %+v", c.op, got)
		}
	}
}

func TestProofIsNotLostToALateAnswer(t *testing.T) {
	w := newWorld(t)
	m := w.send("34600", "buenas")
	w.claim(m.Op)
	w.apply(w.log.Receipt("34600", "wamid.9", m.Op, provider.Sent))
	w.finish(m.Op, store.Outcome{State: event.JobUnsure, Error: &provider.Error{Reason: provider.NoAnswer, Uncertain: true}})
	if got := w.message(m.Key); got.Job != event.JobSent || got.Error != nil {
		t.Errorf("row is %+v", got)
	}
}

func TestEchoOfOurOwnSendMakesNoSecondRow(t *testing.T) {
	states := []event.JobState{event.JobQueued, event.JobSending, event.JobSent}
	for at, when := range []string{"before the claim", "on the wire", "after the answer"} {
		t.Run(when, func(t *testing.T) {
			w := newWorld(t)
			m := w.send("34600", "buenas")
			if at > 0 {
				w.claim(m.Op)
			}
			if at > 1 {
				w.finish(m.Op, store.Outcome{State: event.JobSent, Message: "wamid.1"})
			}
			for _, s := range states {
				id := provider.MessageID("")
				if s == event.JobSent {
					id = "wamid.1"
				}
				w.apply(w.log.SendState(storetest.Ana, "34600", m.Op, s, id, "buenas"))
			}
			thread := w.thread("34600")
			if len(thread) != 1 || thread[0].Key != m.Key || thread[0].Job != event.JobSent || thread[0].ID != "wamid.1" || thread[0].Seq == 0 {
				t.Errorf("thread is %+v", thread)
			}
			if _, ok, _ := w.s.Claim(w.ctx, storetest.Now.Add(time.Hour), nil); ok {
				t.Error("it would be sent again")
			}
		})
	}
}

func TestWaitingSince(t *testing.T) {
	first, second := storetest.Now.Add(-2*time.Hour), storetest.Now.Add(-time.Hour)
	inbound := func(w *world) {
		w.log.At = first
		w.apply(w.log.Inbound("1", "A", "one", first))
		w.log.At = second
		w.apply(w.log.Inbound("1", "A", "two", second))
		w.log.At = storetest.Now
	}
	cases := map[string]struct {
		then func(*world)
		want time.Time
	}{
		"starts with the first unanswered": {func(*world) {}, first},
		"ends with a teammate's reply":     {func(w *world) { w.apply(w.log.Sent(storetest.Ben, "1", "hi", provider.Sent)...) }, time.Time{}},
		"ends with our own reply":          {func(w *world) { w.send("1", "hi") }, time.Time{}},
		"ends with resolve":                {func(w *world) { w.apply(w.log.By(storetest.Ben, "1", event.Resolved{})) }, time.Time{}},
		"goes on after a note":             {func(w *world) { w.apply(w.log.By(storetest.Ben, "1", event.Noted{Text: "n"})) }, first},
		"goes on when the reply failed":    {func(w *world) { w.apply(w.log.Sent(storetest.Ben, "1", "hi", provider.Failed)...) }, first},
		"goes on when ours was refused": {func(w *world) {
			m := w.send("1", "hi")
			w.claim(m.Op)
			w.finish(m.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Reason: provider.Invalid}})
		}, first},
		"starts again after a reply": {func(w *world) {
			w.apply(w.log.Sent(storetest.Ben, "1", "hi", provider.Sent)...)
			w.apply(w.log.Inbound("1", "A", "three", storetest.Now))
		}, storetest.Now},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			inbound(w)
			c.then(w)
			if got := w.conversation("1").WaitingSince; !got.Equal(c.want) {
				t.Errorf("waiting since %v, want %v", got, c.want)
			}
		})
	}
}

func TestWindowCountsFromTheNetworksTime(t *testing.T) {
	cases := map[string]struct{ sent, want time.Time }{
		"late webhook":        {storetest.Now.Add(-3 * time.Hour), storetest.Now.Add(-3 * time.Hour)},
		"slightly ahead":      {storetest.Now.Add(4 * time.Minute), storetest.Now.Add(4 * time.Minute)},
		"absurd is the relay": {storetest.Now.Add(400 * 24 * time.Hour), storetest.Now},
		"none is the relay":   {time.Time{}, storetest.Now},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.apply(w.log.Inbound("1", "A", "hi", c.sent))
			if got := w.conversation("1").LastInbound; !got.Equal(c.want) {
				t.Errorf("last inbound %v, want %v", got, c.want)
			}
		})
	}
}

func TestNetworkKnownLaterSetsTheWindow(t *testing.T) {
	w := &world{t: t, ctx: t.Context(), path: filepath.Join(t.TempDir(), "store.db"), log: storetest.NewLog()}
	w.s = storetest.Open(t, w.path)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	if c := w.conversation("1"); !c.Closes.IsZero() {
		t.Errorf("closes at %v on a network nobody named", c.Closes)
	}
	w.apply(w.log.Account())
	if c := w.conversation("1"); !c.Closes.Equal(storetest.Now.Add(24 * time.Hour)) {
		t.Errorf("closes at %v", c.Closes)
	}
}

func TestInboundReopens(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.By(storetest.Ben, "1", event.Resolved{}))
	resolved := w.conversation("1")
	w.apply(w.log.Inbound("1", "A", "again", storetest.Now))
	c := w.conversation("1")
	if resolved.Status != store.StatusResolved || c.Status != store.StatusOpen || c.Unread != 1 {
		t.Errorf("%s, then %s with %d unread", resolved.Status, c.Status, c.Unread)
	}
	if c.StatusSeq != resolved.StatusSeq {
		t.Error("a message of the customer changed the precondition of the status")
	}
}

func TestReactionsStandUnderTheirMessage(t *testing.T) {
	react := func(w *world, id provider.MessageID, emoji string) event.Event {
		return w.log.Event("m:r"+emoji, storetest.ID("1"), provider.MessageReacted{
			From:       provider.Sender{User: "1"},
			ReactionTo: provider.ReactionTo{Message: id, Emoji: emoji},
		})
	}
	for name, early := range map[string]bool{"after the message": false, "before the message": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := w.log.Inbound("1", "A", "hi", storetest.Now)
			id := in.Body.(provider.MessageReceived).Message
			events := []event.Event{in, react(w, id, "👍"), react(w, id, "❤️")}
			if early {
				events = reorder(events, []int{1, 2, 0})
			}
			w.apply(events...)
			m := w.thread("1")
			if len(m) != 1 || !cmp.Equal(m[0].Reactions, []store.ReactionRow{{Emoji: "❤️"}}) {
				t.Fatalf("thread is %+v", m)
			}
			w.apply(react(w, id, ""))
			if m := w.thread("1"); len(m[0].Reactions) != 0 {
				t.Errorf("still %+v", m[0].Reactions)
			}
		})
	}
}

func TestUnknownIsShownAsUnsupported(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Event("u", storetest.ID("1"), provider.Unknown{Field: "poll", Raw: []byte(`{"q":1}`)}))
	m := w.thread("1")
	if len(m) != 1 || m[0].Content.Kind != provider.Unsupported || string(m[0].Content.Raw) != `{"q":1}` {
		t.Errorf("thread is %+v", m)
	}
}

func TestTeamFactsLeaveActivityRows(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now),
		w.log.By(storetest.Ben, "1", event.Assigned{To: storetest.Ana}),
		w.log.By(storetest.Ben, "1", event.Marked{Unread: true}),
		w.log.By(storetest.Ana, "1", event.Resolved{Resolution: event.Resolution{Notes: "done"}}),
		w.log.By(storetest.Ana, "1", event.Described{Resolution: event.Resolution{CSAT: 4}}))
	var got []event.Body
	for _, m := range w.thread("1") {
		if m.Kind == store.KindActivity {
			got = append(got, m.Activity)
		}
	}
	want := []event.Body{event.Assigned{To: storetest.Ana}, event.Resolved{Resolution: event.Resolution{Notes: "done", CSAT: 4}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// everything is what the screen can see, without the cache keys.
func everything(t interface{ Fatal(...any) }, s *store.Store, w *world) map[string]any {
	all := map[string]any{}
	counts, err := s.Counts(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []store.View{store.ViewMine, store.ViewUnassigned, store.ViewClosing, store.ViewAll, store.ViewUnread, store.ViewFailed, store.ViewResolved} {
		list, err := s.Conversations(w.ctx, v, store.ConversationCursor{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		all[string(v)] = list
		if counts.Views[v] != len(list) {
			t.Fatal(fmt.Sprintf("%s has %d rows and counts %d", v, len(list), counts.Views[v]))
		}
		for _, c := range list {
			thread, err := s.Messages(w.ctx, c.ID, store.MessageCursor{}, 1000)
			if err != nil {
				t.Fatal(err)
			}
			all[string(c.ID)] = thread
		}
	}
	return all
}

func TestApplyTwiceIsApplyOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{t: t, ctx: t.Context(), log: storetest.NewLog()}
		events := randomFacts(rt, w.log)
		dir := t.TempDir()
		once := storetest.Open(t, filepath.Join(dir, fmt.Sprintf("once%p.db", rt)))
		if err := once.Apply(w.ctx, events); err != nil {
			rt.Fatal(err)
		}
		pieces := storetest.Open(t, filepath.Join(dir, fmt.Sprintf("pieces%p.db", rt)))
		for at := 0; at < len(events); {
			from := rapid.IntRange(0, at).Draw(rt, "from")
			to := rapid.IntRange(at+1, len(events)).Draw(rt, "to")
			if err := pieces.Apply(w.ctx, events[from:to]); err != nil {
				rt.Fatal(err)
			}
			at = to
		}
		ignore := []cmp.Option{cmpopts.IgnoreFields(store.Conversation{}, "Rev"), cmpopts.IgnoreFields(store.Message{}, "Rev"), cmpopts.EquateEmpty()}
		if diff := cmp.Diff(everything(rt, once, w), everything(rt, pieces, w), ignore...); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func randomFacts(rt *rapid.T, l *storetest.Log) []event.Event {
	chats := []provider.ChatID{"1", "2", "3"}
	events := []event.Event{l.Account()}
	for i := range rapid.IntRange(1, 25).Draw(rt, "n") {
		chat := rapid.SampledFrom(chats).Draw(rt, "chat")
		op := provider.OpID(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "op") + string(chat))
		l.At = l.At.Add(time.Second)
		switch rapid.IntRange(0, 6).Draw(rt, "what") {
		case 0, 1:
			events = append(events, l.Inbound(chat, "N", fmt.Sprint("text ", i), l.At))
		case 2:
			state := rapid.SampledFrom([]event.JobState{event.JobSending, event.JobSent, event.JobFailed, event.JobUnsure}).Draw(rt, "state")
			events = append(events, l.SendState(storetest.Ben, chat, op, state, "", "reply"))
		case 3:
			status := rapid.SampledFrom([]provider.Status{provider.Sent, provider.Failed, provider.Read}).Draw(rt, "status")
			events = append(events, l.Receipt(chat, provider.MessageID("w."+op), op, status))
		case 4:
			events = append(events, l.By(storetest.Ben, chat, event.Resolved{}))
		case 5:
			events = append(events, l.By(storetest.Ben, chat, event.Assigned{To: storetest.Ana}))
		case 6:
			events = append(events, l.By(storetest.Ana, chat, event.Noted{Text: "note"}))
		}
	}
	return slices.Clip(events)
}
