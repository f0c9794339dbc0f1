// Package when reads a time as people type it ("fri 9am", "in 2h", "tomorrow
// 14:30") in the zone of the person who types. It knows no clock, and guesses
// nothing: what may mean two things is refused, with the word that did not help.
package when

import (
	"strings"
	"time"
)

// Hours of the day that stand where nobody names one.
const (
	Morning   = 9
	Afternoon = 14
	Evening   = 18
	Night     = 20
)

// Farthest is how far ahead a time may lie.
const Farthest = 5 * 366 * 24 * time.Hour

// maxText is how long a phrase may be: longer ones are pasted by mistake.
const maxText = 200

// Reason is why a phrase is no time.
type Reason string

// The reasons.
const (
	Empty Reason = "empty" // nothing was typed
	// Unknown: Word is none that is known here, or not in this place.
	Unknown Reason = "unknown"
	// NoSuch: there is no such time of day or date.
	NoSuch Reason = "no such time"
	Past   Reason = "past"    // At has gone by
	Far    Reason = "far"     // At is farther than Farthest
	Twice  Reason = "twice"   // two days or two times of day; Word is the second
	Long   Reason = "long"    // the phrase is longer than any time
	Part   Reason = "partial" // something is missing after Word
)

// Problem is a phrase that is no time.
type Problem struct {
	Reason Reason
	// Word is the one at which reading stopped; it is what was typed.
	Word string
	// At is the time that was meant, where there is one.
	At time.Time
}

// Error implements error, for logs: what a person reads is made from the parts.
func (p *Problem) Error() string {
	if p.Word == "" {
		return "no time: " + string(p.Reason)
	}
	return "no time: " + string(p.Reason) + " at a word"
}

// Parse returns the instant that text means at now, in now's zone, to the second
// and after now. A day without a time of day is at Morning; a time of day without a
// day is the next such; a day of the week is the next such, today where its time is
// still to come. The error is a *Problem.
func Parse(text string, now time.Time) (time.Time, error) {
	if len(text) > maxText {
		return time.Time{}, &Problem{Reason: Long}
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\u00a0' })
	if len(words) == 0 {
		return time.Time{}, &Problem{Reason: Empty}
	}
	p := phrase{words: words, now: now}
	for p.at < len(p.words) {
		if err := p.step(); err != nil {
			return time.Time{}, err
		}
	}
	at, err := p.instant()
	switch {
	case err != nil:
		return time.Time{}, err
	case !at.After(now):
		return time.Time{}, &Problem{Reason: Past, At: at}
	case at.Sub(now) > Farthest:
		return time.Time{}, &Problem{Reason: Far, At: at}
	}
	return at, nil
}

// instant puts together what was read.
func (p *phrase) instant() (time.Time, error) {
	y, m, d := p.now.Date()
	on := func(days int) time.Time { return p.on(y, m, d+days) }
	switch {
	case p.spans && !p.day.set && !p.clock.set:
		return p.now.AddDate(0, p.span.months, p.span.days).Add(p.span.rest).Truncate(time.Second), nil
	case p.spans && (p.day.set || p.span.rest != 0):
		return time.Time{}, &Problem{Reason: Twice, Word: p.last}
	case p.spans:
		y, m, d = p.now.AddDate(0, p.span.months, p.span.days).Date()
		return on(0), nil
	case p.day.set && p.day.weekday:
		return p.onWeekday(on)
	case p.day.set:
		return p.onDay(on)
	case p.clock.set:
		if at := on(0); at.After(p.now) {
			return at, nil
		}
		return on(1), nil
	}
	return time.Time{}, &Problem{Reason: Part, Word: p.last}
}

// on is the time of day that was read, on a day.
func (p *phrase) on(y int, m time.Month, d int) time.Time {
	hour, minute := p.clock.hour, p.clock.minute
	if !p.clock.set {
		hour, minute = Morning, 0
	}
	return time.Date(y, m, d, hour, minute, 0, 0, p.now.Location())
}

// onWeekday is the next such day; with "next", that of the week after this one,
// which begins on Monday.
func (p *phrase) onWeekday(on func(int) time.Time) (time.Time, error) {
	days := (int(p.day.name) - int(p.now.Weekday()) + 7) % 7
	if p.day.next {
		monday := 7 - (int(p.now.Weekday())+6)%7
		return on(monday + (int(p.day.name)+6)%7), nil
	}
	if at := on(days); at.After(p.now) {
		return at, nil
	}
	return on(days + 7), nil
}

// onDay is a date; one without a year is the next such.
func (p *phrase) onDay(on func(int) time.Time) (time.Time, error) {
	if p.day.month == 0 {
		return on(p.day.days), nil
	}
	year := p.day.year
	if year == 0 {
		year = p.now.Year()
	}
	for range 9 { // the 29th of February may be eight years off
		at := p.on(year, p.day.month, p.day.date)
		real := at.Day() == p.day.date && at.Month() == p.day.month
		if p.day.year != 0 && !real {
			break
		}
		if p.day.year != 0 || real && at.After(p.now) {
			return at, nil
		}
		year++
	}
	return time.Time{}, &Problem{Reason: NoSuch, Word: p.last}
}
