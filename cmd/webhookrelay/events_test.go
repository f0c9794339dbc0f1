package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// post posts a body to the hook "meta", signed with the app's secret.
func post(t *testing.T, address, body string) int {
	t.Helper()
	mac := hmac.New(sha256.New, []byte("app secret"))
	mac.Write([]byte(body))
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+address+"/hooks/meta", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

const secondAccount = `
[[account]]
id = "second"
hook = "meta"
driver = "cloudapi"
network = "whatsapp"
phone_number_id = "777"
waba_id = "888"
`

// The way of a webhook whose account is not configured yet, beside a relay that
// serves: listed without its words, shown escaped, placed when the account is
// there, and never twice. The books say so, and notice when they are changed.
func TestEventsAndCheck(t *testing.T) {
	c := newCLI(t, goodConfig)
	ctx, terminate := context.WithCancel(t.Context())
	code := make(chan int, 1)
	served := c.env
	go func() { code <- served.main(ctx, []string{"serve", "--config", c.config}) }()
	address := waitFor(t, c.errs, regexp.MustCompile(`msg=serving addr=(\S+)`))
	defer func() { terminate(); <-code }()
	said := &cli{config: c.config, errs: &buffer{more: make(chan struct{}, 1)}, folder: c.folder}
	said.env = environment{out: &said.out, errs: said.errs, getenv: c.env.getenv}
	is := func(want int, args ...string) string {
		t.Helper()
		got := said.run(t, append(args, "--config", c.config)...)
		if got != want {
			t.Fatalf("%v: code %d: %s %s", args, got, &said.out, said.errs)
		}
		return said.out.String()
	}

	if text := is(0, "events", "list"); text != "Nothing is quarantined.\n" {
		t.Errorf("list: %q", text)
	}
	body := "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"888\",\"changes\":[{\"field\":\"messages\",\"value\":{\"metadata\":{\"phone_number_id\":\"777\"}," +
		"\"messages\":[{\"from\":\"16505551234\",\"id\":\"wamid.9\",\"timestamp\":\"1790000000\",\"type\":\"text\",\"text\":{\"body\":\"caf\u00e9 \\u001b]0;x\"}}]}}]}]}"
	if status := post(t, address, body); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	if status := post(t, address, "{\x1b]0;title\a\x9b\\"); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	list := is(0, "events", "list", "--hook", "meta")
	if strings.Count(list, "\n") != 3 || !strings.Contains(list, "777") || !strings.Contains(list, "could not be read") || strings.Contains(list, "16505551234") {
		t.Errorf("list: %q", list)
	}
	rows := regexp.MustCompile(`(?m)^(\d+) `).FindAllStringSubmatch(list, -1)
	first, second := rows[0][1], rows[1][1]
	if text := is(0, "events", "show", "--seq", first); !strings.Contains(text, "hook     meta") || strings.Contains(text, "16505551234") {
		t.Errorf("show: %q", text)
	}
	if text := is(0, "events", "show", "--seq", first, "--body"); !strings.Contains(text, `caf\xc3\xa9 \\u001b]0;x`) {
		t.Errorf("show --body: %q", text)
	}
	if text := is(0, "events", "show", "--seq", second, "--body"); !strings.Contains(text, `{\x1b]0;title\x07\x9b\\`) || strings.Contains(text, "\x1b") || strings.Contains(text, "\x9b") {
		t.Errorf("show --body: %q", text)
	}
	is(1, "events", "show", "--seq", "9999")
	if text := is(0, "events", "reprocess"); strings.Count(text, "still open") != 2 {
		t.Errorf("reprocess: %q", text)
	}
	if err := os.WriteFile(c.config, []byte(goodConfig+secondAccount), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := is(0, "events", "reprocess", "--seq", first); text != "["+first+"]: settled: 1 events stored, 0 were there before, 0 not placed\n" {
		t.Errorf("reprocess: %q", text)
	}
	if text := is(0, "events", "reprocess", "--seq", first); text != "Nothing is open.\n" {
		t.Errorf("again: %q", text)
	}
	if text := is(0, "events", "list", "--all"); !strings.Contains(text, "at ") {
		t.Errorf("list --all: %q", text)
	}
	if text := is(0, "check"); !strings.Contains(text, "hook meta: 2 POSTs = 0 stored + 0 duplicate + 2 quarantined + 0 refused") ||
		!strings.Contains(text, "quarantine: 2, of them 1 open") || !strings.Contains(text, "all is well") {
		t.Errorf("check: %q", text)
	}

	db, err := sql.Open("sqlite", "file:"+filepath.Join(c.folder, "data", "relay.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "update raw set body = x'7b' where seq = "+second); err != nil {
		t.Fatal(err)
	}
	if text := is(1, "events", "show", "--seq", second, "--body"); !strings.Contains(text, "why") || strings.Contains(text, "body, with") || !strings.Contains(said.errs.String(), "the disk has changed it; ") {
		t.Errorf("a changed body is shown as %q, %s", text, said.errs)
	}
	if text := is(0, "events", "reprocess"); !strings.Contains(text, "left as it is: ") || !strings.Contains(text, "not the one that came") {
		t.Errorf("a changed body is reprocessed: %q", text)
	}
	if text := is(1, "check"); !strings.Contains(text, "NOT AS IT MUST BE: the body of the POST of "+second) {
		t.Errorf("check of a changed body: %q", text)
	}
	to := filepath.Join(c.folder, "copy.db")
	is(1, "backup", "--to", to)
	if _, err := os.Stat(to); err != nil || !strings.Contains(said.errs.String(), "bodies in it are not as they came; the backup is made") {
		t.Errorf("a backup with a changed body: %s, %v", said.errs, err)
	}
	if _, err := db.ExecContext(t.Context(), "update book set posts_received = posts_received + 1"); err != nil {
		t.Fatal(err)
	}
	if text := is(1, "check"); !strings.Contains(text, "NOT AS IT MUST BE: hook \"meta\"") || strings.Contains(text, "all is well") || !strings.Contains(said.errs.String(), "as told above; keep a copy") {
		t.Errorf("check: %q %s", text, said.errs)
	}
}

func TestEventsMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no verb":       {[]string{"events"}, 2, "events list"},
		"unknown verb":  {[]string{"events", "drop"}, 2, `"drop"`},
		"show which":    {[]string{"events", "show"}, 2, "--seq N"},
		"negative":      {[]string{"events", "reprocess", "--seq", "-1"}, 2, "events list"},
		"no number":     {[]string{"events", "show", "--seq", "x"}, 2, "help"},
		"no log yet":    {[]string{"events", "list"}, 1, "no such file"},
		"check nothing": {[]string{"check"}, 1, "could not be checked"},
		"check a word":  {[]string{"check", "now"}, 2, "help"},
	} {
		t.Run(name, func(t *testing.T) {
			cli := newCLI(t, goodConfig)
			code := cli.run(t, append(c.args, "--config", cli.config)...)
			if said := cli.errs.String(); code != c.code || !strings.Contains(said, c.says) || strings.Count(said, "\n") != 1 {
				t.Errorf("code %d: %q", code, said)
			}
		})
	}
}

// What others wrote is one line of plain characters, whatever it was.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"plain é 世":      "plain é 世",
		"a\nb\tc":        "a b c",
		"\x1b]0;x\a":     "\ufffd]0;x\ufffd",
		"\u009b31m\r":    "\ufffd31m\ufffd",
		"a\u202eb\u200b": "a\ufffdb\ufffd",
		"\xff\x80":       "\ufffd\ufffd",
		"\U000e0041":     "\ufffd",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
