package webhookrelay

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// ahead is how far a worker's clock may be before the relay's, which decides.
const ahead = 2 * time.Second

// A scheduled send is in the gateway's table from the moment the team is told of
// it, so that what leaves at its time is what the log says last, once, whoever
// runs it; and of two people who change it, or one who changes and one who sends
// it, one is told.

// oneRow is the log's reading pool, or its writer's transaction.
type oneRow interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// planned returns what the log says last of an operation that waits for its
// time; nil where none does.
func planned(ctx context.Context, q oneRow, op provider.OpID) (*event.SendState, error) {
	var raw []byte
	err := q.QueryRowContext(ctx, "select send from op where op = ? and state = 'scheduled'", string(op)).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) || err == nil && raw == nil { // nothing is kept of somebody who was erased
		return nil, nil //nolint:nilnil // no plan is no error
	}
	var s event.SendState
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is scheduled: %w", err)
	}
	return &s, nil
}

// objectionToPlan returns why what a terminal says of a scheduled send cannot
// stand: somebody else changed it after the terminal read it. Whoever changes
// what they themselves changed is in nobody's way, and putting it aside needs no
// edition: it is wanted of none.
func objectionToPlan(v verdict, by event.AgentID, s *event.SendState) *Conflict {
	c := &Conflict{Kind: event.KindSend, By: by, State: event.JobScheduled}
	switch {
	case v.chat.Chat != s.Chat:
		c.Text = "That send goes to another chat. Look at the message again."
	case v.state == event.JobSent:
		c.Text = "It is scheduled and has not been sent. Look at the message again."
	case v.state == event.JobFailed && v.said.Edition != s.Edition,
		v.state == event.JobScheduled && (v.said.Edition <= s.Edition || v.said.Was != s.Edition && v.by != by):
		c.Text = fmt.Sprintf("%s changed it first. Look at the message again.", by)
	default:
		return nil
	}
	return c
}

// passPlan records what a terminal said of a scheduled send.
func (t *logTx) passPlan(ctx context.Context, v verdict) error {
	if v.state.Waits() { // what waits on a terminal at its time is scheduled for the team
		return nil
	}
	var body, failure []byte
	var err error
	switch {
	case v.state == event.JobScheduled:
		body, err = json.Marshal(v.said)
	case v.said.Error != nil:
		failure, err = json.Marshal(v.said.Error)
	}
	if err != nil {
		return fmt.Errorf("encode what is scheduled: %w", err)
	}
	_, err = t.conn.ExecContext(ctx, `insert into op (op, account, chat, agent, state, attempt, error, send, updated_at, epoch)
		values (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
		on conflict do update set agent = excluded.agent, state = excluded.state, error = excluded.error, send = excluded.send,
			updated_at = excluded.updated_at, epoch = excluded.epoch
		where op.state in ('scheduled', 'unsure', 'failed') and op.chat <> ''`,
		string(v.op), string(v.chat.Account), string(v.chat.Chat), string(v.by), string(v.state), failure, body, string(t.at), t.log.epoch)
	if err != nil {
		return fmt.Errorf("record what is scheduled: %w", err)
	}
	return nil
}

// due returns why a scheduled operation may not be sent as it was asked for; nil
// where it may. Nothing has left then, and the terminal goes by the log.
func (g *gateway) due(s *event.SendState, asked provider.Outgoing) *provider.Error {
	switch {
	case asked.Edition != s.Edition || s.Hold != "":
		return &provider.Error{
			Op: "send", Reason: provider.Other, Code: event.CodeChanged,
			Text: "It was changed before it could leave. Look at the message again.",
		}
	case s.Due.After(g.relay.now().Add(ahead)):
		return &provider.Error{
			Op: "send", Reason: provider.Other, Code: event.CodeEarly,
			Text: "By the relay's clock it is not due yet. Put this machine's clock right.",
		}
	}
	return nil
}
