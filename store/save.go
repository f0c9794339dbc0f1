package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/webhookrelay/event"
)

// stateColumns are the fields of state in their order; see scan and values.
const stateColumns = `
	c.chat, c.name, c.team_name, c.phone, c.username, c.language, c.zone, c.status, c.status_seq, c.assignee,
	c.assignee_seq, c.labels, c.labels_seq, c.link, c.link_seq, c.resolution, c.resolved_at, c.unread, c.marked,
	c.inbound, c.last_seq, c.last_at, c.waiting_since, c.last_inbound, c.closes_at, c.preview, c.preview_at, c.failed,
	c.unsure, c.standing, c.snoozed_until, c.priority, c.priority_seq, c.team, c.followers, c.contact, c.contact_seq, c.person,
	c.opened_at, c.asked_at, c.answered_at, c.target_at, c.target_of`

// A row's columns in two parts: what nearly every fact changes, and what few
// do, so that most writes leave the second and its indexes alone.
const (
	insertConversations = `insert into conversation (status, assignee, assignee_seq, status_seq, resolved_at, unread, marked,
	inbound, last_seq, last_at, waiting_since, last_inbound, closes_at, preview, preview_at, failed, unsure, opened_at, asked_at, answered_at, target_at, target_of, pending,
	chat, name, team_name, phone, username, language, zone, labels, labels_seq, link, link_seq, resolution, standing,
	snoozed_until, priority, priority_seq, team, followers, contact, contact_seq, person, key, id, account) values `
	setOften = `status = ?, assignee = ?, assignee_seq = ?, status_seq = ?, resolved_at = ?, unread = ?, marked = ?,
	inbound = ?, last_seq = ?, last_at = ?, waiting_since = ?, last_inbound = ?, closes_at = ?, preview = ?,
	preview_at = ?, failed = ?, unsure = ?, opened_at = ?, asked_at = ?, answered_at = ?, target_at = ?, target_of = ?, pending = ?`
	setSeldom = `chat = ?, name = ?, team_name = ?, phone = ?, username = ?, language = ?, zone = ?, labels = ?,
	labels_seq = ?, link = ?, link_seq = ?, resolution = ?, standing = ?, snoozed_until = ?, priority = ?, priority_seq = ?, team = ?,
	followers = ?, contact = ?, contact_seq = ?, person = ?`
	updateOften = "update conversation set " + setOften + ", rev = rev + 1 where key = ?"
	updateAll   = "update conversation set " + setOften + ", " + setSeldom + ", rev = rev + 1 where key = ?"
)

const selectConversation = `select c.key, c.id, a.id, ` + stateColumns + `, c.pending
	from conversation c join account a on a.key = c.account`

// scanRow reads a row of selectConversation. pending: actions of ours wait for
// their events.
func scanRow(scan func(...any) error) (c *conversation, pending bool, err error) {
	c = &conversation{account: &account{}}
	var lists rowJSON
	into := append([]any{&c.key, &c.id, &c.account.id}, c.base.scan(&lists)...)
	if err := scan(append(into, &pending)...); err != nil {
		return nil, false, err
	}
	if err := c.base.decode(&lists); err != nil {
		return nil, false, err
	}
	c.shown, c.stored = c.base, c.base
	c.named = c.base.searchName()
	return c, pending, nil
}

// rowJSON is a row's columns that are JSON, before they are read.
type rowJSON struct{ labels, link, resolution, followers []byte }

// scan returns where stateColumns are scanned to.
func (c *state) scan(raw *rowJSON) []any {
	return []any{
		&c.Chat, &c.Name, &c.TeamName, &c.Phone, &c.Username, &c.Language, &c.Zone, &c.Status, &c.StatusSeq,
		&c.Assignee, &c.AssigneeSeq, &raw.labels, &c.LabelsSeq, &raw.link, &c.LinkSeq, &raw.resolution, &c.ResolvedAt, &c.Unread,
		&c.Marked, &c.Inbound, &c.LastSeq, &c.LastAt, &c.WaitingSince, &c.LastInbound, &c.ClosesAt, &c.Preview,
		&c.PreviewAt, &c.Failed, &c.Unsure, &c.Standing, &c.SnoozedUntil, &c.Priority, &c.PrioritySeq, &c.Team, &raw.followers,
		&c.Contact, &c.ContactSeq, &c.Person, &c.OpenedAt, &c.AskedAt,
		&c.AnsweredAt, &c.TargetAt, &c.TargetOf,
	}
}

func (c *state) decode(raw *rowJSON) error {
	if err := decodeUnlessEmpty(raw.labels, &c.Labels); err != nil {
		return fmt.Errorf("read labels: %w", err)
	}
	if err := decodeUnlessEmpty(raw.link, &c.Link); err != nil {
		return fmt.Errorf("read link: %w", err)
	}
	if err := decodeUnlessEmpty(raw.resolution, &c.Resolution); err != nil {
		return fmt.Errorf("read resolution: %w", err)
	}
	if err := decodeUnlessEmpty(raw.followers, &c.Followers); err != nil {
		return fmt.Errorf("read followers: %w", err)
	}
	return nil
}

// decodeUnlessEmpty spares the list a decoder for what most rows do not have.
func decodeUnlessEmpty(raw []byte, into any) error {
	switch string(raw) {
	case "[]", "{}", "null", `{"system":"","ref":""}`:
		return nil
	}
	return decode(raw, into)
}

// often appends the values of setOften.
func (c *state) often(args []any, pending bool) []any {
	return append(args, string(c.Status), string(c.Assignee), int64(c.AssigneeSeq), int64(c.StatusSeq), c.ResolvedAt, c.Unread,
		c.Marked, c.Inbound, int64(c.LastSeq), c.LastAt, c.WaitingSince, c.LastInbound, c.ClosesAt, int64(c.Preview),
		c.PreviewAt, c.Failed, c.Unsure, c.OpenedAt, c.AskedAt, c.AnsweredAt, c.TargetAt, string(c.TargetOf), pending)
}

// seldom appends the values of setSeldom.
func (c *state) seldom(args []any) ([]any, error) {
	labels, link, resolution, stands, followers, known := "[]", "{}", "{}", "{}", "[]", "{}"
	var err error
	if len(c.Labels) > 0 {
		if labels, err = encode(c.Labels); err != nil {
			return nil, err
		}
	}
	if !sameLink(c.Link, event.Linked{}) {
		if link, err = encode(c.Link); err != nil {
			return nil, err
		}
	}
	if c.Resolution != (event.Resolution{}) {
		if resolution, err = encode(c.Resolution); err != nil {
			return nil, err
		}
	}
	if c.Standing != (standing{}) {
		if stands, err = encode(c.Standing); err != nil {
			return nil, err
		}
	}
	if len(c.Followers) > 0 {
		if followers, err = encode(c.Followers); err != nil {
			return nil, err
		}
	}
	if !c.Person.empty() {
		if known, err = encode(c.Person); err != nil {
			return nil, err
		}
	}
	return append(args, string(c.Chat), c.Name, c.TeamName, c.Phone, c.Username, c.Language, c.Zone, labels,
		int64(c.LabelsSeq), link, int64(c.LinkSeq), resolution, stands, c.SnoozedUntil, int64(c.Priority), int64(c.PrioritySeq), c.Team,
		followers, string(c.Contact), int64(c.ContactSeq), known), nil
}

// sameSeldom reports whether the values of setSeldom are those of another.
func (c *state) sameSeldom(o *state) bool {
	return c.Chat == o.Chat && c.Name == o.Name && c.TeamName == o.TeamName && c.Phone == o.Phone &&
		c.Username == o.Username && c.Language == o.Language && c.Zone == o.Zone && c.LabelsSeq == o.LabelsSeq &&
		slices.Equal(c.Labels, o.Labels) && c.LinkSeq == o.LinkSeq && sameLink(c.Link, o.Link) && c.Resolution == o.Resolution &&
		c.Standing == o.Standing && c.SnoozedUntil == o.SnoozedUntil && c.Priority == o.Priority && c.PrioritySeq == o.PrioritySeq &&
		c.Team == o.Team && slices.Equal(c.Followers, o.Followers) && c.Contact == o.Contact && c.ContactSeq == o.ContactSeq &&
		c.Person.same(o.Person)
}

func sameLink(a, b event.Linked) bool {
	return a.System == b.System && a.Ref == b.Ref && a.Title == b.Title && a.URL == b.URL && maps.Equal(a.Fields, b.Fields)
}

// flush writes what changed and indexes the new messages in one statement.
func (b *batch) flush() error {
	written := b.writtenConversation
	if err := b.write(); err != nil {
		return err
	}
	for _, c := range b.inOrder() {
		var err error
		switch {
		case c.sends || c.wait || c.owes || (c.dirty && c.key <= written):
			err = b.save(c)
		case c.dirty: // new, and written as it is
			err = b.saveBeside(c)
		}
		if err != nil {
			return fmt.Errorf("save conversation: %w", err)
		}
	}
	if err := b.saveTally(); err != nil || b.rows.last == b.rows.before && b.rows.first == b.rows.top {
		return err
	}
	return b.exec(`insert into message_fts (rowid, body) select key, coalesce(indexed, text) from message
		where (key > ? or key < ?) and kind in ('message', 'note') and text <> ''`, b.rows.before, b.rows.top)
}

// inOrder is the conversations by key, as they lie on disk.
func (b *batch) inOrder() []*conversation {
	return slices.SortedFunc(maps.Values(b.byKey), func(a, b *conversation) int { return cmp.Compare(a.key, b.key) })
}

// write puts into the tables what the batch holds of new conversations and
// messages, in the order they refer to each other. It comes before every
// statement that reads or changes messages in the table.
func (b *batch) write() error {
	var fresh []*conversation
	for b.writtenConversation < b.lastConversation {
		b.writtenConversation++
		fresh = append(fresh, b.byKey[b.writtenConversation])
	}
	if err := bulk(b, insertConversations, "", fresh, b.freshValues); err != nil {
		return fmt.Errorf("make conversations: %w", err)
	}
	for _, a := range b.aliases {
		if err := b.exec(`insert into conversation_alias (alias, conversation) values (?, ?)
			on conflict (alias) do update set conversation = excluded.conversation`, string(a.id), a.conversation); err != nil {
			return err
		}
	}
	b.aliases = b.aliases[:0]
	if err := b.writeRows(); err != nil {
		return err
	}
	return b.writeEvents()
}

// freshValues are the columns of insertConversations.
func (b *batch) freshValues(c *conversation, args []any) ([]any, error) {
	if err := b.show(c); err != nil {
		return nil, err
	}
	args, err := c.shown.seldom(c.shown.often(args, len(c.pending) > 0))
	if err != nil {
		return nil, err
	}
	b.tally.moved(&c.stored, &c.shown)
	c.stored = c.shown
	return append(args, c.key, string(c.id), c.account.key), nil
}

// show makes the row of what is certain and what is pending, as it stands now.
func (b *batch) show(c *conversation) error {
	now := millis(b.s.Now())
	c.base.ClosesAt = b.closesAt(c)
	c.base.sleeps(now)
	c.shown = c.base
	for _, p := range c.pending {
		c.shown.sleeps(p.at)
		c.shown.act(p.body, b.s.opt.Agent, instant(p.at))
	}
	c.shown.sleeps(now)
	return b.judgeTarget(c)
}

func (b *batch) save(c *conversation) error {
	if err := b.recount(c); err != nil {
		return err
	}
	if err := b.show(c); err != nil {
		return err
	}
	if err := b.update(c); err != nil {
		return err
	}
	return b.saveBeside(c)
}

// saveBeside writes what other tables say of a conversation.
func (b *batch) saveBeside(c *conversation) error {
	if err := b.saveSeen(c); err != nil {
		return err
	}
	if err := b.saveBase(c); err != nil {
		return err
	}
	return b.indexContact(c)
}

func (b *batch) update(c *conversation) error {
	args, query := c.shown.often(b.args[:0], len(c.pending) > 0), updateOften
	if !c.shown.sameSeldom(&c.stored) {
		var err error
		if args, err = c.shown.seldom(args); err != nil {
			return err
		}
		query = updateAll
	}
	b.tally.moved(&c.stored, &c.shown)
	c.stored = c.shown
	b.args = append(args, c.key)
	return b.exec(query, b.args...)
}

func (b *batch) closesAt(c *conversation) int64 {
	length := windowLength(b.s.chatWindow(c.account, c.base.Chat, b.window(c.account)))
	if length == 0 || c.base.LastInbound == 0 {
		return 0
	}
	return c.base.LastInbound + length
}

// recount brings the numbers of failed and unsure sends up to date, what a person owes,
// and the wait, which a reply that failed does not end.
func (b *batch) recount(c *conversation) error {
	if c.sends {
		if _, err := b.get(`select count(*) filter (where job = 'failed' or (status = 2 and job <> 'unsure')), count(*) filter (where job = 'unsure')
			from message where conversation = ? and direction = 'out' and settled = 0 and (job in ('failed', 'unsure') or status = 2)`,
			[]any{c.key}, &c.base.Failed, &c.base.Unsure); err != nil {
			return err
		}
	}
	if c.owes {
		if err := b.recountOwed(c); err != nil {
			return err
		}
	}
	if !c.wait {
		return nil
	}
	var since int64
	_, err := b.get(`select coalesce(min(sent_at), 0) from message where conversation = ?1 and kind <> 'reaction' and direction = 'in' and sent_at > 0
		and not (content_kind = 'choice' and coalesce(content ->> '$.chosen.id', '') like 'csat:%') and at > ?2 and key > (select coalesce(max(key), 0) from message
			where conversation = ?1 and kind <> 'reaction' and direction = 'out' and job not in ('failed', 'discarded', 'scheduled') and status <> 2)`,
		[]any{c.key, c.base.ResolvedAt}, &since)
	c.base.WaitingSince = since
	return err
}

// searchName is what a contact is found by.
func (c *state) searchName() string {
	return strings.TrimSpace(strings.Join([]string{c.TeamName, c.Name, c.Username, c.Phone, c.Link.Ref, c.Link.Title}, " "))
}

func (b *batch) indexContact(c *conversation) error {
	name := c.base.searchName()
	if name == c.named {
		return nil
	}
	if c.named != "" {
		if err := b.exec("delete from contact_fts where rowid = ?", c.key); err != nil {
			return err
		}
	}
	c.named = name
	text, _ := searchable(name)
	return b.exec("insert into contact_fts (rowid, body) values (?, ?)", c.key, text)
}
