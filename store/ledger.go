package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Source is whose word an entry of the ledger is.
type Source string

// The sources.
const (
	SourceCustomer Source = "customer" // what they wrote
	SourceNetwork  Source = "network"  // what they told the network, or it told us
	SourceTeam     Source = "team"     // By noted it
)

// LedgerEntry is one word on what may be sent to a person.
type LedgerEntry struct {
	Conversation event.ConversationID
	At           time.Time
	Source       Source
	// By is who of the team; empty for the other sources.
	By event.AgentID
	// Category is Marketing, or empty for every message. Block is set where it is
	// about blocking, which the category then says nothing of.
	Category string
	Block    bool
	// Allowed is whether it may be sent from then on.
	Allowed bool
	// Detail is the word itself, the network's code, or where the team has it from.
	Detail string
}

// Ending is how a conversation of a person was resolved.
type Ending struct {
	Conversation event.ConversationID
	At           time.Time
	By           event.AgentID
	event.Resolution
}

// Contact is all that is known of the person behind a conversation.
type Contact struct {
	// Identities are the conversations of the person, the one asked about first.
	Identities []Conversation
	// Ledger and Endings are the newest first, mostContact of each at most.
	Ledger  []LedgerEntry
	Endings []Ending
	// Alike are conversations with the same number that nobody joined.
	Alike []Conversation
}

// mostContact bounds what is read of each kind.
const mostContact = 100

// selectActivity is the lines of a person's threads that tell of them.
const selectActivity = group + `select c.id, m.at, m.by, m.content_kind, m.activity from message m join conversation c on c.key = m.conversation
	where m.conversation in g and m.kind <> 'reaction' and m.kind = 'activity' and m.content_kind in (select value from json_each(?2))
	order by m.key desc limit 1000`

// Contact reads what is known of the person behind a conversation. ErrNotFound
// where there is none.
func (s *Store) Contact(ctx context.Context, id event.ConversationID) (Contact, error) {
	var c Contact
	var err error
	if c.Identities, err = s.Identities(ctx, id); err != nil {
		return Contact{}, err
	}
	id = c.Identities[0].ID
	if c.Ledger, err = s.Ledger(ctx, id); err != nil {
		return Contact{}, err
	}
	if c.Endings, err = s.endings(ctx, id); err != nil {
		return Contact{}, err
	}
	c.Alike, err = s.alike(ctx, c.Identities, mostAlike)
	return c, err
}

// Ledger returns every word on what may be sent to the person of a conversation,
// the newest first.
func (s *Store) Ledger(ctx context.Context, id event.ConversationID) ([]LedgerEntry, error) {
	var list []LedgerEntry
	err := s.activities(ctx, id, []string{provider.KindConsent, event.KindConsented, event.KindBlocked}, func(l line) {
		if e, ok := l.entry(); ok && len(list) < mostContact {
			list = append(list, e)
		}
	})
	return list, err
}

// line is a line of a thread that tells of the person.
type line struct {
	in   event.ConversationID
	at   time.Time
	by   event.AgentID
	body event.Body
}

func (l line) entry() (LedgerEntry, bool) {
	e := LedgerEntry{Conversation: l.in, At: l.at, By: l.by, Source: SourceTeam}
	switch b := l.body.(type) {
	case provider.Consent:
		e.Source, e.By, e.Allowed, e.Detail = SourceNetwork, "", b.Allowed, b.Detail
		if b.Category == Marketing {
			e.Category = Marketing
		}
	case event.Consented:
		e.Category, e.Allowed, e.Detail = b.Category, b.Allowed, b.Detail
		if l.by == "" {
			e.Source = SourceCustomer
		}
	case event.Blocked:
		e.Block, e.Allowed = true, !b.Blocked
	default:
		return e, false
	}
	return e, true
}

// endings leaves out what was taken back.
func (s *Store) endings(ctx context.Context, id event.ConversationID) ([]Ending, error) {
	var list []Ending
	undone := map[event.ConversationID]bool{}
	err := s.activities(ctx, id, []string{event.KindResolved, event.KindReopened}, func(l line) {
		switch b := l.body.(type) {
		case event.Reopened:
			undone[l.in] = b.Undone != nil
		case event.Resolved:
			if !undone[l.in] && len(list) < mostContact {
				list = append(list, Ending{l.in, l.at, l.by, b.Resolution})
			}
			undone[l.in] = false
		}
	})
	return list, err
}

func (s *Store) activities(ctx context.Context, id event.ConversationID, kinds []string, each func(line)) error {
	wanted, err := encode(kinds)
	if err != nil {
		return err
	}
	rows, err := s.read.QueryContext(ctx, selectActivity, string(id), wanted)
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var l line
			var at int64
			var kind string
			var raw []byte
			if err := scan(&l.in, &at, &l.by, &kind, &raw); err != nil {
				return err
			}
			l.at, l.body = instant(at), event.DecodeBody(kind, 1, raw)
			each(l)
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("read what is known of a contact: %w", err)
	}
	return nil
}

// mostAlike is how many conversations with the same number are told.
const mostAlike = 5

// selectAlike finds conversations by their numbers ?2, in any account.
const selectAlike = group + selectList + ` where c.key not in g and c.key in (
	select n.key from conversation n where n.phone <> '' and n.phone in (select value from json_each(?2))
	union select n.key from account r join conversation n on n.account = r.key
		where r.network in ('whatsapp', 'sms') and n.chat in (select value from json_each(?2))) order by c.last_at desc, c.id limit ?3 + 0`

func (s *Store) alike(ctx context.Context, all []Conversation, most int) ([]Conversation, error) {
	var numbers []string
	for _, c := range all {
		for _, n := range numbersOf(c) {
			numbers = append(append(numbers, n), provider.Variants(n)...)
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	wanted, err := encode(numbers)
	if err != nil {
		return nil, err
	}
	list, err := s.conversations(ctx, selectAlike, string(all[0].ID), wanted, most)
	if err != nil {
		return nil, fmt.Errorf("find the same number: %w", err)
	}
	return list, nil
}

// numbersOf are a conversation's telephone numbers: digits alone.
func numbersOf(c Conversation) []string {
	var out []string
	if c.Phone != "" {
		out = append(out, c.Phone)
	}
	if c.Network.CallsByNumber() && digitsOnly(string(c.Chat)) && string(c.Chat) != c.Phone {
		out = append(out, string(c.Chat))
	}
	return out
}

func digitsOnly(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
