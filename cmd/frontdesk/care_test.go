package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/cmd/internal/faults"
)

// soloFolder is the folder of one agent who is their own relay.
func soloFolder(t *testing.T) (dir, addr string) {
	t.Helper()
	dir, addr = t.TempDir(), faults.Address(t)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`
relay  = "embedded"
listen = %q
agent  = "ana"

[[hook]]
id           = "meta"
driver       = "cloudapi"
app_secret   = "file:app_secret"
verify_token = "file:verify_token"

[[account]]
id              = "frontdesk"
hook            = "meta"
network         = "whatsapp"
driver          = "cloudapi"
phone_number_id = "900800700"
waba_id         = "1020304050"
access_token    = "file:access_token"
base_url        = "http://127.0.0.1:9"
`, addr)
	for name, text := range map[string]string{"config.toml": config, "app_secret": "shh\n", "verify_token": "verify", "access_token": "token"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, addr
}

// levels runs the doctor and returns what it found wrong.
func wrongs(t *testing.T, args ...string) (wrong []string, exit error) {
	t.Helper()
	out, err := frontdesk(t, append([]string{"doctor", "--json"}, args...)...)
	var c checkup
	if e := json.Unmarshal(out, &c); e != nil {
		t.Fatalf("no JSON: %v, %v\n%s", e, err, out)
	}
	for _, f := range c.Findings {
		if f.Level == levelWrong {
			wrong = append(wrong, f.About+": "+f.Text)
		}
	}
	if c.OK != (err == nil) {
		t.Errorf("the doctor says ok %v and exits with %v", c.OK, err)
	}
	return wrong, err
}

// TestCare: the doctor beside an open inbox and alone, a rebuild, a store that
// broke, and a contact who is erased: through the verbs, with a real relay.
func TestCare(t *testing.T) {
	dir, addr := soloFolder(t)
	p := sitDown(t, 120, 40, "--dir", dir)
	p.reads("frontdesk", "live")
	if status := postWebhook(t, addr, webhookOf("Ada Lind", "wamid.one", "Guten Tag markerq"), "shh"); status != http.StatusOK {
		t.Fatalf("a webhook was answered %d", status)
	}
	p.types("ga")
	p.reads("Ada Lind")
	if wrong, err := wrongs(t, "--dir", dir, "--deep"); err != nil {
		t.Errorf("beside the inbox the doctor finds %v, %v", wrong, err)
	}
	p.leaves()
	if err := os.Chmod(filepath.Join(dir, "store.db"), 0o644); err != nil {
		t.Fatal(err)
	}
	if wrong, err := wrongs(t, "--dir", dir); err == nil || len(wrong) != 1 || !strings.Contains(wrong[0], "others may read") {
		t.Errorf("of an open file the doctor finds %v, %v", wrong, err)
	}
	if err := os.Chmod(filepath.Join(dir, "store.db"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := frontdesk(t, "store", "rebuild", "--dir", dir); err != nil || !bytes.Contains(out, []byte("rebuilt from the relay's log")) {
		t.Errorf("rebuild says %s, %v", out, err)
	}
	if wrong, err := wrongs(t, "--dir", dir, "--deep"); err != nil {
		t.Errorf("after a rebuild the doctor finds %v, %v", wrong, err)
	}
	rows := listConversations(t, dir, "all")
	if len(rows) != 1 || rows[0].Name != "Ada Lind" {
		t.Fatalf("after a rebuild there are %+v", rows)
	}

	// A fact that is not the log's.
	damageFact(t, filepath.Join(dir, "store.db"))
	if wrong, err := wrongs(t, "--dir", dir, "--deep"); err == nil || len(wrong) == 0 || !strings.HasPrefix(wrong[0], "facts: different here: message") {
		t.Errorf("of a changed fact the doctor finds %v, %v", wrong, err)
	}
	if out, err := frontdesk(t, "store", "events", "--dir", dir); err != nil || !bytes.Contains(out, []byte("markerq")) {
		t.Errorf("events are %s, %v", out, err)
	}

	// The file breaks: nothing is opened silently, and the inbox is full again.
	if err := os.Truncate(filepath.Join(dir, "store.db"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := frontdesk(t, "conversations", "list", "--dir", dir); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("an emptied store is listed: %v", err)
	}
	p = sitDown(t, 120, 40, "--dir", dir)
	p.reads("frontdesk", "live")
	p.types("ga")
	p.reads("Ada Lind", "markerq")

	if _, err := frontdesk(t, "contact", "erase", rows[0].ID, "--dir", dir); err == nil || !strings.Contains(err.Error(), "--yes") {
		t.Errorf("erased without a word: %v", err)
	}
	if out, err := frontdesk(t, "contact", "erase", rows[0].ID, "--yes", "--dir", dir); err != nil {
		t.Errorf("erase says %s, %v", out, err)
	}
	if rows := listConversations(t, dir, "all"); len(rows) != 0 {
		t.Errorf("left are %+v", rows)
	}
	p.leaves()
	for _, word := range []string{"markerq", "Ada Lind"} {
		for _, file := range []string{"store.db", "store.db-wal", "relay.db", "relay.db-wal", "frontdesk.log"} {
			raw, err := os.ReadFile(filepath.Join(dir, file))
			if err == nil && bytes.Contains(raw, []byte(word)) {
				t.Errorf("%s still holds %s", file, word)
			}
		}
	}
	if wrong, err := wrongs(t, "--dir", dir, "--deep"); err != nil {
		t.Errorf("after an erasure the doctor finds %v, %v", wrong, err)
	}
}

// damageFact changes a message behind the store's back.
func damageFact(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "update message set text = 'something else' where direction = 'in'"); err != nil {
		t.Fatal(err)
	}
}

// A demo that is open is nothing wrong, and nothing in its config.toml is to be
// mended.
func TestDoctorBesideADemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo") // made by the demo, for its owner alone
	h := startHeadless(t, dir, "--seed", "7")
	defer h.stop(t)
	if wrong, err := wrongs(t, "--dir", dir); err != nil || len(wrong) != 0 {
		t.Errorf("beside a demo the doctor finds %v, %v", wrong, err)
	}
}

func TestAFaultIsOneSentence(t *testing.T) {
	f := &fault{what: "not sent: The window closed at noon.", todo: "send a template"}
	if got := f.Error(); got != "not sent: The window closed at noon; send a template" {
		t.Error(got)
	}
}
