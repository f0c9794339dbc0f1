package composer

import (
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/safetext"
)

// What the customer or the team wants none of cannot be typed, also while the
// window is open: the box says why, offers no template and keeps the draft.
func TestNothingIsWrittenToWhoWantsNone(t *testing.T) {
	for _, c := range []struct {
		standing store.Standing
		word     string
		why      string
	}{
		{store.Standing{NoMessages: noon().Add(-time.Hour)}, "opted out", "They asked for no more messages at 11:07."},
		{store.Standing{Blocked: true, NoMessages: noon()}, "blocked", "The team blocked this contact"},
	} {
		box := open(time.Hour)
		press(box, "'half a sent")
		conv := closesIn(time.Hour)
		conv.Standing = c.standing
		box.Update(conv, whatsapp(), noon())
		if !box.Locked() || press(box, "'x", "t") != nil || press(box, "enter") == nil {
			t.Errorf("%s: a key does something", c.word)
		}
		if _, sends := press(box, "enter").(action.SendText); sends || box.Text() != "half a sent" {
			t.Errorf("%s: the draft is %q", c.word, box.Text())
		}
		got := view(t, box, 92, safetext.Measurer{})
		for _, want := range []string{c.word, c.why, "Your draft is kept.", "half a sent"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s is missing:\n%s", want, got)
			}
		}
		if strings.Contains(got, "template") {
			t.Errorf("a template is offered:\n%s", got)
		}
		conv.Standing = store.Standing{NoMarketing: noon()}
		box.Update(conv, whatsapp(), noon())
		if box.Locked() {
			t.Error("a text is refused to who wants no marketing")
		}
	}
}
