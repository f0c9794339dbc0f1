package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// shown is how a verb about broadcasts prints.
type shown struct {
	json       bool
	format, to string
	limit      time.Duration
}

// broadcastVerb is the words that are about broadcasts there are.
func (e environment) broadcastVerb(ctx context.Context, dir string, said []string, how shown) error {
	id := event.BroadcastID("")
	if len(said) == 2 {
		id = event.BroadcastID(said[1])
	}
	stages := map[string]event.BroadcastStage{
		"pause": event.BroadcastPaused, "resume": event.BroadcastRunning, "cancel": event.BroadcastCancelled,
	}
	switch stage, sets := stages[said[0]]; {
	case said[0] == "list" && id == "":
		return e.listBroadcasts(ctx, dir, how.json)
	case id == "":
	case sets:
		return e.stageBroadcast(ctx, dir, event.BroadcastState{ID: id, State: stage}, how)
	case said[0] == "show":
		return e.showBroadcast(ctx, dir, id, how.json)
	case said[0] == "results":
		return e.broadcastResults(ctx, dir, id, how)
	}
	return &usageError{
		what: "broadcast knows list, and show, pause, resume, cancel and results with an id", todo: "without a word it takes --template and --recipients",
	}
}

func (e environment) listBroadcasts(ctx context.Context, dir string, asJSON bool) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.store.Broadcasts(ctx)
	if err != nil {
		return err
	}
	rows := make([]broadcastJSON, len(list))
	for i := range list {
		t, err := r.store.BroadcastTally(ctx, list[i].ID)
		if err != nil {
			return err
		}
		rows[i] = broadcastRow(&list[i], &t)
	}
	if asJSON {
		return printJSON(e.out, rows)
	}
	var out columns
	for i := range rows {
		out.add(broadcastCells(&rows[i])...)
	}
	return out.write(e.out)
}

func broadcastCells(r *broadcastJSON) []safetext.Text {
	went := fmt.Sprintf("%d of %d sent, %d failed, %d unsure", r.Sent+r.Delivered+r.Read, r.Recipients, r.Failed, r.Unsure)
	return []safetext.Text{
		safetext.Line(r.ID), safetext.Line(r.Name), safetext.Line(r.Template + " " + r.Language), safetext.Line(r.Stage),
		safetext.Line(r.At.Local().Format(time.DateTime)), safetext.Line(r.By), safetext.Line(went),
	}
}

// broadcast is one by its id.
func (r *reader) broadcast(ctx context.Context, id event.BroadcastID) (store.Broadcast, error) {
	b, err := r.store.Broadcast(ctx, id)
	return b, noBroadcast(id, err)
}

func noBroadcast(id event.BroadcastID, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &fault{what: "there is no broadcast " + string(id), todo: "frontdesk broadcast list shows them"}
	}
	return err
}

func (e environment) showBroadcast(ctx context.Context, dir string, id event.BroadcastID, asJSON bool) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := r.broadcast(ctx, id)
	if err != nil {
		return err
	}
	t, err := r.store.BroadcastTally(ctx, id)
	if err != nil {
		return err
	}
	row := broadcastRow(&b, &t)
	if asJSON {
		return printJSON(e.out, row)
	}
	var out columns
	out.add(broadcastCells(&row)...)
	if err := out.write(e.out); err != nil {
		return err
	}
	for _, h := range row.History {
		if _, err := fmt.Fprintln(e.out, safetext.Line(h.At.Local().Format(time.DateTime)+"  "+h.State+" by "+h.By+"  "+h.Why)); err != nil {
			return err
		}
	}
	if said := strings.English().Many.Why(b.Why).String(); said != "" {
		if _, err := fmt.Fprintln(e.out, safetext.Line(said)); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(e.out, "scheduled %d  held %d  queued %d  sent %d  delivered %d  read %d  failed %d  unsure %d  put aside %d\n",
		t.Scheduled, t.Held, t.Queued, t.Sent, t.Delivered, t.Read, t.Failed, t.Unsure, t.Discarded)
	return err
}

// stageBroadcast tells the team, and waits until it has it.
func (e environment) stageBroadcast(ctx context.Context, dir string, to event.BroadcastState, how shown) error {
	folder, err := e.folder(dir)
	if err != nil {
		return err
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	if d.holder {
		if _, err := d.catchUp(ctx, how.limit); err != nil {
			return err
		}
	}
	b, err := d.store.Broadcast(ctx, to.ID)
	switch {
	case err != nil:
		return noBroadcast(to.ID, err)
	case b.Stage == event.BroadcastCancelled && to.State != b.Stage:
		return &fault{what: "this broadcast was cancelled", todo: "send it under another name with --name, if it is still wanted"}
	}
	var op provider.OpID
	if b.Stage != to.State {
		if op, err = d.store.StageBroadcast(ctx, b.Account, to); err != nil {
			return fmt.Errorf("keep the broadcast's stage: %w", err)
		}
		d.wake()
	}
	return d.awaitStage(ctx, op, to, how)
}

// awaitStage waits until the team has it. op is what was asked for; empty for nothing.
func (d *desk) awaitStage(ctx context.Context, op provider.OpID, to event.BroadcastState, how shown) error {
	patience, tick := time.NewTimer(how.limit), time.NewTicker(poll)
	defer patience.Stop()
	defer tick.Stop()
	for {
		waits, err := d.store.Publishing(ctx, op)
		if err != nil {
			return err
		}
		b, t, err := d.broadcastNow(to.ID)
		switch {
		case err != nil:
			return err
		case !waits && b.Stage != to.State:
			return &fault{
				what: "it was not done: somebody else changed the broadcast first, or your role does not send to many",
				todo: "frontdesk broadcast show " + string(to.ID) + " tells who and how it stands",
			}
		case b.Stage == to.State && how.json:
			return printJSON(d.env.out, broadcastRow(b, t))
		case b.Stage == to.State:
			_, err := fmt.Fprintln(d.env.out, safetext.Line(d.words.Many.Stage(b.Stage)+": "+d.words.Many.Progress(t)).String())
			return err
		}
		select {
		case <-tick.C:
		case <-patience.C:
			return &fault{what: "the team does not have it yet", todo: "it is told as soon as the relay can be reached; check that this token may do it"}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// resultJSON is what became of one recipient.
type resultJSON struct {
	Conversation string    `json:"conversation"`
	Number       string    `json:"number"`
	Name         string    `json:"name,omitempty"`
	State        string    `json:"state"`
	At           time.Time `json:"at"`
	Due          time.Time `json:"due,omitzero"`
	Message      string    `json:"message,omitempty"`
	Op           string    `json:"op"`
	Reason       string    `json:"reason,omitempty"`
	Code         string    `json:"code,omitempty"`
	Error        string    `json:"error,omitempty"`
}

func resultRow(r *store.BroadcastSend) resultJSON {
	number := r.Phone
	if number == "" {
		number = string(r.Chat)
	}
	row := resultJSON{
		Conversation: string(r.Conversation), Number: number, Name: r.Name, State: r.State(), At: r.At.UTC(), Due: r.Due.UTC(),
		Message: string(r.ID), Op: string(r.Op),
	}
	if r.Plan.Hold != "" && row.State == string(event.JobScheduled) {
		row.State, row.Reason = "held", string(r.Plan.Hold)
	}
	if r.Error != nil {
		row.Reason, row.Code, row.Error = string(r.Error.Reason), r.Error.Code, r.Error.Text
	}
	return row
}

// broadcastResults writes what became of every recipient.
func (e environment) broadcastResults(ctx context.Context, dir string, id event.BroadcastID, how shown) error {
	switch {
	case how.format != "csv" && how.format != "json":
		return &usageError{what: fmt.Sprintf("there is no format %q", how.format), todo: "take csv or json"}
	case how.to == "" && how.format == "csv" && isTerminal(e.out):
		return &usageError{what: "a table may hold what a terminal obeys", todo: "name a file with --to FILE, or take --format json"}
	}
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := r.broadcast(ctx, id); err != nil {
		return err
	}
	write := func(w io.Writer) error { return r.results(ctx, w, id, how.format) }
	if how.to == "" {
		return write(e.out)
	}
	return writeNew(how.to, write)
}

func (r *reader) results(ctx context.Context, w io.Writer, id event.BroadcastID, format string) error {
	if format == "json" {
		return r.store.BroadcastSends(ctx, id, func(s store.BroadcastSend) error { return jsonLines{w}.line(resultRow(&s)) })
	}
	t := table{w}
	if err := t.row("conversation", "number", "name", "state", "at", "due", "message", "operation", "reason", "code", "error"); err != nil {
		return err
	}
	return r.store.BroadcastSends(ctx, id, func(s store.BroadcastSend) error {
		x := resultRow(&s)
		return t.row(x.Conversation, x.Number, x.Name, x.State, x.At.Format(time.RFC3339), x.Due.Format(time.RFC3339), x.Message, x.Op, x.Reason, x.Code, x.Error)
	})
}
