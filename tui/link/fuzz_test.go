package link

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever a text says, what may be opened is ASCII of one of four schemes, is
// the same address when it is judged again, and the host it names is the host it
// leads to, whose every letter stood in the text.
func FuzzFind(f *testing.F) {
	for _, s := range hostile.Seeds(f, 2000, "url", "message_text") {
		f.Add(s)
	}
	f.Add("HTTPS://BÜCHER。example:8443/ü?q=ß#x (mailto:a@b?c) tel:+34-(600)")
	f.Fuzz(func(t *testing.T, text string) {
		found := Find(text)
		if len(found) > maxLinks {
			t.Fatalf("%d links", len(found))
		}
		for _, l := range found {
			again, ok := Parse(l.URL)
			again.Foreign = again.Foreign || l.Foreign // it is ASCII now
			if !ok || again != l {
				t.Fatalf("%q: %+v is %+v when judged again", text, l, again)
			}
			if !plain(l.URL) || tuitest.Unsafe(l.Host) != "" || l.URL[0] == '-' || l.Host[0] == '-' {
				t.Fatalf("%q: %+v", text, l)
			}
			u, err := url.Parse(l.URL)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			switch u.Scheme {
			case "http", "https":
				if u.Hostname() != l.Host || (u.User != nil) != l.User || (u.Scheme == "http") != l.Plain {
					t.Fatalf("%q opens %q and shows %+v", text, u.Hostname(), l)
				}
			case "mailto", "tel":
				if u.Opaque != l.Host || u.RawQuery != "" {
					t.Fatalf("%q opens %q and shows %+v", text, l.URL, l)
				}
			default:
				t.Fatalf("%q: scheme %q", text, u.Scheme)
			}
			if !l.Foreign && isASCII(text) && !strings.Contains(strings.ToLower(text), strings.ToLower(l.Host)) {
				t.Fatalf("%q does not name %q", text, l.Host)
			}
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// What a label is encoded to is ASCII and decodes to that label, so that no two
// names share one form.
func FuzzPunycode(f *testing.F) {
	for _, s := range []string{"bücher", "a-ü", "ü", "-", "abc", "", "\U0010ffff", "日本語", "aé\u0301"} {
		f.Add(s)
	}
	for _, s := range hostile.Seeds(f, 200, "url", "display_name") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, label string) {
		if !utf8.ValidString(label) {
			return // what Parse is given is clean
		}
		encoded, ok := punycode(label)
		if !ok {
			if utf8.RuneCountInString(label) <= 63 {
				t.Fatalf("%q is refused", label)
			}
			return
		}
		if isASCII(label) {
			return // has no such form
		}
		if back, ok := decodePunycode(encoded); !ok || back != label || !isASCII(encoded) {
			t.Fatalf("%q is encoded to %q, which is %q", label, encoded, back)
		}
	})
}

// decodePunycode is RFC 3492, section 6.2.
func decodePunycode(s string) (string, bool) {
	var out []rune
	if i := strings.LastIndexByte(s, '-'); i >= 0 {
		out, s = []rune(s[:i]), s[i+1:]
	}
	n, i, bias := initialN, 0, initialBias
	for s != "" {
		old, w := i, 1
		for k := base; ; k += base {
			if s == "" {
				return "", false
			}
			d := strings.IndexByte("abcdefghijklmnopqrstuvwxyz0123456789", s[0])
			if s = s[1:]; d < 0 {
				return "", false
			}
			i += d * w
			t := min(max(k-bias, tMin), tMax)
			if d < t {
				break
			}
			w *= base - t
		}
		bias = adapt(i-old, len(out)+1, old == 0)
		n += i / (len(out) + 1)
		i %= len(out) + 1
		out = append(out[:i], append([]rune{rune(n)}, out[i:]...)...)
		i++
	}
	return string(out), true
}
