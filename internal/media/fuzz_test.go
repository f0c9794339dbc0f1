package media

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

// Whatever a file begins with: its ending is one of a few, of which no system
// runs any; what a browser could read as a page is no text; and a name and a
// type that agree with it are not those of another.
func FuzzSniff(f *testing.F) {
	for _, head := range []string{"\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n", "GIF89a", "%PDF-1.7", "PK\x03\x04", "OggS", "ID3", "#!AMR\n", "#!/bin/sh", "RIFF\x00\x00\x00\x00WEBP", "\x00\x00\x00\x18ftyp3gp5", "hello", "<svg>", "MZ", "caf\xc3", ""} {
		f.Add([]byte(head), "a.jpg", "image/jpeg")
	}
	for _, name := range hostile.Seeds(f, 500, "filename") {
		f.Add([]byte("hello"), name, name)
	}
	endings := map[string]bool{unknownEnding: true}
	for _, kind := range types() {
		endings[kind.Ending] = true
	}
	f.Fuzz(func(t *testing.T, head []byte, name, declared string) {
		kind := Sniff(head)
		if !endings[kind.Ending] || kind != Sniff(append(bytes.Clone(head[:min(len(head), Sniffed)]), make([]byte, max(0, len(head)-Sniffed))...)) {
			t.Fatalf("%q is %+v", head, kind)
		}
		if kind.Ending == ".txt" && (bytes.ContainsAny(head[:min(len(head), Sniffed)], "<\x00\x1b") || bytes.HasPrefix(head, []byte("#!"))) {
			t.Fatalf("%q is a text", head)
		}
		if kind.EndingAgrees(name) != kind.EndingAgrees(strings.ToUpper(name)) && isASCII(name) {
			t.Fatalf("%q agrees with %+v by its case", name, kind)
		}
		for _, program := range []string{".exe", ".html", ".svg", ".js", ".bat"} {
			if kind.EndingAgrees(name + program) {
				t.Fatalf("%q agrees with %+v", name+program, kind)
			}
		}
		if !kind.Agrees(kind.MIME) || !kind.Agrees("") || kind.MIME != "text/plain" && kind.Agrees("text/html") {
			t.Fatalf("%+v does not agree with itself", kind)
		}
		_ = kind.Agrees(declared)
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// Whatever a hash or a name is said to be, nothing but what was kept is found by
// it, and nothing outside the vault is opened.
func FuzzNames(f *testing.F) {
	v, err := Open(filepath.Join(f.TempDir(), "media"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { v.Close() })
	kept, err := v.Keep(strings.NewReader("hello"), "", MaxSize)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(kept.SHA256, kept.Name)
	f.Add(strings.ToUpper(kept.SHA256), "../media/"+kept.Name)
	for _, s := range hostile.Seeds(f, 1000, "filename", "url") {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, sum, name string) {
		found, err := v.Find(sum)
		switch known := strings.EqualFold(sum, kept.SHA256) && isASCII(sum); {
		case known && (err != nil || found != kept):
			t.Fatalf("%q is %+v, %v", sum, found, err)
		case !known && !errors.Is(err, fs.ErrNotExist):
			t.Fatalf("%q is %+v, %v", sum, found, err)
		}
		r, err := v.Open(File{Name: name})
		if err != nil {
			return
		}
		defer r.Close()
		if content, err := io.ReadAll(r); err != nil || string(content) != "hello" {
			t.Fatalf("%q opens %q (%v)", name, content, err)
		}
	})
}
