package store_test

import (
	"database/sql"
	"os"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestAnOlderStoreKnowsSinceWhenItIsOpen: what the migration works out of the
// thread is what a store has that saw it all happen.
func TestAnOlderStoreKnowsSinceWhenItIsOpen(t *testing.T) {
	path := unpack(t, 5)
	s, err := store.Open(t.Context(), direct(path))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at, err := s.Cursor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log := storetest.NewLog()
	for log.Seq() < at.Seq {
		log.Event("skip", "", event.Erased{})
	}
	undone := event.Reopened{Undone: &event.Undone{}}
	for i, bodies := range [][]event.Body{
		{},
		{event.Resolved{}},
		{event.Resolved{}, nil},
		{event.Resolved{}, undone},
		{event.Resolved{}, nil, undone},
		{event.Resolved{}, event.Reopened{}},
		{event.Resolved{}, event.Reopened{}, event.Resolved{}, undone},
		{event.Resolved{}, event.Resolved{}, undone},
		{event.Reopened{}, nil},
		{event.Resolved{}, undone, event.Resolved{}, nil, nil},
	} {
		chat := provider.ChatID([]string{"70", "71", "72", "73", "74", "75", "76", "77", "78", "79"}[i])
		events := []event.Event{log.Inbound(chat, "N", "hi", log.At)}
		for _, body := range bodies {
			log.At = log.At.Add(time.Minute)
			if body == nil {
				events = append(events, log.Inbound(chat, "N", "again", log.At))
				continue
			}
			events = append(events, log.By(storetest.Ben, chat, body))
		}
		if err := s.Apply(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
	const query = "select id, opened_at from conversation order by id"
	want := rawQuery(t, path, query)
	workedOutAnew(t, path)
	for i, got := range rawQuery(t, path, query) {
		if got != want[i] {
			t.Errorf("the migration says %s, the events said %s", got, want[i])
		}
	}
}

// workedOutAnew lets the migration's own statement say it, whatever stands there.
func workedOutAnew(t *testing.T, path string) {
	t.Helper()
	migration, err := os.ReadFile("migrations/0006_day.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, statement, found := strings.Cut(string(migration), "with said as")
	statement, _, ended := strings.Cut(statement, ";")
	if !found || !ended {
		t.Fatal("the migration has no such statement")
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "update conversation set opened_at = 0; with said as"+statement); err != nil {
		t.Fatal(err)
	}
}
