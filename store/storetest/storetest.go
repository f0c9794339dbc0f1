// Package storetest is a store with known people in it, and a log to write
// facts with. Tests, benchmarks and the demo use it; the product may not.
package storetest

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// The fixed facts of the world.
const (
	Epoch                        = "test-epoch"
	Account   provider.AccountID = "support"
	Ana       event.AgentID      = "ana"
	Ben       event.AgentID      = "ben"
	keyString                    = "a team key for tests, 32 bytes.."
)

// Now is what the clock of every test store shows.
var Now = time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC)

// Key is the team's key.
var Key = event.Key(keyString)

// Chat is a chat of the test account.
func Chat(chat provider.ChatID) provider.ChatKey {
	return provider.ChatKey{Account: Account, Chat: chat}
}

// ID is the conversation of a chat.
func ID(chat provider.ChatID) event.ConversationID { return Key.Conversation(Chat(chat)) }

// Window is the 24 hours of WhatsApp.
func Window(_ string, n provider.Network) provider.WindowRule {
	if n != provider.WhatsApp {
		return provider.WindowRule{}
	}
	return provider.WindowRule{For: 24 * time.Hour, Outside: provider.TemplatesOnly}
}

// Options are the options of a test store: agent ana, the fixed clock, and
// operations named op-000001 on. Ops start after start, so that a store opened
// again does not repeat one.
func Options(path string, start int) store.Options {
	var n atomic.Int64 // the store asks from whatever goroutine writes
	n.Store(int64(start))
	return store.Options{
		Path: path, Agent: Ana, Window: Window,
		Now: func() time.Time { return Now },
		NewOp: func() provider.OpID {
			return provider.OpID(fmt.Sprintf("op-%06d", n.Add(1)))
		},
	}
}

// Open opens an empty store that has greeted the relay; it is closed with the
// test.
func Open(t testing.TB, path string) *store.Store {
	t.Helper()
	return OpenWith(t, Options(path, 0))
}

// OpenWith opens a store with options of the test's own.
func OpenWith(t testing.TB, opt store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Hello(t.Context(), store.Hello{Epoch: Epoch, Key: Key}); err != nil {
		t.Fatal(err)
	}
	return s
}

// New returns a store with the known people of People in it.
func New(t testing.TB) *store.Store {
	t.Helper()
	s, _ := NewWithLog(t)
	return s
}

// NewWithLog also returns the log, to let more happen.
func NewWithLog(t testing.TB) (*store.Store, *Log) {
	t.Helper()
	s := Open(t, filepath.Join(t.TempDir(), "store.db"))
	log := NewLog()
	if err := s.Apply(t.Context(), log.People()); err != nil {
		t.Fatal(err)
	}
	return s, log
}
