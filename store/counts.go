package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Counts is the numbers beside the views and in the status line.
type Counts struct {
	Views  map[View]int
	Outbox OutboxCounts
	// Quarantined is how many signed bodies the relay could not read.
	Quarantined int
	// Aside is how many facts this store could not apply.
	Aside int
	// Unsure is how many sends of the team's nobody knows of whether they arrived,
	// LongUnsure for how many of them that has been so for LongUnsure.
	Unsure, LongUnsure int
	// Ailing are the accounts of which the network says that something is wrong.
	Ailing []AilingAccount
	// Unpublished is how many team facts of ours the relay does not have yet.
	Unpublished int
	// Stopped: a flush failed, and nothing more is kept or carried out until the
	// store is opened again.
	Stopped bool
}

// OutboxCounts is this store's own queue by state.
type OutboxCounts struct {
	Queued, Held, Sending, Unsure, Failed int
	Paused                                []PausedAccount
	// Waiting are accounts whose network takes nothing now; it is tried again
	// by itself.
	Waiting []PausedAccount
}

// AilingAccount is an account that still works, and whose network warns.
type AilingAccount struct {
	Account    provider.AccountID
	What, Word string
}

// PausedAccount is an account whose queue stands still until somebody acts.
type PausedAccount struct {
	Account provider.AccountID
	Error   *provider.Error
	Since   time.Time
	// Trying: the next message finds out whether a paused one works again.
	Trying bool
}

var allViews = []View{
	ViewMine, ViewUnassigned, ViewClosing, ViewLate, ViewDue, ViewAll, ViewUnread, ViewFailed, ViewUnsure, ViewMentions, ViewResolved, ViewSnoozed, ViewFollowUp,
}

// Count returns how many conversations a view holds now. It counts them one by
// one: Counts has the standing views for less.
func (s *Store) Count(ctx context.Context, v View) (n int, err error) {
	w, err := s.view(v)
	if err == nil {
		err = s.read.QueryRowContext(ctx, "select count(*) from conversation c where "+w.where, w.args...).Scan(&n)
	}
	if err != nil {
		return 0, fmt.Errorf("count view %s: %w", v, err)
	}
	return n, nil
}

// Counts returns the numbers as they are now.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	c := Counts{Views: make(map[View]int, len(allViews)), Stopped: s.stopped.Load() != nil}
	if err := s.countViews(ctx, c.Views); err != nil {
		return Counts{}, fmt.Errorf("count views: %w", err)
	}
	err := s.read.QueryRowContext(ctx, `select quarantined, (select count(*) from aside),
		(select count(*) from intent_publication where accepted = 0) from log`).Scan(&c.Quarantined, &c.Aside, &c.Unpublished)
	if err == nil {
		c.Unsure, c.LongUnsure, err = s.countUnsure(ctx, s.Now().Add(-LongUnsure))
	}
	if err == nil {
		err = s.countOutbox(ctx, &c.Outbox)
	}
	if err == nil && c.Outbox.Queued > 0 {
		c.Outbox.Waiting, err = s.waitingAccounts(ctx)
	}
	if err == nil {
		c.Ailing, err = s.ailing(ctx)
	}
	if err != nil {
		return Counts{}, fmt.Errorf("count: %w", err)
	}
	return c, nil
}

func (s *Store) ailing(ctx context.Context) ([]AilingAccount, error) {
	health, err := s.AccountHealth(ctx)
	if err != nil {
		return nil, err
	}
	var list []AilingAccount
	for _, id := range slices.Sorted(maps.Keys(health)) {
		if what, word, ails := health[id].Ails(); ails {
			list = append(list, AilingAccount{id, what, word})
		}
	}
	return list, nil
}

// countViews takes the numbers of the big views from where they are kept, and
// counts the small ones: what is closing soon, or failed.
func (s *Store) countViews(ctx context.Context, numbers map[View]int) error {
	var q []string
	var args []any
	for _, v := range allViews {
		if slices.Contains(talliedViews[:], v) {
			q = append(q, "select '"+string(v)+"', coalesce((select n from tally where view = ?), 0)")
			args = append(args, tallyOf(v, s.opt.Agent))
			continue
		}
		view, err := s.view(v)
		if err != nil {
			return err
		}
		q = append(q, "select '"+string(v)+"', count(*) from conversation c where "+view.where)
		args = append(args, view.args...)
	}
	rows, err := s.read.QueryContext(ctx, strings.Join(q, " union all "), args...)
	if err != nil {
		return err
	}
	return eachRow(rows, func(scan func(...any) error) error {
		var v View
		var n int
		err := scan(&v, &n)
		numbers[v] = n
		return err
	})
}

// countUnsure counts the unsure sends of the team, and those that have been so
// since a time or longer.
func (s *Store) countUnsure(ctx context.Context, since time.Time) (all, long int, err error) {
	err = s.read.QueryRowContext(ctx, "select count(*), count(*) filter (where u.job_since <= ?) from message u where "+inTrouble+
		" and u.job = 'unsure'", millis(since)).Scan(&all, &long)
	return all, long, err
}

func (s *Store) countOutbox(ctx context.Context, c *OutboxCounts) error {
	rows, err := s.read.QueryContext(ctx, `select state, count(*) from intent_job
		where state in ('queued', 'held', 'sending', 'unsure', 'failed') group by state`)
	if err != nil {
		return err
	}
	into := map[event.JobState]*int{
		event.JobQueued: &c.Queued, event.JobHeld: &c.Held, event.JobSending: &c.Sending,
		event.JobUnsure: &c.Unsure, event.JobFailed: &c.Failed,
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		var state event.JobState
		var n int
		err := scan(&state, &n)
		if at := into[state]; at != nil {
			*at = n
		}
		return err
	})
	if err != nil {
		return err
	}
	c.Paused, err = s.pausedAccounts(ctx)
	return err
}
