package webhookrelay

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	// resolveEvery is how often it is looked for resolutions to tell of.
	resolveEvery = time.Second
	// resolveFor is how long a resolution is worth telling of.
	resolveFor = 24 * time.Hour
	// metaResolved is how far the log was looked through for resolutions, metaTell and
	// a sequence what is to be told of one, until it was.
	metaResolved = "resolved"
	metaTell     = "tell:"
)

// resolutions tells networks that have an inbox of their own of the team's
// resolutions, once undo has lapsed. What waits is in the log's own file, so that a
// restart loses none and tells none twice: each is claimed on disk before the wire,
// and what nobody heard the end of is unsure.
type resolutions struct {
	relay *Relay
	told  complaint
}

// resolution is what is to be told: seq is that of the team's word.
type resolution struct {
	Seq          event.Seq            `json:"seq"`
	Account      provider.AccountID   `json:"account"`
	Conversation event.ConversationID `json:"conversation"`
	Due          time.Time            `json:"due"`
	// Telling is set while it is on the wire; Tries are those that it was certainly
	// not taken by.
	Telling bool `json:"telling,omitempty"`
	Tries   int  `json:"tries,omitempty"`
	// Epoch is the log's that it was taken up in.
	Epoch string `json:"epoch"`
}

func (one *resolution) key() string { return metaTell + strconv.FormatInt(int64(one.Seq), 10) }

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
	open, err := t.open(ctx)
	now := t.relay.now()
	for _, one := range open {
		// A clock that was set back must not keep one for as long as it was wrong.
		if due := one.Due.Sub(now); err == nil && !one.Telling && (due <= 0 || due > resolveFor) {
			err = t.tell(ctx, one)
		}
	}
	return err
}

// takeUp keeps what was resolved since, in one commit with how far the log was read.
// What a log held before anybody looked through it is not told any more.
func (t *resolutions) takeUp(ctx context.Context) error {
	log := t.relay.log
	from, looked, err := log.resolvedUpTo(ctx)
	if err != nil || looked && from >= log.position().seq {
		return err
	}
	_, err = log.append(ctx, write{decide: func(ctx context.Context, tx *logTx) ([]entry, error) {
		if looked {
			list, err := t.since(ctx, tx, from)
			if err != nil {
				return nil, err
			}
			for _, e := range list {
				one := resolution{Seq: e.Seq, Account: e.Account, Conversation: e.Conversation, Due: e.At.Add(event.UndoFor), Epoch: tx.log.epoch}
				if err := tx.keep(ctx, one); err != nil {
					return nil, err
				}
			}
		}
		return nil, tx.setMeta(ctx, metaResolved, strconv.AppendInt(nil, int64(tx.head.seq), 10))
	}})
	return err
}

// setMeta keeps a value under a name.
func (t *logTx) setMeta(ctx context.Context, key string, value []byte) error {
	if _, err := t.conn.ExecContext(ctx, "insert into meta (key, value) values (?, ?) on conflict do update set value = excluded.value", key, value); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// keep writes a resolution as it stands.
func (t *logTx) keep(ctx context.Context, one resolution) error {
	value, err := json.Marshal(one)
	if err != nil {
		return fmt.Errorf("encode a resolution: %w", err)
	}
	return t.setMeta(ctx, one.key(), value)
}

// since are the resolutions after a sequence that somebody is to be told of.
func (t *resolutions) since(ctx context.Context, tx *logTx, from event.Seq) (list []event.Event, err error) {
	rows, err := tx.conn.QueryContext(ctx, `select json from event where seq > ? and digest is null
		and json_extract(cast(json as text), '$.kind') = ? order by seq`, int64(from), event.KindResolved)
	if err != nil {
		return nil, fmt.Errorf("read resolutions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
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

// resolvedUpTo is how far the log was looked through; looked is false where it never was.
func (l *eventLog) resolvedUpTo(ctx context.Context) (seq event.Seq, looked bool, err error) {
	var raw []byte
	err = l.read.QueryRowContext(ctx, "select value from meta where key = ?", metaResolved).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read how far resolutions are known: %w", err)
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return event.Seq(n), true, err
}

// open is what is to be told, in the order in which it was resolved.
func (t *resolutions) open(ctx context.Context) (list []resolution, err error) {
	err = t.relay.log.each(ctx, "select value from meta where key >= ? and key < ?", []any{metaTell, strings.TrimSuffix(metaTell, ":") + ";"},
		func(scan func(...any) error) error {
			var raw []byte
			var one resolution
			if err := scan(&raw); err != nil {
				return err
			}
			if err := json.Unmarshal(raw, &one); err != nil {
				return fmt.Errorf("read a resolution: %w", err)
			}
			list = append(list, one)
			return nil
		})
	slices.SortFunc(list, func(a, b resolution) int { return cmp.Compare(a.Seq, b.Seq) })
	return list, err
}

// recover says of what was on the wire when the last process ended that nobody knows.
func (t *resolutions) recover(ctx context.Context) error {
	list, err := t.open(ctx)
	for _, one := range list {
		if err == nil && one.Telling {
			err = t.settle(ctx, one, unknownTold("The relay ended while the network was told. It may be resolved over there, or not: look there."))
		}
	}
	return err
}

func unknownTold(text string) *provider.Error {
	return &provider.Error{Op: "resolve", Reason: provider.NoAnswer, Uncertain: true, Text: text}
}

// maxResolveTries at 1, 2, 4 … 60 min are a day.
const maxResolveTries = 28

// tell tells a network of one, unless it was taken back or the customer has written
// since. What the network certainly did not take is told again later.
func (t *resolutions) tell(ctx context.Context, one resolution) error {
	r := t.relay
	to := r.resolverOf(one.Account)
	chat, how, stands, err := r.log.resolved(ctx, one)
	switch {
	case err != nil:
		return err
	case one.Epoch != r.log.epoch:
		return t.settle(ctx, one, unknownTold("The relay's log was put back since this was resolved. It may be resolved over there, or not: look there."))
	case !stands || to == nil:
		return t.end(ctx, one, nil)
	case chat.Chat == "":
		return t.settle(ctx, one, &provider.Error{
			Op: "resolve", Reason: provider.Other, Text: "The relay does not know this customer's chat any more. Resolve it in the network's own system.",
		})
	}
	if !r.calls.take(ctx, one.Account, r.now, callPatience) {
		return ctx.Err() // the next round
	}
	defer func() { r.calls.give(one.Account, r.now()) }()
	one.Telling = true
	if claimed, err := t.claim(ctx, one); err != nil || !claimed {
		return err
	}
	failure := provider.Ask(context.WithoutCancel(ctx), "resolve", func(ctx context.Context) error { return to.ResolveChat(ctx, chat, how) })
	if failure == nil || !(failure.Retryable() || failure.PausesAccount()) || one.Tries >= maxResolveTries {
		return t.settle(ctx, one, failure)
	}
	one.Due = r.now().Add(max(min(time.Minute<<min(one.Tries, 10), time.Hour), min(failure.After, longestAsked)))
	one.Telling = false
	one.Tries++
	return t.change(context.WithoutCancel(ctx), one, func(ctx context.Context, tx *logTx) ([]entry, error) { return nil, tx.keep(ctx, one) })
}

// claim puts a resolution on the wire, unless it was taken back at this moment.
func (t *resolutions) claim(ctx context.Context, one resolution) (claimed bool, err error) {
	err = t.change(ctx, one, func(ctx context.Context, tx *logTx) ([]entry, error) {
		var last event.Seq
		row := tx.conn.QueryRowContext(ctx, "select coalesce((select seq from aspect where conversation = ? and aspect = ?), 0)",
			string(one.Conversation), string(event.AspectStatus))
		if err := row.Scan(&last); err != nil || last != one.Seq {
			return nil, err
		}
		claimed = true
		return nil, tx.keep(ctx, one)
	})
	return claimed, err
}

// settle tells the team what became of it, and is done with it in the same commit.
func (t *resolutions) settle(ctx context.Context, one resolution, failure *provider.Error) error {
	body := event.ToldOf(one.Seq, failure)
	told, err := fact(fmt.Sprintf("told:%d:%s", one.Seq, body.State), one.Account, one.Conversation, "", body)
	if err != nil {
		return err
	}
	return t.end(context.WithoutCancel(ctx), one, []entry{told})
}

func (t *resolutions) end(ctx context.Context, one resolution, tell []entry) error {
	return t.change(ctx, one, func(ctx context.Context, tx *logTx) ([]entry, error) {
		if _, err := tx.conn.ExecContext(ctx, "delete from meta where key = ?", one.key()); err != nil {
			return nil, fmt.Errorf("end a resolution: %w", err)
		}
		return tell, nil
	})
}

// change writes about a resolution, unless the contact was erased meanwhile.
func (t *resolutions) change(ctx context.Context, one resolution, change func(context.Context, *logTx) ([]entry, error)) error {
	_, err := t.relay.log.append(ctx, write{decide: func(ctx context.Context, tx *logTx) ([]entry, error) {
		var there bool
		if err := tx.conn.QueryRowContext(ctx, "select exists (select 1 from meta where key = ?)", one.key()).Scan(&there); err != nil || !there {
			return nil, err
		}
		return change(ctx, tx)
	}})
	return err
}

// resolved reads what there is to tell: whose chat it is, how the conversation ended,
// with what was added since, and whether that stands: nobody took it back and the
// customer has not written.
func (l *eventLog) resolved(ctx context.Context, one resolution) (chat provider.ChatKey, how provider.Resolution, stands bool, err error) {
	chat.Account = one.Account
	var last event.Seq
	err = l.read.QueryRowContext(ctx, "select coalesce((select seq from aspect where conversation = ? and aspect = ?), 0)",
		string(one.Conversation), string(event.AspectStatus)).Scan(&last)
	if err != nil || last != one.Seq {
		return chat, how, false, err
	}
	var said event.Resolution
	stands = true
	err = l.each(ctx, "select json from event where conversation = ? and digest is null order by seq", []any{string(one.Conversation)},
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
			stands = stands && (e.Seq <= one.Seq || !reopens(e.Body))
			if e.Seq >= one.Seq {
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
