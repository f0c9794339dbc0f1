package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// erased removes a conversation as if it had never been: its facts, what this
// agent wanted of it, and every copy of a word of it. What is left is the keyed
// hash of its id, so that a late receipt is known to be nobody's. Who writes
// again begins anew.
func (b *batch) erased(e event.Event) error {
	if e.Conversation == "" {
		return nil
	}
	if err := b.write(); err != nil {
		return err
	}
	ids := []event.ConversationID{e.Conversation}
	c, err := b.conversation(e.Conversation)
	if err != nil {
		return err
	}
	told := Notice{Kind: NoticeErased, Conversation: e.Conversation, Account: e.Account, By: e.By}
	if c != nil {
		told.Conversation = c.id
		if ids, err = b.idsOf(c); err != nil {
			return err
		}
		if told.Media, err = b.mediaOf(c.key); err != nil {
			return err
		}
		if err := b.eraseIntent(c); err != nil {
			return err
		}
		if err := b.eraseRows(c); err != nil {
			return err
		}
		b.forget(c)
	}
	for _, id := range ids {
		if err := b.eraseNamed(id, e.Seq); err != nil {
			return err
		}
	}
	b.erasing = true
	b.change.List, b.change.Counts, b.change.Outbox, b.change.Publish, b.change.Templates = true, true, true, true, true
	b.change.Conversations = nil
	b.change.Notices = append(b.change.Notices, told)
	return b.exec("update log set scrub = 1")
}

// idsOf is every id that leads to a conversation.
func (b *batch) idsOf(c *conversation) ([]event.ConversationID, error) {
	ids := []event.ConversationID{c.id}
	err := b.each("select alias from conversation_alias where conversation = ?", []any{c.key}, func(scan func(...any) error) error {
		var id event.ConversationID
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// mediaOf is the files of a conversation, for whoever keeps copies of them.
func (b *batch) mediaOf(key int64) ([]provider.Media, error) {
	var media []provider.Media
	err := b.each("select content from message where conversation = ? and content is not null", []any{key},
		func(scan func(...any) error) error {
			var raw []byte
			if err := scan(&raw); err != nil {
				return err
			}
			var c provider.Content
			if json.Unmarshal(raw, &c) == nil && c.Media != nil {
				media = append(media, *c.Media)
			}
			return nil
		})
	return media, err
}

// eraseIntent removes what this agent wanted of a conversation, and what
// templates were filled with for it: that may be a name.
func (b *batch) eraseIntent(c *conversation) error {
	for _, remove := range []string{
		`update intent_template set field_values = '{}' where (account, name, language) in (
			select ?2, json_extract(content, '$.template.name'), json_extract(content, '$.template.language')
			from message where conversation = ?1 and content_kind = 'template' and json_valid(content))`,
		"delete from intent_job where conversation = ?1 and ?2 <> ''",
		"delete from intent_publication where conversation = ?1 and ?2 <> ''",
		"delete from intent_draft where conversation = ?1 and ?2 <> ''",
		"delete from intent_seen where conversation = ?1 and ?2 <> ''",
		"delete from intent_base where conversation = ?1 and ?2 <> ''",
		"delete from intent_conversation where conversation = ?1 and ?2 <> ''",
	} {
		if err := b.exec(remove, c.key, string(c.account.id)); err != nil {
			return fmt.Errorf("erase intent: %w", err)
		}
	}
	return nil
}

// eraseRows removes the rows of a conversation. The index is told the words it
// is to forget before they are gone; what came in this very batch is not in it.
func (b *batch) eraseRows(c *conversation) error {
	if err := b.exec(`insert into message_fts (message_fts, rowid, body) select 'delete', key, coalesce(indexed, text) from message
		where conversation = ? and key <= ? and key >= ? and kind in ('message', 'note') and text <> ''`, c.key, b.rows.before, b.rows.top); err != nil {
		return fmt.Errorf("erase from index: %w", err)
	}
	var chat string
	if _, err := b.get("select chat from conversation where key = ?", []any{c.key}, &chat); err != nil {
		return err
	}
	// Receipts and reactions from before they named their conversation are
	// known by the chat they hold.
	if err := b.exec("delete from waiting where conversation = '' and ?1 <> '' and instr(body, ?1) > 0", chat); err != nil {
		return err
	}
	for _, remove := range []string{
		"delete from message_event where message in (select key from message where conversation = ?)",
		"delete from message where conversation = ?",
		"delete from contact_fts where rowid = ?",
		"delete from mention where conversation = ?",
		"delete from conversation_alias where conversation = ?",
		"delete from conversation where key = ?",
	} {
		if err := b.exec(remove, c.key); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	// This index keeps no texts, so a row's words are only marked as gone
	// until its parts are merged.
	return b.exec("insert into contact_fts (contact_fts) values ('optimize')")
}

// eraseNamed removes what is kept under an id alone.
func (b *batch) eraseNamed(id event.ConversationID, seq event.Seq) error {
	for _, remove := range []string{
		"delete from waiting where conversation = ?",
		"delete from aside where conversation = ?",
		"delete from intent_resolution where conversation = ?",
		"delete from intent_carried where json_extract(item, '$.in') = ?",
	} {
		if err := b.exec(remove, string(id)); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	if err := b.exec("insert or replace into erased (conversation, seq) values (?, ?)", string(id), int64(seq)); err != nil {
		return err
	}
	return b.eraseJournal(id, seq)
}

// forget takes a conversation out of the batch: nothing of it is written any
// more, and a fact that names it begins a new one.
func (b *batch) forget(c *conversation) {
	b.tally.add(&c.stored, -1)
	c.gone = true
	delete(b.byKey, c.key)
	for id, found := range b.found {
		if found == c {
			b.found[id] = nil
		}
	}
	for key, m := range b.rows.byKey {
		if m.conversation != c.key {
			continue
		}
		delete(b.rows.byKey, key)
		delete(b.rows.byOp, m.op)
		delete(b.rows.byID, networkID{m.account, m.id})
	}
	delete(b.queued, c.key)
}

// isErased reports whether an id is that of somebody who was erased and has
// not written since.
func (b *batch) isErased(id event.ConversationID) (bool, error) {
	if id == "" {
		return false, nil
	}
	c, err := b.conversation(id)
	if c != nil || err != nil {
		return false, err
	}
	return b.get("select 1 from erased where conversation = ?", []any{string(id)}, new(int))
}

// scrub makes sure that no file of the folder holds a word of who was erased,
// and reports whether it is done: a reader of the moment may be in the way.
//
// secure_delete wipes a row where it lay, but a page that was split before may
// still have a copy between its rows. So the file is written anew, then the
// journal is emptied into it.
func (s *Store) scrub() (done bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if why := s.stopped.Load(); why != nil {
		return false, why
	}
	if err := forgetWords(s.check.ctx, s.opt.Path); err != nil {
		return false, err
	}
	if err := rewrite(s.check.ctx, s.opt.Path); err != nil {
		return false, err
	}
	if err := errors.Join(dropBefore(s.opt.Path), dropOld(s.opt.Path), s.eraseFiles(s.check.ctx)); err != nil {
		return false, err
	}
	if !s.check.truncate() {
		return false, nil
	}
	_, err = s.intent.conn.ExecContext(s.check.ctx, "update log set scrub = 0")
	return err == nil, err
}

// eraseFiles has the files removed that only who was erased had sent. What is
// left is asked, not what went: this process may not be the one that erased.
func (s *Store) eraseFiles(ctx context.Context) error {
	if s.opt.Erase == nil {
		return nil
	}
	rows, err := s.read.QueryContext(ctx, `select distinct lower(json_extract(content, '$.media.sha256')) from message
		where json_valid(content) and json_extract(content, '$.media.sha256') <> ''`)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	if err := eachRow(rows, func(scan func(...any) error) error {
		var sum string
		err := scan(&sum)
		named[sum] = true
		return err
	}); err != nil {
		return err
	}
	if err := s.nameCanned(ctx, named); err != nil {
		return err
	}
	return s.opt.Erase(func(sum string) bool { return named[sum] })
}

// nameCanned adds the files of canned responses, which are of nobody.
func (s *Store) nameCanned(ctx context.Context, named map[string]bool) error {
	all, err := s.Canned(ctx)
	for i := range all {
		for _, f := range all[i].Files {
			named[f.SHA256] = true
		}
	}
	return err
}

// rewrite writes the file anew, on a connection that needs no memory for it.
func rewrite(ctx context.Context, path string) (err error) {
	db, err := connect(path, 1, "synchronous(full)", "secure_delete(1)", "temp_store(file)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "vacuum")
	return err
}

// Target is one id under which the log may hold somebody.
type Target struct {
	Account      provider.AccountID
	Conversation event.ConversationID
}

// Targets returns every id that must be erased to erase a conversation: its
// own, those that lead to it, and with all set those of every conversation of the
// same contact or with the same phone number. ErrNotFound where there is none.
func (s *Store) Targets(ctx context.Context, id event.ConversationID, all bool) ([]Target, error) {
	c, err := s.Conversation(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("find whom to erase: %w", err)
	}
	keys := []event.ConversationID{c.ID}
	if all {
		if keys, err = s.sameContact(ctx, c.ID); err != nil {
			return nil, fmt.Errorf("find whom to erase: %w", err)
		}
	}
	wanted, err := encode(keys)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, `select a.id, e.id from conversation e join account a on a.key = e.account
			where e.id in (select value from json_each(?1))
		union select a.id, l.alias from conversation e join account a on a.key = e.account join conversation_alias l on l.conversation = e.key
			where e.id in (select value from json_each(?1))`, wanted)
	if err != nil {
		return nil, fmt.Errorf("find whom to erase: %w", err)
	}
	var list []Target
	err = eachRow(rows, func(scan func(...any) error) error {
		var t Target
		err := scan(&t.Account, &t.Conversation)
		list = append(list, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find whom to erase: %w", err)
	}
	return list, nil
}

// sameContact is every conversation that is, or by its number has to be, of one
// person.
func (s *Store) sameContact(ctx context.Context, id event.ConversationID) ([]event.ConversationID, error) {
	all, err := s.Identities(ctx, id)
	if err != nil {
		return nil, err
	}
	alike, err := s.alike(ctx, all, mostErased)
	if err != nil {
		return nil, err
	}
	var ids []event.ConversationID
	for _, c := range append(all, alike...) {
		ids = append(ids, c.ID)
	}
	return ids, nil
}

// mostErased bounds the conversations that one number has.
const mostErased = 10_000

// Wiped reports whether everything up to a place in the log is here, and no
// file holds a word of who was erased by it.
func (s *Store) Wiped(ctx context.Context, upTo event.Seq) (bool, error) {
	var wiped bool
	err := s.read.QueryRowContext(ctx, "select seq >= ? and scrub = 0 from log", int64(upTo)).Scan(&wiped)
	if err != nil {
		return false, fmt.Errorf("read cursor: %w", err)
	}
	return wiped, nil
}
