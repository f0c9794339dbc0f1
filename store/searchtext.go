package store

import (
	"strings"
	"unicode"
)

// unspaced is the scripts that write words without spaces between them (and
// Korean, whose words carry endings): each of their characters is indexed by
// itself and found as a phrase.
func unspaced(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai,
		unicode.Lao, unicode.Khmer, unicode.Myanmar) && unicode.IsLetter(r)
}

// silent is what Arabic and Hebrew may be written with or without: vowel points
// and the stretching stroke.
func silent(r rune) bool {
	return (r >= 0x064b && r <= 0x0652) || r == 0x0670 || r == 0x0640 || (r >= 0x0591 && r <= 0x05c7 && unicode.Is(unicode.Mn, r))
}

// searchable returns a text as it is indexed and asked for; differs is false
// where that is the text itself.
func searchable(text string) (out string, differs bool) {
	at := strings.IndexFunc(text, func(r rune) bool { return unspaced(r) || silent(r) })
	if at < 0 {
		return text, false
	}
	var b strings.Builder
	b.Grow(2 * len(text))
	b.WriteString(text[:at])
	for _, r := range text[at:] {
		switch {
		case silent(r):
		case unspaced(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

// matchQuery turns what a person typed into a full-text query: every word
// quoted, so that nothing typed is an operator, the last one as a beginning.
// It is empty where nothing could be found. A word is asked for once, however
// often it was typed: marking what was found takes time for every place of
// every word asked for, and a thousand times the same one took minutes.
func matchQuery(typed string) string {
	var terms []string
	asked := map[string]bool{}
	last := ""
	for _, word := range strings.Fields(typed) {
		word, _ = searchable(word)
		word = strings.Map(func(r rune) rune {
			if r == '"' || r == 0 {
				return ' '
			}
			return r
		}, word)
		if strings.IndexFunc(word, wordRune) >= 0 {
			if last != "" && !asked[last] {
				asked[last] = true
				terms = append(terms, last)
			}
			last = `"` + strings.TrimSpace(word) + `"`
		}
	}
	if last == "" {
		return ""
	}
	return strings.Join(append(terms, last), " ") + " *"
}

func wordRune(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.Co, unicode.Mn, unicode.Mc)
}
