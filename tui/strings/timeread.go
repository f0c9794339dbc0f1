package strings

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// readTime reads a day and a time of day, or a length of time from now. A time of
// day has to be there: a day alone may mean its beginning or its end.
func readTime(text string, now time.Time) (time.Time, bool) {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(text, ",", " ")))
	words = slices.DeleteFunc(words, func(w string) bool { return w == "at" || w == "on" })
	if len(words) > 1 && words[0] == "in" {
		return readSpan(words[1:], now)
	}
	n := 1
	if len(words) > 1 && slices.Contains([]string{"am", "pm", "h"}, words[len(words)-1]) {
		n = 2
	}
	if n > len(words) {
		return time.Time{}, false
	}
	clock, found := readClock(strings.Join(words[len(words)-n:], ""))
	if words = words[:len(words)-n]; !found {
		return time.Time{}, false
	}
	at, moves, ok := readDay(words, now)
	if !ok {
		return time.Time{}, false
	}
	y, m, d := at.Date()
	at = time.Date(y, m, d, int(clock/time.Hour), int(clock/time.Minute)%60, 0, 0, now.Location())
	if !at.After(now) {
		at = moves(at)
	}
	return at, true
}

// readSpan reads "3 days", "90min", "1 hour".
func readSpan(words []string, now time.Time) (time.Time, bool) {
	s := strings.Join(words, "")
	cut := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if cut < 1 {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(s[:cut])
	if err != nil || n < 1 || n > 10000 {
		return time.Time{}, false
	}
	switch s[cut:] {
	case "m", "min", "mins", "minute", "minutes":
		return now.Add(time.Duration(n) * time.Minute), true
	case "h", "hour", "hours":
		return now.Add(time.Duration(n) * time.Hour), true
	case "d", "day", "days":
		return now.AddDate(0, 0, n), true
	case "w", "week", "weeks":
		return now.AddDate(0, 0, 7*n), true
	}
	return time.Time{}, false
}

// readClock reads "18:00", "18.30", "6pm", "6:30 pm", "18h", "noon" and "midnight".
func readClock(s string) (time.Duration, bool) {
	switch s {
	case "noon":
		return 12 * time.Hour, true
	case "midnight":
		return 0, true
	}
	half := ""
	if rest, ok := strings.CutSuffix(s, "m"); ok && rest != "" {
		s, half = rest[:len(rest)-1], rest[len(rest)-1:]
		if half != "a" && half != "p" {
			return 0, false
		}
	}
	hours, minutes, both := strings.Cut(strings.Replace(s, ".", ":", 1), ":")
	if rest, ok := strings.CutSuffix(hours, "h"); ok && !both {
		hours, both, minutes = rest, true, "00"
	}
	h, err := strconv.Atoi(hours)
	if err != nil || len(hours) > 2 || both && len(minutes) != 2 || !both && half == "" {
		return 0, false
	}
	m := 0
	if both {
		if m, err = strconv.Atoi(minutes); err != nil {
			return 0, false
		}
	}
	switch {
	case h < 0 || m < 0 || m > 59 || h > 23 || half != "" && (h < 1 || h > 12):
		return 0, false
	case half != "":
		h %= 12
	}
	if half == "p" {
		h += 12
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}

// readDay reads a day, or none; moves is where it goes if it is over by then.
func readDay(words []string, now time.Time) (day time.Time, moves func(time.Time) time.Time, ok bool) {
	stays := func(t time.Time) time.Time { return t }
	by := func(years, days int) func(time.Time) time.Time {
		return func(t time.Time) time.Time { return t.AddDate(years, 0, days) }
	}
	switch {
	case len(words) == 0:
		return now, by(0, 1), true
	case len(words) > 3:
		return now, stays, false
	case len(words) > 1:
		return readDate(words, now)
	case words[0] == "today":
		return now, stays, true
	case words[0] == "tomorrow":
		return now.AddDate(0, 0, 1), stays, true
	}
	for d := range 7 {
		if name := strings.ToLower(time.Weekday(d).String()); len(words[0]) >= 3 && strings.HasPrefix(name, words[0]) {
			return now.AddDate(0, 0, (d-int(now.Weekday())+7)%7), by(0, 7), true
		}
	}
	if at, err := time.ParseInLocation("2006-01-02", words[0], now.Location()); err == nil {
		return at, stays, true
	}
	return readDate(strings.Split(strings.TrimSuffix(words[0], "."), "."), now)
}

// readDate reads day, month and perhaps year, the month as a name or a number, or
// the month's name first.
func readDate(words []string, now time.Time) (time.Time, func(time.Time) time.Time, bool) {
	next := func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }
	if len(words) < 2 || len(words) > 3 {
		return now, next, false
	}
	day, month := strings.TrimSuffix(words[0], "."), words[1]
	if _, named := monthOf(day); named && !numeric(day) {
		day, month = month, day
	}
	d, err := strconv.Atoi(day)
	m, known := monthOf(month)
	y := now.Year()
	if len(words) == 3 {
		next = func(t time.Time) time.Time { return t }
		var bad error
		if y, bad = strconv.Atoi(words[2]); bad != nil || y < 2000 || y > 9999 {
			return now, next, false
		}
	}
	at := time.Date(y, m, d, 12, 0, 0, 0, now.Location())
	return at, next, err == nil && known && at.Day() == d && at.Month() == m
}

func numeric(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func monthOf(s string) (time.Month, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return time.Month(n), n >= 1 && n <= 12
	}
	for m := time.January; m <= time.December; m++ {
		if len(s) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), s) {
			return m, true
		}
	}
	return 0, false
}
