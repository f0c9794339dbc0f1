package link

import (
	"net/url"
	"strings"
	"testing"

	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever the corpus writes: what may be opened is ASCII of one of four
// schemes, cannot be taken for an option or a command, and names its true host.
func TestLinksOfTheCorpus(t *testing.T) {
	for _, e := range hostile.Texts(t) {
		for _, l := range Find(e.Text(t)) {
			u, err := url.Parse(l.URL)
			if err != nil || !plain(l.URL) || tuitest.Unsafe(l.Host) != "" || strings.HasPrefix(l.URL, "-") {
				t.Errorf("%s: %+v (%v)", e.ID, l, err)
				continue
			}
			switch u.Scheme {
			case "http", "https":
				if u.Hostname() != l.Host || (u.User != nil) != l.User {
					t.Errorf("%s: opens %q, shows %q", e.ID, u.Hostname(), l.Host)
				}
			case "mailto", "tel":
			default:
				t.Errorf("%s: scheme %q", e.ID, u.Scheme)
			}
		}
	}
	for _, id := range []string{"URL-034", "URL-035", "URL-036", "URL-047", "URL-048", "URL-049", "URL-052", "URL-053", "URL-054", "URL-055", "URL-056", "URL-057"} {
		for _, e := range hostile.Entries(t, "url") {
			if e.ID == id && len(Find(e.Text(t))) > 0 {
				t.Errorf("%s may be opened: %+v", id, Find(e.Text(t)))
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Link
	}{
		{"see https://example.com/a?b=c.", []Link{{URL: "https://example.com/a?b=c", Host: "example.com"}}},
		{"(http://example.com), or *https://b.example*", []Link{{URL: "http://example.com", Host: "example.com", Plain: true}, {URL: "https://b.example", Host: "b.example"}}},
		{"Login at https://\u0430pple.com now", []Link{{URL: "https://xn--pple-43d.com", Host: "xn--pple-43d.com", Foreign: true}}},
		{"https://bank.example@evil.example/", []Link{{URL: "https://bank.example@evil.example/", Host: "evil.example", User: true}}},
		{"https://bank。example/", []Link{{URL: "https://bank.example/", Host: "bank.example"}}},
		{"HTTPS://EVIL.example/", []Link{{URL: "https://evil.example/", Host: "evil.example"}}},
		{"mailto:ana@example.com?subject=x tel:+34-600", []Link{{URL: "mailto:ana@example.com", Host: "ana@example.com"}, {URL: "tel:+34-600", Host: "+34-600"}}},
		{"javascript:alert(1) -oX file:///etc/passwd https:// https:x http://x:0/ https://-a.example https://a..b tel: mailto:-x@y", nil},
		{"https://[::1]/ https://a.example\\@b", nil},
	} {
		got := Find(c.text)
		if len(got) != len(c.want) {
			t.Errorf("%q: %+v", c.text, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: %+v, want %+v", c.text, got[i], c.want[i])
			}
		}
	}
	if n := len(Find(strings.Repeat("https://a.example ", 100))); n != maxLinks {
		t.Errorf("%d links, want %d", n, maxLinks)
	}
}

// The examples of RFC 3492, section 7.1, and names in use.
func TestPunycode(t *testing.T) {
	for in, want := range map[string]string{
		"bücher": "bcher-kva", "münchen": "mnchen-3ya", "他们为什么不说中文": "ihqwcrb4cv8a8dqg056pqjye", "ليهمابتكلموشعربي؟": "egbpdaj6bu4bxfgehfvwxn",
		"почемужеонинеговорятпорусски": "b1abfaaepdrnnbgefbadotcwatmq2g4l", "そのスピードで": "d9juau41awczczp", "арр\u04cfе": "80ak6aa92e",
	} {
		if got, ok := punycode(in); !ok || got != want {
			t.Errorf("punycode(%q) = %q, want %q", in, got, want)
		}
	}
}
