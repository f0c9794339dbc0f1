// Package link judges the addresses in a message before a person opens one: what
// may be opened at all, and which host it truly leads to. It opens nothing and
// asks no name server.
package link

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"frontdesk/tui/safetext"
)

// Link is one address that may be opened.
type Link struct {
	// URL is what is opened: ASCII only, its scheme one of http, https, mailto
	// and tel, so that it cannot begin with a dash or hold a blank.
	URL string
	// Host is whom it leads to, in the form the network uses (xn--…); for mailto
	// and tel the address or number.
	Host string
	// Foreign is set where the host was not written in ASCII, or is in that form:
	// letters of another script can look like those of a name one knows.
	Foreign bool
	// User is set where something stands before the host that looks like one
	// (https://bank.example@evil.example).
	User bool
	// Plain is set for http.
	Plain bool
}

// most is how long an address and how many of them are looked at.
const (
	maxLength = 2048
	maxLinks  = 8
)

// Find returns the addresses in a text that may be opened, in order.
func Find(text string) []Link {
	var out []Link
	for _, word := range strings.FieldsFunc(safetext.Clean(text).String(), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"`", r) }) {
		if l, ok := Parse(trim(word)); ok {
			if out = append(out, l); len(out) == maxLinks {
				break
			}
		}
	}
	return out
}

// trim takes off what belongs to the sentence.
func trim(word string) string {
	word = strings.TrimLeft(word, "([{'*_~")
	return strings.TrimRight(word, ".,;:!?)]}'*_~…")
}

// Parse judges one address. Everything that is not plainly one of the four kinds
// is refused.
func Parse(s string) (Link, bool) {
	if len(s) > maxLength || strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\\' || r == unicode.ReplacementChar || r >= 0x2400 && r <= 0x2421 ||
			unicode.In(r, unicode.Cf, unicode.Zs)
	}) {
		return Link{}, false
	}
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok {
		return Link{}, false
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "http", "https":
		return web(scheme, rest)
	case "mailto", "tel":
		return person(scheme, rest)
	}
	return Link{}, false
}

func web(scheme, rest string) (Link, bool) {
	u, err := url.Parse(scheme + ":" + rest)
	if err != nil || u.Opaque != "" || !strings.HasPrefix(rest, "//") || u.Hostname() == "" {
		return Link{}, false
	}
	host, foreign, ok := ascii(u.Hostname())
	if !ok {
		return Link{}, false
	}
	l := Link{Host: host, Foreign: foreign, User: u.User != nil, Plain: scheme == "http"}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return Link{}, false
		}
		host += ":" + p
	}
	if strings.Contains(l.Host, ":") {
		return Link{}, false // an address with colons has no name to show
	}
	u.Host = host
	l.URL = u.String()
	return l, plain(l.URL)
}

// person is a mail address or a number, shown whole.
func person(scheme, rest string) (Link, bool) {
	who, _, _ := strings.Cut(rest, "?")
	ok := who != "" && who[0] != '-' && strings.Trim(who, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._@()") == ""
	if scheme == "tel" {
		ok = who != "" && strings.Trim(who, "+0123456789-.()") == ""
	}
	return Link{URL: scheme + ":" + who, Host: who}, ok
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// ascii returns a host as name servers know it.
func ascii(host string) (out string, foreign, ok bool) {
	host = strings.NewReplacer("。", ".", "．", ".", "｡", ".").Replace(strings.ToLower(host))
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for i, l := range labels {
		if !plain(l) {
			encoded, fine := punycode(l)
			if !fine {
				return "", false, false
			}
			l = "xn--" + encoded
		}
		if l == "" || len(l) > 63 || l[0] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", false, false
		}
		foreign = foreign || strings.HasPrefix(l, "xn--")
		labels[i] = l
	}
	out = strings.Join(labels, ".")
	return out, foreign, len(out) <= 253
}
