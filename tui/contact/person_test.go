package contact

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func pane(t *testing.T, c store.Conversation, person store.Contact) string {
	t.Helper()
	p := New(&line.Look{Theme: theme.For(theme.Dark, theme.Terminal{}), Words: words.English(), Now: noon(), Me: "ana"})
	p.SetSize(44, 60)
	p.SetData(c, "Support")
	p.SetPerson(person)
	return ansi.Strip(strings.Join(p.Lines(), "\n"))
}

// The pane shows a person whole, and of a long list that there is more.
func TestThePaneShowsThePerson(t *testing.T) {
	c := store.Conversation{ID: "c_1", Account: "wa", Network: provider.WhatsApp, Name: "Ada", Blocked: true, Fields: map[string]string{"plan": "gold"}, About: "calls on Fridays"}
	c.Standing.Blocked = true
	other := store.Conversation{ID: "c_2", Account: "tg", Network: provider.Telegram, Name: "ada_l", Fields: map[string]string{"plan": "silver", "city": "Vigo"}, About: "met her in the shop"}
	person := store.Contact{Identities: []store.Conversation{c, other}, Alike: []store.Conversation{{ID: "c_3", Account: "sms", Network: provider.SMS, Name: "A. Lind"}}}
	for i := range 8 {
		at := noon().Add(-time.Duration(i) * time.Hour)
		person.Ledger = append(person.Ledger, store.LedgerEntry{At: at, Source: store.SourceTeam, By: "ben", Detail: fmt.Sprintf("call %d", i)})
		person.Endings = append(person.Endings, store.Ending{At: at, By: "ana", Resolution: event.Resolution{Notes: fmt.Sprintf("note %d", i), CSAT: 4}})
	}
	got := pane(t, c, person)
	for _, want := range []string{
		"Telegram · tg · ada_l", "SMS · sms · A. Lind", "plan gold", "city Vigo", "calls on Fridays", "met her in the shop",
		"blocked by the team", "no messages: @ben “call 0”", "“call 4”", "note 1", "note 5", "and 3 more", "and 2 more",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	for _, wrong := range []string{"plan silver", "call 5", "note 0", "note 6"} {
		if strings.Contains(got, wrong) {
			t.Errorf("%q is shown:\n%s", wrong, got)
		}
	}
	// What is known of somebody else, because it is read again, is not this one's.
	if got := pane(t, store.Conversation{ID: "c_9", Name: "Omar"}, person); strings.Contains(got, "call") || strings.Contains(got, "ada_l") || strings.Contains(got, "Vigo") {
		t.Errorf("somebody else's:\n%s", got)
	}
}
