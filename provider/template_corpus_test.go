package provider_test

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/tuitest/hostile"
)

func withBody(text string) *provider.Template {
	return &provider.Template{
		Name: "x", Language: "en", Status: provider.Approved,
		Components: []provider.Component{{Part: provider.PartBody, Text: text}},
	}
}

// A template is filled once: what a value holds stays as it is, whatever it
// looks like; and what the network would refuse is told before it is sent.
func TestTemplateCorpus(t *testing.T) {
	for _, e := range hostile.Texts(t) {
		text := e.Text(t)
		if len(text) > 900 || text == "" {
			continue
		}
		tpl := withBody("Hello {{1}}!")
		values := map[string]provider.Value{provider.FieldKey(provider.PartBody, 0, "1"): {Text: text}}
		if got := tpl.Fill(values).Shown.Body; got != "Hello "+text+"!" {
			t.Errorf("%s: filled to %q", e.ID, got)
		}
	}
	key := provider.FieldKey(provider.PartBody, 0, "1")
	second := map[string]provider.Value{key: {Text: "{{2}}"}, provider.FieldKey(provider.PartBody, 0, "2"): {Text: "SECRET {{1}}"}}
	if got := withBody("{{1}} {{2}}").Fill(second).Shown.Body; got != "{{2}} SECRET {{1}}" {
		t.Errorf("filled to %q", got)
	}
	for value, want := range map[string]provider.ProblemReason{
		"": provider.ProblemMissing, "a\nb": provider.ProblemBreak, "a\tb": provider.ProblemTab, "a     b": provider.ProblemSpaces,
	} {
		found := withBody("{{1}}").Lint(map[string]provider.Value{key: {Text: value}})
		if len(found) == 0 || found[0].Reason != want || found[0].Field != key {
			t.Errorf("%q: %+v, want %s", value, found, want)
		}
	}
	began := time.Now()
	braces := withBody(strings.Repeat("{", 1<<20) + strings.Repeat("{{1}}", 10_000))
	braces.Fill(nil)
	braces.Lint(nil)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a megabyte of braces took %v", took)
	}
}
