package twilio_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

// readAll reads the body and leaves its form, where it is one.
func readAll(t *testing.T, r *http.Request) []byte {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if r.PostForm, err = url.ParseQuery(string(body)); err != nil {
			t.Error(err)
		}
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return body
}

// load brings in the recorded templates.
func (c *contract) load() {
	c.t.Helper()
	raw, err := os.ReadFile("testdata/contents.json")
	if err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c.contents); err != nil {
		c.t.Fatal(err)
	}
}

// listContents gives two on a page, and the whole address of the next one.
func (c *contract) listContents(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	start := 0
	_, _ = fmt.Sscan(q.Get("Page"), &start)
	end := min(start+2, len(c.contents))
	next := any(nil)
	if end < len(c.contents) {
		q.Set("Page", fmt.Sprint(end))
		next = "https://content.twilio.com/v1/ContentAndApprovals?" + q.Encode()
	}
	c.answer(w, 200, map[string]any{"contents": c.contents[start:end], "meta": map[string]any{"key": "contents", "next_page_url": next, "page_size": 2}})
}

func (c *contract) createContent(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	if json.NewDecoder(r.Body).Decode(&in) != nil || in["language"] == nil || in["types"] == nil {
		c.refuse(w, 400, 20001)
		return
	}
	in["sid"], in["account_sid"] = c.sid("HX"), accountSID
	c.contents = append(c.contents, in)
	c.answer(w, 201, in)
}

func (c *contract) deleteContent(w http.ResponseWriter, r *http.Request) {
	before := len(c.contents)
	c.contents = slices.DeleteFunc(c.contents, func(one map[string]any) bool { return one["sid"] == r.PathValue("sid") })
	if len(c.contents) == before {
		c.refuse(w, 404, 20404)
		return
	}
	w.WriteHeader(204)
}

// approve takes WhatsApp's categories, and names in small letters.
func (c *contract) approve(w http.ResponseWriter, r *http.Request) {
	var in struct{ Name, Category string }
	err := json.NewDecoder(r.Body).Decode(&in)
	known := slices.Contains([]string{"UTILITY", "MARKETING", "AUTHENTICATION"}, in.Category)
	if err != nil || !known || in.Name != strings.ToLower(in.Name) || !c.has(r.PathValue("sid")) {
		c.refuse(w, 400, 20001)
		return
	}
	c.answer(w, 201, map[string]any{"name": in.Name, "category": in.Category, "content_type": "twilio/text", "status": "received", "rejection_reason": ""})
}
