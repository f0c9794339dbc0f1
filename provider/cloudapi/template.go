package cloudapi

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
	"frontdesk/provider/internal/whatsapp"
)

// pageSize and maxPages bound one listing: an account has at most 6,000
// templates (Meta, "Template management").
const (
	pageSize = 100
	maxPages = 200
)

const templateFields = "id,name,language,category,status,parameter_format,rejected_reason,components"

// Templates implements provider.TemplateLister. It follows every page, and
// stops where Meta leads it in a circle.
func (p *Provider) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: p.path(p.config.WABA, "message_templates")}
	var templates []provider.Template
	known := map[provider.TemplateID]bool{}
	visited := map[string]bool{}
	for after := ""; len(visited) < maxPages && !visited[after]; {
		visited[after] = true
		r.Query = url.Values{"fields": {templateFields}, "limit": {strconv.Itoa(pageSize)}}
		if after != "" {
			r.Query.Set("after", after)
		}
		page, err := p.page(ctx, r)
		if err != nil {
			return nil, err
		}
		for i := range page.Data {
			if t := templateIn(&page.Data[i]); !known[t.ID] {
				known[t.ID] = true
				templates = append(templates, t)
			}
		}
		if page.Paging == nil || page.Paging.Next == "" || page.Paging.Cursors.After == "" {
			return templates, nil
		}
		after = page.Paging.Cursors.After
	}
	return nil, &provider.Error{
		Op: r.Op, Reason: provider.Unavailable, Err: errors.New("the pages have no end"),
		Text: "WhatsApp's list of templates has no end. Try again later.",
	}
}

func (p *Provider) page(ctx context.Context, r rest.Request) (*whatsapp.TemplatePage, error) {
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		return nil, refused(r, a)
	}
	var page whatsapp.TemplatePage
	if err := json.Unmarshal(a.Body, &page); err != nil {
		return nil, rest.NoAnswer(r, errors.New("the answer is not the JSON of a template list"))
	}
	return &page, nil
}

func templateIn(t *whatsapp.Template) provider.Template {
	out := provider.Template{
		ID: provider.TemplateID(t.ID), Name: t.Name, Language: language(t.Language),
		Category: strings.ToLower(t.Category), Reason: reason(t.RejectedReason), Named: strings.EqualFold(t.ParameterFormat, "NAMED"),
	}
	status, known := templateEvent(t.Status)
	if !known {
		status = provider.TemplateStatus(strings.ToLower(t.Status))
	}
	out.Status = status
	for i := range t.Components {
		c, whole := componentIn(&t.Components[i])
		out.Unfillable = out.Unfillable || !whole
		out.Components = append(out.Components, c)
	}
	return out
}

// componentIn is false for a part with values this program cannot give, such
// as a carousel or a coupon code: the template must not be offered as if it
// could be filled.
func componentIn(c *whatsapp.Component) (provider.Component, bool) {
	out := provider.Component{Part: provider.Part(strings.ToLower(c.Type)), Format: strings.ToLower(c.Format), Text: c.Text}
	whole := true
	switch out.Part {
	case "buttons":
		out.Part = provider.PartButton
	case provider.PartHeader:
		whole = headerFits(out.Format)
	case provider.PartBody, provider.PartFooter:
	default:
		whole = false
	}
	out.Examples = examples(c, out.Part)
	for i, b := range c.Buttons {
		button := provider.TemplateButton{Form: strings.ToLower(b.Type), Text: b.Text, URL: b.URL, Phone: b.Phone}
		whole = whole && buttonFits(button.Form)
		out.Buttons = append(out.Buttons, button)
		out.Examples = urlExample(out.Examples, i, b)
	}
	return out, whole
}

func headerFits(format string) bool {
	switch format {
	case "", "text", "image", "video", "document":
		return true
	}
	return false
}

func buttonFits(form string) bool {
	switch form {
	case "quick_reply", "url", "phone_number", "voice_call", "catalog":
		return true
	}
	return false
}

// examples maps variables to the values given at approval.
func examples(c *whatsapp.Component, part provider.Part) map[string]string {
	if c.Example == nil {
		return nil
	}
	found := map[string]string{}
	named, positional := c.Example.BodyNamed, []string(nil)
	if len(c.Example.BodyText) > 0 {
		positional = c.Example.BodyText[0]
	}
	if part == provider.PartHeader {
		named, positional = c.Example.HeaderNamed, c.Example.HeaderText
	}
	for i, value := range positional {
		found[strconv.Itoa(i+1)] = value
	}
	for _, n := range named {
		found[n.Name] = n.Example
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// urlExample adds what stands where a URL's variable stood. Meta gives the
// whole URL.
func urlExample(found map[string]string, i int, b whatsapp.Button) map[string]string {
	names := provider.Variables(b.URL)
	if len(names) != 1 || len(b.Example) == 0 {
		return found
	}
	if found == nil {
		found = map[string]string{}
	}
	prefix, _, _ := strings.Cut(b.URL, "{{")
	found[provider.FieldKey(provider.PartButton, i, names[0])] = strings.TrimPrefix(b.Example[0], prefix)
	return found
}

// templateEvent reads a template's status and the events of its webhook; false
// for a word that says nothing about whether it may be sent.
func templateEvent(word string) (provider.TemplateStatus, bool) {
	switch word {
	case "APPROVED", "REINSTATED", "FLAGGED", "UNARCHIVED":
		return provider.Approved, true
	case "PENDING", "IN_APPEAL":
		return provider.Pending, true
	case "REJECTED":
		return provider.Refused, true
	case "PAUSED":
		return provider.Paused, true
	case "DISABLED", "LIMIT_EXCEEDED", "LOCKED", "ARCHIVED":
		return provider.Disabled, true
	case "DELETED", "PENDING_DELETION":
		return provider.Deleted, true
	}
	return "", false
}

// reason drops Meta's word for none.
func reason(s string) string {
	if s == "NONE" {
		return ""
	}
	return s
}

// language spells a code as templates do: webhooks have been seen to write
// en-US for en_US.
func language(code string) string { return strings.ReplaceAll(code, "-", "_") }

// templateOut names a template and gives its values.
func templateOut(t *provider.TemplateMessage) (*whatsapp.SendTemplate, error) {
	if t == nil || t.Name == "" || t.Language == "" {
		return nil, errors.New("it names no template")
	}
	s := &whatsapp.SendTemplate{Name: t.Name, Language: whatsapp.Language{Code: t.Language}}
	for _, part := range []provider.Part{provider.PartHeader, provider.PartBody} {
		c := whatsapp.SendComponent{Type: string(part)}
		for _, v := range valuesOf(t, part) {
			c.Parameters = append(c.Parameters, parameter(v, t.Named))
		}
		if len(c.Parameters) > 0 {
			s.Components = append(s.Components, c)
		}
	}
	s.Components = append(s.Components, buttonValues(t)...)
	return s, nil
}

// valuesOf returns a part's values in the order Meta wants: variables {{1}},
// {{2}} … by number, wherever the text has them.
func valuesOf(t *provider.TemplateMessage, part provider.Part) []provider.Value {
	var values []provider.Value
	for _, v := range t.Values {
		if v.Part == part {
			values = append(values, v)
		}
	}
	if !t.Named {
		slices.SortStableFunc(values, func(a, b provider.Value) int { return place(a.Name) - place(b.Name) })
	}
	return values
}

func place(name string) int {
	n, err := strconv.Atoi(name)
	if err != nil {
		return 0
	}
	return n
}

func parameter(v provider.Value, named bool) whatsapp.Parameter {
	if v.Media != nil {
		return mediaParameter(v)
	}
	p := whatsapp.Parameter{Type: "text", Text: v.Text}
	if named {
		p.ParameterName = v.Name
	}
	return p
}

func mediaParameter(v provider.Value) whatsapp.Parameter {
	file := fileOut(v.Media)
	switch headerKind(v) {
	case provider.Image:
		return whatsapp.Parameter{Type: "image", Image: file}
	case provider.Video:
		return whatsapp.Parameter{Type: "video", Video: file}
	}
	file.Filename = v.Media.Name
	return whatsapp.Parameter{Type: "document", Document: file}
}

func headerKind(v provider.Value) provider.ContentKind {
	switch {
	case v.Kind != "":
		return v.Kind
	case strings.HasPrefix(v.Media.MIME, "image/"):
		return provider.Image
	case strings.HasPrefix(v.Media.MIME, "video/"):
		return provider.Video
	}
	return provider.Document
}

func buttonValues(t *provider.TemplateMessage) []whatsapp.SendComponent {
	at := map[int]whatsapp.SendComponent{}
	for i, payload := range t.Payloads {
		at[i] = button("quick_reply", i, whatsapp.Parameter{Type: "payload", Payload: payload})
	}
	for _, v := range valuesOf(t, provider.PartButton) {
		at[v.Index] = button("url", v.Index, whatsapp.Parameter{Type: "text", Text: v.Text})
	}
	var out []whatsapp.SendComponent
	for _, i := range slices.Sorted(maps.Keys(at)) {
		out = append(out, at[i])
	}
	return out
}

func button(form string, i int, p whatsapp.Parameter) whatsapp.SendComponent {
	return whatsapp.SendComponent{
		Type: "button", SubType: form, Index: whatsapp.ID(strconv.Itoa(i)),
		Parameters: []whatsapp.Parameter{p},
	}
}
