package cloudapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/tui/tuitest/hostile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const secret = "the app's secret"

func testHook(t testing.TB) *Webhook {
	t.Helper()
	w, err := NewWebhook(HookConfig{AppSecret: provider.Hide(secret), PreviousSecret: provider.Hide("the old one"), VerifyToken: provider.Hide("let me in")})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

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
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("recorded webhooks: %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			events, err := testHook(t).Decode(body)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".json")+".golden", show(t, events))
			again, err := testHook(t).Decode(body)
			if err != nil || !reflect.DeepEqual(events, again) {
				t.Errorf("the same body decoded twice differs: %v", err)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoWebhook(t *testing.T) {
	bodies := map[string]string{
		"empty":       "",
		"open":        "{",
		"null":        "null",
		"array":       "[]",
		"string":      `"x"`,
		"no object":   "{}",
		"telegram":    `{"update_id":1,"message":{"message_id":1}}`,
		"two values":  `{"object":"whatsapp_business_account","entry":[{"id":"1"}]}{"x":1}`,
		"byte order":  "\ufeff" + `{"object":"whatsapp_business_account","entry":[{"id":"1"}]}`,
		"says naught": `{"object":"whatsapp_business_account","entry":[]}`,
		"twice":       `{"object":"whatsapp_business_account","entry":[{"id":"1"}],"entry":[]}`,
		"wrong case":  `{"OBJECT":"whatsapp_business_account","entry":[{"id":"1"}]}`,
		"deep":        strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"deeper":      strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		"deep inside": `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"x","value":` + strings.Repeat("[", 62) + strings.Repeat("]", 62) + `}]}]}`,
		"many":        `{"object":"whatsapp_business_account","entry":[{}` + strings.Repeat(",{}", 10_000) + `]}`,
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			if events, err := testHook(t).Decode([]byte(body)); err == nil {
				t.Errorf("decoded %d events, want an error", len(events))
			}
		})
	}
}

// Brackets inside of strings are text and no depth.
func TestDepthIgnoresText(t *testing.T) {
	body := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"x","value":{"s":"` +
		strings.Repeat(`[{\"\\`, 500) + `"}}]}]}`
	if _, err := testHook(t).Decode([]byte(body)); err != nil {
		t.Error(err)
	}
}

func TestVerify(t *testing.T) {
	body := []byte(`{"object":"whatsapp_business_account"}`)
	good := "sha256=" + sign.SHA256(secret, body)
	cases := map[string]struct {
		headers []string
		body    []byte
		ok      bool
	}{
		"signed":             {[]string{good}, body, true},
		"previous secret":    {[]string{"sha256=" + sign.SHA256("the old one", body)}, body, true},
		"missing":            {nil, body, false},
		"empty":              {[]string{""}, body, false},
		"no prefix":          {[]string{strings.TrimPrefix(good, "sha256=")}, body, false},
		"sha1":               {[]string{"sha1=" + sign.SHA256(secret, body)}, body, false},
		"other body":         {[]string{good}, append([]byte(" "), body...), false},
		"other secret":       {[]string{"sha256=" + sign.SHA256("wrong", body)}, body, false},
		"empty secret":       {[]string{"sha256=" + sign.SHA256("", body)}, body, false},
		"short":              {[]string{good[:len(good)-2]}, body, false},
		"two":                {[]string{good, good}, body, false},
		"two in one":         {[]string{good + "," + good}, body, false},
		"signature of empty": {[]string{"sha256=" + sign.SHA256(secret, nil)}, nil, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/hooks/meta", bytes.NewReader(c.body))
			for _, h := range c.headers {
				r.Header.Add("X-Hub-Signature-256", h)
			}
			if err := testHook(t).Verify(r, c.body); (err == nil) != c.ok {
				t.Errorf("Verify: %v, want ok %v", err, c.ok)
			}
		})
	}
}

func TestWebhookNeedsASecret(t *testing.T) {
	if _, err := NewWebhook(HookConfig{VerifyToken: provider.Hide("x")}); err == nil {
		t.Error("a webhook without a secret lets anybody in")
	}
}

func TestHandshake(t *testing.T) {
	cases := map[string]struct {
		query string
		want  string
	}{
		"ours":         {"hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=1158201444", "1158201444"},
		"other token":  {"hub.mode=subscribe&hub.verify_token=let+me+out&hub.challenge=1", ""},
		"no token":     {"hub.mode=subscribe&hub.challenge=1", ""},
		"other mode":   {"hub.mode=unsubscribe&hub.verify_token=let+me+in&hub.challenge=1", ""},
		"no challenge": {"hub.mode=subscribe&hub.verify_token=let+me+in", ""},
		"longest":      {"hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=" + strings.Repeat("1", 256), strings.Repeat("1", 256)},
		"too long":     {"hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=" + strings.Repeat("1", 257), ""},
		"long":         {"hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=" + strings.Repeat("1", 2000), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := testHook(t).Handshake(httptest.NewRequest("GET", "/hooks/meta?"+c.query, nil))
			if string(got) != c.want || (err == nil) != (c.want != "") {
				t.Errorf("answer %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range hostile.Seeds(f, 16<<10, "webhook_body") {
		f.Add([]byte(body))
	}
	for _, stamp := range hostile.Seeds(f, 100, "timestamp") {
		f.Add([]byte(`{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"m","from":"34","type":"text","text":{"body":"x"},"timestamp":` +
			strconv.Quote(stamp) + `}]}}]}]}`))
	}
	f.Add([]byte(`{"object":"whatsapp_business_account","entry":[[],{"changes":[null,{"field":1,"value":{"metadata":[]}}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := testHook(t)
		events, err := w.Decode(body)
		again, errAgain := w.Decode(body)
		if (err == nil) != (errAgain == nil) || !reflect.DeepEqual(events, again) {
			t.Fatal("the same body decoded twice differs")
		}
		for _, e := range events {
			if e.ID == "" || len(e.ID) < 3 {
				t.Fatalf("an event without an id: %#v", e)
			}
			if e.Body == nil {
				continue // for the quarantine
			}
			raw, err := json.Marshal(e.Body)
			if err != nil {
				t.Fatalf("%s does not fit the log: %v", e.Body.Kind(), err)
			}
			if !bytes.Equal(bytes.ToValidUTF8(raw, []byte("!")), raw) {
				t.Fatalf("%s is not UTF-8", e.Body.Kind())
			}
		}
	})
}
