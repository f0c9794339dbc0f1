package provider

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func parcel() *Template {
	return &Template{ID: "1", Name: "parcel", Language: "de", Category: "utility", Status: Approved, Components: []Component{
		{Part: PartHeader, Format: "image"},
		{Part: PartBody, Text: "Hi {{1}}, parcel {{2}} for {{1}}.", Examples: map[string]string{"1": "Ada", "2": "778"}},
		{Part: PartFooter, Text: "Reply STOP"},
		{
			Part: PartButton, Buttons: []TemplateButton{{Form: "quick_reply", Text: "Later"}, {Form: "url", Text: "Track", URL: "https://t.example/{{1}}"}},
			Examples: map[string]string{"button1.1": "778"},
		},
	}}
}

func values() map[string]Value {
	return map[string]Value{"header.1": {Media: &Media{ID: "9"}}, "body.1": {Text: "Ada"}, "body.2": {Text: "{{1}}"}, "button1.1": {Text: "778"}}
}

func TestFields(t *testing.T) {
	want := []Field{
		{Part: PartHeader, Name: "1", Media: Image},
		{Part: PartBody, Name: "1", Example: "Ada"},
		{Part: PartBody, Name: "2", Example: "778"},
		{Part: PartButton, Index: 1, Name: "1", Example: "778"},
	}
	if diff := cmp.Diff(want, parcel().Fields()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFill(t *testing.T) {
	got := parcel().Fill(values())
	want := TemplateMessage{
		ID: "1", Name: "parcel", Language: "de", Category: "utility",
		Values: []Value{
			{Part: PartHeader, Name: "1", Media: &Media{ID: "9"}, Kind: Image},
			{Part: PartBody, Name: "1", Text: "Ada"},
			{Part: PartBody, Name: "2", Text: "{{1}}"},
			{Part: PartButton, Index: 1, Name: "1", Text: "778"},
		},
		Shown: Shown{Kind: Image, Media: &Media{ID: "9"}, Body: "Hi Ada, parcel {{1}} for Ada.", Footer: "Reply STOP", Buttons: []string{"Later", "Track"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	empty := parcel().Fill(nil)
	if empty.Shown.Body != "Hi {{1}}, parcel {{2}} for {{1}}." || len(empty.Values) != 0 {
		t.Errorf("without values: %+v", empty)
	}
}

func TestLint(t *testing.T) {
	cases := map[string]struct {
		change func(*Template, map[string]Value)
		want   []Problem
	}{
		"good":          {func(*Template, map[string]Value) {}, nil},
		"paused":        {func(t *Template, _ map[string]Value) { t.Status = Paused }, []Problem{{Reason: ProblemStatus}}},
		"carousel":      {func(t *Template, _ map[string]Value) { t.Unfillable = true }, []Problem{{Reason: ProblemParts}}},
		"missing":       {func(_ *Template, v map[string]Value) { delete(v, "body.2") }, []Problem{{Field: "body.2", Reason: ProblemMissing}}},
		"empty":         {func(_ *Template, v map[string]Value) { v["body.1"] = Value{} }, []Problem{{Field: "body.1", Reason: ProblemMissing}}},
		"blank":         {func(_ *Template, v map[string]Value) { v["body.1"] = Value{Text: "  "} }, []Problem{{Field: "body.1", Reason: ProblemMissing}}},
		"line break":    {func(_ *Template, v map[string]Value) { v["body.1"] = Value{Text: "a\nb"} }, []Problem{{Field: "body.1", Reason: ProblemBreak}}},
		"return":        {func(_ *Template, v map[string]Value) { v["body.1"] = Value{Text: "a\rb"} }, []Problem{{Field: "body.1", Reason: ProblemBreak}}},
		"tab":           {func(_ *Template, v map[string]Value) { v["button1.1"] = Value{Text: "a\tb"} }, []Problem{{Field: "button1.1", Reason: ProblemTab}}},
		"four spaces":   {func(_ *Template, v map[string]Value) { v["body.1"] = Value{Text: "a    b"} }, nil},
		"five spaces":   {func(_ *Template, v map[string]Value) { v["body.1"] = Value{Text: "a     b"} }, []Problem{{Field: "body.1", Reason: ProblemSpaces}}},
		"no picture":    {func(_ *Template, v map[string]Value) { v["header.1"] = Value{Text: "x"} }, []Problem{{Field: "header.1", Reason: ProblemMedia}}},
		"empty picture": {func(_ *Template, v map[string]Value) { v["header.1"] = Value{Media: &Media{}} }, []Problem{{Field: "header.1", Reason: ProblemMedia}}},
		"extra":         {func(_ *Template, v map[string]Value) { v["body.3"] = Value{Text: "x"} }, []Problem{{Field: "body.3", Reason: ProblemExtra}}},
		"two extra": {
			func(_ *Template, v map[string]Value) { v["body.4"], v["body.3"] = Value{Text: "x"}, Value{Text: "y"} },
			[]Problem{{Field: "body.3", Reason: ProblemExtra}, {Field: "body.4", Reason: ProblemExtra}},
		},
		"long": {func(t *Template, v map[string]Value) {
			t.Components[1].Text = "{{1}}{{2}}"
			v["body.1"], v["body.2"] = Value{Text: strings.Repeat("é", 1024)}, Value{Text: "x"}
		}, []Problem{{Field: "body", Reason: ProblemLong, Got: 1025, Limit: 1024}}},
		"full": {func(t *Template, v map[string]Value) {
			t.Components[1].Text = "{{1}}{{2}}"
			v["body.1"], v["body.2"] = Value{Text: strings.Repeat("é", 1023)}, Value{Text: "x"}
		}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tpl, v := parcel(), values()
			c.change(tpl, v)
			if diff := cmp.Diff(c.want, tpl.Lint(v), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestVariables(t *testing.T) {
	cases := map[string][]string{
		"":                        nil,
		"none":                    nil,
		"{{1}} and {{2}}, {{1}}":  {"1", "2"},
		"{{ first_name }}":        {"first_name"},
		"{{}} {{ }}":              nil,
		"{{1":                     nil,
		"1}} {{2}}":               {"2"},
		"https://t.example/{{1}}": {"1"},
	}
	for text, want := range cases {
		if diff := cmp.Diff(want, Variables(text)); diff != "" {
			t.Errorf("%q -want +got:\n%s", text, diff)
		}
	}
}

// A value that looks like a variable stays what it is, and text without values
// stays the text.
func TestSubstituteIsOnePass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-z ]|\{\{[12]\}\}|\{|\}){0,20}`).Draw(t, "text")
		if got := Substitute(text, func(string) (string, bool) { return "", false }); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		value := rapid.StringMatching(`(\{\{[12]\}\}|[xy]){1,3}`).Draw(t, "value")
		one := Substitute("a {{1}} b {{2}}", func(name string) (string, bool) { return value, name == "1" })
		if one != "a "+value+" b {{2}}" {
			t.Fatalf("%q became %q", value, one)
		}
	})
}

// What another system fills shows who fills it and nothing that is not known.
func TestShownOfTheUnknown(t *testing.T) {
	one := Template{ID: "3", Name: "reminder", Language: "en", Status: Approved, Opaque: true, FilledBy: "PropOps", Filled: []string{"date"}}
	m := one.Fill(map[string]Value{"body.date": {Text: "Monday"}})
	if m.Shown.Text() != "filled by PropOps" || m.Shown.Body != "" || len(m.Values) > 0 {
		t.Errorf("%+v", m)
	}
	m.Shown.FilledFrom = (&Link{System: "job", ID: "1050"}).String()
	if got := m.Shown.Text(); got != "filled by PropOps from job 1050" {
		t.Error(got)
	}
	if got := (&Shown{Body: "Hello"}).Text(); got != "Hello" {
		t.Error(got)
	}
	var none *Link
	if none.String() != "" || (&Link{System: "job"}).String() != "" {
		t.Error("no link has a name")
	}
}
