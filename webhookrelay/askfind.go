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

// find looks for an unsure operation at its network. What is found is proved as
// by a receipt; what is not stays unsure, and is a person's to send again.
func (k *asker) find(ctx context.Context, o operation) (done bool, err error) {
	said, since, err := k.relay.log.claimed(ctx, o)
	if err != nil || said == nil {
		return err == nil, err
	}
	m := provider.Outgoing{Op: o.op, To: o.chat, Content: said.Content, ReplyTo: said.ReplyTo, Retries: said.Retries}
	var id provider.MessageID
	var found bool
	err = k.call(ctx, "find", func(ctx context.Context) (err error) {
		id, found, err = k.finder.FindSent(ctx, m, since)
		return err
	})
	switch {
	case err != nil:
		return false, err
	case !found || id == "":
		return false, k.relay.tellAbsent(ctx, o, *said)
	}
	return k.relay.proveFound(ctx, o, *said, id, since)
}

// claimed returns what an operation's last attempt was to send, and when that was
// decided, from the log: the table of operations forgets the words once there is
// an outcome. It is nil where the log has no such attempt: the contact was erased,
// or a part of the log is lost, and then nobody knows since when to look.
func (l *eventLog) claimed(ctx context.Context, o operation) (*event.SendState, time.Time, error) {
	var raw []byte
	err := l.read.QueryRowContext(ctx, "select json from event where dedupe = ? and digest is null", l.claimKey(o)).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the send: %w", err)
	}
	var e event.Event
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, time.Time{}, fmt.Errorf("read the send: %w", err)
	}
	said, ok := e.Body.(event.SendState)
	if !ok {
		return nil, time.Time{}, nil
	}
	return &said, e.At, nil
}

// claimKey finds the event that told of an operation's last attempt.
func (l *eventLog) claimKey(o operation) []byte {
	return dedupeKey(l.dedupe, o.chat.Account, fmt.Sprintf("gw:%s:%d:%s", o.op, o.attempt, event.JobSending))
}

// proveFound marks an operation sent and tells the team, in one commit, where the
// message that was found can be no other operation's.
func (r *Relay) proveFound(ctx context.Context, o operation, said event.SendState, id provider.MessageID, since time.Time) (proved bool, err error) {
	o.state, o.message, o.err = event.JobSent, id, nil
	told, err := r.gateway.entry(o, said)
	if err != nil {
		return false, err
	}
	_, err = r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		proved, err = t.provable(ctx, o, since)
		if !proved || err != nil {
			return nil, err
		}
		return []entry{told}, t.proveSent(ctx, o.op, id)
	}})
	switch {
	case err != nil:
		return false, err
	case !proved:
		r.logger.Info("a message was found that may be another send's", "account", o.chat.Account, "op", o.op)
		return false, nil
	}
	r.asks.note(o, r.now())
	return true, nil
}

// provable reports whether the message that o.message names can be o's alone. A
// network that finds by the words finds also what was sent again: a message that is
// another operation's, or may be one's that was on its way since, proves nothing.
func (t *logTx) provable(ctx context.Context, o operation, since time.Time) (bool, error) {
	rows, err := t.conn.QueryContext(ctx, "select op, state, message, updated_at from op where account = ? and chat = ?",
		string(o.chat.Account), string(o.chat.Chat))
	if err != nil {
		return false, fmt.Errorf("compare operations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	ours, others := false, false
	for rows.Next() {
		var x operation
		var updated string
		if err := rows.Scan(&x.op, &x.state, &x.message, &updated); err != nil {
			return false, fmt.Errorf("compare operations: %w", err)
		}
		decided, err := time.Parse(time.RFC3339Nano, updated)
		switch {
		case x.op == o.op:
			ours = x.state != event.JobSent || x.message == "" // one that was proved meanwhile needs nothing
		case x.message != "":
			others = others || x.message == o.message
		default: // of a damaged time nothing is proved, and no other write fails by it
			others = others || err != nil || x.state.MayBeOut(decided, since)
		}
	}
	return ours && !others, rows.Err()
}

// tellAbsent lets the team know, once, that the network has no such message.
func (r *Relay) tellAbsent(ctx context.Context, o operation, said event.SendState) error {
	if o.err != nil && o.err.Code == provider.CodeNotFound {
		return nil
	}
	said.State, said.Message, said.Attempt = event.JobUnsure, "", o.attempt
	said.Error = provider.NotFound()
	failure, err := json.Marshal(said.Error)
	if err != nil {
		return fmt.Errorf("encode operation: %w", err)
	}
	id := fmt.Sprintf("gw:%s:%d:%s:absent", o.op, o.attempt, event.JobUnsure)
	told, err := fact(id, o.chat.Account, r.log.key.Conversation(o.chat), o.agent, said)
	if err != nil {
		return err
	}
	_, err = r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		res, err := t.conn.ExecContext(ctx, "update op set error = ? where op = ? and state = 'unsure' and chat <> ''", failure, string(o.op))
		if err != nil {
			return nil, fmt.Errorf("tell of operation: %w", err)
		}
		if n, err := res.RowsAffected(); n == 0 || err != nil {
			return nil, err
		}
		return []entry{told}, nil
	}})
	return err
}
