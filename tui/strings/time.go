package strings

import (
	"fmt"
	"time"
)

// Time is how instants and lengths of time are written. Instants are shown in
// the time zone of now.
type Time struct {
	// Left is a length of time until something, as "5h12"; rounded down, so
	// that more is never promised than there is.
	Left func(time.Duration) string
	// Span is a length of time gone by, as "41m".
	Span func(time.Duration) string
	// Waits says for how long a customer has waited.
	Waits func(time.Duration) string
	// Ago says how long ago something was, as "2 min ago".
	Ago func(time.Duration) string
	// Stamp is the shortest unambiguous name of an instant: the time today,
	// the day of this week, else the date.
	Stamp func(at, now time.Time) string
	// Clock is the time of day.
	Clock func(at, now time.Time) string
	// Exact is date and time to the second.
	Exact func(at, now time.Time) string
	// Closed says since when a window is closed, as "closed Wed"; zero when it
	// never opened.
	Closed func(at, now time.Time) string
	// Moment is an instant within a sentence: "09:10", "Wed 09:10",
	// "12 Oct 09:10".
	Moment func(at, now time.Time) string
	// At is an instant as the end of a sentence: "at 09:10", "on Wed at 09:10".
	At func(at, now time.Time) string
	// Day is a whole day, as a thread's separator has it.
	Day func(at, now time.Time) string
	// WholeHours is a rule's length, as "24 h".
	WholeHours func(time.Duration) string
	// Zoned is an instant that another person is to read, with its zone:
	// "Thu 24 Dec 18:00 CET".
	Zoned func(at, now time.Time) string
	// Read reads an instant as people type it ("tomorrow 18:00", "24 Dec 6pm", "in 3
	// days"), in the zone of now. Where the day is left out, and where the year is, it
	// is the next such instant.
	Read func(text string, now time.Time) (time.Time, bool)
}

func englishTime() Time {
	return Time{
		Left:       left,
		Span:       span,
		Waits:      func(d time.Duration) string { return "waits " + span(d) },
		Ago:        ago,
		Stamp:      stamp,
		Clock:      func(at, now time.Time) string { return at.In(now.Location()).Format("15:04") },
		Exact:      func(at, now time.Time) string { return at.In(now.Location()).Format("2 Jan 2006 15:04:05") },
		Closed:     closed,
		Moment:     moment,
		At:         atMoment,
		Day:        day,
		WholeHours: wholeHours,
		Zoned:      zoned,
		Read:       readTime,
	}
}

func left(d time.Duration) string {
	switch {
	case d <= 0:
		return "0h00"
	case d < time.Minute:
		return "<1m"
	case d >= 100*time.Hour:
		return fmt.Sprintf("%dd%02dh", int(d/(24*time.Hour)), int(d/time.Hour)%24)
	}
	return fmt.Sprintf("%dh%02d", int(d/time.Hour), int(d/time.Minute)%60)
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "<1m"
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d/time.Minute))
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02d", int(d/time.Hour), int(d/time.Minute)%60)
	}
	return fmt.Sprintf("%dd", int(d/(24*time.Hour)))
}

func ago(d time.Duration) string {
	switch {
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d/time.Hour))
	}
	return fmt.Sprintf("%d days ago", int(d/(24*time.Hour)))
}

// calendarDays counts the midnights between at and now; negative in the future.
func calendarDays(at, now time.Time) int {
	noon := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	}
	return int(noon(now).Sub(noon(at.In(now.Location()))) / (24 * time.Hour))
}

// thisWeek is within how many days a weekday names only one day.
const thisWeek = 6

func dayName(at, now time.Time) string {
	at = at.In(now.Location())
	switch n := calendarDays(at, now); {
	case n >= -thisWeek && n <= thisWeek:
		return at.Format("Mon")
	case at.Year() == now.Year():
		return at.Format("2 Jan")
	}
	return at.Format("2 Jan 2006")
}

func stamp(at, now time.Time) string {
	if calendarDays(at, now) == 0 {
		return at.In(now.Location()).Format("15:04")
	}
	return dayName(at, now)
}

func moment(at, now time.Time) string {
	clock := at.In(now.Location()).Format("15:04")
	if calendarDays(at, now) == 0 {
		return clock
	}
	return dayName(at, now) + " " + clock
}

func atMoment(at, now time.Time) string {
	clock := "at " + at.In(now.Location()).Format("15:04")
	if calendarDays(at, now) == 0 {
		return clock
	}
	return "on " + dayName(at, now) + " " + clock
}

func closed(at, now time.Time) string {
	if at.IsZero() {
		return "closed"
	}
	return "closed " + stamp(at, now)
}

func day(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Year() == now.Year() {
		return at.Format("Monday 2 January")
	}
	return at.Format("Monday 2 January 2006")
}

func zoned(at, now time.Time) string {
	at = at.In(now.Location())
	zone := at.Format("MST")
	if zone[0] == '+' || zone[0] == '-' { // it has no name
		zone = "UTC" + zone
	}
	layout := "Mon 2 Jan 15:04 "
	if at.Year() != now.Year() {
		layout = "Mon 2 Jan 2006 15:04 "
	}
	return at.Format(layout) + zone
}

func wholeHours(d time.Duration) string {
	if d >= 72*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
	}
	return fmt.Sprintf("%d h", int(d/time.Hour))
}
