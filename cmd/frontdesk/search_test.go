package main

import (
	"strings"
	"testing"
)

// TestSearchFromTheCommandLine: the verb finds what the screen finds, in the same
// words, and says what is wrong with a filter.
func TestSearchFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "3", "--speed", "0.01").stop(t)
	out, err := frontdesk(t, "search", "--dir", dir, "fuga", "from:customer")
	if err != nil || !strings.Contains(string(out), "Juan Pérez") || !strings.Contains(string(out), "Hola, tengo una fuga") {
		t.Errorf("found %s, %v", out, err)
	}
	var rows []hitJSON
	readJSON(t, &rows, "search", "--dir", dir, "--json", "--limit", "0", "is:note")
	if len(rows) < 2 || rows[0].Message == 0 || rows[0].Conversation == "" {
		t.Errorf("rows %+v", rows)
	}
	var few []hitJSON
	readJSON(t, &few, "search", "--dir", dir, "--json", "--limit", "1", "is:note")
	if len(few) != 1 || few[0] != rows[0] {
		t.Errorf("the first is %+v of %+v", few, rows[0])
	}
	for query, want := range map[string]string{"is:moon": "open, resolved", " ": "nothing is asked for"} {
		if out, err := frontdesk(t, "search", "--dir", dir, query); err == nil || !strings.Contains(err.Error()+string(out), want) {
			t.Errorf("%q: %s %v", query, out, err)
		}
	}
}
