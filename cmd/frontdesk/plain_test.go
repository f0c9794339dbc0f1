package main

import (
	"strings"
	"testing"

	"frontdesk/tui/safetext"
)

// TestPlainListSaysWhatTheScreenSays: the verbs without --json use the words of
// the screen, in columns that wide and joined characters do not move.
func TestPlainListSaysWhatTheScreenSays(t *testing.T) {
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "3", "--speed", "0.01").stop(t)
	out, err := frontdesk(t, "conversations", "list", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	for _, want := range []string{"never wrote", "✗ 2 failed", "note · ben: ", "✓✓ ", "@ana", "SR-2024-001", "+44 1632 960 050", "waits "} {
		if !strings.Contains(text, want) {
			t.Errorf("the list does not say %q:\n%s", want, text)
		}
	}
	var m safetext.Measurer
	column := -1
	for _, row := range strings.Split(strings.TrimSpace(text), "\n") {
		for _, reference := range []string{"SR-2024-001", "JOB-1050", "BK-7702", "BK-7781", "JOB-1090"} {
			before, _, ok := strings.Cut(row, reference)
			if !ok {
				continue
			}
			at := m.Width(safetext.Line(before))
			if column >= 0 && at != column {
				t.Errorf("%s stands in column %d, others in %d:\n%s", reference, at, column, text)
			}
			column = at
		}
	}
	for _, c := range listConversations(t, dir, "all") {
		if c.Name != "Juan Pérez" {
			continue
		}
		out, err := frontdesk(t, "messages", "list", c.ID, "--dir", dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"ben assigned ana", "ana set labels plumbing, urgent", "Photo", "✓✓ read"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("the thread does not say %q:\n%s", want, out)
			}
		}
	}
}

// TestHelpIsHelp: every way of asking for it tells all verbs.
func TestHelpIsHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		out, err := frontdesk(t, args...)
		if err != nil || !strings.Contains(string(out), "frontdesk messages save") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
