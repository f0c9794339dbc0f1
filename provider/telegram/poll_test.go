package telegram_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

func TestPollRequests(t *testing.T) {
	for name, cursor := range map[string]string{"poll-first": "", "poll": "700000002"} {
		p, got := scripted(t, 200, `{"ok":true,"result":[]}`)
		if events, next, err := p.Poll(t.Context(), cursor); err != nil || len(events) > 0 || next != cursor || p.PollEvery() != 0 {
			t.Errorf("%+v, %s, %v", events, next, err)
		}
		compare(t, name, *got)
	}
}

// What cannot be read of one update costs no other, and the cursor passes it: a
// poll that stood still there would never get past it.
func TestPollPassesWhatItCannotRead(t *testing.T) {
	const good = `{"update_id":7,"message":{"message_id":5,"chat":{"id":5550001},"text":"x"}}`
	p, _ := scripted(t, 200, `{"ok":true,"result":[`+good+`,
		{"update_id":8,"message":{"message_id":6,"message_id":7,"chat":{"id":5550001},"text":"x"}}, "x", {"message":{}}, {"update_id":9,"new_kind":{}}]}`)
	events, next, err := p.Poll(t.Context(), "7")
	if err != nil || next != "10" || len(events) != 5 {
		t.Fatalf("%+v, %s, %v", events, next, err)
	}
	for i, want := range []bool{true, false, false, false, true} {
		if e := events[i]; (e.Body != nil) != want || e.ID == "" || e.Route != "bot:"+bot {
			t.Errorf("%d is %+v", i, e)
		}
	}
}

// The cursor follows the last update, and not the greatest number: after a week
// of silence Telegram goes on at a random one.
func TestPollFollowsTheLastUpdate(t *testing.T) {
	p, _ := scripted(t, 200, `{"ok":true,"result":[{"update_id":900,"poll":{}},{"update_id":30,"poll":{}}]}`)
	if events, next, err := p.Poll(t.Context(), "900"); err != nil || len(events) != 2 || next != "31" {
		t.Errorf("%+v, %s, %v", events, next, err)
	}
}

// An answer that is none leaves the cursor where it was.
func TestPollsThatFail(t *testing.T) {
	for body, want := range map[string]provider.Reason{
		`{"ok":true,"result":{}}`: provider.Unavailable, `{"ok":true,"result":[1,2]}`: provider.Unavailable, `{"ok":true,"result":true}`: provider.Unavailable,
		`<html>`: provider.Unavailable, `{"ok":false,"error_code":401,"description":"Unauthorized"}`: provider.Token,
		`{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}`: provider.Unavailable,
	} {
		p, _ := scripted(t, 200, body)
		events, next, err := p.Poll(t.Context(), "7")
		var e *provider.Error
		if !errors.As(err, &e) || e.Reason != want || e.Uncertain || next != "7" || len(events) > 0 {
			t.Errorf("%s: %+v, %s, %v", body, events, next, err)
		}
	}
	p, got := scripted(t, 200, `{"ok":true,"result":[]}`)
	for _, cursor := range []string{"x", "-1", "0", "7 "} {
		if _, next, err := p.Poll(t.Context(), cursor); err == nil || next != cursor || len(*got) > 0 {
			t.Errorf("%q: %s, %v", cursor, next, err)
		}
	}
}

// A poll waits as long as Telegram does, and ends with its context.
func TestPollEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is the end of the request noticed
		cancel()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	_, next, err := opened(t, s.URL).Poll(ctx, "7")
	var e *provider.Error
	if !errors.As(err, &e) || !e.Retryable() || !errors.Is(err, context.Canceled) || next != "7" {
		t.Errorf("%s, %v", next, err)
	}
}

// A tap that cannot be answered takes nothing from what was polled.
func TestTapThatCannotBeAnswered(t *testing.T) {
	w := newWorld(t)
	w.happen("callback_query", tapped("unknown", map[string]any{"chat": about(anaID), "message_id": int64(3), "date": 0}))
	w.writes(anaID, map[string]any{"text": "one"})
	if events, next := poll(t, w, ""); len(events) != 2 || next != "700000003" {
		t.Errorf("%+v, %s", events, next)
	}
}

func TestReadHealth(t *testing.T) {
	w := newWorld(t)
	h, err := w.open().ReadHealth(t.Context())
	if err != nil || h.Access != "ok" || h.Text != "" || !h.At.Equal(w.now) {
		t.Errorf("%+v, %v", h, err)
	}
	failing := `{"ok":true,"result":{"url":"https://relay.example/SECRET","pending_update_count":12,"last_error_date":1795168800,"last_error_message":"Wrong response from the webhook: 502 SECRET"}}`
	p, _ := scripted(t, 200, failing)
	h, err = p.ReadHealth(t.Context())
	if err != nil || !strings.Contains(h.Text, "12 messages wait") || !strings.Contains(h.Text, "2026-11-20 10:00 UTC") || strings.Contains(h.Text, "SECRET") {
		t.Errorf("%+v, %v", h, err)
	}
	p, _ = scripted(t, 200, strings.Replace(failing, `"last_error_date":1795168800,`, "", 1))
	if h, err = p.ReadHealth(t.Context()); err != nil || !strings.Contains(h.Text, "12 messages wait") || strings.Contains(h.Text, "could not") {
		t.Errorf("%+v, %v", h, err)
	}
	p, _ = scripted(t, 200, `{"ok":true,"result":[]}`)
	if _, err = p.ReadHealth(t.Context()); err == nil {
		t.Error("a list is a state")
	}
	w.token = bot + ":ANOTHER"
	_, err = w.open().ReadHealth(t.Context())
	fails(t, err, provider.Token)
}

// A webhook that takes everything at once has nothing to say.
func TestHealthOfAnOldTrouble(t *testing.T) {
	p, _ := scripted(t, 200, `{"ok":true,"result":{"url":"https://relay.example/","pending_update_count":0,"last_error_date":1795168800,"allowed_updates":["message","edited_message","callback_query","message_reaction","my_chat_member",
		"business_connection","business_message","edited_business_message","deleted_business_messages"]}}`)
	if h, err := p.ReadHealth(t.Context()); err != nil || h.Text != "" || h.At.After(time.Now().Add(time.Minute)) {
		t.Errorf("%+v, %v", h, err)
	}
}
