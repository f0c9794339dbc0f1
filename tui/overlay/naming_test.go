package overlay

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/tui/action"
)

func naming() *Naming {
	return NewNaming(look(), NamingData{Conversation: elif(), Caps: whatsapp()})
}

func TestNaming(t *testing.T) {
	n := naming()
	press(n, "'visit_reminder", "enter", "'tr", "enter", "enter", "'Elif", "enter", "'21 Kasım", "enter", "enter", "'BK-7702", "enter")
	send, ok := press(n, "enter").(action.SendTemplate)
	if !ok {
		t.Fatalf("it does not go:\n%s", screen(t, n, 84, 24))
	}
	want := provider.TemplateMessage{Name: "visit_reminder", Language: "tr", Values: []provider.Value{
		{Part: provider.PartBody, Name: "1", Text: "Elif"},
		{Part: provider.PartBody, Name: "2", Text: "21 Kasım"},
		{Part: provider.PartButton, Name: "1", Text: "BK-7702"},
	}}
	if diff := cmp.Diff(want, send.Message); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if press(n, "enter") != nil {
		t.Error("a second Enter asks again")
	}
}

// A heading is a text or a file by its address.
func TestNamingHeading(t *testing.T) {
	n := naming()
	press(n, "'offer", "tab", "'en", "tab", "'https://f.example/a.png", "up", "up", "up")
	if v := n.message().Values; len(v) != 1 || v[0].Media == nil || v[0].Text != "" {
		t.Errorf("got %+v", v)
	}
}

// Nothing is shown as if its wording were known, and that is said.
func TestNamingSaysWhatIsNotKnown(t *testing.T) {
	shown := strings.Join(strings.Fields(screen(t, naming(), 84, 24)), " ")
	for _, want := range []string{"their wording is not known here", "cost not known"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not said:\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "will see it") || strings.Contains(shown, "would refuse") {
		t.Errorf("it judges what it does not know:\n%s", shown)
	}
}

func TestNamingFaults(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		line string
		want string
	}{
		"no name":     {nil, namedName, "template name is empty. Fill it in."},
		"large":       {[]string{"'Visit"}, namedName, "No template is called so."},
		"no language": {[]string{"'visit"}, namedLanguage, "language is empty. Fill it in."},
		"a word":      {[]string{"'visit", "tab", "'Turkish"}, namedLanguage, "That is no language's code."},
		"a gap":       {[]string{"'visit", "tab", "'tr", "tab", "tab", "'Elif", "tab", "'x", "up", "ctrl+u"}, "body.1", "value 1 is empty. Fill it in."},
		"spaces":      {[]string{"'visit", "tab", "'tr", "tab", "tab", "'a     b"}, "body.1", "value 1 has more than four spaces in a row."},
		"no link":     {[]string{"'visit", "tab", "'tr", "tab", "'https://"}, namedHeader, "The heading has no address"},
	} {
		n := naming()
		press(n, c.keys...)
		n.focus = len(n.list) - 1
		say, ok := press(n, "enter").(action.Say)
		if !ok || !strings.HasPrefix(say.Text, c.want) || n.list[n.focus].id != c.line {
			t.Errorf("%s: %#v in %s, want %q", name, say, n.list[n.focus].id, c.want)
		}
	}
}

// What was sent before is taken by one key, newest first: the name, with its values
// to be seen and not to be sent.
func TestNamingAgain(t *testing.T) {
	n := naming()
	n.SetData(NamingData{Conversation: elif(), Caps: whatsapp(), Use: map[string]Use{
		"old_one/en":        {LastUsed: now().Add(-time.Hour)},
		"visit_reminder/tr": {LastUsed: now(), Values: map[string]string{"body.1": "Ayşe", "body.2": "1 Ocak"}},
	}})
	if shown := screen(t, n, 84, 24); !strings.Contains(shown, "visit_reminder/tr, old_one/en") {
		t.Errorf("it is not told:\n%s", shown)
	}
	press(n, "ctrl+p")
	if m := n.message(); m.Name != "visit_reminder" || m.Language != "tr" || len(m.Values) != 0 {
		t.Errorf("got %+v", m)
	}
	if shown := screen(t, n, 84, 24); !strings.Contains(shown, "1 Ocak") {
		t.Errorf("last time's values are not shown:\n%s", shown)
	}
	if press(n, "ctrl+p"); n.of(namedName) != "old_one" {
		t.Errorf("then %q", n.of(namedName))
	}
	if _, ok := press(n, "esc").(action.Close); !ok {
		t.Error("Esc does not close")
	}
}
