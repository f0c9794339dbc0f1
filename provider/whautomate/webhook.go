package whautomate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/sign"
)

// Webhook verifies and decodes what Whautomate posts for one location. It holds
// the hook's secret and no API key, and may be used by many goroutines.
type Webhook struct {
	config HookConfig
}

var _ provider.Webhook = (*Webhook)(nil)

// NewWebhook returns the location's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Webhook{config: config}, nil
}

// Verify implements provider.Webhook. Whautomate signs nothing: the secret that
// was entered in webhookHeaders says who posts, and says nothing of the body. Two
// secrets are none.
func (w *Webhook) Verify(r *http.Request, _ []byte) error {
	values := r.Header.Values(w.config.Header)
	if len(values) != 1 {
		return provider.ErrSignature
	}
	now := sign.SameWord(values[0], w.config.Secret.Reveal())
	before := sign.SameWord(values[0], w.config.PreviousSecret.Reveal())
	if !now && !before {
		return provider.ErrSignature
	}
	return nil
}

// Decode implements provider.Webhook. One body is one event. What is not known
// becomes Unknown, what two readers could read differently an event without a
// body, and only what is no event of Whautomate's at all is an error.
//
// Ids: a message "m:"+message.id, in either direction and wherever it was read;
// that it failed "s:"+message.id+":failed"; everything else "h:" and a hash of the
// body, since whether an event.id is one event's alone is not documented.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) {
	v, err := exact.Parse(body, exact.Any)
	if err != nil {
		return nil, fmt.Errorf("decode webhook: %w", err)
	}
	d := &decoder{location: w.config.LocationID}
	if v.Spoilt() {
		d.add(provider.Route(d.location), hashed(v), "", nil)
		return d.events, nil
	}
	event := v.Member("event")
	name := event.Member("type").Text()
	if name == "" {
		return nil, errors.New("decode webhook: it names no event")
	}
	s := source{field: name, route: provider.Route(d.location)}
	if direction, channel, ok := messageEvent(name); ok {
		s.incoming, s.at = direction == "incoming", readTime(event.Member("timeStamp").Text())
		d.posted(s, channel, v)
		return d.events, nil
	}
	d.other(s, v)
	return d.events, nil
}

// messageEvent takes "incoming_whatsapp_message" apart.
func messageEvent(name string) (direction, channel string, ok bool) {
	direction, rest, _ := strings.Cut(name, "_")
	channel, ok = strings.CutSuffix(rest, "_message")
	return direction, channel, ok && (direction == "incoming" || direction == "outgoing")
}

// decoder collects the events of one body or page, in its order.
type decoder struct {
	location string
	events   []provider.Event
}

// source is what is known of a message besides itself.
type source struct {
	// field is what Whautomate calls it.
	field    string
	route    provider.Route
	channel  provider.Network
	incoming bool
	// contact is who it is about where the message does not say.
	contact string
	// at is when it was posted, for a message that has no time of its own.
	at time.Time
}

func (d *decoder) add(route provider.Route, id string, chat provider.ChatID, body provider.Body) {
	d.events = append(d.events, provider.Event{Route: route, ID: id, Chat: chat, Body: body})
}

// unknown keeps what is not understood.
func (d *decoder) unknown(s source, chat provider.ChatID, v exact.Value) {
	d.add(s.route, hashed(v), chat, provider.Unknown{Field: s.field, Raw: compact(v.Raw())})
}

// hashed is the id of what has none that can be relied on.
func hashed(v exact.Value) string { return "h:" + digest(v.Raw()) }

// compact makes raw JSON fit for the log and for a text frame, which must be
// UTF-8. The bytes as they came stay with the relay.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))
}

// posted reads the event of a message. Everything that says which channel and
// which direction it is of must say the same, or it is believed in neither.
func (d *decoder) posted(s source, channel string, v exact.Value) {
	m := v.Member("message")
	of, agreed := channelOf(channel, m.Member("channel").Text(), m.Member("contact").Member("channel").Text())
	incoming, said := truth(m.Member("isIncoming"))
	if !m.Object() || !agreed || !slices.Contains(Networks(), of) || (said && incoming != s.incoming) {
		d.unknown(s, "", v) // of the website's chat, of nobody's, or of two
		return
	}
	s.channel, s.route = of, channelRoute(d.location, of)
	before := len(d.events)
	d.message(s, m)
	for i := before; i < len(d.events); i++ {
		if u, ok := d.events[i].Body.(provider.Unknown); ok { // the event around it says more
			d.events[i].ID, d.events[i].Body = hashed(v), provider.Unknown{Field: u.Field, Raw: compact(v.Raw())}
		}
	}
}

// channelOf returns the channel that all the words name: one of Networks, or one
// that nothing can be sent on ("website", or "livechat" elsewhere). Another word
// says nothing; agreed is false where two are named.
func channelOf(words ...string) (of provider.Network, agreed bool) {
	for _, word := range words {
		n := provider.Network(strings.ToLower(word))
		if !slices.Contains(Networks(), n) && n != "website" && n != "livechat" {
			continue
		}
		if of != "" && of != n {
			return "", false
		}
		of = n
	}
	return of, true
}

// other keeps the events that are of no message: of contacts, clients,
// appointments. A contact is of a channel, and names its location by itself. No
// chat is named, so that a list of imported contacts opens no conversations.
func (d *decoder) other(s source, v exact.Value) {
	contact := v.Member("contact")
	location := d.location
	if named := id(contact.Member("location")); identifier.MatchString(named) {
		location = named
	}
	s.route = provider.Route(location)
	if of, _ := channelOf(contact.Member("channel").Text()); slices.Contains(Networks(), of) {
		s.route = channelRoute(location, of)
	}
	d.unknown(s, "", v)
}

// id is an element's id.
func id(v exact.Value) string { return v.Member("id").Word() }
