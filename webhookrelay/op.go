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

// operation is one row of the gateway's durable table: what is known of one
// operation id, across any number of requests and restarts.
type operation struct {
	op      provider.OpID
	chat    provider.ChatKey
	agent   event.AgentID
	state   event.JobState
	attempt int
	message provider.MessageID
	err     *provider.Error
	epoch   string // of the log when it was last on its way
}

// findOp returns what is known of an operation, and false for nothing.
func (l *eventLog) findOp(ctx context.Context, op provider.OpID) (operation, bool, error) {
	o := operation{op: op}
	var failure []byte
	err := l.read.QueryRowContext(ctx, "select account, chat, agent, state, attempt, message, error, epoch from op where op = ?", string(op)).
		Scan(&o.chat.Account, &o.chat.Chat, &o.agent, &o.state, &o.attempt, &o.message, &failure, &o.epoch)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return o, false, nil
	case err != nil:
		return o, false, fmt.Errorf("read operation: %w", err)
	case failure == nil:
		return o, true, nil
	}
	o.err = &provider.Error{}
	if err := json.Unmarshal(failure, o.err); err != nil {
		return o, false, fmt.Errorf("read operation: %w", err)
	}
	return o, true, nil
}

// claimOp records that the operation is about to be on the wire, with what it
// takes to tell the team if this process does not live to see the answer. It is
// false, and nothing is recorded, where a person has decided about it meanwhile, or
// changed what was scheduled.
func (t *logTx) claimOp(ctx context.Context, o operation, send event.SendState) (bool, error) {
	body, err := json.Marshal(send)
	if err != nil {
		return false, fmt.Errorf("encode operation: %w", err)
	}
	res, err := t.conn.ExecContext(ctx, `insert into op (op, account, chat, agent, state, attempt, send, updated_at, epoch)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do update set agent = excluded.agent, state = excluded.state, attempt = excluded.attempt,
			error = null, send = excluded.send, updated_at = excluded.updated_at, epoch = excluded.epoch
		where op.state = 'failed' or (op.state = 'scheduled' and json_extract(cast(op.send as text), '$.edition') = ?)`,
		string(o.op), string(o.chat.Account), string(o.chat.Chat), string(o.agent), string(event.JobSending), o.attempt, body, string(t.at), t.log.epoch,
		send.Edition)
	if err != nil {
		return false, fmt.Errorf("claim operation: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("claim operation: %w", err)
	}
	return n == 1, nil
}

// replaceOp ends the operation that another one sends again: the terminal it
// failed for may be about to repeat it by itself. It is false where the old one
// is on the wire at this moment, when a second would double it.
func (t *logTx) replaceOp(ctx context.Context, old provider.OpID, by event.AgentID) (bool, error) {
	var state event.JobState
	err := t.conn.QueryRowContext(ctx, "select state from op where op = ?", string(old)).Scan(&state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("replace operation: %w", err)
	case state == event.JobSending:
		return false, nil
	}
	_, err = t.conn.ExecContext(ctx, "update op set state = 'discarded', agent = ?, error = null, updated_at = ? where op = ? and state = 'failed'",
		string(by), string(t.at), string(old))
	if err != nil {
		return false, fmt.Errorf("replace operation: %w", err)
	}
	return true, nil
}

// settleOp records the outcome. A receipt that came first has proved the
// operation sent: then nothing lesser is written, and its message is returned.
func (t *logTx) settleOp(ctx context.Context, o operation) (proved provider.MessageID, err error) {
	var state event.JobState
	var message provider.MessageID
	row := t.conn.QueryRowContext(ctx, "select state, message from op where op = ?", string(o.op))
	if err := row.Scan(&state, &message); err != nil {
		return "", fmt.Errorf("settle operation: %w", err)
	}
	if state == event.JobSent && o.state != event.JobSent {
		return message, nil
	}
	var failure []byte
	if o.err != nil {
		if failure, err = json.Marshal(o.err); err != nil {
			return "", fmt.Errorf("settle operation: %w", err)
		}
	}
	_, err = t.conn.ExecContext(ctx, "update op set state = ?, message = ?, error = ?, send = null, updated_at = ? where op = ?",
		string(o.state), string(o.message), failure, string(t.at), string(o.op))
	if err != nil {
		return "", fmt.Errorf("settle operation: %w", err)
	}
	return "", nil
}

// verdict is a person's word on an operation: of which nobody knows whether it
// was sent, that it counts as sent; of that one or of a failed one, that it is
// put aside.
type verdict struct {
	op    provider.OpID
	chat  provider.ChatKey
	state event.JobState
	by    event.AgentID
	// said is all of it.
	said event.SendState
}

// objectionTo returns why the verdict cannot stand: only what is unsure is a
// person's to decide, and what failed to be put aside. Of what was sent the
// network may have said later that it failed, which is not the relay's to judge.
func (t *logTx) objectionTo(ctx context.Context, v verdict) (*Conflict, error) {
	var account provider.AccountID
	var chat provider.ChatID
	c := &Conflict{Kind: event.KindSend}
	var message provider.MessageID
	err := t.conn.QueryRowContext(ctx, "select account, chat, agent, state, message from op where op = ?", string(v.op)).
		Scan(&account, &chat, &c.By, &c.State, &message)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		c.Text = "The relay has no such send. Look at the message again."
	case err != nil:
		return nil, fmt.Errorf("read operation: %w", err)
	case v.chat != provider.ChatKey{Account: account, Chat: chat}:
		c.Text = "That send went to another chat. Look at the message again."
	case c.State == event.JobUnsure:
		return nil, nil
	case v.state == event.JobDiscarded && (c.State == event.JobFailed || message != ""):
		return nil, nil
	case c.State == event.JobSending:
		c.Text = "It is being sent at this moment. Wait for its outcome."
	default:
		c.Text = fmt.Sprintf("It is %s already. Look at the message again.", c.State)
	}
	return c, nil
}

// pass records a verdict that met no objection. What was sent stays sent, for
// whoever asks for it again.
func (t *logTx) pass(ctx context.Context, v verdict) error {
	if v.said.Edition > 0 {
		return t.passPlan(ctx, v)
	}
	_, err := t.conn.ExecContext(ctx, `update op set state = ?, agent = ?, error = null, updated_at = ?
		where op = ? and state in ('unsure', 'failed', 'scheduled')`,
		string(v.state), string(v.by), string(t.at), string(v.op))
	if err != nil {
		return fmt.Errorf("decide operation: %w", err)
	}
	return nil
}

// proveSent resolves an operation whose receipt came: the network has it,
// whatever we heard or did not hear, and whatever a person thought.
func (t *logTx) proveSent(ctx context.Context, op provider.OpID, message provider.MessageID) error {
	_, err := t.conn.ExecContext(ctx, `update op set state = 'sent', message = ?, error = null, send = null, updated_at = ?
		where op = ? and chat <> '' and (state in ('sending', 'unsure', 'failed', 'discarded', 'scheduled') or (state = 'sent' and message = ''))`, string(message), string(t.at), string(op))
	if err != nil {
		return fmt.Errorf("prove operation: %w", err)
	}
	return nil
}

// interrupted returns the operations that were on the wire when the last
// process ended, with what they send.
func (l *eventLog) interrupted(ctx context.Context) ([]operation, []event.SendState, error) {
	rows, err := l.read.QueryContext(ctx, "select op, account, chat, agent, attempt, send from op where state = 'sending'")
	if err != nil {
		return nil, nil, fmt.Errorf("read operations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var ops []operation
	var sends []event.SendState
	for rows.Next() {
		var o operation
		var body []byte
		var send event.SendState
		if err := rows.Scan(&o.op, &o.chat.Account, &o.chat.Chat, &o.agent, &o.attempt, &body); err != nil {
			return nil, nil, fmt.Errorf("read operations: %w", err)
		}
		if err := json.Unmarshal(body, &send); err != nil {
			return nil, nil, fmt.Errorf("read operations: %w", err)
		}
		ops, sends = append(ops, o), append(sends, send)
	}
	return ops, sends, rows.Err()
}

// openOps returns the operations a network may be asked about, and when they
// became what they are: all that are unsure, and what was sent since back. Of an
// erased contact there is none.
func (l *eventLog) openOps(ctx context.Context, back time.Time) (ops []operation, since []time.Time, err error) {
	rows, err := l.read.QueryContext(ctx, `select op, account, chat, state, message, updated_at from op
		where chat <> '' and (state = 'unsure' or (state = 'sent' and message <> '' and updated_at >= ?))`, string(timestamp(back)))
	if err != nil {
		return nil, nil, fmt.Errorf("read open operations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var o operation
		var updated string
		if err := rows.Scan(&o.op, &o.chat.Account, &o.chat.Chat, &o.state, &o.message, &updated); err != nil {
			return nil, nil, fmt.Errorf("read open operations: %w", err)
		}
		at, err := time.Parse(time.RFC3339Nano, updated)
		if err != nil {
			return nil, nil, fmt.Errorf("read open operations: %w", err)
		}
		ops, since = append(ops, o), append(since, at)
	}
	return ops, since, rows.Err()
}
