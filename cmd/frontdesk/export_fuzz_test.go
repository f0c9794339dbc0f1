package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever stands in a message: no line of a cell is one that a spreadsheet
// computes, what was put before it is one apostrophe and nothing else, the table
// has the cells it was given, and a line of JSON gives the text back and may be
// looked at.
func FuzzExportCell(f *testing.F) {
	for _, s := range hostile.Seeds(f, 2000, "export_cell", "message_text", "display_name", "filename") {
		f.Add(s)
	}
	for _, s := range []string{"a\n=1", "a\r\n\t=1", "\"\"=1", "\u2028=1", "\v=1", " \u00ad\uff1d1", "'=1", "\r\r\n@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		var out bytes.Buffer
		if err := (table{&out}).row("first", cell, "last"); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(out.Bytes()))
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 3 || rows[0][0] != "first" || rows[0][2] != "last" {
			t.Fatalf("%q is written as %q, which is %q (%v)", cell, out.String(), rows, err)
		}
		got := rows[0][1]
		if got != strings.ReplaceAll(harmless(cell), "\r\n", "\n") {
			t.Fatalf("%q comes back as %q", cell, got)
		}
		if why := computed(got); why != "" {
			t.Fatalf("%q is written as %q: it %s", cell, got, why)
		}
		was, is := endings(cell), endings(harmless(cell))
		if len(was) != len(is) {
			t.Fatalf("%q has other lines: %q", cell, is)
		}
		for i := range was {
			if is[i] != was[i] && is[i] != "'"+was[i] {
				t.Fatalf("%q becomes %q", was[i], is[i])
			}
		}
		exactJSON(t, cell)
	})
}

// endings splits after every line break, a carriage return for itself included.
func endings(s string) (lines []string) {
	for s != "" {
		i := strings.IndexAny(s, "\r\n") + 1
		if i == 0 {
			i = len(s)
		}
		lines = append(lines, s[:i])
		s = s[i:]
	}
	return lines
}

func exactJSON(t *testing.T, text string) {
	t.Helper()
	var out bytes.Buffer
	if err := (jsonLines{&out}).line(map[string]string{"text": text}); err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSuffix(out.String(), "\n")
	if why := tuitest.Unsafe(line); why != "" {
		t.Fatalf("%q is written with a %s: %q", text, why, line)
	}
	var back struct{ Text string }
	if err := json.Unmarshal([]byte(line), &back); err != nil || utf8.ValidString(text) && back.Text != text {
		t.Fatalf("%q is written as %q and comes back as %q (%v)", text, line, back.Text, err)
	}
}
