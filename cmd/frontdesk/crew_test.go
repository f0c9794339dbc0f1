package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// crew is three people on one relay, each at a terminal: ana at the office's own, and ben
// and zoe on links that can be cut.
type crew struct {
	*office
	ana      *tuitest.Screen
	ben, zoe *chair
}

// TestThreeAtOneRelay: a team's queue, claims and resolutions by two at once with the
// network cut in the middle, a reply that landed first, and many at once taken back.
func TestThreeAtOneRelay(t *testing.T) {
	f := openOffice(t)
	f.hires("zoe")
	c := &crew{office: f, ana: f.screen(160, 48), ben: f.chair(demoTeammate, time.Now), zoe: f.chair("zoe", time.Now)}
	for _, args := range [][]string{{"teams", "add", "support", demoAgent, demoTeammate}, {"teams", "members", "support", "zoe"}} {
		if out, _, err := f.verb(args...); err != nil || !strings.Contains(out, "shared") {
			t.Fatalf("%v: %s, %v", args, out, err)
		}
	}
	c.givenToATeam()
	c.claimedByTwo()
	c.resolvedByTwo()
	c.aReplyLandsFirst()
	c.manyAreTakenBack()
	c.oneIsRemoved()
}

// stands waits until a conversation is so at every terminal.
func (c *crew) stands(customer, what string, is func(store.Conversation) bool) {
	c.t.Helper()
	id := c.conversation(customer).ID
	for _, d := range []*desk{c.desk, c.ben.desk, c.zoe.desk} {
		until(c.t, d.store, customer+" "+what+" at "+string(d.cfg.Agent), func() bool {
			now, err := d.store.Conversation(c.t.Context(), id)
			return err == nil && is(now) && !now.Pending
		})
	}
}

// givenToATeam: what ana gives to the team is in the queue that ben and zoe see.
func (c *crew) givenToATeam() {
	search(c.ana, "Marcus")
	c.ana.Press("a")
	c.ana.WaitText("team")
	c.ana.Type("support")
	c.ana.WaitText("› support")
	c.ana.Press("enter")
	c.ana.WaitText("gave Marcus Webb to the team support")
	c.stands("Marcus", "is in the queue", func(now store.Conversation) bool { return now.Team == "support" && now.Assignee == "" })
	for _, s := range []*tuitest.Screen{c.ben.Screen, c.zoe.Screen} {
		s.Press("v")
		s.WaitText("a team · 1 of nobody")
		s.Type("support")
		s.WaitText("› support")
		s.Press("enter")
		s.WaitText("support 1")
		s.WaitText("open · support · nobody")
	}
}

// claimedByTwo: both claim while neither reaches the relay; whoever is back first has it,
// and the other is told who.
func (c *crew) claimedByTwo() {
	c.ben.cut()
	c.zoe.cut()
	c.ben.Press("C")
	c.ben.WaitText("gave Marcus Webb to ben")
	c.zoe.Press("C")
	c.zoe.WaitText("gave Marcus Webb to zoe")
	c.ben.mend()
	until(c.t, c.desk.store, "ben has it", func() bool { return c.conversation("Marcus").Assignee == demoTeammate })
	c.zoe.mend()
	c.zoe.WaitText("taken back for Marcus Webb: ben assigned it first.")
	c.stands("Marcus", "is ben's", func(now store.Conversation) bool { return now.Assignee == demoTeammate && now.Team == "support" })
}

// resolvedByTwo: ben resolves and his link breaks; ana has it resolved and open again
// before he is back.
func (c *crew) resolvedByTwo() {
	c.ben.cut()
	search(c.ben.Screen, "Mariela")
	c.ben.Press("E")
	c.ben.WaitText("resolved Mariela")
	search(c.ana, "Mariela")
	c.ana.Press("E")
	c.stands2("Mariela", store.StatusResolved)
	c.ben.mend()
	c.ben.WaitText("taken back for Mariela Gómez: ana resolved it first.")
	c.stands("Mariela", "is resolved once", func(now store.Conversation) bool { return now.Status == store.StatusResolved })
}

// stands2 waits for a status where ben is not.
func (c *crew) stands2(customer string, want store.ConversationStatus) {
	c.t.Helper()
	id := c.conversation(customer).ID
	for _, d := range []*desk{c.desk, c.zoe.desk} {
		until(c.t, d.store, customer+" is "+string(want), func() bool {
			now, err := d.store.Conversation(c.t.Context(), id)
			return err == nil && now.Status == want && !now.Pending
		})
	}
}

// aReplyLandsFirst: ana types, ben is quicker; Enter shows what he wrote, and the customer
// has one answer.
func (c *crew) aReplyLandsFirst() {
	juan := c.person("Juan")
	before := c.got(juan)
	search(c.ana, "Juan Pérez")
	c.ana.Press("r")
	c.ana.WaitText("WRITE")
	c.ana.Type("Ya salió")
	c.ben.writes("Juan Pérez", "El técnico está en la puerta")
	c.ana.WaitText("El técnico está en la puerta")
	c.ana.Press("enter")
	c.ana.WaitText("ben replied at")
	c.ana.Press("esc", "esc")
	c.ana.WaitText("TRIAGE")
	if n := c.got(juan); n != before+1 {
		c.t.Errorf("Juan has %d answers", n-before)
	}
	c.ana.WaitFor(func(string) bool { // it is kept as she leaves
		draft, err := c.desk.store.Draft(c.t.Context(), c.conversation("Juan").ID, store.DraftReply)
		return err == nil && draft == "Ya salió"
	})
}

// manyAreTakenBack: ana makes all of the team's and two more urgent, zoe changes one of
// them, and z takes back the others.
func (c *crew) manyAreTakenBack() {
	for _, who := range []string{"Murat", "Thiago", "Siobhan"} {
		search(c.ana, who)
		c.ana.Press("x")
	}
	c.ana.WaitText("3 selected")
	c.ana.Press("!", "u")
	c.ana.WaitText("z undoes")
	urgent := func(now store.Conversation) bool { return now.Priority == event.UrgentPriority }
	for _, who := range []string{"Murat", "Thiago", "Siobhan"} {
		c.stands(who, "is urgent", urgent)
	}
	search(c.zoe.Screen, "Thiago")
	c.zoe.Press("!", "l")
	c.stands("Thiago", "is low", func(now store.Conversation) bool { return now.Priority == event.LowPriority })
	c.ana.Press("z")
	c.ana.WaitText("not undone, 1 of 3: zoe has set the priority since.")
	for _, who := range []string{"Murat", "Siobhan"} {
		c.stands(who, "is as before", func(now store.Conversation) bool { return now.Priority == event.NoPriority })
	}
	c.stands("Thiago", "is low still", func(now store.Conversation) bool { return now.Priority == event.LowPriority })
}

// oneIsRemoved: zoe's token is revoked. What she has says so, nobody gives her more, and
// what ben gave her while he could not hear of it is taken back.
func (c *crew) oneIsRemoved() {
	c.publish(demoAgent, "Murat", event.Assigned{To: "zoe"})
	c.stands("Murat", "is zoe's", func(now store.Conversation) bool { return now.Assignee == "zoe" })
	search(c.ana, "Murat")
	c.ben.cut()
	search(c.ben.Screen, "Siobhan")
	c.ben.Press("a")
	c.ben.WaitText("Assign to")
	c.ben.Type("zoe")
	c.ben.WaitText("› zoe")
	c.ben.Press("enter")
	c.ben.WaitText("gave Siobhan Keane to zoe")
	if _, err := c.backend.relay.Tokens().Revoke(c.t.Context(), "zoe"); err != nil {
		c.t.Fatal(err)
	}
	c.ana.WaitText("@zoe (removed)")
	if out, _, err := c.verb("assign", string(c.conversation("Siobhan").ID), "zoe"); err == nil || !strings.Contains(err.Error(), "zoe was removed from the team") {
		c.t.Errorf("a verb gives it to zoe: %s, %v", out, err)
	}
	c.ben.mend()
	c.ben.WaitText("zoe was removed from the team. Give it to somebody else.")
	if got := c.conversation("Siobhan").Assignee; got == "zoe" {
		c.t.Error("zoe has it")
	}
	var teams []teamJSON
	readVerb(c.t, c.office, &teams, "teams", "list")
	if len(teams) != 1 || len(teams[0].Gone) != 1 || teams[0].Gone[0] != "zoe" || teams[0].Open != 1 {
		c.t.Errorf("the teams are %+v", teams)
	}
}

// readVerb reads what a verb prints with --json.
func readVerb(t *testing.T, f *office, into any, args ...string) {
	t.Helper()
	out, errs, err := f.verb(append(args, "--json")...)
	if err == nil {
		err = json.Unmarshal([]byte(out), into)
	}
	if err != nil {
		t.Fatalf("%v: %s %s, %v", args, out, errs, err)
	}
}

// TestTeamsFromTheCommandLine: what is wrong is said and changes nothing; what is right
// is everybody's at once.
func TestTeamsFromTheCommandLine(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	f := openOffice(t)
	juan := string(f.conversation("Juan").ID)
	for _, c := range []struct {
		says string
		args []string
	}{
		{"teams knows list, add NAME", []string{"teams", "paint"}},
		{"a team's name is letters and digits", []string{"teams", "add", "none"}},
		{"nobody of the team is called \"eve\"", []string{"teams", "add", "night", "eve"}},
		{"nobody is no member", []string{"teams", "add", "night", "nobody"}},
		{"there is no team \"night\"", []string{"teams", "members", "night", "ana"}},
		{"there is no team \"night\"", []string{"teams", "remove", "night"}},
		{"there is no team \"night\"", []string{"assign", juan, "--team", "night"}},
		{"nobody is named", []string{"assign", juan}},
		{"there is no team \"night\"", []string{"rules", "set", "turns", `{"do":"assign","by":"load","team":"night"}`}},
	} {
		if out, _, err := f.verb(c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %s, %v; want %q", c.args, out, err, c.says)
		}
	}
	for _, args := range [][]string{
		{"teams", "add", "night"},
		{"teams", "members", "night", "ana", "@ben"},
		{"teams", "members", "night", "ben", "--off"},
		{"assign", juan, "--team", "night"},
		{"rules", "set", "turns", `{"do":"assign","by":"load","team":"night"}`},
	} {
		if out, _, err := f.verb(args...); err != nil {
			t.Errorf("%q: %s, %v", args, out, err)
		}
	}
	for says, args := range map[string][]string{
		"there is a team \"night\" already": {"teams", "add", "night"}, "there is no inbox \"elsewhere\"": {"teams", "inboxes", "night", "elsewhere"},
	} {
		if _, _, err := f.verb(args...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", args, err)
		}
	}
	var teams []teamJSON
	readVerb(t, f, &teams, "teams", "list")
	if len(teams) != 1 || strings.Join(teams[0].Members, " ") != "ana" || teams[0].Open != 1 || teams[0].Queue != 1 || teams[0].Inboxes != nil {
		t.Errorf("%+v", teams)
	}
	var rows []conversationJSON
	readVerb(t, f, &rows, "conversations", "list", "--filter", "team:night")
	if len(rows) != 1 || rows[0].Team != "night" || rows[0].Assignee != "" {
		t.Errorf("%+v", rows)
	}
	if out, _, err := f.verb("assign", juan, "me", "--team", "none"); err != nil || f.conversation("Juan").Team != "" || f.conversation("Juan").Assignee != demoAgent {
		t.Errorf("%s, %v: %+v", out, err, f.conversation("Juan"))
	}
	if _, _, err := f.verb("teams", "inboxes", "night", demoAccount); err != nil {
		t.Error(err)
	}
	until(t, f.store, "who writes there comes to the team", func() bool { return f.conversation("Zoe").Team == "night" })
	if _, _, err := f.verb("teams", "remove", "night"); err != nil {
		t.Error(err)
	}
	var rules []ruleJSON
	readVerb(t, f, &rules, "rules", "list")
	if len(rules) != 1 || !strings.Contains(rules[0].Trouble, `there is no team "night"`) {
		t.Errorf("a rule of a team that is gone: %+v", rules)
	}
}
