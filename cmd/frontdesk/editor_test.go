package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
)

// A real editor changes the draft, in the real program; its file does not stay.
func TestADraftInTheAgentsOwnEditor(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nprintf '%s and more\\n' \"$(cat \"$2\")\" > \"$2\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	e := environment{getenv: func(name string) string { return map[string]string{"EDITOR": script + " --wait"}[name] }}
	o, err := e.editor(dir)(t.Context(), "Hello\nthere")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Program.Run(); err != nil {
		t.Fatal(err)
	}
	if text, err := o.Read(); err != nil || text != "Hello\nthere and more" {
		t.Errorf("it became %q, %v", text, err)
	}
	path := o.Program.Args[len(o.Program.Args)-1]
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(path, dir) {
		t.Errorf("the file %s: %v, %v", path, info, err)
	}
	o.Remove()
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if none := (environment{getenv: nothingSet}).editor(dir); none != nil {
		t.Error("there is an editor where none is set")
	}
	if _, err := e.editor(filepath.Join(dir, "none"))(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "check who may write") {
		t.Errorf("without a folder: %v", err)
	}
}

// What a killed program left in an editor goes, what somebody may be writing stays.
func TestDraftsOfTheKilledGo(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		if _, err := draftFile(dir, string(store.DraftReply)); err != nil {
			t.Fatal(err)
		}
	}
	first := names(t, dir)[0]
	old := time.Now().Add(-2 * draftAge)
	if err := os.Chtimes(filepath.Join(dir, first, "draft.txt"), old, old); err != nil {
		t.Fatal(err)
	}
	if err := removeDrafts(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	if left := names(t, dir); len(left) != 1 || left[0] == first {
		t.Errorf("left: %v", left)
	}
}
