package sign

import (
	"strings"
	"testing"
)

// The vector is RFC 4231's test case 2.
func TestSHA256Vector(t *testing.T) {
	const want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	if got := SHA256("Jefe", []byte("what do ya want for nothing?")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestValidSHA256(t *testing.T) {
	body := []byte("body")
	good := SHA256("new", body)
	cases := map[string]struct {
		signature string
		secrets   []string
		want      bool
	}{
		"current":         {good, []string{"new", "old"}, true},
		"previous":        {SHA256("old", body), []string{"new", "old"}, true},
		"upper case":      {strings.ToUpper(good), []string{"new"}, true},
		"other secret":    {good, []string{"other"}, false},
		"no secret":       {good, nil, false},
		"empty secret":    {SHA256("", body), []string{""}, false},
		"empty signature": {"", []string{"new"}, false},
		"not hex":         {strings.Repeat("z", 64), []string{"new"}, false},
		"too long":        {good + "00", []string{"new"}, false},
		"too short":       {good[:62], []string{"new"}, false},
		"space before":    {" " + good, []string{"new"}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := ValidSHA256(c.signature, body, c.secrets...); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	for i := range good {
		flipped := []byte(good)
		flipped[i] ^= 1
		if ValidSHA256(string(flipped), body, "new") {
			t.Fatalf("digit %d does not count", i)
		}
	}
}

func TestSameWord(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"x", "x", true}, {"x", "y", false}, {"x", "xx", false}, {"", "", false}, {"x", "", false}, {"", "x", false}} {
		if got := SameWord(c.a, c.b); got != c.want {
			t.Errorf("%q %q: %v", c.a, c.b, got)
		}
	}
}
