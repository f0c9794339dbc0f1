package provider

import (
	"slices"
	"testing"
)

func TestVariants(t *testing.T) {
	for _, c := range []struct{ what, number, canonical, other string }{
		{"Brazil, before the ninth digit", "551187654321", "5511987654321", "5511987654321"},
		{"Brazil, today", "5511987654321", "5511987654321", "551187654321"},
		{"Brazil, a fixed line", "551132654321", "551132654321", ""},
		{"Brazil, a mobile number that is a fixed line's without its 9", "5511932654321", "5511932654321", ""},
		{"Brazil, no such area", "550187654321", "550187654321", ""},
		{"Mexico, before 2019", "5215512345678", "525512345678", "525512345678"},
		{"Mexico, today", "525512345678", "525512345678", "5215512345678"},
		{"Mexico, no such area", "521012345678", "521012345678", ""},
		{"Argentina, from abroad", "5491123456789", "5491123456789", "541123456789"},
		{"Argentina, without the 9", "541123456789", "5491123456789", "5491123456789"},
		{"Argentina, no such area", "544123456789", "544123456789", ""},
		{"Spain", "34600111222", "34600111222", ""},
		{"a user", "US.13491208655302741918", "US.13491208655302741918", ""},
		{"digits of another script", "55118765٤٣٢١", "55118765٤٣٢١", ""},
		{"nothing", "", "", ""},
	} {
		got := Variants(c.number)
		want := []string{c.other}
		if c.other == "" {
			want = nil
		}
		if Canonical(c.number) != c.canonical || !slices.Equal(got, want) {
			t.Errorf("%s: %s is %s and %v, want %s and %v", c.what, c.number, Canonical(c.number), got, c.canonical, want)
		}
	}
}

// Two forms of one number know each other and have one canonical form, whatever
// is written.
func FuzzVariants(f *testing.F) {
	for _, seed := range []string{"551187654321", "5511987654321", "5215512345678", "525512345678", "541123456789", "5491123456789", "+1", "55", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		today := Canonical(number)
		if Canonical(today) != today {
			t.Errorf("%q is %q, and that is %q", number, today, Canonical(today))
		}
		for _, other := range Variants(number) {
			if other == number || Canonical(other) != today || !slices.Contains(Variants(other), number) {
				t.Errorf("%q is also %q, whose are %q", number, other, Variants(other))
			}
		}
	})
}

func TestWhoCallsByNumber(t *testing.T) {
	for n, want := range map[Network]bool{WhatsApp: true, SMS: true, Telegram: false, Messenger: false, Instagram: false, "": false} {
		if n.CallsByNumber() != want {
			t.Errorf("%s: %v", n, !want)
		}
	}
}
