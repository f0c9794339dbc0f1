package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestAJobSaysWhetherItMayHaveLeft: every attempt but the first says that it may
// not be the first, after a crash and after the store was filled from another log
// as well, and names the log in which it was made.
func TestAJobSaysWhetherItMayHaveLeft(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := store.Open(ctx, storetest.Options(path, 100))
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(refilled(ctx, s))
	send := func(s *store.Store, to provider.ChatID) {
		t.Helper()
		_, err := s.Send(ctx, provider.Outgoing{To: storetest.Chat(to), Content: provider.TextContent("hi " + string(to))})
		must(err)
	}
	claims := func(s *store.Store, to provider.ChatID, log string, again bool) {
		t.Helper()
		job, ok, err := s.Claim(ctx, storetest.Now.AddDate(0, 0, 1), func(job store.Job) bool { return job.Send.To.Chat != to })
		if err != nil || !ok || job.Send.Log != log || job.Send.Again != again {
			t.Fatalf("%s: attempt %d is of the log %q and again %t, want %q and %t (%t, %v)", to, job.Attempt, job.Send.Log, job.Send.Again, log, again, ok, err)
		}
	}
	repeatable := func(provider.AccountID) bool { return true }
	send(s, storetest.Lucia)
	send(s, storetest.Omar)
	claims(s, storetest.Lucia, storetest.Epoch, false)
	must(s.Finish(ctx, "op-000101", store.Outcome{State: event.JobQueued, NextAt: storetest.Now, Error: &provider.Error{Reason: provider.Unreachable}}))
	claims(s, storetest.Lucia, storetest.Epoch, true)
	_, err = s.Recover(ctx, repeatable) // the program ended
	must(err)
	claims(s, storetest.Lucia, storetest.Epoch, true)
	must(s.Close())

	_, err = store.Rebuild(ctx, storetest.Options(path, 200), func(ctx context.Context, s *store.Store) error {
		if err := s.Hello(ctx, store.Hello{Epoch: "another", Key: storetest.Key}); err != nil {
			return err
		}
		return s.Apply(ctx, goldenEvents())
	})
	must(err)
	s, err = store.Open(ctx, storetest.Options(path, 300))
	must(err)
	send(s, storetest.Grace)
	claims(s, storetest.Lucia, storetest.Epoch, true)
	claims(s, storetest.Omar, storetest.Epoch, false)
	claims(s, storetest.Grace, "another", false)
	send(s, storetest.Priya)
	must(s.Close())

	// Out of a damaged file nobody knows how often a job was tried.
	_, err = store.Salvage(ctx, storetest.Options(path, 400), errors.New("damaged"))
	must(err)
	s, err = store.Open(ctx, storetest.Options(path, 500))
	must(err)
	defer s.Close()
	must(s.Hello(ctx, store.Hello{Epoch: "a third", Key: storetest.Key}))
	must(s.Apply(ctx, goldenEvents()))
	must(s.Settle(ctx))
	for to, log := range map[provider.ChatID]string{storetest.Lucia: storetest.Epoch, storetest.Omar: storetest.Epoch, storetest.Priya: "another"} {
		claims(s, to, log, true)
	}
}
