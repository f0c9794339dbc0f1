// Package providertest is the one suite every driver passes: what its table
// says it does, each answer of its network has the meaning the policy gives it,
// nothing is sent twice, and no error tells a secret. Only tests import it.
package providertest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"testing"

	"frontdesk/provider"
)

// Token is the token a Harness is asked to use. It must show up in no error.
const Token = "EAAtoken-that-must-never-be-shown"

// secretText is the body of the suite's messages; no error may hold it.
const secretText = "the customer's secret order 4711"

// Reply is one scripted answer of a network.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Want is the class an outcome must have.
type Want struct {
	Reason    provider.Reason
	Uncertain bool
}

// Refusal is a documented refusal and what it means, whatever the HTTP status
// it comes with.
type Refusal struct {
	Name  string
	Reply Reply
	Want  Want
}

// Harness is what the suite needs to know of a driver.
type Harness struct {
	// New returns a provider that calls the API at base with Token.
	New func(t *testing.T, base string) provider.Provider
	// To is a chat of the account.
	To provider.ChatKey
	// Message makes a message of a text, in the driver's plainest form; nil makes a
	// text of it. The suite's errors must not hold it.
	Message func(text string) provider.Content
	// Contents are what is sent of a kind, where the suite's own do not fit.
	Contents map[provider.ContentKind]provider.Content
	// Link ties every message to something, for APIs that want it.
	Link *provider.Link
	// Authorized reports that a request has Token where this API wants it; nil is
	// a bearer token.
	Authorized func(Request) bool
	// NoOp says why a request cannot carry the operation's id; empty where it
	// does.
	NoOp string
	// NoOpKinds says so of single kinds, where other kinds carry it.
	NoOpKinds map[provider.ContentKind]string
	// Accepted answers a message that was taken under the id.
	Accepted func(id string) Reply
	// ID is what Send answers for a message of a kind that Accepted took under id,
	// where the network's ids have a form of their own; nil is the id itself.
	ID func(kind provider.ContentKind, id string) provider.MessageID
	// Refusals are the documented ones; each is tried with several HTTP
	// statuses.
	Refusals []Refusal
	// Status is the meaning of an HTTP status without a documented code; nil is
	// Policy.
	Status func(status int) Want
	// Live returns a provider at a server that behaves as the network does, and
	// a chat that may be written to; nil where there is none.
	Live func(t *testing.T) (provider.Provider, provider.ChatKey)
	// Webhook is nil for a driver without one.
	Webhook *WebhookHarness
}

// Policy is the meaning of an HTTP status where no code is documented: a
// refusal is certain, a server's own fault is not.
func Policy(status int) Want {
	switch {
	case status == http.StatusUnauthorized:
		return Want{Reason: provider.Token}
	case status == http.StatusForbidden:
		return Want{Reason: provider.Permission}
	case status == http.StatusTooManyRequests:
		return Want{Reason: provider.RateLimited}
	case status == http.StatusRequestEntityTooLarge:
		return Want{Reason: provider.TooLong}
	case status == http.StatusRequestTimeout, status >= 500:
		return Want{Reason: provider.Unavailable, Uncertain: true}
	case status >= 400:
		return Want{Reason: provider.Invalid}
	}
	return Want{Reason: provider.Other}
}

// Run holds a driver to everything.
func Run(t *testing.T, h Harness) {
	if h.Status == nil {
		h.Status = Policy
	}
	t.Run("table", h.table)
	t.Run("kinds", h.kinds)
	t.Run("files", h.files)
	t.Run("statuses", h.statuses)
	t.Run("refusals", h.refusals)
	t.Run("faults", h.faults)
	t.Run("waits", h.waits)
	if h.Live != nil {
		t.Run("live", h.live)
	}
	if h.Webhook != nil {
		t.Run("webhook", h.Webhook.run)
	}
}

// plain is a message of the text.
func (h Harness) plain(op, text string) provider.Outgoing {
	if h.Message == nil {
		return h.message(op, provider.TextContent(text))
	}
	return h.message(op, h.Message(text))
}

func (h Harness) message(op string, c provider.Content) provider.Outgoing {
	return provider.Outgoing{Op: provider.OpID(op), To: h.To, Content: c, Link: h.Link}
}

// table: never nil, the same for every chat of a kind, never changed, and of
// one mind with the interfaces the driver implements.
func (h Harness) table(t *testing.T) {
	s := newServer(t, h.Accepted("id-1"))
	p := h.New(t, s.URL())
	table := p.Capabilities(h.To)
	if table == nil || p.Capabilities(provider.ChatKey{}) == nil {
		t.Fatal("the table is nil")
	}
	before := frozen(t, table)
	if _, err := p.Send(t.Context(), h.plain("op-1", "hello")); err != nil {
		t.Fatal(err)
	}
	if after := p.Capabilities(h.To); after != table || frozen(t, after) != before {
		t.Error("the table changed")
	}
	if table.Network != p.Account().Network {
		t.Errorf("the table is of %q, the account of %q", table.Network, p.Account().Network)
	}
	able(t, p, table)
}

func frozen(t *testing.T, c *provider.Capabilities) string {
	t.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// kinds: what the table says can be sent is sent, in one request that carries
// the token in its header, the operation's id in its body, and no
// Idempotency-Key, which would make Go's client repeat it by itself.
func (h Harness) kinds(t *testing.T) {
	all := contents()
	maps.Copy(all, h.Contents)
	for kind, content := range all {
		t.Run(string(kind), func(t *testing.T) {
			s := newServer(t, h.Accepted("wire-id"))
			p := h.New(t, s.URL())
			if p.Capabilities(h.To).Send[kind] <= provider.Absent {
				t.Skipf("%s: this network has none", kind)
			}
			want := provider.MessageID("wire-id")
			if h.ID != nil {
				want = h.ID(kind, "wire-id")
			}
			id, err := p.Send(t.Context(), h.message("op-of-"+string(kind), content))
			if err != nil || (id != want && !p.Capabilities(h.To).NoID) {
				t.Fatalf("id %q, want %q, %v", id, want, err)
			}
			requests := s.Requests()
			if len(requests) != 1 {
				t.Fatalf("%d requests for one send", len(requests))
			}
			h.judge(t, requests[0], kind)
		})
	}
}

// contents has one message of every kind that can be written.
func contents() map[provider.ContentKind]provider.Content {
	file := &provider.Media{Link: "https://files.example/a", Name: "a"}
	all := map[provider.ContentKind]provider.Content{}
	for _, c := range []provider.Content{
		provider.TextContent("hello"),
		{Kind: provider.Image, Media: file, Text: "caption"},
		{Kind: provider.Video, Media: file},
		{Kind: provider.Audio, Media: file},
		{Kind: provider.Document, Media: file},
		{Kind: provider.Sticker, Media: file},
		{Kind: provider.Location, Place: &provider.Place{Latitude: 1, Longitude: 2}},
		{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Noor", Phones: []string{"+49151222"}}}},
		{Kind: provider.Interactive, Text: "which?", Menu: &provider.Menu{Form: "button", Options: []provider.MenuOption{{ID: "y", Title: "Yes"}}}},
		{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "id-0", Emoji: "👍"}},
		{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "hello", Language: "en"}},
	} {
		all[c.Kind] = c
	}
	return all
}

// live: against a server that behaves as the network does.
func (h Harness) live(t *testing.T) {
	p, chat := h.Live(t)
	ctx := t.Context()
	m := h.plain("live-op-1", "hello")
	m.To = chat
	id, err := p.Send(ctx, m)
	if err != nil || (id == "" && !p.Capabilities(chat).NoID) {
		t.Fatalf("send: id %q, %v", id, err)
	}
	if lister, ok := p.(provider.TemplateLister); ok {
		liveTemplates(ctx, t, lister)
	}
}

func liveTemplates(ctx context.Context, t *testing.T, lister provider.TemplateLister) {
	first, err := lister.Templates(ctx)
	if err != nil || len(first) == 0 {
		t.Fatalf("templates: %d, %v", len(first), err)
	}
	second, err := lister.Templates(ctx)
	if err != nil || !reflect.DeepEqual(first, second) {
		t.Errorf("the same list read twice differs: %v", err)
	}
	seen := map[provider.TemplateID]bool{}
	for _, one := range first {
		if one.ID == "" || one.Name == "" || one.Language == "" || one.Status == "" || seen[one.ID] {
			t.Errorf("template %q of %q: empty or twice", one.ID, one.Name)
		}
		seen[one.ID] = true
	}
}
