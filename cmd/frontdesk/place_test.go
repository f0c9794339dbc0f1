package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A store on another machine's disk is refused before anything is written, by
// every way to open one.
func TestNetworkDiskIsRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"a verb": {"send", "--to", "+50212345678", "--text", "hello"},
		"demo":   {"demo", "--headless"},
		"doctor": {"doctor"},
		"export": {"export"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var out, errs bytes.Buffer
			e := environment{
				args: append(args, "--dir", dir), out: &out, errs: &errs, getenv: func(string) string { return "" },
				remote: func(got string) string {
					if got == dir {
						return "nfs4"
					}
					return ""
				},
			}
			code := e.main(t.Context())
			said := errs.String()
			if code != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "network disk (nfs4)") || !strings.Contains(said, "; name a folder on this machine") {
				t.Errorf("code %d, said %q", code, said)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
				t.Errorf("something was written: %v %v", entries, err)
			}
		})
	}
}

// A folder that a program copies elsewhere is told of by the screen and by the
// doctor.
func TestCopiedFolderIsTold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Dropbox", "desk")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	p := sitDown(t, 160, 48, "demo", "--dir", dir, "--conversations", "1")
	p.reads("Dropbox copies this folder")
	wrong, exit := wrongs(t, "--dir", dir)
	if told := strings.Join(wrong, "\n"); exit == nil || !strings.Contains(told, "Dropbox copies this folder") {
		t.Errorf("the doctor says %q (%v)", told, exit)
	}
}
