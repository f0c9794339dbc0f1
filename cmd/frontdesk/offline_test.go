package main

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// hour is an office, and ben's terminal in it, in the hour without a relay.
type hour struct {
	*office
	ben   *chair
	ahead atomic.Int64
	watch *store.Watch
}

// The replies that ben writes meanwhile, and what is to become of them.
const (
	overtakenReply = "Llego en diez minutos"       // to Juan: ana answers him
	plainReply     = "Mañana a las nueve"          // to Mariela
	lateReply      = "Your key is at the desk"     // to Grace: her window closes
	resolvedReply  = "Obrigado, Thiago, até logo." // to Thiago: ana resolves him
)

// TestAnHourOffline: without a relay ben reads, searches, drafts, writes, notes, labels,
// resolves, assigns and snoozes; then the relay is back. Each reply is judged again before
// it leaves, who was first is told, nothing is lost and nothing doubled: the customers got
// what the screen says.
func TestAnHourOffline(t *testing.T) {
	h := &hour{}
	clock := func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
	h.office = openOfficeAt(t, 0, clock)
	h.ben = h.chair(demoTeammate, clock)
	before := len(h.backend.sim.Accepted())
	h.ben.cut()
	h.works()
	h.ahead.Store(int64(time.Hour))
	h.anaWorks()
	h.watch = h.ben.store.Watch()
	t.Cleanup(h.watch.Close)
	h.ben.mend()
	h.repliesEnd()
	h.losersAreTold()
	h.restIsShared()
	var got []string
	for _, m := range h.backend.sim.Accepted()[before:] {
		got = append(got, m.Content.Text)
	}
	slices.Sort(got)
	if want := []string{plainReply, resolvedReply, "Ya va Ana"}; !slices.Equal(got, want) {
		t.Errorf("customers got %q, want %q", got, want)
	}
	h.aPersonDecides()
}

// works is what ben does.
func (h *hour) works() {
	s := h.ben.Screen
	h.ben.writes("Juan Pérez", overtakenReply)
	s.WaitFor(func(screen string) bool { return strings.Contains(stateOf(screen, overtakenReply), "⧗ queued") })
	h.ben.writes("Mariela", plainReply)
	h.ben.writes("Grace Okafor", lateReply)
	h.ben.writes("Thiago", resolvedReply)
	search(s, "Antoine")
	s.Press("r")
	s.WaitText("WRITE")
	s.Type("Bonjour Antoine, je")
	s.Press("esc")
	search(s, "Marcus")
	s.Press("A")
	s.WaitText("gave Marcus Webb to ben")
	search(s, "Murat")
	s.Press("E")
	s.WaitText("resolved Murat Demir")
	search(s, "Zoe")
	s.Press("E")
	s.WaitText("resolved Zoe")
	search(s, "Siobhan")
	s.Press("l")
	s.WaitText("find one, or type a new one")
	s.Type("landlord")
	s.Press("enter")
	s.WaitText("labelled Siobhan Keane landlord")
	s.Press("n")
	s.Type("called him twice")
	s.Press("enter")
	s.WaitText("note saved")
	s.Press("esc", "h", "enter")
	s.WaitText("snoozed Siobhan Keane until they write")
}

// anaWorks is what ana does in the same hour.
func (h *hour) anaWorks() {
	h.t.Helper()
	h.publish(demoAgent, "Thiago", event.Resolved{})
	h.publish(demoAgent, "Marcus", event.Assigned{To: demoAgent})
	h.publish(demoAgent, "Zoe", event.Resolved{})
	juan := h.conversation("Juan")
	key, err := h.store.Send(h.t.Context(), provider.Outgoing{
		To: provider.ChatKey{Account: juan.Account, Chat: juan.Chat}, Content: provider.TextContent("Ya va Ana"),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.wake()
	until(h.t, h.store, "ana's reply is sent", func() bool {
		m, err := h.store.Message(h.t.Context(), key)
		return err == nil && m.Job == event.JobSent
	})
}

// reply is ben's message as his own terminal has it.
func (h *hour) reply(customer, text string) (m store.Message) {
	h.t.Helper()
	rows, err := h.ben.store.Messages(h.t.Context(), h.conversation(customer).ID, store.MessageCursor{}, 50)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range rows {
		if rows[i].Content.Text == text {
			return rows[i]
		}
	}
	h.t.Fatalf("%q is lost", text)
	return m
}

func (h *hour) repliesEnd() {
	h.t.Helper()
	for _, r := range []struct {
		to, text string
		state    event.JobState
		reason   provider.Reason
	}{
		{"Juan", overtakenReply, event.JobFailed, provider.Overtaken},
		{"Mariela", plainReply, event.JobSent, ""},
		{"Grace", lateReply, event.JobFailed, provider.WindowClosed},
		{"Thiago", resolvedReply, event.JobSent, ""},
	} {
		until(h.t, h.ben.store, r.text+" is "+string(r.state), func() bool { return h.reply(r.to, r.text).Job == r.state })
		if m := h.reply(r.to, r.text); r.reason != "" && (m.Error == nil || m.Error.Reason != r.reason) {
			h.t.Errorf("%q failed with %+v", r.text, m.Error)
		}
	}
	s := h.ben.Screen
	search(s, "Juan Pérez")
	s.WaitText("✗ failed: ana answered before it left. Read that")
	s.WaitText("Ya va Ana")
	search(s, "Grace Okafor")
	s.WaitText("✗ failed: The reply window had closed before")
}

// losersAreTold: who was first, of each action that was.
func (h *hour) losersAreTold() {
	h.t.Helper()
	told := map[event.ConversationID]string{}
	until(h.t, h.ben.store, "two are told", func() bool {
		for _, n := range h.watch.Take().Notices {
			if n.Kind == store.NoticeRefused {
				told[n.Conversation] = n.Text
			}
		}
		return len(told) == 2
	})
	for who, text := range map[string]string{"Marcus": "ana assigned it first.", "Zoe": "ana resolved it first."} {
		if got := told[h.conversation(who).ID]; got != text {
			h.t.Errorf("of %s it is said %q", who, got)
		}
	}
}

// restIsShared: what nobody was first with is everybody's, and the draft is ben's still.
func (h *hour) restIsShared() {
	h.t.Helper()
	for who, is := range map[string]func(store.Conversation) bool{
		"Siobhan": func(c store.Conversation) bool {
			return c.Status == store.StatusSnoozed && slices.Contains(c.Labels, "landlord") && c.Preview.Kind == store.KindNote
		},
		"Murat":  func(c store.Conversation) bool { return c.Status == store.StatusResolved },
		"Zoe":    func(c store.Conversation) bool { return c.Status == store.StatusResolved },
		"Thiago": func(c store.Conversation) bool { return c.Status == store.StatusResolved },
		"Marcus": func(c store.Conversation) bool { return c.Assignee == demoAgent },
	} {
		for _, d := range []*desk{h.desk, h.ben.desk} {
			until(h.t, d.store, who+" is as it should be at "+string(d.cfg.Agent), func() bool {
				c, err := d.store.Conversation(h.t.Context(), h.conversation(who).ID)
				return err == nil && is(c) && !c.Pending
			})
		}
	}
	draft, err := h.ben.store.Draft(h.t.Context(), h.conversation("Antoine").ID, store.DraftReply)
	if err != nil || draft != "Bonjour Antoine, je" {
		h.t.Errorf("the draft is %q, %v", draft, err)
	}
}

// aPersonDecides: R sends the reply that was held back, once.
func (h *hour) aPersonDecides() {
	h.t.Helper()
	s := h.ben.Screen
	search(s, "Juan Pérez")
	s.Press("R")
	s.WaitText("This was not sent")
	s.WaitText("the customer gets both")
	s.Press("s")
	s.WaitText("queued again")
	until(h.t, h.ben.store, "it went after all", func() bool {
		n := 0
		for _, m := range h.backend.sim.Accepted() {
			if m.Content.Text == overtakenReply {
				n++
			}
		}
		return n == 1
	})
}
