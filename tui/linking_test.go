package tui

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// linkBy opens the link over the conversation that is shown, from the palette.
func linkBy(s interface {
	Press(keys ...string)
	Type(text string)
	WaitText(want string)
},
) {
	s.Press("ctrl+k")
	s.Type("link…")
	s.Press("enter")
	s.WaitText("Link…")
}

// A job is linked from the palette: row, header and contact say so, the template
// that needs it goes, and z takes it back.
func TestLinkingAJob(t *testing.T) {
	st, o := tenant(t, event.Linked{})
	s := start(t, o, 160, 48)
	everything(s)
	s.Press("g", "a")
	s.WaitText("hola")
	linkBy(s)
	s.Type("1050")
	s.Press("tab")
	s.Type("Boiler repair")
	golden(t, s, "linking")
	s.Press("enter")
	s.WaitText("job 1050 · Boiler repair")
	s.WaitText("linked Nuria Soler to job 1050")
	s.WaitFor(func(screen string) bool { return strings.Count(screen, "1050") == 4 }) // row, header, contact, and what was done
	s.Press("t")
	s.WaitText("filled by PropOps from job 1050")
	s.Press("esc", "z")
	s.WaitText("undone")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "job 1050 ·") })
	if c := nuriaOf(t, st); c.Link.Ref != "" {
		t.Errorf("z leaves %+v", c.Link)
	}
}

// With its reference taken out the link goes, and the thread's own link can be
// changed in place.
func TestUnlinking(t *testing.T) {
	st, o := tenant(t, event.Linked{System: "job", Ref: "1050", Title: "Boiler"})
	s := start(t, o, 80, 24)
	everything(s)
	s.Press("g", "a")
	s.WaitText("hola")
	linkBy(s)
	s.Press("ctrl+u")
	s.WaitText("Enter takes the link away")
	s.Press("enter")
	s.WaitText("took the link of Nuria Soler away")
	if c := nuriaOf(t, st); c.Link.Ref != "" || c.Link.Title != "" {
		t.Errorf("it leaves %+v", c.Link)
	}
}

func nuriaOf(t *testing.T, st *store.Store) store.Conversation {
	t.Helper()
	c, err := st.Conversation(t.Context(), storetest.ID(nuria))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What another program of the account is to answer is marked so, and the composer
// says why nothing can be written, until the customer writes to this one.
func TestStandbyIsSaid(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	theirs := log.Inbound(nuria, "Nuria Soler", "¿hay mesa?", storetest.Now)
	body := theirs.Body.(provider.MessageReceived)
	body.Standby = true
	theirs.Body = body
	if err := st.Apply(t.Context(), []event.Event{theirs}); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 160, 48)
	everything(s)
	s.Press("g", "a")
	s.WaitText("¿hay mesa?")
	s.Press("r")
	s.Type("sí")
	screen := strings.Join(strings.Fields(s.Text()), " ")
	for _, want := range []string{
		"for another program of this account", "Another program of this account has the conversation and is to", "another program has it",
	} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not said:\n%s", want, s.Text())
		}
	}
	if strings.Contains(screen, "▏sí") {
		t.Errorf("something can be typed:\n%s", s.Text())
	}
	if err := st.Apply(t.Context(), []event.Event{log.Inbound(nuria, "Nuria Soler", "¿me oyes?", storetest.Now)}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("¿me oyes?")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "has the conversation and is to") })
	if n := strings.Count(s.Text(), "for another program of this account"); n != 1 {
		t.Errorf("%d messages are marked:\n%s", n, s.Text())
	}
}
