package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Standing is what a customer lets us do, and whether the network still reaches
// them. A zero time means that nothing stands in the way.
type Standing struct {
	// NoMarketing and NoMessages are when the customer asked for no more of it.
	NoMarketing, NoMessages time.Time
	// Unreachable is since when the network cannot reach them; Detail is its word.
	Unreachable time.Time
	Detail      string
	// Standby is when another program of the account was last seen to have the
	// conversation; zero where the customer has written to this one since.
	Standby time.Time
	// Blocked means that the team lets them neither write nor be written to.
	Blocked bool
}

// standing is a Standing as the row has it: milliseconds, 0 for none.
type standing struct {
	NoMarketing int64  `json:"no_marketing,omitempty"`
	NoMessages  int64  `json:"no_messages,omitempty"`
	Unreachable int64  `json:"unreachable,omitempty"`
	Detail      string `json:"detail,omitempty"`
	Standby     int64  `json:"standby,omitempty"`
}

// Scan reads the row's JSON; sql.Scanner.
func (s *standing) Scan(src any) error {
	*s = standing{}
	raw, ok := src.(string)
	if !ok || raw == "" || raw == "{}" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), s); err != nil {
		return fmt.Errorf("read standing: %w", err)
	}
	return nil
}

func (s standing) shown() Standing {
	return Standing{NoMarketing: instant(s.NoMarketing), NoMessages: instant(s.NoMessages), Unreachable: instant(s.Unreachable), Detail: s.Detail, Standby: instant(s.Standby)}
}

// consent takes the customer's word.
func (s *standing) consent(c provider.Consent, at int64) {
	s.wish(func(w *event.Wishes) { w.Say(c.Category, c.Allowed, instant(at)) })
}

// wish changes what the customer wants.
func (s *standing) wish(change func(*event.Wishes)) {
	w := event.Wishes{NoMarketing: instant(s.NoMarketing), NoMessages: instant(s.NoMessages)}
	change(&w)
	s.NoMarketing, s.NoMessages = millis(w.NoMarketing), millis(w.NoMessages)
}

// absorb takes over what stands in the way of the other.
func (s *standing) absorb(o standing) {
	s.NoMarketing, s.NoMessages = max(s.NoMarketing, o.NoMarketing), max(s.NoMessages, o.NoMessages)
	s.Standby = max(s.Standby, o.Standby)
	if o.Unreachable > s.Unreachable {
		s.Unreachable, s.Detail = o.Unreachable, o.Detail
	}
}

// consented is a customer's word on what may be sent; it is a line of the thread.
func (b *batch) consented(e event.Event, w provider.Consent) error {
	if e.Conversation == "" {
		return nil
	}
	c, err := b.ensure(e.Conversation, e.Account)
	if err != nil {
		return err
	}
	before := c.base.Standing
	c.base.Standing.consent(w, millis(e.At))
	b.happened(c, e)
	if now := c.base.Standing; (before.NoMessages == 0) == (now.NoMessages == 0) && (before.NoMarketing == 0) == (now.NoMarketing == 0) {
		c.base.Standing = before // since then it stands, and what said so is in the ledger
		return nil
	}
	return b.activity(c, e)
}

// reached says whether the network reaches the customer; it is a line of the
// thread.
func (b *batch) reached(e event.Event, r provider.Reach) error {
	return b.stands(e, func(s *standing) {
		s.Unreachable, s.Detail = millis(e.At), r.Detail
		if r.Can {
			s.Unreachable, s.Detail = 0, ""
		}
	})
}

func (b *batch) stands(e event.Event, change func(*standing)) error {
	if e.Conversation == "" {
		return nil
	}
	c, err := b.ensure(e.Conversation, e.Account)
	if err != nil {
		return err
	}
	change(&c.base.Standing)
	b.happened(c, e)
	return b.activity(c, e)
}

// identified: the network knows the customer by other ids. The conversation stays
// one, and is written to by the new one.
func (b *batch) identified(e event.Event, i provider.IdentityChanged) error {
	if e.Conversation == "" {
		return nil
	}
	// The fact may name the conversation by the old id or by the new one.
	for _, id := range []provider.ChatID{i.Old, provider.ChatID(i.Now.User)} {
		if id != "" {
			i.Now.Also = append(slices.Clone(i.Now.Also), id)
		}
	}
	c, err := b.of(e, i.Now)
	if err != nil {
		return err
	}
	c.base.sender(i.Now)
	if i.Now.User != "" {
		c.base.Chat = provider.ChatID(i.Now.User)
	}
	b.happened(c, e)
	return b.activity(c, e)
}

// health adds what the network says of the account to what it said before.
func (b *batch) health(e event.Event, told provider.Health) error {
	a, err := b.account(e.Account)
	if err != nil {
		return err
	}
	var raw []byte
	if _, err := b.get("select health from account where key = ?", []any{a.key}, &raw); err != nil {
		return err
	}
	have := provider.Health{}
	if raw != nil {
		if err := json.Unmarshal(raw, &have); err != nil {
			return fmt.Errorf("read health: %w", err)
		}
	}
	text, err := encode(sumHealth(have, told))
	if err != nil {
		return err
	}
	b.change.Counts = true
	return b.exec("update account set health = ? where key = ?", text, a.key)
}

// sumHealth is the newer word on each thing. Words for a person stand as long as
// nothing new is said of how the account stands; those of news that do not come,
// until they do.
func sumHealth(have, told provider.Health) provider.Health {
	sum := provider.Health{
		Quality: firstOf(told.Quality, have.Quality), Limit: have.Limit, Status: firstOf(told.Status, have.Status),
		Access: firstOf(told.Access, have.Access), News: cmp.Or(told.News, have.News), Text: told.Text, At: told.At,
	}
	if told.Limit != 0 {
		sum.Limit = told.Limit
	}
	stuck, freed := have.News == provider.NewsStuck, told.News != ""
	silent := told.Quality == "" && told.Status == "" && told.Access == ""
	if told.Text == "" && (silent && !(stuck && freed) || stuck && !freed) {
		sum.Text = have.Text
	}
	return sum
}

// AccountHealth returns how the networks say their accounts stand: none for an
// account of which nothing was said.
func (s *Store) AccountHealth(ctx context.Context) (map[provider.AccountID]provider.Health, error) {
	rows, err := s.read.QueryContext(ctx, "select id, health from account where health is not null")
	if err != nil {
		return nil, fmt.Errorf("read health: %w", err)
	}
	all := map[provider.AccountID]provider.Health{}
	err = eachRow(rows, func(scan func(...any) error) error {
		var id provider.AccountID
		var raw []byte
		if err := scan(&id, &raw); err != nil {
			return err
		}
		var h provider.Health
		if err := json.Unmarshal(raw, &h); err != nil {
			return err
		}
		all[id] = h
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read health: %w", err)
	}
	return all, nil
}

// IsHealthNews reports whether a word on how an account stands says more than is
// known of it. A later time alone is no news.
func (s *Store) IsHealthNews(ctx context.Context, id provider.AccountID, told provider.Health) (bool, error) {
	known, err := s.AccountHealth(ctx)
	if err != nil {
		return false, err
	}
	have := known[id]
	sum := sumHealth(have, told)
	sum.At = have.At
	return sum != have, nil
}
