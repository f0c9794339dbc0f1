package webhookrelay

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// The gateway judges a send by what the log says of the customer's wish at the moment
// in which it claims it: a word that came between a terminal's own look and the wire
// stands before the claim, and is heard. The tables are made of the log as far as
// consent_read says, and brought to its end inside of the claim's transaction, so that
// no writer of the log has to know of them and an older log needs no other care.

// foldAtOnce is how many events of an older log are read in one transaction: others
// write in between.
const foldAtOnce = 10_000

// readConsent brings the ledger to the log's end, in steps, before the first send.
func (g *gateway) readConsent(ctx context.Context) error {
	for more := true; more; {
		_, err := g.relay.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) (_ []entry, err error) {
			more, err = g.foldConsent(ctx, t, foldAtOnce)
			return nil, err
		}})
		if err != nil {
			return fmt.Errorf("read what customers want: %w", err)
		}
	}
	return nil
}

// keepConsent keeps the ledger near the log's end where nothing is sent for long, so that
// no send, and nobody who writes beside it, waits for all of it.
func (g *gateway) keepConsent(ctx context.Context, head event.Seq) error {
	if int64(head)-g.folded.Load() < foldAtOnce {
		return nil
	}
	return g.readConsent(ctx)
}

// unwanted is why the customer's or the team's word keeps a message from going; nil
// where it does not. The error is the database's.
func (g *gateway) unwanted(ctx context.Context, t *logTx, to provider.ChatKey, c provider.Content) (*provider.Error, error) {
	for more := true; more; {
		var err error
		if more, err = g.foldConsent(ctx, t, foldAtOnce); err != nil {
			return nil, err
		}
	}
	w, err := t.wishes(ctx, t.log.key.Conversation(to))
	if err != nil {
		return nil, err
	}
	var r *provider.Refusal
	if errors.As(w.Check(c), &r) {
		return event.Unwanted(r), nil
	}
	return nil, nil //nolint:nilnil // nothing is refused
}

// ledger is how far the tables were made, and what of the log is not in them.
type ledger struct {
	t       *logTx
	network func(provider.AccountID) provider.Network
	words   event.StopWords
	set     []byte // words as the team set them; nil for the usual ones
}

// foldConsent takes up to n events into the tables and reports whether there are more.
func (g *gateway) foldConsent(ctx context.Context, t *logTx, n int) (more bool, err error) {
	l := &ledger{t: t, network: func(id provider.AccountID) provider.Network { return g.relay.accounts[id].Network }}
	var at event.Seq
	err = t.conn.QueryRowContext(ctx, "select seq, words from consent_read").Scan(&at, &l.set)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("read the ledger: %w", err)
	}
	if at == t.head.seq {
		return false, nil
	}
	if at == 0 || at > t.head.seq { // of a log that was recovered, or lost its end
		at, l.set = 0, nil
		for _, table := range []string{"consent", "consent_link"} {
			if err := l.exec(ctx, "delete from "+table); err != nil {
				return false, err
			}
		}
	}
	l.hearWords(l.set)
	list, err := t.since(ctx, at, n)
	if err != nil {
		return false, err
	}
	for i := range list {
		if err := l.take(ctx, &list[i]); err != nil {
			return false, err
		}
	}
	to := min(at+event.Seq(n), t.head.seq)
	g.folded.Store(int64(to)) // a commit that fails makes it a little early, and no word is lost by that
	return to < t.head.seq, l.exec(ctx, "insert into consent_read (id, seq, words) values (1, ?, ?) on conflict do update set seq = excluded.seq, words = excluded.words",
		int64(to), l.set)
}

func (l *ledger) hearWords(raw []byte) {
	if l.words = event.DefaultStopWords(); raw != nil {
		l.words = event.ReadStopWords(raw)
	}
}

// tells is what of an event is looked at before its body is read.
type tells struct {
	At           time.Time            `json:"at"`
	Account      provider.AccountID   `json:"account"`
	Conversation event.ConversationID `json:"conversation"`
	Kind         string               `json:"kind"`
	Version      int                  `json:"v"`
	Body         json.RawMessage      `json:"body"`
}

// since reads n places of the log behind one; of those, the kinds that may tell of a
// customer's wish.
func (t *logTx) since(ctx context.Context, at event.Seq, n int) ([]tells, error) {
	rows, err := t.conn.QueryContext(ctx, "select json from event where seq > ? and seq <= ? order by seq", int64(at), int64(at)+int64(n))
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []tells
	for rows.Next() {
		var raw sql.RawBytes
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		}
		var e tells
		if json.Unmarshal(raw, &e) != nil { // damaged: nobody knows what it said
			continue
		}
		switch e.Kind {
		case provider.KindMessage, provider.KindIdentity, provider.KindConsent, event.KindConsented, event.KindBlocked, event.KindJoined,
			event.KindSend, event.KindSet:
			list = append(list, e)
		}
	}
	return list, rows.Err()
}

func (l *ledger) take(ctx context.Context, e *tells) error {
	switch b := event.DecodeBody(e.Kind, e.Version, e.Body).(type) {
	case provider.MessageReceived:
		if err := l.known(ctx, e, b.From); err != nil {
			return err
		}
		if said, ok := l.words.Asked(b.Content); ok {
			return l.change(ctx, e, func(w *event.Wishes) { w.Hear(said, e.At) })
		}
	case provider.IdentityChanged:
		b.Now.Also = append(b.Now.Also, b.Old)
		return l.known(ctx, e, b.Now)
	case provider.Consent:
		return l.change(ctx, e, func(w *event.Wishes) { w.Say(b.Category, b.Allowed, e.At) })
	case event.Consented:
		return l.change(ctx, e, func(w *event.Wishes) { w.Say(b.Category, b.Allowed, e.At) })
	case event.Blocked:
		return l.change(ctx, e, func(w *event.Wishes) { w.Blocked = b.Blocked })
	case event.SendState:
		if category, ok := event.OptedOut(l.network(e.Account), b.Error); ok {
			return l.change(ctx, e, func(w *event.Wishes) { w.Say(category, false, e.At) })
		}
	case event.Joined:
		return l.join(ctx, e.Conversation, b.Contact)
	case event.Set:
		if b.What == event.SettingStop && b.Name == event.StopWordsName {
			if l.set = b.Value; b.Removed() {
				l.set = nil
			}
			l.hearWords(l.set)
		}
	}
	return nil
}

// change takes a word on a conversation. Who refused twice has refused since the first
// time.
func (l *ledger) change(ctx context.Context, e *tells, change func(*event.Wishes)) error {
	if e.Conversation == "" {
		return nil
	}
	w, err := l.t.wish(ctx, "select no_marketing, no_messages, blocked from consent where conversation = ?", e.Conversation)
	if err != nil {
		return err
	}
	was := w
	change(&w)
	if !was.NoMarketing.IsZero() && !w.NoMarketing.IsZero() {
		w.NoMarketing = was.NoMarketing
	}
	if !was.NoMessages.IsZero() && !w.NoMessages.IsZero() {
		w.NoMessages = was.NoMessages
	}
	if w == was {
		return nil
	}
	return l.exec(ctx, `insert into consent (conversation, no_marketing, no_messages, blocked) values (?, ?, ?, ?) on conflict do update
		set no_marketing = excluded.no_marketing, no_messages = excluded.no_messages, blocked = excluded.blocked`,
		string(e.Conversation), stamped(w.NoMarketing), stamped(w.NoMessages), w.Blocked)
}

// known ties the ids of one chat, and the ways in which its number may be written.
func (l *ledger) known(ctx context.Context, e *tells, from provider.Sender) error {
	also := from.Also
	if l.network(e.Account).CallsByNumber() {
		for _, number := range provider.Variants(string(from.User)) {
			also = append(also, provider.ChatID(number))
		}
	}
	for _, chat := range append(also, provider.ChatID(from.User)) {
		other := l.t.log.key.Conversation(provider.ChatKey{Account: e.Account, Chat: chat})
		if chat == "" || e.Conversation == "" || other == e.Conversation {
			continue
		}
		if err := l.exec(ctx, "insert or ignore into consent_link (conversation, other, joined) values (?, ?, 0)", string(e.Conversation), string(other)); err != nil {
			return err
		}
	}
	return nil
}

// join makes a conversation one person's with another; with none it stands alone.
func (l *ledger) join(ctx context.Context, id, with event.ConversationID) error {
	if err := l.exec(ctx, "delete from consent_link where conversation = ? and joined", string(id)); err != nil || with == "" {
		return err
	}
	return l.exec(ctx, "insert into consent_link (conversation, other, joined) values (?, ?, 1)", string(id), string(with))
}

func (l *ledger) exec(ctx context.Context, query string, args ...any) error {
	if _, err := l.t.conn.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// wishes is what the person behind a conversation wants, in whichever of theirs they
// said it.
func (t *logTx) wishes(ctx context.Context, id event.ConversationID) (event.Wishes, error) {
	return t.wish(ctx, `with recursive g (id) as (
		select ?1 union select l.other from g join consent_link l on l.conversation = g.id
		union select l.conversation from g join consent_link l on l.other = g.id)
		select no_marketing, no_messages, blocked from consent where conversation in (select id from g)`, id)
}

// wish adds up what the rows of a query say.
func (t *logTx) wish(ctx context.Context, query string, id event.ConversationID) (all event.Wishes, err error) {
	rows, err := t.conn.QueryContext(ctx, query, string(id))
	if err != nil {
		return all, fmt.Errorf("read the ledger: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var w event.Wishes
		var marketing, messages string
		if err := rows.Scan(&marketing, &messages, &w.Blocked); err != nil {
			return all, fmt.Errorf("read the ledger: %w", err)
		}
		w.NoMarketing, w.NoMessages = instantOf(marketing), instantOf(messages)
		all = all.With(w)
	}
	return all, rows.Err()
}

// stamped is an instant as the tables have it.
func stamped(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return string(timestamp(at))
}

// instantOf is its inverse. What is there and cannot be read was a refusal: to send too
// little is the lesser harm.
func instantOf(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Unix(0, 0).UTC()
	}
	return at
}
