package whatsapp

import "frontdesk/provider"

// An E.164 number has at most 15 digits (ITU-T E.164), and no country code
// begins with 0. Shorter than seven is none that anybody writes to.
const (
	minNumber = 7
	maxNumber = 15
)

// E164 writes a chat that is a phone number as E.164 has it, with a leading
// plus; ok is false for a chat that is no number with its country code. Chats are
// digits alone: with a plus, one person would be two chats.
func E164(chat provider.ChatID) (number string, ok bool) {
	if len(chat) < minNumber || len(chat) > maxNumber || chat[0] == '0' || !digits(string(chat)) {
		return "", false
	}
	return "+" + string(chat), true
}

// SameNumber reports two spellings of one number: with and without a plus, with
// spaces or dashes. Without a digit nothing is a number.
func SameNumber(a, b string) bool {
	x := bare(a)
	return x != "" && x == bare(b)
}

// bare is what of a number counts.
func bare(number string) string {
	out := make([]byte, 0, len(number))
	for i := range len(number) {
		if number[i] >= '0' && number[i] <= '9' {
			out = append(out, number[i])
		}
	}
	return string(out)
}

func digits(s string) bool { return s != "" && bare(s) == s }
