// Package event is the vocabulary of the team's log: one event is one fact, in
// the place the relay gave it. It holds facts of networks (package provider)
// and facts of the team, and the one JSON form they have on disk and on the
// wire. It may not know how events are stored, carried or shown.
package event

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"frontdesk/provider"
)

// Seq is an event's place in the log: dense, from 1, never reused. The
// sequence is the only order.
type Seq int64

// ConversationID names a conversation alike on the relay and on every
// terminal; see Key.Conversation.
type ConversationID string

// AgentID names a member of the team: the name a token was given to.
type AgentID string

// Event is one fact in its place.
type Event struct {
	Seq Seq
	// ID is the same for every copy of the same fact within an account: the
	// driver's rule for network facts, the operation's id for team facts.
	ID      string
	Account provider.AccountID
	// Conversation is empty where the fact is about none.
	Conversation ConversationID
	Kind         string
	// Version of the body's form, from 1.
	Version int
	// At is the relay's clock. The network's own time is in the body.
	At time.Time
	// By is who did it, taken from the token, never from the client; empty for
	// network facts.
	By   AgentID
	Body Body
	// Hash is the chain's hash here, in hex, where the relay told it: at the end
	// of a frame. It is no part of the event's JSON.
	Hash string
}

// Body is a provider body, a team fact, or Opaque.
type Body = provider.Body

// Opaque is a body of a kind or version this program does not know: a newer
// relay's. It is kept as it came and skipped.
type Opaque struct {
	Name string
	Raw  []byte
}

// Kind implements Body.
func (o Opaque) Kind() string { return o.Name }

// Aspect is a part of a conversation that changes as a whole; a precondition
// names one ("nobody changed the status since the sequence I have seen").
type Aspect string

// The aspects.
const (
	AspectNone     Aspect = ""
	AspectStatus   Aspect = "status"
	AspectAssignee Aspect = "assignee"
	AspectLabels   Aspect = "labels"
	AspectLink     Aspect = "link"
	AspectPriority Aspect = "priority"
	AspectContact  Aspect = "contact"
	// AspectBroadcast is where a broadcast stands; it is of no conversation, and
	// AboutOf names what it is of.
	AspectBroadcast Aspect = "broadcast"
)

// AspectOf returns the aspect a kind of event changes.
func AspectOf(kind string) Aspect {
	switch kind {
	case KindResolved, KindReopened, KindSnoozed:
		return AspectStatus
	case KindAssigned:
		return AspectAssignee
	case KindLabeled:
		return AspectLabels
	case KindLinked:
		return AspectLink
	case KindPrioritized:
		return AspectPriority
	case KindJoined:
		return AspectContact
	case KindBroadcast, KindBroadcastState:
		return AspectBroadcast
	}
	return AspectNone
}

// AboutOf names what a fact changes an aspect of: its conversation, or the broadcast;
// empty for nothing.
func AboutOf(conversation ConversationID, body Body) string {
	switch b := body.(type) {
	case Broadcast:
		return "broadcast:" + string(b.ID)
	case BroadcastState:
		return "broadcast:" + string(b.ID)
	}
	return string(conversation)
}

// Expect is a precondition: the aspect was last changed at Seq (0: never).
type Expect struct {
	Aspect Aspect `json:"aspect"`
	Seq    Seq    `json:"seq"`
}

// Result is what became of a fact that was to be appended. Exactly one of three:
// Seq is set, Conflict is set, or neither, when another fact of the same request
// was in conflict and so nothing of it was appended.
type Result struct {
	Seq Seq `json:"seq,omitempty"`
	// Duplicate means that this id was in the log before; Seq is its place.
	Duplicate bool      `json:"duplicate,omitempty"`
	Conflict  *Conflict `json:"conflict,omitempty"`
}

// Conflict says who changed the aspect first.
type Conflict struct {
	Seq  Seq     `json:"seq"`
	By   AgentID `json:"by,omitempty"`
	Kind string  `json:"kind,omitempty"`
	// State is where a send stands, for a decision about one; empty where the
	// relay has no such send.
	State JobState `json:"state,omitempty"`
	// Text is the relay's own words, for a person, where who was first does not
	// say it all.
	Text string `json:"text,omitempty"`
}

// Key is the team's key, from the stream's hello. It makes ids that relay and
// terminals agree on without state, and that say nothing about the customer
// once the key and the rows are gone.
type Key []byte

// Conversation returns the id of a chat: a keyed hash of account and chat, 26
// lower-case characters after "c_".
func (k Key) Conversation(chat provider.ChatKey) ConversationID {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("conversation\x00" + string(chat.Account) + "\x00" + string(chat.Chat)))
	sum := mac.Sum(nil)[:16]
	return ConversationID("c_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum)))
}
