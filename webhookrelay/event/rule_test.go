package event_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

func TestHours(t *testing.T) {
	h, err := event.ReadHours(json.RawMessage(`{"zone":"Europe/Madrid","week":{"fri":["09:00-13:00","15:00-24:00"],"sat":["00:00-02:00"]},"holidays":["2026-12-25"]}`))
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for text, open := range map[string]bool{
		"2026-11-20T09:00:00+01:00": true, "2026-11-20T08:00:00Z": true, "2026-11-20T13:00:00+01:00": false,
		"2026-11-20T23:59:59+01:00": true, "2026-11-21T00:00:00+01:00": true, "2026-11-21T02:00:00+01:00": false,
		"2026-12-25T10:00:00+01:00": false,
	} {
		if h.Open(at(text)) != open {
			t.Errorf("%s: open is %v", text, !open)
		}
	}
	for from, want := range map[string]string{
		"2026-11-20T08:00:00+01:00": "2026-11-20T09:00:00+01:00",
		"2026-11-20T16:00:00+01:00": "2026-11-21T02:00:00+01:00", // midnight ends nothing
		"2026-12-24T12:00:00+01:00": "2026-12-26T00:00:00+01:00", // a holiday
		"2026-03-28T12:00:00+01:00": "2026-04-03T09:00:00+02:00", // the clocks were changed
	} {
		if got := h.Next(at(from)); !got.Equal(at(want)) {
			t.Errorf("after %s comes %s, want %s", from, got, want)
		}
	}
	always, err := event.ReadHours(json.RawMessage(`{"zone":"UTC","week":{"mon":["00:00-24:00"],"tue":["00:00-24:00"],"wed":["00:00-24:00"],"thu":["00:00-24:00"],"fri":["00:00-24:00"],"sat":["00:00-24:00"],"sun":["00:00-24:00"]}}`))
	if err != nil || !always.Next(at("2026-11-20T08:00:00Z")).IsZero() {
		t.Errorf("of hours without an end the next turn is %v, %v", always.Next(at("2026-11-20T08:00:00Z")), err)
	}
}

func TestHoursThatAreNone(t *testing.T) {
	for _, raw := range []string{
		``, `{}`, `[]`, `{"zone":"UTC"}`, `{"zone":"Mars/Base","week":{"mon":["09:00-10:00"]}}`, `{"zone":"Local","week":{"mon":["09:00-10:00"]}}`,
		`{"zone":"UTC","week":{"monday":["09:00-10:00"]}}`, `{"zone":"UTC","week":{"mon":["9-10"]}}`, `{"zone":"UTC","week":{"mon":["10:00-09:00"]}}`,
		`{"zone":"UTC","week":{"mon":["09:00-11:00","10:00-12:00"]}}`, `{"zone":"UTC","week":{"mon":["09:00-25:00"]}}`, `{"zone":"UTC","week":{"mon":["now"]}}`,
		`{"zone":"UTC","week":{"mon":[]},"holidays":["christmas"]}`, `{"zone":"UTC","week":{"mon":[]},"more":1}`, `{"zone":"UTC","week":{"mon":[]}} {}`,
	} {
		if h, err := event.ReadHours(json.RawMessage(raw)); err == nil {
			t.Errorf("%s is taken: %+v", raw, h)
		}
	}
}

func TestRules(t *testing.T) {
	for raw, wrong := range map[string]string{
		`{"do":"auto-resolve","after":"48h"}`:                                   "",
		`{"do":"auto-resolve"}`:                                                 "after",
		`{"do":"auto-resolve","after":"1m"}`:                                    "after",
		`{"do":"auto-resolve","after":"soon"}`:                                  "length of time",
		`{"do":"auto-resolve","after":"-5h"}`:                                   "length of time",
		`{"do":"auto-resolve","after":"48h","text":"x"}`:                        "alone",
		`{"do":"auto-reply","text":"x","hours":"office"}`:                       "",
		`{"do":"auto-reply","text":" ","hours":"office"}`:                       "text",
		`{"do":"auto-reply","text":"x"}`:                                        "hours",
		`{"do":"auto-reply","text":"x","hours":"o","after":"1h"}`:               "alone",
		`{"do":"csat","text":"how?"}`:                                           "",
		`{"do":"csat"}`:                                                         "text",
		`{"do":"csat","template":{"name":"how"}}`:                               "language",
		`{"do":"csat","template":{"name":"how","language":"es"},"after":"10m"}`: "",
		`{"do":"csat","text":"how?","hours":"office"}`:                          "hours",
		`{"do":"assign","by":"load","members":["ana"],"most":5}`:                "",
		`{"do":"assign","by":"round-robin"}`:                                    "",
		`{"do":"assign","by":"load","team":"support"}`:                          "",
		`{"do":"csat","text":"how?","team":"support"}`:                          "assign alone",
		`{"do":"assign"}`:                                                       "by",
		`{"do":"assign","by":"load","most":-1}`:                                 "most",
		`{"do":"assign","by":"load","text":"x"}`:                                "alone",
		`{"do":"csat","text":"how?","by":"load"}`:                               "assign alone",
		`{"do":"sing"}`: "no rule",
		`{"do":"csat","text":"how?","loud":true}`: "JSON",
		``: "JSON",
	} {
		r, err := event.ReadRule(json.RawMessage(raw))
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v", raw, err)
		}
		if err == nil && r.Do == event.RuleRating && r.After == 0 {
			t.Errorf("%s asks at once", raw)
		}
	}
	if text, err := event.Span(90 * time.Minute).MarshalText(); err != nil || string(text) != "1h30m0s" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestRatingPayload(t *testing.T) {
	choice := func(id string) *provider.Content {
		return &provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: id, Title: "★"}}
	}
	if stars, op, ok := event.RatingIn(choice(event.RatingPayload(4, "rule-1"))); stars != 4 || op != "rule-1" || !ok {
		t.Errorf("read back: %d, %s, %v", stars, op, ok)
	}
	for _, id := range []string{"", "csat:", "csat:4", "csat:0:x", "csat:6:x", "csat:x:y", "other:4:x"} {
		if _, _, ok := event.RatingIn(choice(id)); ok {
			t.Errorf("%q is a rating", id)
		}
	}
	if _, _, ok := event.RatingIn(&provider.Content{Kind: provider.Text, Text: "csat:4:x"}); ok {
		t.Error("a text is a rating")
	}
}
