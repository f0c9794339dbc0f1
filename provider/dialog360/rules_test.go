package dialog360_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/providertest"
)

// rules are what the contract says, each with the test that holds us to it.
func rules() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"the key is in D360-API-KEY and names the number; no path holds a number or a version":                            ruleKey,
		"a wrong key is HTTP 401, whatever code the body names":                                                           ruleWrongKey,
		"messages are Cloud API JSON in both directions":                                                                  ruleMessages,
		"a person without a number is written to as recipient":                                                            ruleRecipient,
		"a read mark and the typing sign go to the path of messages":                                                      ruleMarks,
		"a file is handed in as multipart with its type, and sent by its id":                                              ruleUpload,
		"a file's address is Meta's, is written with escaped slashes, and serves on 360dialog's host alone, with the key": ruleFile,
		"a file's address dies after five minutes and is looked up again":                                                 ruleExpired,
		"twenty failed look-ups block all others, so that one file is asked for twice at most":                            ruleGuard,
		"a reached rate is HTTP 400":                                                                                      refusedAs(400, `{"error":"Endpoint rate limit exceeded"}`, provider.RateLimited),
		"unpaid invoices and a switched-off API are HTTP 400 and stop the account":                                        ruleStopped,
		"Meta's own refusals come as Meta writes them":                                                                    refusedAs(403, `{"error":{"code":130497,"message":"x"}}`, provider.Undeliverable),
		"error is a string or an object":                                                                                  ruleError,
		"templates are listed by limit and offset":                                                                        ruleTemplates,
		"the words of a template's status may be in lower case":                                                           ruleTemplates,
		"the list of templates is in waba_templates, and total counts all":                                                ruleEnvelope,
		"a new template is posted to the list's path":                                                                     ruleSubmit,
		"the answer to a new template is Meta's: its id and its status":                                                   ruleSubmit,
		"a template without an id is told apart by name and language":                                                     ruleNoID,
		"every webhook carries the header it was set up with, and no signature of Meta's":                                 ruleHeader,
		"a webhook may be signed with the platform secret as well":                                                        ruleSigned,
		"the signature is bare hex, or hex behind sha256=":                                                                ruleSigned,
		"there is no handshake":                                         ruleHandshake,
		"a webhook may tell one message twice":                          ruleTwice,
		"outside of the window a message fails with 131047 in a status": ruleWindow,
	}
}

func TestRules(t *testing.T) { providertest.Rules(t, "testdata/rules.md", rules()) }

func ruleKey(t *testing.T) {
	c := newContract(t)
	c.say(tom, provider.TextContent("hello"))
	if _, err := c.out("op", tom, provider.TextContent("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.send.(provider.TemplateLister).Templates(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, asked := range c.asked {
		if strings.Contains(asked, pnid) || strings.Contains(asked, waba) || strings.Contains(asked, "/v2") {
			t.Errorf("it asks %s", asked)
		}
	}
}

func reasonOf(t *testing.T, err error) provider.Reason {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) || e.Text == "" {
		t.Fatalf("%v is no refusal", err)
	}
	return e.Reason
}

func refusedAs(status int, body string, want provider.Reason) func(*testing.T) {
	return func(t *testing.T) {
		c := newContract(t)
		c.refuse = &providertest.Reply{Status: status, Body: body}
		_, err := c.out("op", tom, provider.TextContent("hello"))
		if got := reasonOf(t, err); got != want || provider.AsError("", err).Uncertain {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func ruleWrongKey(t *testing.T) {
	refusedAs(401, `{"meta":{"httpCode":404,"developerMessage":"Invalid api_key","success":false}}`, provider.Token)(t)
	refusedAs(401, ``, provider.Token)(t)
}

func ruleMessages(t *testing.T) {
	c := newContract(t)
	theirs := c.say(ana, provider.TextContent("¿Está listo? 📦\n«sí»"))
	events := c.told(time.Second)
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	heard, ok := events[0].Body.(provider.MessageReceived)
	if !ok || heard.Message != theirs || heard.From.User != provider.UserID(ana) || heard.From.Phone != "34600111222" || events[0].Route != pnid {
		t.Fatalf("%+v", events[0])
	}
	id, err := c.out("op-1", ana, provider.TextContent("sí"))
	if err != nil {
		t.Fatal(err)
	}
	status := provider.NoStatus
	for _, e := range c.told(time.Hour) {
		if r, ok := e.Body.(provider.Receipt); ok && r.Message == id && r.Op == "op-1" {
			status = status.Merge(r.Status)
		}
	}
	if status < provider.Delivered {
		t.Errorf("it ended as %s", status)
	}
}

func ruleRecipient(t *testing.T) {
	c := newContract(t)
	c.say(fox, provider.TextContent("hello"))
	if _, err := c.out("op", fox, provider.TextContent("hi")); err != nil {
		t.Fatal(err)
	}
	if got := c.sim.Accepted(); len(got) != 1 || got[0].To != fox || got[0].ByPhone {
		t.Errorf("%+v", got)
	}
}

func ruleMarks(t *testing.T) {
	c := newContract(t)
	theirs := c.say(tom, provider.TextContent("hello"))
	c.told(time.Second)
	chat := provider.ChatKey{Account: "shop", Chat: tom}
	if err := c.send.(provider.ReadMarker).MarkRead(t.Context(), chat, theirs); err != nil {
		t.Error(err)
	}
	if err := c.send.(provider.Typer).Typing(t.Context(), chat, theirs); err != nil {
		t.Error(err)
	}
	if got := c.sim.Marks(); len(got) != 2 || got[0].Typing || !got[1].Typing || got[1].Message != theirs {
		t.Errorf("%+v", got)
	}
	if !slices.Equal(c.asked, []string{"POST /messages", "POST /messages"}) {
		t.Error(c.asked)
	}
}

func ruleUpload(t *testing.T) {
	c := newContract(t)
	c.say(tom, provider.TextContent("hello"))
	data := []byte("%PDF-1.7 label")
	id, err := c.send.(provider.MediaUploader).UploadMedia(t.Context(), provider.Upload{
		Kind: provider.Document, Name: "label.pdf", MIME: "application/pdf", Size: int64(len(data)), Body: bytes.NewReader(data),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.out("op", tom, provider.Content{Kind: provider.Document, Media: &provider.Media{ID: id, Name: "label.pdf"}}); err != nil {
		t.Fatal(err)
	}
	if got := c.sim.Accepted(); len(got) != 1 || got[0].Content.Media.ID != id || got[0].Content.Media.MIME != "application/pdf" {
		t.Errorf("%+v", got)
	}
}

// sentFile has a customer send an image, and returns its id.
func sentFile(t *testing.T, c *contract) *provider.Media {
	t.Helper()
	c.say(tom, provider.Content{Kind: provider.Image, Media: &provider.Media{MIME: "image/jpeg", Name: "leak.jpg"}})
	for _, e := range c.told(time.Second) {
		if m, ok := e.Body.(provider.MessageReceived); ok {
			return m.Content.Media
		}
	}
	t.Fatal("the file did not come")
	return nil
}

func ruleFile(t *testing.T) {
	c := newContract(t)
	media := sentFile(t, c)
	f, err := c.send.(provider.MediaOpener).OpenMedia(t.Context(), media.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	raw, err := io.ReadAll(f.Body)
	if err != nil || len(raw) == 0 || f.SHA256 != media.SHA256 {
		t.Errorf("%d bytes, %v, hash %s", len(raw), err, f.SHA256)
	}
	if last := c.asked[len(c.asked)-1]; last != "GET /whatsapp_business/attachments/" {
		t.Errorf("it asked %s", last)
	}
}

// answering gives one address for every look-up, and counts both steps.
func answering(t *testing.T, address string, file http.HandlerFunc) (p provider.MediaOpener, asked *[]string) {
	t.Helper()
	asked = &[]string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.Path)
		if strings.Count(r.URL.Path, "/") > 1 {
			file(w, r)
			return
		}
		reply(w, 200, `{"url":"`+address+`","mime_type":"image/jpeg","sha256":""}`)
	}))
	t.Cleanup(s.Close)
	return open(t, s.URL), asked
}

func ruleExpired(t *testing.T) {
	once := 0
	p, asked := answering(t, metaFiles+"?mid=1&ext=2&hash=3", func(w http.ResponseWriter, r *http.Request) {
		if once++; once == 1 {
			reply(w, 404, "")
			return
		}
		if r.URL.RawQuery != "mid=1&ext=2&hash=3" {
			t.Errorf("the query became %s", r.URL.RawQuery)
		}
		_, _ = io.WriteString(w, "file")
	})
	f, err := p.OpenMedia(t.Context(), "12345")
	if err != nil || len(*asked) != 4 {
		t.Fatalf("%v after %v", err, *asked)
	}
	f.Body.Close()
}

func ruleGuard(t *testing.T) {
	p, asked := answering(t, metaFiles+"?mid=1", http.NotFound)
	if _, err := p.OpenMedia(t.Context(), "12345"); reasonOf(t, err) != provider.MediaRejected || len(*asked) != 4 {
		t.Errorf("%v after %v", err, *asked)
	}
	for _, address := range []string{"https://evil.example/file", "http://lookaside.fbsbx.com/x", "https://lookaside.fbsbx.com.evil.example/x", "https://lookaside.fbsbx.com@evil.example/x"} {
		p, asked := answering(t, address, http.NotFound)
		if _, err := p.OpenMedia(t.Context(), "12345"); reasonOf(t, err) != provider.MediaRejected || len(*asked) != 1 {
			t.Errorf("%s: %v after %v", address, err, *asked)
		}
	}
	c := newContract(t)
	for range 20 {
		_, _ = c.send.(provider.MediaOpener).OpenMedia(t.Context(), "404404404")
	}
	if _, err := c.send.(provider.MediaOpener).OpenMedia(t.Context(), "404404404"); reasonOf(t, err) != provider.Permission || len(c.asked) != 21 {
		t.Errorf("%v after %d look-ups", err, len(c.asked))
	}
}

func ruleStopped(t *testing.T) {
	refusedAs(400, `{"meta":{"developerMessage":"Messaging stopped: unpaid invoices","success":false}}`, provider.Restricted)(t)
	refusedAs(400, `{"error":"API disabled for number"}`, provider.Restricted)(t)
}

func ruleError(t *testing.T) {
	refusedAs(403, `{"error":"Permission denied"}`, provider.Permission)(t)
	refusedAs(400, `{"error":{"code":131047}}`, provider.WindowClosed)(t)
	refusedAs(400, `{"error":["what"]}`, provider.Invalid)(t)
}

func ruleTemplates(t *testing.T) {
	c := newContract(t)
	got, err := c.send.(provider.TemplateLister).Templates(t.Context())
	if err != nil || len(got) != len(c.sim.Templates(waba)) {
		t.Fatalf("%d templates, %v", len(got), err)
	}
	if len(c.asked) < 2 {
		t.Error("the list has one page")
	}
	for i, want := range c.sim.Templates(waba) {
		if got[i].ID != want.ID || got[i].Status != want.Status {
			t.Errorf("%s is %s, want %s", got[i].Name, got[i].Status, want.Status)
		}
	}
}

// listed returns what is read of a list with these answers.
func listed(t *testing.T, pages func(url.Values) string) ([]provider.Template, error) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { reply(w, 200, pages(r.URL.Query())) }))
	defer s.Close()
	return open(t, s.URL).Templates(t.Context())
}

func ruleEnvelope(t *testing.T) {
	one := `{"id":"1","name":"a","language":"de","status":"approved"}`
	for name, c := range map[string]struct {
		page func(url.Values) string
		want int
		bad  bool
	}{
		"none":        {func(url.Values) string { return `{"waba_templates":[],"total":0}` }, 0, false},
		"no total":    {func(url.Values) string { return `{"waba_templates":[` + one + `]}` }, 1, false},
		"endless":     {func(url.Values) string { return `{"waba_templates":[` + one + `],"total":100000}` }, 0, true},
		"another one": {func(url.Values) string { return `{"data":[` + one + `]}` }, 0, true},
		"no list":     {func(url.Values) string { return `{"waba_templates":{"a":1}}` }, 0, true},
		"no JSON":     {func(url.Values) string { return `<html>` }, 0, true},
		"cut short": {func(q url.Values) string {
			if q.Get("offset") == "0" {
				return `{"waba_templates":[` + one + `],"total":2}`
			}
			return `{"error":"what"}`
		}, 0, true},
	} {
		got, err := listed(t, c.page)
		if len(got) != c.want || (err != nil) != c.bad {
			t.Errorf("%s: %d templates, %v", name, len(got), err)
		}
	}
}

func ruleSubmit(t *testing.T) {
	c := newContract(t)
	id, status, err := c.send.(provider.TemplateSubmitter).SubmitTemplate(t.Context(), provider.Template{
		Name: "see_you", Language: "de", Category: "utility",
		Components: []provider.Component{{Part: provider.PartBody, Text: "Bis {{1}}!", Examples: map[string]string{"1": "Montag"}}},
	})
	if err != nil || id == "" || status != provider.Pending || !slices.Equal(c.asked, []string{"POST /v1/configs/templates"}) {
		t.Fatalf("%q %s %v after %v", id, status, err, c.asked)
	}
	all := c.sim.Templates(waba)
	if last := all[len(all)-1]; last.ID != id || last.Components[0].Examples["1"] != "Montag" {
		t.Errorf("%+v", last)
	}
}

func ruleNoID(t *testing.T) {
	got, err := listed(t, func(url.Values) string {
		return `{"waba_templates":[{"name":"a","language":"de","status":"APPROVED"},{"name":"a","language":"es","status":"rejected"}],"total":2}`
	})
	if err != nil || len(got) != 2 || got[0].ID != "a:de" || got[1].ID != "a:es" || got[1].Status != provider.Refused {
		t.Errorf("%+v, %v", got, err)
	}
}

func ruleHeader(t *testing.T) {
	body := []byte(`{"object":"whatsapp_business_account","entry":[]}`)
	for name, c := range map[string]struct {
		values []string
		ok     bool
	}{
		"ours":     {[]string{headerSecret}, true},
		"before":   {[]string{"Bearer the-word-of-before"}, true},
		"missing":  {nil, false},
		"another":  {[]string{headerSecret + "x"}, false},
		"shorter":  {[]string{headerSecret[1:]}, false},
		"empty":    {[]string{""}, false},
		"twice":    {[]string{headerSecret, headerSecret}, false},
		"two of 2": {[]string{headerSecret, "x"}, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", nil)
		for _, v := range c.values {
			r.Header.Add("Authorization", v)
		}
		r.Header.Set("X-Hub-Signature-256", "sha256="+sign.SHA256(headerSecret, body))
		if err := webhookOf(t, "").Verify(r, body); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ruleSigned(t *testing.T) {
	body := []byte(`{"object":"whatsapp_business_account","entry":[]}`)
	const vector = "758ff12bb8d2fd81f02d2704a073a8aac1453361a4f32b1535539f31a8e02614" // of the facts
	for name, c := range map[string]struct {
		signatures []string
		ok         bool
	}{
		"bare":          {[]string{vector}, true},
		"prefixed":      {[]string{"sha256=" + vector}, true},
		"missing":       {nil, false},
		"of another":    {[]string{sign.SHA256("another", body)}, false},
		"of other body": {[]string{sign.SHA256(platformSecret, body[1:])}, false},
		"two":           {[]string{vector, vector}, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", nil)
		r.Header.Set("Authorization", headerSecret)
		for _, s := range c.signatures {
			r.Header.Add("X-360dialog-Signature", s)
		}
		if err := webhookOf(t, platformSecret).Verify(r, body); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ruleHandshake(t *testing.T) {
	if _, shakes := any(webhookOf(t, "")).(provider.Handshaker); shakes {
		t.Error("it answers a handshake")
	}
}

func ruleTwice(t *testing.T) {
	raw, err := os.ReadFile("testdata/webhook/text.json")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(raw, []byte(`{"from":"34600111222"`))
	end := at + bytes.Index(raw[at:], []byte(`}}]`)) + 2
	twice := slices.Concat(raw[:end], []byte(","), raw[at:end], raw[end:])
	events, err := webhookOf(t, "").Decode(twice)
	if err != nil || len(events) != 2 || events[0].ID != events[1].ID || events[0].ID != "m:wamid.EXAMPLE1" {
		t.Errorf("%+v, %v", events, err)
	}
}

func ruleWindow(t *testing.T) {
	c := newContract(t)
	id, err := c.out("op", tom, provider.TextContent("hello"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.told(time.Hour) {
		if r, ok := e.Body.(provider.Receipt); ok && r.Message == id && r.Status == provider.Failed && r.Error.Reason == provider.WindowClosed {
			return
		}
	}
	t.Error("it did not fail")
}
