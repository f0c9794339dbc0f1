package store_test

import (
	"errors"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// named is what the network says of somebody who shows a number, a user id, or both.
func (w *world) named(number, user, text string) event.Event {
	chat := provider.ChatID(number)
	if user != "" {
		chat = provider.ChatID(user) // as Meta's drivers call them
	}
	e := w.log.Inbound(chat, "Ada", text, storetest.Now)
	m := e.Body.(provider.MessageReceived)
	m.From.User, m.From.Phone, m.From.Also = provider.UserID(chat), number, nil
	if number != "" && user != "" {
		m.From.Also = []provider.ChatID{provider.ChatID(number)}
	}
	e.Body = m
	return e
}

// Whoever begins with a number or a user id has one conversation with them, whichever of
// the two they answer with, and whichever a colleague writes to.
func TestBegunConversationsAreNeverTwo(t *testing.T) {
	const number, user = "4915100011122", "DE.5512009"
	for name, x := range map[string]struct {
		begin  []provider.ChatID
		answer [][2]string // number and user id of each answer
	}{
		"number, answered with both":          {[]provider.ChatID{number}, [][2]string{{number, user}}},
		"id, the id alone, then both":         {[]provider.ChatID{user}, [][2]string{{"", user}, {number, user}}},
		"number, both, then the id alone":     {[]provider.ChatID{number}, [][2]string{{number, user}, {"", user}}},
		"number, the id alone, then both":     {[]provider.ChatID{number}, [][2]string{{"", user}, {number, user}}},
		"id, answered with both, then number": {[]provider.ChatID{user}, [][2]string{{number, user}, {number, ""}}},
		"both begun before anybody answered":  {[]provider.ChatID{number, user}, [][2]string{{number, user}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, chat := range x.begin {
				w.send(chat, "hello "+string(chat))
			}
			for _, a := range x.answer {
				w.apply(w.named(a[0], a[1], "hi from "+a[0]+a[1]))
			}
			w.send(number, "to the number")
			w.send(user, "to the id")
			if rows := w.view(store.ViewAll); len(rows) != 1 {
				t.Fatalf("%d conversations: %+v", len(rows), rows)
			}
			if n, want := len(w.thread(x.begin[0])), len(x.begin)+len(x.answer)+2; n != want {
				t.Errorf("%d messages, want %d", n, want)
			}
			for _, by := range []string{number, "+49 151 000 111-22", user} {
				if c, err := w.s.FindConversation(w.ctx, storetest.Account, by); err != nil || c.LastInbound.IsZero() {
					t.Errorf("by %s: %+v, %v", by, c, err)
				}
			}
		})
	}
}

// A receipt that names the other id makes no conversation; a user name finds whoever was
// last seen under it, and nobody else.
func TestFoundByOtherNames(t *testing.T) {
	const number, user = "4915100011122", "DE.5512009"
	w := newWorld(t)
	m := w.send(number, "hello")
	w.apply(w.log.Receipt(user, "wamid.1", m.Op, provider.Delivered))
	if rows := w.view(store.ViewAll); len(rows) != 1 {
		t.Fatalf("after the receipt %+v", rows)
	}
	e := w.named(number, user, "hi")
	body := e.Body.(provider.MessageReceived)
	body.From.Username = "ada.l"
	e.Body = body
	w.apply(e)
	for name, want := range map[string]int{"@ada.l": 1, "ADA.L": 1, "@ada": 0, "": 0, "@": 0, "'; drop table conversation": 0} {
		if list, err := w.s.WithUsername(w.ctx, storetest.Account, name); err != nil || len(list) != want {
			t.Errorf("%q: %d, %v", name, len(list), err)
		}
	}
	for _, nobody := range []string{"DE.999", "\x1b[2J", "", time.Now().String()} {
		if _, err := w.s.FindConversation(w.ctx, storetest.Account, nobody); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v", nobody, err)
		}
	}
}
