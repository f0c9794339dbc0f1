package providertest

import (
	"encoding/json"
	"net/url"
	"os"
	"reflect"
	"slices"
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
// with method, path, the headers that count, and the body, or the form where that is
// what was sent. What is JSON is compared as values, not as text. but names where
// ours is another one on purpose, "query" or a member of the body as
// "rate.per_second": there it must differ.
func SameRequest(t *testing.T, file string, got Request, but ...string) {
	t.Helper()
	var want struct {
		Method, Path, Query string
		Header              map[string]string
		Body                any
		Form                url.Values
	}
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &want)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if slices.Contains(but, "query") != (got.Query != want.Query) || got.Method != want.Method || got.Path != want.Path {
		t.Errorf("%s %s?%s, want %s %s?%s", got.Method, got.Path, got.Query, want.Method, want.Path, want.Query)
	}
	for name, value := range want.Header {
		if got.Header.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), value)
		}
	}
	if want.Form != nil {
		sameForm(t, want.Form, got)
		return
	}
	var body any
	if got.Body != "" {
		if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
			t.Fatalf("the body is no JSON: %v", err)
		}
	}
	for _, member := range but {
		if theirs, ours := cut(want.Body, member), cut(body, member); member != "query" && reflect.DeepEqual(theirs, ours) {
			t.Errorf("%s is the document's, and is said to be another one on purpose", member)
		}
	}
	if !reflect.DeepEqual(body, want.Body) {
		t.Errorf("the body is %v, want %v", body, want.Body)
	}
}

func sameForm(t *testing.T, want url.Values, got Request) {
	t.Helper()
	form, err := url.ParseQuery(got.Body)
	if kind := got.Header.Get("Content-Type"); err != nil || kind != "application/x-www-form-urlencoded" {
		t.Errorf("no form: %v, %s", err, kind)
	}
	if !reflect.DeepEqual(form, want) {
		t.Errorf("the form is %v, want %v", form, want)
	}
}

// cut takes a member out of an object and returns what it was; nil where there is none.
func cut(v any, member string) any {
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	first, rest, deeper := strings.Cut(member, ".")
	if deeper {
		return cut(object[first], rest)
	}
	was := object[first]
	delete(object, first)
	return was
}
