package store

import (
	"context"
	"fmt"
	"slices"

	"frontdesk/webhookrelay/event"
)

// group is every conversation of one person, as a table expression of keys that
// begins with the conversation of the key or the id ?1: those it was joined with,
// those joined with it, and so on, in whichever direction and by whichever of
// their ids.
const group = `with recursive g (key) as (
	select key from conversation where key = ?1 union select key from conversation where id = ?1
	union select o.key from g join conversation c on c.key = g.key join conversation o on o.id = c.contact where c.contact <> ''
	union select l.conversation from g join conversation c on c.key = g.key join conversation_alias l on l.alias = c.contact where c.contact <> ''
	union select o.key from g join conversation c on c.key = g.key join conversation o on o.contact = c.id where o.contact <> ''
	union select o.key from g join conversation_alias l on l.conversation = g.key join conversation o on o.contact = l.alias where o.contact <> '') `

// groupStanding is what stands against each conversation of a person.
const groupStanding = group + "select c.standing, c.person from conversation c where c.key in g"

// sum adds up what groupStanding tells.
func sum(each func(func(scan func(...any) error) error) error) (Standing, error) {
	var all Standing
	err := each(func(scan func(...any) error) error {
		var s standing
		var p person
		err := scan(&s, &p)
		one := s.shown()
		one.Blocked = p.Blocked
		all = all.with(one)
		return err
	})
	return all, err
}

// standingOf is what the person of a conversation lets us do.
func (b *batch) standingOf(key int64) (Standing, error) {
	return sum(func(f func(func(...any) error) error) error { return b.each(groupStanding, []any{key}, f) })
}

// standingOf adds what the person of a conversation said in the others.
func (s *Store) standingOf(ctx context.Context, c Conversation) (Standing, error) {
	all, err := sum(func(f func(func(...any) error) error) error {
		rows, err := s.read.QueryContext(ctx, groupStanding, string(c.ID))
		if err != nil {
			return err
		}
		return eachRow(rows, f)
	})
	if err != nil {
		return c.Standing, fmt.Errorf("read what a customer lets us do: %w", err)
	}
	return c.Standing.with(all), nil
}

// Identities returns every conversation of the person of one, that one first and
// the others by who wrote last.
func (s *Store) Identities(ctx context.Context, id event.ConversationID) ([]Conversation, error) {
	first, err := s.Conversation(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, err := s.conversations(ctx, group+selectList+" where c.key in g and c.id <> ?1 order by c.last_at desc, c.id", string(first.ID))
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	return append([]Conversation{first}, rows...), nil
}

// Regrouping changes whose conversation one is: event.Joined with Now, which
// expects that nobody changed it from Was.
type Regrouping struct {
	Conversation event.ConversationID
	Now, Was     event.ConversationID
}

// Joining is what makes the people of two conversations one; nothing where they
// are one already.
func (s *Store) Joining(ctx context.Context, id, with event.ConversationID) ([]Regrouping, error) {
	mine, err := s.Identities(ctx, id)
	if err != nil {
		return nil, err
	}
	theirs, err := s.Identities(ctx, with)
	if err != nil || slices.ContainsFunc(mine, func(c Conversation) bool { return c.ID == theirs[0].ID }) {
		return nil, err
	}
	moves, stays := root(mine), root(theirs)
	return []Regrouping{{Conversation: moves.ID, Now: stays.ID, Was: moves.Contact}}, nil
}

// Separating is what makes a conversation stand for itself again. The others of
// its person stay together. Nothing where it does.
func (s *Store) Separating(ctx context.Context, id event.ConversationID) ([]Regrouping, error) {
	all, err := s.Identities(ctx, id)
	if err != nil || len(all) == 1 {
		return nil, err
	}
	gone, rest := all[0], all[1:]
	head := root(rest)
	if head.Contact == gone.ID { // it held the others together
		head.Contact = ""
	}
	var out []Regrouping
	if gone.Contact != "" {
		out = append(out, Regrouping{Conversation: gone.ID, Was: gone.Contact})
	}
	for _, c := range rest {
		switch {
		case c.Contact != gone.ID:
		case c.ID == head.ID:
			out = append(out, Regrouping{Conversation: c.ID, Was: c.Contact})
		default:
			out = append(out, Regrouping{Conversation: c.ID, Now: head.ID, Was: c.Contact})
		}
	}
	return out, nil
}

// root is the conversation that the others of a person are joined with: the one
// that names none of them. Where they name each other in a circle, the first by
// id.
func root(all []Conversation) Conversation {
	named := map[event.ConversationID]bool{}
	for _, c := range all {
		named[c.ID] = true
	}
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b Conversation) int {
		if x, y := named[a.Contact], named[b.Contact]; x != y {
			if x {
				return 1
			}
			return -1
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return sorted[0]
}
