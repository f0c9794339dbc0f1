package overlay

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/tui/action"
	"frontdesk/webhookrelay/event"
)

func linking(was event.Linked, rule provider.LinkRule) *Linking {
	c := elif()
	c.Link = was
	return NewLinking(look(), c, rule)
}

func TestLinking(t *testing.T) {
	l := linking(event.Linked{}, provider.LinkRule{System: "job", Needed: true, Number: true})
	press(l, "'1050", "tab", "'Boiler", "tab", "'https://jobs.example/1050", "tab", "'date=21 May; time = 14:00;")
	got := press(l, "enter")
	want := action.LinkTo{Conversation: "c_elif", Link: event.Linked{
		System: "job", Ref: "1050", Title: "Boiler", URL: "https://jobs.example/1050", Fields: map[string]string{"date": "21 May", "time": "14:00"},
	}}
	if diff := cmp.Diff(action.Action(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the conversation is linked to stands in the lines, and comes back as it was.
func TestLinkingKeepsWhatWasThere(t *testing.T) {
	was := event.Linked{System: "bookings", Ref: "BK-7702", Title: "Randevu", Fields: map[string]string{"time": "14:00", "date": "21 Kasım"}}
	if got := press(linking(was, provider.LinkRule{}), "enter"); !cmp.Equal(got, action.Action(action.LinkTo{Conversation: "c_elif", Link: was})) {
		t.Errorf("got %+v", got)
	}
	l := linking(was, provider.LinkRule{})
	press(l, "ctrl+u")
	if shown := screen(t, l, 80, 24); !strings.Contains(shown, "Enter takes the link away") {
		t.Errorf("it is not said that the link goes:\n%s", shown)
	}
	if got := press(l, "enter"); !cmp.Equal(got, action.Action(action.LinkTo{Conversation: "c_elif"})) {
		t.Errorf("got %+v", got)
	}
}

func TestLinkingFaults(t *testing.T) {
	jobs := provider.LinkRule{System: "job", Needed: true, Number: true}
	for name, c := range map[string]struct {
		rule provider.LinkRule
		keys []string
		want string
	}{
		"nothing said":  {provider.LinkRule{}, nil, "It does not say what is linked."},
		"no reference":  {jobs, nil, "There is no reference."},
		"no number":     {jobs, []string{"'JOB-1"}, "The job of this inbox goes by a number."},
		"no address":    {jobs, []string{"'1", "tab", "tab", "'jobs.example"}, "The address is no page."},
		"a script":      {jobs, []string{"'1", "tab", "tab", "'javascript:alert(1)"}, "The address is no page."},
		"no detail":     {jobs, []string{"'1", "tab", "tab", "tab", "'today"}, "The details cannot be read."},
		"half a detail": {jobs, []string{"'1", "tab", "tab", "tab", "'date="}, "The details cannot be read."},
	} {
		l := linking(event.Linked{}, c.rule)
		press(l, c.keys...)
		if say, ok := press(l, "enter").(action.Say); !ok || !strings.HasPrefix(say.Text, c.want) {
			t.Errorf("%s: %#v, want %q", name, say, c.want)
		}
		if shown := screen(t, l, 84, 24); !strings.Contains(shown, "✗ "+c.want) {
			t.Errorf("%s: the screen does not say so:\n%s", name, shown)
		}
	}
	if _, ok := press(linking(event.Linked{}, jobs), "esc").(action.Close); !ok {
		t.Error("Esc does not close")
	}
	if shown := screen(t, linking(event.Linked{System: "booking", Ref: "7"}, jobs), 120, 30); !strings.Contains(shown, "tied to a job, and to nothing else") {
		t.Errorf("a link that helps nothing is not told:\n%s", shown)
	}
}
