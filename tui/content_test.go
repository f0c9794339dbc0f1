package tui

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// contents is one message of each kind a customer sends.
func contents() []provider.Content {
	return []provider.Content{
		{Kind: provider.Text, Text: "*bold* and _slanted_ and ~gone~ and `code`\n> quoted\n- item"},
		{Kind: provider.Image, Text: "the *leak*", Media: &provider.Media{Name: "fuga-cocina.jpg", MIME: "image/jpeg", Size: 1_204_000}},
		{Kind: provider.Audio, Media: &provider.Media{MIME: "audio/ogg", Size: 18_300, Voice: true}},
		{Kind: provider.Document},
		{Kind: provider.Location, Place: &provider.Place{Latitude: 14.5586, Longitude: -90.7295, Name: "Casa Lima", Address: "4a Calle 2"}},
		{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Rosa", Org: "Plomería Sol", Phones: []string{"+502 5555 1234"}}}},
		{Kind: provider.Choice, Text: "x", Chosen: &provider.Chosen{Title: "Tomorrow", Description: "9 to 12"}},
		{Kind: provider.Interactive, Text: "When suits you?", Menu: &provider.Menu{
			Form: "button", Footer: "Ambiotec",
			Options: []provider.MenuOption{{Title: "Today"}, {Title: "Tomorrow"}},
		}},
		{Kind: provider.Interactive, Text: "Pick a slot", Menu: &provider.Menu{
			Form: "list", Button: "Slots",
			Options: []provider.MenuOption{{Title: "Morning", Description: "9 to 12"}},
		}},
		{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "reminder", Language: "tr", Shown: provider.Shown{
			Header: "Randevu", Body: "Merhaba Elif", Footer: "Ambiotec", Buttons: []string{"Evet", "Değiştir"},
		}}},
		{Kind: provider.Unsupported, Raw: json.RawMessage(`{}`)},
		{Kind: "hologram"},
	}
}

func TestScreenOfEveryKindOfContent(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	var events []event.Event
	for _, c := range contents() {
		events = append(events, log.Message("34611000111", "Nuria Soler", c, storetest.Now))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 120, 78)
	everything(s)
	s.Press("g", "a")
	s.WaitText("Plomería Sol")
	golden(t, s, "contents")
}

// Every state of a send has its own word and its own shape.
func TestScreenOfEveryState(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const chat provider.ChatID = "34611000111"
	events := []event.Event{log.Inbound(chat, "Nuria Soler", "hola", storetest.Now)}
	for i, job := range []event.JobState{event.JobQueued, event.JobHeld, event.JobSending, event.JobSent, event.JobUnsure, event.JobDiscarded} {
		log.At = storetest.Now.Add(time.Duration(i) * time.Second)
		events = append(events, log.SendState(storetest.Ben, chat, provider.OpID("op-"+string(job)), job, "", string(job)))
	}
	for _, status := range []provider.Status{provider.Delivered, provider.Read, provider.Failed} {
		log.At = log.At.Add(time.Second)
		events = append(events, log.Sent(storetest.Ben, chat, status.String(), status)...)
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 120, 60)
	everything(s)
	s.Press("g", "a")
	s.WaitText("✓✓ delivered")
	screen := s.Text()
	for _, want := range []string{
		"⧗ queued", "⧗ held", "→ sending", "✓ sent", "? not confirmed, may have been sent", "discarded, never sent",
		"✓✓ delivered", "✓✓ read", "✗ failed: This number is not on",
	} {
		if !strings.Contains(screen, want) {
			t.Errorf("nothing says %q:\n%s", want, screen)
		}
	}
	golden(t, s, "states")
}
