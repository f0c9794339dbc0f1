package store

import (
	"fmt"

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
	found map[event.ConversationID]*conversation
	byKey map[int64]*conversation
	// lastConversation is the newest key, writtenConversation the newest in the table.
	lastConversation, writtenConversation int64
	// What is written with the batch: see write.
	rows    rows
	aliases []alias
	events  []storedEvent
	// queued is which conversations have jobs of ours; nil until asked.
	queued  map[int64]bool
	encoded encodedBody
	args    []any // of the last statement, to be used again
	change  Change
	tally   tally
	waiting bool             // facts wait for their message
	stop    *event.StopWords // nil until asked
	targets *targets         // nil until asked
	erasing bool             // somebody was erased: see Store.scrub
}

// account is an inbox as a batch knows it.
type account struct {
	key     int64
	id      provider.AccountID
	network provider.Network
	driver  string
	// rule is the account's window, asked for once a batch: the answer is a whole
	// table of a driver's. nil until then.
	rule *provider.WindowRule
}

// window returns the account's rule for free text.
func (b *batch) window(a *account) provider.WindowRule {
	if a.rule == nil {
		rule := b.s.window(a)
		a.rule = &rule
	}
	return *a.rule
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
	// stored is what the table holds.
	stored state
	// seen is how far this agent's own acts show that it has seen.
	seen *seen
	// sends is set where the number of failed and unsure sends may differ.
	sends bool
	// wait is set where a reply stopped counting as one, or counts again.
	wait bool
	// owes is set where one stopped to be an answer of a person's, or became one.
	owes bool
	// based is set where intent_base has a row of it.
	based bool
	// gone is set where the row was merged into another.
	gone bool
}

// alias is another id that leads to a conversation.
type alias struct {
	id           event.ConversationID
	conversation int64
}

// pendingAction is a team action of ours whose event has not come back.
type pendingAction struct {
	id   string
	body event.Body
	at   int64
}

func (s *Store) newBatch(t *tx) (*batch, error) {
	b := &batch{
		tx: t, s: s, accounts: map[provider.AccountID]*account{},
		found: map[event.ConversationID]*conversation{}, byKey: map[int64]*conversation{},
		rows: newRows(), tally: tally{}, change: emptyChange(),
	}
	_, err := t.get(`select team_key, (select coalesce(max(key), 0) from message), (select min(coalesce(min(key), 0), 0) from message),
		(select coalesce(max(key), 0) from conversation), exists (select 1 from waiting) from log`,
		nil, &b.teamKey, &b.rows.last, &b.rows.top, &b.lastConversation, &b.waiting)
	b.rows.first = b.rows.top
	b.rows.before, b.writtenConversation = b.rows.last, b.lastConversation
	return b, err
}

// touch marks a conversation as changed.
func (b *batch) touch(c *conversation) {
	c.dirty = true
	b.change.List = true
	b.change.Counts = true
	if b.change.Conversations != nil {
		b.change.Conversations[c.id] = true
		if len(b.change.Conversations) > maxChanged {
			b.change.Conversations = nil
		}
	}
}

// account returns the account, making its row where nobody has defined it yet.
func (b *batch) account(id provider.AccountID) (*account, error) {
	if a, ok := b.accounts[id]; ok {
		return a, nil
	}
	a := &account{id: id}
	found, err := b.get("select key, network, driver from account where id = ?", []any{string(id)}, &a.key, &a.network, &a.driver)
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

// conversation returns the row an id leads to, or nil.
func (b *batch) conversation(id event.ConversationID) (*conversation, error) {
	if _, ok := b.found[id]; !ok {
		if err := b.find([]event.ConversationID{id}); err != nil {
			return nil, err
		}
	}
	return b.found[id], nil
}

// find loads the conversations that ids lead to, all in one question: a batch
// of facts names them before it needs them. An id that leads nowhere is known
// as such from then on.
func (b *batch) find(ids []event.ConversationID) error {
	wanted, err := encode(ids)
	if err != nil {
		return err
	}
	if _, err := b.load(selectConversation+" where c.id in (select value from json_each(?))", wanted); err != nil {
		return fmt.Errorf("load conversations: %w", err)
	}
	var rest []event.ConversationID
	for _, id := range ids {
		if b.found[id] == nil {
			b.found[id] = nil
			rest = append(rest, id)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	if err := b.findAliases(rest); err != nil {
		return fmt.Errorf("load conversations: %w", err)
	}
	return nil
}

func (b *batch) findAliases(ids []event.ConversationID) error {
	wanted, err := encode(ids)
	if err != nil {
		return err
	}
	var leads []alias
	err = b.each("select alias, conversation from conversation_alias where alias in (select value from json_each(?))", []any{wanted},
		func(scan func(...any) error) error {
			var a alias
			err := scan(&a.id, &a.conversation)
			leads = append(leads, a)
			return err
		})
	for _, a := range leads {
		if err != nil {
			break
		}
		b.found[a.id], err = b.keyed(a.conversation)
	}
	return err
}

// keyed returns the conversation of a key the store holds.
func (b *batch) keyed(key int64) (*conversation, error) {
	if c, ok := b.byKey[key]; ok {
		return c, nil
	}
	list, err := b.load(selectConversation+" where c.key = ?", key)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("load conversation: %w", err)
	}
	return list[0], nil
}

// load reads rows into the batch. One that was met before is the same one.
func (b *batch) load(query string, arg any) ([]*conversation, error) {
	var list []*conversation
	var pending []*conversation
	err := b.each(query, []any{arg}, func(scan func(...any) error) error {
		c, waits, err := scanRow(scan)
		if err != nil {
			return err
		}
		if known, ok := b.byKey[c.key]; ok {
			list = append(list, known)
			return nil
		}
		list = append(list, c)
		b.byKey[c.key], b.found[c.id] = c, c
		if waits {
			pending = append(pending, c)
		}
		return nil
	})
	for _, c := range list {
		if err != nil {
			return nil, err
		}
		c.account, err = b.account(c.account.id)
	}
	for _, c := range pending {
		if err != nil {
			return nil, err
		}
		err = b.loadPending(c)
	}
	return list, err
}

// create makes a conversation; its row is written with the batch.
func (b *batch) create(id event.ConversationID, a *account) *conversation {
	b.lastConversation++
	c := &conversation{key: b.lastConversation, id: id, account: a, base: state{Status: StatusOpen}}
	c.shown = c.base
	b.found[id], b.byKey[c.key] = c, c
	b.touch(c)
	return c
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
	return b.create(id, a), nil
}
