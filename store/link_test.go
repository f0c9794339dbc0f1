package store_test

import (
	"encoding/json"
	"testing"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

func TestLinksOfTheTeam(t *testing.T) {
	w := newWorld(t)
	for name, value := range map[string]string{
		"Jobs": `{"pattern": "https://field.example/jobs/{ref}"}`, "Rooms": `{"pattern": "https://hotel.example/r?id={ref}&v=1"}`,
		"Bad": `{"pattern": "javascript:alert({ref})"}`, "None": `{"pattern": "https://x.example/"}`, "Odd": `[]`,
	} {
		if _, err := w.s.Set(w.ctx, event.Set{What: event.SettingLink, Name: name, Value: json.RawMessage(value)}); err != nil {
			t.Fatal(err)
		}
	}
	patterns, err := w.s.LinkPatterns(w.ctx)
	if err != nil || len(patterns) != 2 {
		t.Fatalf("patterns are %+v, %v", patterns, err)
	}
	for _, c := range []struct {
		system, text string
		want         event.Linked
		ok           bool
	}{
		{"", "https://field.example/jobs/SR-1", event.Linked{System: "Jobs", Ref: "SR-1", URL: "https://field.example/jobs/SR-1"}, true},
		{"x", " https://hotel.example/r?id=B%201&v=1 ", event.Linked{System: "Rooms", Ref: "B 1", URL: "https://hotel.example/r?id=B%201&v=1"}, true},
		{"jobs", "A/1", event.Linked{System: "Jobs", Ref: "A/1", URL: "https://field.example/jobs/A%2F1"}, true},
		{"booking", "77", event.Linked{System: "booking", Ref: "77"}, true},
		{"", "https://field.example/jobs/SR-1/edit", event.Linked{}, false},
		{"", "77", event.Linked{}, false},
		{"jobs", " ", event.Linked{}, false},
	} {
		got, ok := store.ReadLink(patterns, c.system, c.text)
		if ok != c.ok || ok && (got.System != c.want.System || got.Ref != c.want.Ref || got.URL != c.want.URL) {
			t.Errorf("%q %q is %+v, %v", c.system, c.text, got, ok)
		}
	}
}
