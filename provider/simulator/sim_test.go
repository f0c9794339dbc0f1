package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
)

const (
	testNumber = "900800700"
	testWABA   = "1020304050"
	testToken  = "token-of-the-test"
	testSecret = "secret-of-the-app"
	maria      = "GT.55120090001"
	tom        = "441632960011"
)

// bench is a simulator, a hand-set clock and a webhook that records.
type bench struct {
	t       *testing.T
	sim     *Sim
	api     *httptest.Server
	hook    *httptest.Server
	journal string

	mu     sync.Mutex
	now    time.Time
	posts  []hookBody
	bodies [][]byte
	status int // what the webhook answers
}

type hookBody struct {
	Entry []struct {
		ID      string `json:"id"`
		Time    int64  `json:"time"`
		Changes []struct {
			Field string `json:"field"`
			Value struct {
				Contacts []map[string]any `json:"contacts"`
				Messages []map[string]any `json:"messages"`
				Statuses []map[string]any `json:"statuses"`
				Event    string           `json:"event"`
				Name     string           `json:"message_template_name"`
			} `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newBench(t *testing.T, change ...func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, now: start, status: http.StatusOK}
	b.hook = httptest.NewServer(http.HandlerFunc(b.receive))
	t.Cleanup(b.hook.Close)
	b.open(change...)
	return b
}

// open makes a simulator; called again, it is the process started anew.
func (b *bench) open(change ...func(*Options)) {
	b.t.Helper()
	opt := Options{
		Seed: 7, Now: b.clock, WebhookURL: b.hook.URL, AppSecret: provider.Hide(testSecret), VerifyToken: provider.Hide("verify"), Token: provider.Hide(testToken),
		Accounts: []Number{{PhoneNumberID: testNumber, WABA: testWABA, Display: "+502 2222 3333"}}, Orderly: true, Journal: b.journal,
	}
	for _, f := range change {
		f(&opt)
	}
	sim, err := New(opt)
	if err != nil {
		b.t.Fatal(err)
	}
	b.sim = sim
	b.api = httptest.NewServer(sim.Handler())
	b.t.Cleanup(func() { b.api.Close(); _ = sim.Close() })
	sim.Add(
		Customer{Phone: "50255550001", User: maria, Name: "María Solís", Language: "es", Temper: Calm},
		Customer{Phone: tom, Name: "Tom Becker", Language: "en", Temper: Calm},
		Customer{User: "US.99000011", Username: "mariela.g", Name: "Mariela", Language: "es", Temper: Chatty},
		Customer{Phone: "50255550009", Name: "No WhatsApp", Language: "es", Temper: Calm, Unreachable: true},
		Customer{Phone: "50255550010", Name: "Hidden", Language: "es", Temper: Calm, Hides: true},
	)
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// pass lets time pass, stopping at each thing that is due on the way.
func (b *bench) pass(d time.Duration) {
	b.t.Helper()
	end := b.clock().Add(d)
	for {
		next, ok := b.sim.NextDue()
		if !ok || next.After(end) {
			break
		}
		b.set(next)
		b.advance()
	}
	b.set(end)
	b.advance()
}

func (b *bench) set(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.After(b.now) {
		b.now = t
	}
}

func (b *bench) advance() {
	b.t.Helper()
	if err := b.sim.Advance(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) answer(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

func (b *bench) receive(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") == "verify" {
			_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		} else {
			w.WriteHeader(http.StatusForbidden)
		}
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	if got := r.Header.Get("X-Hub-Signature-256"); got != signature(testSecret, body) {
		b.t.Errorf("signature %q does not fit the body", got)
	}
	var decoded hookBody
	if err := json.Unmarshal(body, &decoded); err != nil {
		b.t.Errorf("webhook is not JSON: %v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bodies = append(b.bodies, body)
	if b.status == http.StatusOK {
		b.posts = append(b.posts, decoded)
	}
	w.WriteHeader(b.status)
}

// statuses returns "wamid status" of every receipt that was taken, in order.
func (b *bench) statuses(id provider.MessageID) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, p := range b.posts {
		for _, e := range p.Entry {
			for _, c := range e.Changes {
				for _, s := range c.Value.Statuses {
					if s["id"] == string(id) {
						all = append(all, s["status"].(string))
					}
				}
			}
		}
	}
	return all
}

// messages returns every customer's message that was taken, in order.
func (b *bench) messages() []map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []map[string]any
	for _, p := range b.posts {
		for _, e := range p.Entry {
			for _, c := range e.Changes {
				all = append(all, c.Value.Messages...)
			}
		}
	}
	return all
}

func (b *bench) failure(id provider.MessageID) (int, map[string]any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.posts {
		for _, e := range p.Entry {
			for _, c := range e.Changes {
				for _, s := range c.Value.Statuses {
					if s["id"] == string(id) && s["status"] == "failed" {
						first := s["errors"].([]any)[0].(map[string]any)
						return int(first["code"].(float64)), s
					}
				}
			}
		}
	}
	return 0, nil
}

// call posts JSON as the driver would and returns status and answer.
func (b *bench) call(path, body string) (int, map[string]any) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.api.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, answer
}

const sendPath = "/v26.0/" + testNumber + "/messages"

// send sends what must be accepted.
func (b *bench) send(body string) provider.MessageID {
	b.t.Helper()
	status, answer := b.call(sendPath, body)
	if status != http.StatusOK {
		b.t.Fatalf("send: %d %v", status, answer)
	}
	return provider.MessageID(answer["messages"].([]any)[0].(map[string]any)["id"].(string))
}

// refused sends what must be refused and returns status and code.
func (b *bench) refused(body string) (int, int) {
	b.t.Helper()
	status, answer := b.call(sendPath, body)
	e, ok := answer["error"].(map[string]any)
	if !ok {
		b.t.Fatalf("not refused: %d %v", status, answer)
	}
	return status, int(e["code"].(float64))
}

func text(to, body string) string {
	field := "to"
	if userIDPath.MatchString(to) {
		field = "recipient"
	}
	b, _ := json.Marshal(map[string]any{
		"messaging_product": "whatsapp", field: to, "type": "text",
		"text": map[string]any{"body": body}, "biz_opaque_callback_data": "op-" + body,
	})
	return string(b)
}

func TestReplyTravelsToRead(t *testing.T) {
	b := newBench(t)
	if _, err := b.sim.Say(maria, provider.TextContent("Hola, tengo una fuga 💧 a/b")); err != nil {
		t.Fatal(err)
	}
	b.advance()
	got := b.messages()
	if len(got) != 1 || got[0]["from_user_id"] != maria || got[0]["from"] != "50255550001" {
		t.Fatalf("webhook of the message: %v", got)
	}
	if raw := b.bodies[0]; !bytes.Contains(raw, []byte(`\ud83d\udca7 a\/b`)) {
		t.Errorf("emoji and slash are not escaped as Meta does: %s", raw)
	}
	id := b.send(text(maria, "Claro"))
	b.pass(time.Minute)
	if got := strings.Join(b.statuses(id), " "); got != "sent delivered read" {
		t.Errorf("receipts: %q", got)
	}
	all := b.sim.Accepted()
	if len(all) != 1 || all[0].Op != "op-Claro" || all[0].To != maria || all[0].Content.Text != "Claro" {
		t.Errorf("accepted: %+v", all)
	}
	if n := len(b.messages()); n != 1 {
		t.Errorf("a customer spoke unasked: %d messages", n)
	}
}

func TestHandshake(t *testing.T) {
	b := newBench(t)
	if err := b.sim.Subscribe(context.Background()); err != nil {
		t.Error(err)
	}
	b.open(func(o *Options) { o.VerifyToken = provider.Hide("wrong") })
	if err := b.sim.Subscribe(context.Background()); err == nil {
		t.Error("a refused handshake is no error")
	}
}

func TestWindow(t *testing.T) {
	b := newBench(t)
	never := b.send(text(tom, "first"))
	if _, err := b.sim.Say(tom, provider.TextContent("hi")); err != nil {
		t.Fatal(err)
	}
	b.set(start.Add(24*time.Hour - time.Second))
	b.advance()
	open := b.send(text(tom, "in time"))
	b.set(start.Add(24 * time.Hour))
	shut := b.send(text(tom, "late"))
	b.pass(time.Minute)
	for _, want := range []struct {
		id   provider.MessageID
		code int
	}{{never, 131047}, {open, 0}, {shut, 131047}} {
		if code, _ := b.failure(want.id); code != want.code {
			t.Errorf("%s failed with %d, want %d", want.id, code, want.code)
		}
	}
	if got := strings.Join(b.statuses(shut), " "); got != "failed" {
		t.Errorf("receipts outside the window: %q", got)
	}
}

func TestUnreachable(t *testing.T) {
	b := newBench(t)
	for _, to := range []string{"+502 5555-0009", "+1 555 010 9999"} {
		id := b.send(text(to, "hello"))
		b.pass(time.Minute)
		code, status := b.failure(id)
		if code != 131026 || status["recipient_id"] == nil || status["recipient_user_id"] != nil {
			t.Errorf("to %s: code %d in %v", to, code, status)
		}
	}
}

func TestReadReceiptsOff(t *testing.T) {
	b := newBench(t)
	_, _ = b.sim.Say("50255550010", provider.TextContent("hola"))
	id := b.send(text("50255550010", "buenas"))
	b.pass(time.Hour)
	if got := strings.Join(b.statuses(id), " "); got != "sent delivered" {
		t.Errorf("receipts: %q", got)
	}
}

func TestHiddenPhone(t *testing.T) {
	b := newBench(t)
	_, _ = b.sim.Say("US.99000011", provider.TextContent("hola"))
	b.send(text("US.99000011", "buenas"))
	b.pass(time.Minute)
	for _, body := range b.bodies {
		if bytes.Contains(body, []byte(`"from"`)) || bytes.Contains(body, []byte(`recipient_id"`)) || bytes.Contains(body, []byte(`wa_id`)) {
			t.Errorf("a hidden number is named: %s", body)
		}
	}
}

func TestJournalIsTheSameTwice(t *testing.T) {
	run := func() []byte {
		b := &bench{t: t, now: start, status: http.StatusOK, journal: t.TempDir() + "/meta.jsonl"}
		b.hook = httptest.NewServer(http.HandlerFunc(b.receive))
		defer b.hook.Close()
		b.open(func(o *Options) { o.Orderly = false })
		b.sim.SetLive(true)
		_, _ = b.sim.Say(maria, provider.TextContent("hola"))
		for i := range 6 {
			b.send(text(maria, strings.Repeat("¿A qué hora? ", i+1)))
			b.pass(40 * time.Second)
		}
		data, err := os.ReadFile(b.journal)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	one, two := run(), run()
	if !bytes.Equal(one, two) {
		t.Errorf("journals differ:\n%s\n---\n%s", one, two)
	}
	if bytes.Count(one, []byte("\n")) < 20 {
		t.Errorf("little happened:\n%s", one)
	}
}
