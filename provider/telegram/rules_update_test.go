package telegram_test

import (
	"io"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"frontdesk/provider"
)

func chatRules() map[string]func(*testing.T, *world) {
	text := provider.TextContent("hello")
	return map[string]func(*testing.T, *world){
		"who never started the bot cannot be written to": func(t *testing.T, w *world) {
			_, err := w.out(neverID, text)
			fails(t, err, provider.Undeliverable)
		},
		"who blocked the bot, deleted their account or put it out cannot be written to": func(t *testing.T, w *world) {
			for _, chat := range []int64{blockedID, deletedID, goneID} {
				_, err := w.out(chat, text)
				if e := fails(t, err, provider.Undeliverable); e.Code != "403" || e.PausesAccount() {
					t.Errorf("%+v", e)
				}
			}
		},
		"a group that was upgraded has another number": func(t *testing.T, w *world) {
			_, err := w.out(oldID, text)
			fails(t, err, provider.Undeliverable)
			events := decode(t, recorded(t)["migrate-to"])
			c, ok := events[0].Body.(provider.IdentityChanged)
			if !ok || c.Old != "-4200700" || c.Now.User != "-1001234567890123" {
				t.Fatalf("%+v", events)
			}
			id, err := w.out(groupID, text)
			goes(t, id, err)
		},
	}
}

func updateRules() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"getUpdates confirms what is below its offset":                                    confirmRule,
		"reactions come where they are asked for":                                         askedRule,
		"getUpdates is refused while a webhook is set":                                    conflictRule,
		"an offset of the future is answered from the head of the queue":                  futureRule,
		"the webhook's secret comes in a header as it is":                                 secretRule,
		"a webhook is posted the updates that were allowed, by default all but reactions": allowedRule,
		"an update may come twice":                                                        twiceRule,
		"an album is several messages":                                                    albumRule,
		"a tap is answered once":                                                          tapRule,
		"a message that is no longer accessible has no date":                              inaccessibleRule,
		"blocking and unblocking come as my_chat_member":                                  blockRule,
		"the customer's edits come as edited_message":                                     customerEditRule,
		"a file is looked up anew where its address has expired, and is 20 MB at most":    fileRule,
	}
}

// poll asks once.
func poll(t *testing.T, w *world, cursor string) ([]provider.Event, string) {
	t.Helper()
	events, next, err := w.open().Poll(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	return events, next
}

func confirmRule(t *testing.T, w *world) {
	w.writes(anaID, map[string]any{"text": "one"})
	w.writes(anaID, map[string]any{"text": "two"})
	first, cursor := poll(t, w, "")
	again, same := poll(t, w, "")
	if len(first) != 2 || cursor != "700000003" || same != cursor || !reflect.DeepEqual(first, again) {
		t.Fatalf("%+v, %s; then %+v, %s", first, cursor, again, same)
	}
	if none, next := poll(t, w, cursor); len(none) > 0 || next != cursor || len(w.queue) > 0 {
		t.Errorf("%+v, %s, %d are still there", none, next, len(w.queue))
	}
}

func reacted(emoji ...any) map[string]any {
	return map[string]any{"chat": about(anaID), "message_id": int64(12), "user": person(), "date": int64(1795170000), "old_reaction": []any{}, "new_reaction": emoji}
}

func askedRule(t *testing.T, w *world) {
	_, cursor := poll(t, w, "")
	w.happen("message_reaction", reacted(map[string]any{"type": "emoji", "emoji": "👍"}))
	w.happen("chat_boost", map[string]any{})
	events, _ := poll(t, w, cursor)
	if len(events) != 1 {
		t.Fatalf("%+v", events)
	}
	if r, ok := events[0].Body.(provider.MessageReacted); !ok || r.Emoji != "👍" || r.Message != "5550001/12" {
		t.Errorf("%+v", events[0])
	}
}

func conflictRule(t *testing.T, w *world) {
	w.webhook = "https://relay.example/hooks/telegram"
	_, next, err := w.open().Poll(t.Context(), "5")
	if e := fails(t, err, provider.Unavailable); e.Code != "409" || !e.Retryable() || next != "5" {
		t.Errorf("%+v, %s", e, next)
	}
	id, err := w.out(anaID, provider.TextContent("x")) // who sends is not concerned
	goes(t, id, err)
}

func futureRule(t *testing.T, w *world) {
	w.writes(anaID, map[string]any{"text": "one"})
	events, cursor := poll(t, w, "900000000")
	if len(events) != 1 || cursor != "700000002" {
		t.Fatalf("%+v, %s", events, cursor)
	}
	if none, _ := poll(t, w, cursor); len(none) > 0 {
		t.Errorf("%+v comes again", none)
	}
}

func secretRule(t *testing.T, w *world) {
	body := w.writes(anaID, map[string]any{"text": "one"})
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/hooks/telegram", nil)
	if err := hook(t).Verify(r, body); err == nil {
		t.Error("without a secret")
	}
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", word)
	if err := hook(t).Verify(r, body); err != nil {
		t.Error(err)
	}
}

func allowedRule(t *testing.T, w *world) {
	w.webhook = "https://relay.example/hooks/telegram"
	for _, c := range []struct {
		allowed []string
		misses  string
	}{
		{nil, "post message_reaction to"},
		{[]string{"message", "message_reaction"}, "post edited_message, callback_query, my_chat_member, business_connection, "},
		{[]string{
			"message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "poll",
			"business_connection", "business_message", "edited_business_message", "deleted_business_messages",
		}, ""},
	} {
		w.allowed = c.allowed
		h, err := w.open().ReadHealth(t.Context())
		if _, _, ails := h.Ails(); err != nil || ails || (h.Text == "") != (c.misses == "") || !strings.Contains(h.Text, c.misses) {
			t.Errorf("%v: %+v, %v", c.allowed, h, err)
		}
	}
}

func twiceRule(t *testing.T, w *world) {
	body := w.writes(anaID, map[string]any{"text": "one"})
	polled, _ := poll(t, w, "")
	if posted := decode(t, body); !reflect.DeepEqual(posted, decode(t, body)) || !reflect.DeepEqual(posted, polled) {
		t.Errorf("posted %+v, polled %+v", posted, polled)
	}
}

func albumRule(t *testing.T, w *world) {
	for _, id := range []string{"A", "B", "C"} {
		w.writes(anaID, map[string]any{"media_group_id": "9", "photo": []any{map[string]any{"file_id": "small" + id}, map[string]any{"file_id": id}}})
	}
	events, _ := poll(t, w, "")
	var files []provider.MediaID
	for _, e := range events {
		files = append(files, e.Body.(provider.MessageReceived).Content.Media.ID)
	}
	if !reflect.DeepEqual(files, []provider.MediaID{"A", "B", "C"}) || events[0].ID == events[1].ID {
		t.Errorf("%v of %+v", files, events)
	}
}

func tapped(query string, message map[string]any) map[string]any {
	return map[string]any{"id": query, "from": person(), "message": message, "chat_instance": "1", "data": "a"}
}

func tapRule(t *testing.T, w *world) {
	w.taps["q1"] = false
	id, err := w.out(anaID, menu("button", provider.Menu{Options: []provider.MenuOption{{ID: "a", Title: "Morning"}}}))
	goes(t, id, err)
	w.happen("callback_query", tapped("q1", w.messages[[2]int64{anaID, w.last}].body))
	for range 2 { // the second answer is refused, and that harms nothing
		events, _ := poll(t, w, "")
		m, ok := events[0].Body.(provider.MessageReceived)
		if len(events) != 1 || !ok || m.Content.Chosen.ID != "a" || m.Content.Chosen.Title != "Morning" || m.ReplyTo != id || !w.taps["q1"] {
			t.Fatalf("%+v; answered: %v", events, w.taps)
		}
	}
}

func inaccessibleRule(t *testing.T, w *world) {
	w.happen("callback_query", tapped("q2", map[string]any{"chat": about(anaID), "message_id": int64(3), "date": 0}))
	events, _ := poll(t, w, "")
	if m, ok := events[0].Body.(provider.MessageReceived); !ok || m.Content.Chosen.Title != "a" || !m.SentAt.IsZero() {
		t.Errorf("%+v", events)
	}
}

func blockRule(t *testing.T, w *world) {
	for _, status := range []string{"kicked", "member"} {
		w.happen("my_chat_member", map[string]any{"chat": about(anaID), "from": person(), "date": int64(1795170100), "new_chat_member": map[string]any{"status": status}})
	}
	events, _ := poll(t, w, "")
	off, ok := events[0].Body.(provider.Reach)
	on, both := events[1].Body.(provider.Reach)
	if !ok || !both || off.Can || !on.Can || off.At.IsZero() || events[0].Chat != ana {
		t.Errorf("%+v", events)
	}
}

func customerEditRule(t *testing.T, w *world) {
	w.happen("edited_message", map[string]any{"message_id": int64(12), "date": int64(1795168812), "edit_date": int64(1795168900), "chat": about(anaID), "from": person(), "text": "five"})
	events, _ := poll(t, w, "")
	if e, ok := events[0].Body.(provider.MessageEdited); !ok || e.Message != "5550001/12" || e.Content.Text != "five" || e.At.Unix() != 1795168900 {
		t.Errorf("%+v", events)
	}
}

func fileRule(t *testing.T, w *world) {
	for id, want := range map[provider.MediaID]string{"PHOTO": "jpeg bytes", "VOICE": "ogg"} {
		f, err := w.open().OpenMedia(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(f.Body)
		_ = f.Body.Close()
		if err != nil || string(raw) != want || f.Size != int64(len(want)) {
			t.Errorf("%s: %q, %d, %v", id, raw, f.Size, err)
		}
	}
	for _, id := range []provider.MediaID{"HUGE", "LOST", "NONE", "", "../x", "a b"} {
		_, err := w.open().OpenMedia(t.Context(), id)
		if e := fails(t, err, provider.MediaRejected); strings.Contains(e.Text, "20 MB") != (id == "HUGE") {
			t.Errorf("%s: %q", id, e.Text)
		}
	}
}
