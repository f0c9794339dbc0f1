package webhookrelay

import (
	"context"
	"encoding/json"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// status asks what became of a message, unless the log knows how it ended. Read
// and failed are the ends; delivered is not, where reading is told as well.
func (k *asker) status(ctx context.Context, o operation) (done bool, err error) {
	if done, err = k.relay.log.hasEnded(ctx, o); done || err != nil {
		return done, err
	}
	var events []provider.Event
	err = k.call(ctx, "status", func(ctx context.Context) (err error) {
		events, err = k.statuses.MessageStatus(ctx, o.chat, o.message)
		return err
	})
	if err != nil {
		return false, err
	}
	for _, e := range events {
		if r, ok := e.Body.(provider.Receipt); ok && r.Message == o.message {
			done = done || r.Status.Ends()
		}
	}
	return done, k.relay.appendStatus(ctx, k.account, o, events)
}

// hasEnded reports whether the log has a receipt after which no other is awaited.
func (l *eventLog) hasEnded(ctx context.Context, o operation) (bool, error) {
	rows, err := l.read.QueryContext(ctx, `select json from event where conversation = ? and digest is null
		and seq > coalesce((select seq from event where dedupe = ?), 0)`, string(l.key.Conversation(o.chat)), l.claimKey(o))
	if err != nil {
		return false, fmt.Errorf("read receipts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return false, fmt.Errorf("read receipts: %w", err)
		}
		var e struct {
			Kind string `json:"kind"`
			Body struct {
				Message provider.MessageID `json:"message"`
				Status  provider.Status    `json:"status"`
			} `json:"body"`
		}
		_ = json.Unmarshal(raw, &e) // a body of another form is no receipt
		if e.Kind == provider.KindReceipt && e.Body.Message == o.message && e.Body.Status.Ends() {
			return true, nil
		}
	}
	return false, rows.Err()
}

// appendStatus writes what a network answered about an operation's message, under
// the ids a webhook would have given it. Where the contact was erased while it
// answered, nothing: it was told because we asked, and would begin them anew.
func (r *Relay) appendStatus(ctx context.Context, a Account, o operation, events []provider.Event) error {
	h, d := &hook{Hook: Hook{ID: "status:" + string(a.ID)}}, delivery{templates: map[int]provider.AccountID{}}
	for _, e := range events {
		if e.ID != "" && e.Body != nil {
			d.add(h, r.log.key, a.ID, e)
		}
	}
	if len(d.entries) == 0 {
		return nil
	}
	more := d.decide()
	_, err := r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		var state event.JobState
		err := t.conn.QueryRowContext(ctx, "select coalesce((select state from op where op = ? and chat <> ''), '')", string(o.op)).Scan(&state)
		if err != nil {
			return nil, fmt.Errorf("read operation: %w", err)
		}
		if state == "" {
			return nil, nil
		}
		if more != nil {
			if _, err := more(ctx, t); err != nil {
				return nil, err
			}
		}
		return d.entries, nil
	}})
	return err
}
