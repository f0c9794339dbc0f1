package store

import (
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// batch is one transaction's view of what it changes: conversations are loaded
// once, changed in memory and written once.
type batch struct {
	*tx
	s        *Store
	teamKey  event.Key
	accounts map[provider.AccountID]*account
	// found maps every id met, aliases included, to its conversation.
	found   map[event.ConversationID]*conversation
	byKey   map[int64]*conversation
	change  Change
	lastKey int64 // the newest message before the batch
	waiting bool  // facts wait for their message
}

// account is an inbox as a batch knows it.
type account struct {
	key     int64
	id      provider.AccountID
	network provider.Network
}

// conversation is a row under change.
type conversation struct {
	key     int64
	id      event.ConversationID
	account *account
	// base is what facts say; shown is base with pending applied.
	base    state
	shown   state
	pending []pendingAction
	// named is what the search index holds of the contact.
	named string
	dirty bool
	// sends is set where the number of failed and unsure sends may differ.
	sends bool
	// wait is set where a reply stopped counting as one, or counts again.
	wait bool
	// based is set where intent_base has a row of it.
	based bool
	// gone is set where the row was merged into another.
	gone bool
}

// pendingAction is a team action of ours whose event has not come back.
type pendingAction struct {
	id   string
	body event.Body
	at   int64
}

func (s *Store) newBatch(t *tx) (*batch, error) {
	b := &batch{tx: t, s: s, accounts: map[provider.AccountID]*account{},
		found: map[event.ConversationID]*conversation{}, byKey: map[int64]*conversation{},
		change: emptyChange()}
	_, err := t.get(`select team_key, (select coalesce(max(key), 0) from message), exists (select 1 from waiting) from log`,
		nil, &b.teamKey, &b.lastKey, &b.waiting)
	return b, err
}

// touch marks a conversation as changed.
func (b *batch) touch(c *conversation) {
	c.dirty = true
	b.change.List = true
	b.change.Counts = true
	if b.change.Conversations != nil {
		b.change.Conversations[c.id] = true
	}
}

// account returns the account, making its row where nobody has defined it yet.
func (b *batch) account(id provider.AccountID) (*account, error) {
	if a, ok := b.accounts[id]; ok {
		return a, nil
	}
	a := &account{id: id}
	found, err := b.get("select key, network from account where id = ?", []any{string(id)}, &a.key, &a.network)
	if err != nil {
		return nil, err
	}
	if !found {
		if a.key, err = b.insert("insert into account (id) values (?)", string(id)); err != nil {
			return nil, err
		}
	}
	b.accounts[id] = a
	return a, nil
}

// stateColumns are the fields of state in their order; see scan and values.
const stateColumns = `
	c.chat, c.name, c.team_name, c.phone, c.username, c.language, c.zone, c.status, c.status_seq, c.assignee,
	c.assignee_seq, c.labels, c.labels_seq, c.link, c.link_seq, c.resolution, c.resolved_at, c.unread, c.marked,
	c.inbound, c.last_seq, c.last_at, c.waiting_since, c.last_inbound, c.closes_at, c.preview, c.preview_at, c.failed,
	c.unsure`

const updateConversation = `update conversation set
	chat = ?, name = ?, team_name = ?, phone = ?, username = ?, language = ?, zone = ?, status = ?, status_seq = ?,
	assignee = ?, assignee_seq = ?, labels = ?, labels_seq = ?, link = ?, link_seq = ?, resolution = ?, resolved_at = ?,
	unread = ?, marked = ?, inbound = ?, last_seq = ?, last_at = ?, waiting_since = ?, last_inbound = ?, closes_at = ?,
	preview = ?, preview_at = ?, failed = ?, unsure = ?,
	pending = ?, rev = rev + 1 where key = ?`

const selectConversation = `select c.key, c.id, a.id, ` + stateColumns + `, c.pending
	from conversation c join account a on a.key = c.account`

// conversation returns the row an id leads to, or nil.
func (b *batch) conversation(id event.ConversationID) (*conversation, error) {
	if c, ok := b.found[id]; ok {
		return c, nil
	}
	c, err := b.load(selectConversation+" where c.id = ?", string(id))
	if err == nil && c == nil {
		c, err = b.load(selectConversation+` join conversation_alias l on l.conversation = c.key where l.alias = ?`, string(id))
	}
	if err != nil {
		return nil, fmt.Errorf("load conversation: %w", err)
	}
	if c != nil {
		b.found[id] = c
	}
	return c, nil
}

// keyed returns the conversation of a key the store holds.
func (b *batch) keyed(key int64) (*conversation, error) {
	if c, ok := b.byKey[key]; ok {
		return c, nil
	}
	c, err := b.load(selectConversation+" where c.key = ?", key)
	if err != nil {
		return nil, fmt.Errorf("load conversation: %w", err)
	}
	if c == nil {
		return nil, fmt.Errorf("load conversation: %w", ErrNotFound)
	}
	return c, nil
}

func (b *batch) load(query string, arg any) (*conversation, error) {
	c := &conversation{}
	var accountID provider.AccountID
	var labels, link, resolution []byte
	var pending bool
	into := append([]any{&c.key, &c.id, &accountID}, c.base.scan(&labels, &link, &resolution)...)
	found, err := b.get(query, []any{arg}, append(into, &pending)...)
	if err != nil || !found {
		return nil, err
	}
	// The same row may have been met under another id.
	if known, ok := b.byKey[c.key]; ok {
		return known, nil
	}
	if err := c.base.decode(labels, link, resolution); err != nil {
		return nil, err
	}
	if c.account, err = b.account(accountID); err != nil {
		return nil, err
	}
	c.shown = c.base
	c.named = c.base.searchName()
	if pending {
		if err := b.loadPending(c); err != nil {
			return nil, err
		}
	}
	b.byKey[c.key], b.found[c.id] = c, c
	return c, nil
}

// scan returns where stateColumns are scanned to.
func (c *state) scan(labels, link, resolution *[]byte) []any {
	return []any{&c.Chat, &c.Name, &c.TeamName, &c.Phone, &c.Username, &c.Language, &c.Zone, &c.Status, &c.StatusSeq,
		&c.Assignee, &c.AssigneeSeq, labels, &c.LabelsSeq, link, &c.LinkSeq, resolution, &c.ResolvedAt, &c.Unread,
		&c.Marked, &c.Inbound, &c.LastSeq, &c.LastAt, &c.WaitingSince, &c.LastInbound, &c.ClosesAt, &c.Preview,
		&c.PreviewAt, &c.Failed, &c.Unsure}
}

func (c *state) decode(labels, link, resolution []byte) error {
	if err := decodeUnlessEmpty(labels, &c.Labels); err != nil {
		return fmt.Errorf("read labels: %w", err)
	}
	if err := decodeUnlessEmpty(link, &c.Link); err != nil {
		return fmt.Errorf("read link: %w", err)
	}
	if err := decodeUnlessEmpty(resolution, &c.Resolution); err != nil {
		return fmt.Errorf("read resolution: %w", err)
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

func (c *state) values() ([]any, error) {
	labels, err := encode(c.Labels)
	if err != nil {
		return nil, err
	}
	link, err := encode(c.Link)
	if err != nil {
		return nil, err
	}
	resolution, err := encode(c.Resolution)
	if err != nil {
		return nil, err
	}
	return []any{string(c.Chat), c.Name, c.TeamName, c.Phone, c.Username, c.Language, c.Zone, string(c.Status),
		int64(c.StatusSeq), string(c.Assignee), int64(c.AssigneeSeq), labels, int64(c.LabelsSeq), link, int64(c.LinkSeq),
		resolution, c.ResolvedAt, c.Unread, c.Marked, c.Inbound, int64(c.LastSeq), c.LastAt, c.WaitingSince,
		c.LastInbound, c.ClosesAt, int64(c.Preview), c.PreviewAt, c.Failed, c.Unsure}, nil
}

// create makes a conversation's row.
func (b *batch) create(id event.ConversationID, a *account) (*conversation, error) {
	c := &conversation{id: id, account: a, base: state{Status: StatusOpen}}
	var err error
	c.key, err = b.insert("insert into conversation (id, account) values (?, ?)", string(id), a.key)
	if err != nil {
		return nil, fmt.Errorf("make conversation: %w", err)
	}
	c.shown = c.base
	b.found[id], b.byKey[c.key] = c, c
	b.touch(c)
	return c, nil
}

// ensure returns the conversation an id leads to, making it where it is new.
func (b *batch) ensure(id event.ConversationID, in provider.AccountID) (*conversation, error) {
	c, err := b.conversation(id)
	if c != nil || err != nil {
		return c, err
	}
	a, err := b.account(in)
	if err != nil {
		return nil, err
	}
	return b.create(id, a)
}

// flush writes what changed and indexes the new messages in one statement.
func (b *batch) flush() error {
	for _, c := range b.byKey {
		if c.gone || (!c.dirty && !c.sends && !c.wait) {
			continue
		}
		if err := b.save(c); err != nil {
			return fmt.Errorf("save conversation: %w", err)
		}
	}
	return b.exec(`insert into message_fts (rowid, body) select key, coalesce(indexed, text) from message
		where key > ? and kind in ('message', 'note') and text <> ''`, b.lastKey)
}

func (b *batch) save(c *conversation) error {
	if err := b.recount(c); err != nil {
		return err
	}
	c.base.ClosesAt = b.closesAt(c)
	c.shown = c.base
	for _, p := range c.pending {
		c.shown.act(p.body, instant(p.at))
	}
	values, err := c.shown.values()
	if err != nil {
		return err
	}
	if err := b.exec(updateConversation, append(values, len(c.pending) > 0, c.key)...); err != nil {
		return err
	}
	if err := b.saveBase(c); err != nil {
		return err
	}
	return b.indexContact(c)
}

func (b *batch) closesAt(c *conversation) int64 {
	rule := b.s.window(c.account.network)
	if rule.For == 0 || rule.Blind || c.base.LastInbound == 0 {
		return 0
	}
	return c.base.LastInbound + rule.For.Milliseconds()
}

// recount brings the numbers of failed and unsure sends up to date, and the
// wait, which a reply that failed does not end.
func (b *batch) recount(c *conversation) error {
	if c.sends {
		if _, err := b.get(`select count(*) filter (where job = 'failed' or (status = 2 and job <> 'unsure')), count(*) filter (where job = 'unsure')
			from message where conversation = ? and direction = 'out' and settled = 0 and (job in ('failed', 'unsure') or status = 2)`,
			[]any{c.key}, &c.base.Failed, &c.base.Unsure); err != nil {
			return err
		}
	}
	if !c.wait {
		return nil
	}
	var since int64
	_, err := b.get(`select coalesce(min(sent_at), 0) from message where conversation = ?1 and kind <> 'reaction' and direction = 'in' and sent_at > 0
		and at > ?2 and at > (select coalesce(max(at), 0) from message
			where conversation = ?1 and kind <> 'reaction' and direction = 'out' and job not in ('failed', 'discarded') and status <> 2)`,
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
