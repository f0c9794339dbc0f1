package twilio_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/twilio"
)

// list filters, and gives two on a page, so that following pages is needed.
func (c *contract) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, err := time.Parse(time.RFC3339, q.Get("DateSent>"))
	if q.Has("DateSent>") && err != nil {
		c.refuse(w, 400, 20001)
		return
	}
	var found []map[string]any
	for _, m := range c.messages {
		sent, _ := m["date_sent"].(string)
		at, _ := time.Parse(time.RFC1123Z, sent)
		if (q.Has("To") && m["to"] != q.Get("To")) || (q.Has("From") && m["from"] != q.Get("From")) || at.Before(since) {
			continue
		}
		found = append(found, m)
	}
	start := 0
	_, _ = fmt.Sscan(q.Get("Page"), &start)
	end := min(start+2, len(found))
	next := any(nil)
	if end < len(found) {
		q.Set("Page", fmt.Sprint(end))
		q.Set("PageToken", "PASM"+fmt.Sprint(end))
		next = r.URL.Path + "?" + q.Encode()
	}
	c.answer(w, 200, map[string]any{"messages": found[start:end], "next_page_uri": next, "page_size": 2})
}

func (c *contract) fetch(w http.ResponseWriter, r *http.Request) {
	for _, m := range c.messages {
		if m["sid"].(string)+".json" == r.PathValue("sid") {
			c.answer(w, 200, m)
			return
		}
	}
	c.refuse(w, 404, 20404)
}

func (c *contract) listMedia(w http.ResponseWriter, r *http.Request) {
	list, there := c.media[r.PathValue("sid")]
	if !there {
		c.refuse(w, 404, 20404)
		return
	}
	slices.Reverse(list) // the order is not documented
	c.answer(w, 200, map[string]any{"media_list": list})
}

// file gives a file out, or its record, or says that there is none.
func (c *contract) file(w http.ResponseWriter, r *http.Request) {
	name, record := strings.CutSuffix(r.PathValue("media"), ".json")
	body, there := c.files[r.PathValue("sid")+"/"+name]
	switch {
	case !there:
		c.refuse(w, 404, 20404)
	case record:
		c.answer(w, 200, map[string]any{"sid": name})
	case body == "": // known, and not readable yet
		c.refuse(w, 404, 20404)
	default:
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write([]byte(body))
	}
}

func (c *contract) typing(w http.ResponseWriter, r *http.Request) {
	if r.PostForm.Get("channel") != "whatsapp" || r.PostForm.Get("messageId") == "" {
		c.refuse(w, 400, 20001)
		return
	}
	c.typed = append(c.typed, r.PostForm.Get("messageId"))
	c.answer(w, 200, map[string]any{"success": true})
}

// callback posts a status callback to where the message said, as Twilio signs it.
func (c *contract) callback(h *twilio.Webhook, sid, status string, code int) []provider.Event {
	c.t.Helper()
	f := c.become(sid, status, code)
	at := hookURL
	for _, m := range c.messages {
		if m["sid"] == sid && m["callback"] != "" {
			at = m["callback"].(string)
		}
	}
	return post(c.t, h, at, f)
}

// post does what a relay does with a request of Twilio's: verify, keep, decode.
func post(t *testing.T, h *twilio.Webhook, at string, f url.Values) []provider.Event {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(f.Encode())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, u.RequestURI(), nil)
	r.Header.Set("X-Twilio-Signature", sign.SHA1(authToken, at+parameters(f)))
	if err := h.Verify(r, body); err != nil {
		t.Fatalf("a callback of Twilio's: %v", err)
	}
	events, err := h.Decode(h.Keep(r, body))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// parameters is what Twilio puts behind the address before it signs.
func parameters(f url.Values) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(f)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(f[key]))) {
			b.WriteString(key + value)
		}
	}
	return b.String()
}
