package cloudapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"frontdesk/provider"
)

// paged serves one body per value of the query's after.
func paged(t *testing.T, pages map[string]string) (*Provider, *int) {
	t.Helper()
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Method != http.MethodGet || r.URL.Path != "/v26.0/1020304050/message_templates" {
			t.Errorf("asked %s %s", r.Method, r.URL.Path)
		}
		page, ok := pages[r.URL.Query().Get("after")]
		if !ok {
			w.WriteHeader(http.StatusBadRequest)
			page = `{"error":{"code":100}}`
		}
		_, _ = io.WriteString(w, page)
	}))
	t.Cleanup(s.Close)
	p, err := New(provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: Name},
		Config{PhoneNumberID: "900800700", WABA: "1020304050", BaseURL: s.URL, Version: "v26.0", AccessToken: provider.Hide("EAAtoken")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, &asked
}

func TestTemplatesRecorded(t *testing.T) {
	recorded, err := os.ReadFile("testdata/templates.json")
	if err != nil {
		t.Fatal(err)
	}
	var pages map[string]json.RawMessage
	if err := json.Unmarshal(recorded, &pages); err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for after, page := range pages {
		bodies[after] = string(page)
	}
	p, asked := paged(t, bodies)
	templates, err := p.Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if *asked != len(pages) {
		t.Errorf("%d requests for %d pages", *asked, len(pages))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(templates); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/templates.golden", b.Bytes())
}

func page(id, after string) string {
	return fmt.Sprintf(`{"data":[{"id":%q,"name":"n","language":"de","status":"APPROVED"}],"paging":{"cursors":{"after":%q},"next":"https://elsewhere.example"}}`, id, after)
}

// A listing that leads in a circle, or that breaks off, is an error and never
// half a list.
func TestTemplatesPaging(t *testing.T) {
	endless := map[string]string{"": page("0", "1")}
	for i := 1; i < 1000; i++ {
		endless[fmt.Sprint(i)] = page(fmt.Sprint(i), fmt.Sprint(i+1))
	}
	cases := map[string]struct {
		pages map[string]string
		want  int
		bad   bool
	}{
		"one":           {map[string]string{"": `{"data":[{"id":1,"name":"n","language":"de","status":"APPROVED"}]}`}, 1, false},
		"none":          {map[string]string{"": `{"data":[]}`}, 0, false},
		"same twice":    {map[string]string{"": page("1", "a"), "a": `{"data":[{"id":"1"},{"id":"2"}]}`}, 2, false},
		"no cursor":     {map[string]string{"": `{"data":[{"id":"1"}],"paging":{"next":"https://x"}}`}, 1, false},
		"circle":        {map[string]string{"": page("1", "a"), "a": page("2", "a")}, 0, true},
		"wide circle":   {map[string]string{"": page("1", "a"), "a": page("2", "b"), "b": page("3", "a")}, 0, true},
		"endless":       {endless, 0, true},
		"refused later": {map[string]string{"": page("1", "gone")}, 0, true},
		"broken later":  {map[string]string{"": page("1", "a"), "a": `{"data":[`}, 0, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, asked := paged(t, c.pages)
			templates, err := p.Templates(t.Context())
			if (err != nil) != c.bad || len(templates) != c.want {
				t.Errorf("%d templates, %v", len(templates), err)
			}
			if *asked > maxPages {
				t.Errorf("%d requests", *asked)
			}
			if e := provider.AsError("", err); e != nil && e.Uncertain {
				t.Error("a list is no message: it may be read again")
			}
		})
	}
}
