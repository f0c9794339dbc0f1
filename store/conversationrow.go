package store

import (
	"database/sql"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

func scanConversation(scan func(...any) error) (Conversation, error) {
	var c Conversation
	var st state
	var lists rowJSON
	var failure []byte
	var seen int
	var revoked int64
	var scheduled string
	var p struct {
		direction, kind, content, text, by, job sql.NullString
		status                                  sql.NullInt64
	}
	into := append(st.scan(&lists), &c.ID, &c.Pending, &c.Rev, &c.Account, &c.Network, &c.Driver, &c.SeenSeq,
		&seen, &c.Draft, &scheduled, &p.direction, &p.kind, &p.content, &p.text, &p.by, &p.status, &p.job, &failure, &revoked)
	if err := scan(into...); err != nil {
		return Conversation{}, err
	}
	if err := st.decode(&lists); err != nil {
		return Conversation{}, err
	}
	st.row(&c)
	if err := c.scheduled(scheduled); err != nil {
		return Conversation{}, err
	}
	c.New = max(0, st.Inbound-seen)
	c.Preview = Preview{
		Direction: Direction(p.direction.String), Kind: MessageKind(p.kind.String),
		Content: provider.ContentKind(p.content.String), Text: p.text.String, By: event.AgentID(p.by.String),
		Status: provider.Status(p.status.Int64), Job: event.JobState(p.job.String),
		Revoked: revoked != 0,
	}
	var err error
	c.Preview.Error, err = decodeError(failure)
	return c, err
}

// scheduled reads how many messages wait for their time, of them for a person, and
// when the first goes.
func (c *Conversation) scheduled(raw string) error {
	if raw == "[0,0,null]" {
		return nil
	}
	var n [3]int64
	if err := decode([]byte(raw), &n); err != nil {
		return fmt.Errorf("read what is scheduled: %w", err)
	}
	c.Scheduled, c.Held, c.Due = int(n[0]), int(n[1]), instant(n[2])
	return nil
}

func decodeError(raw []byte) (*provider.Error, error) {
	if raw == nil {
		return nil, nil
	}
	e := &provider.Error{}
	if err := decode(raw, e); err != nil {
		return nil, fmt.Errorf("read error of a message: %w", err)
	}
	return e, nil
}

func (c *state) row(r *Conversation) {
	r.Chat, r.Name, r.Phone, r.Username = c.Chat, c.shownName(), c.Phone, c.Username
	r.Language, r.Zone = c.Language, c.Zone
	r.Status, r.StatusSeq, r.Assignee, r.AssigneeSeq = c.Status, c.StatusSeq, c.Assignee, c.AssigneeSeq
	r.Labels, r.LabelsSeq, r.Link, r.LinkSeq = c.Labels, c.LabelsSeq, c.Link, c.LinkSeq
	r.Resolution = c.Resolution
	r.Standing = c.Standing.shown()
	r.Standing.Blocked = c.Person.Blocked
	r.Unread, r.Marked, r.LastSeq = c.Unread, c.Marked, c.LastSeq
	r.LastAt, r.WaitingSince = instant(c.LastAt), instant(c.WaitingSince)
	r.LastInbound, r.Closes = instant(c.LastInbound), instant(c.ClosesAt)
	r.Failed, r.Unsure = c.Failed, c.Unsure
	r.SnoozedUntil, r.Priority, r.PrioritySeq = instant(c.SnoozedUntil), c.Priority, c.PrioritySeq
	r.Team, r.Followers = c.Team, c.Followers
	r.Contact, r.ContactSeq = c.Contact, c.ContactSeq
	r.About, r.Fields = c.Person.About, c.Person.Fields
	r.Blocked, r.NetworkBlocks = c.Person.Blocked, c.Person.Network
	r.OpenedAt = instant(c.OpenedAt)
	r.Target = Deadline{Of: c.TargetOf, At: instant(c.TargetAt)}
}
