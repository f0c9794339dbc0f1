package line

import (
	"strings"
	"testing"

	"frontdesk/tui/safetext"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever a file is called, its label is one safe and short line, and a name
// that a system would take for a program's is one to be careful of, whatever
// stands before, between and behind.
func FuzzFileName(f *testing.F) {
	for _, s := range hostile.Seeds(f, 1000, "filename", "display_name") {
		f.Add(s, "image/jpeg")
		f.Add(s, "")
	}
	f.Add("setup.exe.", "application/pdf")
	f.Add("setup.exe . .", "")
	f.Fuzz(func(t *testing.T, name, mime string) {
		label, careful := FileName(name, mime)
		for _, m := range []safetext.Measurer{{Method: safetext.WcWidth}, {Method: safetext.Grapheme}} {
			if n := m.Width(label); n > safetext.MaxNameCells {
				t.Fatalf("%q takes %d cells", name, n)
			}
		}
		if why := tuitest.Unsafe(label.String()); why != "" || strings.Contains(label.String(), "\n") {
			t.Fatalf("%q shows a %s", name, why)
		}
		if careful != "" && (careful[0] != '.' || strings.Trim(careful[1:], "abcdefghijklmnopqrstuvwxyz0123456789") != "") {
			t.Fatalf("%q is said to end in %q", name, careful)
		}
		for _, program := range []string{".exe", ".SCR", ".Lnk", ".html"} {
			// Windows drops blanks and dots at the end.
			for _, behind := range []string{"", ".", " ", " . .", "\u200b"} {
				if _, careful := FileName(name+program+behind, mime); careful != strings.ToLower(program) {
					t.Fatalf("%q is said to end in %q", name+program+behind, careful)
				}
			}
		}
	})
}
