package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"frontdesk/tui/link"
	"frontdesk/tui/tuitest/hostile"
)

// TestOpenerGetsOneArgument runs a stand-in for the system's opener: it gets the
// address as it is, in one argument, and nothing that is no address.
func TestOpenerGetsOneArgument(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the stand-in is a script named xdg-open")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "args")
	script := "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done > '" + out + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	const address = "https://example.com/$(id);`id`&x='y'"
	if err := openAddress(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != address+"\n" {
		t.Errorf("the opener got %q (%v)", got, err)
	}
	for _, bad := range []string{"", "-h", "--version", "file:///etc/passwd", "javascript:1", "ssh://-o", "https://a b", "https://a\x1b", " https://a", "https://a\""} {
		if openAddress(t.Context(), bad) == nil {
			t.Errorf("%q was opened", bad)
		}
	}
	for _, e := range hostile.Texts(t) {
		for _, l := range link.Find(e.Text(t)) {
			if !openable(l.URL) {
				t.Errorf("%s: what the screen offers is refused: %q", e.ID, l.URL)
			}
		}
	}
}
