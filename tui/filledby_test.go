package tui

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// jobs is an account that sends templates which another system fills, each on
// behalf of a job.
func jobs() *provider.Capabilities {
	table := rules()
	delete(table.Send, provider.Text)
	table.Why = map[provider.ContentKind]string{provider.Text: "PropOps sends its approved templates and nothing else. Choose a template."}
	table.Link = provider.LinkRule{System: "job", Needed: true}
	table.Window.Blind = true
	return table
}

// tenant is a store with a conversation that is linked so, and one template.
func tenant(t *testing.T, link event.Linked) (*store.Store, Options) {
	t.Helper()
	st, log := storetest.NewWithLog(t)
	const chat provider.ChatID = "34611000111"
	events := []event.Event{
		log.Inbound(chat, "Nuria Soler", "hola", storetest.Now),
		log.Event("templates", "", event.TemplatesListed{Templates: []provider.Template{{
			ID: "3", Name: "appointment_reminder", Language: "en_GB", Category: "utility", Status: provider.Approved,
			Opaque: true, FilledBy: "PropOps", Filled: []string{"tenant_first_name", "appointment_date"}, About: "Remind the tenant of an upcoming appointment",
		}}}),
		log.By(storetest.Ana, chat, link),
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	o := options(st)
	caps := jobs()
	o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps }
	return st, o
}

// A template that another system fills is chosen without a preview, goes out tied
// to its job, and the thread says who fills it from what, and no more.
func TestTemplateFilledElsewhere(t *testing.T) {
	st, o := tenant(t, event.Linked{System: "Job", Ref: "1050"})
	s := start(t, o, 160, 48)
	everything(s)
	s.Press("g", "a")
	s.WaitText("hola")
	s.Press("t")
	s.WaitText("Remind the tenant of an upcoming appointment")
	screen := strings.Join(strings.Fields(s.Text()), " ")
	for _, want := range []string{"filled by PropOps from job 1050", "it fills in tenant_first_name, appointment_date", "does not show the wording", "what is known of it"} {
		if !strings.Contains(screen, want) {
			t.Errorf("the picker does not say %q:\n%s", want, s.Text())
		}
	}
	if strings.Contains(screen, "would refuse") {
		t.Errorf("the picker judges a wording it does not know:\n%s", s.Text())
	}
	s.Press("enter", "enter")
	s.WaitText("⧗ queued")
	screen = strings.Join(strings.Fields(s.Text()), " ")
	for _, want := range []string{"Template appointment_reminder · en_GB", "filled by PropOps from job 1050"} {
		if !strings.Contains(screen, want) {
			t.Errorf("the thread does not say %q:\n%s", want, s.Text())
		}
	}
	job, ok, err := st.Claim(t.Context(), storetest.Now.Add(time.Hour), func(store.Job) bool { return false })
	if err != nil || !ok {
		t.Fatalf("nothing is queued: %v", err)
	}
	if link := job.Send.Link.String(); link != "job 1050" || job.Send.Content.Template.ID != "3" {
		t.Errorf("it goes out tied to %q as %+v", link, job.Send.Content.Template)
	}
	c, err := st.Conversation(t.Context(), job.Conversation)
	if err != nil || c.Preview.Text != "filled by PropOps from job 1050" {
		t.Errorf("the list says %q, %v", c.Preview.Text, err)
	}
}

// Without its job nothing goes, and the screen says why before a key is pressed;
// nor does a text.
func TestTemplateNeedsItsJob(t *testing.T) {
	for _, link := range []event.Linked{{}, {System: "Booking", Ref: "1050"}} {
		st, o := tenant(t, link)
		s := start(t, o, 160, 48)
		everything(s)
		s.Press("g", "a")
		s.WaitText("hola")
		s.WaitFor(func(screen string) bool {
			return strings.Contains(strings.Join(strings.Fields(screen), " "), "PropOps sends its approved templates and nothing else.")
		})
		s.Press("t")
		s.WaitText("is linked to none.")
		if screen := s.Text(); !strings.Contains(screen, "filled by PropOps") || strings.Contains(screen, "from job") {
			t.Errorf("the picker names a job:\n%s", screen)
		}
		s.Press("enter", "enter")
		s.WaitFor(func(screen string) bool { return strings.Count(screen, "linked to none") == 2 }) // in the picker, and what the key came to
		if _, ok, err := st.Claim(t.Context(), storetest.Now.Add(time.Hour), func(store.Job) bool { return false }); ok || err != nil {
			t.Errorf("it was queued, %v", err)
		}
	}
}
