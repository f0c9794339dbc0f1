package event_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"frontdesk/webhookrelay/event"
)

// What is written in lines comes back from JSON and from lines as it was.
func TestMacroRoundTrip(t *testing.T) {
	const text = "reply Hello {first name},\n  we have it.\nlabel +vip -new\nassign me\nsnooze fri 9am"
	steps := event.ParseSteps("\n" + text + "\r\n\n")
	want := []event.MacroStep{
		{Do: event.MacroReply, With: "Hello {first name},\nwe have it."},
		{Do: event.MacroLabel, With: "+vip -new"},
		{Do: event.MacroAssign, With: "me"},
		{Do: event.MacroSnooze, With: "fri 9am"},
	}
	if !slices.Equal(steps, want) {
		t.Fatalf("read %+v", steps)
	}
	if got := event.StepsText(steps); got != text {
		t.Errorf("written as %q", got)
	}
	raw, err := json.Marshal(event.Macro{Key: ";", Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := event.ReadMacro(raw); err != nil || m.Key != ";" || !slices.Equal(m.Steps, want) {
		t.Errorf("read %+v, %v", m, err)
	}
}

func TestBadMacros(t *testing.T) {
	long := strings.Repeat("x", event.MaxStep+1)
	for text, want := range map[string]event.MacroFault{
		"": event.MacroEmpty, "  \n \n": event.MacroEmpty, "fly away": event.MacroUnknown, "note": event.MacroBare, "reply   ": event.MacroBare,
		"reopen now": event.MacroTooMuch, "resolve\nsnooze reply": event.MacroTwice, "label +a\nlabel +b": event.MacroTwice,
		"read\nunread": event.MacroTwice, "note " + long: event.MacroLong, strings.Repeat("note x\n", event.MaxSteps+1): event.MacroLong,
		strings.Repeat("reply x\n", event.MaxReplies+1): event.MacroReplies, "note \x1b[2J": event.MacroControls, "note \u009b2J": event.MacroControls,
		"note \xff": event.MacroControls, "note a\nnote b\nresolve\nassign me\nteam Billing\nread": "", "RESOLVE": "", "follow": "",
	} {
		m := event.Macro{Steps: event.ParseSteps(strings.ToValidUTF8(text, "\uFFFD"))}
		err := m.Check()
		var bad *event.MacroError
		if errors.As(err, &bad) != (want != "") || bad != nil && bad.Fault != want {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
	for key, good := range map[string]bool{"": true, "a": true, "~": true, ";": true, " ": false, "ab": false, "ñ": false, "\x1b": false, "\x7f": false} {
		if err := (event.Macro{Key: key, Steps: []event.MacroStep{{Do: event.MacroRead}}}).Check(); (err == nil) != good {
			t.Errorf("key %q: %v", key, err)
		}
	}
	for _, raw := range []string{"7", `{"steps":[{"do":"read"}],"rm":1}`, `{"steps":[{"do":"read"}]} 1`, ""} {
		if _, err := event.ReadMacro(json.RawMessage(raw)); err == nil {
			t.Errorf("%s is taken", raw)
		}
	}
}
