package main

import (
	"strings"
	"testing"
)

// TestTargetsFromTheCommandLine: what is set is judged at once, counted, listed by its
// view and in the order by target; what would do nothing is refused with the reason.
func TestTargetsFromTheCommandLine(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9", "--speed", "0.01")
	out, err := frontdesk(t, "targets", "set", "all", "--first", "1m", "--next", "1m", "--dir", dir)
	if err != nil || !strings.Contains(string(out), "target all: shared") {
		t.Fatalf("beside the inbox: %v %s", err, out)
	}
	inbox.stop(t)
	var late, all []conversationJSON
	readJSON(t, &late, "conversations", "list", "--view", "late", "--json", "--dir", dir)
	readJSON(t, &all, "conversations", "list", "--filter", "sort:target", "--json", "--dir", dir)
	if len(late) == 0 || len(all) <= len(late) || late[0].TargetAt.IsZero() || late[0].ID != all[0].ID || all[len(all)-1].Target != "" {
		t.Errorf("late %+v, all %+v", late, all)
	}
	var st statsJSON
	readJSON(t, &st, "stats", "--json", "--days", "60", "--dir", dir)
	if len(st.Targets) != 1 || st.Targets[0].Name != "all" || st.Targets[0].FirstWithin != 60 || st.Targets[0].First.Missed == 0 {
		t.Errorf("counted %+v", st.Targets)
	}
	if out, err = frontdesk(t, "conversations", "list", "--view", "late", "--dir", dir); err != nil || !strings.Contains(string(out), "reply late −") {
		t.Errorf("in words: %v %s", err, out)
	}
	for what, args := range map[string][]string{
		"needs":                   {"set", "x"},
		"from 1m":                 {"set", "x", "--first", "1s"},
		`no hours "office"`:       {"set", "x", "--first", "15m", "--hours", "office"},
		`no inbox "nobody"`:       {"set", "x", "--first", "15m", "--accounts", "nobody"},
		"it needs a name":         {"set", " ", "--first", "15m"},
		`there is no target "x"`:  {"remove", "x"},
		"targets knows list, set": {"rename", "x"},
	} {
		out, err := frontdesk(t, append([]string{"targets", "--dir", dir}, args...)...)
		if err == nil || !strings.Contains(err.Error()+string(out), what) {
			t.Errorf("%q: %s %v", args, out, err)
		}
	}
	hours := `{"zone":"Europe/Madrid","week":{"mon":["09:00-18:00"]}}`
	for _, args := range [][]string{
		{"rules", "set", "office", hours, "--hours"},
		{"targets", "set", "office", "--resolution", "8h", "--hours", "office", "--label", "vip"},
		{"rules", "remove", "office", "--hours"},
	} {
		if out, err := frontdesk(t, append(args, "--dir", dir)...); err != nil {
			t.Fatalf("alone, %q: %v %s", args, err, out)
		}
	}
	var list []targetJSON
	readJSON(t, &list, "targets", "list", "--json", "--dir", dir)
	if len(list) != 2 || list[0].Name != "all" || !list[0].Shared || list[0].Trouble != "" || !strings.Contains(list[1].Trouble, `no hours "office"`) {
		t.Errorf("listed %+v", list)
	}
	if out, err = frontdesk(t, "targets", "remove", "all", "--dir", dir); err != nil {
		t.Fatalf("remove: %v %s", err, out)
	}
	readJSON(t, &late, "conversations", "list", "--view", "late", "--json", "--dir", dir)
	if len(late) != 0 {
		t.Errorf("late without a target: %+v", late)
	}
}
