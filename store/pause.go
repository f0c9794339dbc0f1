package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
)

// jobPaused is the condition under which job j stays although it is due: its
// account is paused, and this is not the one message that finds out whether it
// still has to be.
const jobPaused = `exists (select 1 from intent_pause p where p.account = j.account
	and (p.account not in (select account from intent_try) or exists (select 1 from intent_job y where y.account = j.account
		and y.state in ('queued', 'held', 'sending', 'unsure', 'failed') and y.state = 'sending')))`

// pause stops an account's queue. A person is told once: not again for what a
// try that nobody asked for found as it was.
func (b *batch) pause(m *sending, why *provider.Error, now time.Time) error {
	c, err := b.keyed(m.conversation)
	raw, encoding := encode(why)
	if err := errors.Join(err, encoding); err != nil {
		return err
	}
	account := string(c.account.id)
	var asked bool
	known, err := b.get("select 1 from intent_pause where account = ?", []any{account}, new(int))
	if err == nil {
		_, err = b.get("select asked from intent_try where account = ?", []any{account}, &asked)
	}
	if err != nil {
		return err
	}
	if !known || asked {
		told := Notice{Kind: NoticePaused, Account: c.account.id, Error: why}
		if why != nil {
			told.Text = why.Text
		}
		b.change.Notices = append(b.change.Notices, told)
	}
	b.change.Outbox, b.change.Counts = true, true
	if err := b.exec("delete from intent_try where account = ?", account); err != nil {
		return err
	}
	return b.exec(`insert into intent_pause (account, error, since) values (?, ?, ?)
		on conflict (account) do update set error = excluded.error`, account, raw, millis(now))
}

// works ends an account's pause: its network has answered.
func (b *batch) works(c *conversation) error {
	paused, err := b.get("select 1 from intent_pause where account = ?", []any{string(c.account.id)}, new(int))
	if !paused || err != nil {
		return err
	}
	b.change.Outbox, b.change.Counts = true, true
	for _, table := range []string{"intent_pause", "intent_try"} {
		if err := b.exec("delete from "+table+" where account = ?", string(c.account.id)); err != nil {
			return err
		}
	}
	return nil
}

// TryPaused lets one message of each paused account that which takes (nil takes
// all) find out whether the account works again. Until its network has answered
// the account stays paused for all others, and where it does not work, as it
// was. asked says that a person wants to be told then. It returns how many
// accounts that is.
func (s *Store) TryPaused(ctx context.Context, which func(provider.AccountID) bool, asked bool) (n int, err error) {
	paused, err := s.pausedAccounts(ctx)
	for _, p := range paused {
		if err == nil && (which == nil || which(p.Account)) && (asked || !p.Trying) {
			err = s.tryAccount(ctx, p.Account, asked)
			n++
		}
	}
	if err != nil {
		return 0, fmt.Errorf("try paused accounts: %w", err)
	}
	return n, nil
}

func (s *Store) tryAccount(ctx context.Context, id provider.AccountID, asked bool) error {
	return s.writeIntent(ctx, func(b *batch) error {
		b.change.Outbox, b.change.Counts = true, true
		return b.exec(`insert into intent_try (account, asked) select account, ?2 from intent_pause where account = ?1
			on conflict (account) do update set asked = max(asked, excluded.asked)`, string(id), asked)
	})
}

func (s *Store) pausedAccounts(ctx context.Context) (list []PausedAccount, err error) {
	rows, err := s.read.QueryContext(ctx, `select account, error, since, account in (select account from intent_try)
		from intent_pause order by account`)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		var p PausedAccount
		var raw []byte
		var since int64
		if err := scan(&p.Account, &raw, &since, &p.Trying); err != nil {
			return err
		}
		var err error
		p.Since = instant(since)
		p.Error, err = decodeError(raw)
		list = append(list, p)
		return err
	})
	return list, err
}
