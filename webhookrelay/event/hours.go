package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Hours is when the team works, as a SettingHours says it:
//
//	{"zone":"America/Guatemala","week":{"mon":["08:00-12:30","14:00-18:00"]},"holidays":["2026-12-25"]}
type Hours struct {
	// Zone is the IANA zone whose clock the times are of.
	Zone string `json:"zone"`
	// Week is the spans of each day, by its first three letters in English; a day
	// that is not there is free. A span may end at 24:00 and not after it.
	Week map[string][]string `json:"week"`
	// Holidays are free days, as 2006-01-02.
	Holidays []string `json:"holidays,omitempty"`

	zone *time.Location
	week [7][]span
}

// span is minutes of a day, the end not in it.
type span struct{ from, to int }

var days = map[string]time.Weekday{
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday,
}

// ReadHours reads the value of a SettingHours. The error says what is wrong in words
// for whoever wrote it.
func ReadHours(raw json.RawMessage) (*Hours, error) {
	h := &Hours{}
	if err := strictly(raw, h); err != nil {
		return nil, err
	}
	var err error
	if h.zone, err = time.LoadLocation(h.Zone); err != nil || h.Zone == "" || h.Zone == "Local" {
		return nil, fmt.Errorf("there is no zone %q; write one as in Europe/Madrid", h.Zone)
	}
	if len(h.Week) == 0 {
		return nil, errors.New(`"week" has no day; write one as in "mon":["09:00-18:00"]`)
	}
	for _, name := range slices.Sorted(maps.Keys(h.Week)) {
		day, ok := days[name]
		if !ok {
			return nil, fmt.Errorf("there is no day %q; the days are mon, tue, wed, thu, fri, sat and sun", name)
		}
		if h.week[day], err = readSpans(h.Week[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, day := range h.Holidays {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return nil, fmt.Errorf("%q is no holiday; write the day as 2026-12-25", day)
		}
	}
	return h, nil
}

// strictly reads JSON that may hold nothing else.
func strictly(raw json.RawMessage, into any) error {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("this is not the JSON expected here: %w", err)
	}
	if d.More() {
		return errors.New("there is more than one JSON value; write one")
	}
	return nil
}

func readSpans(list []string) (spans []span, err error) {
	last := 0
	for _, text := range list {
		from, to, ok := strings.Cut(text, "-")
		var s span
		if ok {
			s.from, ok = minuteOf(from)
		}
		if ok {
			s.to, ok = minuteOf(to)
		}
		if !ok || s.from >= s.to || s.from < last {
			return nil, fmt.Errorf("%q is no span of the day after the one before it; write one as in 09:00-18:00", text)
		}
		spans, last = append(spans, s), s.to
	}
	return spans, nil
}

// minuteOf reads 00:00 to 24:00.
func minuteOf(text string) (int, bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil
}

// Open reports whether the team works at t.
func (h *Hours) Open(t time.Time) bool {
	t = t.In(h.zone)
	minute := t.Hour()*60 + t.Minute()
	for _, s := range h.of(t) {
		if s.from <= minute && minute < s.to {
			return true
		}
	}
	return false
}

// of is the spans of t's day.
func (h *Hours) of(t time.Time) []span {
	if slices.Contains(h.Holidays, t.Format(time.DateOnly)) {
		return nil
	}
	return h.week[t.Weekday()]
}

// Next returns the first instant after t at which the team begins or ends to work;
// zero where there is none within a year.
func (h *Hours) Next(t time.Time) time.Time {
	t = t.In(h.zone)
	year, month, day := t.Date()
	open := h.Open(t)
	for n := range 366 {
		at := time.Date(year, month, day+n, 12, 0, 0, 0, h.zone)
		for _, s := range h.of(at) {
			for _, minute := range [2]int{s.from, s.to} {
				turn := time.Date(year, month, day+n, 0, minute, 0, 0, h.zone)
				if turn.After(t) && h.Open(turn) != open {
					return turn
				}
			}
		}
	}
	return time.Time{}
}
