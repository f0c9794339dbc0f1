package webhookrelay

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// An operation that its terminal will ask for again by itself is one that may be
// tried again; one that another took the place of is not.
func TestRecoverWhatIsAskedForAgain(t *testing.T) {
	path, backedUp := filepath.Join(t.TempDir(), "relay.db"), filepath.Join(t.TempDir(), "b.db")
	l := newLog(t, path)
	mustAppend(t, l, said(t, l, "m", otherPhone, "x"))
	if _, err := Backup(t.Context(), path, backedUp, recoverAt); err != nil {
		t.Fatal(err)
	}
	g := &gateway{relay: &Relay{log: l}, ctx: t.Context()}
	wait := &provider.Error{Op: "send", Reason: provider.RateLimited, Text: "Wait."}
	for _, s := range []event.SendState{{Op: "waits"}, {Op: "replaced"}, {Op: "again", Retries: "replaced"}} {
		s.Chat, s.Content = provider.ChatID(otherPhone), provider.TextContent("hello")
		o := operation{op: s.Op, chat: chatOf(otherPhone), agent: "ana", state: event.JobSending, attempt: 1}
		told, err := g.entry(o, s)
		if err != nil {
			t.Fatal(err)
		}
		if came, _, err := g.claim(o, s, told); came != claimedIt || err != nil {
			t.Fatal(came, err)
		}
		o.state, o.err = event.JobFailed, wait
		if _, err := g.settle(o, s); err != nil {
			t.Fatal(err)
		}
	}
	events := given(t, l, 1)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	want := contents(t, path)
	if _, err := Recover(t.Context(), Recovery{Path: path, From: backedUp, Events: bytes.NewReader(events), Now: recoverAt}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want["op"], contents(t, path)["op"]); diff != "" {
		t.Errorf("the operations are others: %s", diff)
	}
}

// What was quarantined comes through: what is lost of it is no discrepancy, what
// was settled at a sequence that is gone is open again, and what the events given
// back settle is settled.
func TestRecoverQuarantine(t *testing.T) {
	path, backedUp := filepath.Join(t.TempDir(), "relay.db"), filepath.Join(t.TempDir(), "b.db")
	l := newLog(t, path)
	post := func(id string) event.Seq {
		made, err := fact("hook:"+id, "", "", "", event.Quarantined{Hook: "meta", Reason: "x"})
		if err != nil {
			t.Fatal(err)
		}
		results, err := l.append(t.Context(), write{entries: []entry{made}, raw: []byte(id), hook: "meta"})
		if err != nil {
			t.Fatal(err)
		}
		return results[0].Seq
	}
	first := post("a")
	if _, err := Backup(t.Context(), path, backedUp, recoverAt); err != nil {
		t.Fatal(err)
	}
	if _, err := l.append(t.Context(), write{decide: func(ctx context.Context, x *logTx) ([]entry, error) {
		_, err := x.settle(ctx, "meta", []Quarantined{{Seq: first}}, nil)
		return nil, err
	}}); err != nil {
		t.Fatal(err)
	}
	post("b")
	events := given(t, l, first)
	if _, err := l.conn.ExecContext(t.Context(), "update event set salt = zeroblob(16) where seq = 2"); err != nil {
		t.Fatal(err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from   string
		events []byte
		open   int
	}{
		"the settling is damaged":    {path, nil, 1},
		"the settling is given back": {backedUp, events, 0},
	} {
		t.Run(name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "relay.db")
			r := Recovery{Path: to, From: c.from, Now: recoverAt}
			if c.events != nil {
				r.Events = bytes.NewReader(c.events)
			}
			if _, err := Recover(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			report, err := Check(t.Context(), to)
			if err != nil || len(report.Findings) > 0 {
				t.Errorf("the books: %q, %v", report.Findings, err)
			}
			if got := report.Books.Quarantine.Open; got != int64(c.open) {
				t.Errorf("%d are open, want %d", got, c.open)
			}
		})
	}
}
