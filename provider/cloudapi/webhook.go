package cloudapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/internal/whatsapp"
)

// Webhook verifies and decodes what Meta posts for one app. It holds the app's
// secret and no API token, and may be used by many goroutines.
type Webhook struct {
	config HookConfig
}

var (
	_ provider.Webhook    = (*Webhook)(nil)
	_ provider.Handshaker = (*Webhook)(nil)
)

// NewWebhook returns the app's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if config.AppSecret == "" {
		return nil, fmt.Errorf("%q is empty: set it, or anybody could post", "app_secret")
	}
	return &Webhook{config: config}, nil
}

// signatureHeader carries "sha256=" and the hex HMAC-SHA256 of the raw body
// under the app's secret (Meta, "Webhooks getting started").
const signatureHeader = "X-Hub-Signature-256"

// Verify implements provider.Webhook. Two signatures are no signature.
func (w *Webhook) Verify(r *http.Request, body []byte) error {
	headers := r.Header.Values(signatureHeader)
	if len(headers) != 1 {
		return provider.ErrSignature
	}
	signature, ok := strings.CutPrefix(headers[0], "sha256=")
	if !ok || !sign.ValidSHA256(signature, body, w.config.AppSecret, w.config.PreviousSecret) {
		return provider.ErrSignature
	}
	return nil
}

// maxChallenge bounds what a handshake echoes.
const maxChallenge = 1024

// Handshake implements provider.Handshaker: Meta's GET when the address is
// entered or changed.
func (w *Webhook) Handshake(r *http.Request) ([]byte, error) {
	q := r.URL.Query()
	challenge := q.Get("hub.challenge")
	if q.Get("hub.mode") != "subscribe" || challenge == "" || len(challenge) > maxChallenge ||
		!sign.SameWord(q.Get("hub.verify_token"), w.config.VerifyToken) {
		return nil, provider.ErrSignature
	}
	return []byte(challenge), nil
}

// maxEvents bounds one body. Meta sends at most a thousand updates in one.
const maxEvents = 10_000

// Decode implements provider.Webhook. An element that cannot be read becomes
// Unknown and costs no other element; only a body that is no webhook of Meta's
// at all is an error.
//
// Ids: a message or reaction "m:"+wamid; a receipt "s:"+wamid+":"+status, then
// ":"+recipient in groups, ":"+code when failed; everything else "h:" and a
// hash of field, entry id, entry time and value, since Meta gives those no id.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) {
	if !shallow(body) {
		return nil, fmt.Errorf("decode webhook: %w", errDepth)
	}
	if !json.Valid(body) {
		return nil, errors.New("decode webhook: not JSON")
	}
	hook, err := fields(body)
	if err != nil {
		return nil, fmt.Errorf("decode webhook: %w", err)
	}
	if word(hook["object"]) != whatsapp.WebhookObject {
		return nil, errors.New("decode webhook: not an object of WhatsApp's")
	}
	var d decoder
	for _, raw := range list(hook["entry"]) {
		d.entry(raw)
	}
	switch {
	case len(d.events) == 0:
		return nil, errors.New("decode webhook: it says nothing")
	case len(d.events) > maxEvents:
		return nil, fmt.Errorf("decode webhook: more than %d events", maxEvents)
	}
	return d.events, nil
}

// decoder walks one body. Its events are in the order of the body.
type decoder struct {
	events []provider.Event
}

// source is where in the body something stands.
type source struct {
	field string
	entry string
	time  string
	route provider.Route
}

func (d *decoder) add(route provider.Route, id string, chat provider.ChatID, body provider.Body) {
	d.events = append(d.events, provider.Event{Route: route, ID: id, Chat: chat, Body: body})
}

// unknown keeps what is not understood.
func (d *decoder) unknown(s source, id string, chat provider.ChatID, raw json.RawMessage) {
	d.add(s.route, id, chat, provider.Unknown{Field: s.field, Raw: compact(raw)})
}

// compact makes raw JSON fit for the log and for a text frame, which must be
// UTF-8. The bytes as they came stay with the relay.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))
}

// hash is the id of what Meta gives none.
func (s source) hash(value []byte) string {
	h := sha256.New()
	for _, part := range []string{s.field, s.entry, s.time} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(value)
	return "h:" + hex.EncodeToString(h.Sum(nil))[:32]
}

func (d *decoder) entry(raw json.RawMessage) {
	entry, err := fields(raw)
	if err != nil {
		s := source{field: "entry"}
		d.unknown(s, s.hash(raw), "", raw)
		return
	}
	s := source{field: "entry", entry: word(entry["id"]), time: word(entry["time"])}
	s.route = businessRoute(s.entry)
	changes := list(entry["changes"])
	if len(changes) == 0 {
		d.unknown(s, s.hash(raw), "", raw)
		return
	}
	for _, change := range changes {
		d.change(s, change)
	}
}

func (d *decoder) change(s source, raw json.RawMessage) {
	change, err := fields(raw)
	if err != nil {
		d.unknown(s, s.hash(raw), "", raw)
		return
	}
	s.field = word(change["field"])
	value, err := fields(change["value"])
	if err != nil {
		d.unknown(s, s.hash(raw), "", raw)
		return
	}
	s.route = numberRoute(value, s.route)
	switch s.field {
	case whatsapp.FieldMessages:
		d.messages(s, value, change["value"])
	case whatsapp.FieldTemplateStatus:
		d.templateStatus(s, change["value"])
	default:
		d.unknown(s, s.hash(change["value"]), named(value), change["value"])
	}
}

// numberRoute is the phone number a value names, or the route of its entry.
func numberRoute(value map[string]json.RawMessage, entry provider.Route) provider.Route {
	metadata, err := fields(value["metadata"])
	if err != nil {
		return entry
	}
	if id := word(metadata["phone_number_id"]); id != "" {
		return provider.Route(id)
	}
	return entry
}

// messages reads the field "messages": what customers wrote, what became of
// what we wrote, and problems of the account.
func (d *decoder) messages(s source, value map[string]json.RawMessage, raw json.RawMessage) {
	messages, statuses, problems := list(value["messages"]), list(value["statuses"]), list(value["errors"])
	n := len(messages) + len(statuses) + len(problems)
	if n == 0 || n > maxEvents || s.route == businessRoute(s.entry) {
		d.unknown(s, s.hash(raw), named(value), raw)
		return
	}
	people := peopleOf(value["contacts"])
	for _, m := range messages {
		d.message(s, people, m)
	}
	for _, u := range statuses {
		d.status(s, people, u)
	}
	for i, p := range problems {
		d.problem(s, i, raw, p)
	}
}

// problem is an error of the account. The whole value and the place in it make
// its id: the error alone is the same each time it happens.
func (d *decoder) problem(s source, i int, value, raw json.RawMessage) {
	var e whatsapp.ErrorItem
	if err := read(raw, &e); spoilt(err) || e.Code == 0 {
		d.unknown(s, s.hash(fmt.Appendf(nil, "%d:%s", i, value)), "", raw)
		return
	}
	d.add(s.route, s.hash(fmt.Appendf(nil, "%d:%s", i, value)), "", provider.Notice{Error: reported("account", e)})
}

func (d *decoder) templateStatus(s source, raw json.RawMessage) {
	var u whatsapp.TemplateStatusUpdate
	status, known := provider.TemplateStatus(""), false
	if !spoilt(read(raw, &u)) {
		status, known = templateEvent(u.Event)
	}
	if !known || u.ID == "" || u.Name == "" {
		d.unknown(s, s.hash(raw), "", raw)
		return
	}
	d.add(s.route, s.hash(raw), "", provider.TemplateStatusChanged{
		Template: provider.TemplateID(u.ID),
		Name:     u.Name, Language: language(u.Language), Status: status, Reason: reason(u.Reason),
	})
}
