// Package client is a terminal's side of the relay: it follows the log from a
// cursor and publishes team facts. It keeps nothing and decides nothing: what
// is applied, and up to where, is the caller's.
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Options says which relay, as whom.
type Options struct {
	// URL of the relay: https://…, or http:// to this machine only.
	URL string
	// Token travels in the Authorization header and nowhere else.
	Token provider.Secret
	// HTTP publishes, and lends its transport's TLS, proxy and dialling to the
	// stream; nil means a plain client with time limits.
	HTTP *http.Client
	// Now is the local clock, against which the relay's is compared; nil means
	// time.Now.
	Now func() time.Time
	// Rand returns numbers in [0,1) for the jitter; nil means math/rand.
	Rand func() float64
	// Logger gets what is worth a line; nil discards.
	Logger *slog.Logger
}

// Client talks to one relay with one token.
type Client struct {
	base   *url.URL
	token  provider.Secret
	http   *http.Client
	now    func() time.Time
	rand   func() float64
	logger *slog.Logger
	times  timing
	mine   mine
}

// Hello is the first thing the relay says on a stream.
type Hello struct {
	// Epoch names this log; another epoch is another log, whatever its
	// sequence says.
	Epoch string `json:"epoch"`
	// Key is the team's key, for Key.Conversation.
	Key    event.Key `json:"key"`
	Oldest event.Seq `json:"oldest"`
	Head   event.Seq `json:"head"`
	// Hash of the chain at Head, in hex.
	Hash string `json:"hash"`
	// Now is the relay's clock; zero when it tells no time that can be read.
	Now time.Time `json:"now"`
	// MinVersion is the lowest version of this protocol the relay speaks.
	MinVersion int `json:"min_version"`
	// Presence: the relay passes on what agents do at this moment.
	Presence bool `json:"presence"`
	// Looked is when the templates of accounts were last listed, by the relay's clock.
	Looked Looked `json:"looked"`
}

// UnmarshalJSON implements json.Unmarshaler. A clock that cannot be read is no
// reason not to follow.
func (h *Hello) UnmarshalJSON(b []byte) error {
	type plain Hello
	wire := struct {
		*plain
		Now json.RawMessage `json:"now"`
	}{plain: (*plain)(h)}
	if err := json.Unmarshal(b, &wire); err != nil {
		return err
	}
	if json.Unmarshal(wire.Now, &h.Now) != nil {
		h.Now = time.Time{}
	}
	return nil
}

// Handler is what Follow calls, always from one goroutine. Nil fields are
// skipped.
type Handler struct {
	// Hello comes before any event of a connection. offset is the relay's
	// clock minus ours. An error ends Follow.
	Hello func(ctx context.Context, h Hello, offset time.Duration) error
	// Apply gets a contiguous batch that begins right after the cursor. An
	// error ends the connection, which is dialled again from the cursor.
	Apply func(ctx context.Context, events []event.Event) error
	// Hash returns what Event.Hash was of the event at the cursor; empty where it
	// is not known. The relay refuses it (4002) where its log has another there.
	Hash func() string
	// Live is told true when the head was reached, and false, with the reason,
	// when the link was lost or could not be had.
	Live func(live bool, err error)
	// Head is told the newest sequence known to exist.
	Head func(event.Seq)
	// Present is told what colleagues do at this moment. Who is not told of again
	// within event.PresenceFor does nothing any more.
	Present func([]event.Presence)
	// Looked is told when the templates of accounts were last listed: at hello, and at
	// each look since.
	Looked func(ctx context.Context, at Looked)
}

// Entry is one team fact to publish.
type Entry struct {
	// ID makes publishing idempotent: the operation's id.
	ID           string
	Account      provider.AccountID
	Conversation event.ConversationID
	Kind         string
	Body         event.Body
	// Expect refuses the fact where somebody was first; nil for always.
	Expect *event.Expect
}

// What becomes of an Entry is said in the words of the log.
type (
	Result   = event.Result
	Conflict = event.Conflict
)

// Error is the one error of the boundary to the relay.
type Error struct {
	// Status is the HTTP status or the websocket close code; 0 when no answer
	// came.
	Status int
	// Code is the relay's word: "unauthorized", "conflict", "ahead" …
	Code string
	// Text is for a person: what happened, what to do.
	Text string
	// Unreachable means that the relay was not reached or was not able: the
	// same may be tried again.
	Unreachable bool
	// After is how long the relay asks to wait at least; 0 when it does not.
	After time.Duration
	// Err is the cause, for logs.
	Err error
}

// Error implements error.
func (e *Error) Error() string {
	s := "relay: " + e.Code
	if e.Status != 0 {
		s += fmt.Sprintf(" (%d)", e.Status)
	}
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New checks the address and the token; it opens no connection.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(o.URL, "/"))
	if err != nil || base.Host == "" {
		return nil, &Error{Code: "bad_url", Text: "The relay's address is no URL. Write it as https://relay.example.org."}
	}
	if base.Scheme != "https" && !(base.Scheme == "http" && loopback(base.Hostname())) {
		return nil, &Error{Code: "bad_url", Text: "Only https:// keeps the token secret. Use https://, or http:// to this machine."}
	}
	if base.User != nil || base.RawQuery != "" {
		return nil, &Error{Code: "bad_url", Text: "The relay's address may hold no password and no query. The token goes in its own setting."}
	}
	if o.Token.Empty() || strings.ContainsAny(o.Token.Reveal(), " \r\n\t") {
		return nil, &Error{Code: "unauthorized", Text: "The token is empty or broken. Ask for one: webhookrelay token add NAME."}
	}
	c := &Client{base: base, token: o.Token, http: o.HTTP, now: o.Now, rand: o.Rand, logger: o.Logger, times: defaultTiming(), mine: newMine()}
	if c.http == nil {
		c.http = &http.Client{Timeout: 30 * time.Second}
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.rand == nil {
		c.rand = rand.Float64
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func (c *Client) header() http.Header {
	return http.Header{"Authorization": {"Bearer " + c.token.Reveal()}}
}
