package messenger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/hub"
)

// Webhook verifies and decodes what Meta posts for one app's Pages and Instagram
// accounts. It holds the app's secrets and no API token, and may be used by many
// goroutines.
type Webhook struct {
	config HookConfig
}

var (
	_ provider.Webhook    = (*Webhook)(nil)
	_ provider.Handshaker = (*Webhook)(nil)
)

// NewWebhook returns the app's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if config.AppSecret.Empty() {
		return nil, fmt.Errorf("%q is empty: set it, or anybody could post", "app_secret")
	}
	return &Webhook{config: config}, nil
}

// Verify implements provider.Webhook.
func (w *Webhook) Verify(r *http.Request, body []byte) error {
	return hub.Verify(r, body, w.config.AppSecret, w.config.PreviousSecret, w.config.InstagramSecret)
}

// Handshake implements provider.Handshaker.
func (w *Webhook) Handshake(r *http.Request) ([]byte, error) {
	return hub.Handshake(r, w.config.VerifyToken)
}

// What a webhook is about, by its "object".
const (
	objectPage      = "page"
	objectInstagram = "instagram"
)

// maxEvents bounds one body.
const maxEvents = 10_000

// Decode implements provider.Webhook. An element that is not known becomes
// Unknown, one that two readers could read differently an event without a body,
// and neither costs another element; only a body that is no webhook of these two
// networks at all is an error.
//
// Ids, by what the network names: a message "m:"+mid, a message of the account
// "e:"+mid, further parts of either with "#" and their number; a postback
// "p:"+mid; a deletion "d:"+mid; an edit "x:"+mid+":"+number; how a customer came
// to a message "f:"+mid, the story it answers "y:"+mid; a receipt
// "s:"+mid+":"+status; a watermark "w:"+customer+":"+status+":"+time or mid.
// Everything else "h:" and a hash of object, account and element, with the entry's
// time where the element has none of its own.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) {
	hook, err := exact.Parse(body, exact.Snake)
	if err != nil {
		return nil, fmt.Errorf("decode webhook: %w", err)
	}
	object := hook.Member("object").Text()
	switch {
	case !hook.Object():
		return nil, errors.New("decode webhook: not an object, or a key stands there twice")
	case object != objectPage && object != objectInstagram:
		return nil, errors.New("decode webhook: neither of a Page nor of an Instagram account")
	}
	var d decoder
	for _, entry := range hook.Member("entry").List() {
		d.entry(object, entry)
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
	object string
	entry  string
	// field names what it is, for what is not understood.
	field string
	// time is the entry's, which stands in for an element's own.
	time  string
	route provider.Route
	// standby: it came on the channel for programs that do not have the
	// conversation.
	standby bool
}

func (d *decoder) add(s source, id string, chat provider.ChatID, body provider.Body) {
	d.events = append(d.events, provider.Event{Route: s.route, ID: id, Chat: chat, Body: body})
}

// unreadable hands an element to the relay's quarantine: nothing of it is
// believed, and its ids stay free for a program that can read it.
func (d *decoder) unreadable(s source, v exact.Value) { d.add(s, s.hash(v), "", nil) }

// strange keeps what is not understood, where it at least says one thing.
func (d *decoder) strange(s source, chat provider.ChatID, v exact.Value) {
	if v.Spoilt() {
		d.unreadable(s, v)
		return
	}
	d.aside(s, s.hash(v), chat, v)
}

// aside keeps something beside what is understood.
func (d *decoder) aside(s source, id string, chat provider.ChatID, v exact.Value) {
	d.add(s, id, chat, provider.Unknown{Field: s.field, Raw: compact(v)})
}

// broken reports ids that are no text: several byte sequences read as the same
// replacement character, so that two ids could be taken for one.
func broken(ids ...string) bool {
	for _, id := range ids {
		if strings.ContainsRune(id, utf8.RuneError) {
			return true
		}
	}
	return false
}

// compact makes raw JSON fit for the log and for a text frame, which must be
// UTF-8. The bytes as they came stay with the relay.
func compact(v exact.Value) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, v.Raw()) != nil {
		return v.Raw()
	}
	return bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))
}

// hash is the id of what Meta gives none.
func (s source) hash(v exact.Value) string {
	h := sha256.New()
	when := s.time
	if v.Member("timestamp").Word() != "" {
		when = "" // posted again, an element may stand in another entry
	}
	for _, part := range []string{s.object, s.entry, when} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(v.Raw())
	return "h:" + hex.EncodeToString(h.Sum(nil))[:32]
}

func (d *decoder) entry(object string, entry exact.Value) {
	s := source{object: object, field: "entry"}
	if !entry.Object() {
		s.route = route(object, "")
		d.unreadable(s, entry)
		return
	}
	s.entry, s.time = entry.Member("id").Word(), entry.Member("time").Word()
	s.route = route(object, s.entry)
	messaging, standby, changes := entry.Member("messaging"), entry.Member("standby"), entry.Member("changes")
	all := len(messaging.List()) + len(standby.List()) + len(changes.List())
	if all == 0 || all > maxEvents || !messaging.Listed() || !standby.Listed() || !changes.Listed() || broken(s.entry) {
		d.strange(s, "", entry)
		return
	}
	for _, v := range messaging.List() {
		d.element(s, v)
	}
	s.standby = true
	for _, v := range standby.List() {
		d.element(s, v)
	}
	s.standby = false
	for _, v := range changes.List() {
		d.change(s, v)
	}
}

// change reads what is posted of the account itself.
func (d *decoder) change(s source, v exact.Value) {
	if !v.Object() || v.Spoilt() {
		d.unreadable(s, v)
		return
	}
	s.field = v.Member("field").Text()
	value := v.Member("value")
	t := provider.TemplateStatusChanged{
		Template: provider.TemplateID(value.Member("message_template_id").Word()),
		Name:     value.Member("message_template_name").Text(), Language: value.Member("message_template_language").Text(),
		Status: statusIn(value.Member("event").Text()), Reason: reason(value.Member("reason").Text()),
	}
	if s.field != "message_template_status_update" || t.Template == "" || t.Name == "" || t.Status == "" {
		d.strange(s, "", v)
		return
	}
	d.add(s, s.hash(v), "", t)
}

// firstMilli is the first instant in milliseconds; a lesser number is in seconds.
const firstMilli = 100_000_000_000

// lastMilli is the end of the year 9999: a later instant has no JSON form.
const lastMilli = 253_402_300_799_999

// stamp reads an instant in milliseconds or, where somebody sent that, seconds;
// what is none is the zero time.
func stamp(word string) time.Time {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	if n < firstMilli {
		n *= 1000
	}
	if n > lastMilli {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}
