package provider

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"frontdesk/tui/tuitest/hostile"
)

// A value goes into a template once: what it says is never read as a variable
// again, and text without variables comes out as it went in.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"Hi {{1}}", "{{ name }} and {{name}}", "{{", "}}{{", "{{}}", "{{{{1}}}}", "{{1}}{{2}}{{1}}", "a{{\n}}"} {
		f.Add(text, "{{1}}")
		f.Add(text, "\t")
	}
	for _, text := range hostile.Seeds(f, 1000, "template") {
		f.Add(text, text)
	}
	for _, value := range hostile.Seeds(f, 1000, "message_text") {
		f.Add("Hi {{1}}", value)
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		names := Variables(text)
		if !strings.Contains(text, "{{") && (len(names) > 0 || Substitute(text, nil) != text) {
			t.Fatalf("%q has no variable and gives %q", text, names)
		}
		if same := Substitute(text, func(string) (string, bool) { return "", false }); same != text {
			t.Fatalf("%q without values becomes %q", text, same)
		}
		asked := map[string]bool{}
		got := Substitute(text, func(name string) (string, bool) {
			asked[name] = true
			return "\x00", name != ""
		})
		for _, name := range names {
			if !asked[name] {
				t.Fatalf("%q: %q is listed and never filled", text, name)
			}
		}
		filled := Substitute(text, func(name string) (string, bool) { return value, name != "" })
		if strings.Count(got, "\x00") > strings.Count(text, "\x00") && !strings.Contains(value, "\x00") && !strings.Contains(text, "\x00") &&
			filled != strings.ReplaceAll(got, "\x00", value) {
			t.Fatalf("%q with %q becomes %q", text, value, filled)
		}
		lintWhole(t, text, value)
	})
}

// lintWhole: a template whose linter is silent is one that the judge lets pass.
func lintWhole(t *testing.T, text, value string) {
	tpl := &Template{Name: "x", Language: "en", Status: Approved, Components: []Component{{Part: PartBody, Text: text}}}
	values := map[string]Value{}
	for _, field := range tpl.Fields() {
		values[field.Key()] = Value{Part: PartBody, Name: field.Name, Text: value}
	}
	problems := tpl.Lint(values)
	m := tpl.Fill(values)
	silent := !slices.ContainsFunc(problems, func(p Problem) bool { return p.Reason != ProblemLong })
	if refused := checkValues(&m); silent != (refused == nil) {
		t.Fatalf("%q with %q: lint says %v, the judge %v", text, value, problems, refused)
	}
}

// What is read of the wire and written again is the same: the gateway's driver
// and the relay's gateway share this form without knowing each other.
func FuzzOutgoing(f *testing.F) {
	f.Add([]byte(`{"op":"o","to":{"account":"a","chat":"c"},"content":{"kind":"text","text":"hi"}}`))
	f.Add([]byte(`{"content":{"kind":"template","template":{"name":"n","values":[{"part":"body","name":"1"}]}}}`))
	for _, text := range hostile.Seeds(f, 1000, "message_text", "url", "filename") {
		m := Outgoing{Op: "o", To: ChatKey{Account: "a", Chat: ChatID(text)}, Content: TextContent(text)}
		m.Content.Media = &Media{Name: text, Link: text}
		raw, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) { fuzzRoundTrip[Outgoing](t, raw) })
}

func FuzzError(f *testing.F) {
	f.Add([]byte(`{"op":"send","reason":"no_answer","code":"131047","text":"x","after":1,"uncertain":true}`))
	for _, text := range hostile.Seeds(f, 1000, "message_text") {
		raw, err := json.Marshal(Error{Op: "send", Reason: Other, Code: text, Text: text})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) { fuzzRoundTrip[Error](t, raw) })
}

func fuzzRoundTrip[T any](t *testing.T, raw []byte) {
	var first, second T
	if json.Unmarshal(raw, &first) != nil {
		return
	}
	text, err := json.Marshal(first)
	if err != nil {
		t.Fatalf("%s is read and cannot be written: %v", raw, err)
	}
	if err := json.Unmarshal(text, &second); err != nil {
		t.Fatalf("%s is written as %s, which cannot be read: %v", raw, text, err)
	}
	again, err := json.Marshal(second)
	if err != nil || !utf8.Valid(again) || string(again) != string(text) {
		t.Fatalf("%s changes on its second way (%v):\n%s", raw, err, cmp.Diff(string(text), string(again)))
	}
}
