// Package provider is the vocabulary of messaging networks: ids, contents,
// events, statuses, capabilities, templates and errors, and the small
// interfaces a driver implements. It knows no wire format, opens no
// connection, imports the standard library only, and owns the JSON form of
// everything that travels between terminal and relay.
package provider

import (
	"context"
	"net/http"
	"time"
)

// Account is one number, page or bot on a network, reached through a driver.
// Agents see it as an inbox.
type Account struct {
	ID      AccountID `json:"id"`
	Network Network   `json:"network"`
	Driver  string    `json:"driver"`
	// Name is what the team calls the inbox.
	Name string `json:"name,omitempty"`
	// Address is the number or handle customers see, for display only.
	Address string `json:"address,omitempty"`
}

// Provider sends through one account. One attempt per call: retry, pacing
// and queueing belong to the caller.
type Provider interface {
	// Account returns the account this provider sends for.
	Account() Account
	// Capabilities returns what this chat may be sent. The table is shared and
	// immutable; it is never nil.
	Capabilities(ChatKey) *Capabilities
	// Send makes one attempt. The error is always an *Error; when its
	// Uncertain is set the message may have been accepted.
	Send(context.Context, Outgoing) (MessageID, error)
}

// Webhook verifies and decodes what a network posts to one hook. It holds the
// hook's secret and no API token.
type Webhook interface {
	// Verify judges the raw body bytes exactly as received. ErrSignature means
	// the caller must answer 401 and keep nothing.
	Verify(r *http.Request, body []byte) error
	// Decode turns a verified body into events. An unknown kind becomes
	// Unknown, never an error. An event without a Body is an element that must
	// not be believed (a key twice): it is quarantined, and the others stand. An
	// error means the body as a whole could not be read and must be
	// quarantined, not dropped.
	Decode(body []byte) ([]Event, error)
}

// Handshaker answers a network's GET on the hook (Meta's hub.challenge).
type Handshaker interface {
	// Handshake returns the body to answer with 200, or ErrSignature.
	Handshake(r *http.Request) ([]byte, error)
}

// TemplateLister lists all templates of the account, following every page.
type TemplateLister interface {
	Templates(context.Context) ([]Template, error)
}

// ReadMarker shows the customer the blue ticks up to and including a message.
type ReadMarker interface {
	MarkRead(ctx context.Context, chat ChatKey, message MessageID) error
}

// Typer shows the customer that somebody is writing. On WhatsApp it needs the
// customer's last message and marks it read.
type Typer interface {
	Typing(ctx context.Context, chat ChatKey, message MessageID) error
}

// RateLimit is how fast an account may send. Zero values mean no known limit.
type RateLimit struct {
	// PerSecond is the account's throughput, messages in a second.
	PerSecond float64 `json:"per_second,omitempty"`
	// PairEvery is the sustained interval between messages to one customer.
	PairEvery time.Duration `json:"pair_every,omitempty"`
	// PairBurst is how many may go to one customer at once.
	PairBurst int `json:"pair_burst,omitempty"`
}
