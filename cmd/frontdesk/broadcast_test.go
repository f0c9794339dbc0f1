package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// guests writes a table of the demo's first customers, and of four who are bad.
func guests(t *testing.T, dir string) (path string, good int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("Teléfono;Nombre\n")
	for _, c := range listConversations(t, dir, "all") {
		if c.Phone != "" && good < 3 {
			good++
			fmt.Fprintf(&b, "+%s;%s\n", c.Phone, c.Name)
			if good == 1 {
				fmt.Fprintf(&b, "+%s;again\n", c.Phone)
			}
		}
	}
	b.WriteString("12345678;no plus\nx;no number\n+50212345678;\n")
	path = filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, good
}

func invitation(dir, table string, more ...string) []string {
	return append([]string{
		"broadcast", "--dir", dir, "--template", "visit_reminder", "--lang", "es", "--recipients", table,
		"--map", "nombre=1", "--var", "2=mañana", "--var", "3=las 3",
	}, more...)
}

// TestBroadcastVerb: a dry run tells who is set aside and sends nothing; the real run
// sends to the others beside an open inbox, the same again to nobody, and the results
// tell what became of each.
func TestBroadcastVerb(t *testing.T) {
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9", "--speed", "40")
	table, good := guests(t, dir)
	var dry dryRunJSON
	readJSON(t, &dry, invitation(dir, table, "--dry-run", "--json")...)
	if dry.Recipients != good || len(dry.Aside) != 4 || dry.Aside[0].Line != 3 || dry.Aside[0].Reason != "duplicate" || dry.Aside[0].Todo == "" {
		t.Errorf("%+v", dry)
	}
	said, err := frontdesk(t, invitation(dir, table, "--dry-run")...)
	if err != nil || !strings.Contains(string(said), "12345678       The number may have no country code.") || !strings.Contains(string(said), "nothing was sent") {
		t.Errorf("%s%v", said, err)
	}
	var none []broadcastJSON
	if readJSON(t, &none, "broadcast", "list", "--dir", dir, "--json"); len(none) != 0 {
		t.Fatalf("a dry run made %+v", none)
	}
	aside := filepath.Join(t.TempDir(), "aside.csv")
	var row, again broadcastJSON
	readJSON(t, &row, invitation(dir, table, "--json", "--aside", aside)...)
	readJSON(t, &again, invitation(dir, table, "--json")...)
	if row.ID != dry.ID || row.Sent+row.Delivered+row.Read != good || row.Recipients != good || again.ID != row.ID || again.Sent+again.Delivered+again.Read != good {
		t.Errorf("%+v\n%+v", row, again)
	}
	if text, err := os.ReadFile(aside); err != nil || strings.Count(string(text), "\r\n") != 5 {
		t.Errorf("%s%v", text, err)
	}
	results, err := frontdesk(t, "broadcast", "results", row.ID, "--dir", dir, "--format", "json")
	if err != nil || strings.Count(string(results), "\n") != good {
		t.Fatalf("%s%v", results, err)
	}
	var one resultJSON
	if err := json.Unmarshal([]byte(strings.SplitN(string(results), "\n", 2)[0]), &one); err != nil || one.Number == "" || one.Message == "" || one.Conversation == "" {
		t.Errorf("%+v, %v", one, err)
	}
	if csv, err := frontdesk(t, "broadcast", "results", row.ID, "--dir", dir); err != nil || strings.Count(string(csv), "\r\n") != good+1 {
		t.Errorf("%s%v", csv, err)
	}
	inbox.stop(t)
}

// TestBroadcastIsStopped: one for later stands in the team's list, is paused, resumed
// and cancelled for good.
func TestBroadcastIsStopped(t *testing.T) {
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9")
	table, good := guests(t, dir)
	var row broadcastJSON
	readJSON(t, &row, invitation(dir, table, "--at", "in 2h", "--json")...)
	if row.Scheduled != good || row.Stage != "running" || row.Next.IsZero() {
		t.Fatalf("%+v", row)
	}
	for _, step := range []struct{ verb, stage string }{{"pause", "paused"}, {"resume", "running"}, {"cancel", "cancelled"}, {"cancel", "cancelled"}} {
		readJSON(t, &row, "broadcast", step.verb, row.ID, "--dir", dir, "--json")
		if row.Stage != step.stage {
			t.Errorf("%s: %+v", step.verb, row)
		}
	}
	readJSON(t, &row, "broadcast", "show", row.ID, "--dir", dir, "--json")
	if row.Discarded != good || row.Scheduled != 0 {
		t.Errorf("cancelled: %+v", row)
	}
	for want, args := range map[string][]string{
		"was cancelled":           invitation(dir, table),
		"there is no broadcast x": {"broadcast", "show", "x", "--dir", dir},
		"no column “apodo”":       {"broadcast", "--dir", dir, "--template", "visit_reminder", "--lang", "es", "--recipients", table, "--map", "apodo=1"},
		"parameter body.1":        {"broadcast", "--dir", dir, "--template", "visit_reminder", "--lang", "es", "--recipients", table},
		"there is no template":    {"broadcast", "--dir", dir, "--template", "gone", "--lang", "es", "--recipients", table},
		"there is no file":        {"broadcast", "--dir", dir, "--template", "visit_reminder", "--lang", "es", "--recipients", table + "x"},
		"--recipients FILE.csv":   {"broadcast", "--dir", dir, "--template", "visit_reminder"},
		"broadcast knows list":    {"broadcast", "sing", row.ID, "--dir", dir},
	} {
		if _, err := frontdesk(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said: %v", want, err)
		}
	}
	if _, err := frontdesk(t, append([]string{"broadcast", "resume", row.ID, "--dir", dir}, "--timeout", "5s")...); err == nil {
		t.Error("what was cancelled is resumed")
	}
	inbox.stop(t)
}
