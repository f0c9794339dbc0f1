package main

import (
	"testing"
	"time"

	"frontdesk/provider"
)

// What a relay has not done for long is wrong, what it has not done yet a note.
func TestHowOldTemplatesAndNewsAre(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	at := func(ago time.Duration) served {
		return served{Account: provider.Account{ID: "shop"}, ListsTemplates: true, TemplatesAt: now.Add(-ago), Polls: true, PolledAt: now.Add(-ago)}
	}
	for name, c := range map[string]struct {
		account served
		want    []string
	}{
		"fresh":         {at(10 * time.Minute), []string{levelOK, levelOK}},
		"an hour":       {at(time.Hour), []string{levelOK, levelWrong}},
		"two days":      {at(48 * time.Hour), []string{levelWrong, levelWrong}},
		"not yet":       {served{ListsTemplates: true, Polls: true}, []string{levelNote, levelNote}},
		"no such thing": {served{}, nil},
	} {
		var found checkup
		found.looked(&c.account, now)
		var levels []string
		for _, f := range found.Findings {
			levels = append(levels, f.Level)
			if f.About != "inbox" || (f.Level != levelOK && f.Todo == "") {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if len(levels) != len(c.want) || (len(levels) == 2 && (levels[0] != c.want[0] || levels[1] != c.want[1])) {
			t.Errorf("%s: %v, want %v", name, levels, c.want)
		}
	}
}

// A verb makes a table of capabilities once, however many rows ask for it.
func TestTablesAreMadeOnce(t *testing.T) {
	var made tables
	first, other := made.of("cloudapi", provider.WhatsApp, "34600"), made.of("twilio", provider.SMS, "34600")
	if again := made.of("cloudapi", provider.WhatsApp, "34600"); again != first || first == other || first.Text.Max == 0 {
		t.Errorf("%p, then %p; another's %p", first, again, other)
	}
}
