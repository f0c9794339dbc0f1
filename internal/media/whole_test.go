package media

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Whoever passes a file on passes on all of it, or not its last byte.
func TestWholeOrNotItsEnd(t *testing.T) {
	data := random(100_000)
	size := int64(len(data))
	for name, c := range map[string]struct {
		r    io.Reader
		want string
		err  error
	}{
		"as announced":   {bytes.NewReader(data), sumOf(data), nil},
		"any hash":       {bytes.NewReader(data), "", nil},
		"capitals":       {bytes.NewReader(data), strings.ToUpper(sumOf(data)), nil},
		"in small parts": {iotest.OneByteReader(bytes.NewReader(data)), sumOf(data), nil},
		"end with data":  {iotest.DataErrReader(bytes.NewReader(data)), sumOf(data), nil},
		"longer":         {bytes.NewReader(append(bytes.Clone(data), 'x')), sumOf(data), nil},
		"another":        {bytes.NewReader(data), sumOf([]byte("x")), ErrCorrupt},
		"short":          {bytes.NewReader(data[:size-1]), "", io.ErrUnexpectedEOF},
		"empty":          {bytes.NewReader(nil), "", io.ErrUnexpectedEOF},
		"breaks":         {io.MultiReader(bytes.NewReader(data[:5000]), failing{}), "", errCut},
	} {
		w := NewWhole(c.r, size, c.want)
		if w.Begun() {
			t.Errorf("%s: it has begun before it was read", name)
		}
		got, err := io.ReadAll(w)
		if !errors.Is(err, c.err) || w.Done() != (c.err == nil) || !errors.Is(w.Err(), c.err) {
			t.Errorf("%s: %v, done %v, %v", name, err, w.Done(), w.Err())
		}
		switch {
		case c.err == nil && (!bytes.Equal(got, data) || w.SHA256() != sumOf(data)):
			t.Errorf("%s: %d bytes", name, len(got))
		case c.err != nil && int64(len(got)) >= size:
			t.Errorf("%s: all of it was passed on", name)
		}
		if _, again := w.Read(make([]byte, 1)); again == nil || c.err == nil && !errors.Is(again, io.EOF) || c.err != nil && !errors.Is(again, c.err) {
			t.Errorf("%s: read again it is %v", name, again)
		}
	}
}

// A type is narrowed by a name only as far as the bytes may be called it.
func TestMIMEOfANamedFile(t *testing.T) {
	const office = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for _, c := range [][3]string{
		{"PK\x03\x04", "a.docx", office},
		{"PK\x03\x04", "A.DOCX", office},
		{"PK\x03\x04", "a.zip", "application/zip"},
		{"PK\x03\x04", "a.doc", "application/zip"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "application/msword"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", "application/x-ole-storage"},
		{"\x00\x00\x00\x18ftypM4A ", "a.m4a", "audio/mp4"},
		{"\x00\x00\x00\x18ftypmp42", "a.mp4", "video/mp4"},
		{"%PDF-1.7", "a.docx", "application/pdf"},
		{"MZ\x90\x00\x03", "a.pdf", "application/octet-stream"},
		{"hello", "a.m4a", "text/plain"},
		{"hello", "", "text/plain"},
	} {
		if kind := Sniff([]byte(c[0])); kind.MIMEOf(c[1]) != c[2] || !kind.Agrees(kind.MIMEOf(c[1])) {
			t.Errorf("%q called %q is %s, want %s", c[0], c[1], kind.MIMEOf(c[1]), c[2])
		}
	}
}
