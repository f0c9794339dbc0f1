package webhookrelay

import (
	"path/filepath"
	"testing"

	"frontdesk/webhookrelay/event"
)

// Where nothing is sent the ledger follows in steps, and not for each event.
func TestTheLedgerFollowsTheLog(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	g := &gateway{relay: &Relay{log: l}, ctx: t.Context()}
	at := func() (seq event.Seq) {
		t.Helper()
		_ = l.read.QueryRowContext(t.Context(), "select seq from consent_read").Scan(&seq) // no row is 0
		return seq
	}
	mustAppend(t, l, note(t, "one", "x"), note(t, "two", "x"))
	if err := g.keepConsent(t.Context(), l.position().seq); err != nil || at() != 0 {
		t.Errorf("at %d, %v", at(), err)
	}
	if err := g.keepConsent(t.Context(), foldAtOnce); err != nil || at() != l.position().seq {
		t.Errorf("at %d, %v", at(), err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
}
