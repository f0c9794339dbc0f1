package hotel

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/sign"
)

// Webhook verifies and decodes what the API posts for one hotel. It holds the
// token of its address and no API token, and may be used by many goroutines.
type Webhook struct {
	config HookConfig
}

var _ provider.Webhook = (*Webhook)(nil)

// NewWebhook returns the hotel's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if config.VerifyToken.Empty() {
		return nil, fmt.Errorf("%q is empty: set it, or anybody could post", tokenKey)
	}
	return &Webhook{config: config}, nil
}

// tokenKey is the one parameter of the address that SetHook registers.
const tokenKey = "verify_token"

// Verify implements provider.Webhook. The document names no signature, and does
// not say how its verify_token comes back: what it promises is to post to the
// address it was given, so the token is in that address. It proves who posts and
// not what; two tokens are none.
func (w *Webhook) Verify(r *http.Request, _ []byte) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(query[tokenKey]) != 1 {
		return provider.ErrSignature
	}
	current := sign.SameWord(query.Get(tokenKey), w.config.VerifyToken.Reveal())
	previous := !w.config.PreviousToken.Empty() && sign.SameWord(query.Get(tokenKey), w.config.PreviousToken.Reveal())
	if !current && !previous {
		return provider.ErrSignature
	}
	return nil
}

// The five events that can be asked for.
const (
	eventInbound   = "inbound_message"
	eventMedia     = "media_received"
	eventDelivered = "message_delivered"
	eventRead      = "message_read"
	eventFailed    = "message_failed"
)

// Decode implements provider.Webhook. A body is one event; one of another name,
// or without what it needs, is Unknown, and one that two readers could read
// differently has no body.
//
// Ids: a message "m:"+message_id, one with a file "f:"+message_id; a receipt
// "s:"+message_id+":"+status, and what it says of the guest "c:"+message_id;
// everything else "h:" and a hash of the event's name
// and data.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) {
	hook, err := exact.Parse(body, exact.Snake)
	switch {
	case err != nil:
		return nil, fmt.Errorf("decode webhook: %w", err)
	case !hook.Object():
		return nil, errors.New("decode webhook: not an object, or a key stands there twice")
	case hook.Member("event").Text() == "":
		return nil, errors.New("decode webhook: it names no event")
	}
	return event(hook.Member("event").Text(), hook.Member("data")), nil
}

func event(name string, data exact.Value) []provider.Event {
	phone, message := data.Member("guest_phone").Word(), data.Member("message_id").Word()
	if data.Ambiguous() || data.Spoilt() || broken(phone) || broken(message) {
		return []provider.Event{{Route: theRoute, ID: hash(name, data)}}
	}
	_, chat := guest(phone)
	id := provider.MessageID(message)
	switch {
	case phone != "" && (name == eventInbound || name == eventMedia):
		return []provider.Event{received(phone, data)}
	case message != "" && name == eventDelivered:
		return []provider.Event{receipt(chat, id, provider.Delivered, stamp(data.Member("delivered_at")), nil)}
	case message != "" && name == eventRead:
		return []provider.Event{receipt(chat, id, provider.Read, stamp(data.Member("read_at")), nil)}
	case message != "" && name == eventFailed:
		return failed(chat, id, failure(data.Member("failure_reason").Text()))
	}
	return []provider.Event{strange(name, chat, data)}
}

// strange keeps what is not understood.
func strange(name string, chat provider.ChatID, v exact.Value) provider.Event {
	raw := compact(v.Raw())
	if len(raw) == 0 {
		raw = []byte("null")
	}
	return provider.Event{Route: theRoute, ID: hash(name, v), Chat: chat, Body: provider.Unknown{Field: name, Raw: raw}}
}
