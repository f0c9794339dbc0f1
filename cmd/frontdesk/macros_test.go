package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"frontdesk/store"
)

// withWindow is a conversation of the demo whose window is so.
func withWindow(t *testing.T, dir, window string) conversationJSON {
	t.Helper()
	for _, c := range listConversations(t, dir, "all") {
		if c.Window == window && c.Failed+c.Unsure == 0 && strings.Contains(c.Name, " ") && c.Network == "whatsapp" {
			return c
		}
	}
	t.Fatalf("none is %s", window)
	return conversationJSON{}
}

// A script makes a macro and runs it beside the inbox: the reply reaches the network and
// the team has every action. Where one conversation refuses a step nothing is done in any
// of them, and what is none is not taken.
func TestMacrosFromTheCommandLine(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9")
	open, closed := withWindow(t, dir, "open"), withWindow(t, dir, "closed")
	add := []string{
		"macros", "add", "Thanks", "--key", "t", "--step", "reply Thank you, {first name}.", "--step", "label +\"all good\"",
		"--step", "note thanked {name}", "--step", "resolve", "--dir", dir,
	}
	if out, err := frontdesk(t, add...); err != nil || !strings.Contains(string(out), "macro Thanks: shared") {
		t.Fatalf("%v %s", err, out)
	}
	_, err := frontdesk(t, "macros", "run", "Thanks", open.ID, closed.ID, "--dir", dir)
	refusedWith(t, err, 1, "nothing was done: “reply” cannot be done for "+closed.Name+": The window closed")
	if c := named(t, dir, "all", open.Name); slices.Contains(c.Labels, "all good") || c.Status != open.Status {
		t.Errorf("something was done: %+v", c)
	}
	out, err := frontdesk(t, "macros", "run", "Thanks", open.ID, open.ID, "--json", "--dir", dir)
	var ran macroRunJSON
	if err != nil || json.Unmarshal(out, &ran) != nil || ran.Conversations != 1 || ran.Actions != 3 || ran.Shared != 3 || len(ran.Messages) != 1 {
		t.Fatalf("%v %s", err, out)
	}
	if m := ran.Messages[0]; m.Content.Text != "Thank you, "+store.FirstName(open.Name)+"." {
		t.Errorf("sent %+v", m.Content)
	}
	if c := named(t, dir, "resolved", open.Name); c.ID != open.ID || !slices.Contains(c.Labels, "all good") {
		t.Errorf("it is %+v", c)
	}
	for _, bad := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"add", "a/b", "--step", "read"}, 2, "no slash"},
		{[]string{"add", "x\x1b[2J", "--step", "read"}, 2, "cannot be seen"},
		{[]string{"add", "x", "--step", "rm -rf"}, 2, "Line 1 is no step"},
		{[]string{"remove", "Thanks", "--mine"}, 1, "there is no macro"},
		{[]string{"run", "Thanks", "c_nowhere"}, 1, ""},
	} {
		_, err := frontdesk(t, append([]string{"macros", "--dir", dir}, bad.args...)...)
		refusedWith(t, err, bad.code, bad.says)
	}
	inbox.stop(t)
	if out, err = frontdesk(t, "macros", "remove", "Thanks", "--dir", dir); err != nil {
		t.Errorf("remove: %v %s", err, out)
	}
	out, err = frontdesk(t, "macros", "list", "--json", "--dir", dir)
	if err != nil || strings.TrimSpace(string(out)) != "[]" {
		t.Errorf("left %v %s", err, out)
	}
}
