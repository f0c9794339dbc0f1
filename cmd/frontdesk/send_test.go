package main

import (
	"encoding/json"
	"testing"
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
