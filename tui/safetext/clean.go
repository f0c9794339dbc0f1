package safetext

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Caps of one grapheme cluster. The longest emoji in common use has ten code
// points, which are forty bytes at most; a letter of any living language has far
// fewer marks than eight.
const (
	maxClusterRunes = 10
	maxClusterMarks = 8
)

const (
	replacement = '\uFFFD'
	drop        = rune(-1)
	tabSpaces   = "    "
	// markRoom is kept free below a cap, so that a cut text with its mark is
	// itself below the cap: cleaning it again changes nothing.
	markRoom = 48
)

// mapRunes replaces every code point that must not be shown, and bounds the
// result by limit code points. The cap works while reading, so the cost of a
// text of megabytes is that of its first limit code points and of counting.
func mapRunes(s string, limit int) string {
	i := safePrefix(s, limit)
	if i == len(s) {
		return s
	}
	m := mapper{limit: limit}
	m.b.Grow(min(len(s), 4*limit) + 16)
	return m.run(s)
}

// safePrefix returns len(s) when s holds nothing to replace and is within
// limit, else a smaller number.
func safePrefix(s string, limit int) int {
	n := 0
	for i := 0; i < len(s); n++ {
		if n >= limit {
			return i
		}
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\n' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if size == 1 || mapRune(r) != r {
			return i
		}
		i += size
	}
	return len(s)
}

// mapper is one run of mapRunes.
type mapper struct {
	b     strings.Builder
	n     int // code points written
	limit int
	// cutOut and cutIn are where output and input stood when the room kept
	// for the mark began; zero until then.
	cutOut, cutIn int
}

func (m *mapper) write(s string) {
	m.b.WriteString(s)
	m.n += utf8.RuneCountInString(s)
}

func (m *mapper) run(s string) string {
	inTags := false
	for i := 0; i < len(s); {
		if m.cutIn == 0 && m.n >= m.limit-markRoom {
			m.cutOut, m.cutIn = m.b.Len(), i
		}
		if m.n > m.limit {
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		wasTags := inTags
		inTags = isTag(r)
		switch {
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case r == '\t':
			m.write(tabSpaces)
		case inTags && wasTags: // one mark for a run of tags
		default:
			if r = mapRune(r); r != drop {
				m.b.WriteRune(r)
				m.n++
			}
		}
		i += size
	}
	if m.n <= m.limit {
		return m.b.String()
	}
	more := utf8.RuneCountInString(s[m.cutIn:])
	return m.b.String()[:m.cutOut] + ellipsis + " " + strconv.Itoa(more) + " more characters"
}

// mapRune returns what stands for r on the screen, or drop.
func mapRune(r rune) rune {
	switch {
	case r == '\n', r >= 0x20 && r < 0x7f:
		return r
	case r < 0x20:
		return 0x2400 + r
	case r == 0x7f:
		return 0x2421
	case r < 0xa0:
		return replacement
	case r < 0x300 && r != 0xad:
		return r
	case r >= 0x2e80 && r < 0xd800 && r != 0x3164: // CJK and Hangul in one comparison
		return r
	}
	return mapUnicode(r)
}

// mapUnicode is mapRune for what is left: the rare blocks.
func mapUnicode(r rune) rune {
	switch {
	case r == 0x2028, r == 0x2029:
		return '\n'
	case invisible(r):
		return drop
	case r == 0x200c, r == 0x200d:
		return r
	case isTag(r), isFiller(r), isNonCharacter(r):
		return replacement
	case unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return replacement
	}
	return r
}

// invisible are the format characters without any shape of their own. The cell
// grid has no place for them; going before the clusters are capped, they can
// join nothing that is not then measured as it will be shown.
func invisible(r rune) bool {
	switch {
	case r == 0xad, r == 0x61c, r == 0x180e, r == 0x200b, r == 0xfeff:
		return true
	case r == 0x200e, r == 0x200f:
		return true
	case r >= 0x2060 && r <= 0x206f:
		return true
	}
	return false
}

// isTag reports the language tags, with which text can be smuggled unseen.
func isTag(r rune) bool { return r >= 0xe0000 && r <= 0xe007f }

// isFiller reports letters drawn as nothing, whose width no two terminals
// agree on.
func isFiller(r rune) bool {
	return r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0
}

func isNonCharacter(r rune) bool {
	return r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef
}

// capClusters shortens every grapheme cluster over the caps and replaces those
// that would take no cell, which would otherwise attach themselves to whatever
// we draw before them. It never lengthens s in code points.
func capClusters(s string) string {
	if isASCII(s) {
		return s
	}
	i := cappedPrefix(s)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	for i < len(s) {
		c, w := cluster(s[i:])
		keep := capCluster(c, w)
		if startsLine(s, i) && joins(c) {
			keep = 0
		}
		b.WriteString(c[:keep])
		if keep < len(c) {
			b.WriteRune(replacement)
		}
		i += len(c)
	}
	return b.String()
}

// cappedPrefix returns len(s) when every cluster is within the caps, else
// where the first one that is not begins.
func cappedPrefix(s string) int {
	for i := 0; i < len(s); {
		if r, size := utf8.DecodeRuneInString(s[i:]); simple(r) {
			if next, _ := utf8.DecodeRuneInString(s[i+size:]); i+size == len(s) || simple(next) {
				i += size
				continue
			}
		}
		c, w := cluster(s[i:])
		if capCluster(c, w) != len(c) || startsLine(s, i) && joins(c) {
			return i
		}
		i += len(c)
	}
	return len(s)
}

func startsLine(s string, i int) bool { return i == 0 || s[i-1] == '\n' }

// simple reports a code point that takes a cell and never joins a neighbour
// that is simple too: most of what people write, decided without tables.
func simple(r rune) bool {
	return r < 0x300 || r >= 0x400 && r < 0x483 || r >= 0x5d0 && r < 0x5eb ||
		r >= 0x620 && r < 0x64b || r >= 0x3041 && r < 0x3097 || r >= 0x30a1 && r < 0x3100 ||
		r >= 0x4e00 && r < 0xa000 || r >= 0xac00 && r < 0xd7a4
}

// capCluster returns how many bytes of the cluster c, w cells wide as a
// grapheme, may stay.
func capCluster(c string, w int) int {
	if c == "\n" {
		return len(c)
	}
	if w == 0 || wcShown(c) == 0 {
		return 0
	}
	runes, marks := 0, 0
	for i, r := range c {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		}
		runes++
		if runes > maxClusterRunes || marks > maxClusterMarks {
			return len(trimJoiner(c[:i]))
		}
	}
	return len(trimJoiner(c))
}

// trimJoiner takes the joiners off the end of an emoji, where they would join
// it to whatever is drawn after it. Letters keep theirs: it shapes them.
func trimJoiner(c string) string {
	if first, _ := utf8.DecodeRuneInString(c); first < 0x2190 {
		return c
	}
	return strings.TrimRight(c, zwj)
}

// joins reports that the beginning of s is drawn on, or counted with, whatever
// comes before it.
func joins(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	if size < 2 || simple(r) {
		return false
	}
	c, _ := ansi.FirstGraphemeCluster(" "+s[:size], ansi.GraphemeWidth)
	return len(c) > 1
}

// cluster returns the first grapheme cluster of s and its width as a grapheme.
func cluster(s string) (string, int) {
	if s[0] >= 0x20 && s[0] < 0x7f && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return s[:1], 1
	}
	if r, size := utf8.DecodeRuneInString(s); size > 1 && simple(r) {
		if next, _ := utf8.DecodeRuneInString(s[size:]); size == len(s) || simple(next) {
			return s[:size], simpleWidth(r, s[:size])
		}
	}
	return ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
}

// simpleWidth is the width of a simple code point, c being its bytes, which no
// two methods see differently. Only Latin and Cyrillic are asked for: the user
// may have made them wide (RUNEWIDTH_EASTASIAN).
func simpleWidth(r rune, c string) int {
	switch {
	case r >= 0x3041:
		return 2
	case r >= 0x5d0:
		return 1
	}
	return wcWidth(c)
}

func wcWidth(s string) int { return ansi.StringWidthWc(s) }

// wcShown is the width by code point of the cluster c as [displayWc] shows it.
func wcShown(c string) int {
	n := 0
	for i, r := range c {
		if i == 0 || !combining(r) {
			n += wcWidth(c[i : i+utf8.RuneLen(r)])
		}
	}
	return n
}
