package main

import (
	"encoding/json"
	"strings"
	"testing"

	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

func cannedIn(t *testing.T, dir string) []cannedJSON {
	t.Helper()
	out, err := frontdesk(t, "canned", "list", "--json", "--dir", dir)
	var list []cannedJSON
	if err != nil || json.Unmarshal(out, &list) != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return list
}

// A verb shares a canned response through the inbox that holds the store, or by
// itself where none is open; its own is its own, and what is wrong is said.
func TestCannedFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9")
	out, err := frontdesk(t, "canned", "set", "hours", "--text", "Hello {first name}", "--dir", dir)
	if err != nil || !strings.Contains(string(out), "canned hours: shared") {
		t.Fatalf("beside the inbox: %v %s", err, out)
	}
	inbox.stop(t)
	if out, err = frontdesk(t, "canned", "set", "sig", "--mine", "--text", "Ana", "--dir", dir); err != nil {
		t.Fatalf("alone: %v %s", err, out)
	}
	list := cannedIn(t, dir)
	if len(list) != 2 || list[0].Code != "hours" || list[0].Owner != "" || !list[0].Shared || list[1].Owner != demoAgent || !list[1].Shared {
		t.Fatalf("listed %+v", list)
	}
	for _, bad := range [][]string{
		{"set", "two words", "--text", "x"}, {"set", "x", "--text", " "}, {"remove", "sig"}, {"rename", "x"},
	} {
		if out, err := frontdesk(t, append([]string{"canned", "--dir", dir}, bad...)...); err == nil {
			t.Errorf("%q was taken: %s", bad, out)
		}
	}
	if out, err = frontdesk(t, "canned", "remove", "hours", "--dir", dir); err != nil || len(cannedIn(t, dir)) != 1 {
		t.Errorf("remove: %v %s", err, out)
	}
}

// What one terminal makes, a colleague's has; and what the colleague takes away is
// gone here, in the list that stands open.
func TestACannedResponseReachesTheTeam(t *testing.T) {
	f := openOffice(t)
	s := f.screen(120, 40)
	s.Press("ctrl+k")
	s.Type("canned")
	s.Press("enter")
	s.WaitText("There is no canned response yet.")
	s.Press("enter")
	s.Type("hours")
	s.Press("tab")
	s.Type("We are open from 9 to 18.")
	s.Press("enter")
	s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, "/hours  We are open") && !strings.Contains(screen, "not shared yet")
	})
	gone := client.Entry{ID: string(newOp()), Kind: event.KindSet, Body: event.Set{What: event.SettingCanned, Name: "hours"}}
	if _, err := f.seat("ben").relay.Publish(t.Context(), []client.Entry{gone}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("There is no canned response yet.")
	if list, err := f.store.Canned(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("left %+v, %v", list, err)
	}
}
