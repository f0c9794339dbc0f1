package whatsapp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// maxEvents bounds one body. Meta sends at most a thousand updates in one.
const maxEvents = 10_000

// Decode turns a body as Meta makes them into events. An element that is not known becomes
// Unknown, one that two readers could read differently an event without a body,
// and neither costs another element; only a body that is no webhook of Meta's at
// all is an error.
//
// Ids: what comes as a message "m:"+wamid; an echo of ours "e:"+wamid; a receipt "s:"+wamid+":"+status, then
// ":"+recipient in groups, ":"+code when failed, ":consent" for what such a failure says of the person; everything else "h:" and a
// hash of field, entry id, entry time and value, since Meta gives those no id.
func Decode(body []byte) ([]provider.Event, error) {
	hook, err := exact.Parse(body, exact.Snake)
	switch {
	case err != nil:
		return nil, fmt.Errorf("decode webhook: %w", err)
	case !hook.Object():
		return nil, errors.New("decode webhook: not an object, or a key stands there twice")
	case hook.Member("object").Word() != WebhookObject:
		return nil, errors.New("decode webhook: not an object of WhatsApp's")
	}
	var d decoder
	for _, entry := range hook.Member("entry").List() {
		d.entry(entry)
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
	// standby: another program of the account is expected to answer.
	standby bool
	field   string
	entry   string
	time    string
	route   provider.Route
}

func (d *decoder) add(route provider.Route, id string, chat provider.ChatID, body provider.Body) {
	d.events = append(d.events, provider.Event{Route: route, ID: id, Chat: chat, Body: body})
}

// unknown keeps what is not understood.
func (d *decoder) unknown(s source, id string, chat provider.ChatID, v exact.Value) {
	d.add(s.route, id, chat, provider.Unknown{Field: s.field, Raw: compact(v.Raw())})
}

// unreadable hands an element to the relay's quarantine: nothing of it is
// believed, and its ids stay free for a program that can read it.
func (d *decoder) unreadable(s source, v exact.Value) { d.add(s.route, s.hash(v.Raw()), "", nil) }

// strange keeps what is not understood, where it at least says one thing.
func (d *decoder) strange(s source, id string, chat provider.ChatID, v exact.Value) {
	if v.Spoilt() {
		d.unreadable(s, v)
		return
	}
	d.unknown(s, id, chat, v)
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

func (d *decoder) entry(entry exact.Value) {
	if !entry.Object() {
		d.unreadable(source{field: "entry"}, entry)
		return
	}
	s := source{field: "entry", entry: entry.Member("id").Word(), time: entry.Member("time").Word()}
	s.route = BusinessRoute(s.entry)
	changes := entry.Member("changes").List()
	if len(changes) == 0 {
		d.strange(s, s.hash(entry.Raw()), "", entry)
		return
	}
	for _, change := range changes {
		d.change(s, change)
	}
}

func (d *decoder) change(s source, change exact.Value) {
	v := change.Member("value")
	if change.Ambiguous() || v.Ambiguous() || v.Member("metadata").Ambiguous() {
		d.unreadable(s, change)
		return
	}
	if change.Object() {
		s.field = change.Member("field").Word()
	}
	if !v.Object() {
		d.strange(s, s.hash(change.Raw()), "", change)
		return
	}
	s.route = numberRoute(v, s.route)
	switch s.field {
	case FieldMessages:
		d.messages(s, v)
	case FieldEchoes:
		d.echoes(s, v)
	case FieldStandby:
		d.standby(s, v)
	case FieldPreferences:
		d.preferences(s, v)
	case FieldTemplateStatus, FieldTemplateQuality, FieldTemplateCategory, FieldTemplateComponents:
		d.template(s, v)
	default:
		d.account(s, v)
	}
}

// numberRoute is the phone number a value names, or the route of its entry.
func numberRoute(v exact.Value, entry provider.Route) provider.Route {
	metadata := v.Member("metadata")
	if !metadata.Object() {
		return entry
	}
	if id := metadata.Member("phone_number_id").Word(); id != "" {
		return provider.Route(id)
	}
	return entry
}

// messages reads the field "messages": what customers wrote, what became of
// what we wrote, and problems of the account.
func (d *decoder) messages(s source, v exact.Value) {
	messages, statuses, problems := v.Member("messages").List(), v.Member("statuses").List(), v.Member("errors").List()
	n := len(messages) + len(statuses) + len(problems)
	for _, key := range []string{"messages", "statuses", "errors"} {
		if !v.Member(key).Listed() { // what it holds must not be lost beside the others
			n = 0
		}
	}
	if n == 0 || n > maxEvents || s.route == BusinessRoute(s.entry) {
		d.strange(s, s.hash(v.Raw()), named(v), v)
		return
	}
	people := peopleOf(v.Member("contacts"))
	for _, m := range messages {
		d.message(s, people, m)
	}
	for _, u := range statuses {
		d.status(s, people, u)
	}
	for i, p := range problems {
		d.problem(s, i, v, p)
	}
}

// problem is an error of the account. The whole value and the place in it make
// its id: the error alone is the same each time it happens.
func (d *decoder) problem(s source, i int, v, p exact.Value) {
	id := s.hash(fmt.Appendf(nil, "%d:%s", i, v.Raw()))
	var e ErrorItem
	if err := p.Read(&e); exact.Spoilt(err) || e.Code == 0 {
		d.strange(s, id, "", p)
		return
	}
	d.add(s.route, id, "", provider.Notice{Error: reported("account", e)})
}

// BusinessRoute is how a webhook names the account of a business: what speaks of
// no number comes under it.
func BusinessRoute(waba string) provider.Route { return provider.Route("waba:" + waba) }
