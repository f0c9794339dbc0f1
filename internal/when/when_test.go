package when_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a machine without time zones skips nothing

	"frontdesk/internal/when"
)

func madrid(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// Each phrase on a Friday, at half past ten in the morning.
func TestPhrases(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 30, 15, 0, madrid(t))
	for phrase, want := range map[string]string{
		"fri 9am": "2026-11-27 09:00", "fri 11am": "2026-11-20 11:00", "Friday at 4:30 pm": "2026-11-20 16:30",
		"mon": "2026-11-23 09:00", "next mon": "2026-11-23 09:00", "next fri": "2026-11-27 09:00", "next week": "2026-11-23 09:00",
		"next sunday 10:00": "2026-11-29 10:00", "next month": "2026-12-01 09:00", "Tuesday evening": "2026-11-24 18:00",
		"in 2h": "2026-11-20 12:30", "2h": "2026-11-20 12:30", "1h30": "2026-11-20 12:00", "1h30m": "2026-11-20 12:00",
		"in 90 minutes": "2026-11-20 12:00", "in an hour": "2026-11-20 11:30", "in 2 days": "2026-11-22 10:30", "in 2 days at 9": "2026-11-22 09:00",
		"in 3 weeks": "2026-12-11 10:30", "in 1 month": "2026-12-20 10:30", "1d2h": "2026-11-21 12:30",
		"tomorrow": "2026-11-21 09:00", "tomorrow 14:30": "2026-11-21 14:30", "tomorrow, 9": "2026-11-21 09:00", "tomorrow morning": "2026-11-21 09:00",
		"at 9": "2026-11-21 09:00", "at 11": "2026-11-20 11:00", "14:30": "2026-11-20 14:30", "10:30": "2026-11-21 10:30", "9am": "2026-11-21 09:00",
		"12am": "2026-11-21 00:00", "12pm": "2026-11-20 12:00", "noon": "2026-11-20 12:00", "midnight": "2026-11-21 00:00",
		"tonight": "2026-11-20 20:00", "today 16:00": "2026-11-20 16:00", "until mon 8:00": "2026-11-23 08:00",
		"2026-12-24": "2026-12-24 09:00", "2026-12-24T08:15": "2026-12-24 08:15", "24.12.": "2026-12-24 09:00", "24.12.2027 7:00": "2027-12-24 07:00",
		"24 dec": "2026-12-24 09:00", "dec 24th 18:00": "2026-12-24 18:00", "1 november": "2027-11-01 09:00", "29 feb": "2028-02-29 09:00",
		"3rd december 2027 noon": "2027-12-03 12:00",
	} {
		got, err := when.Parse(phrase, now)
		if err != nil || got.Format("2006-01-02 15:04") != want {
			t.Errorf("%q: %s, %v; want %s", phrase, got.Format("2006-01-02 15:04"), err, want)
		}
	}
}

// What is no time, or may be two, is refused with the reason and the word.
func TestProblems(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 30, 15, 0, time.UTC)
	for phrase, want := range map[string]when.Problem{
		"": {Reason: when.Empty}, "  , ": {Reason: when.Empty},
		"whenever": {Reason: when.Unknown, Word: "whenever"}, "tomorow": {Reason: when.Unknown, Word: "tomorow"},
		"9": {Reason: when.Unknown, Word: "9"}, "3/4": {Reason: when.Unknown, Word: "3/4"}, "next time": {Reason: when.Unknown, Word: "time"},
		"tomorrow 25:00": {Reason: when.NoSuch, Word: "25:00"}, "at 13pm": {Reason: when.NoSuch, Word: "13pm"}, "9:75": {Reason: when.NoSuch, Word: "9:75"},
		"31.2.2027": {Reason: when.NoSuch, Word: "31.2.2027"}, "30 feb": {Reason: when.NoSuch, Word: "30"}, "2026-13-01": {Reason: when.NoSuch, Word: "2026-13-01"},
		"today": {Reason: when.Past}, "2026-01-01": {Reason: when.Past}, "today 9am": {Reason: when.Past}, "0m": {Reason: when.Past},
		"in 9999 weeks": {Reason: when.Far}, "2099-01-01": {Reason: when.Far},
		"mon tue": {Reason: when.Twice, Word: "tue"}, "9am 10am": {Reason: when.Twice, Word: "10am"}, "tomorrow in 2h": {Reason: when.Twice, Word: "2h"},
		"in": {Reason: when.Part, Word: "in"}, "at": {Reason: when.Part, Word: "at"}, "next": {Reason: when.Part, Word: "next"},
		"dec": {Reason: when.Part, Word: "dec"}, "on the": {Reason: when.Part, Word: "the"},
		strings.Repeat("in ", 100): {Reason: when.Long},
	} {
		at, err := when.Parse(phrase, now)
		var p *when.Problem
		if !errors.As(err, &p) {
			t.Errorf("%q is %s, %v", phrase, at, err)
			continue
		}
		if p.Reason != want.Reason || p.Word != want.Word {
			t.Errorf("%q: %s at %q, want %s at %q", phrase, p.Reason, p.Word, want.Reason, want.Word)
		}
	}
}

// The day on which clocks change is one day, and nine is nine.
func TestAcrossTheChangeOfClocks(t *testing.T) {
	now := time.Date(2026, 10, 24, 9, 0, 0, 0, madrid(t))
	at, err := when.Parse("in 1 day", now)
	if err != nil || at.Format("2006-01-02 15:04 MST") != "2026-10-25 09:00 CET" || at.Sub(now) != 25*time.Hour {
		t.Errorf("it is %s, %v later, %v", at, at.Sub(now), err)
	}
}

// Whatever is typed, what comes out lies ahead and not too far, and a problem has
// a reason; nothing panics.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"fri 9am", "in 2h", "tomorrow 14:30", "24.12.2027 7:00", "next mon", "1h30", "29 feb", "2026-12-24t08:15", "a an one in at next", "٣ h", "9999mo"} {
		f.Add(seed, int64(1_795_170_000))
	}
	zone := madrid(f)
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		const years = 60 * 365 * 24 * 3600
		now := time.Unix(1_500_000_000+(unix%years+years)%years, 0).In(zone)
		at, err := when.Parse(text, now)
		var p *when.Problem
		switch {
		case err != nil && (!errors.As(err, &p) || p.Reason == "" || p.Error() == ""):
			t.Errorf("%q: %v", text, err)
		case err == nil && (!at.After(now) || at.Sub(now) > when.Farthest):
			t.Errorf("%q at %s is %s", text, now, at)
		}
	})
}
