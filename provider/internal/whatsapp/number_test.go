package whatsapp

import (
	"strings"
	"testing"

	"frontdesk/provider"
)

func TestE164(t *testing.T) {
	for chat, want := range map[provider.ChatID]string{
		"447700900123": "+447700900123", "1234567": "+1234567", "123456789012345": "+123456789012345",
		"": "", "+447700900123": "", "07700900123": "", "123456": "", "1234567890123456": "",
		"44 7700 900123": "", "44-7700-900123": "", "447700900123x": "", "４４７７００９００１２３": "", "conversation:12": "",
	} {
		got, ok := E164(chat)
		if got != want || ok != (want != "") {
			t.Errorf("E164(%q) = %q, %v", chat, got, ok)
		}
	}
}

func TestSameNumber(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"+50212345678", "50212345678", true},
		{"+502 1234-5678", "50212345678", true},
		{"50212345678", "50212345679", false},
		{"", "", false},
		{"+", " ", false},
		{"+502", "", false},
	} {
		if SameNumber(c.a, c.b) != c.same || SameNumber(c.b, c.a) != c.same {
			t.Errorf("SameNumber(%q, %q) is not %v", c.a, c.b, c.same)
		}
	}
}

// A number that is one is itself in every spelling.
func FuzzE164(f *testing.F) {
	f.Add("447700900123")
	f.Add("+50212345678")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := E164(provider.ChatID(s))
		if ok != (got != "") || ok && (got != "+"+s || !SameNumber(got, s) || strings.Trim(s, "0123456789") != "" || len(s) > 15) {
			t.Errorf("E164(%q) = %q, %v", s, got, ok)
		}
	})
}
