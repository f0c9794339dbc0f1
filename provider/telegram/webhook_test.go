package telegram_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
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

// show writes decoded events as the golden files have them.
func show(t *testing.T, events []provider.Event) []byte {
	t.Helper()
	type shown struct {
		provider.Event
		Kind string        `json:"kind"`
		Body provider.Body `json:"body"`
	}
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

func decode(t *testing.T, body []byte) []provider.Event {
	t.Helper()
	events, err := hook(t).Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestDecodeRecorded(t *testing.T) {
	for name, body := range recorded(t) {
		t.Run(name, func(t *testing.T) { golden(t, "testdata/webhook/"+name+".golden", show(t, decode(t, body))) })
	}
}

// No two recorded facts share an id, the two halves of one migration excepted.
func TestIDsOfFacts(t *testing.T) {
	of := map[string]string{}
	for name, body := range recorded(t) {
		for _, e := range decode(t, body) {
			if other, taken := of[e.ID]; taken && !strings.HasPrefix(e.ID, "i:") {
				t.Errorf("%s and %s are both %s", name, other, e.ID)
			}
			of[e.ID] = name
		}
	}
	to, from := decode(t, recorded(t)["migrate-to"]), decode(t, recorded(t)["migrate-from"])
	if to[0].ID != from[0].ID || to[0].Chat != from[0].Chat {
		t.Errorf("one migration is two facts: %s of %s, %s of %s", to[0].ID, to[0].Chat, from[0].ID, from[0].Chat)
	}
}

// The secret is the only proof of where a body comes from.
func TestVerify(t *testing.T) {
	body := recorded(t)["text"]
	cases := map[string]struct {
		headers []string
		good    bool
	}{
		"the secret":             {[]string{word}, true},
		"the one before":         {[]string{"the-old-one"}, true},
		"none":                   {nil, false},
		"an empty one":           {[]string{""}, false},
		"another":                {[]string{"hook-secret_2"}, false},
		"a part":                 {[]string{word[:5]}, false},
		"more than it":           {[]string{word + "x"}, false},
		"another case":           {[]string{strings.ToUpper(word)}, false},
		"twice":                  {[]string{word, word}, false},
		"the secret and another": {[]string{word, "x"}, false},
		"both in one":            {[]string{word + ",the-old-one"}, false},
	}
	for name, c := range cases {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", bytes.NewReader(body))
		for _, h := range c.headers {
			r.Header.Add("X-Telegram-Bot-Api-Secret-Token", h)
		}
		if err := hook(t).Verify(r, body); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two readers of one body must see one sender: keys count as they are spelt, and
// what is there twice is believed in nothing.
func TestKeysAreExactAndSingle(t *testing.T) {
	const good = `"message_id":5,"date":1795168800,"chat":{"id":5550001,"type":"private"},"from":{"id":5550001,"first_name":"Ana"},"text":"hi"`
	cases := map[string]struct {
		message string
		taken   bool
	}{
		"plain":          {good, true},
		"other case":     {good + `,"FROM":{"id":1},"Text":"other","Chat":{"id":2}`, true},
		"other letter":   {good + `,"te\u212at":"other"`, true},
		"twice":          {good + `,"text":"other"`, false},
		"twice, escaped": {good + `,"\u0074ext":"other"`, false},
		"twice inside":   {strings.Replace(good, `"id":5550001,"type"`, `"id":5550001,"id":7,"type"`, 1), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			events := decode(t, []byte(`{"update_id":9,"Update_id":8,"message":{`+c.message+`}}`))
			var taken bool
			for _, e := range events {
				if m, ok := e.Body.(provider.MessageReceived); ok {
					taken = true
					if m.From.User != "5550001" || e.Chat != "5550001" || m.Content.Text != "hi" || e.ID != "m:5550001/5" {
						t.Errorf("decoded %+v", e)
					}
				}
			}
			if taken != c.taken {
				t.Errorf("%+v", events)
			}
		})
	}
}

// What has another form than Telegram's is empty, and never another one's.
func TestFormsOfNumbers(t *testing.T) {
	for name, body := range map[string]string{
		"chat as words":     `{"update_id":1,"message":{"message_id":5,"chat":{"id":"5550001"},"text":"x"}}`,
		"chat as a float":   `{"update_id":1,"message":{"message_id":5,"chat":{"id":5550001.5},"text":"x"}}`,
		"chat too large":    `{"update_id":1,"message":{"message_id":5,"chat":{"id":9223372036854775808},"text":"x"}}`,
		"message as words":  `{"update_id":1,"message":{"message_id":"5","chat":{"id":5550001},"text":"x"}}`,
		"message negative":  `{"update_id":1,"message":{"message_id":-5,"chat":{"id":5550001},"text":"x"}}`,
		"message no object": `{"update_id":1,"message":"x"}`,
		"message null":      `{"update_id":1,"message":null}`,
	} {
		events := decode(t, []byte(body))
		if len(events) != 1 || reflect.TypeOf(events[0].Body) != reflect.TypeFor[provider.Unknown]() || !strings.HasPrefix(events[0].ID, "u:1:") {
			t.Errorf("%s: %+v", name, events)
		}
	}
	for name, body := range map[string]string{
		"a message of a channel": `{"update_id":1,"message":{"message_id":5,"chat":{"id":-1009,"type":"channel"},"text":"x"}}`,
		"an edit of a channel":   `{"update_id":1,"edited_message":{"message_id":5,"chat":{"id":-1009,"type":"channel"},"text":"x"}}`,
	} {
		e := decode(t, []byte(body))[0]
		if _, unknown := e.Body.(provider.Unknown); !unknown || e.Chat != "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for _, body := range []string{
		`{"update_id":1,"message":{"message_id":5,"chat":{"id":1},"document":{"file_id":"A\ud800"}}}`, `{"update_id":1,"edited_message":{"message_id":5,"chat":{"id":1},"photo":[{"file_id":"\ud801"}]}}`,
		`{"update_id":1,"callback_query":{"id":"\ud800","data":"x","message":{"message_id":5,"chat":{"id":1}}}}`,
	} {
		if e := decode(t, []byte(body))[0]; e.Body != nil || !strings.HasPrefix(e.ID, "xu:1:") {
			t.Errorf("an id that is no text: %+v", e)
		}
	}
	far := decode(t, []byte(`{"update_id":1,"message":{"message_id":5,"date":99999999999999,"chat":{"id":5550001},"text":"x"}}`))
	if m := far[0].Body.(provider.MessageReceived); !m.SentAt.IsZero() {
		t.Errorf("a time out of the log's reach is %v", m.SentAt)
	}
}
