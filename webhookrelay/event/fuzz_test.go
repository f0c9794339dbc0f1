package event

import (
	"encoding/json"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

// An event that was read is written the same every time, whatever its kind: a
// newer relay's event survives an older terminal.
func FuzzEvent(f *testing.F) {
	for _, s := range []string{
		`{"seq":1,"id":"m:1","at":"2026-01-02T03:04:05Z","kind":"message.received","v":1,"body":{"message":"1","content":{"kind":"text","text":"x"}}}`,
		`{"seq":2,"id":"x","at":"2026-01-02T03:04:05Z","kind":"conversation.teleported","v":9,"body":{"to":["moon"]}}`,
		`{"seq":3,"id":"x","kind":"conversation.resolved","v":1,"body":null}`,
		`{"seq":4,"kind":"","body":[]}`,
	} {
		f.Add([]byte(s))
	}
	for _, s := range hostile.Seeds(f, 16<<10, "webhook_body", "ws_frame") {
		f.Add([]byte(s))
		f.Add([]byte(`{"seq":5,"id":"x","kind":"message.received","v":1,"body":` + s + `}`))
	}
	for _, s := range hostile.Seeds(f, 1000, "message_text", "timestamp", "display_name") {
		text, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		for _, kind := range []string{"message.received", "message.noted", "conversation.assigned", "contact.described"} {
			f.Add([]byte(`{"seq":6,"id":` + string(text) + `,"at":` + string(text) + `,"kind":"` + kind + `","v":1,"body":{"text":` + string(text) + `,"content":{"kind":"text","text":` + string(text) + `},"name":` + string(text) + `}}`))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var e, again Event
		if json.Unmarshal(raw, &e) != nil {
			return
		}
		if e.Body == nil {
			t.Fatalf("%s has no body", raw)
		}
		if o, ok := e.Body.(Opaque); ok && len(o.Raw) == 0 {
			return // nothing came, and nothing can be written
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("%s is read and cannot be written: %v", raw, err)
		}
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%s is written as %s, which cannot be read: %v", raw, text, err)
		}
		if second, err := json.Marshal(again); err != nil || string(second) != string(text) {
			t.Fatalf("%s changes on its second way (%v):\n%s\n%s", raw, err, text, second)
		}
	})
}
