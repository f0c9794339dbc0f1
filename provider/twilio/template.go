package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// content is a content template with its approval (Twilio, "Content API
// resources").
type content struct {
	SID       string                     `json:"sid"`
	Name      string                     `json:"friendly_name"`
	Language  string                     `json:"language"`
	Variables map[string]json.RawMessage `json:"variables"`
	Types     map[string]json.RawMessage `json:"types"`
	Approval  approval                   `json:"approval_requests"`
}

// UnmarshalJSON reads one of a list. A member of an unexpected form is empty: it
// costs its own template a part, and the others nothing.
func (c *content) UnmarshalJSON(raw []byte) error {
	type plain content
	var form *json.UnmarshalTypeError
	if err := json.Unmarshal(raw, (*plain)(c)); err != nil && !errors.As(err, &form) {
		return err
	}
	return nil
}

// samples are the values given when the template was made.
func (c *content) samples() map[string]string {
	out := make(map[string]string, len(c.Variables))
	for name, raw := range c.Variables {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			out[name] = text
		}
	}
	return out
}

// approval is WhatsApp's word on a template.
type approval struct {
	Name     string `json:"name"`
	Category string `json:"category"`
	Type     string `json:"content_type"`
	Status   string `json:"status"`
	Reason   string `json:"rejection_reason"`
}

// shape is all that a type's members can be, as far as this program shows them.
type shape struct {
	Body       string   `json:"body"`
	Title      string   `json:"title"`
	Subtitle   string   `json:"subtitle"`
	HeaderText string   `json:"header_text"`
	Footer     string   `json:"footer"`
	Media      []string `json:"media"`
	Actions    []action `json:"actions"`
}

type action struct {
	Type  string `json:"type,omitempty"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Phone string `json:"phone,omitempty"`
	ID    string `json:"id,omitempty"`
}

// Templates implements provider.TemplateLister. One template of Twilio's is one
// language.
func (s *sender) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: "/v1/ContentAndApprovals", Query: url.Values{"PageSize": {strconv.Itoa(pageSize)}}}
	var all []provider.Template
	known, visited := map[provider.TemplateID]bool{}, map[string]bool{}
	for len(visited) < maxPages {
		var page struct {
			Contents []content `json:"contents"`
			Meta     struct {
				Next string `json:"next_page_url"`
			} `json:"meta"`
		}
		if _, err := s.get(ctx, s.content, r, &page); err != nil {
			return nil, err
		}
		for i := range page.Contents {
			if t := s.templateIn(&page.Contents[i]); t.ID != "" && !known[t.ID] {
				known[t.ID] = true
				all = append(all, t)
			}
		}
		if page.Meta.Next == "" {
			return all, nil
		}
		visited[r.Query.Encode()] = true
		var err error
		if r.Query, err = nextPage(page.Meta.Next, r.Path); err != nil || visited[r.Query.Encode()] {
			break
		}
	}
	return nil, endless(r.Op, "templates")
}

func (s *sender) templateIn(c *content) provider.Template {
	kind := s.typeOf(c)
	t := provider.Template{
		ID: provider.TemplateID(c.SID), Name: firstOf(c.Approval.Name, c.Name, c.SID), Language: c.Language,
		Category: strings.ToLower(c.Approval.Category), Status: s.statusIn(c, kind), Reason: c.Approval.Reason,
	}
	var in shape
	if json.Unmarshal(c.Types[kind], &in) != nil {
		t.Unfillable, t.Opaque = true, true
		return t
	}
	t.Components = in.components(c.samples())
	names := provider.Variables(string(c.Types[kind]))
	t.Named = slices.ContainsFunc(names, func(name string) bool { return strings.Trim(name, "0123456789") != "" })
	t.Unfillable = !fills(kind) || !covers(&t, names)
	t.Opaque = !fills(kind)
	return t
}

// typeOf is which of a template's forms goes out on the network: the one that was
// approved, the only one, or the plainest.
func (s *sender) typeOf(c *content) string {
	if _, there := c.Types[c.Approval.Type]; there && s.account.Network == provider.WhatsApp {
		return c.Approval.Type
	}
	if len(c.Types) > 1 {
		for _, plain := range []string{"twilio/text", "twilio/media"} {
			if _, there := c.Types[plain]; there {
				return plain
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Types)) {
		return kind
	}
	return ""
}

// statusIn is whether it may be sent. SMS asks nobody; on WhatsApp the words are an
// open set.
func (s *sender) statusIn(c *content, kind string) provider.TemplateStatus {
	if s.account.Network != provider.WhatsApp {
		if kind == "twilio/text" || kind == "twilio/media" {
			return provider.Approved
		}
		return provider.Disabled
	}
	return approvalStatus(c.Approval.Status)
}

// approvalStatus reads WhatsApp's word. One that is not known stays as it is, and
// nothing of it is sent.
func approvalStatus(word string) provider.TemplateStatus {
	switch word = strings.ToLower(word); word {
	case "received", "pending":
		return provider.Pending
	case "":
		return "unsubmitted"
	}
	return provider.TemplateStatus(word) // approved, rejected, paused, disabled, unsubmitted …
}

// fills reports a type whose values this program can give. The others have cards,
// items or a code.
func fills(kind string) bool {
	switch kind {
	case "twilio/text", "twilio/media", "twilio/quick-reply", "twilio/call-to-action", "twilio/card", "whatsapp/card":
		return true
	}
	return false
}

// components shows a type as WhatsApp does. A file is its address, because variables
// stand in it and a value is a part of it.
func (in *shape) components(examples map[string]string) []provider.Component {
	var out []provider.Component
	add := func(part provider.Part, text string) {
		if text != "" {
			out = append(out, provider.Component{Part: part, Format: format(part), Text: text, Examples: exampled(examples, text)})
		}
	}
	add(provider.PartHeader, firstOf(in.HeaderText, strings.Join(in.Media, " ")))
	add(provider.PartBody, firstOf(in.Body, in.Title))
	add(provider.PartFooter, firstOf(in.Footer, in.Subtitle))
	if len(in.Actions) == 0 {
		return out
	}
	c := provider.Component{Part: provider.PartButton}
	for i, a := range in.Actions {
		form := strings.ToLower(firstOf(a.Type, "QUICK_REPLY"))
		c.Buttons = append(c.Buttons, provider.TemplateButton{Form: form, Text: a.Title, URL: a.URL, Phone: a.Phone})
		for _, name := range provider.Variables(a.URL) {
			if c.Examples == nil {
				c.Examples = map[string]string{}
			}
			c.Examples[provider.FieldKey(provider.PartButton, i, name)] = examples[name]
		}
	}
	return append(out, c)
}

func format(part provider.Part) string {
	if part == provider.PartHeader {
		return "text"
	}
	return ""
}

func exampled(examples map[string]string, text string) map[string]string {
	var found map[string]string
	for _, name := range provider.Variables(text) {
		if value := examples[name]; value != "" {
			if found == nil {
				found = map[string]string{}
			}
			found[name] = value
		}
	}
	return found
}

// covers reports that every variable has a field: a missing value is silently what
// the template's sample was.
func covers(t *provider.Template, names []string) bool {
	asked := map[string]bool{}
	for _, f := range t.Fields() {
		asked[f.Name] = true
	}
	return !slices.ContainsFunc(names, func(name string) bool { return !asked[name] })
}
