// Package edit is text being typed: a buffer, a cursor and the rows they make
// on a screen. What is in the buffer is what is shown and what is sent: all
// that comes in passes safetext first, so that nothing invisible can leave.
// The package knows keys by name and nothing of panes or colours.
package edit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"frontdesk/tui/safetext"
)

// MaxRunes is the most a buffer holds: above the longest text of any network,
// and below the cap at which safetext would replace the rest by a mark.
const MaxRunes = 12000

const zwj = "\u200d"

// Buffer is a text and a cursor in it. The cursor stands between grapheme
// clusters, never inside one. The zero value is an empty buffer of many lines.
type Buffer struct {
	// Single keeps the buffer to one line: breaks become spaces.
	Single bool
	// Max is the most code points; 0 means MaxRunes.
	Max int

	text   string
	at     int // byte offset of the cursor
	killed string
	joiner bool // a lone joiner was typed and waits for what it joins
	rev    int

	layout layout
	sticky int // one more than the column that up and down try to keep; 0 is none
}

// Text returns what was typed.
func (b *Buffer) Text() string { return b.text }

// Rev changes whenever the text changes.
func (b *Buffer) Rev() int { return b.rev }

// Empty reports whether nothing was typed.
func (b *Buffer) Empty() bool { return b.text == "" }

// Set replaces the text and puts the cursor at its end.
func (b *Buffer) Set(s string) {
	b.text, b.at = "", 0
	b.rev++
	b.Insert(s)
}

// Insert puts s at the cursor and returns how many characters did not fit.
func (b *Buffer) Insert(s string) (left int) {
	if s == zwj {
		b.joiner = true
		return 0
	}
	if b.joiner {
		s = zwj + s
	}
	s, left = b.cut(b.admit(s))
	b.replace(b.at, b.at, s)
	return left
}

// Before returns the text before the cursor.
func (b *Buffer) Before() string { return b.text[:b.at] }

// Replace puts s in the place of the n bytes before the cursor.
func (b *Buffer) Replace(n int, s string) {
	from := b.snap(b.at - n)
	s, _ = b.cut(b.admit(s))
	b.replace(from, b.at, s)
}

// admit returns s without what a buffer cannot hold.
func (b *Buffer) admit(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	if b.Single {
		s = strings.Join(strings.Fields(strings.ReplaceAll(s, "\n", " ")), " ")
	}
	return s
}

func (b *Buffer) cut(s string) (string, int) {
	limit := b.Max
	if limit == 0 {
		limit = MaxRunes
	}
	room := max(limit-utf8.RuneCountInString(b.text), 0)
	n := utf8.RuneCountInString(s)
	if n <= room {
		return s, 0
	}
	end, kept := 0, 0
	for end < len(s) {
		c := cluster(s[end:])
		runes := utf8.RuneCountInString(c)
		if kept+runes > room {
			break
		}
		end, kept = end+len(c), kept+runes
	}
	return s[:end], n - kept
}

// replace is the only writer of the text. The result is cleaned as a whole:
// what was typed may join with what stands beside it.
func (b *Buffer) replace(from, to int, s string) {
	b.joiner, b.sticky = false, 0
	before, after := b.text[:from]+s, b.text[to:]
	next := safetext.Clean(before + after).String()
	if next == b.text {
		b.at = b.snap(len(before))
		return
	}
	at := len(before)
	if next != before+after {
		at = len(safetext.Clean(before).String())
	}
	b.text = next
	b.at = b.snap(at)
	b.rev++
}

// snap returns the cluster border at or after i. A border lies before and
// after each line feed, so the search begins at the line's start.
func (b *Buffer) snap(i int) int {
	i = min(max(i, 0), len(b.text))
	at := strings.LastIndexByte(b.text[:i], '\n') + 1
	for at < i {
		at += len(cluster(b.text[at:]))
	}
	return at
}

// cluster returns the first grapheme cluster of s.
func cluster(s string) string {
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return s[:1]
	}
	c, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return c
}

// left returns the border before i, and right the one after it.
func (b *Buffer) left(i int) int {
	if i <= 0 {
		return 0
	}
	if b.text[i-1] == '\n' {
		return i - 1
	}
	at := strings.LastIndexByte(b.text[:i], '\n') + 1
	for {
		next := at + len(cluster(b.text[at:]))
		if next >= i {
			return at
		}
		at = next
	}
}

func (b *Buffer) right(i int) int {
	if i >= len(b.text) {
		return len(b.text)
	}
	return i + len(cluster(b.text[i:]))
}

func (b *Buffer) lineStart() int { return strings.LastIndexByte(b.text[:b.at], '\n') + 1 }

func (b *Buffer) lineEnd() int {
	if i := strings.IndexByte(b.text[b.at:], '\n'); i >= 0 {
		return b.at + i
	}
	return len(b.text)
}

// wordLeft and wordRight are the borders of words: of letters and digits, and
// in scripts without spaces of single characters.
func (b *Buffer) wordLeft() int {
	i := b.at
	for i > 0 && !b.inWord(b.left(i)) {
		i = b.left(i)
	}
	for i > 0 && b.inWord(b.left(i)) {
		i = b.left(i)
		if wide(b.text[i:]) || i > 0 && wide(b.text[b.left(i):]) {
			break
		}
	}
	return i
}

func (b *Buffer) wordRight() int {
	i := b.at
	for i < len(b.text) && !b.inWord(i) {
		i = b.right(i)
	}
	for i < len(b.text) && b.inWord(i) {
		was := i
		i = b.right(i)
		if wide(b.text[was:]) || i < len(b.text) && wide(b.text[i:]) {
			break
		}
	}
	return i
}

func (b *Buffer) inWord(i int) bool {
	r, _ := utf8.DecodeRuneInString(b.text[i:])
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '\'' || r == '’' || breaks(r)
}

func wide(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return breaks(r)
}
