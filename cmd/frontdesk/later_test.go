package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// settingRows is what `rules list --json` prints.
func settingRows(t *testing.T, dir string) []ruleJSON {
	t.Helper()
	out, err := frontdesk(t, "rules", "list", "--json", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	var rows []ruleJSON
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatalf("no JSON: %v\n%s", err, out)
	}
	return rows
}

// TestRulesVerb: rules and hours are set, listed and removed beside an open inbox, and
// what is wrong with one is said before anything is changed.
func TestRulesVerb(t *testing.T) {
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9")
	for _, args := range [][]string{
		{"set", "--hours", "office", `{"zone":"UTC","week":{"mon":["09:00-17:00"]}}`},
		{"set", "closed", `{"do":"auto-reply","hours":"office","text":"Abrimos a las nueve."}`},
		{"set", "silence", `{"do":"auto-resolve","after":"48h"}`},
		{"remove", "silence"},
	} {
		if _, err := frontdesk(t, append([]string{"rules", "--dir", dir}, args...)...); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	rows := settingRows(t, dir)
	if len(rows) != 2 || rows[0].Name != "office" || rows[1].Name != "closed" || rows[1].By != demoAgent || rows[1].Pending || rows[1].Trouble != "" {
		t.Errorf("listed %+v", rows)
	}
	for args, want := range map[string]string{
		`set x {"do":"sing"}`:        "there is no rule",
		`set x nonsense`:             "not the JSON",
		`set --hours x {"zone":"M"}`: "there is no zone",
		`remove nothing`:             "there is no nothing",
		`set x`:                      "rules knows",
	} {
		_, err := frontdesk(t, append([]string{"rules", "--dir", dir}, strings.Fields(args)...)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
	if rows := settingRows(t, dir); len(rows) != 2 {
		t.Errorf("after what is wrong: %+v", rows)
	}
	inbox.stop(t)
}

// TestSendAt: a message for later is the team's before the verb ends, says when it goes,
// and leaves by itself from the inbox that is open; a time that is none is said.
func TestSendAt(t *testing.T) {
	dir := t.TempDir()
	inbox := startHeadless(t, dir, "--seed", "9", "--speed", "40")
	var open conversationJSON
	for _, c := range listConversations(t, dir, "all") {
		if c.Name == "Juan Pérez" {
			open = c
		}
	}
	m, err := sent(t, "--dir", dir, "--conversation", open.ID, "--text", "Mañana le llamo", "--at", "in 2h")
	if err != nil || m.State != "scheduled" || m.Due.Before(time.Now().Add(time.Hour)) || m.Seq == 0 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := sent(t, "--dir", dir, "--conversation", open.ID, "--text", "x", "--at", "some day"); err == nil || !strings.Contains(err.Error(), "no time") {
		t.Errorf("no time: %v", err)
	}
	if _, err := sent(t, "--dir", dir, "--conversation", open.ID, "--text", "x", "--at", "in 2h", "--wait", "sent"); err == nil {
		t.Error("--at with --wait is taken")
	}
	inbox.stop(t)
}

// TestScheduledLeavesByItself: what is scheduled stands in the thread with its time, for
// a teammate too, and at that time the customer has it, with nobody at a key.
func TestScheduledLeavesByItself(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	f := openOffice(t)
	s := f.screen(120, 40)
	search(s, "Juan Pérez")
	c := f.conversation("Juan")
	const text = "Ya vamos en camino"
	_, err := f.store.Schedule(t.Context(), provider.Outgoing{
		To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: provider.TextContent(text),
	}, f.now().Add(3*time.Second), "")
	if err != nil {
		t.Fatal(err)
	}
	f.wake()
	s.WaitText("◷ goes at")
	s.WaitFor(func(screen string) bool { return strings.Contains(stateOf(screen, text), "✓") })
	n := 0
	for _, m := range f.backend.sim.Accepted() {
		if m.To == f.person("Juan").Chat() && m.Content.Text == text {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the network took it %d times", n)
	}
}

// TestDoctorOnTheWorker: it says whether somebody does what the rules say, and what was
// left past its time.
func TestDoctorOnTheWorker(t *testing.T) {
	_, s := awayFolder(t)
	apply := func(seq event.Seq, e event.Event) {
		t.Helper()
		e.Seq, e.ID, e.Version, e.Kind = seq, fmt.Sprint("e", seq), 1, e.Body.Kind()
		if err := s.Apply(t.Context(), []event.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	says := func(level, want string) {
		t.Helper()
		c := &checkup{}
		d := &desk{store: s}
		if err := d.examineWorker(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		for _, f := range c.Findings {
			if f.Level == level && f.About == "worker" && strings.Contains(f.Text, want) {
				return
			}
		}
		t.Errorf("no %q (%s) in %+v", want, level, c.Findings)
	}
	now := s.Now()
	says(levelOK, "no rule needs one")
	lease := func(until time.Time) event.Set {
		raw, err := json.Marshal(event.Lease{Terminal: "t", Until: until, Ran: now})
		if err != nil {
			t.Fatal(err)
		}
		return event.Set{What: event.SettingWorker, Name: event.LeaseName, Value: raw}
	}
	apply(3, event.Event{By: "bot", At: now, Body: lease(now.Add(-time.Hour))})
	says(levelNote, "no worker is alive; bot was")
	apply(4, event.Event{By: "ana", At: now, Body: event.Set{What: event.SettingRule, Name: "r", Value: json.RawMessage(`{}`)}})
	says(levelWrong, "no worker does them; bot did")
	apply(5, event.Event{By: "bot", At: now, Body: lease(now.Add(time.Hour))})
	says(levelOK, "bot does the team's work")
	c, err := s.FindConversation(t.Context(), "shop", "50212345678")
	if err != nil {
		t.Fatal(err)
	}
	late := event.SendState{Op: "o", State: event.JobScheduled, Chat: c.Chat, Due: now.Add(-time.Hour), Plan: event.Plan{Edition: 1}}
	apply(6, event.Event{By: "ana", At: now, Account: "shop", Conversation: c.ID, Body: late})
	says(levelWrong, "1 scheduled messages are past their time")
}

// TestTerminalsName: a folder's terminal is named once, and keeps its name.
func TestTerminalsName(t *testing.T) {
	dir := t.TempDir()
	one, two := &config{dir: dir}, &config{dir: dir}
	if err := one.nameTerminal(); err != nil {
		t.Fatal(err)
	}
	if err := two.nameTerminal(); err != nil || one.terminal == "" || one.terminal != two.terminal {
		t.Errorf("%q and %q, %v", one.terminal, two.terminal, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "terminal")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	none := &config{dir: filepath.Join(dir, "terminal", "no")}
	if err := none.nameTerminal(); err == nil {
		t.Error("a name was kept where nothing can be")
	}
}

// TestWorkerVerb: a terminal without a screen holds the store, sends what is scheduled and
// has the lease while it runs.
func TestWorkerVerb(t *testing.T) {
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "9").stop(t)
	if _, err := frontdesk(t, "worker", "--dir", dir, "extra"); err == nil {
		t.Error("a word too many is taken")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	e := environment{args: []string{"worker", "--dir", dir}, out: io.Discard, errs: io.Discard, getenv: os.Getenv}
	go func() { ended <- e.run(ctx) }()
	deadline := time.Now().Add(30 * time.Second)
	for leaseOf(t, dir).Terminal == "" {
		if time.Now().After(deadline) {
			t.Fatal("it never had the lease")
		}
		time.Sleep(50 * time.Millisecond) // another process writes the store
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the worker ended with %v", err)
	}
}

func leaseOf(t *testing.T, dir string) (l event.Lease) {
	t.Helper()
	cfg, err := loadConfig(dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(t.Context(), filepath.Join(dir, "store.db"), cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.Settings(t.Context(), event.SettingWorker)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if !x.Pending {
			_ = json.Unmarshal(x.Value, &l)
		}
	}
	return l
}

// colleagueDesk is ben's own terminal on the office's relay.
func (f *office) colleagueDesk() *desk {
	f.t.Helper()
	dir := f.t.TempDir()
	config := fmt.Sprintf("relay = %q\nagent = %q\ntoken = %q\n\n[[account]]\nid = %q\nnetwork = \"whatsapp\"\ndriver = \"cloudapi\"\n",
		f.backend.url, demoTeammate, "file:"+filepath.Join(f.dir, demoTeammate+".token"), demoAccount)
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		f.t.Fatal(err)
	}
	d, err := f.env.openDesk(f.t.Context(), dir)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(d.Close)
	live := make(chan struct{}, 1)
	d.setOnLink(signalLive(live))
	if err := d.start(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	if err := awaitLive(f.t.Context(), live); err != nil {
		f.t.Fatal(err)
	}
	return d
}

// TestATeammateCancelsWhatIsScheduled: from Ctrl+D at one terminal to D at another, each
// sees what the other did within a blink, and the customer gets nothing.
func TestATeammateCancelsWhatIsScheduled(t *testing.T) {
	f := openOffice(t)
	ben := f.colleagueDesk()
	mine := f.screen(120, 40)
	theirs := tuitest.New(t, tui.New(t.Context(), ben.screenOptions()), 120, 40)
	theirs.WaitText("live")
	search(mine, "Juan Pérez")
	search(theirs, "Juan Pérez")
	const text = "Nos vemos el martes"
	mine.Press("r")
	mine.WaitText("WRITE")
	mine.Type(text)
	mine.Press("ctrl+d")
	mine.WaitText("Send later")
	mine.Type("in 3 days")
	mine.WaitText("The window closes before that")
	mine.Press("enter")
	mine.WaitText("◷ goes on")
	theirs.WaitText(text)
	theirs.WaitText("◷ goes on")
	theirs.Press("D")
	theirs.WaitText("cancelled, nothing goes out")
	mine.WaitFor(func(screen string) bool { return strings.Contains(stateOf(screen, text), "discarded") })
	for _, m := range f.backend.sim.Accepted() {
		if m.Content.Text == text {
			t.Errorf("the customer got it: %+v", m)
		}
	}
}
