package messenger_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// contract is Meta's side as its documents describe it: it answers with their
// shapes and refuses what they say is refused. testdata/rules.md has its rules;
// each is exercised by name.
type contract struct {
	network provider.Network
	http    *httptest.Server

	mu     sync.Mutex
	now    time.Time
	token  string
	people map[string]*person
	// templates are the Page's, by name and language, with their status.
	templates []map[string]any
	files     map[string]string // attachment ids, with the kind
	limited   bool
	taken     []outbound
	posts     []map[string]any // webhook elements not fetched yet
	requests  []string
	seq       int
}

type person struct {
	wrote   time.Time // the last message or postback
	blocked bool
}

// outbound is what the contract took.
type outbound struct {
	mid  string
	at   time.Time
	body request
}

// request is a body of the messages edge, field by field.
type request struct {
	Recipient struct {
		ID string `json:"id"`
	} `json:"recipient"`
	MessagingType string `json:"messaging_type"`
	Tag           string `json:"tag"`
	ReplyTo       *struct {
		Mid string `json:"mid"`
	} `json:"reply_to"`
	SenderAction string `json:"sender_action"`
	Payload      *struct {
		MessageID string `json:"message_id"`
		Reaction  string `json:"reaction"`
	} `json:"payload"`
	Message *struct {
		Text         string `json:"text"`
		Metadata     string `json:"metadata"`
		QuickReplies []struct {
			ContentType string `json:"content_type"`
			Title       string `json:"title"`
			Payload     string `json:"payload"`
		} `json:"quick_replies"`
		Attachment *struct {
			Type    string         `json:"type"`
			Payload map[string]any `json:"payload"`
		} `json:"attachment"`
		Template *struct {
			Name     string `json:"name"`
			Language struct {
				Code string `json:"code"`
			} `json:"language"`
			Components []struct {
				Type       string           `json:"type"`
				Parameters []map[string]any `json:"parameters"`
			} `json:"components"`
		} `json:"template"`
	} `json:"message"`
}

// refusal is an error of Meta's.
type refusal struct{ code, sub int }

func newContract(t testing.TB, network provider.Network) *contract {
	t.Helper()
	c := &contract{
		network: network, token: providertest.Token, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
		people: map[string]*person{}, files: map[string]string{},
		templates: []map[string]any{
			{"id": "104", "name": "order_shipped", "language": "es", "category": "UTILITY", "status": "APPROVED", "components": []any{
				map[string]any{"type": "BODY", "text": "Su pedido {{1}} va en camino.", "example": map[string]any{"body_text": []any{[]any{"A-1"}}}},
			}},
			{"id": "105", "name": "order_lost", "language": "en", "category": "UTILITY", "status": "REJECTED", "rejected_reason": "INVALID_FORMAT", "components": []any{
				map[string]any{"type": "BODY", "text": "Lost."},
			}},
		},
	}
	c.http = httptest.NewServer(c)
	t.Cleanup(c.http.Close)
	return c
}

func (c *contract) node() string { return pageID }

func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	raw, _ := io.ReadAll(r.Body)
	c.requests = append(c.requests, r.Method+" "+r.URL.Path)
	if strings.HasPrefix(r.URL.Path, "/cdn/") {
		c.serveFile(w, r)
		return
	}
	answer, no := c.call(r, raw)
	if no != nil {
		if no.code == 613 {
			w.Header().Set("X-Business-Use-Case-Usage", `{"9001":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":2}]}`)
		}
		w.WriteHeader(http.StatusBadRequest)
		answer = map[string]any{"error": map[string]any{
			"message": "refused", "type": "OAuthException", "code": no.code, "error_subcode": no.sub, "fbtrace_id": "AbC/1",
		}}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (c *contract) call(r *http.Request, raw []byte) (map[string]any, *refusal) {
	edge, ours := strings.CutPrefix(r.URL.Path, "/v26.0/"+c.node()+"/")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+c.token:
		return nil, &refusal{190, 463}
	case !ours:
		return nil, &refusal{100, 33}
	case c.limited:
		return nil, &refusal{613, 0}
	}
	switch r.Method + " " + edge {
	case "POST messages":
		return c.messages(raw)
	case "POST message_attachments":
		return c.attach(r, raw)
	case "GET message_templates":
		return c.list(r)
	}
	return nil, &refusal{100, 33}
}

func (c *contract) messages(raw []byte) (map[string]any, *refusal) {
	var q request
	d := json.NewDecoder(strings.NewReader(string(raw)))
	if d.Decode(&q) != nil {
		return nil, &refusal{100, 0}
	}
	who := c.people[q.Recipient.ID]
	switch {
	case who == nil:
		return nil, &refusal{100, 2018001}
	case who.blocked:
		return nil, &refusal{551, 1545041}
	case q.SenderAction != "":
		return c.action(q)
	}
	if no := c.refuses(q, who); no != nil {
		return nil, no
	}
	c.seq++
	sent := outbound{mid: fmt.Sprintf("m_out%d", c.seq), at: c.now, body: q}
	c.taken = append(c.taken, sent)
	c.echo(sent)
	return map[string]any{"recipient_id": q.Recipient.ID, "message_id": sent.mid}, nil
}

// action is a sender_action, which goes alone and is answered with the recipient.
func (c *contract) action(q request) (map[string]any, *refusal) {
	react := q.SenderAction == "react"
	switch {
	case q.Message != nil:
		return nil, &refusal{100, 0}
	case react || q.SenderAction == "unreact":
		if q.Payload == nil || q.Payload.MessageID == "" || react != (q.Payload.Reaction != "") {
			return nil, &refusal{100, 0}
		}
		if react && c.network == provider.Instagram && q.Payload.Reaction != "love" {
			return nil, &refusal{100, 0}
		}
	case q.SenderAction != "mark_seen" && q.SenderAction != "typing_on" && q.SenderAction != "typing_off":
		return nil, &refusal{100, 0}
	}
	c.taken = append(c.taken, outbound{at: c.now, body: q})
	return map[string]any{"recipient_id": q.Recipient.ID}, nil
}

func (c *contract) echo(sent outbound) {
	m := map[string]any{"mid": sent.mid, "is_echo": true, "app_id": 4711, "metadata": sent.body.Message.Metadata}
	if sent.body.Message.Text != "" {
		m["text"] = sent.body.Message.Text
	}
	c.post(c.account(), sent.body.Recipient.ID, "message", m)
}

func (c *contract) account() string {
	if c.network == provider.Instagram {
		return instagramID
	}
	return pageID
}

// post queues a webhook's element.
func (c *contract) post(from, to, kind string, body map[string]any) {
	c.posts = append(c.posts, map[string]any{
		"sender": map[string]any{"id": from}, "recipient": map[string]any{"id": to},
		"timestamp": c.now.UnixMilli(), kind: body,
	})
}
