package provider

import (
	"encoding/json"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Problem is one thing the network would refuse in a filled template.
type Problem struct {
	// Field is the key of the variable; empty for the template as a whole.
	Field  string
	Reason ProblemReason
	Got    int64
	Limit  int64
	// Form is how the variable is written; Of which part of it is meant, where it
	// has several ("latitude").
	Form Form
	Of   string
	// Types are the MIME types that would be taken, where Reason is ProblemType.
	Types []string
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
	ProblemForm    ProblemReason = "form"  // not written as its Form wants it

	ProblemLanguage ProblemReason = "language" // the template names no language, or something else as one
	ProblemName     ProblemReason = "name"     // what no template is called
	ProblemPast     ProblemReason = "past"     // an offer that has ended
	ProblemLink     ProblemReason = "link"     // a file's address that is none
	ProblemType     ProblemReason = "type"     // a file of a type that is not taken
	ProblemSize     ProblemReason = "size"     // a file that is too large
)

// The longest a filled body and a copied code may be, the latter ones beside an
// offer (Meta, template components; of the code two pages name two numbers).
const (
	maxBody, maxOfferBody = 1024, 600
	maxCode, maxOfferCode = 20, 15
)

// Lint returns everything the network would refuse whoever sends it, in the order
// of the fields. Capabilities.Lint knows the account as well.
func (t *Template) Lint(values map[string]Value) []Problem {
	return t.lint(values, func(Field, Value) (Problem, bool) { return Problem{}, false })
}

// Lint returns everything the network would refuse of this account at now, in the
// order of the fields: the picker shows it, and the simulator enforces it. Check
// says the same of the message that Fill makes.
func (c *Capabilities) Lint(t *Template, values map[string]Value, now time.Time) []Problem {
	return t.lint(values, func(f Field, v Value) (Problem, bool) {
		p := c.valueProblem(v.of(f).read(), now)
		p.Field, p.Form = f.Key(), f.Form
		return p, p.Reason != ""
	})
}

// lint asks further of each value that is not wrong by itself.
func (t *Template) lint(values map[string]Value, further func(Field, Value) (Problem, bool)) []Problem {
	var problems []Problem
	if t.Status != Approved {
		problems = append(problems, Problem{Reason: ProblemStatus})
	}
	if t.Unfillable {
		problems = append(problems, Problem{Reason: ProblemParts})
	}
	if t.Language == "" {
		problems = append(problems, Problem{Reason: ProblemLanguage})
	}
	body, code := maxBody, maxCode
	if t.offers() {
		body, code = maxOfferBody, maxOfferCode
	}
	known := map[string]bool{}
	for _, f := range t.Fields() {
		known[f.Key()] = true
		p, bad := lintField(f, values[f.Key()], code)
		if !bad {
			p, bad = further(f, values[f.Key()])
		}
		if bad {
			problems = append(problems, p)
		}
	}
	for _, f := range t.Options() {
		known[f.Key()] = true
		if p := (Problem{Field: f.Key(), Form: f.Form, Reason: values[f.Key()].of(f).problem()}); p.Reason != "" {
			problems = append(problems, p)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !known[key] {
			problems = append(problems, Problem{Field: key, Reason: ProblemExtra})
		}
	}
	if n := Runes.Count(t.shown(values).Body); n > body {
		problems = append(problems, Problem{Field: string(PartBody), Reason: ProblemLong, Got: int64(n), Limit: int64(body)})
	}
	return problems
}

// offers reports that the template tells for how long an offer holds.
func (t *Template) offers() bool {
	return slices.ContainsFunc(t.Components, func(c Component) bool { return c.Part == PartOffer })
}

func lintField(f Field, v Value, code int) (Problem, bool) {
	v = v.of(f)
	p := Problem{Field: f.Key(), Form: v.Form}
	if f.Media != "" {
		p.Reason = mediaProblem(v.Media)
		return p, p.Reason != ""
	}
	if p.Reason = v.problem(); v.Form == FormPlace {
		_, p.Of = v.placeProblem()
	}
	if n := Runes.Count(v.Text); p.Reason == "" && f.Form == FormCode && n > code {
		p.Reason, p.Got, p.Limit = ProblemLong, int64(n), int64(code)
	}
	return p, p.Reason != ""
}

// mediaProblem is what is wrong with how a header's file is named.
func mediaProblem(m *Media) ProblemReason {
	switch {
	case m == nil || m.ID == "" && m.Link == "":
		return ProblemMedia
	case m.ID == "" && !address(m.Link):
		return ProblemLink
	}
	return ""
}

// address reports what a network could fetch a file from.
func address(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && !strings.ContainsAny(link, " \t\r\n")
}

// valueProblem is what this account's network refuses at now of a value that is
// right by itself: its file's type and size, as far as they are known, and an end
// that is over.
func (c *Capabilities) valueProblem(v Value, now time.Time) (p Problem) {
	if !v.Until.IsZero() && !now.Before(v.Until) {
		p.Reason = ProblemPast
	}
	if v.Media == nil || v.Kind == "" {
		return p
	}
	rule, mime := c.Media[v.Kind], v.Media.MIME
	if mime == "" {
		mime = typeOfName(v.Media.Link)
	}
	limit, taken := rule.Types[mime]
	switch {
	case mime != "" && len(rule.Types) > 0 && !taken:
		p.Reason, p.Types = ProblemType, slices.Sorted(maps.Keys(rule.Types))
	case limit > 0 && v.Media.Size > limit:
		p.Reason, p.Got, p.Limit = ProblemSize, v.Media.Size, limit
	case rule.Max > 0 && v.Media.Size > rule.Max:
		p.Reason, p.Got, p.Limit = ProblemSize, v.Media.Size, rule.Max
	}
	return p
}

// typeOfName is the type that an address says its file has by its ending; empty
// where it says none that is known. What the file is its server decides.
func typeOfName(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return map[string]string{
		".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp",
		".svg": "image/svg+xml", ".heic": "image/heic", ".bmp": "image/bmp", ".tiff": "image/tiff",
		".mp4": "video/mp4", ".3gp": "video/3gpp", ".mov": "video/quicktime", ".webm": "video/webm", ".avi": "video/x-msvideo",
		".pdf": "application/pdf", ".txt": "text/plain", ".zip": "application/zip",
	}[strings.ToLower(path.Ext(u.Path))]
}

// problem is what is wrong with what is written.
func (v Value) problem() ProblemReason {
	read, written := v.read(), !blank(v.Text)
	switch v.Form {
	case FormPlace:
		reason, _ := v.placeProblem()
		return reason
	case FormUntil:
		return formProblem(!read.Until.IsZero(), written)
	case FormMoney:
		return formProblem(read.Money != nil && currency(read.Money.Currency) && written, written)
	case FormPayload, FormFlow:
		return optionProblem(v)
	}
	return lintText(v.Text)
}

func formProblem(good, written bool) ProblemReason {
	switch {
	case good:
		return ""
	case written:
		return ProblemForm
	}
	return ProblemMissing
}

// optionProblem: what was left out is right, and a flow's data are one JSON object.
func optionProblem(v Value) ProblemReason {
	var object map[string]json.RawMessage
	if v.Text != "" && v.Name == FlowData && json.Unmarshal([]byte(v.Text), &object) != nil {
		return ProblemForm
	}
	return ""
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
		if v.Media == nil && v.problem() != "" {
			return &Refusal{Reason: RefusedValue, Part: v.Key()}
		}
	}
	return nil
}

// checkTemplate is Lint's word on a message that is filled already.
func (c *Capabilities) checkTemplate(m *TemplateMessage, now time.Time) *Refusal {
	if r := checkValues(m); r != nil {
		return r
	}
	for _, v := range m.Values {
		p := c.valueProblem(v, now)
		if v.Media != nil && p.Reason == "" {
			p.Reason = mediaProblem(v.Media)
		}
		switch p.Reason {
		case "":
		case ProblemPast:
			return &Refusal{Reason: RefusedPast, Part: v.Key()}
		case ProblemSize:
			return &Refusal{Reason: RefusedSize, Part: string(v.Kind), Got: p.Got, Limit: p.Limit, Unit: Bytes}
		case ProblemType:
			return &Refusal{Reason: RefusedMIME, Part: string(v.Kind)}
		default:
			return &Refusal{Reason: RefusedEmpty, Part: "file of " + v.Key()}
		}
	}
	return nil
}
