package telegram_test

import (
	"testing"
	"time"

	"frontdesk/provider"
)

const anaAtBerta = provider.ChatID("5550001@bc1")

func businessRules() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"a chat behind a business connection is another one than the bot's own of the same number":                  apartRule,
		"business_message tells what a business's customers write, and what is written to them":                     sidesRule,
		"a business's chat is private and has the customer's number: who writes there under another is on our side": numberRule,
		"edits and deletions at a business come as edited_business_message and deleted_business_messages":           changesRule,
		"a bot answers for a business where the customer wrote within 24 hours":                                     answerRule,
		"without the right to answer, and after the connection has ended, a bot cannot write for a business":        rightsRule,
		"what a bot sends, edits and takes back for a business names the connection":                                namedRule,
		"a bot cannot react for a business": noReactionRule,
		"business_connection tells that a business took the bot on, what it may do, and that it let it go": connectionRule,
	}
}

func (w *world) outFor(text string) (provider.MessageID, error) {
	return w.open().Send(w.t.Context(), provider.Outgoing{Op: "op", To: to(anaAtBerta), Content: provider.TextContent(text)})
}

// one decodes a body that is one fact.
func one(t *testing.T, body []byte) provider.Event {
	t.Helper()
	events := decode(t, body)
	if len(events) != 1 {
		t.Fatalf("%+v", events)
	}
	return events[0]
}

func apartRule(t *testing.T, w *world) {
	w.connect("bc1", true, false)
	own, theirs := one(t, w.writes(anaID, map[string]any{"text": "to the bot"})), one(t, w.writesTo("bc1", person(), "to Berta"))
	if own.Chat != ana || theirs.Chat != anaAtBerta {
		t.Fatalf("%s and %s", own.Chat, theirs.Chat)
	}
	from := theirs.Body.(provider.MessageReceived).From
	if from.User != own.Body.(provider.MessageReceived).From.User || len(from.Also) != 1 || from.Also[0] != anaAtBerta {
		t.Errorf("one person is %+v", from)
	}
	p := w.open()
	if p.Capabilities(to(ana)) == p.Capabilities(to(anaAtBerta)) || p.Capabilities(to(anaAtBerta)) != p.Capabilities(to("7@bc1")) {
		t.Error("the tables are not of their chats")
	}
}

func sidesRule(t *testing.T, w *world) {
	w.connect("bc1", true, false)
	heard := one(t, w.writesTo("bc1", person(), "hola"))
	if m, ok := heard.Body.(provider.MessageReceived); !ok || m.Message != "5550001@bc1/12" || m.Content.Text != "hola" || !m.SentAt.Equal(w.now) {
		t.Errorf("%+v", heard)
	}
	said := one(t, w.writesTo("bc1", owner(), "ahora"))
	if m, ok := said.Body.(provider.MessageSent); !ok || said.Chat != anaAtBerta || m.To.User != "5550001" || m.Content.Text != "ahora" || m.By != "Berta" {
		t.Errorf("%+v", said)
	}
	_, cursor := poll(t, w, "")
	id, err := w.outFor("from the bot")
	goes(t, id, err)
	events, _ := poll(t, w, cursor)
	if m, ok := events[0].Body.(provider.MessageSent); len(events) != 1 || !ok || m.Message != id || m.By != "Shop" {
		t.Errorf("the echo of %s is %+v", id, events)
	}
}

func numberRule(t *testing.T, w *world) {
	w.connect("bc1", true, false)
	for name, with := range map[string]map[string]any{
		"nobody": {"chat": about(anaID)}, "a group": {"chat": about(groupID), "from": person()}, "no connection": {"chat": about(anaID), "from": person(), "business_connection_id": ""},
	} {
		body := map[string]any{"message_id": int64(60), "date": w.now.Unix(), "text": "x", "business_connection_id": "bc1"}
		for k, v := range with {
			body[k] = v
		}
		if e := one(t, w.happen("business_message", body)); e.Body.Kind() != provider.KindUnknown {
			t.Errorf("%s: %+v", name, e)
		}
	}
	byBot := map[string]any{
		"message_id": int64(61), "date": w.now.Unix(), "text": "x", "business_connection_id": "bc1", "chat": about(anaID), "from": person(),
		"sender_business_bot": map[string]any{"id": int64(1), "first_name": "Other"},
	}
	if e := one(t, w.happen("business_message", byBot)); e.Body.Kind() != provider.KindEcho {
		t.Errorf("%+v", e)
	}
}

func changesRule(t *testing.T, w *world) {
	w.connect("bc1", true, false)
	edit := map[string]any{
		"message_id": int64(12), "date": w.now.Unix(), "edit_date": w.now.Unix(), "chat": about(anaID), "from": person(), "text": "five", "business_connection_id": "bc1",
	}
	if m, ok := one(t, w.happen("edited_business_message", edit)).Body.(provider.MessageEdited); !ok || m.Message != "5550001@bc1/12" || m.From.User != "5550001" || m.Content.Text != "five" {
		t.Errorf("%+v", m)
	}
	edit["from"] = owner()
	if m, ok := one(t, w.happen("edited_business_message", edit)).Body.(provider.MessageEdited); !ok || m.From.User != "" {
		t.Errorf("an edit of ours is %+v", m)
	}
	events := decode(t, w.happen("deleted_business_messages", map[string]any{"business_connection_id": "bc1", "chat": about(anaID), "message_ids": []any{12, 13, 12}}))
	if len(events) != 2 || events[0].Chat != anaAtBerta || events[1].Body.(provider.MessageRevoked).Message != "5550001@bc1/13" {
		t.Errorf("%+v", events)
	}
}

func answerRule(t *testing.T, w *world) {
	w.connect("bc1", true, false)
	w.writesTo("bc1", person(), "hola")
	heard, table := w.now, w.open().Capabilities(to(anaAtBerta))
	for _, c := range []struct {
		pass time.Duration
		open bool
	}{{0, true}, {24*time.Hour - time.Second, true}, {time.Second, false}} {
		w.pass(c.pass)
		judged := table.Check(provider.Outgoing{To: to(anaAtBerta), Content: provider.TextContent("x")}, heard, w.now)
		id, err := w.outFor("x")
		if (judged == nil) != c.open {
			t.Errorf("%s: %v", w.now.Sub(heard), judged)
		}
		if c.open {
			goes(t, id, err)
			continue
		}
		fails(t, err, provider.WindowClosed)
	}
}

func rightsRule(t *testing.T, w *world) {
	w.connect("bc1", false, false)
	w.writesTo("bc1", person(), "hola")
	_, err := w.outFor("x")
	fails(t, err, provider.Undeliverable)
	w.disconnect("bc1")
	_, err = w.outFor("x")
	if e := fails(t, err, provider.Undeliverable); e.PausesAccount() {
		t.Errorf("one person's connection pauses the bot: %+v", e)
	}
	id, err := w.out(anaID, provider.TextContent("the bot's own chat"))
	goes(t, id, err)
}

func namedRule(t *testing.T, w *world) {
	w.connect("bc1", true, false)
	w.writesTo("bc1", person(), "hola")
	p := w.open()
	id, err := p.Send(t.Context(), provider.Outgoing{Op: "op", To: to(anaAtBerta), Content: provider.TextContent("a"), ReplyTo: "5550001@bc1/12"})
	goes(t, id, err)
	if id != "5550001@bc1/13" || len(w.messages) > 0 {
		t.Fatalf("%s, and %d in the bot's own chats", id, len(w.messages))
	}
	id, err = p.SendFile(t.Context(), provider.Outgoing{Op: "op", To: to(anaAtBerta), Content: provider.Content{Kind: provider.Image}}, upload(provider.Image, "a.jpg", "image/jpeg", "x"))
	goes(t, id, err)
	if err := p.EditMessage(t.Context(), to(anaAtBerta), "5550001@bc1/13", provider.TextContent("b")); err != nil {
		t.Error(err)
	}
	if err := p.Typing(t.Context(), to(anaAtBerta), ""); err != nil {
		t.Error(err)
	}
	fails(t, p.DeleteMessage(t.Context(), to(anaAtBerta), "5550001@bc1/13"), provider.Undeliverable)
	w.connect("bc1", true, true)
	if err := p.DeleteMessage(t.Context(), to(anaAtBerta), "5550001@bc1/13"); err != nil {
		t.Error(err)
	}
	if m := w.business["bc1"].messages; m[[2]int64{anaID, 13}] != nil || m[[2]int64{anaID, 14}] == nil {
		t.Errorf("%v is there", m)
	}
}

func noReactionRule(t *testing.T, w *world) {
	table := w.open().Capabilities(to(anaAtBerta))
	if table.Send[provider.Reaction] > provider.Absent || table.Why[provider.Reaction] == "" {
		t.Error("the table says that it goes")
	}
	_, err := w.open().Send(t.Context(), provider.Outgoing{Op: "op", To: to(anaAtBerta), Content: react("5550001@bc1/12", "👍")})
	fails(t, err, provider.Invalid)
}

func connectionRule(t *testing.T, w *world) {
	on := one(t, w.connect("bc1", true, false))
	if h, ok := on.Body.(provider.Health); !ok || h.Text == "" || !h.At.Equal(w.now) || on.Chat != "" {
		t.Errorf("%+v", on)
	}
	if _, _, ails := on.Body.(provider.Health).Ails(); ails {
		t.Error("a bot that was taken on ails")
	}
	ids := map[string]bool{on.ID: true}
	for _, body := range [][]byte{w.connect("bc1", false, false), w.disconnect("bc1")} {
		e := one(t, body)
		n, ok := e.Body.(provider.Notice)
		if !ok || n.Error.PausesAccount() || ids[e.ID] {
			t.Errorf("%+v", e)
			continue
		}
		ids[e.ID] = true
		fails(t, n.Error, provider.Other)
	}
}
