package whautomate_test

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

const (
	asked = `{"id":"ms_1","contact":{"id":"ct_1","channel":"whatsApp","phoneNumber":"34600111222"},"channel":"whatsApp","isIncoming":true,"type":"text",
		"from":"Ana","timestamp":"2026-11-20T10:00:00.000Z","text":"hola"}`
	answered = `{"id":"ms_2","contact":{"id":"ct_1","channel":"whatsApp","phoneNumber":"34600111222"},"channel":"whatsApp","isIncoming":"false","type":"text",
		"sentBy":"Luis","createdAt":"2026-11-20T10:01:00.000Z","errorMessage":"Message undeliverable","text":"dime"}`
	// bare is the document's own example: it has no time.
	bare = `{"id":"ms_3","contact":{"id":"ct_1","channel":"whatsApp","phoneNumber":"34600111222"},"channel":"whatsApp","isIncoming":true,"type":"text",
		"sentBy":"text","status":"text","errorMessage":"text","mediaUrl":"","text":"text","footerText":"","options":{}}`
)

var ana = provider.ChatKey{Account: "shop", Chat: "contact:ct_1"}

func kindsOf(events []provider.Event) string {
	var kinds []string
	for _, e := range events {
		kind := "quarantined"
		if e.Body != nil {
			kind = e.Body.Kind()
		}
		kinds = append(kinds, e.ID[:2]+kind)
	}
	return strings.Join(kinds, " ")
}

// read follows a history to its end.
func read(t *testing.T, c *contract) ([]provider.Event, int) {
	t.Helper()
	p := c.open(t, provider.WhatsApp)
	var all []provider.Event
	pages := 0
	for cursor := ""; ; pages++ {
		if pages > 10 {
			t.Fatal("the history has no end")
		}
		events, next, err := p.History(t.Context(), ana, cursor)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
		if next == "" {
			return all, pages
		}
		cursor = next
	}
}

// A history is read page by page, and its messages have the ids and the contents
// that a webhook gives them.
func TestHistory(t *testing.T) {
	c := newContract(t)
	c.history = []string{"[" + asked + "]", "[" + answered + "]"}
	events, pages := read(t, c)
	if got := kindsOf(events); got != "m:message.received m:message.sent s:message.receipt" || pages != 2 {
		t.Errorf("%s in %d pages", got, pages)
	}
	posted, err := newHook(t).Decode([]byte(`{"event":{"id":"ev_1","type":"incoming_whatsapp_message","timeStamp":"2026-11-20T10:00:07Z"},"message":` + asked + `}`))
	if err != nil || show(t, posted) != show(t, events[:1]) {
		t.Errorf("%v: the webhook says %s, the history %s", err, show(t, posted), show(t, events[:1]))
	}
	c.loop = true
	if again, _ := read(t, c); len(again) != len(events) {
		t.Errorf("a server that knows no last page: %d events", len(again))
	}
}

// What could be taken for something it is not is kept and not believed.
func TestHistoryOdd(t *testing.T) {
	for name, c := range map[string]struct{ element, want string }{
		"no time of its own":     {bare, "h:unknown"},
		"no direction":           {strings.Replace(asked, `"isIncoming":true,`, "", 1), "h:unknown"},
		"of another contact":     {strings.Replace(asked, `"ct_1"`, `"ct_2"`, 1), "h:unknown"},
		"of another channel":     {strings.ReplaceAll(asked, `"whatsApp"`, `"telegram"`), "h:unknown"},
		"of two channels":        {strings.Replace(asked, `"whatsApp"`, `"telegram"`, 1), "h:unknown"},
		"of a website":           {strings.ReplaceAll(asked, `"whatsApp"`, `"website"`), "h:unknown"},
		"a key twice":            {strings.Replace(asked, `"id":"ms_1"`, `"id":"ms_1","id":"ms_9"`, 1), "h:quarantined"},
		"a word":                 {`"hola"`, "h:unknown"},
		"no contact":             {`{"id":"ms_1","isIncoming":"TRUE","type":"text","timestamp":"2026-11-20T10:00:00Z","text":"hola"}`, "m:message.received"},
		"a time without a place": {strings.Replace(asked, ".000Z", "", 1), "h:unknown"},
	} {
		server := newContract(t)
		server.history = []string{"[" + c.element + "]"}
		events, _, err := server.open(t, provider.WhatsApp).History(t.Context(), ana, "")
		if got := kindsOf(events); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, c.want)
		}
	}
}

// The requests are the document's, with the page and the words that are looked for.
func TestHistoryRequest(t *testing.T) {
	c := newContract(t)
	p := c.open(t, provider.WhatsApp)
	if events, next, err := p.History(t.Context(), ana, ""); len(events) > 0 || next != "" || err != nil {
		t.Errorf("an empty history: %v, %q, %v", events, next, err)
	}
	providertest.SameRequest(t, "testdata/requests/history.json", c.last(t))
	if _, _, err := p.SearchHistory(t.Context(), ana, "a b", ""); err != nil {
		t.Error(err)
	}
	providertest.SameRequest(t, "testdata/requests/history-search.json", c.last(t))
	c.history = []string{"[" + asked + "]"}
	if events, _, err := p.SearchHistory(t.Context(), ana, "nothing", ""); len(events) > 0 || err != nil {
		t.Errorf("%v, %v", events, err)
	}
	if _, next, err := p.History(t.Context(), ana, "no cursor"); err != nil || !strings.HasPrefix(next, "2.") {
		t.Errorf("%q, %v", next, err)
	}
}

// What cannot be read says why.
func TestHistoryRefused(t *testing.T) {
	c := newContract(t)
	p := c.open(t, provider.WhatsApp)
	for chat, want := range map[provider.ChatID]string{
		"34600111222": "once the customer has written", "client:cl_1": "once the customer has written", "contact:ct_9": "An administrator must check",
	} {
		_, _, err := p.History(t.Context(), provider.ChatKey{Account: "shop", Chat: chat}, "")
		if e := provider.AsError("history", err); e == nil || e.Op != "history" || e.Reason != provider.Invalid || !strings.Contains(e.Text, want) {
			t.Errorf("%s: %+v", chat, e)
		}
	}
	c.history = []string{`{"messages":[]}`}
	_, _, err := p.History(t.Context(), ana, "")
	if e := provider.AsError("history", err); e == nil || e.Reason != provider.Unavailable || e.Uncertain {
		t.Errorf("an answer that is no list: %+v", e)
	}
}
