package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Broadcast is a message to many and where it stands.
type Broadcast struct {
	event.Broadcast
	Account provider.AccountID
	Stage   event.BroadcastStage
	// Why is said where the program itself paused it.
	Why string
	By  event.AgentID
	At  time.Time
	// History is who let it run, paused or ended it, and when, the oldest first.
	History []Staged
	// Pending is the stage that this store has asked for and the team does not have
	// yet; empty where none is.
	Pending event.BroadcastStage

	seq event.Seq
}

// Staged is one change of where a broadcast stands.
type Staged struct {
	State event.BroadcastStage `json:"state"`
	Why   string               `json:"why,omitempty"`
	By    event.AgentID        `json:"by"`
	At    time.Time            `json:"at"`
}

// Since is when it was last let run: what failed before that was looked at.
func (d *Broadcast) Since() time.Time {
	since := d.At
	for _, h := range d.History {
		if h.State == event.BroadcastRunning {
			since = h.At
		}
	}
	return since
}

// DefineBroadcast tells the team of a message to many.
func (s *Store) DefineBroadcast(ctx context.Context, in provider.AccountID, d event.Broadcast) (provider.OpID, error) {
	return s.declare(ctx, in, d)
}

// StageBroadcast lets one run, pauses it or ends it, unless somebody else did
// meanwhile: then nothing is changed, and a Notice says who. ErrNotFound where the team
// was never told of it.
func (s *Store) StageBroadcast(ctx context.Context, in provider.AccountID, to event.BroadcastState) (provider.OpID, error) {
	d, err := s.Broadcast(ctx, to.ID)
	if err != nil {
		return "", err
	}
	return s.declareFrom(ctx, in, event.Expect{Aspect: event.AspectBroadcast, Seq: d.seq}, to)
}

func (b *batch) broadcastDefined(e event.Event, d event.Broadcast) error {
	if err := b.broadcastDeclared(e, d.ID); err != nil {
		return err
	}
	raw, err := encode(d)
	if err != nil {
		return err
	}
	return b.exec(`insert into broadcast (id, account, body, by, at, seq) values (?, ?, ?, ?, ?, ?)
		on conflict (id) do update set seq = excluded.seq`, string(d.ID), string(e.Account), raw, string(e.By), millis(e.At), int64(e.Seq))
}

// broadcastDeclared is declared of a broadcast: what is asked of it next expects what
// this left behind.
func (b *batch) broadcastDeclared(e event.Event, id event.BroadcastID) error {
	if err := b.followBroadcast(provider.OpID(e.ID), id, e.Seq); err != nil {
		return err
	}
	return b.declared(e)
}

// followBroadcast is follow for what is asked of a broadcast: nobody is in conflict
// with themselves.
func (b *batch) followBroadcast(op provider.OpID, id event.BroadcastID, seq event.Seq) error {
	return b.exec(`update intent_publication set expect = max(expect, ?1) where conversation = 0 and aspect = ?2 and body ->> 'id' = ?3
		and key > (select key from intent_publication where id = ?4)`, int64(seq), string(event.AspectBroadcast), string(id), string(op))
}

// newsFor is how old a pause by the program may be and still be told: who opens a
// terminal in the morning sees the others in the list.
const newsFor = time.Hour

// broadcastStaged: one that was cancelled stays so.
func (b *batch) broadcastStaged(e event.Event, to event.BroadcastState) error {
	b.change.Outbox, b.change.List = true, true
	if err := b.broadcastDeclared(e, to.ID); err != nil {
		return err
	}
	said, err := encode(Staged{to.State, to.Why, e.By, e.At.UTC()})
	if err != nil {
		return err
	}
	err = b.exec(`update broadcast set stage = case stage when 'cancelled' then stage else ?1 end, why = case stage when 'cancelled' then why else ?2 end,
		seq = ?3, body = json_set(body, '$.history', json_insert(coalesce(body -> '$.history', '[]'), '$[#]', json(?5))) where id = ?4`,
		string(to.State), to.Why, int64(e.Seq), string(to.ID), said)
	if err != nil {
		return err
	}
	if to.Why != "" && b.s.Now().Sub(e.At) < newsFor {
		b.change.Notices = append(b.change.Notices, Notice{Kind: NoticeBroadcast, Account: e.Account, Text: to.Why, By: e.By, Action: to})
	}
	if to.State != event.BroadcastCancelled {
		return nil
	}
	return b.broadcastEnds(to.ID, millis(e.At))
}

// Broadcasts returns the messages to many, newest first.
func (s *Store) Broadcasts(ctx context.Context) ([]Broadcast, error) {
	rows, err := s.read.QueryContext(ctx, `select d.account, d.body, d.stage, d.why, d.by, d.at, d.seq, coalesce((select p.body ->> 'state'
		from intent_publication p where p.conversation = 0 and p.kind = ? and p.body ->> 'id' = d.id order by p.key desc limit 1), '')
		from broadcast d order by d.at desc, d.id`, event.KindBroadcastState)
	if err != nil {
		return nil, fmt.Errorf("read broadcasts: %w", err)
	}
	var list []Broadcast
	err = eachRow(rows, func(scan func(...any) error) error {
		var d Broadcast
		var raw []byte
		var at int64
		if err := scan(&d.Account, &raw, &d.Stage, &d.Why, &d.By, &at, &d.seq, &d.Pending); err != nil {
			return err
		}
		d.At = instant(at)
		var said struct {
			event.Broadcast
			History []Staged `json:"history"`
		}
		err := decode(raw, &said)
		d.Broadcast, d.History = said.Broadcast, said.History
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read broadcasts: %w", err)
	}
	return list, nil
}

// Recent is what became of the newest of a broadcast's sends that have left.
type Recent struct {
	// Ended is how many the network has answered, or nobody knows; Failed those of them
	// that failed otherwise than by the customer's own wish.
	Ended, Failed int
	// Template is set where one failed because of the template itself.
	Template bool
}

// recentSends is how many of a broadcast's newest rows are looked at: what leaves goes to
// the end of its thread, and so has the newest keys.
const recentSends = 100

// RecentSends tells of the newest of a broadcast's sends that left since a time.
func (s *Store) RecentSends(ctx context.Context, of event.BroadcastID, since time.Time) (r Recent, err error) {
	err = s.read.QueryRowContext(ctx, `with newest as (select job, status, job_since, coalesce(error ->> 'reason', '') as reason
			from message where broadcast = ?1 order by key desc limit ?2),
		ended as (select job = 'failed' or status = ?4 as failed, reason from newest where job in ('sent', 'failed', 'unsure') and job_since >= ?3)
		select count(*), coalesce(sum(failed and reason not in (?5, ?6)), 0), coalesce(max(failed and reason in (?7, ?8)), 0) from ended`,
		string(of), recentSends, millis(since), int(provider.Failed), string(provider.OptedOut), string(provider.Blocked),
		string(provider.TemplatePaused), string(provider.TemplateMissing)).Scan(&r.Ended, &r.Failed, &r.Template)
	if err != nil {
		return r, fmt.Errorf("read what became of %s lately: %w", of, err)
	}
	return r, nil
}

// Departed is how many of a broadcast's sends left within a span that ends now, and since
// when, at the earliest its beginning: how fast it goes. ok is false where none did.
func (s *Store) Departed(ctx context.Context, of event.BroadcastID, within time.Duration) (n int, since time.Time, ok bool, err error) {
	now := s.Now()
	var first int64
	err = s.read.QueryRowContext(ctx, `select count(*), coalesce(min(at), 0) from message
		where broadcast = ? and job in ('sent', 'failed', 'unsure') and at > ? and at <= ?`,
		string(of), millis(now.Add(-within)), millis(now)).Scan(&n, &first)
	if err != nil {
		return 0, time.Time{}, false, fmt.Errorf("count what left of %s: %w", of, err)
	}
	return n, instant(first), n > 0, nil
}

// PausedBy is why an account's queue stands still here; nil where it does not.
func (s *Store) PausedBy(ctx context.Context, id provider.AccountID) (*PausedAccount, error) {
	list, err := s.pausedAccounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read paused accounts: %w", err)
	}
	for i := range list {
		if list[i].Account == id {
			return &list[i], nil
		}
	}
	return nil, nil //nolint:nilnil // not paused
}
