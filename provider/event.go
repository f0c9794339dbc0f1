package provider

import (
	"encoding/json"
	"time"
)

// Event is one fact a network told us, decoded from a webhook.
type Event struct {
	// Route finds the account; a hook may serve many.
	Route Route `json:"route"`
	// ID is the same for every copy of the same fact, and different for every
	// different one, within an account. Its rule is written per kind in the
	// driver (provider id and status; a hash where the network gives none).
	ID string `json:"id"`
	// Chat is the chat the fact is about; empty where there is none.
	Chat ChatID `json:"chat,omitempty"`
	Body Body   `json:"-"`
}

// Body is what an event says. The set is open: a body whose kind is not known
// to a reader survives as it is.
type Body interface {
	// Kind is the body's stable name in the log.
	Kind() string
}

// The kinds of network facts, as written in the log.
const (
	KindMessage        = "message.received"
	KindReaction       = "message.reacted"
	KindReceipt        = "message.receipt"
	KindTemplateStatus = "template.status"
	KindNotice         = "account.notice"
	KindUnknown        = "unknown"

	KindEcho       = "message.sent"
	KindEdited     = "message.edited"
	KindRevoked    = "message.revoked"
	KindReceiptsTo = "message.receipts"
	KindIdentity   = "contact.identity"
	KindConsent    = "contact.consent"
	KindReach      = "contact.reach"
	KindHealth     = "account.health"

	KindTemplateChanged = "template.changed"
)

// Sender is the person behind a chat as the network shows them.
// User is always set; Phone may be missing for ever.
type Sender struct {
	User UserID `json:"user"`
	// Phone is digits with country code, without a plus sign.
	Phone string `json:"phone,omitempty"`
	// Name is chosen by the person and must not be trusted.
	Name string `json:"name,omitempty"`
	// Username may change at any time: display only, never a key.
	Username string `json:"username,omitempty"`
	// Also are other ids the network knows this chat by; facts about them
	// belong to the same conversation.
	Also []ChatID `json:"also,omitempty"`
}

// MessageReceived is a message from the customer.
type MessageReceived struct {
	Message MessageID `json:"message"`
	From    Sender    `json:"from"`
	// SentAt is the network's own time of the message. The window counts from
	// it, and from nothing else.
	SentAt  time.Time `json:"sent_at"`
	Content Content   `json:"content"`
	ReplyTo MessageID `json:"reply_to,omitempty"`
	// Forwarded is set where the network says the message was forwarded.
	Forwarded bool `json:"forwarded,omitempty"`
	// PartOf is the network's message this one is a further part of, where one
	// holds several files and each is a message here: what becomes of that message
	// (taken back, read) becomes of all its parts. Empty for the first part.
	PartOf MessageID `json:"part_of,omitempty"`
	// Standby means that another program of the account has the conversation and
	// is expected to answer.
	Standby bool `json:"standby,omitempty"`
	// Past means that it was read back from the network's history long after it was
	// sent: it is no news, and nobody waits because of it.
	Past bool `json:"past,omitempty"`
}

// MessageReacted is the customer's reaction to a message of either side.
type MessageReacted struct {
	From   Sender    `json:"from"`
	SentAt time.Time `json:"sent_at"`
	ReactionTo
}

// Receipt is what became of a message we sent.
type Receipt struct {
	Message MessageID `json:"message"`
	// Op is our own id where the network gives it back; it resolves a send
	// whose answer never came.
	Op     OpID      `json:"op,omitempty"`
	Status Status    `json:"status"`
	At     time.Time `json:"at"`
	// Category is what the network charges the message as ("service", "utility",
	// "marketing" …), where the receipt says it; empty on the others.
	Category string `json:"category,omitempty"`
	// Error says why, when Status is Failed.
	Error *Error `json:"error,omitempty"`
}

// TemplateStatusChanged is the network's word on one of our templates.
type TemplateStatusChanged struct {
	Template TemplateID     `json:"template"`
	Name     string         `json:"name"`
	Language string         `json:"language"`
	Status   TemplateStatus `json:"status"`
	Reason   string         `json:"reason,omitempty"`
}

// TemplateChanged is something else that became of one of our templates: what it
// is sent as, how people take it, or its parts. The list of templates has the rest.
type TemplateChanged struct {
	Template TemplateID `json:"template"`
	Name     string     `json:"name"`
	Language string     `json:"language"`
	// What changed: "quality", "category" or "components".
	What string `json:"what"`
	// Was and Now are the network's words in lower case; empty where it does not
	// say.
	Was string `json:"was,omitempty"`
	Now string `json:"now,omitempty"`
	// From is when it takes effect; zero where it has.
	From time.Time `json:"from,omitzero"`
}

// Notice is a problem of the account itself, not of one message.
type Notice struct {
	Error *Error `json:"error"`
}

// Unknown is a fact of a kind we do not understand. It is stored and counted,
// and shown in its conversation where it names one.
type Unknown struct {
	// Field names what the network called it.
	Field string          `json:"field"`
	Raw   json.RawMessage `json:"raw"`
}

// Kind implements Body.
func (MessageReceived) Kind() string { return KindMessage }

// Kind implements Body.
func (MessageReacted) Kind() string { return KindReaction }

// Kind implements Body.
func (Receipt) Kind() string { return KindReceipt }

// Kind implements Body.
func (TemplateStatusChanged) Kind() string { return KindTemplateStatus }

// Kind implements Body.
func (TemplateChanged) Kind() string { return KindTemplateChanged }

// Kind implements Body.
func (Notice) Kind() string { return KindNotice }

// Kind implements Body.
func (Unknown) Kind() string { return KindUnknown }
