package store

import (
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// ConversationStatus is where a conversation stands for the team.
type ConversationStatus string

// The statuses of a conversation.
const (
	StatusOpen     ConversationStatus = "open"
	StatusPending  ConversationStatus = "pending"
	StatusSnoozed  ConversationStatus = "snoozed"
	StatusResolved ConversationStatus = "resolved"
)

// Conversation is one row of the list: everything it paints, and nothing more.
type Conversation struct {
	ID      event.ConversationID
	Account provider.AccountID
	Network provider.Network
	// Driver is what the account is reached through; empty where nobody said.
	Driver string
	// Chat is the network's own id, to send to.
	Chat provider.ChatID
	// Name is the contact's name, else the username, else the phone number;
	// remote text, to be cleaned before it is shown.
	Name     string
	Phone    string
	Username string
	// Language is a BCP 47 tag, empty while nobody told.
	Language string
	Zone     string
	Status   ConversationStatus
	// StatusSeq and AssigneeSeq are the preconditions of the next change.
	StatusSeq   event.Seq
	AssigneeSeq event.Seq
	LabelsSeq   event.Seq
	LinkSeq     event.Seq
	Assignee    event.AgentID
	// Pending is set while a team action of ours has not been confirmed.
	Pending bool
	// Unread counts the customer's messages since the team last dealt with the
	// conversation; Marked is the team's own unread mark.
	Unread int
	Marked bool
	// New counts the customer's messages this agent has not seen.
	New int
	// SeenSeq is the last sequence this agent has seen of it.
	SeenSeq event.Seq
	// LastSeq is the sequence of the last that happened to it.
	LastSeq event.Seq
	// Mentioned means that a note calls this agent who has not looked since.
	Mentioned bool
	// LastAt orders the list: the last interaction the customer could see.
	LastAt time.Time
	// WaitingSince is the customer's first unanswered message; zero when
	// nobody waits.
	WaitingSince time.Time
	// LastInbound is the network's time of the customer's last message: the
	// window counts from it. Zero when the customer never wrote.
	LastInbound time.Time
	// SnoozedUntil is when a snoozed one comes back, zero where only the customer's
	// next message brings it; of an open one, since when it is back and nobody has
	// dealt with it.
	SnoozedUntil time.Time
	Priority     event.Priority
	PrioritySeq  event.Seq
	// Team is the team it is assigned to, if any.
	Team string
	// Followers are told of what happens here, in order.
	Followers []event.AgentID
	// Contact is the conversation whose person this one's is too; empty for
	// itself.
	Contact    event.ConversationID
	ContactSeq event.Seq
	// About and Fields are what the team knows of the person.
	About  string
	Fields map[string]string
	// Blocked means that the team does not let them write; NetworkBlocks, that the
	// network keeps them from it.
	Blocked, NetworkBlocks bool
	// OpenedAt is since when it is open: the customer's first word, or a reopening,
	// after the last resolution.
	OpenedAt time.Time
	// Target is what the team has set itself and misses first.
	Target Deadline
	// Standing is what the customer lets us do.
	Standing Standing
	// Closes is when the network's window closes or closed; zero where there is
	// no such rule or the customer never wrote.
	Closes     time.Time
	Preview    Preview
	Link       event.Linked
	Labels     []string
	Resolution event.Resolution
	// Failed and Unsure count sends of ours that need a person.
	Failed int
	Unsure int
	// Scheduled counts the messages that wait for their time; Due is when the first
	// of them goes. Held counts those whose time has come and that wait for a person.
	Scheduled, Held int
	Due             time.Time
	// Draft is true where an unsent draft is kept.
	Draft bool
	// Rev changes whenever any field above changes: the row's cache key.
	Rev int64
}

// LinkFor returns what a message of this conversation is tied to, where the
// account ties messages to anything: the conversation's own link, if it is to a
// thing of the system the rule names. It is nil where there is none.
func (c *Conversation) LinkFor(rule provider.LinkRule) *provider.Link {
	if rule.System == "" || c.Link.Ref == "" || !strings.EqualFold(c.Link.System, rule.System) {
		return nil
	}
	return &provider.Link{System: rule.System, ID: c.Link.Ref, Fields: c.Link.Fields}
}

// Preview is the last thing that happened in a conversation.
type Preview struct {
	Direction Direction
	Kind      MessageKind
	Content   provider.ContentKind
	// Text is remote text where Direction is Incoming.
	Text   string
	By     event.AgentID
	Status provider.Status
	Job    event.JobState
	Error  *provider.Error
	// Revoked means that its writer took it back.
	Revoked bool
}

// State is where what went out stands, as [Message.State] says it.
func (p Preview) State() string {
	if p.Status != provider.NoStatus {
		return p.Status.String()
	}
	return string(p.Job)
}

// LongUnsure is after how long a send of which nobody knows whether it arrived
// is one that somebody has to see to: no receipt is likely to come any more.
const LongUnsure = 10 * time.Minute

// View is a standing question to the list.
type View string

// The views.
const (
	ViewMine       View = "mine"
	ViewUnassigned View = "unassigned"
	ViewClosing    View = "closing"
	ViewAll        View = "all"
	ViewUnread     View = "unread"
	ViewFailed     View = "failed"
	// ViewLate is where a target of the team's was missed, the longest first; ViewDue
	// where one is missed soon.
	ViewLate View = "late"
	ViewDue  View = "due"
	// ViewMentions is where a note calls this agent, until they have looked.
	ViewMentions View = "mentions"
	// ViewUnsure is sends of the team's that have been unsure for LongUnsure.
	ViewUnsure   View = "unsure"
	ViewResolved View = "resolved"
	// ViewSnoozed is what is put aside, what comes back first at the top.
	ViewSnoozed View = "snoozed"
	// ViewFollowUp is what was resolved and is to be looked at again by now.
	ViewFollowUp View = "followup"
)

// ConversationCursor is a place in a view's order. The zero value is the top.
type ConversationCursor struct {
	At int64
	// Then decides between two of the same At, before their ids do.
	Then int64
	ID   event.ConversationID
}

// Cursor returns the conversation's place in the view's order.
func (c Conversation) Cursor(v View) ConversationCursor {
	q := v.Query()
	last := millis(c.LastAt)
	switch {
	case q.Order == OrderWaiting:
		return ConversationCursor{At: millis(c.WaitingSince), Then: last, ID: c.ID}
	case q.Order == OrderWindow:
		return ConversationCursor{At: millis(c.Closes), Then: last, ID: c.ID}
	case q.Order == OrderTarget:
		return ConversationCursor{At: millis(c.Target.At), Then: last, ID: c.ID}
	case q.Order == OrderPriority:
		return ConversationCursor{At: int64(c.Priority), Then: last, ID: c.ID}
	case q.Order == OrderNewest:
		return ConversationCursor{At: last, ID: c.ID}
	case q.In == ViewClosing:
		return ConversationCursor{At: millis(c.Closes), ID: c.ID}
	case q.In == ViewLate, q.In == ViewDue:
		return ConversationCursor{At: millis(c.Target.At), ID: c.ID}
	case q.In == ViewSnoozed:
		return ConversationCursor{At: millis(c.SnoozedUntil), ID: c.ID}
	case q.In == ViewFollowUp:
		return ConversationCursor{At: c.Resolution.FollowUp.Unix(), ID: c.ID}
	}
	return ConversationCursor{At: last, ID: c.ID}
}
