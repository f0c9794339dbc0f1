package whautomate_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/whautomate"
)

const apiKey = "KEY-of-the-shop"

// contract is Whautomate as its document has it: the twelve ways to send, the
// history of a contact, the test of a connection, and the errors. What the document
// leaves open it answers as testdata/rules.md assumes.
type contract struct {
	http *httptest.Server
	// document has the document's own example of each route's body.
	document map[string]map[string]any

	mu       sync.Mutex
	requests []providertest.Request
	// location is the one there is, under the key the product has for it.
	location, scope string
	contacts        map[string]bool
	templates       map[string]bool
	// success is how "success" is written: true, or "true".
	success string
	// history are the pages of ct_1, the first first; loop repeats the last for
	// ever.
	history []string
	loop    bool
}

func newContract(t *testing.T) *contract {
	t.Helper()
	c := &contract{
		location: "loc_1", scope: "location", success: "true",
		contacts: map[string]bool{"ct_1": true}, templates: map[string]bool{"visit/es": true},
	}
	raw, err := os.ReadFile("testdata/document.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c.document); err != nil {
		t.Fatal(err)
	}
	c.http = httptest.NewServer(c)
	t.Cleanup(c.http.Close)
	return c
}

// open returns the provider of one channel.
func (c *contract) open(t *testing.T, channel provider.Network) *whautomate.Provider {
	t.Helper()
	return opened(t, map[string]string{"api_key": apiKey, "location_id": "loc_1", "channel": string(channel), "base_url": c.http.URL})
}

func opened(t *testing.T, settings map[string]string) *whautomate.Provider {
	t.Helper()
	config, err := whautomate.ReadConfig(settings)
	if err != nil {
		t.Fatal(err)
	}
	p, err := whautomate.New(provider.Account{ID: "shop", Network: config.Channel, Driver: whautomate.Name}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// last is the latest request.
func (c *contract) last(t *testing.T) providertest.Request {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.requests) == 0 {
		t.Fatal("nothing was asked")
	}
	return c.requests[len(c.requests)-1]
}

// reply is an answer of the document.
type reply struct {
	status int
	body   string
}

var (
	forbidden     = reply{403, `{"message":"Forbidden"}`}
	badLocation   = reply{404, `{"error":"Invalid locationId"}`}
	badBody       = reply{400, `{"message":"Invalid request body"}`}
	badParameters = reply{400, `{"error":"Invalid parameters"}`}
)

// ServeHTTP implements http.Handler.
func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, providertest.Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body),
	})
	answer := c.answer(r, body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", "Fri, 20 Nov 2026 10:00:00 GMT")
	w.WriteHeader(answer.status)
	_, _ = io.WriteString(w, answer.body)
}

func (c *contract) answer(r *http.Request, body []byte) reply {
	route, messages := strings.CutPrefix(r.URL.Path, "/v1/messages/")
	switch {
	case r.Header.Get("x-api-key") != apiKey:
		return forbidden
	case r.Method == http.MethodGet && r.URL.Path == "/v1/account-info":
		return reply{200, `{}`}
	case r.Method == http.MethodGet && messages:
		return c.read(r, route)
	case r.Method == http.MethodPost && c.document[route] != nil:
		return c.send(route, r.Header.Get("Content-Type"), body)
	}
	return reply{404, ``}
}

func (c *contract) send(route, form string, raw []byte) reply {
	var body map[string]any
	if form != "application/json" || json.Unmarshal(raw, &body) != nil || !c.shaped(route, body) {
		return badBody
	}
	if c.idOf(body, c.scope) != c.location {
		return badLocation
	}
	to := 0
	for _, key := range []string{"contact", "client", "recepient"} { //nolint:misspell // as the vendor spells it
		if body[key] != nil {
			to++
		}
	}
	contact := c.idOf(body, "contact")
	if to != 1 || (contact != "" && !c.contacts[contact]) || !c.complete(route, body) {
		return badParameters
	}
	if route == "whatsapp/sendtemplate" {
		return reply{200, string(raw)}
	}
	return reply{200, `{"success": ` + c.success + `}`}
}

func (c *contract) idOf(body map[string]any, key string) string {
	m, _ := body[key].(map[string]any)
	id, _ := m["id"].(string)
	return id
}

// shaped holds a body to the document's example of the route: no key that is not
// there, and no value of another form.
func (c *contract) shaped(route string, body map[string]any) bool {
	example := map[string]any{}
	for key, value := range c.document[route] {
		if key == "location" {
			key = c.scope
		}
		example[key] = value
	}
	return fits(body, example)
}

func fits(got, example any) bool {
	switch e := example.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for key, value := range g {
			ok = ok && e[key] != nil && fits(value, e[key])
		}
		return ok
	case []any:
		g, ok := got.([]any)
		for _, value := range g {
			ok = ok && fits(value, e[0])
		}
		return ok
	case string:
		g, ok := got.(string)
		return ok && (e == "text" || g == e) // "IMAGE" and "web_url" are words of a list
	case float64:
		_, ok := got.(float64)
		return ok
	}
	return false
}

// complete: what the document calls required is there, and the template exists.
func (c *contract) complete(route string, body map[string]any) bool {
	has := func(keys ...string) bool {
		for _, key := range keys {
			if s, _ := body[key].(string); s == "" {
				return false
			}
		}
		return true
	}
	switch {
	case strings.HasSuffix(route, "/sendtext"):
		return has("textMessage")
	case strings.HasSuffix(route, "/sendmedia"):
		return has("mimeType", "mediaUrl")
	case route == "whatsapp/sendtemplate":
		t, _ := body["template"].(map[string]any)
		name, _ := t["name"].(string)
		language, _ := t["language"].(string)
		return c.templates[name+"/"+language]
	case route == "telegram/sendtemplate":
		return has("textMessage")
	}
	return body["elements"] != nil
}

// read answers a page of a contact's messages.
func (c *contract) read(r *http.Request, contact string) reply {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	switch {
	case err != nil || page < 1 || !c.contacts[contact]:
		return badParameters
	case r.URL.Query().Get("searchText") == "nothing":
		return reply{200, `[]`}
	case c.loop && page > len(c.history):
		page = len(c.history)
	case page > len(c.history):
		return reply{200, `[]`}
	}
	return reply{200, c.history[page-1]}
}
