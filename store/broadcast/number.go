package broadcast

import "strings"

// The fewest and the most digits of a number with its country code (E.164; no
// country's are shorter than seven).
const (
	fewest  = 7
	longest = 15
)

// readNumber reads a telephone number as people write them, with its country code:
// without it a network guesses one, and the message goes to a stranger. digits is what
// there is of it; reason why it may not be called. plus takes a number without the
// sign for one that has its country code.
func readNumber(cell string, plus bool) (digits string, reason Reason) {
	s := strings.TrimSpace(cell)
	s = strings.TrimPrefix(s, "'") // a spreadsheet's mark of text
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -().\u00a0\u202f\u2011\u2010/", r) {
			return -1
		}
		return r
	}, s)
	digits, signed := strings.CutPrefix(bare, "+")
	switch {
	case bare == "":
		return "", ReasonNoNumber
	case rounded(s):
		return "", ReasonRounded
	case strings.Trim(digits, "0123456789") != "":
		return "", ReasonNumber
	}
	if !signed && strings.HasPrefix(digits, "00") {
		digits, signed = digits[2:], true
	}
	switch {
	case len(digits) < fewest || len(digits) > longest || strings.HasPrefix(digits, "0") && (signed || plus):
		return "", ReasonNumber
	case !signed && (!plus || digits[0] == '0'):
		return digits, ReasonCountry
	}
	return digits, ""
}

// rounded reports what a spreadsheet makes of a long number: 5.02123E+10.
func rounded(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
	return ok && exponent != "" && strings.Trim(exponent, "0123456789") == "" && strings.Trim(mantissa, "0123456789.,") == ""
}
