package provider

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// pictures is an account that takes two types of picture, and files by size alone.
func pictures() *Capabilities {
	return &Capabilities{
		Send: map[ContentKind]Level{Templated: Full, Text: Full},
		Media: map[ContentKind]MediaRule{
			Image:    {Types: map[string]int64{"image/png": 100, "image/jpeg": 100}},
			Document: {Max: 50},
		},
	}
}

func headed(kind ContentKind) *Template {
	return &Template{Name: "t", Language: "en", Status: Approved, Components: []Component{
		{Part: PartHeader, Format: string(kind)}, {Part: PartBody, Text: "x"}, {Part: PartOffer, Text: "Now", Ends: true},
	}}
}

// What the account's judge finds at a field, Check finds in the message: they ask
// the same.
func TestTheAccountsJudge(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	later := now.Add(time.Hour)
	cases := map[string]struct {
		kind  ContentKind
		media Media
		until time.Time
		want  Problem
		check RefusalReason
	}{
		"good":             {Image, Media{Link: "https://f.example/a.JPG?x=1"}, later, Problem{}, ""},
		"an ending unsaid": {Image, Media{Link: "https://f.example/a"}, later, Problem{}, ""},
		"its type is told": {Image, Media{Link: "https://f.example/a.gif", MIME: "image/png"}, later, Problem{}, ""},
		"another type": {
			Image,
			Media{Link: "https://f.example/a.pdf"},
			later,
			Problem{Field: "header.1", Reason: ProblemType, Types: []string{"image/jpeg", "image/png"}},
			RefusedMIME,
		},
		"too large":       {Image, Media{ID: "9", MIME: "image/png", Size: 101}, later, Problem{Field: "header.1", Reason: ProblemSize, Got: 101, Limit: 100}, RefusedSize},
		"too large a one": {Document, Media{ID: "9", Size: 51}, later, Problem{Field: "header.1", Reason: ProblemSize, Got: 51, Limit: 50}, RefusedSize},
		"no address":      {Image, Media{Link: "front desk.png"}, later, Problem{Field: "header.1", Reason: ProblemLink}, RefusedEmpty},
		"a local file":    {Image, Media{Link: "file:///etc/hosts"}, later, Problem{Field: "header.1", Reason: ProblemLink}, RefusedEmpty},
		"over":            {Image, Media{ID: "9"}, now, Problem{Field: "limited_time_offer.until", Form: FormUntil, Reason: ProblemPast}, RefusedPast},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			values := map[string]Value{"header.1": {Media: &c.media}, "limited_time_offer.until": {Until: c.until}}
			var want []Problem
			if c.want.Reason != "" {
				want = append(want, c.want)
			}
			got := pictures().Lint(headed(c.kind), values, now)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			m := headed(c.kind).Fill(values)
			err := pictures().Check(Outgoing{Content: Content{Kind: Templated, Template: &m}}, time.Time{}, now)
			var r *Refusal
			if errors.As(err, &r) != (c.check != "") || r != nil && r.Reason != c.check {
				t.Errorf("the message: %v, want %s", err, c.check)
			}
		})
	}
}

func TestATemplateWithoutLanguage(t *testing.T) {
	tpl := withoutFields("")
	if diff := cmp.Diff([]Problem{{Reason: ProblemLanguage}}, tpl.Lint(nil)); diff != "" {
		t.Error(diff)
	}
}

func withoutFields(language string) *Template {
	return &Template{Name: "t", Language: language, Status: Approved, Components: []Component{{Part: PartBody, Text: "x"}}}
}

// The parts of a place are judged each for itself.
func TestPlaceOf(t *testing.T) {
	tpl := &Template{Name: "t", Language: "en", Status: Approved, Components: []Component{{Part: PartHeader, Format: "location"}}}
	for name, c := range map[string]struct {
		parts [4]string
		of    string
		want  ProblemReason
	}{
		"whole":        {[4]string{"52,5163", " -13.3777 ", "Front desk, Berlin", "Pariser Platz"}, "", ""},
		"unnamed":      {[4]string{"0", "0", "", ""}, "", ""},
		"none":         {[4]string{}, "latitude", ProblemMissing},
		"half":         {[4]string{"52.5", "", "Front desk", ""}, "longitude", ProblemMissing},
		"other half":   {[4]string{"", "13.4", "Front desk, Berlin", ""}, "latitude", ProblemMissing},
		"words":        {[4]string{"52.5", "east", "", ""}, "longitude", ProblemForm},
		"not on earth": {[4]string{"91", "13", "", ""}, "latitude", ProblemForm},
		"nor there":    {[4]string{"9", "-180.5", "", ""}, "longitude", ProblemForm},
		"no number":    {[4]string{"NaN", "1", "", ""}, "latitude", ProblemForm},
	} {
		v := PlaceOf(c.parts[0], c.parts[1], c.parts[2], c.parts[3])
		problems := tpl.Lint(map[string]Value{"header.1": v})
		switch {
		case c.want == "" && len(problems) == 0:
			if p := tpl.Fill(map[string]Value{"header.1": v}).Shown.Place; p == nil || name == "whole" && (p.Latitude != 52.5163 || p.Name != "Front desk, Berlin") {
				t.Errorf("%s: %+v", name, p)
			}
		case len(problems) != 1 || problems[0].Reason != c.want || problems[0].Of != c.of:
			t.Errorf("%s: %+v, want %s of %s", name, problems, c.want, c.of)
		}
	}
}

func TestAmounts(t *testing.T) {
	tpl := &Template{Name: "t", Language: "en", Status: Approved, Components: []Component{{Part: PartBody, Text: "{{1}}"}}}
	for text, want := range map[string]*Money{
		"12.50 EUR": {"EUR", 12500}, "EUR 12,5": {"EUR", 12500}, "7 JPY": {"JPY", 7000}, "1.234 KWD": {"KWD", 1234}, "0.05 USD": {"USD", 50},
		"1.234 EUR": nil, "12.50": nil, "€12.50": nil, "12.50 eur": nil, "EUR USD": nil, "1,234.50 EUR": nil, "-5 EUR": nil, ".5 EUR": nil, "9999999999999999999 EUR": nil,
	} {
		values := map[string]Value{"body.1": {Text: text, Form: FormMoney}}
		m := tpl.Fill(values)
		if diff := cmp.Diff(want, m.Values[0].Money); diff != "" || m.Shown.Body != text {
			t.Errorf("%q is shown as %q:\n%s", text, m.Shown.Body, diff)
		}
		problems := tpl.Lint(values)
		if good := len(problems) == 0; good != (want != nil) || !good && problems[0].Form != FormMoney {
			t.Errorf("%q: %+v", text, problems)
		}
		if r := checkValues(&m); (r == nil) != (want != nil) {
			t.Errorf("the judge of %q: %v", text, r)
		}
	}
	if v := tpl.Fill(map[string]Value{"body.1": {Text: "21 May", Form: FormDate}}).Values[0]; !v.Date || v.Form != FormDate {
		t.Errorf("a date: %+v", v)
	}
	if v := headed(Image).Fill(map[string]Value{"header.1": {Form: FormMoney, Media: &Media{ID: "9"}}}).Values[0]; v.Form != "" {
		t.Errorf("a picture goes as %s", v.Form)
	}
}

// What a quick reply sends back, and what a flow opens with, may be given and need
// not be.
func TestOptions(t *testing.T) {
	card := []Component{{Part: PartButton, Buttons: []TemplateButton{{Form: "quick_reply", Text: "More"}}}}
	tpl := &Template{Name: "t", Language: "en", Status: Approved, Components: []Component{
		{Part: PartBody, Text: "x"},
		{Part: PartButton, Buttons: []TemplateButton{{Form: "quick_reply", Text: "Later"}, {Form: "flow", Text: "Book"}}},
		{Part: PartCarousel, Cards: [][]Component{card, card}},
	}}
	var keys []string
	for _, f := range tpl.Options() {
		keys = append(keys, f.Key())
	}
	want := []string{"button0.payload", "button1.flow_token", "button1.flow_data", "card1.button0.payload", "card2.button0.payload"}
	if diff := cmp.Diff(want, keys); diff != "" || len(tpl.Fields()) != 0 {
		t.Fatalf("fields %v:\n%s", tpl.Fields(), diff)
	}
	bare := tpl.Fill(nil)
	flow := []Value{{Part: PartButton, Index: 1, Name: FlowToken, Form: FormFlow}}
	if diff := cmp.Diff(flow, bare.Values); diff != "" || bare.Payloads != nil || bare.CardPayloads != nil {
		t.Errorf("of itself %v %v:\n%s", bare.Payloads, bare.CardPayloads, diff)
	}
	values := map[string]Value{
		"button0.payload": {Text: "LATER"}, "card2.button0.payload": {Text: "ROOM-7"}, "button1.flow_token": {Text: "tok"}, "button1.flow_data": {Text: `{"room":"12"}`},
	}
	m := tpl.Fill(values)
	if len(tpl.Lint(values)) > 0 || checkValues(&m) != nil {
		t.Errorf("%+v", tpl.Lint(values))
	}
	if m.Payloads[0] != "LATER" || m.CardPayloads[2][0] != "ROOM-7" || len(m.CardPayloads) != 1 || len(m.Values) != 2 || m.Values[1].Text != `{"room":"12"}` {
		t.Errorf("%+v", m)
	}
	values["button1.flow_data"] = Value{Text: `["room"]`}
	if diff := cmp.Diff([]Problem{{Field: "button1.flow_data", Reason: ProblemForm, Form: FormFlow}}, tpl.Lint(values)); diff != "" {
		t.Error(diff)
	}
}

func TestLintNamed(t *testing.T) {
	good := func() TemplateMessage {
		return TemplateMessage{Name: "visit_reminder_2", Language: "pt_BR", Values: []Value{
			{Part: PartHeader, Name: "1", Media: &Media{Link: "https://f.example/a.png"}}, {Part: PartBody, Name: "1", Text: "Ada"},
		}}
	}
	for name, c := range map[string]struct {
		change func(*TemplateMessage)
		want   []Problem
	}{
		"good":        {func(*TemplateMessage) {}, nil},
		"short":       {func(m *TemplateMessage) { m.Language = "fil" }, nil},
		"no name":     {func(m *TemplateMessage) { m.Name = "" }, []Problem{{Field: "name", Reason: ProblemMissing}}},
		"large name":  {func(m *TemplateMessage) { m.Name = "Visit" }, []Problem{{Field: "name", Reason: ProblemName}}},
		"spaced name": {func(m *TemplateMessage) { m.Name = "visit reminder" }, []Problem{{Field: "name", Reason: ProblemName}}},
		"no language": {func(m *TemplateMessage) { m.Language = "" }, []Problem{{Field: "language", Reason: ProblemMissing}}},
		"a word":      {func(m *TemplateMessage) { m.Language = "Spanish" }, []Problem{{Field: "language", Reason: ProblemLanguage}}},
		"a dash":      {func(m *TemplateMessage) { m.Language = "pt-BR" }, []Problem{{Field: "language", Reason: ProblemLanguage}}},
		"a break":     {func(m *TemplateMessage) { m.Values[1].Text = "a\nb" }, []Problem{{Field: "body.1", Reason: ProblemBreak}}},
		"a gap":       {func(m *TemplateMessage) { m.Values[1].Text = "" }, []Problem{{Field: "body.1", Reason: ProblemMissing}}},
		"no link":     {func(m *TemplateMessage) { m.Values[0].Media.Link = "https://" }, []Problem{{Field: "header.1", Reason: ProblemLink}}},
	} {
		m := good()
		c.change(&m)
		if diff := cmp.Diff(c.want, pictures().LintNamed(&m, time.Time{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// What another program has to answer, only a template may go into.
func TestStandbyTakesTemplatesAlone(t *testing.T) {
	m := withoutFields("en").Fill(nil)
	for _, c := range []struct {
		content Content
		may     bool
	}{{TextContent("hi"), false}, {Content{Kind: Templated, Template: &m}, true}} {
		err := pictures().Check(Outgoing{Content: c.content, Standby: true}, time.Time{}, time.Time{})
		var r *Refusal
		if (err == nil) != c.may || errors.As(err, &r) && r.Reason != RefusedStandby {
			t.Errorf("%s: %v", c.content.Kind, err)
		}
	}
}
