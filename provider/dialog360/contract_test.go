package dialog360_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/dialog360"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/providertest"
	"frontdesk/provider/simulator"
)

const (
	pnid           = "2000000002"
	waba           = "1000000001"
	headerSecret   = "Bearer a-long-random-word"
	platformSecret = "platform_secret_example"

	tom       = provider.ChatID("441632960011")  // without a user id
	fox       = provider.ChatID("US.8812004")    // without a number
	gone      = provider.ChatID("4915100000404") // not on WhatsApp
	ana       = provider.ChatID("ES.300000003")  // with both
	metaFiles = "https://lookaside.fbsbx.com/whatsapp_business/attachments/"
)

// contract is 360dialog as its documents tell: a pretend Meta behind its own door.
// What it lets through, the pretend Meta judges.
type contract struct {
	t    *testing.T
	sim  *simulator.Sim
	meta http.Handler
	api  *httptest.Server
	send provider.Provider

	mu      sync.Mutex
	now     time.Time
	events  []provider.Event
	asked   []string // "POST /messages"
	wrong   int      // look-ups that failed: 20 block
	refuse  *providertest.Reply
	listing func([]map[string]any, url.Values) any
}

func newContract(t *testing.T) *contract {
	t.Helper()
	c := &contract{t: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	sim, err := simulator.New(simulator.Options{
		Seed: 7, Now: c.clock, AppSecret: provider.Hide("the app secret of 360dialog"), Token: provider.Hide("the token of 360dialog"),
		Accounts: []simulator.Number{{PhoneNumberID: pnid, WABA: waba, Display: "+34 900 333444"}}, Orderly: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	sim.Add(
		simulator.Customer{Phone: "34600111222", User: string(ana), Name: "Ana", Language: "es", Temper: simulator.Silent, Still: true},
		simulator.Customer{Phone: string(tom), Name: "Tom", Language: "en", Temper: simulator.Silent, Still: true},
		simulator.Customer{User: string(fox), Username: "quiet.fox", Name: "Fox", Language: "en", Temper: simulator.Silent, Still: true},
		simulator.Customer{Phone: string(gone), Name: "Nobody", Language: "de", Temper: simulator.Silent, Still: true, Unreachable: true})
	c.sim, c.meta, c.listing = sim, sim.Handler(), byOffset
	c.api = httptest.NewServer(c)
	t.Cleanup(c.api.Close)
	hook := httptest.NewServer(http.HandlerFunc(c.forward))
	t.Cleanup(hook.Close)
	sim.SetWebhook(hook.URL)
	c.send = open(t, c.api.URL)
	return c
}

func (c *contract) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// ServeHTTP is the Messaging API.
func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.asked = append(c.asked, r.Method+" "+r.URL.Path)
	refuse := c.refuse
	c.mu.Unlock()
	switch {
	case refuse != nil:
		reply(w, refuse.Status, refuse.Body)
	case len(r.Header.Values("D360-API-KEY")) != 1 || r.Header.Get("D360-API-KEY") != providertest.Token || r.Header.Get("Authorization") != "":
		reply(w, 401, `{"meta":{"httpCode":404,"developerMessage":"Invalid api_key","success":false}}`)
	default:
		c.route(w, r)
	}
}

func (c *contract) route(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/messages" || path == "/media":
		c.pass(w, r, "/v26.0/"+pnid+path)
	case path == "/v1/configs/templates" && r.Method == http.MethodGet:
		c.templates(w, r)
	case path == "/v1/configs/templates":
		c.pass(w, r, "/v26.0/"+waba+"/message_templates")
	case path == "/whatsapp_business/attachments/":
		q := r.URL.Query()
		c.pass(w, r, "/lookaside/"+q.Get("mid")+"?ext="+q.Get("ext")+"&hash="+q.Get("hash"))
	case strings.Count(path, "/") == 1 && r.Method == http.MethodGet:
		c.lookUp(w, r)
	default:
		reply(w, 404, `{"error":"not found"}`)
	}
}

// pass asks the pretend Meta with 360dialog's own token.
func (c *contract) pass(w http.ResponseWriter, r *http.Request, path string) {
	inner := httptest.NewRequestWithContext(r.Context(), r.Method, "http://meta"+path, r.Body)
	inner.Header = r.Header.Clone()
	inner.Header.Del("D360-API-KEY")
	inner.Header.Set("Authorization", "Bearer the token of 360dialog")
	inner.ContentLength = r.ContentLength
	c.meta.ServeHTTP(w, inner)
}

// lookUp answers Meta's address of a file. Twenty errors block all look-ups.
func (c *contract) lookUp(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	blocked := c.wrong >= 20
	c.mu.Unlock()
	if blocked {
		reply(w, 403, `{"error":"endpoint blocked"}`)
		return
	}
	inner := httptest.NewRecorder()
	c.pass(inner, r, "/v26.0"+r.URL.Path)
	if inner.Code != http.StatusOK {
		c.mu.Lock()
		c.wrong++
		c.mu.Unlock()
		reply(w, inner.Code, inner.Body.String())
		return
	}
	var found map[string]any
	if err := json.Unmarshal(inner.Body.Bytes(), &found); err != nil {
		c.t.Error(err)
	}
	at, err := url.Parse(found["url"].(string))
	if err != nil {
		c.t.Error(err)
	}
	q := at.Query()
	found["url"] = metaFiles + "?mid=" + found["id"].(string) + "&ext=" + q.Get("ext") + "&hash=" + q.Get("hash")
	body, err := json.Marshal(found)
	if err != nil {
		c.t.Error(err)
	}
	reply(w, 200, strings.ReplaceAll(string(body), "/", `\/`))
}

// templates lists by limit and offset.
func (c *contract) templates(w http.ResponseWriter, r *http.Request) {
	var all []map[string]any
	for path := "/v26.0/" + waba + "/message_templates?limit=100"; path != ""; {
		inner := httptest.NewRecorder()
		c.pass(inner, r, path)
		var page struct {
			Data   []map[string]any `json:"data"`
			Paging struct {
				Next string `json:"next"`
			} `json:"paging"`
		}
		if err := json.Unmarshal(inner.Body.Bytes(), &page); err != nil {
			c.t.Error(err)
		}
		all = append(all, page.Data...)
		_, path, _ = strings.Cut(page.Paging.Next, "http://meta")
	}
	body, err := json.Marshal(c.listing(all, r.URL.Query()))
	if err != nil {
		c.t.Error(err)
	}
	reply(w, 200, string(body))
}

func byOffset(all []map[string]any, q url.Values) any {
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	offset = min(offset, len(all))
	page := all[offset:min(offset+min(limit, 7), len(all))] // never what was asked for
	for _, one := range page {
		one["status"] = strings.ToLower(one["status"].(string))
	}
	return map[string]any{"waba_templates": append([]map[string]any{}, page...), "count": len(page), "total": len(all), "limit": limit, "offset": offset}
}

// forward posts on what Meta posted, without Meta's signature and with our header.
func (c *contract) forward(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	r.Header.Del("X-Hub-Signature-256")
	r.Header.Set("Authorization", headerSecret)
	r.Header.Set("X-360dialog-Signature", sign.SHA256(platformSecret, body))
	hook := webhookOf(c.t, platformSecret)
	if err := hook.Verify(r, body); err != nil {
		c.t.Errorf("a webhook of 360dialog's: %v", err)
	}
	events, err := hook.Decode(body)
	if err != nil {
		c.t.Errorf("decode: %v", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, events...)
	w.WriteHeader(http.StatusOK)
}

// told lets time go by and returns what was posted meanwhile.
func (c *contract) told(d time.Duration) []provider.Event {
	c.t.Helper()
	c.mu.Lock()
	c.events = nil
	c.now = c.now.Add(d)
	c.mu.Unlock()
	if err := c.sim.Advance(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.events
}

func (c *contract) say(chat provider.ChatID, content provider.Content) provider.MessageID {
	c.t.Helper()
	id, err := c.sim.Say(chat, content)
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

func (c *contract) out(op string, chat provider.ChatID, content provider.Content) (provider.MessageID, error) {
	return c.send.Send(c.t.Context(), provider.Outgoing{Op: provider.OpID(op), To: provider.ChatKey{Account: "shop", Chat: chat}, Content: content})
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.Copy(w, bytes.NewReader([]byte(body)))
}

func open(t testing.TB, base string) *dialog360.Provider {
	t.Helper()
	p, err := dialog360.New(provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: dialog360.Name},
		dialog360.Config{APIKey: provider.Hide(providertest.Token), PhoneNumberID: pnid, WABA: waba, BaseURL: base}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func webhookOf(t testing.TB, platform string) *dialog360.Webhook {
	t.Helper()
	w, err := dialog360.NewWebhook(dialog360.HookConfig{
		Header: "Authorization", HeaderSecret: provider.Hide(headerSecret),
		PreviousSecret: provider.Hide("Bearer the-word-of-before"), PlatformSecret: provider.Hide(platform),
	})
	if err != nil {
		t.Fatal(fmt.Errorf("webhook: %w", err))
	}
	return w
}
