package feed_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/webhookrelay/relaytest"
)

// TestADamagedStoreStopsTheFeed: it takes nothing more in and says so; after it
// was salvaged everything is fetched again, and the draft is back in its place.
func TestADamagedStoreStopsTheFeed(t *testing.T) {
	relay := relaytest.New(t)
	token := relay.Token("ana")
	ops := 0
	opt := store.Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: time.Now,
		NewOp: func() provider.OpID { ops++; return provider.OpID(fmt.Sprintf("op-%03d", ops)) },
	}
	s, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	relay.Receive(guests(0, 3)...)
	f := follow(t, s, relay.URL, token)
	f.until("live with three", func(st feed.State) bool { return live(st) && conversations(t, s) == 3 })
	list, err := s.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(t.Context(), list[1].ID, store.DraftReply, "half a sentence"); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", opt.Path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "pragma writable_schema = 1; update sqlite_schema set rootpage = 999999 where name = 'message'; pragma schema_version = 9999"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	relay.Receive(guests(3, 1)...)
	why := f.ended()
	if !store.IsBroken(why) || !strings.Contains(f.feed.State().Err, "damaged") || f.feed.State().Live {
		t.Fatalf("the feed ended with %v and says %+v", why, f.feed.State())
	}
	if err := s.Close(); err != nil {
		t.Log(err)
	}
	if saved, err := store.Salvage(t.Context(), opt, why); err != nil || saved.Drafts != 1 {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	if s, err = store.Open(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f = follow(t, s, relay.URL, token)
	f.until("live with four", func(st feed.State) bool { return live(st) && conversations(t, s) == 4 })
	if text, err := s.Draft(t.Context(), list[1].ID, store.DraftReply); err != nil || text != "half a sentence" {
		t.Errorf("the draft is %q, %v", text, err)
	}
	if err := f.stop(); err != nil {
		t.Error(err)
	}
}
