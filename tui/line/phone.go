package line

import (
	"strings"

	"frontdesk/provider"
	"frontdesk/store"
)

// Number returns the telephone number of a conversation's customer, "" where
// none is known. On networks of numbers the chat is called by it, before
// anybody has answered from there; an id with letters is none.
func Number(c *store.Conversation) string {
	if c.Phone != "" {
		return c.Phone
	}
	byNumber := c.Network == provider.WhatsApp || c.Network == provider.SMS
	if chat := string(c.Chat); byNumber && strings.Trim(chat, "+0123456789") == "" {
		return chat
	}
	return ""
}

// Phone writes a number in international form as people read one: a plus sign,
// the country code, the rest in groups of three and four. Only blanks are
// added, never a digit; what is no such number is returned as it is.
func Phone(s string) string {
	digits := strings.TrimPrefix(s, "+")
	if len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	n := countryCode(digits)
	out := "+" + digits[:n]
	rest := digits[n:]
	for _, g := range groups(digits[:n], len(rest)) {
		out += " " + rest[:g]
		rest = rest[g:]
	}
	return out
}

// twoDigits are the country codes of two digits (ITU-T E.164); besides +1 and
// +7 all others have three.
const twoDigits = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 " +
	"81 82 84 86 90 91 92 93 94 95 98 "

func countryCode(digits string) int {
	switch {
	case digits[0] == '1' || digits[0] == '7':
		return 1
	case strings.Contains(twoDigits, " "+digits[:2]+" "):
		return 2
	}
	return 3
}

// groups are the lengths of the parts of a national number of n digits.
func groups(country string, n int) []int {
	switch {
	case country == "44" && n == 10:
		return []int{4, 3, 3}
	case country == "55" && n == 10:
		return []int{2, 4, 4}
	case country == "55" && n == 11:
		return []int{2, 5, 4}
	}
	switch n {
	case 6:
		return []int{3, 3}
	case 7:
		return []int{3, 4}
	case 8:
		return []int{4, 4}
	case 9:
		return []int{3, 3, 3}
	case 10:
		return []int{3, 3, 4}
	case 11:
		return []int{3, 4, 4}
	case 12:
		return []int{4, 4, 4}
	}
	return []int{n}
}
