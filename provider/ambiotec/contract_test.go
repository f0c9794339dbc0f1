package ambiotec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
	"frontdesk/provider/providertest"
)

// contract is Ambiotec as its page has it: its answers in the page's shapes, and
// a refusal of whatever the page does not have. Statuses of errors are assumed.
type contract struct {
	t    *testing.T
	http *httptest.Server

	mu              sync.Mutex
	dead, forbidden bool
	// unsent are numbers without WhatsApp, gone are templates that were taken away.
	unsent, gone []string
	// bare has numbers come back without their plus everywhere.
	bare          bool
	messages      int
	conversations []conversation
	requests      []providertest.Request
}

// conversation is one as Ambiotec keeps it; its id is its place, from 123.
type conversation struct {
	phone   string
	request int64
}

const firstConversation = 123

func newContract(t *testing.T) *contract {
	t.Helper()
	c := &contract{t: t, messages: 455}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/whatsapp/send", c.within(c.sendText))
	mux.HandleFunc("POST /api/whatsapp/conversations/{id}/messages", c.within(c.reply))
	mux.HandleFunc("POST /api/whatsapp/send-template", c.within(c.sendTemplate))
	mux.HandleFunc("GET /api/whatsapp/templates", c.within(func(*http.Request, []byte) (int, any) {
		return http.StatusOK, json.RawMessage(answer(t, "templates"))
	}))
	c.http = httptest.NewServer(mux)
	t.Cleanup(c.http.Close)
	return c
}

// answer is one of the page's own, from testdata.
func answer(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/answers/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func (c *contract) within(serve func(*http.Request, []byte) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.requests = append(c.requests, providertest.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body)})
		var status int
		var said any
		switch {
		case c.dead || r.Header.Get("Authorization") != "Bearer "+providertest.Token:
			status, said = http.StatusUnauthorized, map[string]any{"success": false}
		case c.forbidden:
			status, said = http.StatusForbidden, map[string]any{"success": false}
		default:
			status, said = serve(r, body)
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(said)
	}
}

var international = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// read takes a body of the page's fields and no others.
func (c *contract) read(body []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		c.t.Errorf("the body is not the page's: %v", err)
		return false
	}
	return true
}

func (c *contract) sendText(_ *http.Request, body []byte) (int, any) {
	var b struct {
		PhoneNumber, Content string
		RequestID            int64 `json:"requestId"`
	}
	if !c.read(body, &b) || !international.MatchString(b.PhoneNumber) || b.Content == "" {
		return http.StatusBadRequest, map[string]any{"success": false}
	}
	if slices.Contains(c.unsent, b.PhoneNumber) {
		return http.StatusOK, map[string]any{"success": false}
	}
	id := c.begin(b.PhoneNumber, b.RequestID)
	c.messages++
	return http.StatusOK, map[string]any{"success": true, "data": map[string]any{
		"message": map[string]any{
			"message_id": c.messages, "conversation_id": id, "content": b.Content, "message_type": "text",
			"direction": "outbound", "status": "sent", "created_at": "2026-03-03T10:30:00Z",
		},
		"conversation": map[string]any{"conversation_id": id, "phone_number": strings.TrimPrefix(b.PhoneNumber, "+"), "request_id": b.RequestID},
	}}
}

// begin finds the number's conversation, or makes it.
func (c *contract) begin(phone string, request int64) int {
	at := slices.IndexFunc(c.conversations, func(one conversation) bool { return one.phone == phone })
	if at < 0 {
		at = len(c.conversations)
		c.conversations = append(c.conversations, conversation{phone: phone})
	}
	if request != 0 {
		c.conversations[at].request = request
	}
	return firstConversation + at
}

func (c *contract) reply(r *http.Request, body []byte) (int, any) {
	var b struct{ Content string }
	id, err := strconv.Atoi(r.PathValue("id"))
	if !c.read(body, &b) || b.Content == "" {
		return http.StatusBadRequest, map[string]any{"success": false}
	}
	if err != nil || id < firstConversation || id >= firstConversation+len(c.conversations) {
		return http.StatusNotFound, map[string]any{"success": false}
	}
	c.messages++
	return http.StatusOK, map[string]any{"success": true, "data": map[string]any{
		"message_id": c.messages, "conversation_id": id, "content": b.Content, "status": "sent",
	}}
}

func (c *contract) sendTemplate(_ *http.Request, body []byte) (int, any) {
	var b struct {
		TemplateName, LanguageCode string
		Components                 []struct {
			Type       string
			SubType    string `json:"sub_type"`
			Index      string
			Parameters []struct{ Type, Text string }
		}
		Recipients []struct {
			PhoneNumber string
			RequestID   int64 `json:"requestId"`
		}
	}
	if !c.read(body, &b) || b.TemplateName == "" || b.LanguageCode == "" || len(b.Recipients) == 0 {
		return http.StatusBadRequest, map[string]any{"success": false}
	}
	for _, part := range b.Components {
		button := part.Type == "button" && part.SubType == "url" && part.Index != ""
		if !button && part.Type != "header" && part.Type != "body" {
			c.t.Errorf("the page has no component %+v", part)
		}
	}
	var results []any
	sent := 0
	for i, one := range b.Recipients {
		shown := one.PhoneNumber
		if c.bare {
			shown = strings.TrimPrefix(shown, "+")
		}
		if slices.Contains(c.unsent, one.PhoneNumber) || slices.Contains(c.gone, b.TemplateName) {
			results = append(results, map[string]any{"phoneNumber": shown, "success": false})
			continue
		}
		sent++
		results = append(results, map[string]any{"phoneNumber": shown, "success": true, "data": map[string]any{
			"messages": []any{map[string]any{"id": fmt.Sprintf("wamid.%d", i+1)}},
		}})
	}
	summary := map[string]any{"total": len(b.Recipients), "sent": sent, "failed": len(b.Recipients) - sent}
	return http.StatusOK, map[string]any{"success": true, "summary": summary, "results": results}
}

func (c *contract) last() providertest.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.requests[len(c.requests)-1]
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), providertest.Token, "<token>", 1))
	return r
}

func (c *contract) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.requests)
}

func (c *contract) set(change func(*contract)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

var account = provider.Account{ID: "service", Network: provider.WhatsApp, Driver: ambiotec.Name}

func settings(base string) map[string]string {
	return map[string]string{"base_url": base, "access_token": providertest.Token}
}

func opened(t *testing.T, base string) *ambiotec.Provider {
	t.Helper()
	config, err := ambiotec.ReadConfig(settings(base))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ambiotec.New(account, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (c *contract) open() *ambiotec.Provider { return opened(c.t, c.http.URL) }

func to(chat provider.ChatID) provider.ChatKey {
	return provider.ChatKey{Account: "service", Chat: chat}
}

// received is the page's first example.
func received() provider.Outgoing {
	return provider.Outgoing{
		Op: "op-1", To: to("50212345678"), Link: request("123"),
		Content: provider.TextContent("Hello! Your service request has been received."),
	}
}

func request(id string) *provider.Link { return &provider.Link{System: "request", ID: id} }

// reminder is the page's template, with the page's values.
func reminder() *provider.TemplateMessage {
	return &provider.TemplateMessage{Name: "appointment_reminder", Language: "es", Values: []provider.Value{
		{Part: provider.PartBody, Name: "2", Text: "15 de marzo a las 10:00 AM"},
		{Part: provider.PartBody, Name: "1", Text: "Juan Pérez"},
	}}
}

func templated(m *provider.TemplateMessage) provider.Outgoing {
	return provider.Outgoing{Op: "op-2", To: to("50212345678"), Content: provider.Content{Kind: provider.Templated, Template: m}}
}
