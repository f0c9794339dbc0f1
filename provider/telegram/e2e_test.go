package telegram_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

func TestConformanceAgainstContract(t *testing.T) {
	h := harness(t)
	h.Live = func(t *testing.T) (provider.Provider, provider.ChatKey) {
		t.Helper()
		return newWorld(t).open(), to(ana)
	}
	h.Webhook, h.Refusals = nil, nil
	providertest.Run(t, h)
}

// everything is one message of each kind that the table says can be sent.
func everything() []provider.Content {
	return []provider.Content{
		provider.TextContent("Su pedido está listo 📦"),
		file(provider.Image, "https://files.example/a.jpg", "image/jpeg", 5<<20, "the box"),
		file(provider.Video, "https://files.example/a.mp4", "video/mp4", 20<<20, ""),
		file(provider.Audio, "https://files.example/a.mp3", "audio/mpeg", 9, ""),
		file(provider.Document, "https://files.example/a.pdf", "application/pdf", 9, "label"),
		file(provider.Sticker, "https://files.example/a.webp", "image/webp", 9, ""),
		{Kind: provider.Location, Place: &provider.Place{Latitude: 14.6, Longitude: -90.5, Name: "Zona 1"}},
		{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Noor", Phones: []string{"+49151222"}}}},
		menu("button", provider.Menu{Options: []provider.MenuOption{{ID: "am", Title: "Mañana"}, {ID: "pm", Title: "Tarde"}}}),
		react("5550001/12", "👍"),
	}
}

// One conversation from its first word to its end, once by webhook and once by
// polling: what each side says reaches the other, and nothing is claimed that
// Telegram does not tell.
func TestConversation(t *testing.T) {
	for _, way := range []string{"webhook", "poll"} {
		t.Run(way, func(t *testing.T) {
			w := newWorld(t)
			hear := func(body []byte) provider.Event { t.Helper(); return w.hear(t, way, body) }
			first := hear(w.writes(anaID, map[string]any{"text": "/start"}))
			if m, ok := first.Body.(provider.MessageReceived); !ok || first.Chat != ana || m.Message != "5550001/12" || !m.SentAt.Equal(w.now) {
				t.Fatalf("%+v", first)
			}
			kinds := map[provider.ContentKind]bool{}
			for _, c := range everything() {
				judge(t, w, c, true)
				id, err := w.out(anaID, c)
				goes(t, id, err)
				kinds[c.Kind] = true
			}
			for kind, level := range w.open().Capabilities(to(ana)).Send {
				if level > provider.Absent && !kinds[kind] {
					t.Errorf("%s is said to go and was not sent", kind)
				}
			}
			w.customer(t, hear)
		})
	}
}

// hear takes one update as the relay would.
func (w *world) hear(t *testing.T, way string, body []byte) provider.Event {
	t.Helper()
	events := decode(t, body)
	if way == "poll" {
		polled, next := poll(t, w, "")
		events = polled
		_, _ = poll(t, w, next) // they are durable now
	}
	if len(events) != 1 || events[0].Route != "bot:"+bot {
		t.Fatalf("%+v", events)
	}
	return events[0]
}

// customer says all that can be heard.
func (w *world) customer(t *testing.T, hear func([]byte) provider.Event) {
	t.Helper()
	file := map[string]any{"file_id": "F", "mime_type": "x/y"}
	for kind, with := range map[provider.ContentKind]map[string]any{
		provider.Text: {"text": "gracias"}, provider.Image: {"photo": []any{file}}, provider.Video: {"video": file}, provider.Audio: {"voice": file},
		provider.Document: {"document": file}, provider.Sticker: {"sticker": file}, provider.Location: {"location": map[string]any{"latitude": 1.5, "longitude": 2}},
		provider.Contacts: {"contact": map[string]any{"phone_number": "1", "first_name": "Beto"}}, provider.Unsupported: {"poll": map[string]any{"id": "1"}},
	} {
		e := hear(w.writes(anaID, with))
		if m, ok := e.Body.(provider.MessageReceived); !ok || m.Content.Kind != kind {
			t.Errorf("%s is heard as %+v", kind, e)
		}
	}
	w.taps["q"] = false
	chat, at := about(anaID), int64(1795170100)
	for _, one := range []struct {
		kind, update string
		body         map[string]any
	}{
		{provider.KindMessage, "callback_query", tapped("q", map[string]any{"chat": chat, "message_id": int64(21), "date": at})},
		{provider.KindReaction, "message_reaction", reacted(map[string]any{"type": "emoji", "emoji": "❤"})},
		{provider.KindEdited, "edited_message", map[string]any{"message_id": int64(12), "edit_date": at, "chat": chat, "from": person(), "text": "x"}},
		{provider.KindReach, "my_chat_member", map[string]any{"chat": chat, "date": at, "new_chat_member": map[string]any{"status": "kicked"}}},
		{provider.KindIdentity, "message", map[string]any{"message_id": int64(5), "date": at, "chat": about(groupID), "migrate_from_chat_id": int64(oldID)}},
	} {
		if e := hear(w.happen(one.update, one.body)); e.Body.Kind() != one.kind {
			t.Errorf("%s is heard as %+v", one.kind, e)
		}
	}
}

// Bad input: each gives its reason in plain words, and only what is safe may be
// tried again by itself.
func TestBadInput(t *testing.T) {
	text := provider.TextContent("hello")
	for name, c := range map[string]struct {
		send   func(t *testing.T) error
		reason provider.Reason
		again  bool
		unsure bool
	}{
		"a wrong token":       {after(func(w *world) { w.token = bot + ":OTHER" }, anaID, text), provider.Token, false, false},
		"no permission":       {after(func(w *world) { w.chats[anaID] = "400 Bad Request: not enough rights to send" }, anaID, text), provider.Undeliverable, false, false},
		"too fast":            {after(func(w *world) { w.slow = 3 }, anaID, text), provider.RateLimited, true, false},
		"a file too large":    {after(nil, anaID, file(provider.Video, "https://files.example/big.mp4", "", 0, "")), provider.MediaRejected, false, false},
		"a file of no type":   {after(nil, anaID, file(provider.Document, "https://files.example/a.docx", "", 0, "")), provider.MediaRejected, false, false},
		"a template":          {after(nil, anaID, provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "gone"}}), provider.Invalid, false, false},
		"a host that is down": {down, provider.Unreachable, true, false},
		"a page of HTML":      {answering(http.StatusOK, "<html>busy</html>"), provider.NoAnswer, false, true},
		"a page of a proxy":   {answering(http.StatusBadGateway, "<html>bad gateway</html>"), provider.Unavailable, false, true},
		"a slow host":         {slow, provider.NoAnswer, false, true},
		"a number that is none": {func(t *testing.T) error {
			_, err := newWorld(t).open().Send(t.Context(), provider.Outgoing{To: to("+49 151"), Content: text})
			return err
		}, provider.Invalid, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := fails(t, c.send(t), c.reason)
			if e.Retryable() != c.again || e.Uncertain != c.unsure {
				t.Errorf("%+v", e)
			}
		})
	}
}

// after sends one message in a world that was changed before.
func after(change func(*world), chat int64, c provider.Content) func(*testing.T) error {
	return func(t *testing.T) error {
		w := newWorld(t)
		if change != nil {
			change(w)
		}
		_, err := w.out(chat, c)
		return err
	}
}

func answering(status int, body string) func(*testing.T) error {
	return func(t *testing.T) error {
		p, _ := scripted(t, status, body)
		_, err := p.Send(t.Context(), provider.Outgoing{To: to(ana), Content: provider.TextContent("x")})
		return err
	}
}

func down(t *testing.T) error {
	s := httptest.NewServer(nil)
	s.Close()
	_, err := opened(t, s.URL).Send(t.Context(), provider.Outgoing{To: to(ana), Content: provider.TextContent("x")})
	return err
}

// slow is a host that takes the message and says nothing for longer than a send
// may take.
func slow(t *testing.T) error {
	host := providertest.NewSlowHost(t)
	_, err := opened(t, host.URL).Send(host.Context(t), provider.Outgoing{To: to(ana), Content: provider.TextContent("x")})
	return err
}

// The table says of each ability what the driver has, and of each kind that
// cannot go, why.
func TestTable(t *testing.T) {
	table := newWorld(t).open().Capabilities(to(ana))
	for _, a := range []provider.Ability{provider.CanUploadMedia, provider.CanBlock, provider.CanPollStatus, provider.CanReadHistory, provider.CanFindSent, provider.CanSchedule} {
		if table.Can[a] > provider.Absent {
			t.Errorf("it can %s", a)
		}
	}
	m := provider.Outgoing{To: to(ana), Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "x"}}}
	var r *provider.Refusal
	if err := table.Check(m, time.Time{}, time.Time{}); !errors.As(err, &r) || r.Reason != provider.RefusedKind {
		t.Errorf("%v", err)
	}
	if types := table.Media[provider.Document].Types; len(types) != 2 || types["application/pdf"] != 20<<20 {
		t.Errorf("%v", types)
	}
}
