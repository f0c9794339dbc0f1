package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// office is the whole demo in this process: relay, pretend network and app
// over loopback, with a terminal emulator for a screen.
type office struct {
	t *testing.T
	*desk
	dir string
	key event.Key
}

func openOffice(t *testing.T) *office { return openSlowOffice(t, 0) }

// openSlowOffice is an office whose network takes its time to answer a send.
func openSlowOffice(t *testing.T, latency time.Duration) *office {
	t.Helper()
	return openOfficeAt(t, latency, time.Now)
}

// openOfficeAt is an office all of whose clocks show what real says.
func openOfficeAt(t *testing.T, latency time.Duration, real func() time.Time) *office {
	t.Helper()
	dir := t.TempDir()
	e := environment{out: io.Discard, errs: io.Discard, getenv: os.Getenv}
	clock := newClock(real)
	o := demoFlags{seed: 5, speed: 20, given: map[string]bool{}}
	if err := e.prepareDemo(t.Context(), dir, o, clock); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Demo.live, cfg.Demo.latency = latency > 0, latency
	d, err := e.newDesk(t.Context(), cfg, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	live := make(chan struct{}, 1)
	d.setOnLink(signalLive(live))
	if err := d.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := awaitLive(t.Context(), live); err != nil {
		t.Fatal(err)
	}
	f := &office{t: t, desk: d, dir: dir}
	if f.key, err = teamKey(t.Context(), f.seat(demoAgent).relay); err != nil {
		t.Fatal(err)
	}
	return f
}

// seat is a member of the team at another terminal.
func (f *office) seat(name string) *seat {
	f.t.Helper()
	file := "token"
	if name != demoAgent {
		file = name + ".token"
	}
	token, err := os.ReadFile(filepath.Join(f.dir, file))
	if err != nil {
		f.t.Fatal(err)
	}
	s, err := newSeat(f.desk, f.backend.url, provider.Hide(string(token)))
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f *office) screen(w, h int) *tuitest.Screen {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	f.t.Cleanup(cancel)
	s := tuitest.New(f.t, tui.New(ctx, f.screenOptions()), w, h)
	s.WaitText("live")
	return s
}

// person returns a customer by the start of their name.
func (f *office) person(name string) *simulator.Customer {
	f.t.Helper()
	w, err := f.cfg.Demo.world()
	if err != nil {
		f.t.Fatal(err)
	}
	for i := range w.Customers {
		if strings.HasPrefix(w.Customers[i].Name, name) {
			return &w.Customers[i]
		}
	}
	f.t.Fatalf("there is no customer %s", name)
	return nil
}

func (f *office) conversation(name string) store.Conversation {
	f.t.Helper()
	who := f.person(name)
	chat := provider.ChatKey{Account: demoAccount, Chat: who.Chat()}
	c, err := f.store.Conversation(f.t.Context(), f.key.Conversation(chat))
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func search(s *tuitest.Screen, name string) {
	s.Press("/")
	s.WaitText("Search")
	s.Type(name)
	s.WaitFor(func(screen string) bool {
		return hits.MatchString(screen) && strings.Contains(screen, "› "+name)
	})
	s.Press("enter")
	s.WaitFor(func(screen string) bool {
		return strings.Contains(threadHeader(screen), name) && !strings.Contains(screen, "› "+name)
	})
}

// TestWebhookToPaintedRow is flow (a): what a customer writes stands on the
// screen by itself.
func TestWebhookToPaintedRow(t *testing.T) {
	f := openOffice(t)
	s := f.screen(160, 48)
	s.Press("g", "a")
	const text = "¿Siguen abiertos a las nueve?"
	if _, err := f.backend.sim.Say(f.person("Juan").Chat(), provider.TextContent(text)); err != nil {
		t.Fatal(err)
	}
	s.WaitText(text)
}

// TestTypedReplyToTick is flow (b), and TestInbox is the same through a pty.
func TestTypedReplyToTick(t *testing.T) {
	f := openSlowOffice(t, 2*time.Second) // long enough to be seen under way
	s := f.screen(120, 40)
	search(s, "Juan Pérez")
	s.Press("r")
	s.WaitText("WRITE")
	s.Type("Vamos en camino")
	s.Press("enter")
	s.WaitFor(func(screen string) bool {
		state := stateOf(screen, "Vamos en camino")
		return strings.Contains(state, "⧗") || strings.Contains(state, "→")
	})
	s.WaitFor(func(screen string) bool { return strings.Contains(stateOf(screen, "Vamos en camino"), "✓✓ read") })
	rows, err := f.store.Messages(t.Context(), f.conversation("Juan").ID, store.MessageCursor{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range rows {
		if m.Content.Text == "Vamos en camino" && m.State() == "read" && m.By == demoAgent {
			return
		}
	}
	t.Error("the store does not say what the screen says")
}

// TestClosedWindowTakesATemplate is flow (c): no key puts text into a closed
// conversation, and the picker sends what may go. That the box locks at the
// instant is proved in package tui, with a clock of its own.
func TestClosedWindowTakesATemplate(t *testing.T) {
	f := openOffice(t)
	s := f.screen(120, 40)
	search(s, "Elif")
	s.WaitText("Free text ended")
	s.Press("r")
	s.WaitText("Send a template")
	s.Type("follow_up")
	s.WaitText("still working on your request")
	s.Press("enter")
	s.WaitText("Enter send")
	s.Press("enter")
	s.WaitFor(func(screen string) bool { return strings.Contains(stateOf(screen, "▏ here."), "✓") })
	for _, m := range f.backend.sim.Accepted() {
		if m.To == f.person("Elif").Chat() && m.Content.Template != nil && m.Content.Template.Name == "follow_up" {
			return
		}
	}
	t.Error("the network has no such template")
}

// TestResolveIsSeenByATeammate is flow (d), both ways: who is first wins, and
// who is second is told.
func TestResolveIsSeenByATeammate(t *testing.T) {
	f := openOffice(t)
	s := f.screen(120, 40)
	search(s, "Juan Pérez")
	s.Press("e")
	s.WaitText("resolved Juan Pérez")
	resolved(t, f.desk, f.conversation("Juan").ID) // written, not only offered
	f.publish(demoTeammate, "Mariela", event.Resolved{})
	s.Press("g", "m")
	s.WaitFor(func(screen string) bool {
		list := listPane(screen) // the last line still says what was done
		return strings.Contains(list, "Grace Okafor") && !strings.Contains(list, "Mariela") && !strings.Contains(list, "Juan Pérez")
	})
	c := f.conversation("Juan")
	if c.Status != store.StatusResolved {
		t.Errorf("Juan is %s in the store", c.Status)
	}
}

// TestSecondIsTold: what was done here while the relay could not be reached, and
// does not stand because a teammate was first, is back in the list, and the last
// line says whose it was and who was first.
func TestSecondIsTold(t *testing.T) {
	f := openOffice(t)
	d := f.away()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s := tuitest.New(t, tui.New(ctx, d.screenOptions()), 120, 40)
	search(s, "Mariela")
	s.Press("E")
	s.WaitText("resolved Mariela Gómez")
	resolved(t, d, f.conversation("Mariela").ID)
	f.publish(demoAgent, "Mariela", event.Resolved{})
	f.publish(demoAgent, "Mariela", event.Reopened{})
	if err := d.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.WaitText("Mariela Gómez: ana reopened it first.")
	until(t, d.store, "the conversation is open again", func() bool {
		c, err := d.store.Conversation(t.Context(), f.conversation("Mariela").ID)
		return err == nil && c.Status == store.StatusOpen
	})
	s.Press("g", "a")
	s.WaitFor(func(screen string) bool { return strings.Contains(listPane(screen), "Mariela Gómez") })
}

// away is the teammate's own terminal, which knows all of it, and reaches nobody
// until it is started.
func (f *office) away() *desk {
	t := f.t
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf("relay = %q\nagent = %q\ntoken = %q\n\n[[account]]\nid = %q\nnetwork = \"whatsapp\"\ndriver = \"cloudapi\"\n",
		f.backend.url, demoTeammate, "file:"+filepath.Join(f.dir, demoTeammate+".token"), demoAccount)
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	sit := func() *desk {
		t.Helper()
		d, err := f.env.openDesk(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.Close)
		return d
	}
	begin := func(d *desk) {
		t.Helper()
		live := make(chan struct{}, 1)
		d.setOnLink(signalLive(live))
		if err := d.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := awaitLive(t.Context(), live); err != nil {
			t.Fatal(err)
		}
	}
	first := sit()
	begin(first)
	first.Close()

	return sit()
}

// resolved waits until a resolution is in a terminal's own store.
func resolved(t *testing.T, d *desk, id event.ConversationID) {
	t.Helper()
	until(t, d.store, "the conversation is resolved", func() bool {
		c, err := d.store.Conversation(t.Context(), id)
		return err == nil && c.Status == store.StatusResolved
	})
}

// listPane is what stands left of the thread.
func listPane(screen string) string {
	var b strings.Builder
	for _, line := range strings.Split(screen, "\n") {
		if list, _, ok := strings.Cut(line, "│"); ok {
			b.WriteString(list + "\n")
		}
	}
	return b.String()
}

func (f *office) publish(agent, customer string, body event.Body) {
	f.t.Helper()
	c := f.conversation(customer)
	results, err := f.seat(agent).relay.Publish(f.t.Context(), []client.Entry{{
		ID: string(newOp()), Account: demoAccount, Conversation: c.ID, Kind: body.Kind(), Body: body,
	}})
	if err != nil || results[0].Seq == 0 {
		f.t.Fatalf("publish: %+v %v", results, err)
	}
}
