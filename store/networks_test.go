package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

const other provider.ChatID = "34600999888"

func (w *world) fact(chat provider.ChatID, id string, body event.Body) event.Event {
	return w.log.Event(id, storetest.ID(chat), body)
}

func (w *world) found(word string) int {
	w.t.Helper()
	hits, err := w.s.Search(w.ctx, word, store.SearchCursor{}, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(hits)
}

// An echo of our own send is that send, whichever of the two this store hears of
// first, and whatever came in between.
func TestAnEchoIsTheSendItEchoes(t *testing.T) {
	w, n := newWorld(t), 0
	permutations(5, func(order []int) {
		for _, together := range []bool{true, false} {
			n++
			chat, op, id := provider.ChatID(fmt.Sprintf("34600%06d", n)), provider.OpID(fmt.Sprint("op-x", n)), provider.MessageID(fmt.Sprint("mid.", n))
			word := fmt.Sprintf("zeppelin%d", n)
			made := []func() event.Event{
				func() event.Event { return w.log.SendState(storetest.Ben, chat, op, event.JobSending, "", word) },
				func() event.Event { return w.log.SendState(storetest.Ben, chat, op, event.JobSent, id, word) },
				func() event.Event {
					return w.fact(chat, "e:"+string(id), provider.MessageSent{Message: id, SentAt: storetest.Now, Content: provider.TextContent(word)})
				},
				func() event.Event { return w.log.Receipt(chat, id, "", provider.Delivered) },
				func() event.Event { return w.log.Inbound(chat, "Ada", "first", storetest.Now) },
			}
			var events []event.Event
			for _, i := range order {
				events = append(events, made[i]())
			}
			for len(events) > 0 {
				some := 1
				if together {
					some = len(events)
				}
				w.apply(events[:some]...)
				events = events[some:]
			}
			w.oneSend(fmt.Sprint(order, together), chat, op, id, word)
		}
	})
}

// oneSend fails where a chat holds more or less than one delivered send and one
// message of the customer.
func (w *world) oneSend(when string, chat provider.ChatID, op provider.OpID, id provider.MessageID, word string) {
	w.t.Helper()
	thread := w.thread(chat)
	at := slices.IndexFunc(thread, func(m store.Message) bool { return m.Direction == store.Outgoing })
	if len(thread) != 2 || at < 0 || thread[at].Op != op || thread[at].ID != id || thread[at].Status != provider.Delivered || thread[at].Elsewhere != "" {
		w.t.Fatalf("%s: %+v", when, thread)
	}
	if n := w.found(word); n != 1 {
		w.t.Fatalf("%s: search finds it %d times", when, n)
	}
	c, last := w.conversation(chat), thread[1]
	if c.Preview.Text != last.Content.Text || c.Preview.Direction != last.Direction {
		w.t.Fatalf("%s: the list shows %+v, the thread ends with %+v", when, c.Preview, last)
	}
	if events, err := w.s.MessageEvents(w.ctx, thread[at].Key); err != nil || len(events) != 4 {
		w.t.Fatalf("%s: %d events behind it, %v", when, len(events), err)
	}
}

// What a colleague wrote in the network's own app answers the customer.
func TestWrittenElsewhere(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound(other, "Ada", "anybody?", storetest.Now),
		w.fact(other, "e:1", provider.MessageSent{Message: "mid.1", SentAt: storetest.Now, Content: provider.TextContent("yes"), By: "Business app"}),
		w.fact(other, "e:2", provider.MessageSent{Message: "mid.2", To: provider.Sender{User: provider.UserID(other)}, Content: provider.TextContent("we are")}),
		w.log.Event("e:3", "", provider.MessageSent{Message: "mid.3"}))
	thread := w.thread(other)
	if len(thread) != 3 || thread[1].Elsewhere != "Business app" || thread[2].Elsewhere != "elsewhere" || thread[1].State() != "sent" || thread[0].Elsewhere != "" {
		t.Errorf("thread %+v", thread)
	}
	if c := w.conversation(other); c.Unread != 0 || !c.WaitingSince.IsZero() || c.Preview.Text != "we are" {
		t.Errorf("the customer still waits: %+v", c)
	}
}

// A message says what its writer made of it last, and nothing once it was taken
// back; search follows, and the events behind it stay.
func TestEditedAndTakenBack(t *testing.T) {
	w := newWorld(t)
	at := storetest.Now
	m := w.log.Inbound(other, "Ada", "aardvark", at)
	id := m.Body.(provider.MessageReceived).Message
	edit := func(text string, after time.Duration) event.Event {
		return w.fact(other, "edit:"+text, provider.MessageEdited{Message: id, At: at.Add(after), Content: provider.TextContent(text)})
	}
	w.apply(m, edit("buffalo", 2*time.Second), edit("cormorant", time.Second))
	if got := w.thread(other)[0]; got.Content.Text != "buffalo" || !got.EditedAt.Equal(at.Add(2*time.Second)) {
		t.Errorf("edited: %+v", got)
	}
	w.apply(edit("東京タワー", 3*time.Second))
	if w.found("aardvark") != 0 || w.found("buffalo") != 0 || w.found("cormorant") != 0 || w.found("東京") != 1 {
		t.Error("search finds what is no longer said")
	}
	w.apply(w.fact(other, "gone", provider.MessageRevoked{Message: id, At: at.Add(time.Minute)}), edit("too late", time.Hour))
	got := w.thread(other)[0]
	if got.Content.Text != "" || !got.RevokedAt.Equal(at.Add(time.Minute)) || w.found("東京") != 0 || w.found("late") != 0 {
		t.Errorf("taken back: %+v", got)
	}
	if events, err := w.s.MessageEvents(w.ctx, got.Key); err != nil || len(events) != 6 {
		t.Errorf("%d events behind it, %v", len(events), err)
	}
}

// An edit or a revocation may be told before its message.
func TestEditedBeforeItCame(t *testing.T) {
	for _, revoked := range []bool{false, true} {
		w := newWorld(t)
		id := provider.MessageID("wamid.in-1") // as the log will name the first message
		early := event.Body(provider.MessageEdited{Message: id, At: storetest.Now, Content: provider.TextContent("later words")})
		if revoked {
			early = provider.MessageRevoked{Message: id, At: storetest.Now}
		}
		e, m := w.fact(other, "early", early), w.log.Inbound(other, "Ada", "first words", storetest.Now)
		if m.Body.(provider.MessageReceived).Message != id {
			t.Fatal("the log names messages otherwise")
		}
		w.apply(e, m)
		got := w.thread(other)[0]
		if revoked == got.RevokedAt.IsZero() || (!revoked && got.Content.Text != "later words") || w.found("first") != 0 {
			t.Errorf("revoked %v: %+v", revoked, got)
		}
	}
}

// A watermark is a receipt for what the network surely had by then, and for
// nothing that failed, nor for what may have come after it.
func TestWatermarks(t *testing.T) {
	w := newWorld(t)
	at := storetest.Now
	sent := func(text string, status provider.Status, after time.Duration) {
		w.log.At = at.Add(after)
		w.apply(w.log.Sent(storetest.Ben, other, text, status)...)
	}
	sent("one", provider.Sent, 0)
	sent("two", provider.Failed, time.Minute)
	sent("three", provider.NoStatus, 2*time.Minute)
	sent("four", provider.Sent, 3*time.Minute)
	statuses := func() (list []provider.Status) {
		for _, m := range w.thread(other) {
			list = append(list, m.Status)
		}
		return list
	}
	mark := func(status provider.Status, upTo time.Duration, message provider.MessageID) {
		r := provider.ReceiptsTo{Status: status, Message: message, At: w.log.At}
		if message == "" {
			r.UpTo = at.Add(upTo)
		}
		w.apply(w.fact(other, string(message)+status.String()+upTo.String(), r))
	}
	mark(provider.Delivered, 2*time.Minute, "")
	if got, want := statuses(), []provider.Status{provider.Delivered, provider.Failed, provider.Delivered, provider.Sent}; !slices.Equal(got, want) {
		t.Errorf("delivered up to the third: %v, want %v", got, want)
	}
	mark(provider.Read, 0, "")
	mark(provider.Delivered, 90*time.Second, "") // an older one takes nothing back
	mark(provider.Sent, time.Hour, "")           // is none
	if got, want := statuses(), []provider.Status{provider.Read, provider.Failed, provider.Delivered, provider.Sent}; !slices.Equal(got, want) {
		t.Errorf("read up to the first: %v, want %v", got, want)
	}
	last := w.thread(other)[3].ID
	mark(provider.Read, 0, last)
	mark(provider.Read, 0, "mid.unknown")
	if got, want := statuses(), []provider.Status{provider.Read, provider.Failed, provider.Read, provider.Read}; !slices.Equal(got, want) {
		t.Errorf("read up to a message: %v, want %v", got, want)
	}
	if c := w.conversation(other); c.Failed != 1 {
		t.Errorf("%d failed", c.Failed)
	}
	w.apply(w.fact("34600000001", "nobody", provider.ReceiptsTo{Status: provider.Read, UpTo: at, At: at}))
}

// What a customer lets us do is theirs to say, and is said in the thread.
func TestStanding(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound(other, "Ada", "hi", storetest.Now),
		w.fact(other, "c1", provider.Consent{Category: "marketing", At: storetest.Now, Detail: "STOP"}),
		w.fact(other, "c2", provider.Consent{Category: "all", At: storetest.Now}),
		w.fact(other, "r1", provider.Reach{At: storetest.Now, Detail: "kicked"}))
	got := w.conversation(other).Standing
	if !got.NoMarketing.Equal(storetest.Now) || !got.NoMessages.Equal(storetest.Now) || !got.Unreachable.Equal(storetest.Now) || got.Detail != "kicked" {
		t.Errorf("standing %+v", got)
	}
	if thread := w.thread(other); len(thread) != 4 || thread[3].Kind != store.KindActivity {
		t.Errorf("thread %+v", thread)
	}
	w.apply(w.log.Inbound(other, "Ada", "back again", storetest.Now), w.fact(other, "c3", provider.Consent{Category: "marketing", Allowed: true, At: storetest.Now}))
	if got := w.conversation(other).Standing; !got.Unreachable.IsZero() || !got.NoMarketing.IsZero() || got.NoMessages.IsZero() {
		t.Errorf("after they wrote: %+v", got)
	}
	w.apply(w.fact(other, "r2", provider.Reach{At: storetest.Now}), w.fact(other, "r3", provider.Reach{Can: true, At: storetest.Now}),
		w.log.Event("nobody", "", provider.Reach{}))
	if got := w.conversation(other).Standing; !got.Unreachable.IsZero() || got.Detail != "" {
		t.Errorf("reached again: %+v", got)
	}
}

// A person whom the network knows by another id is the same conversation, and is
// written to by the new one.
func TestAnotherIdentity(t *testing.T) {
	const now provider.ChatID = "ES.4711"
	for _, named := range []provider.ChatID{now, other} { // networks name the chat by either
		w := newWorld(t)
		w.apply(w.log.Inbound(other, "Ada", "hi", storetest.Now), w.fact(other, "stop", provider.Consent{Category: "all", At: storetest.Now}),
			w.fact(named, "id", provider.IdentityChanged{Old: other, Now: provider.Sender{User: provider.UserID(now), Name: "Ada L"}, At: storetest.Now}),
			w.log.Inbound(now, "Ada L", "me again", storetest.Now),
			w.log.Event("nobody", "", provider.IdentityChanged{Old: other}))
		one, two := w.conversation(other), w.conversation(now)
		if one.ID != two.ID || one.Chat != now || one.Name != "Ada L" || one.Standing.NoMessages.IsZero() {
			t.Errorf("named %s: %+v and %+v", named, one, two)
		}
		if thread := w.thread(now); len(thread) != 4 {
			t.Errorf("named %s: thread %+v", named, thread)
		}
	}
}

// Words about an account add up: the newer one on each thing holds.
func TestHealthAddsUp(t *testing.T) {
	w := newWorld(t)
	if all, err := w.s.AccountHealth(w.ctx); err != nil || len(all) != 0 {
		t.Errorf("before a word: %v, %v", all, err)
	}
	say := func(id string, h provider.Health) { w.apply(w.log.Event(id, "", h)) }
	say("h1", provider.Health{Quality: "green", Limit: 1000, At: storetest.Now})
	say("h2", provider.Health{Quality: "yellow", Status: "connected", Access: "ok", Text: "Quality fell. Write to fewer people.", At: storetest.Now.Add(time.Hour)})
	say("h3", provider.Health{Limit: -1, At: storetest.Now.Add(2 * time.Hour)})
	all, err := w.s.AccountHealth(w.ctx)
	want := provider.Health{Quality: "yellow", Limit: -1, Status: "connected", Access: "ok", Text: "Quality fell. Write to fewer people.", At: storetest.Now.Add(2 * time.Hour)}
	if err != nil || all[storetest.Account] != want {
		t.Errorf("%+v, %v", all, err)
	}
}

// An echo that names our operation is a proof: what was unsure went.
func TestAnEchoSettlesAnUnsureSend(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.SendState(storetest.Ben, other, "op-u", event.JobUnsure, "", "did it go?"),
		w.fact(other, "e:u", provider.MessageSent{Message: "mid.u", Op: "op-u", SentAt: storetest.Now, Content: provider.TextContent("did it go?")}),
		w.log.Receipt(other, "mid.u", "", provider.Read))
	thread := w.thread(other)
	if len(thread) != 1 || thread[0].Job != event.JobSent || thread[0].ID != "mid.u" || thread[0].Status != provider.Read || thread[0].Elsewhere != "" {
		t.Errorf("%+v", thread)
	}
	if c := w.conversation(other); c.Unsure != 0 {
		t.Errorf("%d are unsure", c.Unsure)
	}
}

// What becomes of a message becomes of its parts.
func TestPartsAreTakenBackTogether(t *testing.T) {
	w := newWorld(t)
	photo := func(id, of provider.MessageID) event.Event {
		return w.fact(other, "m:"+string(id), provider.MessageReceived{
			Message: id, PartOf: of, From: provider.Sender{User: provider.UserID(other)}, SentAt: storetest.Now,
			Content: provider.Content{Kind: provider.Image, Media: &provider.Media{Name: string(id) + ".jpg"}},
		})
	}
	w.apply(photo("mid", ""), photo("mid#1", "mid"), photo("mid#2", "mid"), photo("other", ""),
		w.fact(other, "gone", provider.MessageRevoked{Message: "mid", At: storetest.Now}))
	for n, m := range w.thread(other) {
		if gone := !m.RevokedAt.IsZero(); gone != (n < 3) || gone != (m.Content.Media == nil) {
			t.Errorf("%s: %+v", m.ID, m)
		}
	}
}
