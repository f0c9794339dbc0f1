package broadcast

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// Plan is whom a message to many goes to, and who is set aside.
type Plan struct {
	// ID follows from the account, the template, the name and whom it is asked to go
	// to: the same asked for again is the same broadcast.
	ID       event.BroadcastID
	Name     string
	Account  provider.AccountID
	Template *provider.Template
	// Text is what everybody gets where Template is nil; such a plan is handed over as a
	// batch, and not queued.
	Text string

	Recipients []Recipient
	Aside      []Aside
}

// Read judges every row of a table. The error is a *FileError or *MappingError, which
// refuse the whole table, that of r or of the store, or the context's.
func Read(ctx context.Context, name string, r io.Reader, m Mapping, j Judge) (*Plan, error) {
	sum := sha256.New()
	table, err := NewTable(io.TeeReader(r, sum))
	if err != nil {
		return nil, err
	}
	at, err := m.fit(table.Columns, j.Template)
	if err != nil {
		return nil, err
	}
	p := &Plan{Name: name, Account: j.Account, Template: j.Template, Text: j.Text}
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		one, aside, err := j.row(ctx, row, len(table.Columns), at, m.Plus)
		switch {
		case err != nil:
			return nil, fmt.Errorf("judge recipients: line %d: %w", row.Line, err)
		case aside != nil:
			p.Aside = append(p.Aside, *aside)
		default:
			p.Recipients = append(p.Recipients, one)
		}
	}
	return p, p.identify(sum, m)
}

// Of judges conversations; those of other accounts are set aside. values are what each of
// them fills the template with, and how says in a form that can be encoded what they are
// made of: asked for otherwise it is another broadcast.
func Of(name string, list []store.Conversation, how any, values func(*store.Conversation) map[string]provider.Value, j Judge) (*Plan, error) {
	sum := sha256.New()
	p := &Plan{Name: name, Account: j.Account, Template: j.Template, Text: j.Text}
	for i := range list {
		c := &list[i]
		one, aside := Recipient{Values: values(c)}, Aside{Number: c.Name}
		_, _ = fmt.Fprintf(sum, "%s\x00", c.ID) // it never fails
		if c.Account != j.Account {
			aside.Reason = ReasonElsewhere
		} else if j.one(c, &one, &aside) {
			p.Recipients = append(p.Recipients, one)
			continue
		}
		p.Aside = append(p.Aside, aside)
	}
	return p, p.identify(sum, how)
}

// identify names the broadcast by what was asked for.
func (p *Plan) identify(asked hash.Hash, how any) error {
	said := []any{p.Account, "", p.Text, p.Name, how, asked.Sum(nil)}
	if p.Template != nil {
		said[1], said[2] = p.Template.Name, p.Template.Language
	}
	raw, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("name the broadcast: %w", err)
	}
	sum := sha256.Sum256(raw)
	p.ID = event.BroadcastID("b" + hex.EncodeToString(sum[:8]))
	return nil
}

// Outgoing is what a recipient is sent.
func (p *Plan) Outgoing(r *Recipient) provider.Outgoing {
	return provider.Outgoing{Op: store.BroadcastOp(p.ID, r.To), To: r.To, Content: fill(p.Template, r), Link: r.Link}
}

// Batch is the plan as a network takes it that sends by itself; Template is nil.
func (p *Plan) Batch() provider.Batch {
	b := provider.Batch{ID: string(p.ID), Name: p.Name}
	for i := range p.Recipients {
		b.Messages = append(b.Messages, provider.BatchMessage{To: p.Recipients[i].To.Chat, Text: p.Text})
	}
	return b
}

// Counts are how many are set aside, by reason.
func (p *Plan) Counts() map[Reason]int {
	n := map[Reason]int{}
	for i := range p.Aside {
		n[p.Aside[i].Reason]++
	}
	return n
}
