package messenger_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

// captured is one request as the files of testdata/requests have it.
type captured struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   any    `json:"body"`
}

// capture sends at a server that takes everything and returns what it was asked.
func capture(t *testing.T, network provider.Network, do func(provider.Provider) error) captured {
	t.Helper()
	var got []captured
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one := captured{Method: r.Method, Path: r.URL.RequestURI()}
		if err := json.NewDecoder(r.Body).Decode(&one.Body); err != nil {
			t.Error(err)
		}
		got = append(got, one)
		_, _ = w.Write([]byte(accepted("m_1").Body))
	}))
	defer s.Close()
	if err := do(open(t, network, s.URL)); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d requests", len(got))
	}
	return got[0]
}

func outgoings() map[string]provider.Outgoing {
	linked := &provider.Media{Link: "https://files.example/a?b=1&c=2", Name: "a"}
	byID := &provider.Media{ID: "1857777774821032", Link: "https://ignored.example"}
	card := menu("button", "Where shall it go?", "Home", "Shop")
	card.Menu.Header = "Your parcel"
	named := &provider.TemplateMessage{Name: "order_update", Language: "en", Named: true, Values: []provider.Value{
		{Part: provider.PartBody, Name: "order_id", Text: "566701"},
		{Part: provider.PartHeader, Name: "order_type", Text: "Order"},
		{Part: provider.PartBody, Name: "customer_name", Text: "Noor"},
		{Part: provider.PartButton, Index: 0, Name: "1", Text: "1234"},
	}}
	tapped := shipped("A-42")
	tapped.Template.Payloads = map[int]string{0: "TRACK"}
	return map[string]provider.Outgoing{
		"text":             {Content: text("Grüezi <b> & \"x\" 📦\nzwei")},
		"text-reply":       {Content: text("yes"), ReplyTo: "m_ex1"},
		"text-reply-part":  {Content: text("yes"), ReplyTo: "m_ex1#2"},
		"text-tagged":      {Content: text("sorry, we are late"), Tag: "human_agent"},
		"image":            {Content: provider.Content{Kind: provider.Image, Media: linked}},
		"image-id":         {Content: provider.Content{Kind: provider.Image, Media: byID}},
		"video":            {Content: provider.Content{Kind: provider.Video, Media: linked}},
		"audio":            {Content: provider.Content{Kind: provider.Audio, Media: byID}},
		"document":         {Content: provider.Content{Kind: provider.Document, Media: linked}},
		"menu-buttons":     {Content: menu("button", "Which?", "Morning", "Evening")},
		"menu-card":        {Content: card},
		"menu-many":        {Content: menu("button", "Which?", "Mon", "Tue", "Wed", "Thu")},
		"menu-list":        {Content: menu("list", "Which?", "Mon", "Tue")},
		"menu-link":        {Content: provider.Content{Kind: provider.Interactive, Text: "Pay here", Menu: &provider.Menu{Form: "cta_url", Button: "Pay", URL: "https://pay.example/1"}}},
		"reaction":         {Content: provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "m_ex1#1", Emoji: "❤️"}}, ReplyTo: "m_ex1"},
		"reaction-removed": {Content: provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "m_ex1"}}},
		"template":         {Content: shipped("A-42"), Tag: "human_agent"},
		"template-named":   {Content: provider.Content{Kind: provider.Templated, Template: named}},
		"template-tap":     {Content: tapped},
		"template-static":  {Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "hello", Language: "en"}}},
	}
}

// Each message is the JSON that Meta's pages show for it, field by field.
func TestSendRequests(t *testing.T) {
	all := outgoings()
	for _, network := range networks() {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			m := all[name]
			m.Op, m.To = "op-1", provider.ChatKey{Account: "shop", Chat: psid}
			if network == provider.Instagram && m.Content.Kind == provider.Templated {
				continue
			}
			t.Run(string(network)+"-"+name, func(t *testing.T) {
				got := capture(t, network, func(p provider.Provider) error {
					_, err := p.Send(t.Context(), m)
					return err
				})
				sameRequest(t, string(network)+"-"+name, got)
			})
		}
	}
}

func TestActions(t *testing.T) {
	chat := provider.ChatKey{Account: "shop", Chat: psid}
	for _, network := range networks() {
		sameRequest(t, string(network)+"-read", capture(t, network, func(p provider.Provider) error {
			return p.(provider.ReadMarker).MarkRead(t.Context(), chat, "m_1")
		}))
		sameRequest(t, string(network)+"-typing", capture(t, network, func(p provider.Provider) error {
			return p.(provider.Typer).Typing(t.Context(), chat, "m_1")
		}))
	}
}

// sameRequest compares decoded values with a file, or writes it.
func sameRequest(t *testing.T, name string, got captured) {
	t.Helper()
	path := "testdata/requests/" + name + ".json"
	if *update {
		raw, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, path, append(raw, '\n'))
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want captured
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// What has no place in Meta's form is refused before anything leaves, and never
// left out.
func TestWhatCannotBeWritten(t *testing.T) {
	base := func(c provider.Content) provider.Outgoing {
		return provider.Outgoing{Op: "op-1", To: provider.ChatKey{Account: "shop", Chat: psid}, Content: c}
	}
	link := &provider.Media{Link: "https://files.example/a"}
	footer, described, long := menu("button", "Which?", "a"), menu("list", "Which?", "a"), menu("list", "Which?", "a", "b", "c", "d")
	footer.Menu.Footer, described.Menu.Options[0].Description, long.Menu.Header = "f", "d", "h"
	noOp, noPerson, tag := base(text("x")), base(text("x")), base(text("x"))
	noOp.Op, noPerson.To.Chat, tag.Tag = "", "+49 151 1", "post_purchase_update"
	some := shipped("A")
	some.Template.Values = append(some.Template.Values, provider.Value{Part: provider.PartButton, Index: 1, Name: "1", Text: "x"})
	for name, m := range map[string]provider.Outgoing{
		"no operation": noOp, "a number that is no number": noPerson, "a tag that is gone": tag,
		"caption":          base(provider.Content{Kind: provider.Image, Text: "x", Media: link}),
		"no file":          base(provider.Content{Kind: provider.Image}),
		"a file on http":   base(provider.Content{Kind: provider.Image, Media: &provider.Media{Link: "http://files.example/a"}}),
		"a received file":  base(provider.Content{Kind: provider.Image, Media: &provider.Media{ID: "https://x"}}),
		"location":         base(provider.Content{Kind: provider.Location, Place: &provider.Place{}}),
		"no menu":          base(provider.Content{Kind: provider.Interactive, Text: "x"}),
		"nothing to ask":   base(menu("button", "", "a")),
		"no choices":       base(menu("button", "Which?")),
		"an empty title":   base(menu("list", "Which?", "")),
		"a link to naught": base(provider.Content{Kind: provider.Interactive, Text: "x", Menu: &provider.Menu{Form: "cta_url", Button: "Go"}}),
		"another form":     base(menu("flow", "Which?", "a")),
		"footer":           base(footer),
		"description":      base(described),
		"header of a list": base(long),
		"no reaction":      base(provider.Content{Kind: provider.Reaction}),
		"no template":      base(provider.Content{Kind: provider.Templated}),
		"a template file":  base(provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "n", Language: "en", Values: []provider.Value{{Part: provider.PartHeader, Name: "1", Media: link}}}}),
		"some buttons":     base(some),
	} {
		w := newWorld(t, provider.Messenger)
		w.refuses(m, provider.Invalid, "")
		if n := len(w.c.requests); n != 0 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}
