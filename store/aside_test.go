package store_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// poison makes the file refuse a text, as a row that breaks a rule of it would.
func poison(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `create trigger poison before insert on message when new.text = '`+text+`'
		begin select raise(abort, 'no row for this'); end`); err != nil {
		t.Fatal(err)
	}
}

// TestPoisonIsPutAside: a fact that cannot be applied is kept and counted, and
// everything around it is applied, in one batch or in many.
func TestPoisonIsPutAside(t *testing.T) {
	for _, together := range []bool{true, false} {
		w := newWorld(t)
		poison(t, w.path, "poison")
		unreadable := provider.Unknown{Field: "calls", Raw: json.RawMessage(`{"a":`)}
		events := []event.Event{
			w.log.Inbound("1", "A", "before", storetest.Now),
			w.log.Inbound("2", "B", "poison", storetest.Now),
			w.log.Inbound("1", "A", "between", storetest.Now),
			w.log.Event("u", storetest.ID("1"), unreadable),
			w.log.Event("q", "", event.Quarantined{Hook: "meta", Reason: "not JSON"}),
			w.log.Inbound("1", "A", "after", storetest.Now),
		}
		if together {
			w.apply(events...)
		} else {
			for _, e := range events {
				w.apply(e)
			}
		}
		if c, err := w.s.Cursor(w.ctx); err != nil || c.Seq != w.log.Seq() {
			t.Errorf("the cursor is %d of %d, %v", c.Seq, w.log.Seq(), err)
		}
		var texts []string
		for _, m := range w.thread("1") {
			texts = append(texts, m.Content.Text)
		}
		if got := strings.Join(texts, " "); got != "before between after" {
			t.Errorf("the thread reads %q", got)
		}
		aside, err := w.s.Aside(w.ctx, 10)
		if err != nil || len(aside) != 2 || aside[0].Seq != 3 || !strings.Contains(aside[0].Reason, "no row for this") || aside[1].Seq != 5 {
			t.Errorf("aside are %+v, %v", aside, err)
		}
		if n, err := w.s.Counts(w.ctx); err != nil || n.Aside != 2 || n.Quarantined != 1 {
			t.Errorf("counted %d and %d, %v", n.Aside, n.Quarantined, err)
		}
		if _, err := w.s.Conversation(w.ctx, storetest.ID("2")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("half of the poison was applied: %v", err)
		}
	}
}

// TestAStumbleIsPutAside: also a panic is one fact's, not the inbox's.
func TestAStumbleIsPutAside(t *testing.T) {
	opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
	opt.Window = func(_ string, n provider.Network) provider.WindowRule {
		if n == "odd" {
			panic("nobody thought of it")
		}
		return storetest.Window("", n)
	}
	s := storetest.OpenWith(t, opt)
	log := storetest.NewLog()
	odd := log.Event("account-2", "", event.AccountDefined{Account: provider.Account{ID: "odd", Network: "odd"}})
	if err := s.Apply(t.Context(), []event.Event{odd, log.Account(), log.Inbound("1", "A", "hello", storetest.Now)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Conversation(t.Context(), storetest.ID("1")); err != nil {
		t.Errorf("what came after it is not there: %v", err)
	}
	aside, err := s.Aside(t.Context(), 10)
	if err != nil || len(aside) != 1 || !strings.Contains(aside[0].Reason, "nobody thought of it") {
		t.Errorf("aside are %+v, %v", aside, err)
	}
}

// TestReprocessedIsNotQuarantined: what was read after an update is counted no
// longer.
func TestReprocessedIsNotQuarantined(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Event("q", "", event.Quarantined{Hook: "meta"}), w.log.Event("q2", "", event.Quarantined{Hook: "meta"}),
		w.log.Event("d", "", event.Reprocessed{Hook: "meta", Quarantined: 2}))
	if n, err := w.s.Counts(w.ctx); err != nil || n.Quarantined != 1 {
		t.Errorf("%d are quarantined, %v", n.Quarantined, err)
	}
}
