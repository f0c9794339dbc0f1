package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// acted runs a triage verb with --json and returns what it printed.
func acted(t *testing.T, dir string, args ...string) (triageJSON, error) {
	t.Helper()
	out, err := frontdesk(t, append(args, "--json", "--dir", dir)...)
	var got triageJSON
	if len(out) > 0 {
		if e := json.Unmarshal(out, &got); e != nil {
			t.Fatalf("no JSON: %v\n%s", e, out)
		}
	}
	return got, err
}

// refusedWith checks that a verb fails with an exit code and says something.
func refusedWith(t *testing.T, err error, code int, says string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("exit status %d:", code)) || !strings.Contains(err.Error(), says) {
		t.Errorf("%v: want exit %d and %q", err, code, says)
	}
}

func named(t *testing.T, dir, view, name string) conversationJSON {
	t.Helper()
	for _, c := range listConversations(t, dir, view) {
		if c.Name == name {
			return c
		}
	}
	return conversationJSON{}
}

// TestTriageVerbsBesideTheInbox: what an agent does with a key a script does with a
// verb, while another process holds the store and publishes.
func TestTriageVerbsBesideTheInbox(t *testing.T) {
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9")
	id := named(t, dir, "all", "Juan Pérez").ID
	for _, c := range []struct {
		args []string
		view string
		is   func(conversationJSON) bool
	}{
		{[]string{"snooze", id, "in", "2h"}, "snoozed", func(c conversationJSON) bool {
			return c.Status == "snoozed" && time.Until(c.SnoozedUntil) > 110*time.Minute
		}},
		{[]string{"snooze", id, "reply"}, "snoozed", func(c conversationJSON) bool { return c.SnoozedUntil.IsZero() }},
		{[]string{"reopen", id}, "all", func(c conversationJSON) bool { return c.Status == "open" }},
		{[]string{"label", id, "gold member", "billing"}, "all", func(c conversationJSON) bool {
			return slices.Contains(c.Labels, "billing") && slices.Contains(c.Labels, "gold member")
		}},
		{[]string{"label", id, "--off", "billing"}, "all", func(c conversationJSON) bool {
			return !slices.Contains(c.Labels, "billing") && slices.Contains(c.Labels, "gold member")
		}},
		{[]string{"priority", id, "urgent"}, "all", func(c conversationJSON) bool { return c.Priority == "urgent" }},
		{[]string{"assign", id, demoTeammate}, "all", func(c conversationJSON) bool { return c.Assignee == demoTeammate }},
		{[]string{"assign", id, "me"}, "mine", func(c conversationJSON) bool { return c.Assignee == demoAgent }},
		{[]string{"resolve", id, "--notes", "done", "--stars", "5", "--follow-up", "in 3 days"}, "resolved", func(c conversationJSON) bool { return c.Status == "resolved" }},
	} {
		got, err := acted(t, dir, c.args...)
		if err != nil || got.State != "shared" || got.Op == "" {
			t.Errorf("%v: %+v, %v", c.args, got, err)
		}
		if row := named(t, dir, c.view, "Juan Pérez"); row.ID == "" || !c.is(row) || row.Pending {
			t.Errorf("%v: %+v", c.args, row)
		}
	}
	if got, err := acted(t, dir, "resolve", id); err != nil || got.State != stateUnchanged {
		t.Errorf("resolved twice: %+v, %v", got, err)
	}
	if got, err := acted(t, dir, "note", id, "asked the shop"); err != nil || got.State != "shared" {
		t.Errorf("note: %+v, %v", got, err)
	}
	var gold []conversationJSON
	readJSON(t, &gold, "conversations", "list", "--dir", dir, "--json", "--view", "resolved", "--filter", `label:"gold member" sort:priority`)
	if len(gold) != 1 || gold[0].ID != id {
		t.Errorf("filtered: %+v", gold)
	}
	_, err := frontdesk(t, "conversations", "list", "--dir", dir, "--filter", "hue:red")
	refusedWith(t, err, 2, "“hue:red” is no filter")
	rows := listMessages(t, dir, id)
	if last := rows[len(rows)-1]; last.Kind != "note" || last.Content.Text != "asked the shop" {
		t.Errorf("the newest row is %+v", last)
	}
	inbox.stop(t)
}

// TestTriageVerbsThatAreNotUnderstood: a word at the place, exit 2 for the command
// line and 1 for what is not there, and nothing changes.
func TestTriageVerbsThatAreNotUnderstood(t *testing.T) {
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "9").stop(t)
	before := named(t, dir, "all", "Juan Pérez")
	id := before.ID
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"snooze", id, "wenesday"}, 2, "“wenesday” is no time"},
		{[]string{"snooze", id, "today", "00:00"}, 2, "has gone by"},
		{[]string{"snooze", id}, 2, "something is missing"},
		{[]string{"assign", id, "nobody-here"}, 1, "nobody of the team"},
		{[]string{"label", id, "a\x1b[31m"}, 2, "cannot be seen"},
		{[]string{"label", id, strings.Repeat("x", 41)}, 2, "at most 40"},
		{[]string{"priority", id, "soon"}, 2, "no priority"},
		{[]string{"note", id, " "}, 2, "empty"},
		{[]string{"resolve", id, "--stars", "6"}, 2, "1 to 5"},
		{[]string{"resolve", "c_nobody"}, 1, "no conversation"},
	} {
		_, err := acted(t, dir, c.args...)
		refusedWith(t, err, c.code, c.says)
	}
	if row := named(t, dir, "all", "Juan Pérez"); !reflect.DeepEqual(before, row) {
		t.Errorf("something was done: %+v", row)
	}
}

// TestTriageVerbWithoutARelay: it is kept, shown, and says that nobody has it.
func TestTriageVerbWithoutARelay(t *testing.T) {
	dir, s := awayFolder(t)
	list, err := s.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := acted(t, dir, "resolve", string(list[0].ID), "--timeout", "1s")
	if err != nil || got.State != "kept" || got.Status != "resolved" {
		t.Errorf("%+v, %v", got, err)
	}
	if rows := listConversations(t, dir, "resolved"); len(rows) != 1 || !rows[0].Pending {
		t.Errorf("%+v", rows)
	}
}

// TestAVerbWakesWhatIsDue: with no inbox running, and no relay, what was snoozed until
// now is in the list again.
func TestAVerbWakesWhatIsDue(t *testing.T) {
	dir, s := awayFolder(t)
	list, err := s.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	at := time.Now().Add(2 * time.Second)
	if _, err := s.Do(t.Context(), store.Action{Conversation: list[0].ID, Body: event.Snoozed{Until: at}, Expect: event.AspectStatus}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if rows := listConversations(t, dir, "all"); len(rows) != 0 && time.Now().Before(at) {
		t.Errorf("before its time: %+v", rows)
	}
	<-time.After(time.Until(at))
	if rows := listConversations(t, dir, "all"); len(rows) != 1 || rows[0].Status != "open" {
		t.Errorf("at its time: %+v", rows)
	}
}

// terminal is a teammate's own machine on the office's relay, in a folder of its own;
// it knows all that the relay has, and goes on knowing.
func (f *office) terminal(agent, dir string) *desk {
	f.t.Helper()
	d := f.unplugged(agent, dir)
	f.plug(d)
	return d
}

// unplugged is a terminal that reaches nobody.
func (f *office) unplugged(agent, dir string) *desk {
	f.t.Helper()
	return f.unpluggedAt(agent, dir, f.backend.url, time.Now)
}

// unpluggedAt is unplugged, with a clock and the way to the relay of its own.
func (f *office) unpluggedAt(agent, dir, relay string, clock func() time.Time) *desk {
	f.t.Helper()
	config := fmt.Sprintf("relay = %q\nagent = %q\ntoken = %q\n\n[[account]]\nid = %q\nnetwork = \"whatsapp\"\ndriver = \"cloudapi\"\n",
		relay, agent, "file:"+filepath.Join(f.dir, agent+".token"), demoAccount)
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		f.t.Fatal(err)
	}
	cfg, err := loadConfig(dir, os.Getenv)
	if err != nil {
		f.t.Fatal(err)
	}
	d, err := f.env.newDesk(f.t.Context(), cfg, clock)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(d.Close)
	return d
}

func (f *office) plug(d *desk) {
	f.t.Helper()
	live := make(chan struct{}, 1)
	d.setOnLink(signalLive(live))
	if err := d.start(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	if err := awaitLive(f.t.Context(), live); err != nil {
		f.t.Fatal(err)
	}
}

// TestABatchThatATeammateWasFasterWith: everything is resolved at once without a
// relay, a teammate was first with one of them, and the rest stands.
func TestABatchThatATeammateWasFasterWith(t *testing.T) {
	f := openOffice(t)
	dir := t.TempDir()
	f.terminal(demoTeammate, dir).Close()
	d := f.unplugged(demoTeammate, dir)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s := tuitest.New(t, tui.New(ctx, d.screenOptions()), 160, 40)
	s.Press("g", "a")
	s.WaitFor(func(screen string) bool { return strings.Contains(listPane(screen), "Mariela") })
	s.Press("*")
	s.WaitText(" selected")
	s.Press("e")
	s.WaitText("z undoes")
	n, err := d.store.Count(t.Context(), store.ViewAll)
	if err != nil || n != 0 {
		t.Fatalf("%d are left, %v", n, err)
	}
	f.publish(demoAgent, "Mariela", event.Resolved{})
	f.publish(demoAgent, "Mariela", event.Reopened{})
	if err := d.start(t.Context()); err != nil { // the screen stays the one that hears of the link
		t.Fatal(err)
	}
	s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, "1 of ") && strings.Contains(screen, " taken back: ana reopened it first.")
	})
	s.Press("g", "a")
	s.WaitFor(func(screen string) bool {
		return strings.Contains(listPane(screen), "Mariela") && strings.Contains(screen, "All 1 ")
	})
	until(t, f.store, "the teammates have the rest", func() bool {
		n, err := f.store.Count(t.Context(), store.ViewAll)
		return err == nil && n == 1
	})
}

// TestASnoozeEndsOnEveryTerminal: a key on one is seen on the other, and it is back
// on both at the instant, with the relay gone in between.
func TestASnoozeEndsOnEveryTerminal(t *testing.T) {
	f := openOffice(t)
	ben := f.terminal(demoTeammate, t.TempDir())
	juan := f.conversation("Juan").ID
	s := f.screen(160, 48)
	search(s, "Juan Pérez")
	s.Press("h")
	s.WaitText("Snooze until")
	s.Type("in 2h")
	s.Press("enter")
	s.WaitText("snoozed Juan Pérez until")
	stands := func(d *desk, want store.ConversationStatus) func() bool {
		return func() bool {
			c, err := d.store.Conversation(t.Context(), juan)
			return err == nil && c.Status == want
		}
	}
	until(t, ben.store, "the teammate sees it snoozed", stands(ben, store.StatusSnoozed))
	s.Press("z")
	until(t, ben.store, "the teammate sees it taken back", stands(ben, store.StatusOpen))
	at := time.Now().Add(3 * time.Second)
	f.publish(demoTeammate, "Juan", event.Snoozed{Until: at})
	until(t, ben.store, "it is snoozed at one", stands(ben, store.StatusSnoozed))
	until(t, f.store, "it is snoozed at the other", stands(f.desk, store.StatusSnoozed))
	relay := f.backend
	f.backend = nil
	relay.Close()
	s.Press("g", "a")
	until(t, ben.store, "it is back at one", stands(ben, store.StatusOpen))
	until(t, f.store, "it is back at the other", stands(f.desk, store.StatusOpen))
	if early := time.Until(at); early > time.Millisecond {
		t.Errorf("it is back %s early", early)
	}
	s.WaitText("back since")
}
