package webhookrelay

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TestANetworkHearsOfAResolution: once, after undo has lapsed, with what was added
// meanwhile, over a restart; and the team is told what it said.
func TestANetworkHearsOfAResolution(t *testing.T) {
	h := openHouse(t)
	h.writes("hello")
	h.says(event.Resolved{Resolution: event.Resolution{Notes: "done"}})
	h.says(event.Described{Resolution: event.Resolution{Notes: "towels", CSAT: 4, FollowUp: h.time()}})
	h.pass(event.UndoFor - time.Second)
	if n := len(h.net.heard()); n != 0 {
		t.Fatalf("told %d times before undo had lapsed", n)
	}
	h.reopen()
	h.pass(time.Second)
	for range 3 {
		h.pass(time.Hour)
		h.reopen()
	}
	if got := h.net.heard(); len(got) != 1 || got[0] != (provider.Resolution{Notes: "towels", Rating: 4, FollowUp: true}) {
		t.Errorf("told %+v", got)
	}
	if told := h.answers(); len(told) != 1 || told[0].State != event.ResolutionTaken || told[0].Error != nil {
		t.Errorf("the team was told %+v", told)
	}
}

// TestWhatDoesNotStandIsNotTold: taken back, reopened by the customer, snoozed, erased;
// a rating, and what is long past, end no resolution.
func TestWhatDoesNotStandIsNotTold(t *testing.T) {
	for name, c := range map[string]struct {
		after event.Body
		told  int
	}{
		"undone":     {event.Reopened{}, 0},
		"snoozed":    {event.Snoozed{Until: time.Now()}, 0},
		"erased":     {event.Erased{}, 0},
		"they wrote": {provider.MessageReceived{Message: "x", From: provider.Sender{User: provider.UserID(guest)}, Content: provider.TextContent("wait")}, 0},
		"long past":  {provider.MessageReceived{Message: "x", From: provider.Sender{User: provider.UserID(guest)}, Content: provider.TextContent("wait"), Past: true}, 1},
		"noted":      {event.Noted{Text: "hm"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHouse(t)
			h.writes("hello")
			h.says(event.Resolved{})
			h.pass(time.Second)
			h.says(c.after)
			h.pass(time.Hour)
			h.pass(time.Hour)
			if got := h.net.heard(); len(got) != c.told || len(h.answers()) != c.told {
				t.Errorf("told %+v, the team %+v", got, h.answers())
			}
		})
	}
}

// TestAnAmbiguousResolutionIsNotRepeated: what nobody heard the end of is unsure, also
// where the relay ended meanwhile; what was certainly not taken is told again.
func TestAnAmbiguousResolutionIsNotRepeated(t *testing.T) {
	h := openHouse(t)
	h.writes("hello")
	resolve := func(after time.Duration) {
		t.Helper()
		h.says(event.Resolved{})
		h.pass(after)
	}
	h.net.fails = errVague
	resolve(time.Minute)
	h.pass(time.Hour)
	h.net.fails, h.net.panics = nil, true
	resolve(time.Minute)
	h.net.panics, h.net.fails = false, errDown
	resolve(time.Minute)
	h.pass(time.Minute)
	h.net.fails = nil
	h.pass(2 * time.Minute)
	if told := h.answers(); len(told) != 3 || told[0].State != event.ResolutionUnsure || told[1].State != event.ResolutionUnsure || told[2].State != event.ResolutionTaken {
		t.Fatalf("the team was told %+v", told)
	}
	if n := len(h.net.heard()); n != 1+1+3 {
		t.Errorf("asked %d times", n)
	}
	h.says(event.Resolved{})
	h.pass(time.Second)
	rows, err := h.teller.open(t.Context())
	if err != nil || len(rows) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	rows[0].Telling = true
	if claimed, err := h.teller.claim(t.Context(), rows[0]); err != nil || !claimed { // and the process dies
		t.Fatal(claimed, err)
	}
	h.reopen()
	h.pass(time.Hour)
	if told := h.answers(); len(told) != 4 || told[3].State != event.ResolutionUnsure || len(h.net.heard()) != 5 {
		t.Errorf("asked %d times, the team was told %+v", len(h.net.heard()), told)
	}
}

// TestAResolutionBeforeARestoredLogIsUnsure: it may have been told since.
func TestAResolutionBeforeARestoredLogIsUnsure(t *testing.T) {
	h := openHouse(t)
	h.writes("hello")
	h.says(event.Resolved{})
	h.pass(time.Second)
	if _, err := h.log.conn.ExecContext(t.Context(), "update meta set value = cast(json_set(cast(value as text), '$.epoch', 'another') as blob) where key like 'tell:%'"); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Hour)
	if told := h.answers(); len(told) != 1 || told[0].State != event.ResolutionUnsure || len(h.net.heard()) != 0 {
		t.Errorf("asked %d times, the team was told %+v", len(h.net.heard()), told)
	}
}
