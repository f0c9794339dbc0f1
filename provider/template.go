package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// TemplateStatus is the network's word on a template. Only Approved may be
// sent.
type TemplateStatus string

// The statuses a template may have.
const (
	Approved TemplateStatus = "approved"
	Pending  TemplateStatus = "pending"
	Refused  TemplateStatus = "rejected"
	Paused   TemplateStatus = "paused"
	Disabled TemplateStatus = "disabled"
	Deleted  TemplateStatus = "deleted"
)

// Template is a message approved in advance: what may go when the window has
// closed.
type Template struct {
	ID       TemplateID     `json:"id"`
	Name     string         `json:"name"`
	Language string         `json:"language"`
	Category string         `json:"category"`
	Status   TemplateStatus `json:"status"`
	// Reason is why it is not approved, in the network's words.
	Reason string `json:"reason,omitempty"`
	// Named means variables are {{name}}; otherwise {{1}}, {{2}} ….
	Named      bool        `json:"named,omitempty"`
	Components []Component `json:"components"`
	// Opaque means that the API does not show the wording: nothing may be
	// previewed.
	Opaque bool `json:"opaque,omitempty"`
	// FilledBy names the system that fills the variables itself ("PropOps"): then
	// values are neither asked for nor known.
	FilledBy string `json:"filled_by,omitempty"`
	// Filled names the variables FilledBy fills, as far as the API tells.
	Filled []string `json:"filled,omitempty"`
	// About is what the API says the template is for, where its wording is not
	// shown.
	About string `json:"about,omitempty"`
	// Unfillable means that it has parts whose values this program cannot give
	// (a carousel, a coupon code): it can be shown, and Lint refuses it.
	Unfillable bool `json:"unfillable,omitempty"`
}

// Part names a component of a template.
type Part string

// The parts of a template.
const (
	PartHeader Part = "header"
	PartBody   Part = "body"
	PartFooter Part = "footer"
	PartButton Part = "button"
)

// Component is one part of a template as approved.
type Component struct {
	Part Part `json:"part"`
	// Format of a header: "text", "image", "video", "document", "location".
	Format string `json:"format,omitempty"`
	Text   string `json:"text,omitempty"`
	// Buttons in the order of the template, when Part is Button.
	Buttons []TemplateButton `json:"buttons,omitempty"`
	// Examples maps a variable to the value given at approval.
	Examples map[string]string `json:"examples,omitempty"`
}

// TemplateButton is a button of a template. Form is "quick_reply", "url",
// "phone_number" or "copy_code".
type TemplateButton struct {
	Form string `json:"form"`
	Text string `json:"text"`
	// URL may end in {{1}}.
	URL   string `json:"url,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Value fills one variable of a template.
type Value struct {
	Part Part `json:"part"`
	// Index is the button's place, 0 elsewhere.
	Index int `json:"index,omitempty"`
	// Name is the variable: "1", "2" … or a name.
	Name  string `json:"name"`
	Text  string `json:"text,omitempty"`
	Media *Media `json:"media,omitempty"`
	// Kind of the file a media header takes; Fill sets it.
	Kind ContentKind `json:"kind,omitempty"`
}

// Key identifies the variable a value fills.
func (v Value) Key() string { return FieldKey(v.Part, v.Index, v.Name) }

// FieldKey names a variable of a template: "body.1", "button0.1", "header.1".
func FieldKey(part Part, index int, name string) string {
	if part == PartButton {
		return fmt.Sprintf("%s%d.%s", part, index, name)
	}
	return string(part) + "." + name
}

// TemplateMessage is a template as it goes out.
type TemplateMessage struct {
	// ID is the network's, for APIs that send by it.
	ID       TemplateID `json:"id,omitempty"`
	Name     string     `json:"name"`
	Language string     `json:"language"`
	Category string     `json:"category,omitempty"`
	Named    bool       `json:"named,omitempty"`
	Values   []Value    `json:"values,omitempty"`
	// Payloads are sent back when the customer taps quick reply i.
	Payloads map[int]string `json:"payloads,omitempty"`
	// Shown is the message as the customer sees it, for our own screens.
	Shown Shown `json:"shown"`
}

// Shown is a filled template as the customer sees it.
type Shown struct {
	Header  string   `json:"header,omitempty"`
	Media   *Media   `json:"media,omitempty"`
	Body    string   `json:"body"`
	Footer  string   `json:"footer,omitempty"`
	Buttons []string `json:"buttons,omitempty"`
	// FilledBy is set where another system makes the wording: then we know none,
	// and nothing above is set. FilledFrom is what it makes it from: "job 1050".
	FilledBy   string `json:"filled_by,omitempty"`
	FilledFrom string `json:"filled_from,omitempty"`
}

// Text returns the body as the customer sees it, or where the wording is not
// known to us who fills it and from what.
func (s *Shown) Text() string {
	switch {
	case s.FilledBy == "":
		return s.Body
	case s.FilledFrom == "":
		return "filled by " + s.FilledBy
	}
	return "filled by " + s.FilledBy + " from " + s.FilledFrom
}

// Field is one variable to fill, in the order the template shows them.
type Field struct {
	Part  Part
	Index int
	Name  string
	// Media is the kind of file a media header needs; empty for text.
	Media   ContentKind
	Example string
}

// Key identifies the field; see FieldKey.
func (f Field) Key() string { return FieldKey(f.Part, f.Index, f.Name) }

// Fields returns every variable of the template.
func (t *Template) Fields() []Field {
	if t.FilledBy != "" {
		return nil
	}
	var fields []Field
	for _, c := range t.Components {
		fields = append(fields, c.fields()...)
	}
	return fields
}

func (c *Component) fields() []Field {
	if c.Part == PartHeader && c.Format != "" && c.Format != "text" {
		return []Field{{Part: PartHeader, Name: "1", Media: ContentKind(c.Format)}}
	}
	var fields []Field
	for _, name := range Variables(c.Text) {
		fields = append(fields, Field{Part: c.Part, Name: name, Example: c.Examples[name]})
	}
	for i, b := range c.Buttons {
		for _, name := range Variables(b.URL) {
			fields = append(fields, Field{Part: PartButton, Index: i, Name: name, Example: c.Examples[FieldKey(PartButton, i, name)]})
		}
	}
	return fields
}

// Variables returns the distinct {{…}} names of a text in order.
func Variables(text string) []string {
	var names []string
	seen := map[string]bool{}
	for {
		_, rest, ok := strings.Cut(text, "{{")
		if !ok {
			return names
		}
		name, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return names
		}
		if name = strings.TrimSpace(name); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
		text = after
	}
}

// Substitute replaces each {{name}} once, in a single pass, so that a value
// that looks like a variable stays what it is. A variable without a value
// stays visible.
func Substitute(text string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}}")
		if !ok {
			b.WriteString("{{" + rest)
			return b.String()
		}
		if v, found := value(strings.TrimSpace(name)); found {
			b.WriteString(v)
		} else {
			b.WriteString("{{" + name + "}}")
		}
		text = after
	}
}

// Fill returns the message the template makes of the values, keyed as in
// FieldKey, together with what the customer will see. It judges nothing; see
// Lint.
func (t *Template) Fill(values map[string]Value) TemplateMessage {
	m := TemplateMessage{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Named: t.Named}
	for _, f := range t.Fields() {
		if v, ok := values[f.Key()]; ok {
			v.Part, v.Index, v.Name, v.Kind = f.Part, f.Index, f.Name, f.Media
			m.Values = append(m.Values, v)
		}
	}
	m.Shown = t.shown(values)
	return m
}

func (t *Template) shown(values map[string]Value) Shown {
	if t.FilledBy != "" {
		return Shown{FilledBy: t.FilledBy}
	}
	var s Shown
	for i := range t.Components {
		c := &t.Components[i]
		text := Substitute(c.Text, func(name string) (string, bool) {
			v, ok := values[FieldKey(c.Part, 0, name)]
			return v.Text, ok && v.Text != ""
		})
		switch c.Part {
		case PartHeader:
			s.Header, s.Media = text, values[FieldKey(PartHeader, 0, "1")].Media
		case PartBody:
			s.Body = text
		case PartFooter:
			s.Footer = text
		case PartButton:
			for _, b := range c.Buttons {
				s.Buttons = append(s.Buttons, b.Text)
			}
		}
	}
	return s
}

// Problem is one thing the network would refuse in a filled template.
type Problem struct {
	// Field is the key of the variable; empty for the template as a whole.
	Field  string
	Reason ProblemReason
	Got    int
	Limit  int
}

// ProblemReason is what is wrong.
type ProblemReason string

// The problems Lint finds.
const (
	ProblemStatus  ProblemReason = "status"  // the template is not approved
	ProblemMissing ProblemReason = "missing" // no value, or an empty one
	ProblemBreak   ProblemReason = "break"   // a line break in a value
	ProblemTab     ProblemReason = "tab"
	ProblemSpaces  ProblemReason = "spaces" // more than four spaces in a row
	ProblemLong    ProblemReason = "long"
	ProblemMedia   ProblemReason = "media" // a media header without its file
	ProblemExtra   ProblemReason = "extra" // a value for no variable
	ProblemParts   ProblemReason = "parts" // parts this program cannot fill
)

// maxBody is the longest a filled body may be (Meta, template components).
const maxBody = 1024

// Lint returns everything the network would refuse, in the order of the
// fields. The picker shows it and the simulator enforces it.
func (t *Template) Lint(values map[string]Value) []Problem {
	var problems []Problem
	if t.Status != Approved {
		problems = append(problems, Problem{Reason: ProblemStatus})
	}
	if t.Unfillable {
		problems = append(problems, Problem{Reason: ProblemParts})
	}
	known := map[string]bool{}
	for _, f := range t.Fields() {
		known[f.Key()] = true
		if p, bad := lintField(f, values[f.Key()]); bad {
			problems = append(problems, p)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !known[key] {
			problems = append(problems, Problem{Field: key, Reason: ProblemExtra})
		}
	}
	if n := Runes.Count(t.shown(values).Body); n > maxBody {
		problems = append(problems, Problem{Field: string(PartBody), Reason: ProblemLong, Got: n, Limit: maxBody})
	}
	return problems
}

func lintField(f Field, v Value) (Problem, bool) {
	p := Problem{Field: f.Key()}
	if f.Media != "" {
		p.Reason = ProblemMedia
		return p, v.Media == nil || (v.Media.ID == "" && v.Media.Link == "")
	}
	p.Reason = lintText(v.Text)
	return p, p.Reason != ""
}

// lintText holds WhatsApp's rules for a value (error 132018): not empty, no
// line break, no tab, at most four spaces in a row.
func lintText(s string) ProblemReason {
	switch {
	case blank(s):
		return ProblemMissing
	case strings.ContainsAny(s, "\n\r"):
		return ProblemBreak
	case strings.Contains(s, "\t"):
		return ProblemTab
	case strings.Contains(s, "     "):
		return ProblemSpaces
	}
	return ""
}

func checkValues(m *TemplateMessage) *Refusal {
	if m == nil || m.Name == "" {
		return &Refusal{Reason: RefusedEmpty, Part: string(Templated)}
	}
	for _, v := range m.Values {
		if v.Media == nil && lintText(v.Text) != "" {
			return &Refusal{Reason: RefusedValue, Part: v.Key()}
		}
	}
	return nil
}
