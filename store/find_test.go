package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func directWorld(t *testing.T) *world {
	return newWorldWith(t, func(o *store.Options) { o.Direct = func(provider.AccountID) bool { return true } })
}

// lost is a send that nobody answered, as UnsureSends has it.
func (w *world) lost(chat provider.ChatID, text string) (store.Message, store.UnsureSend) {
	w.t.Helper()
	m := w.send(chat, text)
	w.claim(m.Op)
	w.finish(m.Op, noAnswer)
	list, err := w.s.UnsureSends(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, u := range list {
		if u.Send.Op == m.Op {
			if !u.Left.Equal(storetest.Now) || !u.Since.Equal(storetest.Now) || u.Send.Content.Text != text || u.Conversation != storetest.ID(chat) {
				w.t.Errorf("it is %+v", u)
			}
			return w.message(m.Key), u
		}
	}
	w.t.Fatalf("%s is not among %+v", m.Op, list)
	return store.Message{}, store.UnsureSend{}
}

func (w *world) prove(u store.UnsureSend, id provider.MessageID, want bool) {
	w.t.Helper()
	if proved, err := w.s.ProveSent(w.ctx, u.Send.Op, id, u.Left); err != nil || proved != want {
		w.t.Errorf("proved %v, %v; want %v", proved, err, want)
	}
}

// What a network was found to have proves a send only where it can be no other's.
func TestAProofIsOfOneSend(t *testing.T) {
	before, after := storetest.Now.Add(-time.Minute), storetest.Now.Add(time.Minute)
	for name, c := range map[string]struct {
		and  func(w *world)
		want bool
	}{
		"alone":          {func(*world) {}, true},
		"another's id":   {func(w *world) { w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobSent, "found", "same")) }, false},
		"in another one": {func(w *world) { w.apply(w.log.SendState(storetest.Ben, "2", "x", event.JobSent, "found", "same")) }, false},
		"its own echo": {func(w *world) {
			w.apply(w.fact("1", "e", provider.MessageSent{Message: "found", SentAt: storetest.Now, Content: provider.TextContent("same")}))
		}, true},
		"another is on its way": {func(w *world) { w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobSending, "", "same")) }, false},
		"another is unsure":     {func(w *world) { w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobUnsure, "", "same")) }, false},
		"to another customer":   {func(w *world) { w.apply(w.log.SendState(storetest.Ben, "2", "x", event.JobUnsure, "", "same")) }, true},
		"another failed":        {func(w *world) { w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobFailed, "", "same")) }, true},
		"another, and its id":   {func(w *world) { w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobSent, "its own", "same")) }, true},
		"put aside before": {func(w *world) {
			w.log.At = before
			w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobDiscarded, "", "same"))
		}, true},
		"put aside since": {func(w *world) {
			w.log.At = after
			w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobDiscarded, "", "same"))
		}, false},
		"a person said it was": {func(w *world) {
			w.log.At = after
			w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobSent, "", "same"))
		}, false},
		"and long before it was": {func(w *world) {
			w.log.At = before
			w.apply(w.log.SendState(storetest.Ben, "1", "x", event.JobSent, "", "same"))
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := directWorld(t)
			m, u := w.lost("1", "same")
			c.and(w)
			w.prove(u, "found", c.want)
			switch got := w.message(m.Key); {
			case c.want && (got.Job != event.JobSent || got.ID != "found" || got.Error != nil):
				t.Errorf("it is %s as %q, %v", got.Job, got.ID, got.Error)
			case !c.want && (got.Job != event.JobUnsure || got.ID != ""):
				t.Errorf("it is %s as %q", got.Job, got.ID)
			}
		})
	}
}

// What was decided meanwhile stays decided, and what is proved is told to the team.
func TestAProofComesOnce(t *testing.T) {
	w := directWorld(t)
	m, u := w.lost("1", "a")
	if err := w.s.Discard(w.ctx, m.Key); err != nil {
		t.Fatal(err)
	}
	w.prove(u, "found", false)
	_, u = w.lost("2", "b")
	w.prove(u, "found", true)
	w.prove(u, "found", false)
	told := false
	pubs, err := w.s.Unpublished(w.ctx, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pubs {
		s := p.Body.(event.SendState)
		told = told || (s.Op == u.Send.Op && s.State == event.JobSent && s.Message == "found" && s.Attempt == 1)
	}
	if !told {
		t.Errorf("told %+v", pubs)
	}
	if list, err := w.s.UnsureSends(w.ctx); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// That a network has no such message is told once, under an id of its own, and is no
// other moment from which anybody counts.
func TestAbsenceIsToldOnce(t *testing.T) {
	w := directWorld(t)
	m, u := w.lost("1", "a")
	for range 2 {
		if err := w.s.TellAbsent(w.ctx, m.Op); err != nil {
			t.Fatal(err)
		}
	}
	row := w.message(m.Key)
	if row.Job != event.JobUnsure || row.Error == nil || row.Error.Code != provider.CodeNotFound || !row.JobSince.Equal(u.Since) {
		t.Errorf("it is %s since %v: %+v", row.Job, row.JobSince, row.Error)
	}
	pubs, err := w.s.Unpublished(w.ctx, 20)
	if err != nil || len(pubs) != 1 || pubs[0].ID != provider.OpID(fmt.Sprintf("%s:unsure:1:absent", m.Op)) {
		t.Fatalf("told %+v, %v", pubs, err)
	}
	if s := pubs[0].Body.(event.SendState); s.Error == nil || s.Error.Code != provider.CodeNotFound || s.Content.Text != "a" {
		t.Errorf("told %+v", s)
	}
	w.prove(u, "there after all", true)
}

// When a send left is known after a crash, too, and not of what a person or a crash
// put back into the queue.
func TestWhenASendLeft(t *testing.T) {
	w := directWorld(t)
	m := w.send("1", "a")
	w.claim(m.Op)
	if n, err := w.s.Recover(w.ctx, nil); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if list, err := w.s.UnsureSends(w.ctx); err != nil || len(list) != 1 || !list[0].Left.Equal(storetest.Now) {
		t.Errorf("%+v, %v", list, err)
	}
	again := w.send("2", "b")
	w.claim(again.Op)
	if n, err := w.s.Recover(w.ctx, func(provider.AccountID) bool { return true }); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	// It does not wait for an instant that a clock which was set back is far from.
	if job, ok, err := w.s.Claim(w.ctx, storetest.Now.Add(-time.Hour), nil); err != nil || !ok || job.Op != again.Op {
		t.Errorf("claimed %+v, %v, %v", job, ok, err)
	}
}

// What networks took is known again at the next start, as far back as they are asked.
func TestAcceptedSends(t *testing.T) {
	w := directWorld(t)
	for _, text := range []string{"one", "two"} {
		m := w.send("1", text)
		w.claim(m.Op)
		w.finish(m.Op, store.Outcome{State: event.JobSent, Message: provider.MessageID("id-" + text)})
	}
	w.lost("2", "unsure")
	w.send("3", "queued")
	list, err := w.s.AcceptedSends(w.ctx, storetest.Now.Add(-time.Hour))
	if err != nil || len(list) != 2 || list[0].Message != "id-two" || list[1].Message != "id-one" || list[0].Chat != storetest.Chat("1") ||
		list[0].Conversation != storetest.ID("1") || !list[0].Since.Equal(storetest.Now) {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, late := range []time.Duration{time.Minute, 100 * time.Hour} {
		if old, err := w.s.AcceptedSends(w.ctx, storetest.Now.Add(late)); err != nil || len(old) != 0 {
			t.Errorf("since %v: %+v, %v", late, old, err)
		}
	}
	r, err := w.s.Receipts(w.ctx, list[0].Op)
	if err != nil || r != (store.Receipts{}) {
		t.Errorf("%+v, %v", r, err)
	}
	asked := w.log.Receipt("1", list[0].Message, "", provider.Sent)
	asked.By = storetest.Ana
	w.apply(asked)
	if r, err = w.s.Receipts(w.ctx, list[0].Op); err != nil || r != (store.Receipts{Status: provider.Sent}) {
		t.Errorf("asked for: %+v, %v", r, err)
	}
	w.apply(w.log.Receipt("1", list[0].Message, "", provider.Delivered))
	if r, err = w.s.Receipts(w.ctx, list[0].Op); err != nil || r != (store.Receipts{Status: provider.Delivered, Posted: true}) {
		t.Errorf("posted: %+v, %v", r, err)
	}
	if _, err := w.s.Receipts(w.ctx, "nobody's"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of none: %v", err)
	}
}

// A later time alone says nothing new of how an account stands.
func TestHealthNews(t *testing.T) {
	w := newWorld(t)
	h := provider.Health{Quality: "green", Access: "ok", At: storetest.Now}
	later := h
	later.At = storetest.Now.Add(time.Hour)
	for i, c := range []struct {
		told provider.Health
		want bool
	}{{h, true}, {later, false}, {provider.Health{Access: "ok", At: later.At}, false}, {provider.Health{Access: "token", Text: "It is dead."}, true}, {h, true}} {
		news, err := w.s.IsHealthNews(w.ctx, storetest.Account, c.told)
		if err != nil || news != c.want {
			t.Errorf("%d: %v, %v", i, news, err)
		}
		if news {
			w.apply(w.log.Event(fmt.Sprint("h", i), "", c.told))
		}
	}
}
