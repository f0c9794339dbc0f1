package overlay

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	words "frontdesk/tui/strings"
)

// The shapes that have a name. Any other text with digits is its own pattern:
// "BK-7702" has the shape of "BK-1001", and "today, 15:00" that of no time.
const (
	noShape     = ""
	shapeNumber = "number"
	shapeLong   = "long" // an order's, not an amount
	shapeTime   = "time"
	shapeDay    = "day" // a day in one word
	shapeWords  = "words"
)

// likeExample reports that a value may stand where the example stood at
// approval. Without an example nothing is known of the place.
func likeExample(value, example string) bool {
	s := shape(example)
	return s != noShape && s == shape(value)
}

// isClock reports a time of day: "9:30", "14h30", "3 pm", and no plain number.
func isClock(s string) bool {
	digits := func(most int) bool {
		n := 0
		for n < len(s) && n < most && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if !digits(2) {
		return false
	}
	minutes := false
	if s != "" && strings.Contains(":.h", s[:1]) && len(s) >= 3 {
		s, minutes = s[1:], true
		if before := len(s); !digits(2) || before-len(s) != 2 {
			return false
		}
	}
	s = strings.TrimPrefix(s, " ")
	return s == "" && minutes || slices.Contains(words.KnownValues().Hours, s)
}

// shape is what kind of value a text is: a number, a time, a date, words.
func shape(s string) string {
	s = strings.Join(strings.Fields(strings.ToLower(s)), " ")
	switch {
	case s == "":
		return noShape
	case strings.IndexFunc(s, unicode.IsDigit) < 0:
		return shapeOfWords(s)
	case strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) < 0:
		if len([]rune(s)) > 3 {
			return shapeLong
		}
		return shapeNumber
	case isClock(s):
		return shapeTime
	}
	return pattern(s)
}

func shapeOfWords(s string) string {
	switch {
	case strings.IndexFunc(s, unicode.IsLetter) < 0:
		return noShape
	case slices.Contains(words.KnownValues().Days, s):
		return shapeDay
	}
	return shapeWords
}

// pattern is a text with its runs of digits and its months blotted out: "21 de
// mayo" and "3 de junio" are one, "10 minutes" is no date. A year that stands
// first is told from a day, since 2026-11-21 is in another order than 21-11-2026.
func pattern(s string) string {
	months := words.KnownValues().Months
	var b strings.Builder
	for s != "" {
		run := firstRun(s)
		s = s[len(run):]
		first, _ := utf8.DecodeRuneInString(run)
		switch {
		case unicode.IsDigit(first) && b.Len() == 0 && utf8.RuneCountInString(run) == 4:
			b.WriteString("9999")
		case unicode.IsDigit(first):
			b.WriteString("9")
		case slices.ContainsFunc(months, func(m string) bool { return strings.HasPrefix(run, m) }):
			b.WriteString("M")
			s = strings.TrimPrefix(s, ".") // abbreviated
		default:
			b.WriteString(run)
		}
	}
	return b.String()
}

// firstRun is what a text begins with: digits, letters, or neither.
func firstRun(s string) string {
	kind := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsLetter(r), unicode.IsMark(r):
			return 2
		}
		return 0
	}
	first, _ := utf8.DecodeRuneInString(s)
	if n := strings.IndexFunc(s, func(r rune) bool { return kind(r) != kind(first) }); n >= 0 {
		return s[:n]
	}
	return s
}
