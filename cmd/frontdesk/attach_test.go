package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
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
	if err := d.attachFiles(t.Context(), rows[0].ID, []string{cat, empty}, "our cat"); err == nil || !strings.Contains(err.Error(), "empty") || len(network.uploads) > 0 {
		t.Errorf("%v; %d were handed over", err, len(network.uploads))
	}
	if err := d.attachFiles(t.Context(), rows[0].ID, []string{cat}, "our cat"); err != nil || len(network.files) != 1 || string(network.files[0]) != photo {
		t.Fatalf("%v; %d came", err, len(network.files))
	}
	messages := listMessages(t, dir, string(rows[0].ID))
	if last := messages[len(messages)-1]; last.Content.Text != "our cat" {
		t.Errorf("the thread ends with %+v", last)
	}
}
