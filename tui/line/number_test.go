package line

import "testing"

func TestDigits(t *testing.T) {
	for _, row := range []struct {
		in, digits   string
		typed, whole bool
	}{
		{"+502 1234-5678", "50212345678", true, true},
		{"+44 (20) 7946.0958", "442079460958", true, true},
		{"50212345678", "50212345678", true, false},
		{"+0212345678", "0212345678", true, false},
		{"+123456", "123456", true, false},
		{"+1234567890123456", "1234567890123456", true, false},
		{"Nuria", "", false, false},
		{"+", "", false, false},
		{"", "", false, false},
		{"+34 6a1", "", false, false},
		{"++34", "", false, false},
	} {
		digits, typed, whole := Digits(row.in)
		if digits != row.digits || typed != row.typed || whole != row.whole {
			t.Errorf("%q: %q %v %v", row.in, digits, typed, whole)
		}
	}
}
