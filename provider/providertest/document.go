package providertest

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// Rules holds a driver to the list of what it takes from its network's document:
// a table in file, one line per rule, "| documented | rule |" or "| assumed |
// rule |". Each rule there is tried by the check of its name, and no check is of a
// rule that is not there.
func Rules(t *testing.T, file string, checks map[string]func(*testing.T)) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 4 || strings.Trim(cells[1], " -") == "" || strings.TrimSpace(cells[2]) == "rule" {
			continue
		}
		word, rule := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		if word != "documented" && word != "assumed" {
			t.Errorf("%q is %q: a rule is documented or assumed", rule, word)
		}
		if written[rule] {
			t.Errorf("%q stands there twice", rule)
		}
		written[rule] = true
		check := checks[rule]
		if check == nil {
			t.Errorf("%q is tried by no check", rule)
			continue
		}
		t.Run(rule, check)
	}
	for rule := range checks {
		if !written[rule] {
			t.Errorf("%q is tried and not in %s", rule, file)
		}
	}
}

// SameRequest compares what a driver sent with a request of the document: a file
// with method, path, the headers that count, and the body. What is JSON is
// compared as values, not as text.
func SameRequest(t *testing.T, file string, got Request) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Method, Path, Query string
		Header              map[string]string
		Body                any
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if got.Method != want.Method || got.Path != want.Path || got.Query != want.Query {
		t.Errorf("%s %s?%s, want %s %s?%s", got.Method, got.Path, got.Query, want.Method, want.Path, want.Query)
	}
	for name, value := range want.Header {
		if got.Header.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), value)
		}
	}
	var body any
	if got.Body != "" {
		if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
			t.Fatalf("the body is no JSON: %v", err)
		}
	}
	if !reflect.DeepEqual(body, want.Body) {
		t.Errorf("the body is %v, want %v", body, want.Body)
	}
}
