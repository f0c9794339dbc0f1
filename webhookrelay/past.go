package webhookrelay

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// sameWithin is how far apart the network's time of a message of ours and that of
// its send may be, where only its words tell that it is the same.
const sameWithin = 5 * time.Minute

// keepPast appends what of a page of history the log has not. Its events have the ids
// a webhook would have given them; what went out through this relay is there already
// under its operation. What is long past comes newest first, so that a terminal can
// put each above the one before.
func (r *Relay) keepPast(ctx context.Context, account Account, chat provider.ChatKey, a *provider.Answer) error {
	ours, err := r.log.oursIn(ctx, chat, r.log.key.Conversation(chat), account.Provider.Capabilities(chat).NoID)
	if err != nil {
		return err
	}
	page := provider.SortPast(chat.Chat, a.Events, r.now(), ours.has)
	a.Past.Found, a.Past.Odd = page.Found, page.Odd
	h, d := &hook{Hook: Hook{ID: "past:" + string(account.ID)}}, delivery{templates: map[int]provider.AccountID{}, fileOf: r.mediaOf}
	for _, e := range page.Events {
		d.add(h, r.log.key, account.ID, e)
	}
	if len(d.entries) == 0 {
		return nil
	}
	results, err := r.log.append(ctx, write{entries: d.entries, decide: d.decide()})
	if err != nil {
		return err
	}
	for i, e := range d.entries {
		if !results[i].Duplicate && (e.kind == provider.KindMessage || e.kind == provider.KindEcho) {
			a.Past.New++
		}
	}
	if len(d.files) > 0 {
		r.fetchSoon()
	}
	return nil
}

// ourSends are the messages of a chat that went out by this relay.
type ourSends struct {
	ids map[provider.MessageID]bool
	// words and when of those that the network gave no id of; each is found once.
	words []ourWords
}

type ourWords struct {
	text string
	at   time.Time
}

// has reports whether an echo is of a send of ours.
func (o *ourSends) has(m provider.MessageSent) bool {
	if o.ids[m.Message] {
		return true
	}
	for i, w := range o.words {
		if w.text != "" && w.text == wordsOf(m.Content) && w.at.Sub(m.SentAt).Abs() <= sameWithin {
			o.words = slices.Delete(o.words, i, i+1)
			return true
		}
	}
	return false
}

func wordsOf(c provider.Content) string {
	if c.Template != nil {
		return c.Template.Shown.Text()
	}
	return c.Text
}

// oursIn reads what the relay sent in a chat; by its words where its network answers
// without ids.
func (l *eventLog) oursIn(ctx context.Context, chat provider.ChatKey, conv event.ConversationID, noID bool) (*ourSends, error) {
	o := &ourSends{ids: map[provider.MessageID]bool{}}
	err := l.each(ctx, "select message from op where account = ? and chat = ? and message <> ''", []any{string(chat.Account), string(chat.Chat)},
		func(scan func(...any) error) error {
			var id provider.MessageID
			err := scan(&id)
			o.ids[id] = true
			return err
		})
	if err != nil || !noID {
		return o, err
	}
	err = l.each(ctx, "select json from event where conversation = ? and digest is null and json_extract(cast(json as text), '$.kind') = ?",
		[]any{string(conv), event.KindSend}, func(scan func(...any) error) error {
			var raw []byte
			if err := scan(&raw); err != nil {
				return err
			}
			var e event.Event
			if json.Unmarshal(raw, &e) != nil {
				return nil // a damaged one is told elsewhere
			}
			if s, ok := e.Body.(event.SendState); ok && s.State == event.JobSent && s.Message == "" {
				o.words = append(o.words, ourWords{wordsOf(s.Content), e.At})
			}
			return nil
		})
	return o, err
}

// each reads rows beside the writer.
func (l *eventLog) each(ctx context.Context, query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := l.read.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
	}
	return rows.Err()
}
