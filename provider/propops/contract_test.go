package propops_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/propops"
	"frontdesk/provider/providertest"
)

// contract is PropOps as its page has it: the page's own answers, its errors and
// its limit. Statuses of errors are assumed, for the page gives none.
type contract struct {
	t    *testing.T
	http *httptest.Server

	mu sync.Mutex
	// dead, forbidden and off are a token that expired, a user without the
	// permission, and WhatsApp that is not set up.
	dead, forbidden, off bool
	// csrf is what the header csrfHeader must be; empty asks for none.
	csrfHeader, csrf string
	// gone are templates that were taken away after they were listed.
	gone     []int64
	minute   int // sends since the minute began
	requests []providertest.Request
}

const perMinute = 20

func newContract(t *testing.T) *contract {
	t.Helper()
	c := &contract{t: t, csrfHeader: "X-CSRF-Token"}
	c.http = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.http.Close)
	return c
}

// answer is one of the page's own, from testdata.
func answer(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/answers/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func (c *contract) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, providertest.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body)})
	status, said := c.decide(r, body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, said)
}

func (c *contract) decide(r *http.Request, body []byte) (status int, said string) {
	switch {
	case c.dead || r.Header.Get("Authorization") != "Bearer "+providertest.Token:
		return http.StatusUnauthorized, refusal("Unauthenticated")
	case c.forbidden:
		return http.StatusForbidden, refusal("Permission denied")
	case r.Method == http.MethodGet && r.URL.Path == "/api/whatsapp/get-options":
		return http.StatusOK, answer(c.t, "options")
	case r.URL.Path != "/api/whatsapp/send":
		return http.StatusNotFound, refusal("Not found")
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed, refusal("POST only")
	case r.Header.Get(c.csrfHeader) != c.csrf:
		return http.StatusForbidden, refusal("Invalid CSRF token")
	case c.off:
		return http.StatusBadRequest, answer(c.t, "not-configured")
	case c.minute == perMinute:
		return http.StatusTooManyRequests, refusal("Too many requests")
	}
	c.minute++
	return c.send(body)
}

func refusal(words string) string { return `{"success": false, "error": "` + words + `"}` }

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// send judges a body that holds what the page has, and nothing else.
func (c *contract) send(body []byte) (status int, said string) {
	var b struct {
		Job      *int64 `json:"job_id"`
		Phone    string `json:"phone_number"`
		Template int64  `json:"template_id"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		c.t.Errorf("the body is not the page's: %v", err)
		return http.StatusBadRequest, refusal("Bad request")
	}
	switch {
	case b.Job == nil || *b.Job == 0:
		return http.StatusBadRequest, answer(c.t, "no-job")
	case !e164.MatchString(b.Phone):
		return http.StatusBadRequest, answer(c.t, "bad-number")
	case b.Template < 1 || b.Template > 4 || slices.Contains(c.gone, b.Template):
		return http.StatusUnprocessableEntity, refusal("Template is not available for +447700900123")
	}
	return http.StatusOK, strings.ReplaceAll(answer(c.t, "send"), "+447700900123", b.Phone)
}

func (c *contract) last() providertest.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests[len(c.requests)-1]
}

func (c *contract) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.requests)
}

func (c *contract) set(change func(*contract)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

var account = provider.Account{ID: "tenants", Network: provider.WhatsApp, Driver: propops.Name}

// settings are an account's as they stand in a configuration.
func settings(base string) map[string]string {
	return map[string]string{"base_url": base, "access_token": providertest.Token}
}

func opened(t *testing.T, settings map[string]string) *propops.Provider {
	t.Helper()
	config, err := propops.ReadConfig(settings)
	if err != nil {
		t.Fatal(err)
	}
	p, err := propops.New(account, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (c *contract) open() *propops.Provider { return opened(c.t, settings(c.http.URL)) }

// reminder is the page's example: template 3, to +447700900123, of job 1050.
func reminder() provider.Outgoing {
	return provider.Outgoing{
		Op: "op-1", To: provider.ChatKey{Account: "tenants", Chat: "447700900123"}, Link: &provider.Link{System: "job", ID: "1050"},
		Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{
			ID: "3", Name: "appointment_reminder", Language: "en_GB", Category: "utility",
			Shown: provider.Shown{FilledBy: "PropOps", FilledFrom: "job 1050"},
		}},
	}
}
