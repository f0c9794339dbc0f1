package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Fact is one fact of a store, named and told by what all terminals call things
// and never by this store's own keys.
type Fact struct {
	// Name is unique in a store.
	Name string
	// Told is the same in every store that applied the same events.
	Told string
	// Known is the same too, but where Mine is set: then this store knew it
	// before the log said it, as it does the time and state of a send of its
	// own, and the numbers of a conversation that its reply moved.
	Known string
	Mine  bool
}

// Same reports whether two stores tell the same.
func (f Fact) Same(o Fact) bool {
	return f.Name == o.Name && f.Told == o.Told && (f.Mine || o.Mine || f.Known == o.Known)
}

// Dump tells every fact of one moment of the store, in no particular order. What
// this agent wants is no fact and is left out. at is how far the store was.
func (s *Store) Dump(ctx context.Context, tell func(Fact) error) (at Cursor, err error) {
	tx, err := s.read.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Cursor{}, fmt.Errorf("dump: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := tx.QueryRowContext(ctx, "select epoch, seq from log").Scan(&at.Epoch, &at.Seq); err != nil {
		return Cursor{}, fmt.Errorf("dump: %w", err)
	}
	for _, q := range dumps {
		if err := dumpRows(ctx, tx, q, tell); err != nil {
			return Cursor{}, fmt.Errorf("dump: %w", err)
		}
	}
	if err := dumpConversations(ctx, tx, tell); err != nil {
		return Cursor{}, fmt.Errorf("dump: %w", err)
	}
	return at, nil
}

// dumps each give the columns of a Fact.
var dumps = [...]string{
	"select 'log', json_array(quarantined), '', 0 from log",
	"select 'account ' || id, json_array(network, driver, name, address, defined, trouble, trouble_at, health), '', 0 from account",
	"select 'agent ' || id, json_array(name, role, available, available_at), '', 0 from agent",
	"select 'setting ' || what || ' ' || name, json_array(value, by, at, seq), '', 0 from setting",
	"select 'broadcast ' || id, json_array(account, body, stage, why, by, at, seq), '', 0 from broadcast",
	"select 'mention ' || agent || ' ' || seq, json_array(c.id), '', 0 from mention join conversation c on c.key = conversation",
	"select 'templates ' || account, json_array(templates, synced_at), '', 0 from template_list where synced_at > 0",
	"select 'template page ' || account || ' ' || list || ' ' || part, json_array(parts, templates), '', 0 from template_page",
	"select 'template author ' || account || ' ' || name || ' ' || language, json_array(agent, at, status, reason), '', 0 from template_author",
	`select 'alias ' || a.alias, json_array(c.id), '', 0 from conversation_alias a join conversation c on c.key = a.conversation`,
	`select 'message ' || m.seq || ' ' || coalesce(m.network_id, m.op, ''), json_array(c.id, m.direction, m.kind, m.network_id,
		m.op, m.by, m.content_kind, m.text, m.indexed, m.content, m.reply_to, m.sent_at, m.status, m.reactions, m.activity, m.elsewhere, m.edited_at,
		m.revoked_at, m.part_of, m.due, m.broadcast),
		json_array(m.at, m.job, m.job_since, m.error, m.retries, m.retried_by, m.settled, m.plan),
		exists (select 1 from intent_job j where j.message = m.key)
			or exists (select 1 from intent_publication p where p.conversation = m.conversation)
		from message m join conversation c on c.key = m.conversation where m.seq > 0`,
	`select 'event ' || e.seq || ' ' || m.seq || ' ' || coalesce(m.network_id, m.op, ''), json_array(e.kind, e.v, e.at, e.by, e.body), '', 0
		from message_event e join message m on m.key = e.message where m.seq > 0`,
	`select 'waiting ' || w.seq, json_array(a.id, w.network_id, w.op, w.kind, w.at, w.by, w.body), '', 0
		from waiting w join account a on a.key = w.account`,
	"select 'aside ' || seq, json_array(conversation, kind, event), '', 0 from aside",
	"select 'erased ' || conversation, json_array(seq), '', 0 from erased",
}

func dumpRows(ctx context.Context, tx *sql.Tx, query string, tell func(Fact) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	return eachRow(rows, func(scan func(...any) error) error {
		var f Fact
		if err := scan(&f.Name, &f.Told, &f.Known, &f.Mine); err != nil {
			return err
		}
		return tell(f)
	})
}

// dumpConversations tells what is certain of each conversation, whatever is
// pending on top.
func dumpConversations(ctx context.Context, tx *sql.Tx, tell func(Fact) error) error {
	query := "select coalesce(b.state, ''), exists (select 1 from intent_job j where j.conversation = c.key), " +
		strings.TrimPrefix(selectConversation, "select ") + " left join intent_base b on b.conversation = c.key"
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	return eachRow(rows, func(scan func(...any) error) error {
		var base string
		f := Fact{}
		c, _, err := scanRow(func(into ...any) error { return scan(append([]any{&base, &f.Mine}, into...)...) })
		if err != nil {
			return err
		}
		if base != "" {
			if err := c.base.restore([]byte(base)); err != nil {
				return err
			}
		}
		st := c.base
		f.Name = "conversation " + string(c.id)
		f.Known = fmt.Sprint(st.Unread, st.Marked, st.WaitingSince, st.LastAt, st.Failed, st.Unsure, st.AskedAt, st.AnsweredAt)
		st.Unread, st.Marked, st.WaitingSince, st.LastAt, st.Failed, st.Unsure = 0, false, 0, 0, 0, 0
		st.AskedAt, st.AnsweredAt, st.TargetAt, st.TargetOf = 0, 0, 0, ""
		st.Preview, st.PreviewAt = 0, 0
		if f.Told, err = encode(st); err != nil {
			return err
		}
		f.Told += " " + string(c.account.id)
		return tell(f)
	})
}

// Health is what a store says of itself.
type Health struct {
	Cursor Cursor
	// Schema of the file.
	Schema int
	// Broken is what SQLite finds wrong in the file, where it finds something.
	Broken []string
	// Inbound is how many messages of customers there are, Quarantined how many
	// signed bodies the relay could not read.
	Inbound, Quarantined int
	// Aside is how many facts could not be applied, Unpublished how many of ours
	// the relay does not have, Unsure how many sends of this terminal have been
	// unsure since the time asked for, Carried how many pieces of intent saved out of
	// another store wait for their conversation.
	Aside, Unpublished, Unsure, Carried int
	Outbox                              OutboxCounts
	// TeamUnsure is how many sends of the whole team are unsure, TeamLongUnsure
	// how many of them since the time asked for.
	TeamUnsure, TeamLongUnsure int
	// Scrub: of somebody who was erased a file may still hold a word.
	Scrub bool
}

// maxBroken is how many lines of what is wrong are worth reading.
const maxBroken = 20

// Health looks the store over: what it counts, and whether the file is sound.
// unsure is the time since when those are that are counted.
func (s *Store) Health(ctx context.Context, unsure time.Time) (Health, error) {
	var h Health
	err := s.read.QueryRowContext(ctx, `select epoch, seq, (select * from pragma_user_version), quarantined, scrub,
		(select count(*) from message where direction = 'in' and kind = 'message' and network_id is not null),
		(select count(*) from aside), (select count(*) from intent_publication where accepted = 0),
		(select count(*) from intent_job j join message m on m.key = j.message where j.state = 'unsure' and m.job_since <= ?),
		(select count(*) from intent_carried) from log`, millis(unsure)).Scan(&h.Cursor.Epoch, &h.Cursor.Seq, &h.Schema,
		&h.Quarantined, &h.Scrub, &h.Inbound, &h.Aside, &h.Unpublished, &h.Unsure, &h.Carried)
	if err == nil {
		h.TeamUnsure, h.TeamLongUnsure, err = s.countUnsure(ctx, unsure)
	}
	if err == nil {
		err = s.countOutbox(ctx, &h.Outbox)
	}
	if err == nil {
		h.Broken, err = s.broken(ctx)
	}
	if err != nil {
		return h, fmt.Errorf("look the store over: %w", err)
	}
	return h, nil
}

// broken is what SQLite finds wrong in the file.
func (s *Store) broken(ctx context.Context) (wrong []string, err error) {
	rows, err := s.read.QueryContext(ctx, fmt.Sprintf("pragma quick_check(%d)", maxBroken))
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		var text []byte
		err := scan(&text)
		if string(text) != "ok" {
			wrong = append(wrong, string(text))
		}
		return err
	})
	return wrong, err
}
