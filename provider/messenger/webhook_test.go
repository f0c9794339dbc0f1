package messenger_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/messenger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file, or writes it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// shown is a decoded event as the golden files have it.
type shown struct {
	provider.Event
	Kind string        `json:"kind"`
	Body provider.Body `json:"body"`
}

func show(t *testing.T, events []provider.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	for _, ev := range events {
		kind := "none: it is quarantined"
		if ev.Body != nil {
			kind = ev.Body.Kind()
		}
		if err := e.Encode(shown{Event: ev, Kind: kind, Body: ev.Body}); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestDecodeRecorded(t *testing.T) {
	all := recorded(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			events, err := newHook(t).Decode(all[name])
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/webhook/"+name+".golden", show(t, events))
			ids := map[string]bool{}
			for _, e := range events {
				if ids[e.ID] {
					t.Errorf("two facts have the id %s", e.ID)
				}
				ids[e.ID] = true
			}
		})
	}
}

// The same fact has one id however it is posted again: in another entry, beside
// others, on standby.
func TestIdsDoNotDependOnTheBatch(t *testing.T) {
	element := `{"sender":{"id":"7001"},"recipient":{"id":"9001"},"timestamp":1795168800123,`
	for name, body := range map[string]string{
		"message": `"message":{"mid":"m_1","text":"x"}}`, "postback without id": `"postback":{"title":"Start"}}`,
		"reaction": `"reaction":{"mid":"m_1","action":"react","emoji":"👍"}}`, "unknown": `"novelty":{"a":1}}`,
		"deleted": `"message":{"mid":"m_1","is_deleted":true}}`, "handover": `"take_thread_control":{"a":1}}`,
		"policy": `"policy_enforcement":{"action":"block"}}`,
	} {
		found := map[string]bool{}
		for _, entry := range []string{
			`{"id":"9001","time":1,"messaging":[` + element + body + `]}`,
			`{"id":"9001","time":2,"messaging":[{"sender":{"id":"7002"},"recipient":{"id":"9001"},"timestamp":5,"message":{"mid":"m_9","text":"y"}},` + element + body + `]}`,
			`{"id":"9001","time":3,"standby":[` + element + body + `]}`,
		} {
			events, err := newHook(t).Decode([]byte(`{"object":"page","entry":[` + entry + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			found[events[len(events)-1].ID] = true
		}
		if len(found) != 1 {
			t.Errorf("%s has the ids %v", name, slices.Collect(maps.Keys(found)))
		}
	}
}

// Nothing but the customer's own message or tap is a message received, from which
// a window counts.
func TestOnlyTheCustomerOpensTheWindow(t *testing.T) {
	opens := map[string]int{
		"messenger-text": 1, "messenger-choice": 3, "messenger-echo": 0, "messenger-receipts": 0, "messenger-reaction": 0,
		"messenger-changed": 0, "messenger-policy": 0, "messenger-handover": 0, "messenger-odd": 0, "messenger-standby": 2,
		"messenger-aside": 2, "instagram-echo": 0, "instagram-seen": 0, "instagram-deleted": 0, "instagram-changes": 0,
	}
	all := recorded(t)
	for name, want := range opens {
		events, err := newHook(t).Decode(all[name])
		if err != nil {
			t.Fatal(err)
		}
		if got := bodies[provider.MessageReceived](events); len(got) != want {
			t.Errorf("%s: %d messages of the customer's, want %d: %+v", name, len(got), want, got)
		}
	}
}

func TestDecodeRefusesWhatIsNoWebhook(t *testing.T) {
	for name, body := range map[string]string{
		"array": "[]", "no object": "{}", "whatsapp": `{"object":"whatsapp_business_account","entry":[{"id":"1"}]}`,
		"says naught": `{"object":"page","entry":[]}`, "twice": `{"object":"page","entry":[{"id":"1"}],"entry":[]}`,
		"wrong case": `{"OBJECT":"page","entry":[{"id":"1"}]}`, "two values": `{"object":"page","entry":[{"id":"1"}]}{}`,
		"object is a list": `{"object":["page"],"entry":[{"id":"1"}]}`,
		"deep":             strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		"many":             `{"object":"page","entry":[{}` + strings.Repeat(",{}", 10_000) + `]}`,
	} {
		if events, err := newHook(t).Decode([]byte(body)); err == nil {
			t.Errorf("%s: decoded %d events, want an error", name, len(events))
		}
	}
}

// Each of the app's secrets signs, and no other; the vector was worked out apart
// from this program.
func TestVerify(t *testing.T) {
	body := []byte(`{"object":"page","entry":[]}`)
	for signature, want := range map[string]bool{
		"sha256=525647799b07d87469d0ffe368a0b5bcdba9bbee0a2d4611e98fcb1ec3db947c": true,
		"sha256=" + sign.SHA256("the old one", body):                              true,
		"sha256=" + sign.SHA256("ig secret", body):                                true,
		"sha256=" + sign.SHA256("another", body):                                  false,
		"sha256=" + sign.SHA256("", body):                                         false,
	} {
		r := httptest.NewRequest("POST", "/hooks/meta", bytes.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", signature)
		if err := newHook(t).Verify(r, body); (err == nil) != want {
			t.Errorf("%s: %v", signature, err)
		}
	}
	// An app without Instagram's own secret takes no empty one for it.
	w, err := messenger.NewWebhook(messenger.HookConfig{AppSecret: provider.Hide(secret)})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/hooks/meta", bytes.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+sign.SHA256("", body))
	if w.Verify(r, body) == nil {
		t.Error("an empty secret signs")
	}
	if _, err := messenger.NewWebhook(messenger.HookConfig{}); err == nil {
		t.Error("a webhook without a secret lets anybody in")
	}
	got, err := newHook(t).Handshake(httptest.NewRequest("GET", "/?hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=77", nil))
	if err != nil || string(got) != "77" {
		t.Errorf("handshake: %q, %v", got, err)
	}
}

// Decode reads nothing but the body: twice is the same.
func TestDecodeTwice(t *testing.T) {
	for name, body := range recorded(t) {
		a, errA := newHook(t).Decode(body)
		b, errB := newHook(t).Decode(bytes.Clone(body))
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: the same body decoded twice differs", name)
		}
	}
}
