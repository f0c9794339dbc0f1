// Package hostile is the corpus of bad inputs, of which there is this one copy:
// what a customer, a network or a file may hold that must harm nobody. It is test
// support and is imported by tests only; the entries say themselves what is
// expected, and "changed" in the file says why ours expects something else than
// the corpus did.
package hostile

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

//go:embed bad-inputs.json
var raw []byte

// Entry is one bad input. Exactly one of Value, ValueB64, Gen and Scenario
// carries it.
type Entry struct {
	ID, Category, Surface string
	Value                 string
	ValueB64              string `json:"value_b64"`
	Gen                   *Gen
	// Scenario is in words: the test plays it itself.
	Scenario string
	// DeclaredMIME is what the network said of a file.
	DeclaredMIME string `json:"declared_mime"`
	// Sign and Scheme say how a webhook is signed, Headers what comes with it;
	// Times is how often it is posted, Parallel how many copies come at once.
	Sign, Scheme    string
	Headers, Config map[string]string
	Times, Parallel int
	// Expect is what must come of it, in words; Assert in short codes that a
	// test maps to its checks.
	Expect string
	Assert []string
}

// Gen is an input too long to be written down.
type Gen struct {
	Prefix, Unit, Suffix string
	Count                int
}

// Text returns the input. The bytes need not be valid UTF-8.
func (e Entry) Text(t testing.TB) string {
	t.Helper()
	switch {
	case e.Gen != nil:
		return e.Gen.Prefix + strings.Repeat(e.Gen.Unit, e.Gen.Count) + e.Gen.Suffix
	case e.ValueB64 != "":
		b, err := base64.StdEncoding.DecodeString(e.ValueB64)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		return string(b)
	}
	return e.Value
}

// Asserts reports whether the entry asks for a check.
func (e Entry) Asserts(code string) bool { return slices.Contains(e.Assert, code) }

// least is how many entries the corpus has at least: it may only grow.
const least = 409

// Entries returns the entries of the surfaces, in order; all of them when none
// is named.
func Entries(t testing.TB, surfaces ...string) []Entry {
	t.Helper()
	var corpus struct{ Entries []Entry }
	if err := json.Unmarshal(raw, &corpus); err != nil {
		t.Fatal(err)
	}
	if n := len(corpus.Entries); n < least {
		t.Fatalf("the corpus has %d entries; it was %d and more", n, least)
	}
	if len(surfaces) == 0 {
		return corpus.Entries
	}
	var out []Entry
	for _, e := range corpus.Entries {
		if slices.Contains(surfaces, e.Surface) {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		t.Fatalf("the corpus has nothing for %v", surfaces)
	}
	return out
}

// Seeds returns the inputs of the surfaces for a fuzz target to begin with, those
// of more than longest bytes left out: they would slow every execution.
func Seeds(t testing.TB, longest int, surfaces ...string) []string {
	t.Helper()
	var out []string
	for _, e := range Entries(t, surfaces...) {
		if s := e.Text(t); s != "" && len(s) <= longest {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		t.Fatalf("the corpus has no seed in %v", surfaces)
	}
	return out
}

// Texts returns the inputs that are texts by themselves: whatever surface they
// were thought of for, every surface must bear them.
func Texts(t testing.TB) []Entry {
	t.Helper()
	return Entries(t, "message_text", "display_name", "filename", "phone", "url", "timestamp", "export_cell", "search_query", "template")
}
