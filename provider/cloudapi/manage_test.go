package cloudapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontdesk/provider"
)

// draft is a template with every part that can be made here.
func draft() provider.Template {
	card := []provider.Component{
		{Part: provider.PartHeader, Format: "image", Examples: map[string]string{"handle": "4::aW"}},
		{Part: provider.PartBody, Text: "Room {{1}} is free", Examples: map[string]string{"1": "12"}},
		{Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "quick_reply", Text: "More"}}},
	}
	return provider.Template{Name: "winter_sale", Language: "en", Category: "marketing", Components: []provider.Component{
		{Part: provider.PartHeader, Format: "text", Text: "Hello {{1}}", Examples: map[string]string{"1": "Ada"}},
		{Part: provider.PartBody, Text: "From {{1}} to {{2}}.", Examples: map[string]string{"1": "Monday", "2": "Friday"}},
		{Part: provider.PartFooter, Text: "Reply STOP"},
		{
			Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "copy_code"}, {Form: "url", Text: "See", URL: "https://h.example/{{1}}"}, {Form: "phone_number", Text: "Call", Phone: "+4930111222"}},
			Examples: map[string]string{"button0.code": "WINTER10", "button1.1": "all"},
		},
		{Part: provider.PartOffer, Text: "Winter prices", Ends: true},
		{Part: provider.PartCarousel, Cards: [][]provider.Component{card, card}},
	}}
}

func (w *world) template(name string) *provider.Template {
	w.t.Helper()
	all, err := w.send.(provider.TemplateLister).Templates(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, t := range all {
		if t.Name == name {
			return &t
		}
	}
	return nil
}

// A template is submitted, approved, told of, changed, and deleted, in the one
// language alone.
func TestLifeOfATemplate(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, status, err := w.send.(provider.TemplateSubmitter).SubmitTemplate(ctx, draft())
	if err != nil || id == "" || status != provider.Pending {
		t.Fatalf("%q %s %v", id, status, err)
	}
	other := draft()
	other.Language = "es"
	if _, _, err := w.send.(provider.TemplateSubmitter).SubmitTemplate(ctx, other); err != nil {
		t.Fatal(err)
	}
	got := w.template("winter_sale")
	want := draft()
	want.ID, want.Status = id, provider.Pending
	for _, card := range want.Components[5].Cards {
		delete(card[0].Examples, "handle") // of an upload; the list shows the file instead
	}
	if diff := cmp.Diff(&want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("it is listed as another one:\n%s", diff)
	}
	w.told(10*time.Minute, provider.TemplateStatusChanged{Template: id, Name: "winter_sale", Language: "en", Status: provider.Approved})
	changed := *w.template("winter_sale")
	changed.Components = []provider.Component{{Part: provider.PartBody, Text: "All rooms are free now."}}
	if err := w.send.(provider.TemplateEditor).EditTemplate(ctx, changed); err != nil {
		t.Fatal(err)
	}
	if got := w.template("winter_sale"); got.Status != provider.Pending || got.Components[0].Text != "All rooms are free now." {
		t.Errorf("%+v", got)
	}
	w.told(10*time.Minute, provider.TemplateStatusChanged{Template: id, Name: "winter_sale", Language: "en", Status: provider.Approved})
	again := w.send.(provider.TemplateEditor).EditTemplate(ctx, *w.template("winter_sale"))
	if e := provider.AsError("", again); e == nil || e.Reason != provider.Invalid || !strings.Contains(e.Text, "Wait a day") {
		t.Errorf("changed twice a day: %v", again)
	}
	if err := w.send.(provider.TemplateDeleter).DeleteTemplate(ctx, *w.template("winter_sale")); err != nil {
		t.Fatal(err)
	}
	if got := w.template("winter_sale"); got == nil || got.Language != "es" {
		t.Errorf("the other language is %+v", got)
	}
}

// told lets time go by until the one fact was posted.
func (w *world) told(d time.Duration, want provider.Body) {
	w.t.Helper()
	w.mu.Lock()
	w.events, w.now = nil, w.now.Add(d)
	w.mu.Unlock()
	if err := w.sim.Advance(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if cmp.Equal(e.Body, want) {
			return
		}
	}
	w.t.Errorf("nobody told %+v", want)
}

// What Meta would refuse is refused before it leaves, in plain words.
func TestTemplatesThatWouldBeRefused(t *testing.T) {
	body := func(text string, examples map[string]string) func(*provider.Template) {
		return func(t *provider.Template) { t.Components[1].Text, t.Components[1].Examples = text, examples }
	}
	for says, change := range map[string]func(*provider.Template){
		"small letters":      func(t *provider.Template) { t.Name = "Winter Sale" },
		"no language":        func(t *provider.Template) { t.Language = "" },
		"category is none":   func(t *provider.Template) { t.Category = "news" },
		"exactly one body":   func(t *provider.Template) { t.Components = t.Components[:1] },
		"body is empty":      body(" ", nil),
		"begins or ends":     body("Hello {{1}}", map[string]string{"1": "Ada"}),
		"has no example":     body("Hello {{1}}.", nil),
		"not numbered":       body("Hello {{2}}.", map[string]string{"2": "Ada"}),
		"body may have":      body(strings.Repeat("x", 601), nil),
		"header may have 60": func(t *provider.Template) { t.Components[0].Text = strings.Repeat("x", 61) },
		"one variable alone": func(t *provider.Template) { t.Components[0].Text = "{{1}} {{2}}" },
		"needs a sample": func(t *provider.Template) {
			t.Components[0] = provider.Component{Part: provider.PartHeader, Format: "image"}
		},
		"format that WhatsApp":     func(t *provider.Template) { t.Components[0].Format = "hologram" },
		"footer may have":          func(t *provider.Template) { t.Components[2].Text = "{{1}}" },
		"a button's text":          func(t *provider.Template) { t.Components[3].Buttons[1].Text = strings.Repeat("x", 26) },
		"one variable, at its end": func(t *provider.Template) { t.Components[3].Buttons[1].URL = "https://x.example/{{1}}/y" },
		"address has no example":   func(t *provider.Template) { delete(t.Components[3].Examples, "button1.1") },
		"code has no example":      func(t *provider.Template) { delete(t.Components[3].Examples, "button0.code") },
		"cannot be made here":      func(t *provider.Template) { t.Components[3].Buttons[2].Form = "flow" },
		"up to 10 buttons":         func(t *provider.Template) { t.Components[3].Buttons = nil },
		"part that WhatsApp":       func(t *provider.Template) { t.Components[2].Part = "hologram" },
		"has no cards":             func(t *provider.Template) { t.Components[5].Cards = nil },
		"on a card":                func(t *provider.Template) { t.Components[5].Cards[0][1].Text = "" },
	} {
		t.Run(says, func(t *testing.T) {
			asked := 0
			api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
			defer api.Close()
			tpl := draft()
			change(&tpl)
			_, _, err := open(t, api.URL).(provider.TemplateSubmitter).SubmitTemplate(t.Context(), tpl)
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != provider.Invalid || e.Uncertain || !strings.Contains(e.Text, says) || asked > 0 {
				t.Errorf("%v (%d requests), want %q", err, asked, says)
			}
		})
	}
}

// Without an id of its own nothing is deleted: the name alone is all languages.
func TestNothingIsDeletedByNameAlone(t *testing.T) {
	w := newWorld(t)
	before := len(w.sim.Templates("1020304050"))
	name := w.sim.Templates("1020304050")[0].Name
	for _, id := range []provider.TemplateID{"", "x", "1&hsm_id="} {
		if err := w.send.(provider.TemplateDeleter).DeleteTemplate(t.Context(), provider.Template{ID: id, Name: name}); err == nil {
			t.Errorf("%q was deleted", id)
		}
		if err := w.send.(provider.TemplateEditor).EditTemplate(t.Context(), provider.Template{ID: id, Name: name}); err == nil {
			t.Errorf("%q was changed", id)
		}
	}
	if after := len(w.sim.Templates("1020304050")); after != before {
		t.Errorf("%d templates of %d", after, before)
	}
}

// Who is blocked does not reach us, and we do not reach them, until they are let in
// again.
func TestBlock(t *testing.T) {
	w := newWorld(t)
	blocker := w.send.(provider.Blocker)
	for _, chat := range []provider.ChatID{maria, tom, fox} {
		w.say(chat, provider.TextContent("hello"))
		w.pass(time.Second)
		key := provider.ChatKey{Account: "shop", Chat: chat}
		if err := blocker.BlockCustomer(t.Context(), key, true); err != nil || !w.sim.Blocked("900800700", chat) {
			t.Fatalf("%s: %v", chat, err)
		}
		w.say(chat, provider.TextContent("hello?"))
		for _, e := range w.pass(time.Second) {
			if m, ok := e.Body.(provider.MessageReceived); ok {
				t.Errorf("%s reaches us: %+v", chat, m)
			}
		}
		_, err := w.out("op", chat, provider.TextContent("hi"))
		if e := provider.AsError("", err); e == nil || e.Reason != provider.Blocked {
			t.Errorf("%s: %v", chat, err)
		}
		if err := blocker.BlockCustomer(t.Context(), key, false); err != nil {
			t.Fatal(err)
		}
		if _, err := w.out("op2", chat, provider.TextContent("hi")); err != nil {
			t.Errorf("%s: %v", chat, err)
		}
	}
	for _, chat := range []provider.ChatID{"DE.ENT.77", "a group", "+49", ""} {
		if e := provider.AsError("", blocker.BlockCustomer(t.Context(), provider.ChatKey{Chat: chat}, true)); e == nil || e.Reason != provider.Invalid {
			t.Errorf("%q: %v", chat, e)
		}
	}
	if err := blocker.BlockCustomer(t.Context(), provider.ChatKey{Chat: gone}, true); err == nil {
		t.Error("who never wrote was blocked")
	}
}

func TestReadHealth(t *testing.T) {
	w := newWorld(t)
	h, err := w.send.(provider.HealthReader).ReadHealth(t.Context())
	if err != nil || h.Quality != "green" || h.Limit != 2000 || h.Status != "connected" || h.Access != "ok" || h.At.IsZero() {
		t.Errorf("%+v, %v", h, err)
	}
	for body, want := range map[string]provider.Reason{
		`{"error":{"code":190}}`:                     provider.Token,
		`{"error":{"code":100,"error_subcode":33}}`:  provider.Restricted,
		`{"error":{"code":10}}`:                      provider.Permission,
		`{"error":{"code":100,"error_subcode":"x"}}`: provider.Invalid,
	} {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, body)
		}))
		_, err := open(t, api.URL).(provider.HealthReader).ReadHealth(t.Context())
		api.Close()
		if e := provider.AsError("", err); e == nil || e.Reason != want || e.Uncertain {
			t.Errorf("%s: %v", body, err)
		}
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }))
	defer api.Close()
	if _, err := open(t, api.URL).(provider.HealthReader).ReadHealth(t.Context()); err == nil {
		t.Error("a page is no health")
	}
}
