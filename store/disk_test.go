package store_test

import (
	"errors"
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
