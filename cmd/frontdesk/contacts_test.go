package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// verb runs a verb beside the office, as another process would.
func (f *office) verb(args ...string) (out, errs string, err error) {
	var o, e bytes.Buffer
	env := environment{args: append(args, "--dir", f.dir), out: &o, errs: &e, getenv: os.Getenv}
	err = env.run(f.t.Context())
	return o.String(), e.String(), err
}

func (f *office) contact(name string) contactJSON {
	f.t.Helper()
	out, _, err := f.verb("contacts", "show", string(f.conversation(name).ID), "--json")
	var row contactJSON
	if err != nil || json.Unmarshal([]byte(out), &row) != nil {
		f.t.Fatalf("contacts show says %s, %v", out, err)
	}
	return row
}

func (f *office) says(name, text string) {
	f.t.Helper()
	if _, err := f.backend.sim.Say(f.person(name).Chat(), provider.TextContent(text)); err != nil {
		f.t.Fatal(err)
	}
}

// got is how many messages of ours a customer has.
func (f *office) got(who *simulator.Customer) (n int) {
	for _, m := range f.backend.sim.Accepted() {
		if m.To == who.Chat() {
			n++
		}
	}
	return n
}

// TestStopIsHeard: a customer writes STOP; from then on nothing goes to them, by
// whatever way it is tried, and the draft stays. START takes it back.
func TestStopIsHeard(t *testing.T) {
	f := openOffice(t)
	s := f.screen(160, 48)
	search(s, "Juan Pérez")
	s.Press("r")
	s.Type("Vamos en camino")
	had := f.got(f.person("Juan"))
	f.says("Juan", "Stop")
	s.WaitText("They asked for no more messages")
	s.WaitText("Your draft is kept.")
	s.WaitText("the customer wants no messages: “Stop”")
	s.Press("enter")
	s.WaitText("⊘ opted out")
	out, _, err := f.verb("send", "--conversation", string(f.conversation("Juan").ID), "--text", "hola")
	if err == nil || !strings.Contains(err.Error(), "no more messages") {
		t.Errorf("send says %q, %v", out, err)
	}
	// What was queued before anybody knew is not sent either.
	key, err := f.store.Send(t.Context(), provider.Outgoing{To: provider.ChatKey{Account: demoAccount, Chat: f.person("Juan").Chat()}, Content: provider.TextContent("queued")})
	if err != nil {
		t.Fatal(err)
	}
	f.wake()
	until(t, f.store, "the outbox has judged it", func() bool {
		m, err := f.store.Message(t.Context(), key)
		return err == nil && m.Job == event.JobFailed && m.Error.Reason == provider.OptedOut
	})
	if n := f.got(f.person("Juan")); n != had {
		t.Errorf("%d messages went to who wrote STOP", n-had)
	}
	ledger := f.contact("Juan").Ledger
	if len(ledger) != 1 || ledger[0].Source != string(store.SourceCustomer) || ledger[0].Detail != "Stop" || ledger[0].Allowed {
		t.Errorf("the ledger is %+v", ledger)
	}
	f.says("Juan", "START")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "⊘ opted out") && strings.Contains(screen, "reply  Vamos en camino")
	})
	s.Press("enter")
	s.WaitFor(func(screen string) bool { return strings.Contains(stateOf(screen, "Vamos en camino"), "✓") })
}

func do(s *tuitest.Screen, command string) {
	s.Press("ctrl+k")
	s.WaitText("Everything")
	s.Type(command)
	s.WaitText("› " + command)
	s.Press("enter")
}

// TestBlockedHereAndThere: blocking reaches the team and the network, z takes both
// back, and a network that refuses is told.
func TestBlockedHereAndThere(t *testing.T) {
	f := openOffice(t)
	s := f.screen(160, 48)
	search(s, "Juan Pérez")
	route := provider.Route(demoNumber)
	chat := f.person("Juan").Chat()
	f.says("Juan", "idiotas") // who has not written for a day cannot be blocked there
	s.WaitText("idiotas")
	do(s, "block the contact")
	s.WaitText("Block Juan Pérez?")
	s.Press("b")
	s.WaitText("WhatsApp blocks them, too.")
	s.WaitText("⊘ blocked")
	if !f.backend.sim.Blocked(route, chat) || !f.conversation("Juan").NetworkBlocks {
		t.Error("the network does not block them")
	}
	s.Press("esc", "z")
	s.WaitText("WhatsApp lets them write again.")
	until(t, f.store, "they are unblocked", func() bool {
		c, err := f.store.Conversation(t.Context(), f.conversation("Juan").ID)
		return err == nil && !c.Blocked && !c.NetworkBlocks
	})
	if f.backend.sim.Blocked(route, chat) {
		t.Error("the network blocks them still")
	}
	search(s, "Elif") // who last wrote days ago
	do(s, "block the contact")
	s.WaitText("Block Elif")
	s.Press("b")
	s.WaitText("The team's word stands; at WhatsApp it was not done")
	until(t, f.store, "the team blocks them", func() bool { return f.conversation("Elif").Blocked })
}

// TestTheContactsForm: what is typed into the form is the team's knowledge, and z
// takes it back.
func TestTheContactsForm(t *testing.T) {
	f := openOffice(t)
	s := f.screen(160, 48)
	search(s, "Juan Pérez")
	do(s, "describe the contact")
	s.WaitText("What the team knows")
	s.Press("tab", "tab", "tab")
	s.Type("calls on Fridays")
	s.Press("tab")
	s.Type("plan")
	s.Press("tab")
	s.Type("gold")
	s.Press("enter")
	s.WaitText("plan gold")
	s.WaitText("calls on Fridays")
	if c := f.contact("Juan"); c.Fields["plan"] != "gold" || c.About != "calls on Fridays" {
		t.Errorf("the store has %+v", c)
	}
	s.Press("z")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "plan gold") })
	// A time zone that is none is told, and the form stays.
	do(s, "describe the contact")
	s.Press("tab", "tab")
	s.Type("/Nowhere")
	s.Press("enter")
	s.WaitText("There is no time zone")
	s.Press("esc")
}

// TestJoinedContacts: two conversations are one person's on the screen and for
// the verbs; who was first is told; a split takes it back.
func TestJoinedContacts(t *testing.T) {
	f := openOffice(t)
	s := f.screen(160, 48)
	search(s, "Juan Pérez")
	do(s, "join with another contact")
	s.WaitText("Join with")
	s.Type("Mariela")
	s.WaitText("Mariela Gómez")
	s.Press("enter")
	s.WaitText("joined Juan Pérez")
	s.WaitText("Also")
	juan, mariela := f.conversation("Juan").ID, f.conversation("Mariela").ID
	if c := f.contact("Mariela"); len(c.Identities) != 2 {
		t.Errorf("they are %+v", c.Identities)
	}
	f.says("Mariela", "stop")
	s.WaitText("They asked for no more messages") // Juan's composer: it is one person
	s.Press("z")
	s.WaitText("r to write")
	if _, errs, err := f.verb("contacts", "merge", string(juan), string(mariela)); err != nil {
		t.Fatalf("merge says %s, %v", errs, err)
	}
	if _, _, err := f.verb("contacts", "merge", string(mariela), string(juan)); err == nil || !strings.Contains(err.Error(), "one contact already") {
		t.Errorf("merged twice: %v", err)
	}
	if _, _, err := f.verb("contacts", "split", string(mariela)); err != nil {
		t.Fatal(err)
	}
	if c := f.contact("Juan"); len(c.Identities) != 1 {
		t.Errorf("after the split they are %+v", c.Identities)
	}
}

// TestContactsVerbs: what a person does with a key a script does with a verb.
func TestContactsVerbs(t *testing.T) {
	f := openOffice(t)
	id := string(f.conversation("Juan").ID)
	run := func(args ...string) string {
		t.Helper()
		out, errs, err := f.verb(append([]string{"contacts"}, args...)...)
		if err != nil {
			t.Fatalf("%v: %v %s", args, err, errs)
		}
		return out
	}
	run("describe", id, "--name", "Juan el primero", "--language", "es", "--zone", "America/Bogota", "--field", "plan=gold", "--about", "pays late")
	run("consent", id, "--forbid", "--marketing", "--from", "a call on Monday")
	if out := run("list"); !strings.Contains(out, "Juan el primero") || !strings.Contains(out, "no marketing since") {
		t.Errorf("the list is\n%s", out)
	}
	c := f.contact("Juan")
	if c.Name != "Juan el primero" || c.Fields["plan"] != "gold" || c.About != "pays late" || len(c.Ledger) != 1 || c.Ledger[0].By != demoAgent ||
		c.Ledger[0].Detail != "a call on Monday" || c.NoMarketing.IsZero() || !c.NoMessages.IsZero() {
		t.Errorf("%+v", c)
	}
	run("consent", id, "--allow", "--marketing")
	run("describe", id, "--about", "-", "--field", "plan=")
	if c = f.contact("Juan"); len(c.Fields) != 0 || c.About != "" || !c.NoMarketing.IsZero() {
		t.Errorf("%+v", c)
	}
	if _, errs, err := f.verb("contacts", "block", id); err != nil || !strings.Contains(errs, "at the network it was not") {
		t.Errorf("beside a demo block says %q, %v", errs, err) // whose relay speaks with the demo alone
	}
	run("unblock", id)
	for _, wrong := range [][]string{{"show"}, {"consent", id}, {"describe", id}, {"export", id}, {"merge", id}, {"paint", id}} {
		if _, _, err := f.verb(append([]string{"contacts"}, wrong...)...); err == nil || !strings.Contains(err.Error(), ";") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

// TestExportOfAContact: everything of one person, for programs and for people, and
// nothing in it that a reader obeys.
func TestExportOfAContact(t *testing.T) {
	f := openOffice(t)
	const hostile = "[click](https://evil.example) \u202e# <b>\x1b[31m"
	f.says("Juan", hostile)
	until(t, f.store, "the message is here", func() bool { return strings.Contains(f.conversation("Juan").Preview.Text, "click") })
	folder := filepath.Join(t.TempDir(), "juan")
	id := string(f.conversation("Juan").ID)
	if _, _, err := f.verb("contacts", "export", id, "--to", folder); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(folder, "contact.json"))
	var row contactJSON
	if err != nil || json.Unmarshal(raw, &row) != nil || len(row.Conversations) != 1 || !bytes.Contains(raw, []byte("evil.example")) {
		t.Fatalf("%v, %+v", err, row)
	}
	text, err := os.ReadFile(filepath.Join(folder, "contact.md"))
	if err != nil || !bytes.Contains(text, []byte("Juan Pérez")) {
		t.Fatalf("%s, %v", text, err)
	}
	for _, bad := range []string{"\x1b", "\u202e", "[click](", "<b>"} {
		if bytes.Contains(text, []byte(bad)) || bad == "\x1b" && bytes.Contains(raw, []byte(bad)) {
			t.Errorf("the text holds %q", bad)
		}
	}
	if _, _, err := f.verb("contacts", "export", id, "--to", folder); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("written over: %v", err)
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}

// TestErasedFromTheScreen: the menu's last word removes the person from the relay
// and from here.
func TestErasedFromTheScreen(t *testing.T) {
	f := openOffice(t)
	s := f.screen(160, 48)
	search(s, "Juan Pérez")
	id := f.conversation("Juan").ID
	do(s, "erase the contact")
	s.WaitText("Erase Juan Pérez?")
	s.Press("X")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "Juan Pérez") })
	until(t, f.store, "nothing of them is left", func() bool {
		_, err := f.store.Conversation(t.Context(), id)
		return err != nil
	})
}

// TestLinkedByAnAddress: an address that a pattern of the team knows becomes a
// link, shown in the row and the contact.
func TestLinkedByAnAddress(t *testing.T) {
	f := openOffice(t)
	set := event.Set{What: event.SettingLink, Name: "Jobs", Value: json.RawMessage(`{"pattern": "https://field.example/jobs/{ref}"}`)}
	if _, err := f.store.Set(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	s := f.screen(160, 48)
	search(s, "Mariela")
	do(s, "link…")
	s.WaitText("Templates are filled from it")
	for range 40 { // the number it was linked to
		s.Press("backspace")
	}
	s.Type("https://field.example/jobs/JB-77")
	s.Press("enter")
	s.WaitText("JB-77 Jobs")
	c := f.conversation("Mariela")
	if c.Link.Ref != "JB-77" || c.Link.URL != "https://field.example/jobs/JB-77" {
		t.Errorf("%+v", c.Link)
	}
	s.WaitFor(func(screen string) bool { return strings.Contains(listPane(screen), "JB-77") })
}

// TestLinksAndStopWords: settings of the team by verbs.
func TestLinksAndStopWords(t *testing.T) {
	f := openOffice(t)
	run := func(args ...string) string {
		t.Helper()
		out, errs, err := f.verb(args...)
		if err != nil {
			t.Fatalf("%v: %v %s", args, err, errs)
		}
		return out
	}
	run("links", "set", "Jobs", "https://field.example/{ref}")
	if out := run("links"); !strings.Contains(out, "https://field.example/{ref}") {
		t.Errorf("links are %s", out)
	}
	run("links", "remove", "Jobs")
	if out := run("links", "list", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("links are %s", out)
	}
	for _, wrong := range [][]string{{"links", "set", "Jobs", "ftp://x/{ref}"}, {"links", "paint"}, {"stop-words", "set"}, {"stop-words", "paint"}} {
		if _, _, err := f.verb(wrong...); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
	run("stop-words", "set", "--stop", "genug, basta", "--start", "weiter")
	f.says("Mariela", "Basta")
	until(t, f.store, "the word is heard", func() bool { return !f.conversation("Mariela").Standing.NoMessages.IsZero() })
	if out := run("stop-words", "show"); !strings.Contains(out, "genug, basta") {
		t.Errorf("the words are %s", out)
	}
	run("stop-words", "reset")
	if out := run("stop-words", "--json"); !strings.Contains(out, "unsubscribe") {
		t.Errorf("the words are %s", out)
	}
}

// TestSecondToJoinIsTold: what was joined here while the relay could not be reached,
// and elsewhere to somebody else meanwhile, is taken back, and the last line says
// who was first.
func TestSecondToJoinIsTold(t *testing.T) {
	f := openOffice(t)
	d := f.away()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s := tuitest.New(t, tui.New(ctx, d.screenOptions()), 160, 48)
	search(s, "Mariela")
	do(s, "join with another contact")
	s.WaitText("Join with")
	s.Type("Juan")
	s.WaitText("Juan Pérez")
	s.Press("enter")
	s.WaitText("joined Mariela Gómez")
	grace, mariela := f.conversation("Grace").ID, f.conversation("Mariela").ID
	f.publish(demoAgent, "Mariela", event.Joined{Contact: grace})
	if err := d.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.WaitText("Mariela Gómez: ana joined or split the contact first.")
	until(t, d.store, "the first one's word stands", func() bool {
		all, err := d.store.Identities(t.Context(), mariela)
		return err == nil && len(all) == 2 && all[1].ID == grace
	})
}
