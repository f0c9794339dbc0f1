package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/webhookrelay"
)

// TestARefusedSettingIsNoSuccess: what the relay will not have of this token is told by
// every verb that changes what the team shares, in the relay's words, and is not kept.
func TestARefusedSettingIsNoSuccess(t *testing.T) {
	s := newStreet(t, 0)
	s.greeted()
	token, err := s.tokens.Add(t.Context(), demoAgent, webhookrelay.RoleReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "token"), []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"stop-words", "set", "--stop", "basta", "--start", "alta"},
		{"links", "set", "job", "https://jobs.example.org/{ref}"},
		{"rules", "set", "silence", `{"do":"auto-resolve","after":"48h"}`},
		{"canned", "set", "hi", "--text", "hello"},
		{"targets", "set", "all", "--first", "15m"},
		{"nudge", "set", "visit_reminder"},
	} {
		out, err := frontdesk(t, append(args, "--dir", s.dir)...)
		if err == nil || !strings.Contains(err.Error()+string(out), "refused: ") || !strings.Contains(err.Error()+string(out), "read-only") {
			t.Errorf("%s: %v %s", args[0], err, out)
		}
	}
	if list := cannedIn(t, s.dir); len(list) != 0 {
		t.Errorf("kept %+v", list)
	}
}
