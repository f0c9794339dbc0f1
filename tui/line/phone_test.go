package line

import (
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"50212345678": "+502 1234 5678", "34611000111": "+34 611 000 111", "15550888999": "+1 555 088 8999",
		"441632960050": "+44 1632 960 050", "5511912345678": "+55 11 91234 5678", "+4915112345678": "+49 151 1234 5678",
		"": "", "112": "112", "US.13491208655302741918": "US.13491208655302741918", "123456789012345678": "123456789012345678",
		"٥٠٢١٢٣٤٥٦٧٨": "٥٠٢١٢٣٤٥٦٧٨",
	} {
		if got := Phone(in); got != want {
			t.Errorf("Phone(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPhoneKeepsEveryDigit(f *testing.F) {
	f.Add("50212345678")
	for _, s := range hostile.Seeds(f, 1000, "phone") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain := func(s string) string { return strings.NewReplacer("+", "", " ", "").Replace(s) }
		if got := Phone(s); plain(got) != plain(s) {
			t.Errorf("Phone(%q) = %q", s, got)
		}
	})
}
