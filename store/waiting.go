package store

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// untold are the jobs that wait here and of which the team was not told so. What
// was tried and is in the log already, of that the gateway tells; what was
// scheduled stays so for the team until it leaves, because anybody may run it.
const untold = `from intent_job j where j.state in ('queued', 'held', 'sending', 'unsure') and j.state in ('queued', 'held')
	and j.state <> coalesce((select t.state from intent_told t where t.op = j.op), '')
	and not exists (select 1 from message m where m.key = j.message and (m.plan is not null or (j.attempt > 0 and m.seq > 0)))`

// TellWaiting keeps for publication what the team does not know yet of replies
// that stay on this terminal: that they wait, or stand behind an unsure one. It
// is for whoever has just found that nothing more may leave, so that of a reply
// that leaves at once nobody is told twice.
func (s *Store) TellWaiting(ctx context.Context) error {
	any := false
	err := s.read.QueryRowContext(ctx, "select exists (select 1 "+untold+")").Scan(&any)
	if err == nil && any {
		err = s.writeIntent(ctx, (*batch).tellWaiting)
	}
	if err != nil {
		return fmt.Errorf("tell what waits: %w", err)
	}
	return nil
}

func (b *batch) tellWaiting() error {
	type job struct {
		conversation, since int64
		told                told
	}
	var list []job
	err := b.each("select j.conversation, j.send, j.retries, j.state, j.attempt, coalesce((select m.job_since from message m where m.key = j.message), 0) "+
		untold+" order by j.key", nil, func(scan func(...any) error) error {
		var j job
		var raw []byte
		err := scan(&j.conversation, &raw, &j.told.retries, &j.told.state, &j.told.attempt, &j.since)
		if err == nil {
			err = decode(raw, &j.told.send)
		}
		list = append(list, j)
		return err
	})
	if err != nil {
		return err
	}
	for _, j := range list {
		c, err := b.keyed(j.conversation)
		if err != nil {
			return err
		}
		// A reply may wait, stand behind another one and wait again, and each of
		// that is another fact.
		id := fmt.Sprintf("%s:%s:%d:%s", j.told.send.Op, j.told.state, j.told.attempt, b.s.opt.NewOp())
		if err := b.tellAs(c, id, j.told, j.since); err != nil {
			return err
		}
	}
	return nil
}

// wasTold keeps how the team is told of a send that waits here.
func (b *batch) wasTold(t told) error {
	if !t.state.Waits() {
		return nil
	}
	return b.exec("insert into intent_told (op, state) values (?, ?) on conflict (op) do update set state = excluded.state",
		string(t.send.Op), string(t.state))
}

// leaves takes back what was to be told of a send that waited: from now on the
// gateway tells of it.
func (b *batch) leaves(op provider.OpID) error {
	var pending string
	found, err := b.get("select id from intent_publication where id >= ? and id < ?", []any{string(op) + ":", string(op) + ";"}, &pending)
	if err != nil || !found {
		return err
	}
	b.change.Publish, b.change.Counts = true, true
	if err := b.exec("delete from intent_publication where id = ?", pending); err != nil {
		return err
	}
	return b.exec("delete from intent_told where op = ?", string(op))
}

// heard reports whether the team can have heard of a send: of what is in
// trouble, of what was tried, even where it only waits to be tried again, and of
// what it was told that it waits.
func (b *batch) heard(m *sending) (bool, error) {
	if m.kind == KindNote || m.inTrouble() || m.plan.planned() {
		return m.kind != KindNote, nil
	}
	var heard bool
	_, err := b.get(`select attempt > 0 or exists (select 1 from intent_told t where t.op = j.op)
		from intent_job j where message = ?`, []any{int64(m.key)}, &heard)
	return heard || m.seq > 0, err
}

// waits reports whether a fact of ours says no more than that a send waits here, or
// what the program itself decided about a scheduled one: nobody is told that it was
// not taken.
func waits(body event.Body) bool {
	s, ok := body.(event.SendState)
	return ok && (s.State.Waits() && s.Error == nil || s.Edition > 0 && (s.State == event.JobFailed || s.Hold != "" || s.Rule != ""))
}
