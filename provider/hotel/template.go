package hotel

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

var (
	_ provider.TemplateLister    = (*Provider)(nil)
	_ provider.TemplateSubmitter = (*Provider)(nil)
)

// Templates implements provider.TemplateLister. The document names no pages.
func (p *Provider) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: root + "/templates"}
	v, a, err := p.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	list, err := listed(r, a, v, "templates")
	if err != nil {
		return nil, err
	}
	var templates []provider.Template
	known := map[provider.TemplateID]bool{}
	for _, element := range list {
		if t := templateIn(element); t.Name != "" && !known[t.ID] {
			known[t.ID] = true
			templates = append(templates, t)
		}
	}
	return templates, nil
}

// Template reads one template by its name, as it is now.
func (p *Provider) Template(ctx context.Context, name string) (provider.Template, error) {
	path, err := resource("template", "/templates/", name, "")
	if err != nil {
		return provider.Template{}, err
	}
	r := rest.Request{Op: "template", Method: http.MethodGet, Path: path}
	v, a, err := p.ask(ctx, r)
	if err != nil {
		return provider.Template{}, err
	}
	t := templateIn(v)
	if t.Name == "" {
		if _, coded := envelopeOf(a.Body); coded {
			return t, refused(r, a)
		}
		return t, rest.NoAnswer(r, errors.New("the answer holds no template"))
	}
	return t, nil
}

// templateIn reads a template. The API has no id of it: name and language are.
func templateIn(v exact.Value) provider.Template {
	t := provider.Template{
		Name: v.Member("name").Text(), Language: v.Member("language").Text(),
		Category: strings.ToLower(v.Member("category").Text()), Status: provider.TemplateStatus(strings.ToLower(v.Member("status").Text())),
	}
	t.ID = templateID(t)
	names := parameterNames(v.Member("parameters"))
	examples := examplesIn(v.Member("example"), names)
	for _, element := range v.Member("components").List() {
		c, whole := componentIn(element, names)
		t.Unfillable = t.Unfillable || !whole
		for _, variable := range provider.Variables(c.Text) {
			if _, err := strconv.Atoi(variable); err != nil {
				t.Named = true
			}
			if value, ok := examples[variable]; ok {
				if c.Examples == nil {
					c.Examples = map[string]string{}
				}
				c.Examples[variable] = value
			}
		}
		t.Components = append(t.Components, c)
	}
	return t
}

func templateID(t provider.Template) provider.TemplateID {
	return provider.TemplateID(t.Name + ":" + t.Language)
}

// componentIn is false for a part that takes values this API documents no way to
// give. {{1}} is the first of the template's parameters: a send gives them by
// name, and an approved text has numbers.
func componentIn(v exact.Value, names []string) (provider.Component, bool) {
	c := provider.Component{
		Part: provider.Part(strings.ToLower(v.Member("type").Text())), Format: strings.ToLower(v.Member("format").Text()),
		Text: provider.Substitute(v.Member("text").Text(), func(number string) (string, bool) {
			i, err := strconv.Atoi(number)
			if err != nil || i < 1 || i > len(names) {
				return "", false
			}
			return "{{" + names[i-1] + "}}", true
		}),
	}
	switch c.Part {
	case provider.PartHeader:
		return c, c.Format == "" || c.Format == "text"
	case provider.PartBody, provider.PartFooter:
		return c, true
	}
	return c, !strings.Contains(string(v.Raw()), "{{")
}

// parameterNames reads a list of names, or of objects that have one; nothing
// where one of them has none, or a name could not be one.
func parameterNames(v exact.Value) []string {
	var names []string
	for _, element := range v.List() {
		name := first(element.Text(), element.Member("name").Text())
		if !templateForm.MatchString(name) {
			return nil
		}
		names = append(names, name)
	}
	return names
}

// examplesIn reads examples by name, or in the order of the parameters.
func examplesIn(v exact.Value, names []string) map[string]string {
	examples := map[string]string{}
	for i, element := range v.List() {
		name := strconv.Itoa(i + 1)
		if i < len(names) {
			name = names[i]
		}
		examples[name] = element.Text()
	}
	if v.Object() && json.Unmarshal(v.Raw(), &examples) != nil {
		return nil // an example is a comfort
	}
	return examples
}

// The body of a template that is submitted.
type (
	templateSubmission struct {
		Name       string           `json:"name"`
		Category   string           `json:"category"`
		Language   string           `json:"language"`
		Components []submissionPart `json:"components"`
	}
	submissionPart struct {
		Type   string `json:"type"`
		Format string `json:"format,omitempty"`
		Text   string `json:"text"`
	}
)

// SubmitTemplate implements provider.TemplateSubmitter, with the admin token.
func (p *Provider) SubmitTemplate(ctx context.Context, t provider.Template) (provider.TemplateID, provider.TemplateStatus, error) {
	body, unfit := submission(t)
	if unfit != nil {
		return "", "", unfit
	}
	r := rest.Request{Op: "submit template", Method: http.MethodPost, Path: root + "/templates", Body: body}
	a, err := p.command(ctx, r)
	if err != nil {
		return "", "", err
	}
	status := provider.Pending
	if v, err := exact.Parse(a.Body, exact.Snake); err == nil && !v.Spoilt() {
		status = provider.TemplateStatus(first(strings.ToLower(v.Member("status").Text()), string(status)))
	}
	return templateID(t), status, nil
}

// submission takes what the document's example has: a text header, a body and a
// footer, with numbered variables.
func submission(t provider.Template) (templateSubmission, *provider.Error) {
	s := templateSubmission{Name: t.Name, Category: strings.ToUpper(t.Category), Language: t.Language}
	refuse := func(text string) (templateSubmission, *provider.Error) {
		return s, &provider.Error{Op: "submit template", Reason: provider.NotSupported, Text: text}
	}
	for _, c := range t.Components {
		switch {
		case c.Part != provider.PartHeader && c.Part != provider.PartBody && c.Part != provider.PartFooter:
			return refuse("The hotel API documents no buttons for a new template. Leave them out, or submit it in the hotel's own system.")
		case c.Part == provider.PartHeader && c.Format != "" && c.Format != "text":
			return refuse("The hotel API documents no file above a new template. Write the header as text.")
		}
		for _, name := range provider.Variables(c.Text) {
			if _, err := strconv.Atoi(name); err != nil {
				return refuse("The hotel API takes the variables of a new template as numbers. Write {{1}}, {{2}} and so on.")
			}
		}
		part := submissionPart{Type: strings.ToUpper(string(c.Part)), Text: c.Text}
		if c.Part == provider.PartHeader {
			part.Format = "TEXT"
		}
		s.Components = append(s.Components, part)
	}
	return s, nil
}
