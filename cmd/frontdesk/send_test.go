package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// sent runs `send --json` and returns what it printed.
func sent(t *testing.T, args ...string) (messageJSON, error) {
	t.Helper()
	out, err := frontdesk(t, append([]string{"send", "--json"}, args...)...)
	var m messageJSON
	if len(out) > 0 {
		if e := json.Unmarshal(out, &m); e != nil {
			t.Fatalf("no JSON: %v\n%s", e, out)
		}
	}
	return m, err
}

// TestSendBesideTheInbox: another process holds the store and carries the
// message out; the verb only writes it down and watches.
func TestSendBesideTheInbox(t *testing.T) {
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9", "--speed", "40")
	var open, closed conversationJSON
	for _, c := range listConversations(t, dir, "all") {
		switch c.Name {
		case "Juan Pérez":
			open = c
		case "Elif Yılmaz":
			closed = c
		}
	}
	m, err := sent(t, "--dir", dir, "--to", "+"+open.Phone, "--text", "Vamos en camino", "--wait", "delivered")
	if err != nil || (m.State != "delivered" && m.State != "read") {
		t.Errorf("%+v %v", m, err)
	}
	if m, err = sent(t, "--dir", dir, "--conversation", closed.ID, "--text", "free text"); err == nil {
		t.Errorf("free text went into a closed window: %+v", m)
	}
	m, err = sent(t, "--dir", dir, "--conversation", closed.ID, "--template", "appointment_slot", "--lang", "tr",
		"--var", "1=Elif", "--var", "2=cuma 09.10", "--wait", "sent")
	if err != nil || m.Content == nil || m.Content.Template == nil || m.Content.Template.Shown.Body == "" {
		t.Errorf("%+v %v", m, err)
	}
	if _, err = sent(t, "--dir", dir, "--conversation", closed.ID, "--template", "appointment_slot", "--lang", "tr", "--var", "1=Elif"); err == nil {
		t.Error("a template went with a variable missing")
	}
	_, err = sent(t, "--dir", dir, "--conversation", closed.ID, "--template", "appointment_slot", "--lang", "tr",
		"--var", "1=Elif", "--var", "2=cuma", "--var", "3=x")
	if err == nil || !strings.Contains(err.Error(), `no variable "3"`) || !strings.Contains(err.Error(), "body.1") {
		t.Errorf("a variable too many: %v", err)
	}
	inbox.stop(t)
}

// TestSendWithoutAnInbox: nobody holds the store, so the verb takes the lock,
// does the work and lets go.
func TestSendWithoutAnInbox(t *testing.T) {
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "9").stop(t)
	for range 2 {
		m, err := sent(t, "--dir", dir, "--to", "+50212345678", "--text", "Vamos en camino")
		if err != nil || (m.State != "sent" && m.State != "delivered" && m.State != "read") {
			t.Errorf("%+v %v", m, err)
		}
	}
}

// awayFolder is an inbox whose relay is away, and which knows one customer who
// wrote just now.
func awayFolder(t *testing.T) (dir string, s *store.Store) {
	t.Helper()
	dir = t.TempDir()
	config := strings.Replace(teamConfig, "https://relay.example.org", "http://127.0.0.1:9", 1)
	for name, text := range map[string]string{"config.toml": config, "token": "fd_a_b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := loadConfig(dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = openStore(t.Context(), filepath.Join(dir, "store.db"), cfg, time.Now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	key := event.Key("a team's key, 32 bytes of it ....")
	if err := s.Hello(t.Context(), store.Hello{Epoch: "e", Key: key}); err != nil {
		t.Fatal(err)
	}
	account := provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: "cloudapi"}
	wrote := provider.MessageReceived{
		Message: "wamid.1", From: provider.Sender{User: "50212345678", Phone: "50212345678", Name: "Juan"},
		SentAt: time.Now(), Content: provider.TextContent("hola"),
	}
	chat := key.Conversation(provider.ChatKey{Account: "shop", Chat: "50212345678"})
	err = s.Apply(t.Context(), []event.Event{
		{Seq: 1, ID: "account:shop", Account: "shop", Kind: event.KindAccount, Version: 1, At: time.Now(), Body: event.AccountDefined{Account: account}},
		{Seq: 2, ID: "m:wamid.1", Account: "shop", Conversation: chat, Kind: provider.KindMessage, Version: 1, At: time.Now(), Body: wrote},
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, s
}

// TestSendWhileTheRelayIsAway: the message is kept, and what is said of it is
// what is known: that it is queued, or that a refusal goes by old news.
func TestSendWhileTheRelayIsAway(t *testing.T) {
	dir, s := awayFolder(t)
	send := func(ctx context.Context, args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		args = append([]string{"send", "--dir", dir, "--json", "--text", "vamos"}, args...)
		code := environment{args: args, out: &out, errs: &errs, getenv: os.Getenv}.main(ctx)
		return code, out.String(), errs.String()
	}
	kept := func(said string) {
		t.Helper()
		var m messageJSON
		if err := json.Unmarshal([]byte(said), &m); err != nil || m.State != "queued" || m.Op == "" {
			t.Errorf("it printed %q", said)
		}
	}
	code, out, errs := send(t.Context(), "--to", "+502 1234-5678", "--timeout", "100ms")
	kept(out)
	if code != 1 || !strings.Contains(errs, "not sent within 100ms: it is queued; it stays in the outbox") {
		t.Errorf("code %d, said %q", code, errs)
	}
	code, out, errs = send(t.Context(), "--to", "+502 9999-9999")
	if code != 1 || out != "" || !strings.Contains(errs, "the relay cannot be reached; going by what was known before: not sent: ") {
		t.Errorf("code %d, printed %q, said %q", code, out, errs)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		defer interrupt()
		for t.Context().Err() == nil {
			if c, err := s.Counts(t.Context()); err == nil && c.Outbox.Queued == 2 {
				return
			}
		}
	}()
	code, out, errs = send(ctx, "--to", "+50212345678")
	kept(out)
	if code != 1 || !strings.Contains(errs, "interrupted: it is queued; it stays in the outbox") {
		t.Errorf("code %d, said %q", code, errs)
	}
}

// TestWhyItIsBehind: what keeps this store from knowing what the relay knows is
// said as it is, and is not always the relay.
func TestWhyItIsBehind(t *testing.T) {
	for state, want := range map[string]string{
		"": "",
		"The relay cannot be reached. It is tried again by itself.":                          "the relay cannot be reached",
		"The store on this machine is damaged. Nothing more is taken in. Close this.":        "the store on this machine is damaged",
		"The relay knows less than this terminal: it was restored from an older backup. Ask": "the relay knows less than this terminal: it was restored from an older backup",
		"Unknown": "unknown",
	} {
		if got := clause(state); got != want {
			t.Errorf("%q is %q, want %q", state, got, want)
		}
	}
}

// --to takes a user id and the user name of somebody who has written; a name that
// nobody has is told to lead nowhere.
func TestSendToOtherNames(t *testing.T) {
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "9")
	for to, says := range map[string]string{
		"@nobody.here": "no network can be written to by a user name", "DE.5512009": "The customer has not written yet",
		"de.5512009": "is not a phone number", "@\x1b[2J": "nobody here was last seen",
	} {
		_, err := frontdesk(t, "send", "--to", to, "--text", "hello", "--account", demoAccountOf(t, dir), "--dir", dir)
		refusedWith(t, err, 1, says)
	}
}

// demoAccountOf is the demo's account on WhatsApp.
func demoAccountOf(t *testing.T, dir string) string {
	t.Helper()
	for _, c := range listConversations(t, dir, "all") {
		if c.Network == "whatsapp" {
			return c.Account
		}
	}
	t.Fatal("there is none")
	return ""
}
