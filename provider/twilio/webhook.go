package twilio

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
)

// Webhook verifies and decodes what Twilio posts to one hook. It holds the auth
// token for the signature alone, and may be used by many goroutines.
type Webhook struct {
	config HookConfig
	at     address
}

var (
	_ provider.Webhook  = (*Webhook)(nil)
	_ provider.Keeper   = (*Webhook)(nil)
	_ provider.Answerer = (*Webhook)(nil)
)

// NewWebhook returns the hook's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if config.AuthToken.Empty() {
		return nil, fmt.Errorf("%q is empty: set it, or anybody could post", "auth_token")
	}
	at, err := readAddress(config.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "public_url", err)
	}
	return &Webhook{config: config, at: at}, nil
}

const (
	// signatureHeader carries the base64 HMAC-SHA1 of the address and the form under
	// the auth token (Twilio, "Webhooks security").
	signatureHeader = "X-Twilio-Signature"
	// digestKey is the part of the address that has the hex SHA-256 of a body that is
	// no form.
	digestKey = "bodySHA256"
)

// Verify implements provider.Webhook. The address is the public one with the
// request's own query; Twilio signs it with and without the port, whichever was
// written down. Two signatures are no signature.
func (w *Webhook) Verify(r *http.Request, body []byte) error {
	headers := r.Header.Values(signatureHeader)
	parameters, ok := signed(r.URL.RawQuery, body)
	if len(headers) != 1 || !ok {
		return provider.ErrSignature
	}
	var messages []string
	for _, at := range w.at.written(r.URL) {
		messages = append(messages, at+parameters)
	}
	if !sign.ValidSHA1(headers[0], messages, w.config.AuthToken.Reveal(), w.config.Previous.Reveal()) {
		return provider.ErrSignature
	}
	return nil
}

// signed is what of a body stands behind the address in what is signed: a form's
// keys and values by key, and nothing of a body whose digest is in the address. ok
// is false where the body is not what the digest says.
func signed(query string, body []byte) (parameters string, ok bool) {
	q, err := url.ParseQuery(query)
	if err != nil {
		q = nil // the address is compared as it is; it holds no digest we could read
	}
	switch digests := q[digestKey]; {
	case len(digests) > 1:
		return "", false
	case len(digests) == 1:
		sum := sha256.Sum256(body)
		return "", sign.SameWord(digests[0], hex.EncodeToString(sum[:]))
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return "", false
	}
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(values)) {
		slices.Sort(values[key])
		for _, value := range slices.Compact(values[key]) {
			b.WriteString(key + value)
		}
	}
	return b.String(), true
}

// written returns the ways Twilio may write the address of a request: with the port
// and without it. The query is the request's, letter by letter: encoding it anew
// would change it.
func (a address) written(u *url.URL) []string {
	tail := a.path
	if u.RawQuery != "" || u.ForceQuery {
		tail += "?" + u.RawQuery
	}
	port := a.port
	if port == "" {
		port = ":443"
		if a.head == "http://" {
			port = ":80"
		}
	}
	return []string{a.head + a.host + tail, a.head + a.host + port + tail}
}

// keptOp is the key under which a kept form holds the operation of its address. No
// key of Twilio's has a dot.
const keptOp = "frontdesk.op"

// maxOp bounds what of an address is kept.
const maxOp = 128

// Keep implements provider.Keeper: a status callback names our operation in its
// address alone.
func (w *Webhook) Keep(r *http.Request, body []byte) []byte {
	ops := r.URL.Query()[opKey]
	if len(ops) != 1 || ops[0] == "" || len(ops[0]) > maxOp || isJSON(body) {
		return body
	}
	return slices.Concat(body, []byte("&"+url.Values{keptOp: ops}.Encode()))
}

// Answer implements provider.Answerer: an empty reply in Twilio's own language. It
// takes an answer of another type for a fault (errors 11200, 12300).
func (w *Webhook) Answer() (contentType, body string) { return "text/xml", "<Response/>" }

// maxEvents bounds one body: a form is one, an event stream posts few at once.
const maxEvents = 10_000

func isJSON(body []byte) bool {
	start := bytes.TrimLeft(body, " \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[')
}

// Decode implements provider.Webhook: a form is one message or one receipt, JSON is
// a list of an event stream's. What is not known becomes Unknown, what two readers
// could read differently an event without a body.
//
// Ids: a message "m:"+SID, its further files "m:"+SID+":"+n; a receipt
// "s:"+SID+":"+status, then ":"+code when failed; a word on consent "c:"+SID; all
// else "h:" and a hash of it.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) {
	if isJSON(body) {
		return decodeStream(body)
	}
	f, err := readForm(body)
	switch {
	case errors.Is(err, errTwice):
		return []provider.Event{{ID: hash(body)}}, nil
	case err != nil:
		return nil, fmt.Errorf("decode webhook: %w", err)
	case f["AccountSid"] == "" && f["MessageSid"] == "":
		return nil, errors.New("decode webhook: nothing of it is Twilio's")
	}
	return f.events(body), nil
}

// events reads one form.
func (f form) events(body []byte) []provider.Event {
	sid, from, to := firstOf(f["MessageSid"], f["SmsSid"], f["SmsMessageSid"]), f["From"], f["To"]
	status := strings.ToLower(firstOf(f["MessageStatus"], f["SmsStatus"]))
	_, known := statusOf(status)
	switch {
	case broken(sid, from, to, f["ExternalUserId"], f[keptOp]):
		return []provider.Event{{ID: hash(body)}}
	case sid == "" || from == "" || to == "":
	case inbound(status):
		return f.received(sid)
	case known:
		return []provider.Event{f.receipt(sid, status)}
	}
	chat, _ := chatOf(from)
	route := provider.Route(firstOf(to, f["AccountSid"]))
	if !inbound(status) { // then we are the sender
		chat, _ = chatOf(to)
		route = provider.Route(firstOf(from, f["AccountSid"]))
	}
	return []provider.Event{{Route: route, ID: hash(body), Chat: chat, Body: provider.Unknown{Field: firstOf(f["MessageType"], status, "form"), Raw: f.raw()}}}
}

// inbound reports a status of what customers write; it is missing now and then.
func inbound(status string) bool {
	return status == "" || status == "received" || status == "receiving"
}
