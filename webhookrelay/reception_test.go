package webhookrelay

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const guest = provider.ChatID("34600111222")

// reception is a network with an inbox of its own, which keeps what was said.
type reception struct {
	mu      sync.Mutex
	told    []provider.Resolution
	signs   []provider.Call
	batches []provider.Batch
	pages   [][]provider.Event
	fails   error
	panics  bool
	block   chan struct{} // a resolution waits for it
	noID    bool
}

func (*reception) Account() provider.Account { return provider.Account{ID: "hotel"} }

func (n *reception) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp, Send: map[provider.ContentKind]provider.Level{provider.Text: provider.Full}, NoID: n.noID, Typing: provider.Full, ReadMark: provider.Full,
		Can: map[provider.Ability]provider.Level{
			provider.CanResolve: provider.Full, provider.CanReadHistory: provider.Full, provider.CanReadWindow: provider.Full, provider.CanReadFigures: provider.Full,
			provider.CanSendBatch: provider.Full,
		},
	}
}

func (n *reception) Send(_ context.Context, m provider.Outgoing) (provider.MessageID, error) {
	if n.noID {
		return "", nil
	}
	return provider.MessageID("ours." + m.Op), nil
}

func (n *reception) ResolveChat(ctx context.Context, chat provider.ChatKey, r provider.Resolution) error {
	n.mu.Lock()
	block := n.block
	n.told = append(n.told, r)
	err, panics := n.fails, n.panics
	n.mu.Unlock()
	if block != nil {
		<-block
	}
	if panics || chat.Chat != guest {
		panic("the customer's words")
	}
	return err
}

func (n *reception) Typing(_ context.Context, chat provider.ChatKey, m provider.MessageID) error {
	n.signs = append(n.signs, provider.Call{What: provider.CallTyping, Chat: chat, Message: m})
	return n.fails
}

func (n *reception) MarkRead(_ context.Context, chat provider.ChatKey, m provider.MessageID) error {
	n.signs = append(n.signs, provider.Call{What: provider.CallRead, Chat: chat, Message: m})
	return n.fails
}

func (n *reception) History(_ context.Context, _ provider.ChatKey, cursor string) ([]provider.Event, string, error) {
	page := len(cursor)
	if n.fails != nil || page >= len(n.pages) {
		return nil, "", n.fails
	}
	return n.pages[page], cursor + "+", nil
}

func (n *reception) ReadWindow(context.Context, provider.ChatKey) (provider.WindowWord, error) {
	return provider.WindowWord{Open: true}, n.fails
}

func (n *reception) ReadFigures(context.Context, provider.ChatKey) (provider.Figures, error) {
	return provider.Figures{List: []provider.Figure{{Name: "delivery_rates.read", Value: "0.9"}}}, n.fails
}

func (n *reception) SendBatch(_ context.Context, b provider.Batch) (provider.BatchTaken, error) {
	n.batches = append(n.batches, b)
	if errors.Is(n.fails, errPanic) {
		panic("a customer's words")
	}
	return provider.BatchTaken{ID: "batch_1", Completion: "soon"}, n.fails
}

func (n *reception) heard() []provider.Resolution {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]provider.Resolution(nil), n.told...)
}

// house is a relay that holds a reception's credential, in a time of its own.
type house struct {
	*Relay
	t      *testing.T
	net    *reception
	path   string
	late   atomic.Int64 // how far its clock is
	teller *resolutions
	serial int
}

func openHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, net: &reception{}, path: filepath.Join(t.TempDir(), "relay.db")}
	h.reopen()
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func (h *house) time() time.Time {
	return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).Add(time.Duration(h.late.Load()))
}

// reopen is what the next process finds.
func (h *house) reopen() {
	h.t.Helper()
	if h.Relay != nil {
		if err := h.Close(); err != nil {
			h.t.Fatal(err)
		}
	}
	var err error
	h.Relay, err = Open(h.t.Context(), Options{Path: h.path, Now: h.time, Accounts: []Account{
		{Account: provider.Account{ID: "hotel", Network: provider.WhatsApp, Driver: "reception"}, Provider: h.net},
		{Account: provider.Account{ID: "bare", Network: provider.SMS}},
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.teller = &resolutions{relay: h.Relay}
	if err := h.teller.recover(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	if err := h.teller.takeUp(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// pass lets time go by, and does what Run does then.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.late.Add(int64(d))
	if err := h.teller.round(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) conv() event.ConversationID {
	return h.log.key.Conversation(provider.ChatKey{Account: "hotel", Chat: guest})
}

// says appends a fact of the conversation.
func (h *house) says(body event.Body) {
	h.t.Helper()
	h.serial++
	made, err := fact("t"+string(rune('a'+h.serial)), "hotel", h.conv(), "ana", body)
	if err == nil {
		_, err = h.log.append(h.t.Context(), write{entries: []entry{made}})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// writes is a message of the guest's.
func (h *house) writes(text string) {
	h.serial++
	h.says(provider.MessageReceived{
		Message: provider.MessageID("in." + text), From: provider.Sender{User: provider.UserID(guest), Phone: string(guest)}, SentAt: h.time(), Content: provider.TextContent(text),
	})
}

func (h *house) log1() (all []event.Event) {
	return (&inquiry{Relay: h.Relay, t: h.t}).events()
}

// answers is what the team was told of resolutions.
func (h *house) answers() (told []event.ResolutionTold) {
	for _, e := range h.log1() {
		if b, ok := e.Body.(event.ResolutionTold); ok {
			told = append(told, b)
		}
	}
	return told
}

// call asks as a token of a role does.
func (h *house) call(role event.Role, c any) (status int, said struct {
	provider.Answer
	Error *provider.Error `json:"error"`
},
) {
	h.t.Helper()
	h.serial++
	token, err := h.tokens.Add(h.t.Context(), "t"+string(rune('a'+h.serial)), string(role))
	if err != nil {
		h.t.Fatal(err)
	}
	body, err := json.Marshal(c)
	if err != nil {
		h.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	req := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, "/v1/call", strings.NewReader(string(body)))
	req.Header.Set("Authorization", "Bearer "+token)
	h.Handler().ServeHTTP(w, req)
	_ = json.Unmarshal(w.Body.Bytes(), &said)
	return w.Code, said
}

var errDown = &provider.Error{Op: "x", Reason: provider.Unreachable, Text: "It cannot be reached. Wait."}

var errVague = errors.New("something broke")
