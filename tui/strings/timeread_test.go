package strings

import (
	"testing"
	"time"
)

// now is a Friday noon where the clocks change.
func fridayNoon(t *testing.T) time.Time {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, 20, 12, 5, 0, 0, berlin)
}

func TestReadTime(t *testing.T) {
	now := fridayNoon(t)
	for text, want := range map[string]string{
		"18:00": "Fri 20 Nov 18:00 CET", "9am": "Sat 21 Nov 09:00 CET", "Tomorrow at 6:30 pm": "Sat 21 Nov 18:30 CET",
		"today 23.59": "Fri 20 Nov 23:59 CET", "fri 9am": "Fri 27 Nov 09:00 CET", "friday 18h": "Fri 20 Nov 18:00 CET", "mon noon": "Mon 23 Nov 12:00 CET",
		"24 Dec 18:00": "Thu 24 Dec 18:00 CET", "Dec 24, 6pm": "Thu 24 Dec 18:00 CET", "24.12. 18:00": "Thu 24 Dec 18:00 CET",
		"24.12.2027 18:00": "Fri 24 Dec 2027 18:00 CET", "1 june 12am": "Tue 1 Jun 2027 00:00 CEST", "2026-12-24 18:00": "Thu 24 Dec 18:00 CET",
		"1 mar 12pm": "Mon 1 Mar 2027 12:00 CET", "in 3 days": "Mon 23 Nov 12:05 CET", "in 90min": "Fri 20 Nov 13:35 CET", "in 1 week": "Fri 27 Nov 12:05 CET",
		"midnight": "Sat 21 Nov 00:00 CET",
	} {
		at, ok := readTime(text, now)
		if got := zoned(at, now); !ok || got != want {
			t.Errorf("%q is read as %s, %v; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "24 Dec", "tomorrow", "25:00", "13pm", "0am", "18:60", "18:5", "31 feb 18:00", "someday 18:00", "5/6 18:00", "in days", "in 0 days",
		"in 3 years", "32.1. 9:00", "18", "1 2 3 4 18:00", "m", "am", "noon noon", "-1:30", "ma 9:00",
	} {
		if at, ok := readTime(text, now); ok {
			t.Errorf("%q is read as %s", text, at)
		}
	}
}

// A day that was named keeps its day: what is over stays over, and the judge says so.
func TestAnInstantThatIsOver(t *testing.T) {
	now := fridayNoon(t)
	for _, text := range []string{"today 9am", "2026-11-19 18:00", "19 nov 2026 18:00"} {
		if at, ok := readTime(text, now); !ok || at.After(now) {
			t.Errorf("%q is read as %s, %v", text, at, ok)
		}
	}
}

func TestAZoneWithoutAName(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	if got := zoned(fridayNoon(t), fridayNoon(t).In(zone)); got != "Fri 20 Nov 08:05 UTC-03" {
		t.Error(got)
	}
}

func FuzzReadTime(f *testing.F) {
	for _, text := range []string{"tomorrow 18:00", "in 3 days", "24.12. 6pm", "m", "am", ":", "."} {
		f.Add(text)
	}
	now := time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if at, ok := readTime(text, now); ok && (at.Year() < 2000 || at.Year() > 10000) {
			t.Errorf("%q is read as %s", text, at)
		}
	})
}
