package event_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

func TestTargets(t *testing.T) {
	for raw, wrong := range map[string]string{
		`{"first":"15m"}`: "",
		`{"first":"15m","next":"30m","resolution":"8h","hours":"office","accounts":["a"],"label":"vip"}`: "",
		`{}`:                                  "needs",
		`{"hours":"office"}`:                  "needs",
		`{"first":"30s"}`:                     "from 1m",
		`{"resolution":"2161h"}`:              "from 1m",
		`{"next":"soon"}`:                     "length of time",
		`{"next":"-5m"}`:                      "length of time",
		`{"first":"15m","second":"1h"}`:       "JSON",
		`{"first":"15m"} {}`:                  "more than one",
		`{"first":"15m","accounts":["a",""]}`: "accounts",
	} {
		_, err := event.ReadTarget(json.RawMessage(raw))
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v, want %q", raw, err, wrong)
		}
	}
	of := event.Target{Accounts: []provider.AccountID{"a"}, Label: "vip"}
	if !of.Fits("a", []string{"x", "vip"}) || of.Fits("b", []string{"vip"}) || of.Fits("a", nil) || !(event.Target{}).Fits("b", nil) {
		t.Error("what a target is for is not what it says")
	}
	if of.Narrowness() != 3 || (event.Target{Label: "l"}).Narrowness() <= (event.Target{Accounts: of.Accounts}).Narrowness() {
		t.Error("a label is not before an inbox")
	}
}

// TestWorkingTimeIsWhatAClockWouldCount: minute by minute over days on which the zone's
// clock is set, and over a holiday.
func TestWorkingTimeIsWhatAClockWouldCount(t *testing.T) {
	week := `"week":{"mon":["08:00-12:30","14:00-18:00"],"tue":["22:00-24:00"],"wed":["00:00-06:00","20:00-24:00"],"sat":["00:00-24:00"],"sun":["00:00-01:30","02:15-24:00"]}`
	for zone, from := range map[string]time.Time{
		"Europe/Madrid":     time.Date(2026, 3, 27, 7, 0, 0, 0, time.UTC),  // forward on the 29th
		"America/New_York":  time.Date(2026, 10, 30, 7, 0, 0, 0, time.UTC), // back on the 1st
		"Asia/Kathmandu":    time.Date(2026, 11, 20, 7, 17, 0, 0, time.UTC),
		"America/Guatemala": time.Date(2026, 12, 20, 7, 0, 0, 0, time.UTC),
	} {
		h, err := event.ReadHours(json.RawMessage(`{"zone":"` + zone + `",` + week + `,"holidays":["2026-12-26"]}`))
		if err != nil {
			t.Fatal(err)
		}
		worked := time.Duration(0)
		for at := from; at.Before(from.Add(12 * 24 * time.Hour)); at = at.Add(time.Minute) {
			open := h.Open(at)
			if open {
				worked += time.Minute
			}
			// Where the next minute works too, the end of this one is told apart from any other.
			if got := h.After(from, worked); open && h.Open(at.Add(time.Minute)) && !got.Equal(at.Add(time.Minute)) {
				t.Fatalf("%s: %v of work after %v end at %v, want %v", zone, worked, from, got, at.Add(time.Minute))
			}
		}
		if worked < 50*time.Hour {
			t.Errorf("%s: only %v were counted", zone, worked)
		}
	}
}

func TestWorkingTimeThatNeverComes(t *testing.T) {
	none, err := event.ReadHours(json.RawMessage(`{"zone":"UTC","week":{"mon":[]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := none.After(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), time.Minute); !got.IsZero() {
		t.Errorf("a team that never works is done at %v", got)
	}
	little, err := event.ReadHours(json.RawMessage(`{"zone":"UTC","week":{"mon":["09:00-09:01"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := little.After(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), 90*24*time.Hour); !got.IsZero() {
		t.Errorf("it is done at %v", got)
	}
	if got := little.After(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), 2*time.Minute); !got.Equal(time.Date(2026, 11, 30, 9, 1, 0, 0, time.UTC)) {
		t.Errorf("two minutes end at %v", got)
	}
}
