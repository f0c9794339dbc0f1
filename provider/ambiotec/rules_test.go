package ambiotec_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
	"frontdesk/provider/providertest"
)

func TestRules(t *testing.T) {
	providertest.Rules(t, "testdata/rules.md", map[string]func(*testing.T){
		`A text goes to a number with phoneNumber, content and an optional requestId, with a bearer token.`: textToNumber,
		`A text goes into a conversation by its id, with content alone.`:                                    textIntoConversation,
		`"success" of a text says whether it was sent.`: func(t *testing.T) {
			c := newContract(t)
			c.set(func(c *contract) { c.unsent = []string{"+50212345678"} })
			id, err := c.open().Send(t.Context(), received())
			judge(t, id, err, provider.Other, false)
		},
		`A template goes to one or many: templateName, languageCode, components and recipients.`: templateToMany,
		`At least one recipient is needed.`: atLeastOne,
		`"success" of a template is true where it was processed: the results are the truth, each by itself.`:         eachByItself,
		`Components are header, body and button, with parameters of type and text; a button has sub_type and index.`: components,
		`Templates are read with name, status, category, language and components.`:                                   listedTemplates,
		`Only text goes into a conversation.`:   onlyText,
		`A number comes back without its plus.`: withoutPlus,
		`The request is optional.`:              optionalRequest,
		`A conversation is the chat "conversation:" and its id; a message into it cannot be tied to a request, since its body has no requestId.`: conversationChats,
		`A number has 7 to 15 digits, and chats are written without the plus.`:                                                                   numbers,
		`A dead token is HTTP 401, a missing permission 403, too many requests 429; no error of the API is documented.`:                          statuses,
		`A 2xx without "success", without an id, or with a key twice may have been a send.`:                                                      unclear,
		`Whom the results do not name, name twice, or name without an id is not known.`:                                                          unclearResults,
		`Where there are results they decide whatever the HTTP status.`:                                                                          resultsDecide,
		`"success": false in a 2xx is a certain refusal without a known reason, of a text as of a recipient.`:                                    certain,
		`A template that is no longer there fails for each recipient, without a reason.`:                                                         vanished,
		`A template is known by name and language; one without either or without a status is left out.`:                                          oddTemplates,
		`A template with a value that is no text or has a name, or with a part this page does not have, cannot be filled.`:                       unfillable,
		`Buttons of a listed template are Meta's: BUTTONS with type, text, url and phone_number.`:                                                metaButtons,
		`A number that is in one list twice gets one message.`:                                                                                   twice,
		`Neither a length of texts nor a rate is known.`: func(t *testing.T) {
			table := ambiotec.Capabilities(provider.WhatsApp)
			if table.Text.Max != 0 || table.Rate != (provider.RateLimit{}) {
				t.Errorf("%+v", table)
			}
		},
		`The page has no call for files, quotes, later sending, inbound messages, receipts or webhooks: there are none, and WhatsApp's window cannot be seen.`: nothingElse,
	})
}

func textToNumber(t *testing.T) {
	c := newContract(t)
	if id, err := c.open().Send(t.Context(), received()); err != nil || id != "456" {
		t.Fatalf("%q, %v", id, err)
	}
	providertest.SameRequest(t, "testdata/requests/send.json", c.last())
	answers(t, answer(t, "send"), received(), "456")
}

func textIntoConversation(t *testing.T) {
	c := newContract(t)
	p := c.open()
	if _, err := p.Send(t.Context(), received()); err != nil {
		t.Fatal(err)
	}
	m := provider.Outgoing{Op: "op-2", To: to(ambiotec.ConversationChat(123)), Content: provider.TextContent("Thank you for your patience. A technician will contact you shortly.")}
	if id, err := p.Send(t.Context(), m); err != nil || id != "457" {
		t.Fatalf("%q, %v", id, err)
	}
	providertest.SameRequest(t, "testdata/requests/conversation.json", c.last())
	answers(t, answer(t, "conversation"), m, "457")
	m.To = to(ambiotec.ConversationChat(999))
	id, err := p.Send(t.Context(), m)
	judge(t, id, err, provider.Invalid, false)
}

// scripted answers everything so.
func scripted(t *testing.T, status int, body string) *ambiotec.Provider {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return opened(t, s.URL)
}

// answers: the page's own answer is read.
func answers(t *testing.T, body string, m provider.Outgoing, want provider.MessageID) {
	t.Helper()
	if id, err := scripted(t, http.StatusOK, body).Send(t.Context(), m); err != nil || id != want {
		t.Errorf("the page's answer is %q, %v", id, err)
	}
}

func fails(t *testing.T, status int, body string, m provider.Outgoing, reason provider.Reason, uncertain bool) {
	t.Helper()
	id, err := scripted(t, status, body).Send(t.Context(), m)
	judge(t, id, err, reason, uncertain)
}

func judge(t *testing.T, id provider.MessageID, err error, reason provider.Reason, uncertain bool) {
	t.Helper()
	var e *provider.Error
	if id != "" || !errors.As(err, &e) || e.Reason != reason || e.Uncertain != uncertain || strings.Count(e.Text, ". ")+strings.Count(e.Text, ": ") < 1 {
		t.Errorf("%q, %v (%+v), want %s", id, err, e, reason)
	}
}

// stays: refused before the wire, and certainly.
func stays(t *testing.T, m provider.Outgoing, reason provider.Reason) {
	t.Helper()
	c := newContract(t)
	id, err := c.open().Send(t.Context(), m)
	judge(t, id, err, reason, false)
	if c.count() != 0 {
		t.Error("something left")
	}
}

func optionalRequest(t *testing.T) {
	c := newContract(t)
	m := received()
	m.Link = nil
	if _, err := c.open().Send(t.Context(), m); err != nil || strings.Contains(c.last().Body, "requestId") {
		t.Errorf("%v, %s", err, c.last().Body)
	}
	for _, link := range []*provider.Link{{System: "request"}, {System: "request", ID: "SR-2024-001"}, {System: "job", ID: "123"}, {System: "request", ID: "-1"}} {
		m.Link = link
		stays(t, m, provider.Invalid)
		of := templated(reminder())
		of.Link = link
		stays(t, of, provider.Invalid)
	}
}

func conversationChats(t *testing.T) {
	p := newContract(t).open()
	table := p.Capabilities(to("conversation:123"))
	if table.Link != (provider.LinkRule{}) || p.Capabilities(to("50212345678")).Link.System != "request" {
		t.Errorf("the judge says something else: %+v", table.Link)
	}
	m := received()
	m.To = to("conversation:123")
	stays(t, m, provider.Invalid)
	m.Link = nil
	for _, chat := range []provider.ChatID{"conversation:", "conversation:x", "conversation:0", "conversation:-3", "conversation:1/messages", "Conversation:123"} {
		m.To = to(chat)
		stays(t, m, provider.Invalid)
	}
}

func onlyText(t *testing.T) {
	table := newContract(t).open().Capabilities(to("conversation:123"))
	if table.Send[provider.Templated] > provider.Absent || table.Send[provider.Text] != provider.Full || table.Why[provider.Templated] == "" {
		t.Errorf("%+v", table)
	}
	m := templated(reminder())
	m.To = to("conversation:123")
	stays(t, m, provider.NotSupported)
}

func numbers(t *testing.T) {
	for _, chat := range []provider.ChatID{"", "+50212345678", "050212345678", "502 1234 5678", "502123", "5021234567800000", "guest"} {
		for _, m := range []provider.Outgoing{received(), templated(reminder())} {
			m.To = to(chat)
			stays(t, m, provider.Invalid)
		}
	}
}

func statuses(t *testing.T) {
	for _, m := range []provider.Outgoing{received(), templated(reminder())} {
		c := newContract(t)
		c.set(func(c *contract) { c.dead = true })
		id, err := c.open().Send(t.Context(), m)
		judge(t, id, err, provider.Token, false)
		c.set(func(c *contract) { c.dead, c.forbidden = false, true })
		id, err = c.open().Send(t.Context(), m)
		judge(t, id, err, provider.Permission, false)
		fails(t, 429, `{"success": false}`, m, provider.RateLimited, false)
		fails(t, 500, `{"success": false}`, m, provider.Unavailable, true)
		fails(t, 400, `{"success": false, "error": "+50212345678 is bad"}`, m, provider.Invalid, false)
	}
}

func unclear(t *testing.T) {
	for _, said := range []string{
		``, `{}`, `null`, `[]`, `<html>`, `{"success": "true", "data": {"message_id": 1}}`, `{"data": {"message_id": 1}}`, `{"success": true}`, `{"success": true, "data": {}}`,
		`{"success": true, "data": {"message_id": ""}}`, `{"success": true, "data": {"message_id": [1]}}`, `{"success": true, "data": {"message": {"conversation_id": 1}}}`,
		`{"success": true, "success": false, "data": {"message_id": 1}}`, `{"success": true, "data": {"message_id": 1, "message_id": 2}}`, `{"Success": true, "data": {"message_id": 1}}`,
	} {
		fails(t, 200, said, received(), provider.NoAnswer, true)
	}
}

func certain(t *testing.T) {
	fails(t, 200, `{"success": false}`, received(), provider.Other, false)
	fails(t, 200, `{"success": false, "error": "+50212345678 has no WhatsApp"}`, received(), provider.Other, false)
	fails(t, 200, `{"success": false}`, templated(reminder()), provider.Other, false)
	fails(t, 200, `{"success": true, "results": [{"phoneNumber": "+50212345678", "success": false, "error": "no WhatsApp"}]}`, templated(reminder()), provider.Other, false)
}

func nothingElse(t *testing.T) {
	table := ambiotec.Capabilities(provider.WhatsApp)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	if state, at := table.Window.State(now.Add(-time.Hour), now); state != provider.WindowUnknown || !at.IsZero() || table.Receipts != provider.ReceiptsNone ||
		len(table.Can) != 1 || table.Can[provider.CanSendMany] != provider.Full {
		t.Errorf("%s, %v, %+v", state, at, table)
	}
	for _, kind := range []provider.ContentKind{
		provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker,
		provider.Location, provider.Contacts, provider.Interactive, provider.Reaction,
	} {
		if table.Send[kind] > provider.Absent || table.Why[kind] == "" {
			t.Errorf("%s: %d, why %q", kind, table.Send[kind], table.Why[kind])
		}
		m := received()
		m.Content = provider.Content{Kind: kind, Text: "hello", Media: &provider.Media{Link: "https://files.example/a"}}
		stays(t, m, provider.NotSupported)
	}
	quoting, later, empty := received(), received(), received()
	quoting.ReplyTo, later.At, empty.Content.Text = "455", now, " \n"
	stays(t, quoting, provider.NotSupported)
	stays(t, later, provider.NotSupported)
	stays(t, empty, provider.Invalid)
}

// sameFragment compares parts of a body with the page's fragment of one.
func sameFragment(t *testing.T, file, body string, keys ...string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := errors.Join(json.Unmarshal(raw, &want), json.Unmarshal([]byte(body), &got)); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if !reflect.DeepEqual(got[key], want[key]) || want[key] == nil {
			t.Errorf("%s is %v, want %v", key, got[key], want[key])
		}
	}
}
