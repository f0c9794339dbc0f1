package provider

import "strings"

// Networks that call chats by telephone number write the numbers of some
// countries in two ways, and answer from the other than was written to (Meta,
// "Phone numbers": the wa_id of an answer can differ from the number sent to).
// The two are one person:
//
//   - Brazil: mobile numbers got a 9 in front of their eight digits; accounts
//     from before go by the old form.
//   - Mexico: mobile numbers had a 1 after +52, until 2019.
//   - Argentina: mobile numbers have a 9 after +54 when called from abroad.
const (
	brazil    = "55"
	mexico    = "52"
	argentina = "54"
)

// CallsByNumber reports whether a network calls chats by telephone number.
func (n Network) CallsByNumber() bool { return n == WhatsApp || n == SMS }

// Canonical returns the form of a number that is written to where nobody has
// answered from another: as the country writes it today. The number is digits
// with the country code; what is none is returned as it is.
func Canonical(number string) string {
	for _, other := range [...]func(string) (canonical string, ok bool){brazilToday, mexicoToday, argentinaToday} {
		if today, ok := other(number); ok {
			return today
		}
	}
	return number
}

// Variants returns the other forms in which a network may write the same
// number; none where there is but one.
func Variants(number string) []string {
	today := Canonical(number)
	if today != number {
		return []string{today}
	}
	if before, ok := formBefore(number); ok {
		return []string{before}
	}
	return nil
}

// formBefore is the inverse of Canonical where it changed anything.
func formBefore(today string) (string, bool) {
	var before string
	switch {
	case strings.HasPrefix(today, brazil) && len(today) == 13:
		before = today[:4] + today[5:]
	case strings.HasPrefix(today, mexico) && len(today) == 12:
		before = mexico + "1" + today[2:]
	case strings.HasPrefix(today, argentina) && len(today) == 13:
		before = argentina + today[3:]
	}
	return before, before != "" && Canonical(before) == today
}

// brazilToday puts the ninth digit into a mobile number: one whose eight digits
// begin with 6 to 9. Those that begin lower are of fixed lines, and have none.
func brazilToday(n string) (string, bool) {
	if !numberOf(n, brazil, 12) || n[2] == '0' || n[3] == '0' || n[4] < '6' {
		return "", false
	}
	return n[:4] + "9" + n[4:], true
}

// mexicoToday takes the 1 out. No area begins with 0 or 1.
func mexicoToday(n string) (string, bool) {
	if !numberOf(n, mexico+"1", 13) || n[3] < '2' {
		return "", false
	}
	return mexico + n[3:], true
}

// argentinaToday puts the 9 in. Areas begin with 1, 2 or 3.
func argentinaToday(n string) (string, bool) {
	if !numberOf(n, argentina, 12) || n[2] < '1' || n[2] > '3' {
		return "", false
	}
	return argentina + "9" + n[2:], true
}

func numberOf(n, prefix string, length int) bool {
	return len(n) == length && strings.HasPrefix(n, prefix) && strings.Trim(n, "0123456789") == ""
}
