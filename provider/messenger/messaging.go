package messenger

import (
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// kinds are what one element of messaging[] or standby[] may hold, one of them.
func kinds() []string {
	return []string{
		"message", "message_edit", "reaction", "postback", "read", "delivery", "referral", "optin", "policy_enforcement",
		"pass_thread_control", "take_thread_control", "request_thread_control",
	}
}

// exchange is one element: who it is between, and when.
type exchange struct {
	source
	// customer is who the conversation is with.
	customer string
	// ours means that the account itself is the sender.
	ours bool
	at   time.Time
	// kind is the one member of kinds that is there; empty for none or several.
	kind string
	body exact.Value
	// element is all of it.
	element exact.Value
}

// chat is empty where nobody but the account itself is named.
func (x *exchange) chat() provider.ChatID {
	if x.customer == x.entry {
		return ""
	}
	return provider.ChatID(x.customer)
}

func (x *exchange) person() provider.Sender {
	return provider.Sender{User: provider.UserID(x.customer)}
}

// from is the writer of what was edited or taken back: nobody is named for the
// account's own.
func (x *exchange) from() provider.Sender {
	if x.ours {
		return provider.Sender{}
	}
	return x.person()
}

// element reads one exchange. What the account itself sent, or what says that it
// is an echo, is no message of the customer's and opens no window ever.
func (d *decoder) element(s source, v exact.Value) {
	sender, to := v.Member("sender").Member("id").Word(), v.Member("recipient").Member("id").Word()
	if !v.Object() || v.Spoilt() || broken(sender, to) {
		d.unreadable(s, v)
		return
	}
	x := exchange{source: s, customer: sender, ours: sender != "" && sender == s.entry, element: v}
	x.kind, x.body = only(v)
	if x.ours || (x.kind == "message" && isTrue(x.body, "is_echo")) {
		x.customer, x.ours = to, true
	}
	if x.at = stamp(v.Member("timestamp").Word()); x.at.IsZero() {
		x.at = stamp(s.time)
	}
	x.field = x.kind
	if !d.known(&x) {
		if x.field == "" {
			x.field = "messaging"
		}
		d.strange(x.source, x.chat(), v)
	}
}

// only returns the one known member of an element.
func only(v exact.Value) (kind string, body exact.Value) {
	for _, k := range kinds() {
		m := v.Member(k)
		switch {
		case !m.Object():
		case kind != "":
			return "", exact.Value{}
		default:
			kind, body = k, m
		}
	}
	return kind, body
}

func isTrue(v exact.Value, key string) bool { return string(v.Member(key).Raw()) == "true" }

// known adds what the element says; false where that is not understood.
func (d *decoder) known(x *exchange) bool {
	if x.kind == "policy_enforcement" {
		return d.policy(x)
	}
	if x.chat() == "" {
		return false
	}
	switch x.kind {
	case "message":
		return d.message(x)
	case "message_edit":
		return d.edit(x)
	case "reaction":
		return d.reaction(x)
	case "postback":
		return d.postback(x)
	case "read":
		return d.read(x)
	case "delivery":
		return d.delivery(x)
	}
	return false
}

func (d *decoder) message(x *exchange) bool {
	mid := x.body.Member("mid").Text()
	switch {
	case mid == "" || broken(mid) || strings.Contains(mid, partMark):
		return false
	case isTrue(x.body, "is_deleted"):
		d.add(x.source, "d:"+mid, x.chat(), provider.MessageRevoked{Message: provider.MessageID(mid), From: x.from(), At: x.at})
		return true
	}
	for i, c := range contents(x.body) {
		if x.ours {
			d.sent(x, mid, i, c)
		} else {
			d.received(x, mid, i, c)
		}
	}
	d.beside(x, mid)
	return true
}

func (d *decoder) received(x *exchange, mid string, i int, c provider.Content) {
	m := provider.MessageReceived{Message: part(mid, i), From: x.person(), SentAt: x.at, Content: c, Standby: x.standby}
	if i == 0 {
		m.ReplyTo = provider.MessageID(x.body.Member("reply_to").Member("mid").Text())
	} else {
		m.PartOf = provider.MessageID(mid)
	}
	d.add(x.source, "m:"+string(m.Message), x.chat(), m)
}

// sent is an echo. Metadata that is not ours says nothing to us.
func (d *decoder) sent(x *exchange, mid string, i int, c provider.Content) {
	m := provider.MessageSent{Message: part(mid, i), To: x.person(), SentAt: x.at, Content: c, By: x.body.Member("app_id").Word()}
	if i == 0 {
		m.ReplyTo = provider.MessageID(x.body.Member("reply_to").Member("mid").Text())
		if op, ok := strings.CutPrefix(x.body.Member("metadata").Text(), metadataMark); ok && !broken(op) {
			m.Op = provider.OpID(op)
		}
	} else {
		m.PartOf = provider.MessageID(mid)
	}
	d.add(x.source, "e:"+string(m.Message), x.chat(), m)
}

// beside keeps what came with a message or postback and has no place in it: the
// way the customer came by, and the story that is answered.
func (d *decoder) beside(x *exchange, mid string) {
	s := x.source
	if v := x.body.Member("referral"); v.Object() {
		s.field = "referral"
		d.aside(s, "f:"+mid, x.chat(), v)
	}
	if v := x.body.Member("reply_to").Member("story"); v.Object() {
		s.field = "reply_to.story"
		d.aside(s, "y:"+mid, x.chat(), v)
	}
}

func (d *decoder) edit(x *exchange) bool {
	mid, text, number := x.body.Member("mid").Text(), x.body.Member("text").Text(), x.body.Member("num_edit").Word()
	if mid == "" || text == "" || number == "" || broken(mid, number) {
		return false
	}
	d.add(x.source, "x:"+mid+":"+number, x.chat(), provider.MessageEdited{
		Message: provider.MessageID(mid), From: x.from(), At: x.at, Content: provider.TextContent(text),
	})
	return true
}

// reactionWords are Meta's words for reactions, for where no emoji stands beside
// ("message_reactions").
var reactionWords = map[string]string{
	"smile": "😆", "angry": "😠", "sad": "😢", "wow": "😮", "love": "❤", "like": "👍", "dislike": "👎",
}

func (d *decoder) reaction(x *exchange) bool {
	mid, emoji := x.body.Member("mid").Text(), x.body.Member("emoji").Text()
	if emoji == "" {
		emoji = reactionWords[x.body.Member("reaction").Text()]
	}
	action := x.body.Member("action").Text()
	if action == "unreact" {
		emoji = ""
	}
	if mid == "" || broken(mid) || x.ours || (action != "unreact" && (action != "react" || emoji == "")) {
		return false
	}
	d.add(x.source, x.hash(x.element), x.chat(), provider.MessageReacted{
		From: x.person(), SentAt: x.at, ReactionTo: provider.ReactionTo{Message: provider.MessageID(mid), Emoji: emoji},
	})
	return true
}

// postback is a tap on a button. On standby its payload is another program's and
// does not come.
func (d *decoder) postback(x *exchange) bool {
	mid, title, payload := x.body.Member("mid").Text(), x.body.Member("title").Text(), x.body.Member("payload").Text()
	if x.ours || broken(mid) || strings.Contains(mid, partMark) || (title == "" && payload == "") {
		return false
	}
	id := "p:" + mid
	if mid == "" {
		id = x.hash(x.element)
		mid = id
	}
	d.add(x.source, id, x.chat(), provider.MessageReceived{
		Message: provider.MessageID(mid), From: x.person(), SentAt: x.at, Standby: x.standby,
		Content: provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: payload, Title: first(title, payload)}},
	})
	d.beside(x, mid)
	return true
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
