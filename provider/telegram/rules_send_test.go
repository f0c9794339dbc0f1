package telegram_test

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

func answerRules() map[string]func(*testing.T, *world) {
	text := provider.TextContent("hello")
	return map[string]func(*testing.T, *world){
		"a token of another form is 404, a revoked one 401": func(t *testing.T, w *world) {
			w.token = bot + ":ANOTHER"
			_, err := w.out(anaID, text)
			fails(t, err, provider.Token)
			p, _ := scripted(t, 404, `{"ok":false,"error_code":404,"description":"Not Found"}`)
			_, err = p.Send(t.Context(), provider.Outgoing{To: to(ana), Content: text})
			fails(t, err, provider.Token)
		},
		"a refusal counts by its error_code, whatever HTTP status it has": func(t *testing.T, _ *world) {
			for _, status := range []int{200, 302, 400, 500, 503} {
				p, _ := scripted(t, status, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`)
				_, err := p.Send(t.Context(), provider.Outgoing{To: to(ana), Content: text})
				if e := fails(t, err, provider.Undeliverable); e.Code != "403" || e.Uncertain {
					t.Errorf("%d is %+v", status, e)
				}
			}
		},
		"429 names in parameters.retry_after how many seconds to wait": func(t *testing.T, w *world) {
			for asked, want := range map[int]time.Duration{7: 7 * time.Second, 99999: time.Hour} {
				w.slow = asked
				_, err := w.out(anaID, text)
				if e := fails(t, err, provider.RateLimited); e.After != want || !e.Retryable() {
					t.Errorf("%d is %+v", asked, e)
				}
			}
			id, err := w.out(anaID, text)
			goes(t, id, err)
		},
		"a message that is to appear later has the number 0": func(t *testing.T, _ *world) {
			p, _ := scripted(t, 200, `{"ok":true,"result":{"message_id":0,"chat":{"id":5550001}}}`)
			_, err := p.Send(t.Context(), provider.Outgoing{To: to(ana), Content: text})
			if e := fails(t, err, provider.NoAnswer); !e.Uncertain {
				t.Errorf("%+v", e)
			}
		},
		"any other 403 is of the chat and not of the bot": func(t *testing.T, w *world) {
			w.chats[anaID] = "403 Forbidden: something new"
			_, err := w.out(anaID, text)
			if e := fails(t, err, provider.Undeliverable); e.PausesAccount() {
				t.Errorf("%+v", e)
			}
		},
	}
}

func sendRules() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"a text is not empty and has 4096 characters at most":                              textRule,
		"a text without parse_mode arrives as it was typed":                                typedRule,
		"a caption has 1024 characters at most":                                            captionRule,
		"Telegram fetches photos of up to 5 MB and other files of up to 20 MB from a link": linkRule,
		"a document by a link is a PDF or a ZIP":                                           documentRule,
		"a file by its id has no limit, and goes out as the kind it is":                    idRule,
		"a venue has a title and an address":                                               venueRule,
		"a contact has a number and a first name, and a vCard of up to 2048 bytes":         contactRule,
		"a button has one action, and its data 64 bytes at most":                           buttonRule,
		"a quote of a message that is gone is left out":                                    quoteRule,
		"a bot sets one emoji of a list, and an empty list takes it back":                  reactionRule,
		"an edit that changes nothing is no error":                                         editRule,
		"a bot edits its own messages alone":                                               ownRule,
		"most messages are taken back within 48 hours":                                     deleteRule,
	}
}

// both holds that the table judges as the network does.
func both(t *testing.T, w *world, c provider.Content, reason provider.Reason) {
	t.Helper()
	judge(t, w, c, reason == "")
	id, err := w.out(anaID, c)
	if reason == "" {
		goes(t, id, err)
		return
	}
	fails(t, err, reason)
}

func textRule(t *testing.T, w *world) {
	both(t, w, provider.TextContent(strings.Repeat("x", 4096)), "")
	both(t, w, provider.TextContent(strings.Repeat("x", 4097)), provider.TooLong)
	both(t, w, provider.TextContent(" \n"), provider.Invalid)
}

func typedRule(t *testing.T, w *world) {
	const typed = "*a _b [c `d <b> & \\. 📦"
	id, err := w.out(anaID, provider.TextContent(typed))
	goes(t, id, err)
	if got := w.messages[[2]int64{anaID, w.last}].body["text"]; got != typed {
		t.Errorf("it arrived as %q", got)
	}
}

func file(kind provider.ContentKind, link, mime string, size int64, caption string) provider.Content {
	return provider.Content{Kind: kind, Text: caption, Media: &provider.Media{Link: link, MIME: mime, Size: size}}
}

func captionRule(t *testing.T, w *world) {
	both(t, w, file(provider.Image, "https://files.example/a.jpg", "image/jpeg", 5<<20, strings.Repeat("x", 1024)), "")
	both(t, w, file(provider.Image, "https://files.example/a.jpg", "image/jpeg", 5<<20, strings.Repeat("x", 1025)), provider.TooLong)
}

func linkRule(t *testing.T, w *world) {
	both(t, w, file(provider.Image, "https://files.example/a.jpg", "image/jpeg", 5<<20, ""), "")
	both(t, w, file(provider.Image, "https://files.example/big.jpg", "image/jpeg", 5<<20+1, ""), provider.MediaRejected)
	both(t, w, file(provider.Video, "https://files.example/a.mp4", "video/mp4", 20<<20, ""), "")
	both(t, w, file(provider.Video, "https://files.example/big.mp4", "video/mp4", 20<<20+1, ""), provider.MediaRejected)
	_, err := w.out(anaID, file(provider.Image, "https://files.example/gone", "", 0, ""))
	fails(t, err, provider.MediaRejected)
	_, err = w.out(anaID, file(provider.Image, "https://files.example/page", "", 0, ""))
	fails(t, err, provider.MediaRejected)
}

func documentRule(t *testing.T, w *world) {
	both(t, w, file(provider.Document, "https://files.example/a.pdf", "application/pdf", 9, ""), "")
	both(t, w, file(provider.Document, "https://files.example/a.zip", "application/zip", 9, ""), "")
	both(t, w, file(provider.Document, "https://files.example/a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 9, ""), provider.MediaRejected)
}

func idRule(t *testing.T, w *world) {
	id, err := w.out(anaID, provider.Content{Kind: provider.Video, Media: &provider.Media{ID: "HUGE"}})
	goes(t, id, err)
	id, err = w.out(anaID, provider.Content{Kind: provider.Audio, Media: &provider.Media{ID: "VOICE", Voice: true}})
	goes(t, id, err)
	for _, c := range []provider.Content{
		{Kind: provider.Image, Media: &provider.Media{ID: "HUGE"}}, {Kind: provider.Audio, Media: &provider.Media{ID: "VOICE"}}, {Kind: provider.Image, Media: &provider.Media{ID: "NONE"}},
	} {
		_, err = w.out(anaID, c)
		fails(t, err, provider.MediaRejected)
	}
}

func venueRule(t *testing.T, w *world) {
	for _, p := range []provider.Place{{Latitude: 1, Longitude: 2}, {Name: "Shop"}, {Address: "Weg 1"}, {Name: "Shop", Address: "Weg 1"}} {
		both(t, w, provider.Content{Kind: provider.Location, Place: &p}, "")
	}
	if r := w.fits("sendVenue", map[string]any{"latitude": 1.0, "longitude": 2.0, "title": "Shop"}); r == nil {
		t.Error("the server takes a venue without an address")
	}
}

func contactRule(t *testing.T, w *world) {
	card := provider.ContactCard{Name: "Noor", Phones: []string{"+49151222"}}
	both(t, w, provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{card}}, "")
	card.Org = strings.Repeat("x", 1900)
	both(t, w, provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{card}}, "")
	card.Org = strings.Repeat("x", 2048)
	_, err := w.out(anaID, provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{card}})
	fails(t, err, provider.Invalid)
	_, err = w.out(anaID, provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Noor"}}})
	fails(t, err, provider.Invalid)
}

func buttonRule(t *testing.T, w *world) {
	button := func(id string) provider.Content {
		return menu("button", provider.Menu{Options: []provider.MenuOption{{ID: id, Title: "x"}}})
	}
	both(t, w, button(strings.Repeat("é", 32)), "")
	both(t, w, provider.Content{Kind: provider.Interactive, Text: "Here", Menu: &provider.Menu{Form: "cta_url", Button: "Track", URL: "https://t.example/1"}}, "")
	_, err := w.out(anaID, button(strings.Repeat("é", 33)))
	fails(t, err, provider.Invalid)
	over := map[string]any{"text": "x", "callback_data": strings.Repeat("x", 65)}
	if keyboardFits(map[string]any{"reply_markup": map[string]any{"inline_keyboard": []any{[]any{over}}}}) == nil {
		t.Error("the server takes 65 bytes")
	}
}

func quoteRule(t *testing.T, w *world) {
	id, err := w.open().Send(t.Context(), provider.Outgoing{Op: "op", To: to(ana), Content: provider.TextContent("yes"), ReplyTo: "5550001/3"})
	goes(t, id, err)
	gone := map[string]any{"chat_id": float64(anaID), "text": "x", "reply_parameters": map[string]any{"message_id": 3.0}}
	if _, r := w.send("sendMessage", gone); r == nil {
		t.Error("the server quotes what is gone")
	}
}

func reactionRule(t *testing.T, w *world) {
	w.writes(anaID, map[string]any{"text": "hi"})
	for _, emoji := range []string{"👍", "❤", ""} {
		id, err := w.out(anaID, react("5550001/12", emoji))
		goes(t, id, err)
	}
	_, err := w.out(anaID, react("5550001/12", "🦖"))
	fails(t, err, provider.Invalid)
	_, err = w.out(anaID, react("5550001/99", "👍"))
	fails(t, err, provider.Invalid)
}

func editRule(t *testing.T, w *world) {
	id, err := w.out(anaID, provider.TextContent("a"))
	goes(t, id, err)
	for _, text := range []string{"b", "b"} {
		if err := w.open().EditMessage(t.Context(), to(ana), id, provider.TextContent(text)); err != nil {
			t.Error(err)
		}
	}
	if got := w.messages[[2]int64{anaID, w.last}].body["text"]; got != "b" {
		t.Errorf("it says %q", got)
	}
}

func ownRule(t *testing.T, w *world) {
	w.writes(anaID, map[string]any{"text": "hi"})
	fails(t, w.open().EditMessage(t.Context(), to(ana), "5550001/12", provider.TextContent("x")), provider.Invalid)
	fails(t, w.open().EditMessage(t.Context(), to(ana), "5550001/99", provider.TextContent("x")), provider.Invalid)
}

func deleteRule(t *testing.T, w *world) {
	first, err := w.out(anaID, provider.TextContent("a"))
	goes(t, first, err)
	second, err := w.out(anaID, provider.TextContent("b"))
	goes(t, second, err)
	if err := w.open().DeleteMessage(t.Context(), to(ana), first); err != nil {
		t.Error(err)
	}
	w.pass(48 * time.Hour)
	fails(t, w.open().DeleteMessage(t.Context(), to(ana), second), provider.Invalid)
	fails(t, w.open().DeleteMessage(t.Context(), to(ana), first), provider.Invalid)
}
