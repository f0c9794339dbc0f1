package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
)

// TestIdleStoreHasNoJournalAndNoTimer: what is written is moved into the
// database, and then nothing ticks.
func TestIdleStoreHasNoJournalAndNoTimer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), Options{Path: path, Now: time.Now, NewOp: func() provider.OpID { return "op" }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	armed := func() bool {
		s.check.mu.Lock()
		defer s.check.mu.Unlock()
		return s.check.timer != nil
	}
	if armed() {
		t.Error("a store nobody wrote to has a timer")
	}
	emptied := make(chan bool, 1)
	s.check.mu.Lock()
	s.check.every, s.check.emptied = time.Millisecond, func() { emptied <- true }
	s.check.mu.Unlock()
	for range 2 { // it starts again after it stopped
		if err := s.Hello(t.Context(), Hello{Epoch: "e", Key: []byte("k")}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-emptied:
		case <-time.After(30 * time.Second):
			t.Fatal("the journal was not emptied")
		}
		if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
			t.Errorf("the journal has %v, %v", info.Size(), err)
		}
		if armed() {
			t.Error("an idle store has a timer")
		}
	}
}
