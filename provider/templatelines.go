package provider

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Draft is a template as a person writes it, line by line.
type Draft struct {
	// ID is the network's, where the template is to be changed.
	ID                       TemplateID
	Name, Language, Category string
	// Format of the header: "text" or empty, "image", "video", "document", "location".
	// Header is its text, Sample the handle of its file's sample.
	Format, Header, Sample string
	Body, Footer           string
	// Buttons are written "Yes", "Book = https://…/{{1}}", "Call us = +34…" or
	// "code = WINTER10", the last of which copies what stands behind it.
	Buttons []string
	// Examples by the key of the variable; see FieldKey.
	Examples map[string]string
}

const (
	buttonSign = " = "
	// codeWord begins the line of a button that copies a code.
	codeWord = "code"
)

// Template puts the lines together. Nothing is judged: see LintDraft.
func (d *Draft) Template() Template {
	t := Template{ID: d.ID, Name: d.Name, Language: d.Language, Category: d.Category, Status: Pending}
	header := Component{Part: PartHeader, Format: cmp.Or(d.Format, "text"), Text: d.Header}
	if header.Format == "text" {
		header.Examples = d.examplesOf(PartHeader, 0, d.Header)
	} else if header.Text = ""; d.Sample != "" {
		header.Examples = map[string]string{SampleHandle: d.Sample}
	}
	if header.Text != "" || header.Format != "text" {
		t.Components = append(t.Components, header)
	}
	if d.Body != "" {
		t.Components = append(t.Components, Component{Part: PartBody, Text: d.Body, Examples: d.examplesOf(PartBody, 0, d.Body)})
	}
	if d.Footer != "" {
		t.Components = append(t.Components, Component{Part: PartFooter, Text: d.Footer})
	}
	if c := d.buttons(); len(c.Buttons) > 0 {
		t.Components = append(t.Components, c)
	}
	names := append(Variables(header.Text), Variables(d.Body)...)
	t.Named = slices.ContainsFunc(names, func(name string) bool { _, err := strconv.Atoi(name); return err != nil })
	return t
}

// examplesOf are the examples of a text's variables, by their names.
func (d *Draft) examplesOf(part Part, index int, text string) map[string]string {
	var out map[string]string
	for _, name := range Variables(text) {
		if example := d.Examples[FieldKey(part, index, name)]; example != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[name] = example
		}
	}
	return out
}

func (d *Draft) buttons() Component {
	c := Component{Part: PartButton}
	put := func(key, example string) {
		if example == "" {
			return
		}
		if c.Examples == nil {
			c.Examples = map[string]string{}
		}
		c.Examples[key] = example
	}
	for _, said := range d.Buttons {
		if strings.TrimSpace(said) == "" {
			continue
		}
		i, b := len(c.Buttons), TemplateButton{Form: "quick_reply", Text: strings.TrimSpace(said)}
		if at := strings.LastIndex(said, buttonSign); at >= 0 {
			text, leads := strings.TrimSpace(said[:at]), strings.TrimSpace(said[at+len(buttonSign):])
			switch {
			case text == codeWord:
				b = TemplateButton{Form: "copy_code"}
				put(FieldKey(PartButton, i, "code"), leads)
			case strings.HasPrefix(leads, "+"):
				b = TemplateButton{Form: "phone_number", Text: text, Phone: strings.ReplaceAll(leads, " ", "")}
			default:
				b = TemplateButton{Form: "url", Text: text, URL: leads}
			}
		}
		for _, name := range Variables(b.URL) {
			key := FieldKey(PartButton, i, name)
			put(key, d.Examples[key])
		}
		c.Buttons = append(c.Buttons, b)
	}
	return c
}

// DraftOf is a template in lines, to be changed. whole is false for one with parts that
// have no line, which would be lost.
func DraftOf(t *Template) (d Draft, whole bool) {
	d = Draft{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Examples: map[string]string{}}
	whole = !t.Unfillable && !t.Opaque
	for i := range t.Components {
		c := &t.Components[i]
		switch c.Part {
		case PartHeader:
			d.Format, d.Header, d.Sample = c.Format, c.Text, c.Examples[SampleHandle]
		case PartBody:
			d.Body = c.Text
		case PartFooter:
			d.Footer = c.Text
		case PartButton:
			for k, b := range c.Buttons {
				said, ok := buttonLine(c, k, &b)
				d.Buttons, whole = append(d.Buttons, said), whole && ok
			}
			maps.Copy(d.Examples, c.Examples)
		default:
			whole = false
		}
		if c.Part == PartHeader || c.Part == PartBody {
			for name, example := range c.Examples {
				d.Examples[FieldKey(c.Part, 0, name)] = example
			}
		}
	}
	return d, whole
}

func buttonLine(c *Component, i int, b *TemplateButton) (said string, ok bool) {
	switch b.Form {
	case "quick_reply":
		return b.Text, !strings.Contains(b.Text, buttonSign)
	case "url":
		return b.Text + buttonSign + b.URL, true
	case "phone_number":
		return b.Text + buttonSign + "+" + strings.TrimPrefix(b.Phone, "+"), true
	case "copy_code":
		return codeWord + buttonSign + c.Examples[FieldKey(PartButton, i, "code")], true
	}
	return b.Text, false
}

// Wanted are the variables of a draft that need an example, by their keys, in the order
// of its parts.
func (d *Draft) Wanted() []string {
	var keys []string
	if cmp.Or(d.Format, "text") == "text" {
		for _, name := range Variables(d.Header) {
			keys = append(keys, FieldKey(PartHeader, 0, name))
		}
	}
	for _, name := range Variables(d.Body) {
		keys = append(keys, FieldKey(PartBody, 0, name))
	}
	for i, b := range d.buttons().Buttons {
		for _, name := range Variables(b.URL) {
			keys = append(keys, FieldKey(PartButton, i, name))
		}
	}
	return keys
}
