package edit

import "unicode/utf8"

// AtWordStart reports that a word would begin at the cursor: at the beginning of a
// line or after a blank.
func (b *Buffer) AtWordStart() bool {
	r, _ := utf8.DecodeLastRuneInString(b.text[:b.at])
	return b.at == 0 || r == ' ' || r == '\n' || r == '\t'
}
