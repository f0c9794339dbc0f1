package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// listSenders gives one sender on a page, so that following pages is needed.
func (c *contract) listSenders(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("Channel") != "whatsapp" {
		c.refuse(w, 400, 20001)
		return
	}
	start := 0
	_, _ = fmt.Sscan(q.Get("Page"), &start)
	end := min(start+1, len(c.senders))
	next := any(nil)
	if end < len(c.senders) {
		q.Set("Page", fmt.Sprint(end))
		next = "https://messaging.twilio.com" + r.URL.Path + "?" + q.Encode()
	}
	c.answer(w, 200, map[string]any{"senders": append([]map[string]any{}, c.senders[start:end]...), "meta": map[string]any{"next_page_url": next, "key": "senders"}})
}

func senderOf(id, status, quality, limit string, reasons ...string) map[string]any {
	s := map[string]any{"sid": "XE00000000000000000000000000000a01", "sender_id": id, "status": status, "offline_reasons": nil}
	s["properties"] = map[string]any{"quality_rating": quality, "messaging_limit": limit}
	if quality == "" {
		s["properties"] = nil
	}
	var all []any
	for _, code := range reasons {
		all = append(all, map[string]any{"code": code, "message": "SECRET words", "more_info": "https://www.twilio.com/docs/errors/" + code})
	}
	if all != nil {
		s["offline_reasons"] = all
	}
	return s
}

func readHealth(t *testing.T, c *contract) (provider.Health, error) {
	t.Helper()
	return whatsapp(t, c.http.URL).(provider.HealthReader).ReadHealth(t.Context())
}

func TestHealthOfASender(t *testing.T) {
	other := senderOf("whatsapp:+34900000000", "OFFLINE", "LOW", "1K Customers/24hr")
	for name, c := range map[string]struct {
		sender map[string]any
		want   provider.Health
		says   string
	}{
		"all well":      {senderOf(onWhatsApp, "ONLINE", "HIGH", "10K Customers/24hr"), provider.Health{Status: "connected", Quality: "green", Limit: 10_000}, ""},
		"being updated": {senderOf(onWhatsApp, "ONLINE:UPDATING", "MEDIUM", "250 Customers/24hr"), provider.Health{Status: "connected", Quality: "yellow", Limit: 250}, ""},
		"offline":       {senderOf(onWhatsApp, "OFFLINE", "LOW", "a great many", "63020", "x"), provider.Health{Status: "offline", Quality: "red"}, "is offline (63020). "},
		"not verified":  {senderOf(onWhatsApp, "PENDING_VERIFICATION", "", ""), provider.Health{Status: "pending verification"}, "is pending verification. "},
		"a new rating":  {senderOf(onWhatsApp, "ONLINE", "SPLENDID", ""), provider.Health{Status: "connected", Quality: "unknown"}, ""},
		"no words":      {senderOf(onWhatsApp, "SECRET words", "", ""), provider.Health{}, ""},
	} {
		world := newContract(t)
		world.senders = []map[string]any{other, c.sender}
		h, err := readHealth(t, world)
		text := h.Text
		c.want.Access, c.want.At = "ok", world.now
		h.Text = ""
		if err != nil || h != c.want || !strings.Contains(text, c.says) || (text != "") != (c.says != "") || strings.Contains(text, "SECRET") {
			t.Errorf("%s: %+v %q, %v", name, h, text, err)
		}
	}
}

func TestHealthOfNoSender(t *testing.T) {
	c := newContract(t)
	for range 2 {
		h, err := readHealth(t, c)
		if _, _, ails := h.Ails(); err != nil || ails || h.Access != "ok" || h.Text == "" {
			t.Errorf("%+v, %v", h, err)
		}
		c.senders = []map[string]any{senderOf("whatsapp:+34900000000", "ONLINE", "HIGH", "")}
	}
	if _, reads := sms(t, c.http.URL).(provider.HealthReader); reads {
		t.Error("a number for SMS has a health")
	}
}

// A list without an end, a page of another list, and an answer that is none.
func TestHealthTrouble(t *testing.T) {
	for name, body := range map[string]string{
		"the same page": `{"senders":[],"meta":{"next_page_url":"https://messaging.twilio.com/v2/Channels/Senders?Channel=whatsapp&PageSize=100"}}`,
		"another list":  `{"senders":[],"meta":{"next_page_url":"https://messaging.twilio.com/v2/Other?Page=1"}}`,
		"HTML":          `<html>`,
	} {
		c := newContract(t)
		c.fault = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
		_, err := readHealth(t, c)
		var e *provider.Error
		if !errors.As(err, &e) || e.Reason != provider.Unavailable || e.Uncertain || e.Text == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := newContract(t)
	c.fault = func(w http.ResponseWriter, _ *http.Request) { c.refuse(w, 401, 20003) }
	_, err := readHealth(t, c)
	if e := provider.AsError("", err); e.Reason != provider.Token || strings.Contains(e.Error(), providertest.Token) {
		t.Errorf("%v", err)
	}
}
