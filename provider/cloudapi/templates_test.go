package cloudapi

import (
	"testing"
	"time"

	"frontdesk/provider"
)

// sale has every part that a template may have and that fits together.
func sale() provider.Template {
	card := func(url string) []provider.Component {
		return []provider.Component{
			{Part: provider.PartHeader, Format: "image"},
			{Part: provider.PartBody, Text: "Room {{1}} for {{2}}"},
			{Part: provider.PartButton, Buttons: []provider.TemplateButton{
				{Form: "quick_reply", Text: "Tell me more"}, {Form: "url", Text: "Book", URL: "https://hotel.example/" + url + "/{{1}}"},
			}},
		}
	}
	return provider.Template{
		ID: "88", Name: "winter_sale", Language: "en", Category: "marketing", Status: provider.Approved,
		Components: []provider.Component{
			{Part: provider.PartBody, Text: "{{1}}, until {{3}} a night costs {{2}}."},
			{Part: provider.PartOffer, Text: "Winter prices", Ends: true},
			{Part: provider.PartButton, Buttons: []provider.TemplateButton{
				{Form: "copy_code", Text: "Copy code"}, {Form: "url", Text: "See all", URL: "https://hotel.example/{{1}}"}, {Form: "quick_reply", Text: "Stop"},
			}},
			{Part: provider.PartCarousel, Cards: [][]provider.Component{card("sea"), card("yard")}},
		},
	}
}

func saleValues() map[string]provider.Value {
	return map[string]provider.Value{
		"body.1":                   {Text: "Ada"},
		"body.2":                   {Text: "€99.50", Money: &provider.Money{Currency: "EUR", Milli: 99500}},
		"body.3":                   {Text: "24 December", Date: true},
		"limited_time_offer.until": {Text: "2026-12-24 18:00 +01:00"},
		"button0.code":             {Text: "WINTER10"},
		"button1.1":                {Text: "winter"},
		"card1.header.1":           {Media: &provider.Media{ID: "991"}},
		"card1.body.1":             {Text: "12"},
		"card1.body.2":             {Text: "€99", Money: &provider.Money{Currency: "EUR", Milli: 99000}},
		"card1.button1.1":          {Text: "12"},
		"card2.header.1":           {Media: &provider.Media{Link: "https://files.example/yard.jpg"}},
		"card2.body.1":             {Text: "7"},
		"card2.body.2":             {Text: "two"},
		"card2.button1.1":          {Text: "7"},
	}
}

func filledSale(t *testing.T) *provider.TemplateMessage {
	t.Helper()
	tpl := sale()
	if problems := tpl.Lint(saleValues()); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	m := tpl.Fill(saleValues())
	m.Payloads = map[int]string{2: "STOP"}
	m.CardPayloads = map[int]map[int]string{1: {0: "SEA"}, 2: {0: "YARD"}}
	return &m
}

func filledPlace() *provider.TemplateMessage {
	tpl := provider.Template{Name: "find_us", Language: "es", Named: true, Components: []provider.Component{
		{Part: provider.PartHeader, Format: "location"},
		{Part: provider.PartBody, Text: "{{name}}, {{amount}}, {{day}}"},
	}}
	m := tpl.Fill(map[string]provider.Value{
		"header.1":    {Text: "14.6349, -90.5069, Front desk, 6a Avenida, Zona 1"},
		"body.name":   {Text: "Ada"},
		"body.amount": {Text: "Q 7", Money: &provider.Money{Currency: "GTQ", Milli: 7000}},
		"body.day":    {Text: "hoy", Date: true},
	})
	return &m
}

// What the customer will see is known before it is sent.
func TestSaleIsShown(t *testing.T) {
	s := filledSale(t).Shown
	want := time.Date(2026, 12, 24, 17, 0, 0, 0, time.UTC)
	if s.Body != "Ada, until 24 December a night costs €99.50." || s.Offer != "Winter prices" || !s.Until.Equal(want) || len(s.Cards) != 2 || s.Cards[1].Body != "Room 7 for two" || s.Cards[0].Media.ID != "991" {
		t.Errorf("%+v", s)
	}
	if p := filledPlace().Shown.Place; p == nil || p.Address != "6a Avenida, Zona 1" || p.Longitude != -90.5069 {
		t.Errorf("%+v", p)
	}
}
