package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestAccounts: the inboxes, how they stand, and what one can do, in words and in
// JSON.
func TestAccounts(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "3", "--speed", "0.01")
	for began := time.Now(); ; { // the relay lists templates in its own time
		var row accountJSON
		readJSON(t, &row, "accounts", "show", "frontdesk", "--json", "--dir", dir)
		if row.Templates > 0 {
			break
		}
		if time.Since(began) > patience {
			t.Fatal("no templates are listed")
		}
	}
	inbox.stop(t)
	list, err := frontdesk(t, "accounts", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"frontdesk", "Front desk", "whatsapp by cloudapi", "a customer wrote", "20 templates, last changed", "last told of a message"} {
		if !strings.Contains(string(list), want) {
			t.Errorf("the list does not say %q:\n%s", want, list)
		}
	}
	for _, name := range []string{"frontdesk", "Front desk"} {
		shown, err := frontdesk(t, "accounts", "show", name, "--dir", dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"WhatsApp by cloudapi", "What can be sent", "up to 4096 characters", "free text for 24 h", "for each message"} {
			if !strings.Contains(string(shown), want) {
				t.Errorf("%s: it does not say %q:\n%s", name, want, shown)
			}
		}
	}
	out, err := frontdesk(t, "accounts", "show", "frontdesk", "--json", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	var row accountJSON
	if err := json.Unmarshal(out, &row); err != nil || row.Capabilities == nil || row.Capabilities.Text.Max != 4096 || row.Templates != 20 || row.LastInbound.IsZero() {
		t.Errorf("%v\n%s", err, out)
	}
	for _, wrong := range [][]string{{"accounts", "show", "nobody", "--dir", dir}, {"accounts", "hide", "--dir", dir}} {
		if out, err := frontdesk(t, wrong...); err == nil {
			t.Errorf("%v: %s", wrong, out)
		}
	}
}
