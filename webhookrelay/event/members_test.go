package event_test

import (
	"encoding/json"
	"strings"
	"testing"

	"frontdesk/webhookrelay/event"
)

func TestTeamNames(t *testing.T) {
	for name, good := range map[string]bool{
		"support": true, "Soporte técnico": true, "l2.night-shift_a": true, "支持": true, strings.Repeat("x", event.MaxTeamName): true,
		"": false, " support": false, "support ": false, "two  blanks": false, "-x": false, "a\x1b[31m": false, "a\u202eb": false, "a:b": false,
		`a"b`: false, "none": false, "None": false, "\xff": false, strings.Repeat("x", event.MaxTeamName+1): false,
	} {
		if err := event.CheckTeamName(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestReadTeam(t *testing.T) {
	for raw, good := range map[string]bool{
		`{"members":["ana","ben"]}`: true, `{"members":[],"inboxes":["front"]}`: true,
		`{"members":[""]}`: false, `{"members":["ana"],"inboxes":[""]}`: false, `{"members":["ana"],"lead":"ben"}`: false, `[]`: false, ``: false,
	} {
		if _, err := event.ReadTeam(json.RawMessage(raw)); (err == nil) != good {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
