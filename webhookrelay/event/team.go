package event

import (
	"time"

	"frontdesk/provider"
)

// The kinds of team facts, as written in the log.
const (
	KindAssigned    = "conversation.assigned"
	KindResolved    = "conversation.resolved"
	KindDescribed   = "resolution.described"
	KindReopened    = "conversation.reopened"
	KindMarked      = "conversation.marked"
	KindLabeled     = "conversation.labeled"
	KindLinked      = "conversation.linked"
	KindNoted       = "message.noted"
	KindSend        = "message.send"
	KindAccount     = "account.defined"
	KindAgent       = "agent.defined"
	KindAvailable   = "agent.available"
	KindTemplates   = "template.listed"
	KindManaged     = "template.managed"
	KindQuarantined = "hook.quarantined"
	KindReprocessed = "hook.reprocessed"
)

// Assigned gives a conversation to an agent, to a team, or to both; what is empty
// is taken away.
type Assigned struct {
	To   AgentID `json:"to"`
	Team string  `json:"team,omitempty"`
	// Rule is the team's rule that gave it, where no person did.
	Rule string `json:"rule,omitempty"`
}

// Resolved closes a conversation until the customer writes again.
type Resolved struct {
	Resolution
	// Rule is the rule of the team's that did it; empty for a person.
	Rule string `json:"rule,omitempty"`
}

// Resolution is what the team keeps about how a conversation ended.
type Resolution struct {
	Notes string `json:"notes,omitempty"`
	// CSAT is 1 to 5; 0 means not given.
	CSAT     int       `json:"csat,omitempty"`
	FollowUp time.Time `json:"follow_up,omitzero"`
}

// Described adds to the last resolution of the conversation.
type Described struct {
	Resolution
}

// Reopened takes a resolution back.
type Reopened struct {
	// Undone is what the resolution had ended, where it is undone and not only
	// reopened.
	Undone *Undone `json:"undone,omitempty"`
}

// Undone is what an action had ended and its undoing restores.
type Undone struct {
	// Unread is how many of the customer's messages were unread.
	Unread int  `json:"unread,omitempty"`
	Marked bool `json:"marked,omitempty"`
	// WaitingSince is since when the customer had waited; zero when nobody did.
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// Snoozed is what it had been put aside for, where it had been.
	Snoozed *Snoozed `json:"snoozed,omitempty"`
}

// Marked sets the team's unread mark.
type Marked struct {
	Unread bool `json:"unread"`
	// Count is how many messages were unread where reading is undone: they are
	// unread again, and no mark is needed.
	Count int `json:"count,omitempty"`
}

// Labeled replaces the conversation's labels.
type Labeled struct {
	Labels []string `json:"labels"`
}

// Linked ties a conversation to a job, request or booking elsewhere.
type Linked struct {
	System string `json:"system"`
	// Ref is the other system's id, as people say it ("SR-2024-001").
	Ref    string            `json:"ref"`
	Title  string            `json:"title,omitempty"`
	URL    string            `json:"url,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

// Noted is a private note: only the team sees it.
type Noted struct {
	Text string `json:"text"`
	// Mentions are the members of the team it calls.
	Mentions []AgentID `json:"mentions,omitempty"`
}

// SendState is where a send stands, so that teammates see queued, unsure and
// failed, not only sent. The gateway writes it for what it sends; a terminal
// publishes it for what it sends directly.
type SendState struct {
	Op    provider.OpID `json:"op"`
	State JobState      `json:"state"`
	// Chat, Content and ReplyTo are what is sent; present in the first event
	// of an operation, and repeated in later ones so that each can stand alone.
	Chat    provider.ChatID    `json:"chat"`
	Content provider.Content   `json:"content"`
	ReplyTo provider.MessageID `json:"reply_to,omitempty"`
	// Retries is the failed operation this one tries again.
	Retries provider.OpID `json:"retries,omitempty"`
	// Message is the network's id, once it is known.
	Message provider.MessageID `json:"message,omitempty"`
	Error   *provider.Error    `json:"error,omitempty"`
	// Attempt counts from 1, so that the same state of a later attempt is
	// another event.
	Attempt int `json:"attempt,omitempty"`
	// Due is when a scheduled one is to go.
	Due time.Time `json:"due,omitzero"`
	// Broadcast is the message to many it is one of.
	Broadcast BroadcastID `json:"broadcast,omitempty"`
	Plan
}

// JobState is where an operation of ours stands before the network has it. It
// is a machine and may go back; what the network says afterwards is a
// provider.Status and only rises.
type JobState string

// The states of a job.
const (
	JobScheduled JobState = "scheduled" // until its time; whoever runs what is due sends it
	JobQueued    JobState = "queued"
	JobHeld      JobState = "held" // behind an unsure one of the same conversation
	JobSending   JobState = "sending"
	JobSent      JobState = "sent"
	JobFailed    JobState = "failed"
	JobUnsure    JobState = "unsure"
	JobDiscarded JobState = "discarded"
)

// Waits reports whether nothing of the operation has left its terminal, and
// nothing was decided about it.
func (s JobState) Waits() bool { return s == JobQueued || s == JobHeld }

// AccountDefined tells every terminal of an inbox.
type AccountDefined struct {
	provider.Account
}

// AgentDefined tells every terminal of a member of the team.
type AgentDefined struct {
	Agent AgentID `json:"agent"`
	Name  string  `json:"name,omitempty"`
	// Role is what the relay lets them do; empty is everything.
	Role Role `json:"role,omitempty"`
}

// Role is what a member of the team may do.
type Role string

// The roles.
const (
	RoleAgent       Role = "agent"
	RoleSupervisor  Role = "supervisor"
	RoleAdmin       Role = "admin"
	RoleReadOnly    Role = "read-only"
	RoleIntegration Role = "integration"
	// RoleGone is nobody's token: the last one of theirs was revoked, and they are of
	// the team no more.
	RoleGone Role = "gone"
)

// Available is whether a member of the team takes conversations: whoever the
// event is by.
type Available struct {
	State Availability `json:"state"`
}

// Availability is whether somebody takes conversations.
type Availability string

// The availabilities.
const (
	AvailableNow  Availability = "available"
	AvailableBusy Availability = "busy"
	AvailableAway Availability = "away"
)

// TemplatesListed is the account's whole list of templates as the network has
// it now; it replaces the one before.
//
// A list that is too long for one event comes in Parts of them, which name the List
// they are of and count from 1: all together replace the one before.
type TemplatesListed struct {
	Templates []provider.Template `json:"templates"`
	List      string              `json:"list,omitempty"`
	Part      int                 `json:"part,omitempty"`
	Parts     int                 `json:"parts,omitempty"`
}

// Quarantined is a signed body that could not be read, or whose account is not
// known. The raw body is in the log under the same sequence.
type Quarantined struct {
	Hook   string `json:"hook"`
	Reason string `json:"reason"`
}

// Reprocessed settles a Quarantined: its body was decoded again, and all of it
// has its place in the log now, or was quarantined anew under its own sequence.
type Reprocessed struct {
	Hook string `json:"hook"`
	// Quarantined is the sequence of the one that is settled.
	Quarantined Seq `json:"quarantined"`
}

// Kind implements Body.
func (Assigned) Kind() string { return KindAssigned }

// Kind implements Body.
func (Resolved) Kind() string { return KindResolved }

// Kind implements Body.
func (Described) Kind() string { return KindDescribed }

// Kind implements Body.
func (Reopened) Kind() string { return KindReopened }

// Kind implements Body.
func (Marked) Kind() string { return KindMarked }

// Kind implements Body.
func (Labeled) Kind() string { return KindLabeled }

// Kind implements Body.
func (Linked) Kind() string { return KindLinked }

// Kind implements Body.
func (Noted) Kind() string { return KindNoted }

// Kind implements Body.
func (SendState) Kind() string { return KindSend }

// Kind implements Body.
func (AccountDefined) Kind() string { return KindAccount }

// Kind implements Body.
func (AgentDefined) Kind() string { return KindAgent }

// Kind implements Body.
func (Available) Kind() string { return KindAvailable }

// Kind implements Body.
func (TemplateManaged) Kind() string { return KindManaged }

// Kind implements Body.
func (TemplatesListed) Kind() string { return KindTemplates }

// Kind implements Body.
func (Quarantined) Kind() string { return KindQuarantined }

// Kind implements Body.
func (Reprocessed) Kind() string { return KindReprocessed }

// TeamFact reports whether a client may publish this kind. Everything else is
// written by the relay alone.
func TeamFact(kind string) bool {
	switch kind {
	case KindAssigned, KindResolved, KindDescribed, KindReopened, KindMarked, KindLabeled, KindLinked, KindNoted, KindSend,
		KindTemplates, KindErased, KindSnoozed, KindPrioritized, KindFollowed, KindRated, KindContact, KindJoined, KindBlocked,
		KindConsented, KindAvailable, KindSet, KindBroadcast, KindBroadcastState, KindManaged:
		return true
	}
	return false
}

// TeamWide reports whether a kind is about the team or an account, and so names no
// conversation.
func TeamWide(kind string) bool {
	switch kind {
	case KindTemplates, KindAvailable, KindSet, KindBroadcast, KindBroadcastState, KindManaged:
		return true
	}
	return false
}

// Nowhere reports whether a kind names no account either.
func Nowhere(kind string) bool { return kind == KindSet || kind == KindAvailable }
