package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRecoverCommand(t *testing.T) {
	c := newCLI(t, goodConfig)
	log, backup, events := filepath.Join(c.folder, "data", "relay.db"), filepath.Join(c.folder, "backup"), filepath.Join(c.folder, "events")
	must := func(args ...string) {
		t.Helper()
		if code := c.run(t, append(args, "--config", c.config)...); code != 0 {
			t.Fatal(c.errs)
		}
	}
	fails := func(code int, says string, args ...string) {
		t.Helper()
		if got := c.run(t, append(args, "--config", c.config)...); got != code || !strings.Contains(c.errs.String(), says) {
			t.Errorf("%v: %d, %s", args, got, c.errs)
		}
	}
	must("token", "add", "ana")
	must("backup", "--to", backup)
	must("token", "add", "ben")
	fails(2, "--from FILE", "recover")
	fails(1, "there is no file", "recover", "--from", backup+"s")
	fails(1, "cannot be read", "recover", "--from", backup, "--events", events)
	junk := filepath.Join(c.folder, "junk")
	for path, text := range map[string]string{
		junk: strings.Repeat("junk", 1000), events: `{"seq":3,"id":"agent:eva","at":"2026-11-20T12:05:00Z","kind":"agent.defined","v":1,"body":{"agent":"eva"}}` + "\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fails(1, "too damaged", "recover", "--from", junk)
	fails(1, "do not fit", "recover", "--from", backup, "--events", events)
	must("recover", "--from", backup)
	for _, says := range []string{"1 events were saved", "MISSING: events 2 to 2", "--after 1", "token 1", "ends at 1", "relay.db.damaged-", "revoke again", "erase them again"} {
		if !strings.Contains(c.out.String(), says) {
			t.Errorf("%q does not say %q", &c.out, says)
		}
	}
	if err := os.WriteFile(events, []byte(`{"seq":2,"id":"agent:eva","at":"2026-11-20T12:05:00Z","kind":"agent.defined","v":1,"body":{"agent":"eva"}}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(log)); err != nil {
		t.Fatal(err)
	}
	must("recover", "--from", backup, "--events", events)
	if !strings.Contains(c.out.String(), "1 events were given back") || strings.Contains(c.out.String(), "MISSING") || strings.Contains(c.out.String(), "old log") {
		t.Errorf("it says %q", &c.out)
	}
	must("check")
	must("token", "list")
	if !strings.Contains(c.out.String(), "ana") {
		t.Errorf("the tokens are %q", &c.out)
	}
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, bytes.Replace(whole, []byte(`"eva"`), []byte(`"evi"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(1, "run webhookrelay recover --from "+log, "token", "list")
}
