package hotel_test

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
)

// has reports a member of a request's body.
func has(t *testing.T, c call, key string) bool {
	t.Helper()
	_, there := c.body.(map[string]any)[key]
	return there
}

var sendRules = map[string]func(*testing.T){
	"A file is uploaded as a form with the parts media and media_type, and answered with media_id": func(t *testing.T) {
		s := newContract(t)
		for kind, name := range map[provider.ContentKind]string{provider.Image: "room_key_info.jpg", provider.Document: "a \"b\"\r\nX: y.pdf"} {
			id, err := s.provider().UploadMedia(t.Context(), file(kind, name, "bytes"))
			if err != nil || s.media[string(id)] != string(kind) {
				t.Fatalf("%q, %v", id, err)
			}
			// The document's own example is the picture.
			if c := s.last(); c.method != "POST" || c.path != "/api/v1/whatsapp/media/upload" || kind == provider.Image && s.uploaded != name {
				t.Errorf("%s %s with %q", c.method, c.path, s.uploaded)
			}
			send(t, s.provider(), to(provider.Content{Kind: kind, Media: &provider.Media{ID: id}}))
		}
	},
	"The API's host is the hotel's own: the document names paths alone": func(t *testing.T) {
		if _, err := hotel.ReadConfig(map[string]string{"staff_token": "x"}); err == nil || !strings.Contains(err.Error(), `"base_url" is missing`) {
			t.Error(err)
		}
		s := newContract(t)
		send(t, s.provider(), hello)
		if path := s.last().path; path != "/api/v1/whatsapp/messages/send" {
			t.Error(path)
		}
	},
	"conversation_id is sent where the message's link has it as a field, with texts and files; it is no metadata": func(t *testing.T) {
		s := newContract(t)
		send(t, s.provider(), hello)
		if has(t, s.last(), "conversation_id") {
			t.Error("a conversation that nobody named")
		}
		s.set(func(s *contract) { s.media["f"] = "image" })
		for _, c := range []provider.Content{hello.Content, {Kind: provider.Image, Media: &provider.Media{ID: "f"}}} {
			m := to(c)
			m.Link = inConversation
			send(t, s.provider(), m)
			if s.last().body.(map[string]any)["conversation_id"] != "conv_abc123" {
				t.Errorf("%s: %v", c.Kind, s.last().body)
			}
		}
		m := to(template("welcome_checkin"))
		m.Link = &provider.Link{ID: "RB1", Fields: map[string]string{"conversation_id": "conv_abc123"}}
		send(t, s.provider(), m)
		if got := s.last().body.(map[string]any)["conversation_metadata"].(map[string]any); len(got) != 1 || got["booking_reference"] != "RB1" {
			t.Error(got)
		}
		if m.Link.Fields["conversation_id"] == "" {
			t.Error("the caller's link was changed")
		}
	},
	"staff_member_id is the agent's own where a setting names it, and the account's otherwise": func(t *testing.T) {
		s := newContract(t)
		config, err := hotel.ReadConfig(map[string]string{
			"base_url": s.http.URL, "staff_token": staffToken, "staff_member_id": "staff_456", "staff_members": "ana=staff_7, ben klein = staff_8",
		})
		if err != nil {
			t.Fatal(err)
		}
		p, err := hotel.New(account, config, nil)
		if err != nil {
			t.Fatal(err)
		}
		for agent, want := range map[string]string{"ana": "staff_7", "ben klein": "staff_8", "carla": "staff_456", "": "staff_456"} {
			m := hello
			m.Agent = agent
			send(t, p, m)
			if got := s.last().body.(map[string]any)["staff_member_id"]; got != want {
				t.Errorf("%q is %v, want %s", agent, got, want)
			}
		}
	},
	"staff_member_id goes with texts alone, as in the examples": func(t *testing.T) {
		s := newContract(t)
		for want, c := range map[bool]provider.Content{true: hello.Content, false: buttons()} {
			if send(t, s.provider(), to(c)); has(t, s.last(), "staff_member_id") != want {
				t.Errorf("%s: %v", c.Kind, s.last().body)
			}
		}
	},
	"Every send is answered as a text is, with message_id; without one it may have been sent": func(t *testing.T) {
		for _, c := range []provider.Content{hello.Content, buttons(), list(), template("welcome_checkin"), {Kind: provider.Image, Media: &provider.Media{ID: "f"}}} {
			if id, err := answering(t, 201, `{"message_id":"m1"}`).Send(t.Context(), to(c)); id != "m1" || err != nil {
				t.Errorf("%s: %q, %v", c.Kind, id, err)
			}
			for _, body := range []string{`{"success":true}`, `{"message_id":"a","message_id":"b"}`, `{"message_id":"\ud800"}`} {
				if e := refusedAs(t, sendError(t, answering(t, 200, body), to(c)), provider.NoAnswer, ""); !e.Uncertain {
					t.Errorf("%s %s: %+v", c.Kind, body, e)
				}
			}
		}
	},
	"A send that is answered with the status failed has failed, and is not tried again by itself": func(t *testing.T) {
		p := answering(t, 200, `{"message_id":"m1","status":"failed","failure_reason":"RATE_LIMIT_EXCEEDED"}`)
		if e := refusedAs(t, sendError(t, p, hello), provider.Other, "RATE_LIMIT_EXCEEDED"); e.Retryable() || e.Uncertain {
			t.Errorf("%+v", e)
		}
	},
	"A number is a plus and 7 to 15 digits": func(t *testing.T) {
		s := newContract(t)
		for _, chat := range []provider.ChatID{"", "123456", "1234567890123456", "0123456789", "+1234567890", "12345 67890", "guest", "１２３４５６７"} {
			m := hello
			m.To.Chat = chat
			refusedAs(t, sendError(t, s.provider(), m), provider.Undeliverable, "")
		}
		if len(s.calls) > 0 {
			t.Error("a number that is none went out")
		}
		for _, chat := range []provider.ChatID{"1234567", "123456789012345"} {
			m := to(template("welcome_checkin"))
			m.To.Chat = chat
			send(t, s.provider(), m)
			if got := s.last().body.(map[string]any)["guest_phone"]; got != "+"+string(chat) {
				t.Error(got)
			}
		}
	},
	"No length, size, type or rate is limited but by the API's refusal": func(t *testing.T) {
		c := hotel.Capabilities(provider.WhatsApp)
		if c.Text.Max+c.Caption.Max+c.MenuText.Max != 0 || c.Rate != (provider.RateLimit{}) {
			t.Errorf("%+v", c)
		}
		for kind, rule := range c.Media {
			if rule.Types != nil {
				t.Errorf("%s: %v", kind, rule.Types)
			}
		}
		send(t, newContract(t).provider(), to(provider.TextContent(strings.Repeat("long ", 4000))))
	},
	"Pictures and documents are the only files": func(t *testing.T) {
		s := newContract(t)
		c := hotel.Capabilities(provider.WhatsApp)
		for _, kind := range []provider.ContentKind{provider.Video, provider.Audio, provider.Sticker, provider.Location, provider.Contacts, provider.Reaction} {
			if c.Send[kind] != provider.Absent || strings.Count(c.Why[kind], ".") != 2 {
				t.Errorf("%s: %d, %q", kind, c.Send[kind], c.Why[kind])
			}
			refusedAs(t, sendError(t, s.provider(), to(provider.Content{Kind: kind, Media: &provider.Media{ID: "f"}})), provider.NotSupported, "")
		}
		_, err := s.provider().UploadMedia(t.Context(), file(provider.Video, "tour.mp4", "x"))
		if refusedAs(t, err, provider.NotSupported, ""); len(s.calls) > 0 {
			t.Error("something was asked")
		}
	},
	"There is no quoting, no scheduling, no header or footer of choices and no file by link": func(t *testing.T) {
		s := newContract(t)
		quote, later, headed, footed, linked, url := hello, hello, to(buttons()), to(list()), hello, to(buttons())
		quote.ReplyTo, later.At = "m", time.Unix(1, 0)
		headed.Content.Menu.Header, footed.Content.Menu.Footer, url.Content.Menu.Form = "h", "f", "cta_url"
		for _, m := range []provider.Outgoing{quote, later, headed, footed, url} {
			refusedAs(t, sendError(t, s.provider(), m), provider.NotSupported, "")
		}
		linked.Content = provider.Content{Kind: provider.Image, Media: &provider.Media{Link: "https://files.example/a"}}
		if refusedAs(t, sendError(t, s.provider(), linked), provider.MediaRejected, ""); len(s.calls) > 0 {
			t.Error("something was asked")
		}
	},
	"retry_failed is off in every batch, and retry_delay is in milliseconds": func(t *testing.T) {
		s := newContract(t)
		for _, b := range []provider.Batch{twoTexts(), {Messages: twoTexts().Messages}} {
			if _, err := s.provider().SendBatch(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			if options := s.last().body.(map[string]any)["delivery_options"].(map[string]any); options["retry_failed"] != false || options["track_delivery"] != b.Track {
				t.Error(options)
			}
		}
		err := s.provider().SetHook(t.Context(), provider.HookSetup{URL: "https://relay.example/hooks/h", VerifyToken: provider.Hide("v"), MaxRetries: 5, RetryDelay: 1500 * time.Millisecond})
		if err != nil || s.hook.Retry.Max != 5 || s.hook.Retry.Delay != 1500 {
			t.Errorf("%+v, %v", s.hook.Retry, err)
		}
	},
}

// Of a batch either all is handed over or nothing, and what may have been handed
// over is uncertain.
func TestBatchRefused(t *testing.T) {
	s := newContract(t)
	bad := map[string]provider.Batch{
		"empty": {}, "no number": {Messages: []provider.BatchMessage{{To: "1234567890", Text: "x"}, {To: "room 5", Text: "x"}}},
		"no text": {Messages: []provider.BatchMessage{{To: "1234567890"}}}, "a rate": {Messages: twoTexts().Messages, PerSecond: -1},
	}
	for name, b := range bad {
		if _, err := s.provider().SendBatch(t.Context(), b); err == nil || len(s.calls) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.set(func(s *contract) { s.left = 0 })
	_, err := s.provider().SendBatch(t.Context(), twoTexts())
	refusedAs(t, err, provider.RateLimited, "RATE_LIMIT_EXCEEDED")
	for _, body := range []string{"", "{}", `{"error":{"code":"GUEST_OPTED_OUT"}}`} {
		_, err := answering(t, 200, body).SendBatch(t.Context(), twoTexts())
		if e := provider.AsError("send batch", err); e.Uncertain != !strings.Contains(body, "error") {
			t.Errorf("%q: %+v", body, e)
		}
	}
}

// What cannot be put into the API's form is refused before anything leaves.
func TestUnfit(t *testing.T) {
	s := newContract(t)
	values := func(v ...provider.Value) provider.Content {
		return provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "n", Language: "en", Values: v}}
	}
	for name, c := range map[string]provider.Content{
		"no template":    {Kind: provider.Templated},
		"no menu":        {Kind: provider.Interactive, Text: "which?"},
		"no file":        {Kind: provider.Image},
		"a file in it":   values(provider.Value{Part: provider.PartHeader, Name: "1", Media: &provider.Media{ID: "f"}}),
		"one name twice": values(provider.Value{Part: provider.PartHeader, Name: "1", Text: "a"}, provider.Value{Part: provider.PartBody, Name: "1", Text: "b"}),
	} {
		e := provider.AsError("send", sendError(t, s.provider(), to(c)))
		if e == nil || e.Uncertain || e.Retryable() || len(s.calls) > 0 {
			t.Errorf("%s: %+v", name, e)
		}
	}
	send(t, answering(t, 200, `{"message_id":"m"}`), to(values(provider.Value{Part: provider.PartHeader, Name: "1", Text: "a"}, provider.Value{Part: provider.PartBody, Name: "1", Text: "a"})))
}
