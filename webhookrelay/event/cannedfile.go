package event

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// MaxCannedFiles is how many files go with one canned response.
const MaxCannedFiles = 3

// MaxCannedFile is the largest of them in bytes: every terminal that uses it fetches
// it from the relay. Networks take 5 MB (WhatsApp's pictures) to 100 MB.
const MaxCannedFile = 25 << 20

// CannedFile is a file that goes with a canned response. The relay keeps it under its
// hash (GET /v1/files/{sha256}) for as long as a canned response names it.
type CannedFile struct {
	Name   string `json:"name"`
	MIME   string `json:"mime,omitempty"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // lower-case hex
}

// maxFileName is the longest name of a file in bytes, which is every system's.
const maxFileName = 255

var fileSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// GoodSum reports whether s is a SHA-256 in lower-case hex.
func GoodSum(s string) bool { return fileSum.MatchString(s) }

// Good reports whether the file can be one: a plain name that leads nowhere, a hash,
// and a size from 1 to MaxCannedFile.
func (f *CannedFile) Good() bool {
	plain := f.Name != "" && f.Name != "." && f.Name != ".." && len(f.Name) <= maxFileName && utf8.ValidString(f.Name) &&
		!strings.ContainsFunc(f.Name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' })
	return plain && GoodSum(f.SHA256) && f.Size > 0 && f.Size <= MaxCannedFile
}
