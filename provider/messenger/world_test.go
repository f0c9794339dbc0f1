package messenger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
)

// world is a contract, the account that is open at it, and its webhook.
type world struct {
	t    testing.TB
	c    *contract
	send provider.Provider
	chat provider.ChatKey
	ops  int
	said int
}

func newWorld(t testing.TB, network provider.Network) *world {
	t.Helper()
	c := newContract(t, network)
	c.people[psid] = &person{}
	return &world{t: t, c: c, send: open(t, network, c.http.URL), chat: provider.ChatKey{Account: "shop", Chat: psid}}
}

// live is an account at a contract, and a customer who has written.
func live(t testing.TB, network provider.Network) (provider.Provider, provider.ChatKey) {
	t.Helper()
	w := newWorld(t, network)
	w.say(map[string]any{"text": "hello"})
	return w.send, w.chat
}

func (w *world) pass(d time.Duration) {
	w.c.mu.Lock()
	defer w.c.mu.Unlock()
	w.c.now = w.c.now.Add(d)
}

// say has the customer write; the message's id is returned.
func (w *world) say(message map[string]any) string {
	w.c.mu.Lock()
	defer w.c.mu.Unlock()
	w.said++
	mid := "m_in" + string(rune('0'+w.said))
	message["mid"] = mid
	w.c.people[psid].wrote = w.c.now
	w.c.post(psid, w.c.account(), "message", message)
	return mid
}

// tell has the customer's app tell something else.
func (w *world) tell(kind string, body map[string]any) {
	w.c.mu.Lock()
	defer w.c.mu.Unlock()
	if kind == "postback" {
		w.c.people[psid].wrote = w.c.now
	}
	w.c.post(psid, w.c.account(), kind, body)
}

// events are what was posted since, over the webhook, verified and decoded.
func (w *world) events() []provider.Event {
	w.t.Helper()
	return w.posted("messaging")
}

func (w *world) posted(channel string) []provider.Event {
	w.t.Helper()
	w.c.mu.Lock()
	elements := w.c.posts
	w.c.posts = nil
	object := map[provider.Network]string{provider.Messenger: "page", provider.Instagram: "instagram"}[w.c.network]
	body, err := json.Marshal(map[string]any{"object": object, "entry": []any{
		map[string]any{"id": w.c.account(), "time": w.c.now.UnixMilli(), channel: elements},
	}})
	w.c.mu.Unlock()
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/hooks/meta", bytes.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+sign.SHA256(secret, body))
	hook := newHook(w.t)
	if err := hook.Verify(r, body); err != nil {
		w.t.Fatal(err)
	}
	events, err := hook.Decode(body)
	if err != nil {
		w.t.Fatal(err)
	}
	return events
}

// message is one of content to the customer, with an operation of its own.
func (w *world) message(c provider.Content) provider.Outgoing {
	w.ops++
	return provider.Outgoing{Op: provider.OpID("op-" + string(rune('0'+w.ops))), To: w.chat, Content: c}
}

// sends sends and wants it taken.
func (w *world) sends(m provider.Outgoing) provider.MessageID {
	w.t.Helper()
	id, err := w.send.Send(w.t.Context(), m)
	if err != nil {
		w.t.Fatalf("%s: %v", m.Content.Kind, err)
	}
	return id
}

// refuses sends and wants the network's own refusal.
func (w *world) refuses(m provider.Outgoing, reason provider.Reason, code string) {
	w.t.Helper()
	_, err := w.send.Send(w.t.Context(), m)
	w.is(err, reason, code)
}

func (w *world) is(err error, reason provider.Reason, code string) {
	w.t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) || e.Reason != reason || e.Code != code || e.Text == "" {
		w.t.Errorf("%v; want %s with code %q", err, reason, code)
	}
}

// raw posts a body as it is and returns the code it is refused with, or 0.
func (w *world) raw(body string) (code int) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.c.http.URL+"/v26.0/"+w.c.node()+"/messages", bytes.NewReader([]byte(body)))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.c.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Error struct {
			Code int `json:"code"`
		} `json:"error"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		w.t.Fatal(err)
	}
	return answer.Error.Code
}

// bodies are the events' bodies of one kind.
func bodies[B provider.Body](events []provider.Event) []B {
	var out []B
	for _, e := range events {
		if b, ok := e.Body.(B); ok {
			out = append(out, b)
		}
	}
	return out
}

// one is the only body of a kind.
func one[B provider.Body](t testing.TB, events []provider.Event) B {
	t.Helper()
	all := bodies[B](events)
	if len(all) != 1 {
		t.Fatalf("%d bodies of %T in %+v", len(all), *new(B), events)
	}
	return all[0]
}

func text(s string) provider.Content { return provider.TextContent(s) }

func menu(form, question string, titles ...string) provider.Content {
	m := &provider.Menu{Form: form}
	for _, title := range titles {
		m.Options = append(m.Options, provider.MenuOption{ID: "id-" + title, Title: title})
	}
	return provider.Content{Kind: provider.Interactive, Text: question, Menu: m}
}

func shipped(values ...string) provider.Content {
	m := &provider.TemplateMessage{Name: "order_shipped", Language: "es"}
	for i, v := range values {
		m.Values = append(m.Values, provider.Value{Part: provider.PartBody, Name: string(rune('1' + i)), Text: v})
	}
	return provider.Content{Kind: provider.Templated, Template: m}
}
