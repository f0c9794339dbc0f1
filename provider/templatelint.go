package provider

import (
	"maps"
	"slices"
	"strings"
)

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
	ProblemForm    ProblemReason = "form"  // not written as its Form wants it
)

// The longest a filled body and a copied code may be, the latter ones beside an
// offer (Meta, template components; of the code two pages name two numbers).
const (
	maxBody, maxOfferBody = 1024, 600
	maxCode, maxOfferCode = 20, 15
)

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
	body, code := maxBody, maxCode
	if t.offers() {
		body, code = maxOfferBody, maxOfferCode
	}
	known := map[string]bool{}
	for _, f := range t.Fields() {
		known[f.Key()] = true
		if p, bad := lintField(f, values[f.Key()], code); bad {
			problems = append(problems, p)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !known[key] {
			problems = append(problems, Problem{Field: key, Reason: ProblemExtra})
		}
	}
	if n := Runes.Count(t.shown(values).Body); n > body {
		problems = append(problems, Problem{Field: string(PartBody), Reason: ProblemLong, Got: n, Limit: body})
	}
	return problems
}

// offers reports that the template tells for how long an offer holds.
func (t *Template) offers() bool {
	return slices.ContainsFunc(t.Components, func(c Component) bool { return c.Part == PartOffer })
}

func lintField(f Field, v Value, code int) (Problem, bool) {
	p := Problem{Field: f.Key()}
	if f.Media != "" {
		p.Reason = ProblemMedia
		return p, v.Media == nil || (v.Media.ID == "" && v.Media.Link == "")
	}
	v.Form = f.Form
	p.Reason = v.problem()
	if n := Runes.Count(v.Text); p.Reason == "" && f.Form == FormCode && n > code {
		p.Reason, p.Got, p.Limit = ProblemLong, n, code
	}
	return p, p.Reason != ""
}

// problem is what is wrong with what is written.
func (v Value) problem() ProblemReason {
	read, written := v.read(), !blank(v.Text)
	switch v.Form {
	case FormPlace:
		return formProblem(read.Place != nil && read.Place.onEarth(), written || read.Place != nil)
	case FormUntil:
		return formProblem(!read.Until.IsZero(), written)
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
