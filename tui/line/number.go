package line

import "strings"

// Digits reads a telephone number as people write it: a plus sign, the country code
// and the rest, with blanks, dashes, dots and brackets between. typed is false where
// it is no number at all, whole where it is one of E.164: with a plus sign and 7 to
// 15 digits, the first of them no zero.
func Digits(s string) (digits string, typed, whole bool) {
	bare := strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "(", "", ")", "", "/", "").Replace(s)
	digits, plus := strings.CutPrefix(bare, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false, false
	}
	return digits, true, plus && digits[0] != '0' && len(digits) >= 7 && len(digits) <= 15
}
