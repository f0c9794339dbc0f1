package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/tui/action"
)

// A path comes as it was typed, or as a terminal writes what is dropped on it.
func TestTypedPath(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a cat (1).jpg")
	odd := filepath.Join(dir, `b\c.txt`)
	for _, path := range []string{file, odd} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shell := strings.NewReplacer(" ", `\ `, "(", `\(`, ")", `\)`).Replace(file)
	for typed, want := range map[string]string{
		file: file, " " + file + " ": file, "'" + file + "'": file, `"` + file + `"`: file, shell: file, "file://" + file: file,
		"~/a cat (1).jpg": file, odd: odd, "nothing.txt": "nothing.txt", "": "",
	} {
		if got := typedPath(typed, dir); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

// From the screen files go as by the verb: judged, handed over, then their messages;
// of several none goes where one cannot.
func TestFilesFromTheScreen(t *testing.T) {
	network := &courier{}
	dir, _ := counter(t, network, "")
	e := environment{out: &strings.Builder{}, errs: &strings.Builder{}, getenv: os.Getenv}
	d, err := e.openDesk(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.catchUp(t.Context(), 30*time.Second); err != nil {
		t.Fatal(err)
	}
	rows, err := d.store.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 1)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	cat, empty := writeFile(t, "cat.jpg", photo), writeFile(t, "empty.pdf", "")
	files := d.screenFiles()
	picture, err := files.Look(t.Context(), cat)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Look(t.Context(), empty); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty file: %v", err)
	}
	gif, err := files.Look(t.Context(), writeFile(t, "cat.gif", "GIF89a"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Prepare(t.Context(), rows[0].ID, "our cat", []action.File{picture, gif}); err == nil || !strings.Contains(err.Error(), "cat.gif") || len(network.uploads) > 0 {
		t.Errorf("%v; %d were handed over", err, len(network.uploads))
	}
	long := strings.Repeat("word ", 400) // more than goes below a file
	all, err := files.Prepare(t.Context(), rows[0].ID, long, []action.File{picture})
	if err != nil || len(all) != 2 || all[0].Content.Text != long || all[1].Content.Text != "" || all[0].Op == all[1].Op {
		t.Fatalf("%+v, %v", all, err)
	}
	all, err = files.Prepare(t.Context(), rows[0].ID, "our cat", []action.File{picture})
	if err != nil || len(all) != 1 || all[0].Content.Text != "our cat" || string(network.files[1]) != photo {
		t.Fatalf("%+v, %v; %d came", all, err, len(network.files))
	}
	if err := os.WriteFile(cat, []byte(photo+"!"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Prepare(t.Context(), rows[0].ID, "", []action.File{picture}); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("another file than the one that was attached: %v", err)
	}
}

// A path goes on as the files and folders on the disk do.
func TestPathsAreCompleted(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"cat.jpg", "catalogue/x.pdf", "dog.jpg", ".hidden"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	d := &desk{env: environment{getenv: func(string) string { return dir }}}
	for typed, want := range map[string][]string{
		dir + "/c":        {dir + "/cat.jpg", dir + "/catalogue/"},
		"~/do":            {dir + "/dog.jpg"},
		dir + "/":         {dir + "/cat.jpg", dir + "/catalogue/", dir + "/dog.jpg"},
		dir + "/.h":       {dir + "/.hidden"},
		dir + "/x":        nil,
		dir + "/nowhere/": nil,
	} {
		if got := d.completePath(t.Context(), typed); !slices.Equal(got, want) {
			t.Errorf("%q goes on as %q, want %q", typed, got, want)
		}
	}
}
