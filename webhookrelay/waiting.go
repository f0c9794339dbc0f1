package webhookrelay

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"frontdesk/webhookrelay/event"
)

// objectionToWord returns why what a terminal says of a send of the gateway's
// cannot stand. As long as the gateway has no such operation, its terminal alone
// knows of it: that it waits there, behind another one or for the relay, or was
// given up. From then on the gateway tells where it stands, and only a person's
// decision is taken.
func (t *logTx) objectionToWord(ctx context.Context, v verdict, conv event.ConversationID) (*Conflict, error) {
	plan, err := planned(ctx, t.conn, v.op)
	if err != nil {
		return nil, err
	}
	c := &Conflict{Kind: event.KindSend}
	err = t.conn.QueryRowContext(ctx, "select agent, state from op where op = ?", string(v.op)).Scan(&c.By, &c.State)
	switch {
	case plan != nil && err == nil:
		if c := objectionToPlan(v, c.By, plan); c != nil {
			return c, nil
		}
		return t.objectionToErased(ctx, conv)
	case errors.Is(err, sql.ErrNoRows) && v.state != event.JobSent && v.state != event.JobFailed:
		return t.objectionToErased(ctx, conv)
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("read operation: %w", err)
	case err == nil && (v.state.Waits() || v.state == event.JobScheduled):
		c.Text = "The relay has it already, and tells where it stands."
		return c, nil
	}
	return t.objectionTo(ctx, v)
}

// objectionToErased refuses what a terminal says of a contact right after they
// were erased: its words were written before it knew, and nobody would ever take
// them away again.
func (t *logTx) objectionToErased(ctx context.Context, conv event.ConversationID) (*Conflict, error) {
	var raw []byte
	err := t.conn.QueryRowContext(ctx, "select json from event where conversation = ? order by seq desc limit 1", string(conv)).Scan(&raw)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the conversation's last event: %w", err)
	}
	var last struct {
		Kind string `json:"kind"`
	}
	_ = json.Unmarshal(raw, &last) // a damaged one erases nobody
	if last.Kind != event.KindErased {
		return nil, nil
	}
	return &Conflict{Kind: event.KindSend, Text: "The contact was erased."}, nil
}
