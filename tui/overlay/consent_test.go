package overlay

import (
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/tui/action"
)

// A marketing template is not sent to who wants none, whenever they said so; one
// that is no marketing is.
func TestPickerKnowsWhatTheyWant(t *testing.T) {
	p := picker()
	press(p, "'spring")
	if got := screen(t, p, 120, 30); strings.Contains(got, "opted out") {
		t.Fatalf("nobody opted out:\n%s", got)
	}
	c := elif()
	c.Standing = store.Standing{NoMarketing: now().Add(-time.Hour)}
	p.SetConversation(c)
	if got := screen(t, p, 120, 30); !strings.Contains(got, "opted out") {
		t.Errorf("the row does not say why:\n%s", got)
	}
	said, ok := press(p, "enter").(action.Say)
	if !ok || !strings.Contains(said.Text, "no more marketing") {
		t.Errorf("Enter asks for %+v", said)
	}
	p = picker()
	press(p, "'thanks", "enter")
	p.SetConversation(c)
	if _, ok := press(p, "enter").(action.SendTemplate); !ok {
		t.Error("what is no marketing does not go")
	}
	// Said while the template was before the writer's eyes.
	p = picker()
	press(p, "'thanks", "enter")
	c.Standing = store.Standing{Blocked: true}
	p.SetConversation(c)
	if said, ok := press(p, "enter").(action.Say); !ok || !strings.Contains(said.Text, "blocked") {
		t.Errorf("Enter asks for %+v", said)
	}
}

func TestForm(t *testing.T) {
	var got []string
	f := NewForm(look(), "What the team knows", "Elif", []FormLine{{Label: "Name", Value: "Elif"}, {Label: "Note"}, {Label: "a label that is much longer than there is room"}},
		func(in []string) action.Action { got = in; return action.Close{} })
	press(f, "'!", "tab", "'first", "down", "'third", "tab", "backspace")
	f.Paste("-two\nlines")
	for _, size := range [][2]int{{120, 30}, {40, 12}} {
		if s := screen(t, f, size[0], size[1]); !strings.Contains(s, "Elif-two lines") || !strings.Contains(s, "third") {
			t.Errorf("%v:\n%s", size, s)
		}
	}
	if _, _, ok := f.Cursor(); !ok {
		t.Error("no cursor")
	}
	if _, closes := press(f, "enter").(action.Close); !closes || strings.Join(got, "|") != "Elif-two lines|first|third" {
		t.Errorf("it gives %q", got)
	}
	if _, closes := press(f, "shift+tab", "esc").(action.Close); !closes {
		t.Error("Esc does not close it")
	}
}
