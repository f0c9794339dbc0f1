package telegram

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/sign"
)

// Webhook verifies and decodes what Telegram posts for one bot. It holds the
// secret that was agreed on and no API token, and may be used by many goroutines.
type Webhook struct {
	config HookConfig
}

var _ provider.Webhook = (*Webhook)(nil)

// NewWebhook returns the bot's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Webhook{config: config}, nil
}

// secretHeader carries the secret_token of setWebhook as it is.
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

// Verify implements provider.Webhook. Telegram signs no body: who knows the secret
// is Telegram. Two secrets are none.
func (w *Webhook) Verify(r *http.Request, _ []byte) error {
	got := r.Header.Values(secretHeader)
	if len(got) != 1 {
		return provider.ErrSignature
	}
	now := sign.SameWord(got[0], w.config.Secret.Reveal())
	before := sign.SameWord(got[0], w.config.PreviousSecret.Reveal())
	if !now && !before {
		return provider.ErrSignature
	}
	return nil
}

// Decode implements provider.Webhook: a body is one update. What is not known
// becomes Unknown, and what two readers could read differently an event without a
// body; only what is no update at all is an error.
//
// Ids, the same where the update is polled: a message "m:"+chat/number, one of a
// business that did not go out here "o:" and the same, one that was deleted there
// "d:" and the same; a connection to a business "c:"+its id, ":"+time and ":"+update; a tap
// "q:"+the query's id; an edit "e:"+chat/number, ":"+time and ":"+update; a
// reaction "r:"+the same; a block or its end "b:"+chat, ":"+time and ":"+update; a
// group's new number "i:"+old+":"+new, since both numbers are told; everything else
// "u:"+update+":"+kind. An update's own number is not enough: after a week of
// silence Telegram goes on at a random one.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) {
	v, err := exact.Parse(body, exact.Snake)
	if err != nil {
		return nil, fmt.Errorf("decode webhook: %w", err)
	}
	if _, ok := number(v); !ok {
		return nil, errors.New("decode webhook: not an update of Telegram's, or a key stands there twice")
	}
	d := decoder{route: route(w.config.BotID)}
	d.update(v)
	return d.events, nil
}

// number is an update's own; false where it is no update.
func number(v exact.Value) (int64, bool) {
	if !v.Object() {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Member("update_id").Word(), 10, 64)
	return n, err == nil && n > 0
}

// decoder walks updates. Its events are in their order.
type decoder struct {
	route  provider.Route
	events []provider.Event
}

// update reads one. Telegram says that it holds one fact; should there be more,
// none is lost.
func (d *decoder) update(v exact.Value) {
	n, ok := number(v)
	if !ok {
		d.add("h:"+hash(v.Raw()), "", nil)
		return
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(v.Raw(), &members) // it is an object
	delete(members, "update_id")
	if len(members) == 0 {
		d.unknown(origin{n, "update"}, "", v)
	}
	for _, kind := range slices.Sorted(maps.Keys(members)) {
		d.fact(origin{n, kind}, v.Member(kind))
	}
}

// origin is where something stands: an update's number and what it calls it.
type origin struct {
	update int64
	kind   string
}

func (s origin) id() string { return fmt.Sprintf("u:%d:%s", s.update, s.kind) }

func (d *decoder) fact(s origin, v exact.Value) {
	if v.Spoilt() {
		d.unreadable(s)
		return
	}
	switch s.kind {
	case "message":
		d.message(s, v)
	case "edited_message":
		d.edited(s, v)
	case "business_message":
		d.business(s, v, d.message)
	case "edited_business_message":
		d.business(s, v, d.edited)
	case "deleted_business_messages":
		d.deleted(s, v)
	case "business_connection":
		d.connected(s, v)
	case "callback_query":
		d.tap(s, v)
	case reactions:
		d.reaction(s, v)
	case "my_chat_member":
		d.member(s, v)
	default:
		d.unknown(s, named(v), v)
	}
}

func (d *decoder) add(id string, chat provider.ChatID, body provider.Body) {
	d.events = append(d.events, provider.Event{Route: d.route, ID: id, Chat: chat, Body: body})
}

// unknown keeps what is not understood.
func (d *decoder) unknown(s origin, chat provider.ChatID, v exact.Value) {
	d.add(s.id(), chat, provider.Unknown{Field: s.kind, Raw: compact(v.Raw())})
}

// unreadable hands a fact to the quarantine: nothing of it is believed.
func (d *decoder) unreadable(s origin) { d.add("x"+s.id(), "", nil) }

// named is the chat that a fact we do not know speaks of; empty where it names
// none. What is said in the name of a channel is of no chat of the bot's.
func named(v exact.Value) provider.ChatID {
	var of struct {
		Connection string `json:"business_connection_id"`
		Chat       chat   `json:"chat"`
	}
	if v.Read(&of) != nil || of.Chat.ID == 0 || of.Chat.Type == "channel" || broken(of.Connection) {
		return ""
	}
	return address{of.Chat.ID, of.Connection}.id()
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
// UTF-8.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))
}

// hash is the id of what has none.
func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}
