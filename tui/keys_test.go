package tui

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store/storetest"
)

func TestEveryKeyIsACommandWithWords(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	for _, b := range bindings() {
		if _, ok := a.commands[b.command]; !ok {
			t.Errorf("%v is bound to %q, which is no command", b.keys, b.command)
		}
	}
	for _, c := range commands() {
		if w := a.words.Screen.Commands[c.name]; w.Name == "" || w.Help == "" {
			t.Errorf("command %q has no words", c.name)
		}
	}
	if n, m := len(a.words.Screen.Commands), len(commands()); n != m {
		t.Errorf("%d commands have words, there are %d", n, m)
	}
}

// Keys go by their place on the keyboard where the layout has no Latin letters.
func TestKeysOfOtherLayouts(t *testing.T) {
	for _, c := range []struct {
		name string
		key  tea.Key
		want string
	}{
		{"russian, reported", tea.Key{Code: 'о', Text: "о", BaseCode: 'j'}, "j"},
		{"russian, known", tea.Key{Code: 'о', Text: "о"}, "j"},
		{"russian, shifted", tea.Key{Code: 'к', Text: "К", Mod: tea.ModShift}, "R"},
		{"greek", tea.Key{Code: 'ξ', Text: "ξ"}, "j"},
		{"hebrew", tea.Key{Code: 'ח', Text: "ח"}, "j"},
		{"arabic", tea.Key{Code: 'ت', Text: "ت"}, "j"},
		{"spanish ñ is nobody's key", tea.Key{Code: 'ñ', Text: "ñ"}, "ñ"},
		{"latin", tea.Key{Code: 'j', Text: "j"}, "j"},
		{"russian, alt", tea.Key{Code: 'о', Mod: tea.ModAlt}, "alt+j"},
		{"russian, alt and shift", tea.Key{Code: 'О', Mod: tea.ModAlt}, "alt+shift+j"},
		{"russian, alt, reported", tea.Key{Code: 'о', BaseCode: 'j', Mod: tea.ModAlt}, "alt+j"},
		{"russian, ctrl", tea.Key{Code: 'л', Mod: tea.ModCtrl}, "ctrl+k"},
		{"russian, a sign with shift", tea.Key{Code: 'х', Text: "Х", Mod: tea.ModShift}, "{"},
	} {
		if got := triageKey(tea.KeyPressMsg(c.key)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A panic while reading says so and leaves the screen as it is.
func TestPanicInACommandIsAMessage(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	msg := a.io(func(context.Context) tea.Msg { panic("row 7") })()
	a.handle(msg)
	if !strings.Contains(a.said, "row 7") {
		t.Errorf("the status line says %q", a.said)
	}
}

// What was typed is kept on disk after a pause, and back in the composer after
// another conversation was looked at.
func TestDraftIsKept(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("not yet fin")
	w := st.Watch()
	defer w.Close()
	for {
		text, err := st.Draft(t.Context(), storetest.ID(storetest.Grace), "reply")
		if err != nil {
			t.Fatal(err)
		}
		if text == "not yet fin" {
			break
		}
		<-w.C()
	}
	s.Press("esc", "]")
	s.WaitText("+1 555 088 8999")
	s.Press("[")
	s.WaitText("Is the 3 pm slot still free?")
	s.WaitText("not yet fin")
}

func TestQuitAsksWhenSomethingIsUnsent(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("hello")
	s.Press("enter", "esc")
	s.WaitText("1 queued")
	s.Press("q")
	s.WaitText("Quit with unsent messages?")
	s.Press("esc")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "Quit with unsent") })
	s.Press("q", "q")
	s.WaitEnd()
}

func TestMouseOpens(t *testing.T) {
	s := start(t, options(storetest.New(t)), 120, 40)
	goAll(s)
	y := 0
	for i, l := range strings.Split(s.Text(), "\n") {
		if strings.Contains(l, "Bruno Lima") {
			y = i
		}
	}
	s.Click(10, y)
	s.WaitText("Asked accounting for the copy.")
	if got := selected(s); !strings.Contains(got, "Bruno") {
		t.Errorf("selected is %q", got)
	}
}
