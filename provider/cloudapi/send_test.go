package cloudapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
)

// captured is one request as the golden files have it.
type captured struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body,omitempty"`
}

// meta answers every request with status and body, and keeps what it was asked.
func meta(t *testing.T, status int, body string) (*Provider, *[]captured) {
	t.Helper()
	var got []captured
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got = append(got, captured{Method: r.Method, Path: r.URL.RequestURI(), Body: raw})
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	p, err := New(provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: Name},
		Config{PhoneNumberID: "900800700", WABA: "1020304050", BaseURL: s.URL, Version: "v26.0", AccessToken: provider.Hide("EAAtoken")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, &got
}

const taken = `{"messaging_product":"whatsapp","messages":[{"id":"wamid.NEW"}]}`

func parcel() provider.Template {
	return provider.Template{
		Name: "parcel_ready", Language: "de", Category: "utility", Status: provider.Approved,
		Components: []provider.Component{
			{Part: provider.PartHeader, Format: "document"},
			{Part: provider.PartBody, Text: "Parcel {{2}} for {{1}} — {{2}}"},
			{Part: provider.PartFooter, Text: "Reply STOP"},
			{Part: provider.PartButton, Buttons: []provider.TemplateButton{
				{Form: "url", Text: "Track", URL: "https://t.example/{{1}}"}, {Form: "quick_reply", Text: "Later"},
			}},
		},
	}
}

func greeting() provider.Template {
	return provider.Template{Name: "greeting", Language: "en_US", Named: true, Status: provider.Approved, Components: []provider.Component{
		{Part: provider.PartHeader, Format: "text", Text: "Hello {{first_name}}"},
		{Part: provider.PartBody, Text: "Your order {{order}} is {{state}}."},
	}}
}

func filled() *provider.TemplateMessage {
	t := parcel()
	m := t.Fill(map[string]provider.Value{
		"header.1":  {Media: &provider.Media{ID: "991", Name: "label.pdf", MIME: "application/pdf"}},
		"body.1":    {Text: "Ada"},
		"body.2":    {Text: "778"},
		"button0.1": {Text: "track/778"},
	})
	m.Payloads = map[int]string{1: "LATER"}
	return &m
}

func filledNamed() *provider.TemplateMessage {
	t := greeting()
	m := t.Fill(map[string]provider.Value{"header.first_name": {Text: "Ada"}, "body.order": {Text: "{{state}}"}, "body.state": {Text: "ready"}})
	return &m
}

func pictured(format provider.ContentKind) *provider.TemplateMessage {
	t := provider.Template{Name: "sale", Language: "en", Components: []provider.Component{{Part: provider.PartHeader, Format: string(format)}}}
	m := t.Fill(map[string]provider.Value{"header.1": {Media: &provider.Media{Link: "https://files.example/a"}}})
	return &m
}

func TestSendRequests(t *testing.T) {
	file := &provider.Media{Link: "https://files.example/a.bin", Name: "a.bin"}
	byID := &provider.Media{ID: "991", Link: "https://ignored.example", Name: "label.pdf", Voice: true}
	cases := map[string]provider.Outgoing{
		"text":             {Content: provider.TextContent("Grüezi <b> & \"x\" 📦\nzwei")},
		"text-link":        {Content: provider.TextContent("see https://example.test/a?b=1&c=2")},
		"text-reply":       {Content: provider.TextContent("yes"), ReplyTo: "wamid.THEIRS"},
		"text-user-id":     {To: provider.ChatKey{Chat: "DE.5512009"}, Content: provider.TextContent("hello")},
		"image":            {Content: provider.Content{Kind: provider.Image, Media: file, Text: "the box"}},
		"image-id":         {Content: provider.Content{Kind: provider.Image, Media: byID}},
		"video":            {Content: provider.Content{Kind: provider.Video, Media: file, Text: "look"}},
		"voice":            {Content: provider.Content{Kind: provider.Audio, Media: byID}},
		"document":         {Content: provider.Content{Kind: provider.Document, Media: byID, Text: "label"}},
		"sticker":          {Content: provider.Content{Kind: provider.Sticker, Media: file}},
		"location":         {Content: provider.Content{Kind: provider.Location, Place: &provider.Place{Latitude: 52.52, Longitude: -0.000001, Name: "Shop"}}},
		"contacts":         {Content: provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Noor Haddad", Org: "Haddad Florists", Phones: []string{"+49151222"}, Emails: []string{"noor@example.test"}}}}},
		"reaction":         {Content: provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "wamid.THEIRS", Emoji: "👍"}}, ReplyTo: "wamid.THEIRS"},
		"reaction-removed": {Content: provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "wamid.THEIRS"}}},
		"menu-buttons": {Content: provider.Content{Kind: provider.Interactive, Text: "Which?", Menu: &provider.Menu{
			Form: "button", Header: "Delivery", Footer: "Today",
			Options: []provider.MenuOption{{ID: "a", Title: "Morning"}, {ID: "b", Title: "Evening"}},
		}}},
		"menu-list": {Content: provider.Content{Kind: provider.Interactive, Text: "Which slot?", Menu: &provider.Menu{
			Form: "list", Button: "Pick",
			Options: []provider.MenuOption{{ID: "m9", Title: "09:00", Description: "with Ada", Section: "Monday"}, {ID: "m10", Title: "10:00", Section: "Monday"}, {ID: "t9", Title: "09:00", Section: "Tuesday"}},
		}}},
		"menu-link":  {Content: provider.Content{Kind: provider.Interactive, Text: "Pay here", Menu: &provider.Menu{Form: "cta_url", Button: "Pay", URL: "https://pay.example/1"}}},
		"menu-place": {Content: provider.Content{Kind: provider.Interactive, Text: "Where are you?", Menu: &provider.Menu{Form: "location_request"}}},
		"menu-flow": {Content: provider.Content{Kind: provider.Interactive, Text: "Book a table", Menu: &provider.Menu{
			Form: "flow", Button: "Book", Flow: &provider.Flow{ID: "771", Ref: "t-1", Screen: "DATES", Data: json.RawMessage(`{"guests":2}`)},
		}}},
		"menu-flow-served": {Content: provider.Content{Kind: provider.Interactive, Text: "Book a table", Menu: &provider.Menu{
			Form: "flow", Button: "Book", Flow: &provider.Flow{ID: "771", Draft: true},
		}}},
		"template-every-part": {Content: provider.Content{Kind: provider.Templated, Template: filledSale(t)}},
		"template-place":      {Content: provider.Content{Kind: provider.Templated, Template: filledPlace()}},
		"template":            {Content: provider.Content{Kind: provider.Templated, Template: filled()}},
		"template-named":      {Content: provider.Content{Kind: provider.Templated, Template: filledNamed()}},
		"template-image":      {Content: provider.Content{Kind: provider.Templated, Template: pictured(provider.Image)}},
		"template-video":      {Content: provider.Content{Kind: provider.Templated, Template: pictured(provider.Video)}},
		"template-static":     {Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "hello", Language: "en"}}},
	}
	for name, m := range cases {
		t.Run(name, func(t *testing.T) {
			p, got := meta(t, 200, taken)
			m.Op = "op_01J9"
			if m.To.Chat == "" {
				m.To.Chat = "49151000111"
			}
			if id, err := p.Send(t.Context(), m); err != nil || id != "wamid.NEW" {
				t.Fatalf("%q, %v", id, err)
			}
			goldenRequests(t, name, *got)
		})
	}
}

func goldenRequests(t *testing.T, name string, requests []captured) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	for _, r := range requests {
		if err := e.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "testdata/send/"+name+".golden", b.Bytes())
}

func TestReadMarkAndTyping(t *testing.T) {
	p, got := meta(t, 200, `{"success":true}`)
	chat := provider.ChatKey{Account: "shop", Chat: "49151000111"}
	if err := p.MarkRead(t.Context(), chat, "wamid.THEIRS"); err != nil {
		t.Error(err)
	}
	if err := p.Typing(t.Context(), chat, "wamid.THEIRS"); err != nil {
		t.Error(err)
	}
	goldenRequests(t, "read-and-typing", *got)
	p, _ = meta(t, 500, `{"error":{"code":131000}}`)
	if e := provider.AsError("", p.MarkRead(t.Context(), chat, "wamid.THEIRS")); e == nil || e.Uncertain || !e.Retryable() {
		t.Errorf("a read mark may be repeated: %v", e)
	}
}

func template(v provider.Value) provider.Content {
	return provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "n", Language: "de", Values: []provider.Value{v}}}
}

// What has no form on the wire is refused before the wire, and certainly.
func TestSendRefusesTheFormless(t *testing.T) {
	file := &provider.Media{Link: "https://files.example/a"}
	cases := map[string]provider.Outgoing{
		"no operation":       {Content: provider.TextContent("x")},
		"long operation":     {Op: provider.OpID(strings.Repeat("x", 513)), Content: provider.TextContent("x")},
		"group":              {Op: "op", To: provider.ChatKey{Chat: "Y2FwaV9ncm91cA"}, Content: provider.TextContent("x")},
		"plus in the chat":   {Op: "op", To: provider.ChatKey{Chat: "+49151"}, Content: provider.TextContent("x")},
		"no file":            {Op: "op", Content: provider.Content{Kind: provider.Image}},
		"empty file":         {Op: "op", Content: provider.Content{Kind: provider.Document, Media: &provider.Media{}}},
		"caption on audio":   {Op: "op", Content: provider.Content{Kind: provider.Audio, Media: file, Text: "x"}},
		"caption on sticker": {Op: "op", Content: provider.Content{Kind: provider.Sticker, Media: file, Text: "x"}},
		"no place":           {Op: "op", Content: provider.Content{Kind: provider.Location}},
		"no card":            {Op: "op", Content: provider.Content{Kind: provider.Contacts}},
		"no reaction":        {Op: "op", Content: provider.Content{Kind: provider.Reaction}},
		"no menu":            {Op: "op", Content: provider.Content{Kind: provider.Interactive, Text: "x"}},
		"no flow":            {Op: "op", Content: provider.Content{Kind: provider.Interactive, Text: "x", Menu: &provider.Menu{Form: "flow"}}},
		"no place there":     {Op: "op", Content: template(provider.Value{Part: provider.PartHeader, Name: "1", Form: provider.FormPlace, Text: "somewhere"})},
		"no end":             {Op: "op", Content: template(provider.Value{Part: provider.PartOffer, Name: "until", Form: provider.FormUntil, Text: "soon"})},
		"no currency":        {Op: "op", Content: template(provider.Value{Part: provider.PartBody, Name: "1", Text: "5", Money: &provider.Money{Currency: "euro"}})},
		"no currency inside": {Op: "op", Content: template(provider.Value{Part: provider.PartBody, Card: 1, Name: "1", Text: "5", Money: &provider.Money{}})},
		"unknown menu":       {Op: "op", Content: provider.Content{Kind: provider.Interactive, Text: "x", Menu: &provider.Menu{Form: "dial"}}},
		"no template":        {Op: "op", Content: provider.Content{Kind: provider.Templated}},
		"unknown kind":       {Op: "op", Content: provider.Content{Kind: "hologram"}},
		"a received choice":  {Op: "op", Content: provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{Title: "x"}}},
	}
	for name, m := range cases {
		t.Run(name, func(t *testing.T) {
			p, got := meta(t, 200, taken)
			if m.To.Chat == "" {
				m.To.Chat = "49151000111"
			}
			_, err := p.Send(t.Context(), m)
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != provider.Invalid || e.Uncertain || e.Retryable() {
				t.Errorf("%v", err)
			}
			if len(*got) != 0 {
				t.Error("something left")
			}
		})
	}
}

// Answers in forms the conformance suite does not script.
func TestAnswersOfOddForm(t *testing.T) {
	cases := map[string]struct {
		status    int
		body      string
		reason    provider.Reason
		code      string
		uncertain bool
	}{
		"details as a string":       {400, `{"error":{"code":131026,"error_data":"gone"}}`, provider.Undeliverable, "131026", false},
		"code as a string":          {400, `{"error":{"code":"131047","message":7}}`, provider.WindowClosed, "131047", false},
		"error in a 200":            {200, `{"error":{"code":131026}}`, provider.Undeliverable, "131026", false},
		"unknown code in a 200":     {200, `{"error":{"code":777777}}`, provider.NoAnswer, "777777", true},
		"unknown code":              {400, `{"error":{"code":777777}}`, provider.Invalid, "777777", false},
		"unknown and transient":     {400, `{"error":{"code":777777,"is_transient":true}}`, provider.NoAnswer, "777777", true},
		"unknown and forbidden":     {403, `{"error":{"code":777777}}`, provider.Permission, "777777", false},
		"no such number":            {400, `{"error":{"code":100,"error_subcode":33}}`, provider.Restricted, "100", false},
		"code 0":                    {401, `{"error":{"code":0}}`, provider.Token, "0", false},
		"no code":                   {400, `{"error":{"message":"x"}}`, provider.Invalid, "http 400", false},
		"code null":                 {500, `{"error":{"code":null}}`, provider.Unavailable, "http 500", true},
		"code of nonsense":          {500, `{"error":{"code":{"x":1}}}`, provider.Unavailable, "http 500", true},
		"throughput told as a 400":  {400, `{"error":{"code":130429}}`, provider.RateLimited, "130429", false},
		"pair told as a 500":        {500, `{"error":{"code":131056}}`, provider.PairLimited, "131056", false},
		"error beside null message": {200, `{"messages":null,"error":{"code":190}}`, provider.Token, "190", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, _ := meta(t, c.status, c.body)
			_, err := p.Send(t.Context(), provider.Outgoing{Op: "op", To: provider.ChatKey{Chat: "491"}, Content: provider.TextContent("x")})
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != c.reason || e.Code != c.code || e.Uncertain != c.uncertain || e.Text == "" {
				t.Errorf("%+v, want %s %s %v", e, c.reason, c.code, c.uncertain)
			}
		})
	}
}
