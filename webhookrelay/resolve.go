package webhookrelay

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	// resolveEvery is how often it is looked for resolutions to tell of.
	resolveEvery = time.Second
	// resolveFor is how long a resolution is worth telling of.
	resolveFor = 24 * time.Hour
	// metaResolved is how far the log was looked through for resolutions.
	metaResolved = "resolved"
	// setResolved takes everything in the log for looked through.
	setResolved = `insert into meta (key, value) select 'resolved', cast(cast(coalesce(max(seq), 0) as text) as blob) from event where true
		on conflict do update set value = excluded.value`
)

// resolutions tells networks that have an inbox of their own of the team's
// resolutions, once undo has lapsed. What waits is in the log's own file, so that a
// restart loses none and tells none twice: each is claimed on disk before the wire,
// and what nobody heard the end of is unsure.
type resolutions struct {
	relay *Relay
	told  complaint
}

// resolution is a row of what is to be told.
type resolution struct {
	seq          event.Seq
	account      provider.AccountID
	conversation event.ConversationID
	tries        int
	epoch        string
}

// resolverOf is who is told for an account; nil for nobody.
func (r *Relay) resolverOf(id provider.AccountID) provider.Resolver {
	to, _ := r.accounts[id].Provider.(provider.Resolver)
	return to
}

// resolveAll tells what is due until ctx ends. What was on the wire when the last
// process ended is unsure first.
func (r *Relay) resolveAll(ctx context.Context) {
	any := false
	for id := range r.accounts {
		any = any || r.resolverOf(id) != nil
	}
	if !any {
		return
	}
	t := &resolutions{relay: r}
	ticker := time.NewTicker(resolveEvery)
	defer ticker.Stop()
	for recovered := false; ; {
		var err error
		if !recovered {
			err = t.recover(ctx)
			recovered = err == nil
		}
		if recovered {
			err = t.round(ctx)
		}
		if err != nil && ctx.Err() == nil && t.told.due(err, time.Now()) {
			r.logger.Error("tell networks of resolutions", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// round takes up what the team resolved since, and tells what is due.
func (t *resolutions) round(ctx context.Context) error {
	if err := t.takeUp(ctx); err != nil {
		return err
	}
	due, err := t.open(ctx, "waiting")
	for _, one := range due {
		if err == nil {
			err = t.tell(ctx, one)
		}
	}
	return err
}

// takeUp brings the rows in line with the log, in one commit with how far it was read.
func (t *resolutions) takeUp(ctx context.Context) error {
	log := t.relay.log
	from, err := log.resolvedUpTo(ctx)
	if err != nil || from >= log.position().seq {
		return err
	}
	_, err = log.append(ctx, write{decide: func(ctx context.Context, tx *logTx) ([]entry, error) {
		rows, err := tx.conn.QueryContext(ctx, `select seq, json from event where seq > ? and seq <= ? and digest is null
			and json_extract(cast(json as text), '$.kind') = ?`, int64(from), int64(tx.head.seq), event.KindResolved)
		if err != nil {
			return nil, fmt.Errorf("read resolutions: %w", err)
		}
		list, err := t.toldOf(rows)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if _, err := tx.conn.ExecContext(ctx, "insert or ignore into resolution (seq, account, conversation, state, due_at, epoch) values (?, ?, ?, 'waiting', ?, ?)",
				int64(e.Seq), string(e.Account), string(e.Conversation), string(timestamp(e.At.Add(event.UndoFor))), tx.log.epoch); err != nil {
				return nil, fmt.Errorf("keep a resolution: %w", err)
			}
		}
		_, err = tx.conn.ExecContext(ctx, "insert into meta (key, value) values (?, ?) on conflict do update set value = excluded.value",
			metaResolved, strconv.AppendInt(nil, int64(tx.head.seq), 10))
		return nil, err
	}})
	return err
}

// toldOf are the resolutions that somebody is to be told of.
func (t *resolutions) toldOf(rows *sql.Rows) (list []event.Event, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var seq int64
		var raw []byte
		if err := rows.Scan(&seq, &raw); err != nil {
			return nil, fmt.Errorf("read resolutions: %w", err)
		}
		var e event.Event
		if json.Unmarshal(raw, &e) != nil { // a damaged one is told elsewhere
			continue
		}
		if t.relay.resolverOf(e.Account) != nil && t.relay.now().Sub(e.At) < resolveFor {
			list = append(list, e)
		}
	}
	return list, rows.Err()
}

func (l *eventLog) resolvedUpTo(ctx context.Context) (seq event.Seq, err error) {
	var raw []byte
	err = l.read.QueryRowContext(ctx, "select value from meta where key = ?", metaResolved).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read how far resolutions are known: %w", err)
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return event.Seq(n), err
}

// open are the rows in a state, of those that wait the ones that are due.
func (t *resolutions) open(ctx context.Context, state string) (list []resolution, err error) {
	now := t.relay.now()
	err = t.relay.log.each(ctx, "select seq, account, conversation, tries, epoch, due_at from resolution where state = ? order by seq", []any{state},
		func(scan func(...any) error) error {
			var one resolution
			var due string
			if err := scan(&one.seq, &one.account, &one.conversation, &one.tries, &one.epoch, &due); err != nil {
				return err
			}
			at, err := time.Parse(time.RFC3339Nano, due)
			// A clock that was set back must not keep one for as long as it was wrong.
			if state != "waiting" || err != nil || !at.After(now) || at.Sub(now) > resolveFor {
				list = append(list, one)
			}
			return nil
		})
	return list, err
}

// recover says of what was on the wire when the last process ended that nobody knows.
func (t *resolutions) recover(ctx context.Context) error {
	list, err := t.open(ctx, "telling")
	for _, one := range list {
		if err == nil {
			err = t.settle(ctx, one, unknownTold("The relay ended while the network was told. It may be resolved over there, or not: look there."))
		}
	}
	return err
}

func unknownTold(text string) *provider.Error {
	return &provider.Error{Op: "resolve", Reason: provider.NoAnswer, Uncertain: true, Text: text}
}

// tell tells a network of one, unless it was taken back or the customer has written
// since. What the network certainly did not take is told again later.
func (t *resolutions) tell(ctx context.Context, one resolution) error {
	r := t.relay
	to := r.resolverOf(one.account)
	chat, how, stands, err := r.log.resolved(ctx, one)
	switch {
	case one.epoch != r.log.epoch:
		return t.settle(ctx, one, unknownTold("The relay's log was put back since this was resolved. It may be resolved over there, or not: look there."))
	case err != nil:
		return err
	case !stands || to == nil:
		return t.mark(ctx, one, "dropped")
	case chat.Chat == "":
		return t.settle(ctx, one, &provider.Error{
			Op: "resolve", Reason: provider.Other, Text: "The relay does not know this customer's chat any more. Resolve it in the network's own system.",
		})
	}
	if !r.calls.take(ctx, one.account, r.now, callPatience) {
		return ctx.Err() // the next round
	}
	defer func() { r.calls.give(one.account, r.now()) }()
	if claimed, err := t.claim(ctx, one); err != nil || !claimed {
		return err
	}
	failure := provider.Ask(context.WithoutCancel(ctx), "resolve", func(ctx context.Context) error { return to.ResolveChat(ctx, chat, how) })
	if failure != nil && (failure.Retryable() || failure.PausesAccount()) && one.tries < maxResolveTries {
		return t.later(ctx, one, failure)
	}
	return t.settle(ctx, one, failure)
}

// maxResolveTries at 1, 2, 4 … 60 min are a day.
const maxResolveTries = 28

// claim puts a resolution on the wire, for this process alone.
func (t *resolutions) claim(ctx context.Context, one resolution) (claimed bool, err error) {
	_, err = t.relay.log.append(ctx, write{decide: func(ctx context.Context, tx *logTx) ([]entry, error) {
		res, err := tx.conn.ExecContext(ctx, `update resolution set state = 'telling' where seq = ?1 and state = 'waiting'
			and (select seq from aspect where conversation = ?2 and aspect = ?3) = ?1`,
			int64(one.seq), string(one.conversation), string(event.AspectStatus))
		if err != nil {
			return nil, fmt.Errorf("claim a resolution: %w", err)
		}
		n, err := res.RowsAffected()
		claimed = n == 1
		return nil, err
	}})
	return claimed, err
}

func (t *resolutions) later(ctx context.Context, one resolution, failure *provider.Error) error {
	due := t.relay.now().Add(max(min(time.Minute<<min(one.tries, 10), time.Hour), min(failure.After, longestAsked)))
	return t.change(ctx, nil, "update resolution set state = 'waiting', tries = tries + 1, due_at = ? where seq = ?", string(timestamp(due)), int64(one.seq))
}

func (t *resolutions) mark(ctx context.Context, one resolution, state string) error {
	return t.change(ctx, nil, "update resolution set state = ? where seq = ?", state, int64(one.seq))
}

// settle keeps what became of it, and tells the team in the same commit.
func (t *resolutions) settle(ctx context.Context, one resolution, failure *provider.Error) error {
	body := event.ToldOf(one.seq, failure)
	told, err := fact(fmt.Sprintf("told:%d:%s", one.seq, body.State), one.account, one.conversation, "", body)
	if err != nil {
		return err
	}
	return t.change(context.WithoutCancel(ctx), []entry{told}, "update resolution set state = ? where seq = ?", string(body.State), int64(one.seq))
}

// change writes a row and tells the team, unless the contact was erased meanwhile.
func (t *resolutions) change(ctx context.Context, tell []entry, query string, args ...any) error {
	_, err := t.relay.log.append(ctx, write{decide: func(ctx context.Context, tx *logTx) ([]entry, error) {
		res, err := tx.conn.ExecContext(ctx, query, args...)
		if err != nil {
			return nil, fmt.Errorf("keep what became of a resolution: %w", err)
		}
		if n, err := res.RowsAffected(); n == 0 || err != nil {
			return nil, err
		}
		return tell, nil
	}})
	return err
}

// resolved reads what there is to tell: whose chat it is, how the conversation ended,
// with what was added since, and whether that stands: nobody took it back and the
// customer has not written.
func (l *eventLog) resolved(ctx context.Context, one resolution) (chat provider.ChatKey, how provider.Resolution, stands bool, err error) {
	chat.Account = one.account
	var last event.Seq
	err = l.read.QueryRowContext(ctx, "select coalesce((select seq from aspect where conversation = ? and aspect = ?), 0)",
		string(one.conversation), string(event.AspectStatus)).Scan(&last)
	if err != nil || last != one.seq {
		return chat, how, false, err
	}
	var said event.Resolution
	stands = true
	err = l.each(ctx, "select json from event where conversation = ? and digest is null order by seq", []any{string(one.conversation)},
		func(scan func(...any) error) error {
			var raw []byte
			if err := scan(&raw); err != nil {
				return err
			}
			var e event.Event
			if json.Unmarshal(raw, &e) != nil {
				return nil // a damaged one is told elsewhere
			}
			if id := l.chatIn(e); id != "" {
				chat.Chat = id
			}
			stands = stands && (e.Seq <= one.seq || !reopens(e.Body))
			if e.Seq >= one.seq {
				said = said.With(e.Body)
			}
			return nil
		})
	return chat, provider.Resolution{Notes: said.Notes, Rating: said.CSAT, FollowUp: !said.FollowUp.IsZero()}, stands, err
}

// reopens reports a message that ends a resolution: the customer's, but for their
// rating of it.
func reopens(body event.Body) bool {
	m, ok := body.(provider.MessageReceived)
	if !ok || m.Past {
		return false
	}
	_, _, rates := event.RatingIn(&m.Content)
	return !rates
}

// chatIn is the chat of an event's conversation where the event names it: the id that
// makes the conversation's.
func (l *eventLog) chatIn(e event.Event) provider.ChatID {
	var names []provider.ChatID
	person := func(s provider.Sender) {
		names = append(append(names, provider.ChatID(s.User), provider.ChatID(s.Phone)), s.Also...)
	}
	switch b := e.Body.(type) {
	case event.SendState:
		names = append(names, b.Chat)
	case provider.MessageReceived:
		person(b.From)
	case provider.MessageSent:
		person(b.To)
	default:
		return ""
	}
	i := slices.IndexFunc(names, func(id provider.ChatID) bool {
		return id != "" && l.key.Conversation(provider.ChatKey{Account: e.Account, Chat: id}) == e.Conversation
	})
	if i < 0 {
		return ""
	}
	return names[i]
}
