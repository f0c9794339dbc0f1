package store

import (
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// state is a conversation as facts make it. While team actions of ours are not
// confirmed there are two of it: the certain one (intent_base), which facts
// change, and the shown one (the row), which is the certain one with the
// pending actions applied on top. An action that is refused is undone by
// showing the certain one again.
type state struct {
	Chat     provider.ChatID
	Name     string // as the network tells it
	TeamName string // as the team calls the contact
	Phone    string
	Username string
	Language string
	Zone     string

	Status      ConversationStatus
	StatusSeq   event.Seq
	Assignee    event.AgentID
	AssigneeSeq event.Seq
	Labels      []string
	LabelsSeq   event.Seq
	Link        event.Linked
	LinkSeq     event.Seq
	Resolution  event.Resolution
	ResolvedAt  int64
	Standing    standing

	SnoozedUntil int64
	Priority     event.Priority
	PrioritySeq  event.Seq
	Team         string
	Followers    []event.AgentID
	Contact      event.ConversationID
	ContactSeq   event.Seq
	Person       person
	OpenedAt     int64

	Unread, Inbound int
	Marked          bool
	LastSeq         event.Seq
	LastAt          int64
	WaitingSince    int64
	LastInbound     int64
	ClosesAt        int64
	// AskedAt is since when no person has answered the customer, AnsweredAt when one
	// first did since OpenedAt; of a resolved one as they were, for it may be undone.
	AskedAt, AnsweredAt int64
	// TargetAt is when TargetOf is missed; worked out for the row alone.
	TargetAt       int64
	TargetOf       event.TargetOf
	Preview        MessageKey
	PreviewAt      int64
	Failed, Unsure int
}

// act applies a team fact or a pending action; one that is not about the
// conversation's own fields changes nothing.
func (c *state) act(body event.Body, by event.AgentID, at time.Time) {
	switch b := body.(type) {
	case event.Assigned:
		c.Assignee, c.Team = b.To, b.Team
	case event.Resolved:
		c.resolve(b.Resolution, at)
	case event.Described:
		c.describe(b.Resolution)
	case event.Reopened:
		c.reopen(b.Undone, at)
	case event.Marked:
		c.mark(b)
	case event.Labeled:
		c.Labels = b.Labels
	case event.Linked:
		c.Link = b
	case event.Snoozed:
		if b.Heard == nil || c.Inbound <= *b.Heard {
			c.snooze(b.Until, at)
		}
	case event.Prioritized:
		c.Priority = b.Priority
	case event.Followed:
		c.follow(by, b.Follow)
	default:
		c.actOnContact(body, at)
	}
}

// resolve also ends the wait: the team decided that nothing is to be answered.
func (c *state) resolve(r event.Resolution, at time.Time) {
	c.Status, c.SnoozedUntil = StatusResolved, 0
	c.Resolution = r
	c.ResolvedAt = millis(at)
	c.answered()
}

// describe adds to the last resolution and takes nothing away from it.
func (c *state) describe(r event.Resolution) {
	c.Resolution = c.Resolution.With(event.Described{Resolution: r})
}

// mark adds a restored count to what the customer wrote since.
func (c *state) mark(m event.Marked) {
	c.Marked = m.Unread && m.Count == 0
	c.Unread += m.Count
	if !m.Unread {
		c.Unread = 0
	}
}

func (c *state) reopen(u *event.Undone, at time.Time) {
	if u == nil {
		c.open(millis(at))
		return
	}
	c.Status, c.SnoozedUntil = StatusOpen, 0 // it goes on as if it had not ended
	c.Unread += u.Unread
	c.Marked = c.Marked || u.Marked
	if !u.WaitingSince.IsZero() {
		c.WaitingSince = millis(u.WaitingSince)
	}
	if u.Snoozed != nil {
		c.snooze(u.Snoozed.Until, at)
	}
}

// answered: a person of the team dealt with what the customer wrote.
func (c *state) answered() {
	c.WaitingSince, c.Unread, c.Marked = 0, 0, false
	if c.Status == StatusOpen { // it had come back for this
		c.SnoozedUntil = 0
	}
}

// wrote counts a message of the customer. sent is the network's time, already
// clamped; at is the relay's.
func (c *state) wrote(sent, at int64) {
	c.Unread++
	c.Inbound++
	c.LastInbound = newest(c.LastInbound, sent, at)
	c.LastAt = newest(c.LastAt, at, at)
	if c.WaitingSince == 0 {
		c.WaitingSince = sent
	}
	if c.Status == StatusResolved || c.Status == StatusSnoozed || c.SnoozedUntil != 0 || c.OpenedAt == 0 {
		c.open(at)
	}
}

// asks: the customer waits for a person from their first message on.
func (c *state) asks(sent int64) {
	if c.AskedAt == 0 {
		c.AskedAt = sent
	}
}

// answers: a person has answered what the customer asked.
func (c *state) answers(at int64) {
	if c.AskedAt != 0 && c.AnsweredAt == 0 {
		c.AnsweredAt = at
	}
	c.AskedAt = 0
}

// rates counts a customer's answer to how they were served, which asks nobody for
// anything.
func (c *state) rates(sent, at int64) {
	c.Inbound++
	c.LastInbound = newest(c.LastInbound, sent, at)
	c.LastAt = newest(c.LastAt, at, at)
}

// open begins a new run of the conversation where it was closed; one that was only
// put aside goes on as it was.
func (c *state) open(at int64) {
	if c.Status == StatusResolved || c.OpenedAt == 0 {
		c.OpenedAt, c.AskedAt, c.AnsweredAt = at, 0, 0
	}
	c.Status, c.SnoozedUntil = StatusOpen, 0
}

// newest is the later of two times. One that lies ahead of the relay's clock as
// it is now was told by a clock that has been put right since, and is forgotten.
func newest(have, told, now int64) int64 {
	if have > now+maxAhead.Milliseconds() {
		return told
	}
	return max(have, told)
}

// sender takes what a message tells about the person. The network's name never
// replaces what the team calls them.
func (c *state) sender(f provider.Sender) {
	if f.Name != "" {
		c.Name = f.Name
	}
	if f.Phone != "" {
		c.Phone = f.Phone
	}
	if f.Username != "" {
		c.Username = f.Username
	}
}

// shownName is what the list calls the contact.
func (c *state) shownName() string {
	for _, s := range []string{c.TeamName, c.Name, c.Username, c.Phone} {
		if s != "" {
			return s
		}
	}
	return string(c.Chat)
}

// changed records which aspect a fact changed. A fact that named another id of
// the conversation does not count: the relay keeps aspects by the id named.
func (c *state) changed(a event.Aspect, seq event.Seq) {
	switch a {
	case event.AspectStatus:
		c.StatusSeq = seq
	case event.AspectAssignee:
		c.AssigneeSeq = seq
	case event.AspectLabels:
		c.LabelsSeq = seq
	case event.AspectLink:
		c.LinkSeq = seq
	case event.AspectPriority:
		c.PrioritySeq = seq
	case event.AspectContact:
		c.ContactSeq = seq
	}
}

// seq is the precondition of the next change of an aspect.
func (c *state) seq(a event.Aspect) event.Seq {
	switch a {
	case event.AspectStatus:
		return c.StatusSeq
	case event.AspectAssignee:
		return c.AssigneeSeq
	case event.AspectLabels:
		return c.LabelsSeq
	case event.AspectLink:
		return c.LinkSeq
	case event.AspectPriority:
		return c.PrioritySeq
	case event.AspectContact:
		return c.ContactSeq
	}
	return 0
}
