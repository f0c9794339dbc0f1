package broadcast

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The bounds of a table: it is read in one pass, and no more of it than a row is kept.
const (
	MaxBytes = 64 << 20
	MaxRows  = 100_000
	// maxRow is the longest row, in bytes: a quote that is never closed takes the rest
	// of the file for one.
	maxRow = 256 << 10
	// firstLook is how much of the file is looked at to find out how it is written.
	firstLook = 64 << 10
)

// FileReason is why a whole table is refused.
type FileReason string

// The reasons to refuse a whole table.
const (
	FileEmpty    FileReason = "empty"    // there is no first row with the columns' names
	FileBinary   FileReason = "binary"   // it is no text: a workbook, or UTF-16
	FileHeadless FileReason = "headless" // its first row is a recipient already
	FileLarge    FileReason = "large"    // beyond MaxBytes
	FileLong     FileReason = "long"     // beyond MaxRows
	FileRow      FileReason = "row"      // a row beyond what one may be
	FileQuoting  FileReason = "quoting"  // the first row's quotes are broken
)

// FileError refuses a whole table; Line is where, 0 for all of it.
type FileError struct {
	Reason FileReason
	Line   int
}

// Error implements error.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return "table of recipients refused: " + string(e.Reason)
	}
	return fmt.Sprintf("table of recipients refused at line %d: %s", e.Line, e.Reason)
}

// Row is one row of a table, and the lines of the file it stands on.
type Row struct {
	Line, End int
	Cells     []string
	// Broken means that its quotes cannot be read; then there are no cells.
	Broken bool
}

// Table reads comma-separated values (RFC 4180), or values separated by semicolons or
// tabs, as spreadsheets of other countries write them. The first row names the
// columns.
type Table struct {
	Columns []string

	csv  *csv.Reader
	in   *bounds
	skip int // lines before the first row
	rows int
}

// NewTable reads the first row. The error is a *FileError, or that of r.
func NewTable(r io.Reader) (*Table, error) {
	t := &Table{in: &bounds{r: r, left: MaxBytes}}
	in := bufio.NewReaderSize(t.in, firstLook)
	head, err := in.Peek(firstLook)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fileError(err, 0)
	}
	if binary(head) {
		return nil, &FileError{Reason: FileBinary}
	}
	if bom := []byte("\ufeff"); bytes.HasPrefix(head, bom) {
		head = head[len(bom):]
		_, _ = in.Discard(len(bom)) // it was looked at
	}
	comma := separator(head)
	if said, _, _ := bytes.Cut(head, []byte("\n")); len(said) >= 5 && len(said) <= 6 && strings.EqualFold(string(said[:4]), "sep=") {
		t.skip = 1 // a spreadsheet's own word on the separator
		if c := rune(said[4]); strings.ContainsRune(",;\t", c) {
			comma = c
		}
		_, _ = in.Discard(len(said) + 1)
	}
	t.csv = csv.NewReader(in)
	t.csv.Comma, t.csv.FieldsPerRecord, t.csv.ReuseRecord = comma, -1, true
	first, err := t.read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &FileError{Reason: FileEmpty}
	case err != nil:
		return nil, err
	case first.Broken:
		return nil, &FileError{Reason: FileQuoting, Line: first.Line}
	}
	for _, name := range first.Cells {
		if digits, reason := readNumber(name, false); digits != "" && reason == "" {
			return nil, &FileError{Reason: FileHeadless, Line: first.Line}
		}
		t.Columns = append(t.Columns, strings.TrimSpace(name))
	}
	return t, nil
}

// binary reports bytes that no text has: of a workbook, of UTF-16.
func binary(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("\xff\xfe")) ||
		bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.IndexByte(head, 0) >= 0
}

// separator is what the first line has most of, outside of quotes; a comma where it
// has none.
func separator(head []byte) rune {
	counts, quoted := map[rune]int{}, false
	for _, c := range string(head) {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return most(counts)
		case !quoted:
			counts[c]++
		}
	}
	return most(counts)
}

func most(counts map[rune]int) rune {
	best := ','
	for _, c := range ";\t" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// Next returns the next row that has anything in it; io.EOF at the end. A row that
// cannot be read is returned as such, and the ones behind it are read. Its cells are
// good until the next call.
func (t *Table) Next() (Row, error) {
	for {
		row, err := t.read()
		if err != nil || row.Broken || !empty(row.Cells) {
			if t.rows++; err == nil && t.rows > MaxRows {
				return Row{}, &FileError{Reason: FileLong, Line: row.Line}
			}
			return row, err
		}
	}
}

func (t *Table) read() (Row, error) {
	t.in.row = 0
	at := t.skip + 1
	cells, err := t.csv.Read()
	var p *csv.ParseError
	switch {
	case errors.As(err, &p):
		return Row{Line: p.StartLine + t.skip, End: p.Line + t.skip, Broken: true}, nil
	case errors.Is(err, io.EOF):
		return Row{}, io.EOF
	case err != nil:
		if line, _ := t.csv.FieldPos(0); line > 0 {
			at = line + t.skip
		}
		return Row{}, fileError(err, at)
	}
	line, _ := t.csv.FieldPos(0)
	end, _ := t.csv.FieldPos(len(cells) - 1)
	end += strings.Count(cells[len(cells)-1], "\n")
	return Row{Line: line + t.skip, End: end + t.skip, Cells: cells}, nil
}

func fileError(err error, line int) error {
	switch {
	case errors.Is(err, errLarge):
		return &FileError{Reason: FileLarge}
	case errors.Is(err, errRow):
		return &FileError{Reason: FileRow, Line: line}
	}
	return fmt.Errorf("read table of recipients: %w", err)
}

func empty(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// legible reports cells that are text in UTF-8.
func legible(cells []string) bool {
	for _, c := range cells {
		if !utf8.ValidString(c) {
			return false
		}
	}
	return true
}

var (
	errLarge = errors.New("the file is too large")
	errRow   = errors.New("the row is too long")
)

// bounds ends a file that is too large, and a row that is.
type bounds struct {
	r    io.Reader
	left int64
	row  int
}

// Read implements io.Reader.
func (b *bounds) Read(p []byte) (int, error) {
	switch {
	case b.left <= 0:
		if n, err := b.r.Read(p[:1]); n == 0 {
			return 0, err
		}
		return 0, errLarge
	case b.row > maxRow:
		return 0, errRow
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.row += n
	return n, err //nolint:wrapcheck // io.EOF has to stay what it is
}
