package whautomate_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"frontdesk/provider"
)

// answered sends a text, or a template, to a server that always answers so.
func answering(t *testing.T, status int, body string, c provider.Content) (provider.MessageID, *provider.Error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	p := opened(t, map[string]string{"api_key": apiKey, "location_id": "loc_1", "channel": "whatsapp", "base_url": server.URL})
	id, err := p.Send(t.Context(), to("contact:ct_1", c))
	return id, provider.AsError("send", err)
}

// verdict is what an answer to a text must mean; an empty reason is an acceptance.
type verdict struct {
	status    int
	body      string
	reason    provider.Reason
	uncertain bool
}

func means(verdicts ...verdict) func(*testing.T) {
	return func(t *testing.T) {
		for _, v := range verdicts {
			id, e := answering(t, v.status, v.body, provider.TextContent("hola"))
			switch {
			case id != "":
				t.Errorf("%d %s: the id %q", v.status, v.body, id)
			case (e == nil) != (v.reason == ""):
				t.Errorf("%d %s: %v", v.status, v.body, e)
			case e != nil && (e.Reason != v.reason || e.Uncertain != v.uncertain):
				t.Errorf("%d %s: %+v", v.status, v.body, e)
			}
		}
	}
}

func answerRules() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		`A missing or wrong key is answered 403 with "Forbidden": it is the key's fault and no missing permission.`: both(wrongKey, means(
			verdict{403, forbidden.body, provider.Token, false}, verdict{403, `<html>`, provider.Permission, false})),
		`A send is answered "success": true, and one of a WhatsApp template with the request again: accepted, and no id given.`: both(goes("text-contact", "template-texts"), echoed),
		`"Invalid request body" under message and "Invalid parameters" under error refuse a message with 400.`: means(
			verdict{400, badBody.body, provider.Invalid, false}, verdict{400, badParameters.body, provider.Invalid, false}),
		`"success" may be a word.`: means(
			verdict{200, `{"success":"true"}`, "", false}, verdict{200, `{"success":"True","id":"x"}`, "", false}, verdict{200, `{"success":"false"}`, provider.Other, false}),
		`"success": false in a 2xx is a certain refusal whose reason is not known; beside another status that status decides.`: means(
			verdict{200, `{"success":false}`, provider.Other, false}, verdict{200, `{"success":false,"error":"Invalid parameters"}`, provider.Invalid, false},
			verdict{401, `{"success":false}`, provider.Token, false}, verdict{500, `{"success":false}`, provider.Unavailable, true}),
		`A 2xx that says neither success nor failure may have been an acceptance.`: means(
			verdict{200, `{}`, provider.NoAnswer, true}, verdict{200, `{"success":null}`, provider.NoAnswer, true}, verdict{200, `{"success":1}`, provider.NoAnswer, true},
			verdict{200, `{"Success":true}`, provider.NoAnswer, true}, verdict{200, `{"success":true,"success":false}`, provider.NoAnswer, true},
			verdict{200, `{"template":{"name":"visit"}}`, provider.NoAnswer, true}, verdict{200, `<html>`, provider.NoAnswer, true}),
		`The words of a documented error decide, under either key, in any case of letters and whatever the HTTP status.`: means(
			verdict{500, `{"error":" forbidden "}`, provider.Token, false}, verdict{200, `{"message":"invalid locationid"}`, provider.Restricted, false},
			verdict{400, `{"message":"Invalid parameters"}`, provider.Invalid, false}, verdict{503, badBody.body, provider.Invalid, false}),
		`A contact that is not known, and a template that is no longer there, are refused with "Invalid parameters".`: vanished,
		`An id in an answer is not looked for, and no webhook is taken for the echo of a certain send.`:               both(means(verdict{200, `{"success":true,"id":"ms_1","messageId":"ms_1"}`, "", false}), noEcho),
		`The test of a connection is a GET of /v1/account-info.`:                                                      health,
	}
}

func wrongKey(t *testing.T) {
	c := newContract(t)
	p := opened(t, map[string]string{"api_key": "an old one", "location_id": "loc_1", "channel": "whatsapp", "base_url": c.http.URL})
	_, err := p.Send(t.Context(), to("contact:ct_1", provider.TextContent("hola")))
	if e := provider.AsError("send", err); e == nil || e.Reason != provider.Token || !e.PausesAccount() {
		t.Errorf("%+v", e)
	}
	_, err = p.ReadHealth(t.Context())
	if e := provider.AsError("health", err); e == nil || e.Reason != provider.Token || e.Op != "health" {
		t.Errorf("%+v", e)
	}
	if _, _, err = p.History(t.Context(), ana, ""); provider.AsError("history", err).Reason != provider.Token {
		t.Error(err)
	}
}

// echoed: the request comes back for a template, with no word of a success; one
// that says the opposite is believed.
func echoed(t *testing.T) {
	if _, e := answering(t, 200, `{"template":{"name":"visit","language":"es"}}`, template()); e != nil {
		t.Error(e)
	}
	if _, e := answering(t, 200, `{"success":true}`, template()); e != nil {
		t.Error(e)
	}
	if _, e := answering(t, 200, `{"success":false,"template":{"name":"visit"}}`, template()); e == nil || e.Reason != provider.Other {
		t.Error(e)
	}
	if _, e := answering(t, 200, `{"success":"perhaps","template":{"name":"visit"}}`, template()); e == nil || !e.Uncertain {
		t.Error(e)
	}
	if _, e := answering(t, 200, `{"template":"visit"}`, template()); e == nil || !e.Uncertain {
		t.Error(e)
	}
}

func vanished(t *testing.T) {
	c := newContract(t)
	c.templates = nil
	for _, m := range []provider.Outgoing{to("contact:ct_1", template()), to("contact:ct_9", provider.TextContent("hola"))} {
		_, err := c.open(t, provider.WhatsApp).Send(t.Context(), m)
		if e := provider.AsError("send", err); e == nil || e.Reason != provider.Invalid || e.Uncertain {
			t.Errorf("%+v", e)
		}
	}
}

func health(t *testing.T) {
	c := newContract(t)
	h, err := c.open(t, provider.Telegram).ReadHealth(t.Context())
	if err != nil || h.Access != "ok" || h.At.Format("2006-01-02 15:04") != "2026-11-20 10:00" {
		t.Errorf("%+v, %v", h, err)
	}
	if r := c.last(t); r.Method != http.MethodGet || r.Path != "/v1/account-info" {
		t.Errorf("%s %s", r.Method, r.Path)
	}
}

// noEcho: two messages of the same words to one customer, and one webhook that
// may be either's. It stands by itself.
func noEcho(t *testing.T) {
	c := newContract(t)
	p := c.open(t, provider.WhatsApp)
	for range 2 {
		if id, err := p.Send(t.Context(), to("contact:ct_1", provider.TextContent("dime"))); id != "" || err != nil {
			t.Errorf("%q, %v", id, err)
		}
	}
	if table := p.Capabilities(ana); !table.NoID || table.Can[provider.CanFindSent] > provider.Absent {
		t.Error("the table says that a send can be found again")
	}
}
