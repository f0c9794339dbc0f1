package provider

import (
	"encoding/json"
	"errors"
	"time"
)

// ErrSignature is answered by Webhook.Verify and Handshaker.Handshake for what
// was not signed with our secret. Nothing of such a request may be kept.
var ErrSignature = errors.New("signature does not match")

// ErrUnwritten is in the chain of an Unreachable Error whose connection was
// there and took no byte of the request: it may be tried again at once, once.
var ErrUnwritten = errors.New("nothing of the request was written")

// Reason is why a network or driver refused. Decisions are derived from it.
type Reason string

// The reasons. The comment says what the caller does.
const (
	Unreachable     Reason = "unreachable"      // never connected: retry with back-off
	Unavailable     Reason = "unavailable"      // the network's own fault; Uncertain says whether it may have been accepted
	NoAnswer        Reason = "no_answer"        // bytes left, no usable answer: unsure
	RateLimited     Reason = "rate_limited"     // the account is too fast: wait, then retry
	PairLimited     Reason = "pair_limited"     // too many to this customer: wait, then retry
	WindowClosed    Reason = "window_closed"    // only a template may go
	Undeliverable   Reason = "undeliverable"    // this customer cannot be reached on the network
	OptedOut        Reason = "opted_out"        // the customer asked not to get this
	Blocked         Reason = "blocked"          // we blocked the customer
	TemplateMissing Reason = "template_missing" // no such template in that language, or not approved
	TemplatePaused  Reason = "template_paused"
	TemplateParams  Reason = "template_params" // values do not fit the template
	Invalid         Reason = "invalid"         // the request is wrong; editing may help
	TooLong         Reason = "too_long"
	MediaRejected   Reason = "media_rejected"
	Token           Reason = "token"      // the token is dead: pause the account
	Permission      Reason = "permission" // the token may not do this: pause the account
	Restricted      Reason = "restricted" // the account is locked, unpaid or limited: pause the account
	NotSupported    Reason = "not_supported"
	Withheld        Reason = "withheld" // the network chose not to deliver (marketing limits, experiments)
	Duplicate       Reason = "duplicate"
	Overtaken       Reason = "overtaken" // a colleague answered before it left
	Other           Reason = "other"
)

// Error is the one error of the boundary to a network.
type Error struct {
	// Op is what was attempted: "send", "templates", "mark read".
	Op     string `json:"op,omitempty"`
	Reason Reason `json:"reason"`
	// Code is the network's own code, kept as it came.
	Code string `json:"code,omitempty"`
	// Text is plain words for a person: what happened, then what to do. It
	// never holds a token, an URL or a message body.
	Text string `json:"text,omitempty"`
	// After is how long the network asked us to wait; 0 where it did not say.
	After time.Duration `json:"after,omitempty"`
	// Uncertain means that the message may have been accepted: it must never be
	// sent again without a person's word or a proof.
	Uncertain bool `json:"uncertain,omitempty"`
	// Suggested are the names of templates that the network says may go instead.
	Suggested []string `json:"suggested,omitempty"`
	// Err is the cause, for logs; it does not travel.
	Err error `json:"-"`
}

// Error implements error.
func (e *Error) Error() string {
	s := e.Op + ": " + string(e.Reason)
	if e.Code != "" {
		s += " (code " + e.Code + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Retryable reports whether the same message may be tried again later without
// a person: only where the network certainly did not accept it.
func (e *Error) Retryable() bool {
	if e.Uncertain {
		return false
	}
	switch e.Reason {
	case Unreachable, Unavailable, RateLimited, PairLimited:
		return true
	}
	return false
}

// PausesAccount reports whether nothing of this account can succeed until an
// administrator acts, so that its queue is kept and not burnt.
func (e *Error) PausesAccount() bool {
	switch e.Reason {
	case Token, Permission, Restricted:
		return true
	}
	return false
}

// AsError returns the *Error in err's chain; any other error becomes one that
// is uncertain, because what we do not understand we may not repeat.
func AsError(op string, err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{
		Op: op, Reason: NoAnswer, Uncertain: true, Err: err,
		Text: "No clear answer came back. It may have been sent.",
	}
}

type wireError Error

// MarshalJSON writes what may travel; the cause stays here.
func (e *Error) MarshalJSON() ([]byte, error) { return json.Marshal((*wireError)(e)) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Error) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, (*wireError)(e)) }
