// Package safetext is the only door through which text written by somebody
// else reaches a screen, a title, a notification or a line of command output.
// It cleans, measures, cuts and wraps; it knows nothing of styles, messages or
// terminals, and nothing else in the program may build a [Text].
package safetext

import (
	"strings"
	"unicode"
)

// Text is remote text that is safe to show. Only [Clean], [Line] and [Name]
// build one, so a view that takes a Text cannot be handed raw input. It holds
// no control character but the line feed (and [Line] and [Name] not even
// that), no direction control, no tag character, no invalid UTF-8, and no
// grapheme cluster longer than the caps of this package.
type Text struct{ s string }

// String returns the cleaned text.
func (t Text) String() string { return t.s }

// Empty reports whether there is no text at all.
func (t Text) Empty() bool { return t.s == "" }

// Blank reports whether a reader would see nothing: the text is empty or made
// of spaces only. The owner then says so in words, because a row that looks
// empty looks like a fault.
func (t Text) Blank() bool {
	for _, r := range t.s {
		if !unicode.IsSpace(r) && r != brailleBlank {
			return false
		}
	}
	return true
}

// brailleBlank is an ordinary braille pattern that happens to have no dots; it
// is kept, but it does not make a row visible.
const brailleBlank = '\u2800'

// Limits of one cleaned text, in code points.
const (
	// MaxRunes bounds [Clean]. Four times the longest message of any network
	// we speak to, so real messages are never cut.
	MaxRunes = 16384
	// MaxLineRunes bounds [Line]: more than the widest terminal shows.
	MaxLineRunes = 1024
	// MaxNameCells bounds [Name], in cells under both width methods.
	MaxNameCells = 32
)

// NewlineMark stands for the line breaks that [Line] joins.
const NewlineMark = "↵"

// Clean makes s safe to show over several lines. Controls are replaced by a
// visible picture and never deleted, so that what is left cannot join into a
// new sequence; CRLF, U+2028 and U+2029 become line feeds, a tab four spaces.
// Characters that no cell can carry (direction marks, zero-width spaces, the
// byte order mark) go. Text beyond [MaxRunes] is replaced by a mark with the
// number of characters left out. Clean is idempotent and linear, and costs no
// allocation when s is already clean.
func Clean(s string) Text { return Text{capClusters(mapRunes(s, MaxRunes))} }

// Line makes s safe to show on one line: as [Clean], with each run of line
// breaks as one [NewlineMark].
func Line(s string) Text { return Text{capClusters(line(s))} }

func line(s string) string {
	s = mapRunes(s, MaxLineRunes)
	if strings.IndexByte(s, '\n') >= 0 {
		s = joinLines(s)
	}
	return s
}

// Name makes s safe to show as a person's, file's or account's name: as
// [Line], without surrounding space and cut at [MaxNameCells].
func Name(s string) Text {
	s = capClusters(strings.TrimSpace(line(s)))
	wc, gr := Measurer{WcWidth}, Measurer{Grapheme}
	for range 3 {
		if wc.Width(Text{s}) <= MaxNameCells && gr.Width(Text{s}) <= MaxNameCells {
			break
		}
		s = cutBoth(s, MaxNameCells)
	}
	return Text{s}
}

// joinLines puts one mark for every run of line breaks inside s and none at
// its ends, where a break says nothing. It never lengthens s in code points,
// so a text below its cap stays below it.
func joinLines(s string) string {
	s = strings.Trim(s, "\n")
	var b strings.Builder
	b.Grow(len(s) + 64)
	for {
		before, after, more := strings.Cut(s, "\n")
		b.WriteString(before)
		if !more {
			return b.String()
		}
		b.WriteString(NewlineMark)
		s = strings.TrimLeft(after, "\n")
	}
}

// cutBoth keeps the clusters of s that leave room for an ellipsis in w cells,
// counting each cluster as the wider of the two methods sees it.
func cutBoth(s string, w int) string {
	used, end := 0, 0
	for end < len(s) {
		c, gw := cluster(s[end:])
		cells := max(gw, wcWidth(c))
		if used+cells > w-1 {
			break
		}
		used += cells
		end += len(c)
	}
	return strings.TrimRight(s[:end], " ") + ellipsis
}
