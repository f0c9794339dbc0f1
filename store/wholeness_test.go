package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// troubled is a store in which every state of a send is present, and whose
// tables a test can take away from it.
type troubled struct {
	t    *testing.T
	s    *store.Store
	raw  *sql.DB
	path string
	rows map[string]store.MessageKey // by text
	ops  map[string]provider.OpID
	note provider.OpID
	act  provider.OpID
}

func newTroubled(t *testing.T) *troubled {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	opt := storetest.Options(path, 1)
	opt.Direct = func(provider.AccountID) bool { return true }
	s, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	w := &troubled{t: t, path: path, s: s, rows: map[string]store.MessageKey{}, ops: map[string]provider.OpID{}}
	w.must(s.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}))
	log := storetest.NewLog()
	events := []event.Event{log.Account()}
	for _, chat := range []provider.ChatID{"1", "2", "3", "4"} {
		events = append(events, log.Inbound(chat, "Guest "+string(chat), "hola", storetest.Now))
	}
	w.must(w.s.Apply(t.Context(), events))
	w.send("1", "unsure")
	w.ends(store.Outcome{State: event.JobUnsure, Error: &provider.Error{Reason: provider.NoAnswer, Uncertain: true}})
	w.send("1", "held")
	w.send("2", "failed")
	w.ends(store.Outcome{State: event.JobFailed, Error: &provider.Error{Reason: provider.Undeliverable}})
	w.send("3", "sending")
	_, _, err = w.s.Claim(t.Context(), storetest.Now, nil)
	w.must(err)
	w.send("4", "queued")
	w.note = w.do(event.Noted{Text: "a note"})
	w.act = w.do(event.Assigned{To: "ben"})
	return w
}

// again opens a copy of the store as it was made.
func (w *troubled) again() *troubled {
	w.t.Helper()
	return w.againFor(true)
}

// againFor opens a copy of which this terminal sends itself, or does not.
func (w *troubled) againFor(direct bool) *troubled {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "store.db")
	body, err := os.ReadFile(w.path)
	w.must(err)
	w.must(os.WriteFile(path, body, 0o600))
	opt := storetest.Options(path, 1000)
	opt.Direct = func(provider.AccountID) bool { return direct }
	c := *w
	c.path, c.s = path, storetest.OpenWith(w.t, opt)
	c.raw, err = sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	w.must(err)
	w.t.Cleanup(func() { c.raw.Close() })
	return &c
}

func (w *troubled) exec(query string) {
	w.t.Helper()
	_, err := w.raw.ExecContext(w.t.Context(), query)
	w.must(err)
}

func (w *troubled) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *troubled) send(chat provider.ChatID, text string) {
	w.t.Helper()
	key, err := w.s.Send(w.t.Context(), provider.Outgoing{To: storetest.Chat(chat), Content: provider.TextContent(text)})
	w.must(err)
	w.rows[text] = key
	m, err := w.s.Message(w.t.Context(), key)
	w.must(err)
	w.ops[text] = m.Op
}

func (w *troubled) ends(o store.Outcome) {
	w.t.Helper()
	job, _, err := w.s.Claim(w.t.Context(), storetest.Now, nil)
	w.must(err)
	w.must(w.s.Finish(w.t.Context(), job.Op, o))
}

func (w *troubled) do(body event.Body) provider.OpID {
	w.t.Helper()
	op, err := w.s.Do(w.t.Context(), store.Action{Conversation: storetest.ID("2"), Body: body, Expect: event.AspectOf(body.Kind())})
	w.must(err)
	return op
}

// work is everything that is done to the queue, by name.
func (w *troubled) work() map[string]func(context.Context) error {
	sending := w.ops["sending"]
	pausing := store.Outcome{State: event.JobQueued, Pause: true, Error: &provider.Error{Reason: provider.Token}, NextAt: storetest.Now}
	first := func(_ any, err error) error { return err }
	return map[string]func(context.Context) error{
		"claim": func(ctx context.Context) error {
			_, _, err := w.s.Claim(ctx, storetest.Now, nil)
			return err
		},
		"claim for the relay": func(ctx context.Context) error {
			_, _, err := w.s.Claim(ctx, storetest.Now, nil)
			return err
		},
		"next due": func(ctx context.Context) error {
			_, _, err := w.s.NextDue(ctx, storetest.Now.Add(-time.Hour))
			return err
		},
		"finish sent": func(ctx context.Context) error {
			return w.s.Finish(ctx, sending, store.Outcome{State: event.JobSent, Message: "wamid.x"})
		},
		"finish works": func(ctx context.Context) error {
			return w.s.Finish(ctx, sending, store.Outcome{State: event.JobSent, Message: "wamid.x", Answered: true})
		},
		"finish paused": func(ctx context.Context) error { return w.s.Finish(ctx, sending, pausing) },
		"recover":       func(ctx context.Context) error { return first(w.s.Recover(ctx, nil)) },
		"recover to repeat": func(ctx context.Context) error {
			return first(w.s.Recover(ctx, func(provider.AccountID) bool { return true }))
		},
		"resume": func(ctx context.Context) error {
			_, err := w.s.TryPaused(ctx, nil, true)
			return err
		},
		"tell waiting": w.s.TellWaiting,
		"counts":       func(ctx context.Context) error { return first(w.s.Counts(ctx)) },
		"send": func(ctx context.Context) error {
			return first(w.s.Send(ctx, provider.Outgoing{Op: "op-new", To: storetest.Chat("4"), Content: provider.TextContent("new")}))
		},
		"try again":    func(ctx context.Context) error { return first(w.s.TryAgain(ctx, w.rows["unsure"])) },
		"mark sent":    func(ctx context.Context) error { return w.s.MarkSent(ctx, w.rows["unsure"]) },
		"discard":      func(ctx context.Context) error { return w.s.Discard(ctx, w.rows["queued"]) },
		"put aside":    func(ctx context.Context) error { return w.s.Discard(ctx, w.rows["failed"]) },
		"release":      func(ctx context.Context) error { return w.s.Release(ctx, w.rows["held"]) },
		"unpublished":  func(ctx context.Context) error { return first(w.s.Unpublished(ctx, 9)) },
		"published":    func(ctx context.Context) error { return w.s.Published(ctx, w.act, 900) },
		"refused":      func(ctx context.Context) error { return w.s.RefusePublication(ctx, w.act, "ben", "Ben was first.") },
		"refused note": func(ctx context.Context) error { return w.s.RefusePublication(ctx, w.note, "", "No.") },
	}
}

// dump is everything the queue's tables hold.
func (w *troubled) dump() string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range []string{"intent_job", "intent_pause", "intent_try", "intent_told", "intent_publication", "intent_base", "message", "conversation"} {
		w.dumpTable(&b, table)
	}
	return b.String()
}

func (w *troubled) dumpTable(b *strings.Builder, table string) {
	w.t.Helper()
	rows, err := w.raw.QueryContext(w.t.Context(), "select * from "+table)
	w.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.must(err)
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		w.must(rows.Scan(values...))
		for _, v := range values {
			fmt.Fprintf(b, "%v|", *v.(*any))
		}
		b.WriteByte('\n')
	}
	w.must(rows.Err())
}

// parts are what is taken away: a whole table, or one column of the queue's.
func parts() (all [][2]string) {
	for _, table := range []string{"intent_job", "intent_pause", "intent_try", "intent_told", "intent_publication", "intent_base", "message", "message_event", "conversation", "account", "waiting"} {
		all = append(all, [2]string{table + " rename to away", "away rename to " + table})
	}
	for _, column := range []string{"attempt", "next_at", "released", "retries", "send"} {
		all = append(all, [2]string{"intent_job rename column " + column + " to away", "intent_job rename column away to " + column})
	}
	return all
}

// TestQueueIsWholeOrUntouched: whatever part of the database cannot be used,
// each thing that is done to the queue is done as a whole or, with an error, not
// at all.
func TestQueueIsWholeOrUntouched(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	made := newTroubled(t)
	made.must(made.s.Close())
	failed := map[string]int{}
	for name := range made.work() {
		w := made.again()
		before := w.dump()
		for _, part := range parts() {
			w.exec("alter table " + part[0])
			err := w.work()[name](t.Context())
			w.exec("alter table " + part[1])
			if err == nil { // it needs no such thing, and has been done
				w = made.again()
				continue
			}
			failed[name]++
			if after := w.dump(); after != before {
				t.Fatalf("%s without %s did a half: %v", name, part[0], err)
			}
		}
		if err := w.work()[name](t.Context()); err != nil {
			t.Errorf("%s fails with everything back: %v", name, err)
		}
	}
	for name := range made.work() {
		if failed[name] == 0 {
			t.Errorf("%s needs nothing of the database: the test proves nothing", name)
		}
	}
}

// TestQueueWithADamagedMessage: what cannot be read is an error and no other
// message; the outcome of what was on the wire is not thrown away for it.
func TestQueueWithADamagedMessage(t *testing.T) {
	made := newTroubled(t)
	made.must(made.s.Close())
	w := made.again()
	w.exec("update intent_job set send = '{'")
	before := w.dump()
	for name, do := range w.work() {
		if err := do(t.Context()); err == nil && (name == "claim" || name == "finish sent" || name == "recover") {
			t.Errorf("%s read what cannot be read", name)
		}
		if name == "claim" || name == "finish sent" {
			if after := w.dump(); after != before {
				t.Errorf("%s did a half", name)
			}
		}
		w = made.again()
		w.exec("update intent_job set send = '{'")
	}
}

// TestWaitingAccounts: an inbox whose message waits to be tried again is told,
// one that is paused or whose one customer has had too much is not.
func TestWaitingAccounts(t *testing.T) {
	for reason, want := range map[provider.Reason]int{provider.Unreachable: 1, provider.RateLimited: 1, provider.PairLimited: 0, provider.Token: 0} {
		w := newWorld(t)
		m := w.send("1", "hi")
		w.claim(m.Op)
		w.finish(m.Op, store.Outcome{
			State: event.JobQueued, NextAt: storetest.Now.Add(time.Minute), Pause: reason == provider.Token,
			Error: &provider.Error{Op: "send", Reason: reason, Text: "Not now. Later."},
		})
		c, err := w.s.Counts(t.Context())
		if err != nil || len(c.Outbox.Waiting) != want || c.Outbox.Queued != 1 {
			t.Errorf("%s: %+v, %v", reason, c.Outbox, err)
		}
		if want == 1 && (c.Outbox.Waiting[0].Error.Reason != reason || c.Outbox.Waiting[0].Since.IsZero()) {
			t.Errorf("%s: %+v", reason, c.Outbox.Waiting)
		}
	}
}

// TestReceiptBeforeTheRestart: what the log proved sent while it was on the wire
// is sent after a crash, and not unsure.
func TestReceiptBeforeTheRestart(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	w.claim(m.Op)
	w.apply(w.log.Receipt("1", "wamid.1", m.Op, provider.Delivered))
	if n, err := w.s.Recover(t.Context(), nil); err != nil || n != 0 {
		t.Errorf("%d unsure, %v", n, err)
	}
	if got := w.message(m.Key); got.Job != event.JobSent || got.Status != provider.Delivered {
		t.Errorf("%s, %s", got.Job, got.Status)
	}
	if err := w.s.Finish(t.Context(), "nobody's", store.Outcome{State: event.JobSent}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an outcome of nothing: %v", err)
	}
}

// TestDiscardOfWhatWasTried: a teammate who was told that a message waits is
// told that it was given up, also where the relay sends; of one that nobody
// heard of nothing is told.
func TestDiscardOfWhatWasTried(t *testing.T) {
	w := newWorld(t)
	tried, fresh := w.send("1", "tried"), w.send("2", "fresh")
	w.claim(tried.Op)
	w.finish(tried.Op, store.Outcome{State: event.JobQueued, NextAt: storetest.Now.Add(time.Hour), Error: &provider.Error{Reason: provider.Unreachable}})
	for _, m := range []store.Message{tried, fresh} {
		if err := w.s.Discard(t.Context(), m.Key); err != nil {
			t.Fatal(err)
		}
	}
	list, err := w.s.Unpublished(t.Context(), 9)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if s, ok := list[0].Body.(event.SendState); !ok || s.Op != tried.Op || s.State != event.JobDiscarded {
		t.Errorf("told %+v", list[0].Body)
	}
}
