package webhookrelay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// metaScrub is set, in the commit of an erasure, until the files hold nothing
// of what was erased: the write-ahead log keeps old pages until it is truncated.
const metaScrub = "scrub"

// minIdentifier is the shortest name of a contact that is looked for in bodies:
// a shorter one is in too many that have nothing to do with it.
const minIdentifier = 5

// erase takes everything out of the log that came before seq and is of the
// conversation: its events become tombstones, the bodies of their POSTs and the
// words of its operations go. The chain holds, because the digest of what stood
// there stays; dedupe keys stay, so that a network's repetition does not bring
// it back.
func (t *logTx) erase(ctx context.Context, account provider.AccountID, conv event.ConversationID, seq event.Seq) error {
	found, err := t.ofConversation(ctx, conv, seq)
	if err != nil {
		return err
	}
	names, err := t.eraseOps(ctx, account, conv)
	if err != nil {
		return err
	}
	for _, e := range found {
		names = append(names, e.names()...)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return len(name) < minIdentifier })
	strays, raws, err := t.strays(ctx, names, seq)
	if err != nil {
		return err
	}
	for _, e := range append(found, strays...) {
		if e.kind == event.KindErased { // says nothing of anybody
			continue
		}
		if err := t.bury(ctx, e); err != nil {
			return err
		}
		if e.raw != nil {
			raws = append(raws, *e.raw)
		}
	}
	slices.Sort(raws)
	for _, raw := range slices.Compact(raws) {
		if err := t.eraseRaw(ctx, raw, seq); err != nil {
			return err
		}
	}
	for _, forget := range []struct {
		text string
		args []any
	}{
		{"delete from aspect where conversation = ?", []any{string(conv)}},
		{"delete from media where conversation = ?", []any{string(conv)}},
		{"delete from offer where conversation = ?", []any{string(conv)}},
		{"delete from consent where conversation = ?", []any{string(conv)}},
		{"delete from consent_link where ? in (conversation, other)", []any{string(conv)}},
		{"delete from meta where key >= 'tell:' and key < 'tell;' and json_extract(cast(value as text), '$.conversation') = ?", []any{string(conv)}},
		{"insert into meta (key, value) values (?, ?) on conflict do update set value = excluded.value", []any{metaScrub, scrubValue(seq)}},
	} {
		if _, err := t.conn.ExecContext(ctx, forget.text, forget.args...); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	t.erased = seq
	return nil
}

func scrubValue(seq event.Seq) []byte { return strconv.AppendInt(nil, int64(seq), 10) }

// erasable is an event that may have to go.
type erasable struct {
	seq        event.Seq
	raw        *event.Seq
	salt, json []byte
	at         time.Time
	kind       string
	body       json.RawMessage
}

func (t *logTx) ofConversation(ctx context.Context, conv event.ConversationID, before event.Seq) ([]erasable, error) {
	return t.erasables(ctx, "conversation = ?", string(conv), before)
}

// erasables reads what is not erased yet, of those where the condition holds.
func (t *logTx) erasables(ctx context.Context, where string, arg any, before event.Seq) ([]erasable, error) {
	rows, err := t.conn.QueryContext(ctx,
		"select seq, raw, salt, json from event where "+where+" and digest is null and seq < ?", arg, int64(before))
	if err != nil {
		return nil, fmt.Errorf("erase: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var found []erasable
	for rows.Next() {
		var e erasable
		if err := rows.Scan(&e.seq, &e.raw, &e.salt, &e.json); err != nil {
			return nil, fmt.Errorf("erase: %w", err)
		}
		var said struct {
			At   time.Time       `json:"at"`
			Kind string          `json:"kind"`
			Body json.RawMessage `json:"body"`
		}
		_ = json.Unmarshal(e.json, &said) // damaged words must go as well
		e.at, e.kind, e.body = said.At, said.Kind, said.Body
		found = append(found, e)
	}
	return found, rows.Err()
}

// names are the contact's own identifiers in an event: what bodies that could
// not be read are searched for.
func (e erasable) names() []string {
	var said struct {
		Chat string `json:"chat"`
		From struct {
			User  string   `json:"user"`
			Phone string   `json:"phone"`
			Also  []string `json:"also"`
		} `json:"from"`
	}
	_ = json.Unmarshal(e.body, &said) // another kind's body names nobody
	return append(said.From.Also, said.Chat, said.From.User, said.From.Phone)
}

// strays finds what names the contact and is of no conversation: events of a
// network that could not be placed, and the bodies of POSTs that hold such.
func (t *logTx) strays(ctx context.Context, names []string, before event.Seq) (strays []erasable, raws []event.Seq, err error) {
	if len(names) == 0 {
		return nil, nil, nil
	}
	loose, err := t.erasables(ctx, "conversation is ?", nil, before)
	if err != nil {
		return nil, nil, err
	}
	var last event.Seq
	for _, e := range loose {
		if fromNetwork(e.kind) && namesAny(e.json, names) {
			strays = append(strays, e)
		}
		if e.raw == nil || *e.raw == last {
			continue
		}
		last = *e.raw
		found, err := t.bodyNames(ctx, last, names)
		if err != nil {
			return nil, nil, err
		}
		if found {
			raws = append(raws, last)
		}
	}
	return strays, raws, nil
}

// bodyNames reports whether the body of a POST holds one of the names. One that the
// disk has changed may hold any: nobody reads it again.
func (t *logTx) bodyNames(ctx context.Context, seq event.Seq, names []string) (bool, error) {
	p, err := postOf(ctx, t.conn, seq)
	switch {
	case errors.Is(err, ErrBodyGone):
		return false, nil
	case errors.Is(err, ErrBodyChanged):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("erase: %w", err)
	}
	return namesAny(p.body, names), nil
}

// fromNetwork reports whether a network said this of somebody. What the relay
// and the team say of no conversation is about nobody.
func fromNetwork(kind string) bool {
	switch kind {
	case provider.KindMessage, provider.KindReaction, provider.KindReceipt, provider.KindNotice, provider.KindUnknown:
		return true
	}
	return false
}

// namesAny reports whether the text holds one of the names as a whole word: a
// longer number is another contact's.
func namesAny(text []byte, names []string) bool {
	for _, name := range names {
		for rest := text; ; {
			i := bytes.Index(rest, []byte(name))
			if i < 0 {
				break
			}
			end := i + len(name)
			if (i == 0 || !wordByte(rest[i-1])) && (end == len(rest) || !wordByte(rest[end])) {
				return true
			}
			rest = rest[i+1:]
		}
	}
	return false
}

func wordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// bury puts the tombstone where the event was.
func (t *logTx) bury(ctx context.Context, e erasable) error {
	tomb := tombstone(e.seq, e.at)
	digest := digestOf(e.salt, e.json)
	if _, err := t.conn.ExecContext(ctx, "update event set conversation = null, digest = ?, salt = ?, json = ? where seq = ?",
		digest, seal(digest, tomb), tomb, int64(e.seq)); err != nil {
		return fmt.Errorf("erase event %d: %w", e.seq, err)
	}
	for i := range t.rows { // it may be of this very commit
		if t.rows[i].seq == e.seq {
			t.rows[i].json = tomb
		}
	}
	return nil
}

// tombstone is the JSON of event.TombstoneOf.
func tombstone(seq event.Seq, at time.Time) []byte {
	return fmt.Appendf(nil, `{"seq":%d,"id":"%s:%d","at":"%s","kind":"%s","v":1,"body":{}}`,
		seq, event.KindTombstone, seq, timestamp(at), event.KindTombstone)
}

// eraseRaw removes the body of a POST. What of it was still in quarantine can
// never be read again: it is settled by the erasure.
func (t *logTx) eraseRaw(ctx context.Context, raw, by event.Seq) error {
	res, err := t.conn.ExecContext(ctx, "delete from raw where seq = ?", int64(raw))
	if err != nil {
		return fmt.Errorf("erase raw %d: %w", raw, err)
	}
	n, err := res.RowsAffected()
	if err == nil {
		err = countGone(ctx, t.conn, n, 0)
	}
	if err == nil {
		err = t.closeErased(ctx, raw, by)
	}
	if err != nil {
		return fmt.Errorf("erase raw %d: %w", raw, err)
	}
	return nil
}

// eraseOps takes the words and the recipient out of the gateway's operations,
// and returns the recipients. Their ids and states stay: an operation that is
// asked for again must not be sent again.
func (t *logTx) eraseOps(ctx context.Context, account provider.AccountID, conv event.ConversationID) ([]string, error) {
	rows, err := t.conn.QueryContext(ctx, "select distinct chat from op where account = ? and chat <> ''", string(account))
	if err != nil {
		return nil, fmt.Errorf("erase operations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var chats []string
	for rows.Next() {
		var chat provider.ChatID
		if err := rows.Scan(&chat); err != nil {
			return nil, fmt.Errorf("erase operations: %w", err)
		}
		if t.log.key.Conversation(provider.ChatKey{Account: account, Chat: chat}) == conv {
			chats = append(chats, string(chat))
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("erase operations: %w", err)
	}
	for _, chat := range chats {
		if _, err := t.conn.ExecContext(ctx, `update op set chat = '', message = '', error = null, send = null,
			state = case state when 'sending' then 'unsure' else state end where account = ? and chat = ?`, string(account), chat); err != nil {
			return nil, fmt.Errorf("erase operations: %w", err)
		}
	}
	return chats, nil
}

// settleErased records the outcome of an operation whose words were erased
// while it was on the wire: only how it ended. It is false where it was not.
func (t *logTx) settleErased(ctx context.Context, o operation) (bool, error) {
	res, err := t.conn.ExecContext(ctx, "update op set state = ?, updated_at = ? where op = ? and chat = ''",
		string(o.state), string(t.at), string(o.op))
	if err != nil {
		return false, fmt.Errorf("settle operation: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// digestOf is what the chain knows of an event's words.
func digestOf(salt, eventJSON []byte) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(eventJSON)
	return h.Sum(nil)
}

// seal is the checksum of a tombstone, which the chain does not cover.
func seal(digest, tomb []byte) []byte { return digestOf(digest, tomb)[:16] }

// scrub makes the files forget what was erased, and has beside remove what is kept
// outside of the log. It is tried again until no
// reader is in the way; what is left to do survives a restart.
func (l *eventLog) scrub(ctx context.Context, beside func(context.Context) error) error {
	last := l.scrubbing.Load()
	if last == 0 {
		return nil
	}
	if err := removeCopies(l.path, time.Time{}); err != nil {
		return fmt.Errorf("remove what migrations kept: %w", err)
	}
	var busy, logged, moved int
	if err := l.check.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &logged, &moved); err != nil {
		return l.failed(fmt.Errorf("truncate the write-ahead log: %w", err))
	}
	if busy != 0 {
		return nil // somebody still reads it
	}
	switch err := beside(ctx); {
	case errors.Is(err, media.ErrBusy):
		return nil // a file is being fetched, and may be theirs
	case err != nil:
		return fmt.Errorf("remove files: %w", err)
	}
	_, err := l.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		_, err := t.conn.ExecContext(ctx, "delete from meta where key = ? and value = ?", metaScrub, scrubValue(event.Seq(last)))
		return nil, err
	}})
	if err == nil {
		l.scrubbing.CompareAndSwap(last, 0) // unless more was erased meanwhile
	}
	return err
}

// readScrub finds what a process that ended left to scrub.
func (l *eventLog) readScrub(ctx context.Context) error {
	var value string
	err := l.conn.QueryRowContext(ctx, "select value from meta where key = ?", metaScrub).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what is to scrub: %w", err)
	}
	seq, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return fmt.Errorf("read what is to scrub: %w", err)
	}
	l.scrubbing.Store(seq)
	return nil
}

// copiesOf lists what migrations kept of the log beside it.
func copiesOf(path string) ([]string, error) {
	folder := filepath.Dir(path)
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var copies []string
	for _, f := range files {
		if strings.HasPrefix(f.Name(), filepath.Base(path)+beforeSuffix) {
			copies = append(copies, filepath.Join(folder, f.Name()))
		}
	}
	return copies, nil
}
