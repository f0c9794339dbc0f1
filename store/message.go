package store

import (
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Direction is who spoke.
type Direction string

// The directions. Internal is the team's own: notes and activity.
const (
	Incoming Direction = "in"
	Outgoing Direction = "out"
	Internal Direction = "team"
)

// MessageKind is what kind of row of the thread it is.
type MessageKind string

// The kinds of rows.
const (
	KindMessage  MessageKind = "message"
	KindNote     MessageKind = "note"
	KindActivity MessageKind = "activity"
)

// Elsewhere is Message.Elsewhere where the network says nothing of the writer.
const Elsewhere = "elsewhere"

// standby is kept in the place of Elsewhere of a customer's message that another
// program of the account is expected to answer.
const standby = "standby"

// MessageKey names a row of this store only: an id that never leaves it.
type MessageKey int64

// Message is one row of a thread.
type Message struct {
	Key          MessageKey
	Conversation event.ConversationID
	Direction    Direction
	Kind         MessageKind
	// ID is the network's id; empty until it is known.
	ID provider.MessageID
	// Op is our own id of an outgoing message or a note.
	Op      provider.OpID
	Seq     event.Seq
	By      event.AgentID
	Content provider.Content
	ReplyTo provider.MessageID
	// Quoted is the message replied to, where this store has it.
	Quoted *Quoted
	// At is the time the thread shows and sorts by.
	At time.Time
	// SentAt is the network's own time; where it lies well before At, the
	// message came late and the thread says so.
	SentAt time.Time
	Status provider.Status
	Job    event.JobState
	// JobSince is when the job entered its state.
	JobSince time.Time
	Error    *provider.Error
	Retries  provider.OpID
	// RetriedBy is the operation that tries this one again, where there is one.
	RetriedBy provider.OpID
	// Settled is set where a person has dealt with the failure.
	Settled bool
	// Mine is set where this store's own outbox holds the job, so that its
	// keys (try again, discard) act.
	Mine      bool
	Reactions []ReactionRow
	// Elsewhere is who or what wrote a message of ours that did not go through
	// this program, in the network's words; empty for all others.
	Elsewhere string
	// Standby is set on a customer's message that another program of the account was
	// expected to answer when it came.
	Standby bool
	// EditedAt and RevokedAt are when its writer changed it or took it back.
	EditedAt, RevokedAt time.Time
	// Due is when a scheduled one goes or was to go; Plan is what else was planned for
	// it, and Broadcast the message to many it is one of.
	Due       time.Time
	Plan      event.Plan
	Broadcast event.BroadcastID
	// Activity is the team fact behind an activity row.
	Activity event.Body
	// Rev changes whenever any field above changes.
	Rev int64
}

// Quoted is the start of a quoted message.
type Quoted struct {
	Direction Direction
	By        event.AgentID
	Kind      provider.ContentKind
	Text      string
}

// ReactionRow is one reaction under a message.
type ReactionRow struct {
	Emoji    string
	Outgoing bool
}

// MessageCursor is a place in a thread. The zero value is the newest end.
type MessageCursor struct {
	Key MessageKey
}

// MessageEvent is one event behind a message, for its details.
type MessageEvent struct {
	Seq  event.Seq
	At   time.Time
	Kind string
	By   event.AgentID
	Body event.Body
}

// State is where an outgoing message stands, in one word: the job's while it
// is ours, the network's as soon as it has spoken. It is empty for rows that
// are not sent.
func (m Message) State() string {
	if m.Status != provider.NoStatus {
		return m.Status.String()
	}
	return string(m.Job)
}

// Cursor returns the message's place in its thread.
func (m Message) Cursor() MessageCursor { return MessageCursor{Key: m.Key} }
