package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// people are conversations of one person each, unless they are joined.
func people(t *testing.T, chats ...provider.ChatID) *world {
	t.Helper()
	w := newWorld(t)
	for _, chat := range chats {
		w.apply(w.log.Inbound(chat, "A"+string(chat), "hi", storetest.Now))
	}
	return w
}

func (w *world) identities(chat provider.ChatID) []event.ConversationID {
	w.t.Helper()
	list, err := w.s.Identities(w.ctx, storetest.ID(chat))
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []event.ConversationID
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	return ids
}

func ids(chats ...provider.ChatID) []event.ConversationID {
	var out []event.ConversationID
	for _, c := range chats {
		out = append(out, storetest.ID(c))
	}
	slices.Sort(out)
	return out
}

func (w *world) regroup(list []store.Regrouping, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range list {
		if _, err := w.s.Do(w.ctx, store.Action{Conversation: r.Conversation, Body: event.Joined{Contact: r.Now}, Expect: event.AspectContact}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) alone(chats ...provider.ChatID) {
	w.t.Helper()
	for _, c := range chats {
		if got := w.identities(c); !slices.Equal(got, ids(c)) {
			w.t.Errorf("%s is with %v", c, got)
		}
	}
}

func (w *world) together(chats ...provider.ChatID) {
	w.t.Helper()
	for _, c := range chats {
		if got := w.identities(c); !slices.Equal(got, ids(chats...)) {
			w.t.Errorf("%s is with %v, want %v", c, got, ids(chats...))
		}
	}
}

func TestJoiningAndSeparating(t *testing.T) {
	w := people(t, "1", "2", "3", "4")
	w.alone("1", "2", "3", "4")
	w.regroup(w.s.Joining(w.ctx, storetest.ID("1"), storetest.ID("2")))
	w.regroup(w.s.Joining(w.ctx, storetest.ID("3"), storetest.ID("4")))
	w.regroup(w.s.Joining(w.ctx, storetest.ID("1"), storetest.ID("3")))
	w.together("1", "2", "3", "4")
	if list, err := w.s.Joining(w.ctx, storetest.ID("4"), storetest.ID("1")); err != nil || len(list) > 0 {
		t.Errorf("who is one already is joined by %+v, %v", list, err)
	}
	// Whoever is separated, the others stay together.
	for _, gone := range []provider.ChatID{"1", "2", "3", "4"} {
		others := slices.DeleteFunc([]provider.ChatID{"1", "2", "3", "4"}, func(c provider.ChatID) bool { return c == gone })
		w.regroup(w.s.Separating(w.ctx, storetest.ID(gone)))
		w.alone(gone)
		w.together(others...)
		w.regroup(w.s.Joining(w.ctx, storetest.ID(gone), storetest.ID(others[0])))
		w.together("1", "2", "3", "4")
	}
	for _, gone := range []provider.ChatID{"1", "2", "3"} {
		w.regroup(w.s.Separating(w.ctx, storetest.ID(gone)))
	}
	w.alone("1", "2", "3", "4")
	if list, err := w.s.Separating(w.ctx, storetest.ID("1")); err != nil || len(list) > 0 {
		t.Errorf("who stands alone is separated by %+v, %v", list, err)
	}
}

// Two agents may join the same two at once, each the other way round.
func TestACircleIsOnePerson(t *testing.T) {
	w := people(t, "1", "2", "3")
	w.apply(w.log.By(storetest.Ben, "1", event.Joined{Contact: storetest.ID("2")}), w.log.By(storetest.Ana, "2", event.Joined{Contact: storetest.ID("1")}))
	w.together("1", "2")
	w.regroup(w.s.Joining(w.ctx, storetest.ID("3"), storetest.ID("1")))
	w.together("1", "2", "3")
	w.regroup(w.s.Separating(w.ctx, storetest.ID("1")))
	w.alone("1")
	w.together("2", "3")
}

// Another id of a conversation names it as well, and an erased one nobody.
func TestJoinedByAnotherID(t *testing.T) {
	w := people(t, "1", "2", "3")
	w.apply(w.both("1", "2", "me too"))
	w.apply(w.log.By(storetest.Ben, "3", event.Joined{Contact: storetest.ID("2")}))
	w.together("1", "3")
	w.erase("1")
	w.alone("3")
	if list, err := w.s.Separating(w.ctx, storetest.ID("3")); err != nil || len(list) > 0 {
		t.Errorf("it is separated from nobody by %+v, %v", list, err)
	}
	if _, err := w.s.Joining(w.ctx, storetest.ID("3"), storetest.ID("1")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("joined with nobody: %v", err)
	}
	if _, err := w.s.Separating(w.ctx, storetest.ID("1")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody is separated: %v", err)
	}
}

// What is known of a person is known in each of their conversations.
func TestAContactIsAllItsConversations(t *testing.T) {
	w := people(t, "34600111222", "2")
	w.apply(w.log.By(storetest.Ben, "2", event.Resolved{Resolution: event.Resolution{Notes: "sent the invoice", CSAT: 4}}))
	w.apply(w.log.By(storetest.Ben, "2", event.Reopened{}), w.log.By(storetest.Ben, "2", event.Resolved{Resolution: event.Resolution{Notes: "by mistake"}}))
	w.apply(w.log.By(storetest.Ben, "2", event.Reopened{Undone: &event.Undone{}}), w.log.Inbound("2", "B", "stop", storetest.Now))
	w.regroup(w.s.Joining(w.ctx, storetest.ID("2"), storetest.ID("34600111222")))
	telegram := w.log.Event("t", "", event.AccountDefined{Account: provider.Account{ID: "tg", Network: provider.Telegram, Driver: "telegram"}})
	telegram.Account = "tg"
	same := w.log.Event("m:tg", storetest.Key.Conversation(provider.ChatKey{Account: "tg", Chat: "77"}), provider.MessageReceived{
		Message: "tg-1", From: provider.Sender{User: "77", Phone: "34600111222", Name: "B"}, Content: provider.TextContent("hola"), SentAt: storetest.Now,
	})
	same.Account = "tg"
	w.apply(telegram, same)
	c, err := w.s.Contact(w.ctx, storetest.ID("34600111222"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Identities) != 2 || c.Identities[0].ID != storetest.ID("34600111222") || c.Identities[1].ID != storetest.ID("2") {
		t.Errorf("identities are %+v", c.Identities)
	}
	if len(c.Endings) != 1 || c.Endings[0].Notes != "sent the invoice" || c.Endings[0].By != storetest.Ben {
		t.Errorf("endings are %+v", c.Endings)
	}
	if len(c.Ledger) != 1 || c.Ledger[0].Conversation != storetest.ID("2") {
		t.Errorf("the ledger is %+v", c.Ledger)
	}
	if len(c.Alike) != 1 || c.Alike[0].Account != "tg" {
		t.Errorf("alike are %+v", c.Alike)
	}
	if c.Identities[0].Standing.Check(provider.TextContent("x")) == nil {
		t.Error("what they said in the other conversation does not count in this one")
	}
	if _, err := w.s.Contact(w.ctx, "c_nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody is %v", err)
	}
}

// A refused joining is taken back, and its doer told.
func TestARefusedJoiningIsTakenBack(t *testing.T) {
	w := people(t, "1", "2", "3")
	w.regroup(w.s.Joining(w.ctx, storetest.ID("1"), storetest.ID("2")))
	pub := w.unpublished()[0]
	if pub.Expect == nil || pub.Expect.Aspect != event.AspectContact {
		t.Fatalf("it expects %+v", pub.Expect)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Joined{Contact: storetest.ID("3")}))
	if err := w.s.RefusePublication(w.ctx, pub.ID, storetest.Ben, "Ben was first."); err != nil {
		t.Fatal(err)
	}
	w.together("1", "3")
	w.alone("2")
}

func TestVariantsAreOneConversation(t *testing.T) {
	for _, c := range []struct{ one, other provider.ChatID }{
		{"5511987654321", "551187654321"}, {"525512345678", "5215512345678"}, {"5491123456789", "541123456789"},
	} {
		for i, pair := range [][2]provider.ChatID{{c.one, c.other}, {c.other, c.one}} {
			t.Run(fmt.Sprint(c.one, i), func(t *testing.T) {
				w, first, second := newWorld(t), pair[0], pair[1]
				// We write to one form, and they answer from the other.
				w.send(first, "hello")
				w.apply(w.log.Sent(storetest.Ben, second, "and from me", provider.Sent)...)
				w.apply(w.log.Inbound(second, "A", "hi", storetest.Now), w.log.Inbound(first, "A", "hi again", storetest.Now))
				if all := w.view(store.ViewAll); len(all) != 1 {
					t.Fatalf("there are %d conversations: %v", len(all), all)
				}
				if n := len(w.thread(first)); n != 4 {
					t.Errorf("the thread has %d rows", n)
				}
				for _, spelt := range []string{string(first), "+" + string(second), string(second)} {
					if found, err := w.s.FindConversation(w.ctx, storetest.Account, spelt); err != nil || found.ID != w.conversation(first).ID {
						t.Errorf("%s is %v, %v", spelt, found.ID, err)
					}
				}
			})
		}
	}
}

// A number of ours that waits under one form is written to by the other.
func TestSendingToAVariantOfAKnownNumber(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("551187654321", "A", "oi", storetest.Now))
	w.send("5511987654321", "olá")
	if all := w.view(store.ViewAll); len(all) != 1 {
		t.Fatalf("there are %d conversations", len(all))
	}
	job, ok, err := w.s.Claim(w.ctx, storetest.Now, nil)
	if err != nil || !ok || job.Send.To.Chat != "551187654321" {
		t.Errorf("it goes to %s, %v, %v", job.Send.To.Chat, ok, err)
	}
	// Numbers of networks that do not call chats by number are only ids.
	telegram := w.log.Event("t", "", event.AccountDefined{Account: provider.Account{ID: "tg", Network: provider.Telegram}})
	telegram.Account = "tg"
	w.apply(telegram)
	for _, chat := range []provider.ChatID{"5511987654322", "551187654322"} {
		if _, err := w.s.Send(w.ctx, provider.Outgoing{To: provider.ChatKey{Account: "tg", Chat: chat}, Content: provider.TextContent("x")}); err != nil {
			t.Fatal(err)
		}
	}
	if all := w.view(store.ViewAll); len(all) != 3 {
		t.Errorf("there are %d conversations", len(all))
	}
	if _, err := w.s.FindConversation(w.ctx, "tg", "5511987654323"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("found %v", err)
	}
}

// Who is erased goes with all their conversations, where that is asked for.
func TestTargetsAreTheWholePerson(t *testing.T) {
	w := people(t, "5511987654321", "2", "3", "4")
	w.apply(w.both("2", "22", "me too"))
	w.regroup(w.s.Joining(w.ctx, storetest.ID("2"), storetest.ID("5511987654321")))
	e := w.log.Inbound("4", "D", "my number", storetest.Now)
	m := e.Body.(provider.MessageReceived)
	m.From.Phone = "551187654321" // the same, as the network wrote it before
	e.Body = m
	w.apply(e)
	for all, want := range map[bool][]event.ConversationID{false: ids("5511987654321"), true: ids("5511987654321", "2", "22", "4")} {
		list, err := w.s.Targets(w.ctx, storetest.ID("5511987654321"), all)
		var got []event.ConversationID
		for _, x := range list {
			got = append(got, x.Conversation)
		}
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("all %v: %v, %v; want %v", all, got, err, want)
		}
	}
	if _, err := w.s.Targets(w.ctx, "c_nobody", true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody is %v", err)
	}
}
