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
}

// DefineBroadcast tells the team of a message to many.
func (s *Store) DefineBroadcast(ctx context.Context, in provider.AccountID, d event.Broadcast) (provider.OpID, error) {
	return s.declare(ctx, in, d)
}

// StageBroadcast lets one run, pauses it or ends it.
func (s *Store) StageBroadcast(ctx context.Context, in provider.AccountID, to event.BroadcastState) (provider.OpID, error) {
	return s.declare(ctx, in, to)
}

func (b *batch) broadcastDefined(e event.Event, d event.Broadcast) error {
	if err := b.declared(e); err != nil {
		return err
	}
	raw, err := encode(d)
	if err != nil {
		return err
	}
	return b.exec(`insert into broadcast (id, account, body, by, at, seq) values (?, ?, ?, ?, ?, ?)
		on conflict (id) do nothing`, string(d.ID), string(e.Account), raw, string(e.By), millis(e.At), int64(e.Seq))
}

// broadcastStaged: one that was cancelled stays so.
func (b *batch) broadcastStaged(e event.Event, to event.BroadcastState) error {
	b.change.Outbox, b.change.List = true, true
	if err := b.declared(e); err != nil {
		return err
	}
	err := b.exec("update broadcast set stage = ?, why = ?, seq = ? where id = ? and stage <> 'cancelled'",
		string(to.State), to.Why, int64(e.Seq), string(to.ID))
	if err != nil || to.State != event.BroadcastCancelled {
		return err
	}
	return b.broadcastEnds(to.ID, millis(e.At))
}

// Broadcasts returns the messages to many, newest first.
func (s *Store) Broadcasts(ctx context.Context) ([]Broadcast, error) {
	rows, err := s.read.QueryContext(ctx, "select account, body, stage, why, by, at from broadcast order by seq desc")
	if err != nil {
		return nil, fmt.Errorf("read broadcasts: %w", err)
	}
	var list []Broadcast
	err = eachRow(rows, func(scan func(...any) error) error {
		var d Broadcast
		var raw []byte
		var at int64
		if err := scan(&d.Account, &raw, &d.Stage, &d.Why, &d.By, &at); err != nil {
			return err
		}
		d.At = instant(at)
		err := decode(raw, &d.Broadcast)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read broadcasts: %w", err)
	}
	return list, nil
}
