package webhookrelay

import (
	"path/filepath"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

// A token that an older program made goes on to do everything; a role of a newer one
// that is not known here does nothing.
func TestOlderTokensKeepWhatTheyCould(t *testing.T) {
	l, err := openLog(t.Context(), filepath.Join(t.TempDir(), "relay.db"), time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.close() }()
	for id, stored := range map[string]string{"old": "agent", "new": "may:agent", "far": "may:owner"} {
		if _, err := l.conn.ExecContext(t.Context(), "insert into token (id, name, role, hash, created_at) values (?, 'ana', ?, x'00', ?)",
			id, stored, time.Now().UTC().Format(time.RFC3339Nano)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := (&Tokens{log: l}).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]event.Role{"old": "", "new": event.RoleAgent, "far": event.RoleReadOnly}
	erases := map[string]bool{"old": true}
	for _, tok := range list {
		if tok.Role != want[tok.ID] || (tok.may(toErase) == nil) != erases[tok.ID] {
			t.Errorf("%s has the role %q", tok.ID, tok.Role)
		}
	}
	if len(list) != 3 {
		t.Errorf("%d tokens", len(list))
	}
}
