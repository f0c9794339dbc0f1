package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func offer() *Template {
	card := []Component{{Part: PartHeader, Format: "image"}, {Part: PartBody, Text: "Room {{1}}"}}
	return &Template{Name: "offer", Language: "en", Status: Approved, Components: []Component{
		{Part: PartHeader, Format: "location"},
		{Part: PartBody, Text: "Hi {{1}}"},
		{Part: PartOffer, Text: "Today only", Ends: true},
		{Part: PartButton, Buttons: []TemplateButton{{Form: "copy_code", Text: "Copy"}}, Examples: map[string]string{"button0.code": "SAVE10"}},
		{Part: PartCarousel, Cards: [][]Component{card, card}},
	}}
}

func offerValues() map[string]Value {
	file := &Media{ID: "9"}
	return map[string]Value{
		"header.1": {Text: "52.5, 13.4"}, "body.1": {Text: "Ada"}, "limited_time_offer.until": {Text: "2026-12-24 18:00 +01:00"},
		"button0.code": {Text: "SAVE10"}, "card1.header.1": {Media: file}, "card1.body.1": {Text: "12"}, "card2.header.1": {Media: file}, "card2.body.1": {Text: "7"},
	}
}

func TestFieldsOfEveryForm(t *testing.T) {
	want := []string{"header.1 place", "body.1 ", "limited_time_offer.until until", "button0.code code", "card1.header.1 ", "card1.body.1 ", "card2.header.1 ", "card2.body.1 "}
	var got []string
	for _, f := range offer().Fields() {
		got = append(got, f.Key()+" "+string(f.Form))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLintOfEveryForm(t *testing.T) {
	cases := map[string]struct {
		key  string
		v    Value
		want ProblemReason
	}{
		"good":                 {"body.1", Value{Text: "Ada"}, ""},
		"place given":          {"header.1", Value{Place: &Place{Latitude: 1, Longitude: 2}}, ""},
		"place named":          {"header.1", Value{Text: " -90 ,180, Pole, South, cold"}, ""},
		"no place":             {"header.1", Value{}, ProblemMissing},
		"words for a place":    {"header.1", Value{Text: "Berlin"}, ProblemForm},
		"half a place":         {"header.1", Value{Text: "52.5"}, ProblemMissing},
		"not on earth":         {"header.1", Value{Text: "90.1, 0"}, ProblemForm},
		"no number":            {"header.1", Value{Text: "NaN, 0"}, ProblemForm},
		"given not on earth":   {"header.1", Value{Place: &Place{Latitude: 100}}, ProblemForm},
		"a file for a place":   {"header.1", Value{Media: &Media{ID: "9"}}, ProblemMissing},
		"end given":            {"limited_time_offer.until", Value{Until: time.Unix(1, 0)}, ""},
		"end in UTC":           {"limited_time_offer.until", Value{Text: "2026-12-24T18:00:00Z"}, ""},
		"no end":               {"limited_time_offer.until", Value{}, ProblemMissing},
		"an end without zone":  {"limited_time_offer.until", Value{Text: "2026-12-24 18:00"}, ProblemForm},
		"no such day":          {"limited_time_offer.until", Value{Text: "2026-02-30 18:00 +01:00"}, ProblemForm},
		"longest code":         {"button0.code", Value{Text: strings.Repeat("é", 15)}, ""},
		"long code":            {"button0.code", Value{Text: strings.Repeat("é", 16)}, ProblemLong},
		"no code":              {"button0.code", Value{Text: " "}, ProblemMissing},
		"no file on a card":    {"card2.header.1", Value{Text: "x"}, ProblemMedia},
		"nothing on a card":    {"card1.body.1", Value{}, ProblemMissing},
		"a break on a card":    {"card1.body.1", Value{Text: "a\nb"}, ProblemBreak},
		"a card nobody has":    {"card3.body.1", Value{Text: "x"}, ProblemExtra},
		"an amount":            {"body.1", Value{Text: "€5", Money: &Money{"EUR", 5000}}, ""},
		"an amount unsaid":     {"body.1", Value{Money: &Money{"EUR", 5000}}, ProblemMissing},
		"long beside an offer": {"body.1", Value{Text: strings.Repeat("x", 598)}, ProblemLong},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := offerValues()
			v[c.key] = c.v
			var want []ProblemReason
			if c.want != "" {
				want = append(want, c.want)
			}
			var got []ProblemReason
			for _, p := range offer().Lint(v) {
				got = append(got, p.Reason)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
	alone := offer()
	alone.Components = alone.Components[3:4]
	if p := alone.Lint(map[string]Value{"button0.code": {Text: strings.Repeat("x", 20)}}); len(p) > 0 {
		t.Errorf("a coupon's code without an offer: %+v", p)
	}
}

// What Lint lets pass is what the judge lets pass.
func TestFilledFormsMayGo(t *testing.T) {
	m := offer().Fill(offerValues())
	if r := checkValues(&m); r != nil {
		t.Errorf("%v", r)
	}
	if len(m.Values) != 8 || m.Values[0].Place == nil || m.Values[2].Until.IsZero() {
		t.Errorf("%+v", m.Values)
	}
	m.Values[0].Place, m.Values[0].Text = nil, "Berlin"
	if r := checkValues(&m); r == nil || r.Reason != RefusedValue || r.Part != "header.1" {
		t.Errorf("%v", r)
	}
}

func TestCheckMenu(t *testing.T) {
	limit := func(n int) Limit { return Limit{Max: n, Unit: Runes} }
	c := &Capabilities{Send: map[ContentKind]Level{Interactive: Full}, MenuText: limit(10), Menus: map[string]MenuRule{
		"button": {Options: 2, Title: limit(3), Header: limit(4), Footer: limit(4)}, "list": {Options: 3, Title: limit(3), Description: limit(5), Button: limit(4)}, "place": {},
	}}
	a, b := MenuOption{ID: "a", Title: "A"}, MenuOption{ID: "b", Title: "B"}
	cases := map[string]struct {
		menu *Menu
		part string
		want RefusalReason
	}{
		"good":            {&Menu{Form: "button", Options: []MenuOption{a, b}}, "", ""},
		"none":            {nil, "menu", RefusedEmpty},
		"unknown form":    {&Menu{Form: "dial"}, "menu", RefusedKind},
		"no options":      {&Menu{Form: "button"}, "options", RefusedEmpty},
		"too many":        {&Menu{Form: "button", Options: []MenuOption{a, b, {ID: "c", Title: "C"}}}, "options", RefusedLength},
		"options to none": {&Menu{Form: "place", Options: []MenuOption{a}}, "options", RefusedLength},
		"nothing more":    {&Menu{Form: "place"}, "", ""},
		"one id twice":    {&Menu{Form: "button", Options: []MenuOption{a, a}}, "option 2", RefusedValue},
		"no id":           {&Menu{Form: "button", Options: []MenuOption{{Title: "A"}}}, "option 1", RefusedValue},
		"no title":        {&Menu{Form: "button", Options: []MenuOption{{ID: "a"}}}, "option 1", RefusedEmpty},
		"long title":      {&Menu{Form: "button", Options: []MenuOption{{ID: "a", Title: "ABCD"}}}, "option 1", RefusedLength},
		"long detail":     {&Menu{Form: "list", Button: "Go", Options: []MenuOption{{ID: "a", Title: "A", Description: "ABCDEF"}}}, "option 1", RefusedLength},
		"no button":       {&Menu{Form: "list", Options: []MenuOption{a}}, "button", RefusedEmpty},
		"long header":     {&Menu{Form: "button", Header: "ABCDE", Options: []MenuOption{a}}, "header", RefusedLength},
	}
	for name, one := range cases {
		t.Run(name, func(t *testing.T) {
			err := c.Check(Outgoing{Content: Content{Kind: Interactive, Text: "x", Menu: one.menu}}, time.Time{}, time.Time{})
			r, _ := err.(*Refusal) //nolint:errorlint // the judge returns it bare
			if (err == nil) != (one.want == "") || (r != nil && (r.Reason != one.want || r.Part != one.part)) {
				t.Errorf("%+v, want %s of %s", r, one.want, one.part)
			}
		})
	}
}
