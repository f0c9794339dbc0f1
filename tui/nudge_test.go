package tui

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func nudged(t *testing.T, names ...string) *store.Store {
	t.Helper()
	greet := worded("still_there", "en", "Hello {{name}}, are you still there?")
	return lists(t, func(log *storetest.Log) []event.Event {
		var events []event.Event
		for _, name := range names {
			events = append(events, setting(t, log, event.SettingRule, event.NudgeName(""), event.Nudge{Template: name}))
		}
		return events
	}, worded("another", "en", "Another one"), greet)
}

// One key and Enter: the team's template, filled with the contact's name.
func TestNudgingIsOneKeyAndEnter(t *testing.T) {
	st := nudged(t, "still_there")
	s := openNuria(t, options(st), 120, 40)
	s.Press("w")
	s.WaitText("Hello Nuria, are you still there?")
	s.WaitText("next, then send")
	s.Press("enter")
	s.WaitText("⧗ queued")
	messages, err := st.Messages(t.Context(), storetest.ID(nuria), store.MessageCursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m := messages[0].Content.Template; m == nil || m.Name != "still_there" || !strings.Contains(m.Shown.Text(), "Hello Nuria") {
		t.Errorf("queued %+v", messages[0].Content)
	}
}

// Without a nudge, with one that is gone, and where nothing closes: it is said.
func TestWithoutANudge(t *testing.T) {
	for want, st := range map[string]*store.Store{
		"has named no nudge": nudged(t), "gone_by_now, is not a template": nudged(t, "gone_by_now"),
	} {
		s := openNuria(t, options(st), 160, 40)
		s.Press("w")
		s.WaitText(want)
		s.WaitText("Send a template")
	}
	o := options(nudged(t, "still_there"))
	caps := rules()
	caps.Window = provider.WindowRule{}
	o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps }
	s := openNuria(t, o, 120, 40)
	s.Press("w")
	s.WaitText("No window closes here")
}
