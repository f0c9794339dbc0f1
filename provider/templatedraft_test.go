package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

func whatsappTable() *provider.Capabilities {
	return &provider.Capabilities{Network: provider.WhatsApp}
}

func goodDraft() provider.Draft {
	return provider.Draft{
		Name: "visit_reminder", Language: "es", Category: "utility", Header: "Visit {{1}}", Body: "Hello {{1}}, we come on {{2}} as agreed.", Footer: "Casa Lima",
		Buttons:  []string{"Yes", "No", "Book = https://example.com/{{1}}", "Call us = +34 600 111 222", "code = WINTER10"},
		Examples: map[string]string{"header.1": "today", "body.1": "Ada", "body.2": "Monday", "button2.1": "all"},
	}
}

// Each rule is broken alone, and its field and reason are told; what is whole passes.
func TestLintDraft(t *testing.T) {
	long := strings.Repeat("x", 2000)
	known := []provider.Template{
		{ID: "7", Name: "taken", Language: "es", Category: "marketing", Status: provider.Approved},
		{ID: "8", Name: "waits", Language: "es", Category: "utility", Status: provider.Pending},
	}
	for what, c := range map[string]struct {
		change func(*provider.Draft)
		want   string
	}{
		"whole":                 {func(*provider.Draft) {}, ""},
		"name":                  {func(d *provider.Draft) { d.Name = "Visit" }, "name name"},
		"no name":               {func(d *provider.Draft) { d.Name = "" }, "name missing"},
		"taken":                 {func(d *provider.Draft) { d.Name = "taken" }, "name taken"},
		"itself":                {func(d *provider.Draft) { d.ID, d.Name, d.Category = "7", "taken", "marketing" }, ""},
		"approved keeps":        {func(d *provider.Draft) { d.ID, d.Name = "7", "taken" }, "category fixed"},
		"pending stays":         {func(d *provider.Draft) { d.ID, d.Name = "8", "waits" }, " status"},
		"language":              {func(d *provider.Draft) { d.Language = "spanish" }, "language language"},
		"category":              {func(d *provider.Draft) { d.Category = "advert" }, "category category"},
		"no body":               {func(d *provider.Draft) { d.Body, d.Examples["body.1"] = "", "" }, "body missing"},
		"body begins":           {func(d *provider.Draft) { d.Body = "{{1}} and {{2}} too" }, "body ends"},
		"body ends":             {func(d *provider.Draft) { d.Body = "for {{1}} and {{2}} " }, "body ends"},
		"beside":                {func(d *provider.Draft) { d.Body = "for {{1}} {{2}} now" }, "body beside"},
		"gap":                   {func(d *provider.Draft) { d.Body = "for {{1}} and {{3}} now"; d.Examples["body.3"] = "x" }, "body order"},
		"mixed":                 {func(d *provider.Draft) { d.Body = "for {{1}} and {{day}} now"; d.Examples["body.day"] = "x" }, "header names;body names"},
		"bad name":              {func(d *provider.Draft) { d.Header, d.Body = "", "for {{Day}} now"; d.Examples["body.Day"] = "x" }, "body names"},
		"named":                 {func(d *provider.Draft) { d.Header, d.Body = "", "for {{day}} now"; d.Examples["body.day"] = "x" }, ""},
		"no example":            {func(d *provider.Draft) { d.Examples["body.2"] = " " }, "example.body.2 missing"},
		"long body":             {func(d *provider.Draft) { d.Body = long }, "body long"},
		"long header":           {func(d *provider.Draft) { d.Header = long[:61] }, "header long"},
		"two in the header":     {func(d *provider.Draft) { d.Header, d.Examples["header.2"] = "{{1}} x {{2}}", "x" }, "header many"},
		"no sample":             {func(d *provider.Draft) { d.Format = "image" }, "header sample"},
		"sample":                {func(d *provider.Draft) { d.Format, d.Sample = "image", "4::a" }, ""},
		"place":                 {func(d *provider.Draft) { d.Format = "location" }, ""},
		"no such header":        {func(d *provider.Draft) { d.Format = "hologram" }, "header form"},
		"variable in footer":    {func(d *provider.Draft) { d.Footer = "by {{1}}" }, "footer none"},
		"long footer":           {func(d *provider.Draft) { d.Footer = long[:61] }, "footer long"},
		"blank footer":          {func(d *provider.Draft) { d.Footer = " " }, "footer missing"},
		"long label":            {func(d *provider.Draft) { d.Buttons[0] = long[:26] }, "button0 long"},
		"apart":                 {func(d *provider.Draft) { d.Buttons = append(d.Buttons, "Later") }, "button5 apart"},
		"three addresses":       {func(d *provider.Draft) { d.Buttons = []string{"A = https://a.b", "B = https://a.b", "C = https://a.b"} }, "button2 many"},
		"eleven":                {func(d *provider.Draft) { d.Buttons = strings.Split("abcdefghijk", "") }, "button10 many;button10 many"},
		"no address":            {func(d *provider.Draft) { d.Buttons = []string{"A = nowhere"} }, "button0 link"},
		"long address":          {func(d *provider.Draft) { d.Buttons = []string{"A = https://a.b/" + long} }, "button0 long"},
		"variable in the midst": {func(d *provider.Draft) { d.Buttons = []string{"A = https://a.b/{{1}}/c"} }, "button0 none"},
		"address unexampled":    {func(d *provider.Draft) { d.Examples["button2.1"] = "" }, "example.button2.1 missing"},
		"number":                {func(d *provider.Draft) { d.Buttons = []string{"A = +34x"} }, "button0 form"},
		"no code":               {func(d *provider.Draft) { d.Buttons = []string{"code = "} }, "example.button0.code missing"},
	} {
		d := goodDraft()
		c.change(&d)
		tpl := d.Template()
		var got []string
		for _, p := range whatsappTable().LintDraft(&tpl, known) {
			got = append(got, p.Field+" "+string(p.Reason))
		}
		if strings.Join(got, ";") != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	odd := provider.Template{Name: "Any name", Language: "x", Components: []provider.Component{
		{Part: provider.PartBody, Text: "a"}, {Part: provider.PartBody, Text: "b"}, {Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "flow", Text: "x"}}},
	}}
	got := (&provider.Capabilities{Network: provider.SMS}).LintDraft(&odd, nil)
	if !slices.ContainsFunc(got, func(p provider.Problem) bool { return p.Reason == provider.ProblemMany }) {
		t.Errorf("two bodies on another network: %+v", got)
	}
}

// A template in lines is the same template again; one with parts that have no line says so.
func TestDraftOfComesBack(t *testing.T) {
	d := goodDraft()
	tpl := d.Template()
	back, whole := provider.DraftOf(&tpl)
	again := back.Template()
	if diff := cmp.Diff(tpl, again); diff != "" || !whole {
		t.Errorf("%v %s", whole, diff)
	}
	if want := []string{"header.1", "body.1", "body.2", "button2.1"}; !slices.Equal(back.Wanted(), want) {
		t.Errorf("examples of %q", back.Wanted())
	}
	for _, part := range []provider.Component{
		{Part: provider.PartCarousel, Cards: [][]provider.Component{{}}},
		{Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "flow", Text: "Open"}}},
	} {
		odd := provider.Template{Components: []provider.Component{part}}
		if _, whole := provider.DraftOf(&odd); whole {
			t.Errorf("%s has a line", part.Part)
		}
	}
}
