package store_test

import (
	"encoding/json"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func TestNudgesByLanguage(t *testing.T) {
	w := newWorld(t)
	rule := func(id, name, value string) event.Event {
		return w.team(id, storetest.Ben, event.Set{What: event.SettingRule, Name: name, Value: json.RawMessage(value)})
	}
	w.apply(
		rule("a", event.NudgeName(""), `{"template":"still_there"}`), rule("b", event.NudgeName("es"), `{"template":"sigues_ahi"}`),
		rule("c", event.NudgeName("pt_BR"), `{"template":"ainda_ai"}`), rule("d", "auto-resolve", `{"template":"x"}`), rule("e", event.NudgeName("fr"), `7`),
	)
	nudges, err := w.s.Nudges(w.ctx)
	if err != nil || len(nudges) != 3 {
		t.Fatalf("%v, %v", nudges, err)
	}
	for language, want := range map[string]string{"": "still_there", "es-MX": "sigues_ahi", "es": "sigues_ahi", "pt-BR": "ainda_ai", "pt_BR": "ainda_ai", "pt": "still_there", "fr": "still_there"} {
		if got := store.NudgeFor(nudges, language); got != want {
			t.Errorf("%q: %q, want %q", language, got, want)
		}
	}
	if got := store.NudgeFor(nil, "es"); got != "" {
		t.Errorf("of none: %q", got)
	}
}
