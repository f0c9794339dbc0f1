package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestAFullDiskIsToldAndPasses: whatever is written to a full disk says that it
// is full, nothing of it is done, and with room the same store takes it.
func TestAFullDiskIsToldAndPasses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, log := storetest.Open(t, path), storetest.NewLog()
	if err := s.Apply(t.Context(), log.People()); err != nil {
		t.Fatal(err)
	}
	id, more := storetest.ID(storetest.Grace), []event.Event{log.Inbound(storetest.Grace, "Grace", "one more", storetest.Now)}
	writes := map[string]func() error{
		"draft": func() error { return s.SaveDraft(t.Context(), id, store.DraftReply, "half a thought") },
		"note":  func() error { return do(t, s, id, event.Noted{Text: "a remark"}) },
		"facts": func() error { return s.Apply(t.Context(), more) },
		"send": func() error {
			_, err := s.Send(t.Context(), provider.Outgoing{To: storetest.Chat(storetest.Grace), Content: provider.TextContent("an answer")})
			return err
		},
	}
	thread := func() int {
		list, err := s.Messages(t.Context(), id, store.MessageCursor{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := thread()
	makeRoom := storetest.FillDisk(t, path)
	for name, write := range writes {
		err := write()
		var disk *store.DiskError
		if !errors.As(err, &disk) || !disk.Full || disk.Stopped || !store.IsDisk(err) || strings.Contains(err.Error(), "rollback") {
			t.Errorf("%s on a full disk: %v", name, err)
		}
	}
	if text, err := s.Draft(t.Context(), id, store.DraftReply); text != "" || err != nil || thread() != before {
		t.Errorf("a half of it was done: draft %q, %v, %d messages instead of %d", text, err, thread(), before)
	}
	makeRoom()
	for name, write := range writes {
		if err := write(); err != nil {
			t.Errorf("%s with room again: %v", name, err)
		}
	}
	if text, err := s.Draft(t.Context(), id, store.DraftReply); text != "half a thought" || err != nil || thread() != before+3 {
		t.Errorf("with room again the draft is %q, %v, and %d messages instead of %d", text, err, thread(), before+3)
	}
}

func do(t *testing.T, s *store.Store, id event.ConversationID, body event.Body) error {
	t.Helper()
	_, err := s.Do(t.Context(), store.Action{Conversation: id, Body: body})
	return err
}

// TestDamageAmongFactsIsMendedAtTheNextStart: opening does not look at facts. What
// finds them damaged leaves word of it, and the next start salvages the store.
func TestDamageAmongFactsIsMendedAtTheNextStart(t *testing.T) {
	opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
	s, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	log := storetest.NewLog()
	id := storetest.ID(storetest.Grace)
	err = errors.Join(s.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}), s.Apply(t.Context(), log.People()),
		s.SaveDraft(t.Context(), id, store.DraftReply, "half a thought"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	spoilTable(t, opt.Path, "message")
	if s, err = store.Open(t.Context(), opt); err != nil {
		t.Fatalf("opening looks at facts, and this test at nothing: %v", err)
	}
	if err := s.Apply(t.Context(), []event.Event{log.Inbound(storetest.Grace, "Grace", "one more", storetest.Now)}); !store.IsBroken(err) {
		t.Fatalf("applied to a damaged store: %v", err)
	}
	_ = s.Close()
	_, why := store.Open(t.Context(), opt)
	var broken *store.BrokenError
	if !errors.As(why, &broken) || broken.Why == "" {
		t.Fatalf("the next start opens it: %v", why)
	}
	if saved, err := store.Salvage(t.Context(), opt, why); err != nil || saved.Drafts != 1 {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	if s, err = store.Open(t.Context(), opt); err != nil {
		t.Fatalf("after it was salvaged: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// spoilTable makes the first page of a table in a closed store unreadable.
func spoilTable(t *testing.T, path, table string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	var page, size int64
	if err := db.QueryRowContext(t.Context(), "select rootpage, (select page_size from pragma_page_size) from sqlite_schema where name = ?", table).
		Scan(&page, &size); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, int(size)), (page-1)*size)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
