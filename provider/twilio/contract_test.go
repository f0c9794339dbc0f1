package twilio_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

const (
	accountSID = "AC0123456789abcdef0123456789abcdef"
	serviceSID = "MG0123456789abcdef0123456789abcdef"
	onWhatsApp = "whatsapp:+34900333444"
	bySMS      = "+34900333444"
	hookURL    = "https://inbox.example.test/hooks/tw?ch=7"
	authToken  = "tok_example_not_real"
	ana        = provider.ChatID("34600111222")
)

// contract is Twilio as its documents have it: messages, their media, content
// templates and typing, by form or by JSON, and what it refuses.
type contract struct {
	t    *testing.T
	http *httptest.Server

	mu       sync.Mutex
	now      time.Time
	requests []providertest.Request
	messages []map[string]any
	media    map[string][]map[string]any
	files    map[string]string
	contents []map[string]any
	typed    []string
	senders  []map[string]any
	// fault answers instead, where it is set.
	fault http.HandlerFunc
	// stopped are those who answered STOP; closed are those whose window is.
	stopped, closed map[string]bool
	n               int
}

func newContract(t *testing.T) *contract {
	t.Helper()
	c := &contract{
		t: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), media: map[string][]map[string]any{}, files: map[string]string{},
		stopped: map[string]bool{}, closed: map[string]bool{},
	}
	mux := http.NewServeMux()
	base := "/2010-04-01/Accounts/" + accountSID + "/Messages"
	mux.HandleFunc("POST "+base+".json", c.create)
	mux.HandleFunc("GET "+base+".json", c.list)
	mux.HandleFunc("GET "+base+"/{sid}", c.fetch)
	mux.HandleFunc("GET "+base+"/{sid}/Media.json", c.listMedia)
	mux.HandleFunc("GET "+base+"/{sid}/Media/{media}", c.file)
	mux.HandleFunc("POST /v2/Indicators/Typing.json", c.typing)
	mux.HandleFunc("GET /v2/Channels/Senders", c.listSenders)
	mux.HandleFunc("GET /v1/ContentAndApprovals", c.listContents)
	mux.HandleFunc("POST /v1/Content", c.createContent)
	mux.HandleFunc("DELETE /v1/Content/{sid}", c.deleteContent)
	mux.HandleFunc("POST /v1/Content/{sid}/ApprovalRequests/whatsapp", c.approve)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { c.refuse(w, 404, 20404) })
	c.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.serve(mux, w, r) }))
	t.Cleanup(c.http.Close)
	return c
}

// serve notes a request and judges its credentials before anything else.
func (c *contract) serve(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	body := readAll(c.t, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, providertest.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body)})
	w.Header().Set("Date", c.now.Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	if c.fault != nil {
		c.fault(w, r)
		return
	}
	if user, password, _ := r.BasicAuth(); user != accountSID || password != providertest.Token {
		c.refuse(w, 401, 20003)
		return
	}
	mux.ServeHTTP(w, r)
}

// losesAnswers takes messages and hangs up.
func (c *contract) losesAnswers() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = func(_ http.ResponseWriter, r *http.Request) {
		c.take(r.PostForm)
		panic(http.ErrAbortHandler)
	}
}

func (c *contract) answersAgain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = nil
}

// refuse is Twilio's error envelope.
func (c *contract) refuse(w http.ResponseWriter, status, code int) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"code": code, "message": "words that may change", "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code), "status": status,
	})
}

func (c *contract) answer(w http.ResponseWriter, status int, v any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (c *contract) sid(prefix string) string {
	c.n++
	return fmt.Sprintf("%s%032x", prefix, c.n)
}

// create refuses what the documents say is refused, in their order of sense.
func (c *contract) create(w http.ResponseWriter, r *http.Request) {
	f := r.PostForm
	to, from := f.Get("To"), f.Get("From")
	number := strings.TrimPrefix(strings.TrimPrefix(to, "whatsapp:"), "+")
	switch {
	case to == "":
		c.refuse(w, 400, 21604)
	case from == "" && f.Get("MessagingServiceSid") == "":
		c.refuse(w, 400, 21603)
	case strings.HasPrefix(to, "whatsapp:") != strings.HasPrefix(from, "whatsapp:"):
		c.refuse(w, 400, 21910)
	case !strings.Contains(number, ".") && len(number) < 8:
		c.refuse(w, 400, 21211)
	case c.stopped[to]:
		c.refuse(w, 400, 21610)
	case f.Get("Body") == "" && len(f["MediaUrl"]) == 0 && f.Get("ContentSid") == "":
		c.refuse(w, 400, 21602)
	case len(f.Get("Body")) > 1600:
		c.refuse(w, 400, 21617)
	case len(f["MediaUrl"]) > 10:
		c.refuse(w, 400, 21623)
	case f.Get("ContentSid") != "" && !c.has(f.Get("ContentSid")):
		c.refuse(w, 400, 21655)
	case f.Get("ContentVariables") != "" && !json.Valid([]byte(f.Get("ContentVariables"))):
		c.refuse(w, 400, 21656)
	default:
		c.answer(w, 201, c.take(f))
	}
}

func (c *contract) has(sid string) bool {
	return slices.ContainsFunc(c.contents, func(one map[string]any) bool { return one["sid"] == sid })
}

// take keeps a message. Outside of the window it fails later, and not at once.
func (c *contract) take(f url.Values) map[string]any {
	prefix, count := "SM", fmt.Sprint(len(f["MediaUrl"]))
	if len(f["MediaUrl"]) > 0 {
		prefix = "MM"
	}
	status := "queued"
	switch {
	case f.Get("ScheduleType") != "" && f.Get("MessagingServiceSid") != "":
		status = "scheduled"
	case f.Get("MessagingServiceSid") != "":
		status = "accepted"
	}
	at := c.now.Format(time.RFC1123Z)
	m := map[string]any{
		"sid": c.sid(prefix), "account_sid": accountSID, "from": f.Get("From"), "to": f.Get("To"), "body": f.Get("Body"), "status": status,
		"num_media": count, "num_segments": "0", "price": nil, "error_code": nil, "error_message": nil, "direction": "outbound-api",
		"date_created": at, "date_updated": at, "date_sent": nil, "api_version": "2010-04-01", "callback": f.Get("StatusCallback"),
	}
	c.messages = append([]map[string]any{m}, c.messages...)
	return m
}

// receive is a customer's message as the list has it.
func (c *contract) receive(from, text string, files ...string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.now.Format(time.RFC1123Z)
	sid := c.sid("SM")
	for i, mime := range files {
		c.media[sid] = append(c.media[sid], map[string]any{"sid": c.sid("ME"), "content_type": mime, "parent_sid": sid, "date_created": c.now.Add(time.Duration(i) * time.Second).Format(time.RFC1123Z)})
	}
	c.messages = append([]map[string]any{{
		"sid": sid, "from": from, "to": onWhatsApp, "body": text, "status": "received", "num_media": fmt.Sprint(len(files)), "direction": "inbound",
		"date_created": at, "date_updated": at, "date_sent": at, "error_code": nil,
	}}, c.messages...)
	return sid
}

// become changes what a message of ours is, and returns the status callback's form.
func (c *contract) become(sid, status string, code int) url.Values {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := url.Values{"AccountSid": {accountSID}, "ApiVersion": {"2010-04-01"}, "MessageSid": {sid}, "SmsSid": {sid}, "MessageStatus": {status}, "SmsStatus": {status}}
	for _, m := range c.messages {
		if m["sid"] != sid {
			continue
		}
		m["status"], m["date_updated"] = status, c.now.Format(time.RFC1123Z)
		m["date_sent"] = m["date_updated"]
		f.Set("From", m["from"].(string))
		f.Set("To", m["to"].(string))
		if code != 0 {
			m["error_code"] = code
			f.Set("ErrorCode", fmt.Sprint(code))
		}
	}
	return f
}

func (c *contract) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
