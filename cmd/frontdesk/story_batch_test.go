package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// batchTable is a table with one guest who wrote today, once more, and a stranger.
func batchTable(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte("phone\n+1234567890\n+1 234 567 890\n+34600111222\nroom 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// handsBatchesOver: each recipient is judged and the dry run tells; an answer that is
// none is unsure and nothing repeats it; one that is taken says what is known and what
// is not; and the team's list has both.
func handsBatchesOver(s *stage) {
	const route = "POST /api/v1/whatsapp/messages/batch-send"
	send := []string{"batch", "send", "--recipients", batchTable(s.t), "--text", "The pool is open.", "--rate", "5", "--track"}
	says := func(want string, code int, args ...string) string {
		s.t.Helper()
		said, got := s.verb(args...)
		if got != code || !strings.Contains(said, want) {
			s.t.Fatalf("%v: it exits with %d and says %q, not %q", args, got, said, want)
		}
		return said
	}
	asked := func(want int) {
		s.t.Helper()
		s.net.mu.Lock()
		defer s.net.mu.Unlock()
		if n := s.net.asked[route]; n != want {
			s.t.Fatalf("the network was asked %d times, want %d", n, want)
		}
	}
	var dry batchDryRunJSON
	if err := json.Unmarshal([]byte(says("", 0, append(send, "--dry-run", "--json")...)), &dry); err != nil || dry.Recipients != 1 || len(dry.Aside) != 3 {
		s.t.Fatalf("%+v, %v", dry, err)
	}
	if reasons := dry.Aside[0].Reason + "," + dry.Aside[1].Reason + "," + dry.Aside[2].Reason; reasons != "duplicate,not sent here,not a number" || !strings.Contains(dry.Aside[1].What, "window") && !strings.Contains(dry.Aside[1].What, "24 hours") {
		s.t.Errorf("%+v", dry.Aside)
	}
	asked(0)
	says("It may have taken the batch", 1, send...)
	says("handed over already", 1, send...)
	says("not handed over again by itself", 0, "batch", "show", dry.ID)
	asked(1)
	says("", 1, append(send, "--text", " ")...)
	again := append(send, "--name", "again")
	said := says("The network took all 1 of it as its batch batch_9. It expects to be done at ", 0, again...)
	if !strings.Contains(said, "set aside: 1 duplicate") || !strings.Contains(said, "how far it is cannot be asked") {
		s.t.Errorf("%s", said)
	}
	says("handed over already", 1, again...)
	asked(2)
	var all []batchJSON
	if err := json.Unmarshal([]byte(says("", 0, "batch", "list", "--json")), &all); err != nil || len(all) != 2 || all[0].State+all[1].State != "takenunsure" && all[0].State+all[1].State != "unsuretaken" {
		s.t.Errorf("%+v, %v", all, err)
	}
	for _, b := range all {
		if b.By == "" || b.Recipients != 1 || b.Text != "The pool is open." || b.PerSecond != 5 || b.State == "taken" && (b.EstimatedAt.IsZero() || b.NetworkID != "batch_9") {
			s.t.Errorf("%+v", b)
		}
	}
	says("there is no batch", 1, "batch", "show", "b0")
}
