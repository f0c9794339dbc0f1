package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/telegram"
)

// asked is one request as testdata/requests has it, with a word for the secret.
type asked struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   any    `json:"body"`
}

// scripted answers every request with status and body, and keeps what it was
// asked.
func scripted(t *testing.T, status int, body string) (*telegram.Provider, *[]asked) {
	t.Helper()
	var got []asked
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		one := asked{Method: r.Method, Path: strings.Replace(r.URL.RequestURI(), token, bot+":SECRET", 1)}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			one.Body = formOf(t, r.Header.Get("Content-Type"), raw)
		} else if len(raw) > 0 {
			if err := json.Unmarshal(raw, &one.Body); err != nil {
				t.Errorf("a request of %q", raw)
			}
		}
		got = append(got, one)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return opened(t, s.URL), &got
}

func to(chat provider.ChatID) provider.ChatKey {
	return provider.ChatKey{Account: account.ID, Chat: chat}
}

func link(address string) *provider.Media { return &provider.Media{Link: address, Name: "a"} }

func outgoing() map[string]provider.Outgoing {
	place := provider.Place{Latitude: 52.52, Longitude: 13.4}
	named, addressed, both := place, place, place
	named.Name, addressed.Address, both.Name, both.Address = "Shop", "Weg 1", "Shop", "Weg 1"
	one := func(c provider.Content) provider.Outgoing { return provider.Outgoing{Content: c} }
	located := func(p provider.Place) provider.Outgoing {
		return one(provider.Content{Kind: provider.Location, Place: &p})
	}
	return map[string]provider.Outgoing{
		"text":                      one(provider.TextContent("Grüezi <b> & \"x\" *_[ 📦\nzwei")),
		"text-reply":                {Content: provider.TextContent("yes"), ReplyTo: "5550001/12"},
		"text-group":                {To: to("-1001234567890123"), Content: provider.TextContent("hello")},
		"text-reply-before-upgrade": {To: to("-1001234567890123"), Content: provider.TextContent("yes"), ReplyTo: "-4200700/3"},
		"image-link":                one(provider.Content{Kind: provider.Image, Media: link("https://files.example/a.jpg"), Text: "the box"}),
		"image-id":                  one(provider.Content{Kind: provider.Image, Media: &provider.Media{ID: "AgAC-1_x", Link: "https://ignored.example"}}),
		"video":                     one(provider.Content{Kind: provider.Video, Media: link("https://files.example/a.mp4"), Text: "look"}),
		"audio":                     one(provider.Content{Kind: provider.Audio, Media: link("https://files.example/a.mp3")}),
		"voice":                     one(provider.Content{Kind: provider.Audio, Media: &provider.Media{ID: "AwAC1", Voice: true}, Text: "hear"}),
		"document":                  one(provider.Content{Kind: provider.Document, Media: link("https://files.example/a.pdf"), Text: "label"}),
		"sticker":                   one(provider.Content{Kind: provider.Sticker, Media: &provider.Media{ID: "CAAC1"}}),
		"location":                  located(provider.Place{Longitude: -0.000001}),
		"venue":                     located(both),
		"venue-name":                located(named),
		"venue-address":             located(addressed),
		"contact":                   one(provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Noor Haddad", Phones: []string{"+49151222"}}}}),
		"contact-whole": one(provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{{
			Name: "Noor; Haddad", Org: "Haddad, Florists", Phones: []string{"+49151222", "+4930111"}, Emails: []string{"noor@example.test"},
		}}}),
		"menu-buttons":     one(menu("button", provider.Menu{Header: "Delivery", Footer: "Today", Options: []provider.MenuOption{{ID: "a", Title: "Morning"}, {ID: "b", Title: "Evening"}}})),
		"menu-list":        one(menu("list", provider.Menu{Button: "Open", Options: []provider.MenuOption{{ID: "1", Title: "One"}, {ID: "2", Title: "Two"}}})),
		"menu-link":        one(provider.Content{Kind: provider.Interactive, Text: "Here", Menu: &provider.Menu{Form: "cta_url", Button: "Track", URL: "https://t.example/1"}}),
		"reaction":         {Content: react("5550001/12", "👍"), ReplyTo: "5550001/12"},
		"reaction-removed": {Content: react("5550001/12", "")},
		"business-text":    {To: to("5550001@bc1"), Content: provider.TextContent("yes"), ReplyTo: "5550001@bc1/47"},
	}
}

func menu(form string, m provider.Menu) provider.Content {
	m.Form = form
	return provider.Content{Kind: provider.Interactive, Text: "Which?", Menu: &m}
}

func react(message provider.MessageID, emoji string) provider.Content {
	return provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: message, Emoji: emoji}}
}

// compare holds the one request to its file.
func compare(t *testing.T, name string, got []asked) {
	t.Helper()
	raw, err := os.ReadFile("testdata/requests/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var want asked
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]asked{want}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSendRequests(t *testing.T) {
	for name, m := range outgoing() {
		t.Run(name, func(t *testing.T) {
			p, got := scripted(t, 200, accepted("").Body)
			m.Op = "op-1"
			if m.To.Chat == "" {
				m.To = to(ana)
			}
			if id, err := p.Send(t.Context(), m); err != nil || id == "" {
				t.Fatalf("%q, %v", id, err)
			}
			compare(t, name, *got)
		})
	}
}

func TestOtherRequests(t *testing.T) {
	edit := func(c provider.Content) func(context.Context, *telegram.Provider) error {
		return func(ctx context.Context, p *telegram.Provider) error {
			return p.EditMessage(ctx, to(ana), "5550001/77", c)
		}
	}
	for name, call := range map[string]func(context.Context, *telegram.Provider) error{
		"edit-text":    edit(provider.TextContent("now")),
		"edit-menu":    edit(menu("button", provider.Menu{Options: []provider.MenuOption{{ID: "1", Title: "One"}}})),
		"edit-caption": edit(provider.Content{Kind: provider.Image, Text: "now"}),
		"edit-file":    edit(provider.Content{Kind: provider.Image, Text: "now", Media: &provider.Media{ID: "AgAC-1_x"}}),
		"delete": func(ctx context.Context, p *telegram.Provider) error {
			return p.DeleteMessage(ctx, to(ana), "5550001/77")
		},
		"typing": func(ctx context.Context, p *telegram.Provider) error { return p.Typing(ctx, to(ana), "") },
		"business-edit": func(ctx context.Context, p *telegram.Provider) error {
			return p.EditMessage(ctx, to("5550001@bc1"), "5550001@bc1/77", provider.TextContent("now"))
		},
		"business-delete": func(ctx context.Context, p *telegram.Provider) error {
			return p.DeleteMessage(ctx, to("5550001@bc1"), "5550001@bc1/77")
		},
		"business-typing": func(ctx context.Context, p *telegram.Provider) error { return p.Typing(ctx, to("5550001@bc1"), "") },
		"health": func(ctx context.Context, p *telegram.Provider) error {
			_, err := p.ReadHealth(ctx)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, got := scripted(t, 200, `{"ok":true,"result":{"url":""}}`)
			if err := call(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			compare(t, name, *got)
		})
	}
}

// formless are messages that Telegram has no form for, by what is said of them.
func formless() map[string][]provider.Outgoing {
	long := strings.Repeat("x", 4090)
	cards := func(cards ...provider.ContactCard) provider.Outgoing {
		return provider.Outgoing{Content: provider.Content{Kind: provider.Contacts, Cards: cards}}
	}
	card := provider.ContactCard{Name: "SECRET", Phones: []string{"+49151222"}}
	media := func(kind provider.ContentKind, m *provider.Media, text string) provider.Outgoing {
		return provider.Outgoing{Content: provider.Content{Kind: kind, Media: m, Text: text}}
	}
	options := func(o ...provider.MenuOption) provider.Outgoing {
		return provider.Outgoing{Content: menu("list", provider.Menu{Options: o})}
	}
	text := provider.TextContent("SECRET")
	return map[string][]provider.Outgoing{
		"no number of Telegram's": {
			{To: to("@ana"), Content: text},
			{To: to("0"), Content: text},
			{To: to("+49151"), Content: text},
			{To: to("05"), Content: text},
			{To: to("9223372036854775808"), Content: text},
			{To: to("5550001/12"), Content: text},
			{To: to("5550001@"), Content: text},
			{To: to("@bc1"), Content: text},
			{To: to("5550001@b/c"), Content: text},
		},
		"can quote": {{Content: text, ReplyTo: "wamid.X"}, {Content: text, ReplyTo: "5550001/tap/1"}, {Content: text, ReplyTo: "5550001/0"}},
		"another chat": {
			{Content: react("5550002/1", "👍")},
			{Content: react("5550001@bc1/1", "👍")},
			{Content: text, ReplyTo: "5550001@bc1/1"},
			{To: to("5550001@bc1"), Content: text, ReplyTo: "5550001/1"},
			{To: to("5550001@bc1"), Content: text, ReplyTo: "5550002@bc1/1"},
		},
		"for whom it acts":      {{To: to("5550001@bc1"), Content: react("5550001@bc1/1", "👍")}},
		"show a reaction at":    {{Content: react("5550001/tap/1", "👍")}, {Content: react("", "👍")}},
		"reacts to nothing":     {{Content: provider.Content{Kind: provider.Reaction}}},
		"no file":               {media(provider.Image, nil, ""), media(provider.Video, &provider.Media{Name: "SECRET"}, "")},
		"no web address":        {media(provider.Document, link("SECRET"), ""), media(provider.Sticker, link("file:///SECRET"), "")},
		"takes no caption":      {media(provider.Sticker, &provider.Media{ID: "1"}, "SECRET")},
		"no place":              {{Content: provider.Content{Kind: provider.Location}}},
		"these are 2":           {cards(card, card)},
		"these are 0":           {cards()},
		"no phone number":       {cards(provider.ContactCard{Name: "SECRET"}), cards(provider.ContactCard{Name: "SECRET", Phones: []string{"SECRET"}}), cards(provider.ContactCard{Phones: card.Phones})},
		"larger than 2048":      {cards(provider.ContactCard{Name: "SECRET", Phones: card.Phones, Org: long})},
		"nothing to choose":     {{Content: provider.Content{Kind: provider.Interactive, Text: "SECRET"}}, options()},
		"no title or no id":     {options(provider.MenuOption{ID: "1"}), options(provider.MenuOption{Title: "SECRET"})},
		"longer than 64 bytes":  {options(provider.MenuOption{ID: strings.Repeat("é", 33), Title: "x"})},
		"no description":        {options(provider.MenuOption{ID: "1", Title: "x", Description: "SECRET"}), options(provider.MenuOption{ID: "1", Title: "x", Section: "SECRET"})},
		"no menu of form":       {{Content: menu("carousel", provider.Menu{})}},
		"no web address  ":      {{Content: menu("cta_url", provider.Menu{Button: "x", URL: "tel:1"})}},
		"longer than 4096":      {{Content: menu("button", provider.Menu{Header: long, Options: []provider.MenuOption{{ID: "1", Title: "x"}}})}},
		`of kind "template"`:    {{Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "SECRET"}}}},
		`of kind "choice"`:      {{Content: provider.Content{Kind: provider.Choice}}},
		`of kind "unsupported"`: {{Content: provider.Content{Kind: provider.Unsupported}}},
	}
}

// What has no form at Telegram is refused before a byte leaves, in words that
// say what is wrong and hold nothing of the message.
func TestWhatHasNoForm(t *testing.T) {
	for says, list := range formless() {
		for i, m := range list {
			p, got := scripted(t, 200, accepted("").Body)
			if m.To.Chat == "" {
				m.To = to(ana)
			}
			_, err := p.Send(t.Context(), m)
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != provider.Invalid || e.Uncertain || len(*got) > 0 {
				t.Errorf("%s %d: %v after %d requests", says, i, err, len(*got))
				continue
			}
			if !strings.Contains(e.Text, strings.TrimSpace(says)) || strings.Contains(e.Text+e.Error(), "SECRET") {
				t.Errorf("%s %d: says %q", says, i, e.Text)
			}
		}
	}
}

// What Telegram answers to an edit or a deletion, and what cannot be one.
func TestEditsThatFail(t *testing.T) {
	p, _ := scripted(t, 400, `{"ok":false,"error_code":400,"description":"Bad Request: message is not modified: specified new message content and reply markup are exactly the same"}`)
	if err := p.EditMessage(t.Context(), to(ana), "5550001/77", provider.TextContent("now")); err != nil {
		t.Errorf("it is like that already, and that is no error: %v", err)
	}
	p, _ = scripted(t, 400, `{"ok":false,"error_code":400,"description":"Bad Request: message can't be deleted for everyone"}`)
	var e *provider.Error
	if err := p.DeleteMessage(t.Context(), to(ana), "5550001/77"); !errors.As(err, &e) || e.Reason != provider.Invalid || e.Text == "" {
		t.Errorf("too old to be taken back: %v", err)
	}
	p, got := scripted(t, 200, `{"ok":true,"result":true}`)
	voice := provider.Content{Kind: provider.Audio, Media: &provider.Media{ID: "1", Voice: true}}
	for _, err := range []error{
		p.EditMessage(t.Context(), to(ana), "5550001/tap/1", provider.TextContent("now")),
		p.EditMessage(t.Context(), to("x"), "5550001/77", provider.TextContent("now")),
		p.EditMessage(t.Context(), to(ana), "5550001/77", provider.Content{Kind: provider.Sticker}),
		p.EditMessage(t.Context(), to(ana), "5550001/77", voice),
		p.DeleteMessage(t.Context(), to(ana), ""),
		p.DeleteMessage(t.Context(), to(ana), "5550001@bc1/77"),
		p.EditMessage(t.Context(), to("5550001@bc1"), "5550001/77", provider.TextContent("now")),
		p.Typing(t.Context(), to("x"), ""),
	} {
		if !errors.As(err, &e) || e.Reason != provider.Invalid || len(*got) > 0 {
			t.Errorf("%v after %d requests", err, len(*got))
		}
	}
}

// A refusal without Telegram's own code is the one its HTTP status says.
func TestRefusalWithoutACode(t *testing.T) {
	p, _ := scripted(t, 403, `{"ok":false,"description":"Forbidden: bot was blocked by the user"}`)
	_, err := p.Send(t.Context(), provider.Outgoing{Op: "o", To: to(ana), Content: provider.TextContent("x")})
	if e := fails(t, err, provider.Permission); e.Code != "http 403" {
		t.Errorf("%+v", e)
	}
}

// The numbers of an answer are the network's, and a message that is to appear
// later has none: whether it did is not known.
func TestAnswersWithoutAMessage(t *testing.T) {
	for _, body := range []string{
		`{"ok":true,"result":{"message_id":0,"chat":{"id":5550001}}}`, `{"ok":true,"result":{"message_id":5}}`, `{"ok":true,"result":true}`,
		`{"ok":true}`, `{"ok":false}`, `{"ok":"true","result":{"message_id":5,"chat":{"id":5550001}}}`,
	} {
		p, _ := scripted(t, 200, body)
		_, err := p.Send(t.Context(), provider.Outgoing{Op: "o", To: to(ana), Content: provider.TextContent("x")})
		var e *provider.Error
		if !errors.As(err, &e) || e.Reason != provider.NoAnswer || !e.Uncertain {
			t.Errorf("%s is %v", body, err)
		}
	}
}
