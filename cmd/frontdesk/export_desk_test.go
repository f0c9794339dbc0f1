package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/store"
	"frontdesk/tui/action"
)

// TestTheScreenExportsAViewInEachFormat: every conversation of it and no other, in a
// new file of the person's; one alone is that one.
func TestTheScreenExportsAViewInEachFormat(t *testing.T) {
	f := openOffice(t)
	home := t.TempDir()
	f.desk.env.getenv = func(name string) string {
		if name == "HOME" {
			return home
		}
		return os.Getenv(name)
	}
	rows, err := f.store.Conversations(t.Context(), store.ViewMine, store.ConversationCursor{}, 500)
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	written := func(what action.Export) []byte {
		t.Helper()
		path, err := f.desk.exportFile(t.Context(), what)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil || filepath.Dir(path) != home || filepath.Ext(path) != "."+what.Format {
			t.Fatalf("%s, %v", path, err)
		}
		return raw
	}
	seen := map[string]bool{}
	for line := range bytes.Lines(written(action.Export{Format: "json", View: store.ViewMine})) {
		var x struct{ Type, ID string }
		if err := json.Unmarshal(line, &x); err != nil {
			t.Fatal(err)
		}
		if x.Type == "conversation" {
			seen[x.ID] = true
		}
	}
	if len(seen) != len(rows) || !seen[string(rows[0].ID)] {
		t.Errorf("%d of %d conversations", len(seen), len(rows))
	}
	if lines, err := csv.NewReader(bytes.NewReader(written(action.Export{Format: "csv", View: store.ViewMine}))).ReadAll(); err != nil || len(lines) <= len(rows) {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	for format, head := range map[string]string{"md": "- id ", "html": "<h1"} {
		if raw := written(action.Export{Format: format, View: store.ViewMine}); strings.Count(string(raw), head) < len(rows) {
			t.Errorf("%s has fewer heads than %d:\n%.400s", format, len(rows), raw)
		}
	}
	one := string(written(action.Export{Format: "md", Conversation: rows[0].ID}))
	escaped := func(c store.Conversation) string { return strings.ReplaceAll(string(c.ID), "_", `\_`) }
	if !strings.Contains(one, escaped(rows[0])) || strings.Contains(one, escaped(rows[1])) {
		t.Errorf("one conversation is\n%.400s", one)
	}
}
