package when

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// phrase is what was read of the words so far.
type phrase struct {
	words []string
	at    int
	last  string
	now   time.Time

	day struct {
		set, weekday, next bool
		days               int // from today
		name               time.Weekday
		year, date         int
		month              time.Month
	}
	clock struct {
		set          bool
		hour, minute int
	}
	spans bool
	span  struct {
		months, days int
		rest         time.Duration
	}
	// hourNext: a bare number may be an hour now, as after "at".
	hourNext bool
}

// peek is a word further on; empty behind the last.
func (p *phrase) peek(n int) string {
	if p.at+n < len(p.words) {
		return p.words[p.at+n]
	}
	return ""
}

func (p *phrase) problem(r Reason) error { return &Problem{Reason: r, Word: p.last} }

// step reads one thing: a filler, a length, a day or a time of day.
func (p *phrase) step() error {
	word := p.peek(0)
	p.last = word
	p.at++
	switch word {
	case "on", "the", "and", "for", "until", "by":
		return nil
	case "at":
		if p.peek(0) == "" {
			return p.problem(Part)
		}
		p.hourNext = true
		return nil
	case "in":
		if p.peek(0) == "" {
			return p.problem(Part)
		}
		return nil
	case "next":
		return p.following()
	}
	if days, ok := dayWord(word); ok {
		if err := p.onDays(days); err != nil {
			return err
		}
		if word == "tonight" {
			return p.setClock(Night, 0)
		}
		return nil
	}
	if name, ok := weekday(word); ok {
		return p.onName(name, false)
	}
	if hour, ok := hourWord(word); ok {
		return p.setClock(hour, 0)
	}
	if m, ok := month(word); ok {
		return p.monthFirst(m)
	}
	return p.number(word)
}

// dayWord is a day in one word, as days from today.
func dayWord(w string) (int, bool) {
	switch w {
	case "today", "tonight":
		return 0, true
	case "tomorrow", "tmr", "tmrw", "tom":
		return 1, true
	}
	return 0, false
}

func hourWord(w string) (int, bool) {
	hours := map[string]int{"noon": 12, "midday": 12, "midnight": 24, "morning": Morning, "afternoon": Afternoon, "evening": Evening, "night": Night}
	h, ok := hours[w]
	return h, ok
}

func weekday(w string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if begins(w, strings.ToLower(d.String())) {
			return d, true
		}
	}
	return 0, false
}

func month(w string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if begins(w, strings.ToLower(m.String())) {
			return m, true
		}
	}
	return 0, false
}

// begins reports whether w is a name or its first letters, three at least.
func begins(w, name string) bool {
	w = strings.TrimSuffix(w, ".")
	return len(w) >= 3 && strings.HasPrefix(name, w)
}

func (p *phrase) onDays(days int) error {
	if p.day.set {
		return p.problem(Twice)
	}
	p.day.set, p.day.days, p.hourNext = true, days, true
	return nil
}

func (p *phrase) onName(d time.Weekday, next bool) error {
	if p.day.set {
		return p.problem(Twice)
	}
	p.day.set, p.day.weekday, p.day.name, p.day.next, p.hourNext = true, true, d, next, true
	return nil
}

func (p *phrase) onDate(year int, m time.Month, date int) error {
	if p.day.set {
		return p.problem(Twice)
	}
	if m < time.January || m > time.December || date < 1 || date > 31 {
		return p.problem(NoSuch)
	}
	p.day.set, p.day.year, p.day.month, p.day.date, p.hourNext = true, year, m, date, true
	return nil
}

// setClock takes a time of day; 24 is the midnight at its end.
func (p *phrase) setClock(hour, minute int) error {
	switch {
	case p.clock.set:
		return p.problem(Twice)
	case hour > 24 || minute > 59 || hour == 24 && minute > 0:
		return p.problem(NoSuch)
	}
	p.clock.set, p.clock.hour, p.clock.minute, p.hourNext = true, hour, minute, false
	return nil
}

// following reads what comes after "next".
func (p *phrase) following() error {
	word := p.peek(0)
	if word == "" {
		return p.problem(Part)
	}
	p.last = word
	p.at++
	if d, ok := weekday(word); ok {
		return p.onName(d, true)
	}
	switch word {
	case "week":
		return p.onName(time.Monday, true)
	case "month":
		first := time.Date(p.now.Year(), p.now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		return p.onDate(first.Year(), first.Month(), 1)
	}
	return p.problem(Unknown)
}

// monthFirst reads "dec 24", with a year after it or not.
func (p *phrase) monthFirst(m time.Month) error {
	date, ok := ordinal(p.peek(0))
	if !ok {
		return p.problem(Part)
	}
	p.last = p.peek(0)
	p.at++
	return p.onDate(p.year(), m, date)
}

// year reads one where one stands.
func (p *phrase) year() int {
	if w := p.peek(0); len(w) == 4 {
		if y, err := strconv.Atoi(w); err == nil && y >= 1000 {
			p.at++
			return y
		}
	}
	return 0
}

// ordinal is a day of the month: "3", "3rd".
func ordinal(w string) (int, bool) {
	for _, end := range []string{"st", "nd", "rd", "th", "."} {
		w = strings.TrimSuffix(w, end)
	}
	n, err := strconv.Atoi(w)
	return n, err == nil && len(w) <= 2 && n > 0
}

// The forms of words that hold digits.
var (
	clockForm = regexp.MustCompile(`^(\d{1,2})(?:[:.](\d{2}))?(am|pm|a\.m\.|p\.m\.)?$`)
	isoForm   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?:t(\d{1,2}):(\d{2}))?$`)
	dotForm   = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})?$`)
	spanForm  = regexp.MustCompile(`^(?:\d{1,4}[a-z]+)+(?:\d{1,2})?$`)
	spanPart  = regexp.MustCompile(`(\d{1,4})([a-z]*)`)
)

// number reads a word with digits in it, and those that belong to it.
func (p *phrase) number(word string) error {
	if word == "a" || word == "an" || word == "one" {
		if p.addSpan(1, p.peek(0)) {
			p.at++
			return nil
		}
		return p.problem(Unknown)
	}
	if m := isoForm.FindStringSubmatch(word); m != nil {
		if err := p.onDate(atoi(m[1]), time.Month(atoi(m[2])), atoi(m[3])); err != nil || m[4] == "" {
			return err
		}
		return p.setClock(atoi(m[4]), atoi(m[5]))
	}
	if m := dotForm.FindStringSubmatch(word); m != nil {
		return p.onDate(atoi(m[3]), time.Month(atoi(m[2])), atoi(m[1]))
	}
	if n, err := strconv.Atoi(word); err == nil && n >= 0 && len(word) <= 4 && p.addSpan(n, p.peek(0)) {
		p.at++
		return nil
	}
	if date, ok := ordinal(word); ok {
		if m, ok := month(p.peek(0)); ok {
			p.at++
			return p.onDate(p.year(), m, date)
		}
	}
	if m := clockForm.FindStringSubmatch(word); m != nil {
		return p.readClock(m)
	}
	if spanForm.MatchString(word) {
		return p.readSpan(word)
	}
	return p.problem(Unknown)
}

// readClock takes a time of day. A bare number is one only where one is expected:
// "9" alone may be anything.
func (p *phrase) readClock(m []string) error {
	hour, minute, half := atoi(m[1]), atoi(m[2]), strings.ReplaceAll(m[3], ".", "")
	if next := strings.ReplaceAll(p.peek(0), ".", ""); half == "" && (next == "am" || next == "pm") {
		half = next
		p.at++
	}
	if half == "" && m[2] == "" && !p.hourNext {
		return p.problem(Unknown)
	}
	if half != "" {
		if hour < 1 || hour > 12 {
			return p.problem(NoSuch)
		}
		hour %= 12
		if half == "pm" {
			hour += 12
		}
	}
	return p.setClock(hour, minute)
}

// readSpan takes lengths written together: "2h", "1h30m", "1h30".
func (p *phrase) readSpan(word string) error {
	unit := ""
	for _, m := range spanPart.FindAllStringSubmatch(word, -1) {
		if m[2] == "" && unit == "h" {
			m[2] = "m"
		}
		if !p.addSpan(atoi(m[1]), m[2]) {
			return p.problem(Unknown)
		}
		unit = m[2]
	}
	return nil
}

// addSpan adds n units to the length, and reports false for what is no unit. Days
// and longer are those of the calendar: a day on which clocks change is one, too.
func (p *phrase) addSpan(n int, unit string) bool {
	is := func(names ...string) bool { return slices.Contains(names, unit) }
	switch {
	case is("m", "min", "mins", "minute", "minutes"):
		p.span.rest += time.Duration(n) * time.Minute
	case is("h", "hr", "hrs", "hour", "hours"):
		p.span.rest += time.Duration(n) * time.Hour
	case is("d", "day", "days"):
		p.span.days += n
	case is("w", "week", "weeks"):
		p.span.days += 7 * n
	case is("mo", "month", "months"):
		p.span.months += n
	default:
		return false
	}
	p.spans = true
	return true
}

// atoi is of digits that a form has matched; 0 for none.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
