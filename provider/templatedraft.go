package provider

import (
	"slices"
	"strconv"
	"strings"
)

// Limits of what may be submitted on WhatsApp (Meta, "Template components").
const (
	maxHeaderText = 60
	maxFooterText = 60
	maxButtons    = 10
	maxLabel      = 25
	maxButtonURL  = 2000
	maxPhone      = 20
)

// The problems LintDraft finds besides those of a filled template.
const (
	ProblemCategory ProblemReason = "category" // none of marketing, utility and authentication
	ProblemEnds     ProblemReason = "ends"     // a body that begins or ends with a variable
	ProblemOrder    ProblemReason = "order"    // numbers that are not 1, 2, 3
	ProblemNames    ProblemReason = "names"    // a variable's name, or names beside numbers
	ProblemBeside   ProblemReason = "beside"   // two variables without a word between them
	ProblemNone     ProblemReason = "none"     // a variable where none may be
	ProblemMany     ProblemReason = "many"     // more of it than may be
	ProblemApart    ProblemReason = "apart"    // quick replies that do not stand together
	ProblemSample   ProblemReason = "sample"   // a file in the header without a sample
	ProblemTaken    ProblemReason = "taken"    // there is one of this name in this language
	ProblemFixed    ProblemReason = "fixed"    // what cannot be changed once it is approved
	// ProblemStatus of a draft: one in this state cannot be changed.
)

// The fields of a Problem of LintDraft, besides those of buttons ("button0") and of
// examples (ExampleField).
const (
	DraftName     = "name"
	DraftLanguage = "language"
	DraftCategory = "category"
	DraftHeader   = string(PartHeader)
	DraftBody     = string(PartBody)
	DraftFooter   = string(PartFooter)
)

// Categories returns what a template may be submitted as.
func Categories() []string { return []string{"marketing", "utility", "authentication"} }

// ButtonField is the field of a button as a whole, from 0.
func ButtonField(i int) string { return "button" + strconv.Itoa(i) }

// ExampleField is the field of a variable's example.
func ExampleField(part Part, index int, name string) string {
	return "example." + FieldKey(part, index, name)
}

// LintDraft returns what the network would refuse of a template that is to be
// submitted, or changed where it has an id, in the order of its parts. known are the
// account's templates as far as they are. The rules are WhatsApp's; of other networks
// only what every template needs is asked.
func (c *Capabilities) LintDraft(t *Template, known []Template) []Problem {
	d := draft{t: t, whatsapp: c.Network == WhatsApp}
	d.identity(known)
	bodies := 0
	for i := range t.Components {
		part := &t.Components[i]
		switch part.Part {
		case PartHeader:
			d.header(part)
		case PartBody:
			bodies++
			d.body(part)
		case PartFooter:
			d.footer(part)
		case PartButton:
			d.buttons(part)
		}
	}
	if bodies == 0 {
		d.add(DraftBody, ProblemMissing)
	}
	if bodies > 1 {
		d.over(DraftBody, ProblemMany, bodies, 1)
	}
	return d.found
}

// draft is one being judged.
type draft struct {
	t        *Template
	whatsapp bool
	found    []Problem
}

func (d *draft) add(field string, reason ProblemReason) {
	if reason != "" {
		d.found = append(d.found, Problem{Field: field, Reason: reason})
	}
}

// over notes more of something than there may be.
func (d *draft) over(field string, reason ProblemReason, got, limit int) {
	if got > limit {
		d.found = append(d.found, Problem{Field: field, Reason: reason, Got: int64(got), Limit: int64(limit)})
	}
}

func (d *draft) identity(known []Template) {
	t := d.t
	name, language := nameProblem(t.Name), languageProblem(t.Language)
	if !d.whatsapp {
		name, language = missing(t.Name), missing(t.Language)
	}
	same := func(k Template) bool {
		return k.Name == t.Name && k.Language == t.Language && k.Status != Deleted && (t.ID == "" || k.ID != t.ID)
	}
	if name == "" && slices.ContainsFunc(known, same) {
		name = ProblemTaken
	}
	d.add(DraftName, name)
	d.add(DraftLanguage, language)
	was := slices.IndexFunc(known, func(k Template) bool { return t.ID != "" && k.ID == t.ID })
	if was >= 0 && d.whatsapp && !slices.Contains([]TemplateStatus{Approved, Refused, Paused}, known[was].Status) {
		d.add("", ProblemStatus)
	}
	switch {
	case !d.whatsapp:
	case !slices.Contains(Categories(), t.Category):
		d.add(DraftCategory, ProblemCategory)
	case was >= 0 && known[was].Status == Approved && known[was].Category != t.Category:
		d.add(DraftCategory, ProblemFixed)
	}
}

func missing(text string) ProblemReason {
	if blank(text) {
		return ProblemMissing
	}
	return ""
}

func (d *draft) header(c *Component) {
	switch c.Format {
	case "", "text":
		d.text(c, DraftHeader, maxHeaderText)
		if d.whatsapp {
			d.over(DraftHeader, ProblemMany, len(Variables(c.Text)), 1)
		}
	case "image", "video", "document":
		if c.Examples[SampleHandle] == "" {
			d.add(DraftHeader, ProblemSample)
		}
	case "location":
	default:
		d.add(DraftHeader, ProblemForm)
	}
}

func (d *draft) body(c *Component) {
	limit := maxBody
	if d.t.offers() {
		limit = maxOfferBody
	}
	d.text(c, DraftBody, limit)
	text := strings.TrimSpace(c.Text)
	if names := Variables(c.Text); d.whatsapp && len(names) > 0 {
		if strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}") {
			d.add(DraftBody, ProblemEnds)
		}
		if beside(text) {
			d.add(DraftBody, ProblemBeside)
		}
	}
}

// beside reports two variables with nothing but blanks between them.
func beside(text string) bool {
	for {
		_, rest, ok := strings.Cut(text, "}}")
		if !ok {
			return false
		}
		if strings.HasPrefix(strings.TrimSpace(rest), "{{") {
			return true
		}
		text = rest
	}
}

func (d *draft) footer(c *Component) {
	if blank(c.Text) {
		d.add(DraftFooter, ProblemMissing)
	}
	if d.whatsapp {
		d.over(DraftFooter, ProblemLong, Runes.Count(c.Text), maxFooterText)
		if len(Variables(c.Text)) > 0 {
			d.add(DraftFooter, ProblemNone)
		}
	}
}

// text judges a text and its variables, each of which needs an example.
func (d *draft) text(c *Component, field string, limit int) {
	if blank(c.Text) {
		d.add(field, ProblemMissing)
		return
	}
	if d.whatsapp {
		d.over(field, ProblemLong, Runes.Count(c.Text), limit)
	}
	names := Variables(c.Text)
	d.add(field, d.naming(names))
	for _, name := range names {
		if blank(c.Examples[name]) {
			d.add(ExampleField(c.Part, 0, name), ProblemMissing)
		}
	}
}

// naming: a template counts its variables 1, 2, 3, or names all of them.
func (d *draft) naming(names []string) ProblemReason {
	numbers := 0
	for _, name := range names {
		if _, err := strconv.Atoi(name); err == nil {
			numbers++
		} else if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return ProblemNames
		}
	}
	switch {
	case numbers > 0 && numbers < len(names), numbers > 0 && d.t.Named, numbers < len(names) && !d.t.Named:
		return ProblemNames
	case d.t.Named:
		return ""
	}
	for i := range names {
		if !slices.Contains(names, strconv.Itoa(i+1)) {
			return ProblemOrder
		}
	}
	return ""
}

// most of one form of button (Meta, "Template components").
func most(form string) int {
	switch form {
	case "url":
		return 2
	case "phone_number", "copy_code":
		return 1
	}
	return maxButtons
}

func (d *draft) buttons(c *Component) {
	count, groups := map[string]int{}, 0
	for i, b := range c.Buttons {
		count[b.Form]++
		if b.Form == "quick_reply" && (i == 0 || c.Buttons[i-1].Form != b.Form) {
			groups++
		}
		if d.whatsapp && count[b.Form] == most(b.Form)+1 {
			d.over(ButtonField(i), ProblemMany, count[b.Form], most(b.Form))
		}
		d.button(c, i, &b)
	}
	if d.whatsapp {
		d.over(ButtonField(maxButtons), ProblemMany, len(c.Buttons), maxButtons)
	}
	if groups > 1 {
		d.add(ButtonField(len(c.Buttons)-1), ProblemApart)
	}
}

func (d *draft) button(c *Component, i int, b *TemplateButton) {
	field := ButtonField(i)
	if b.Form != "copy_code" { // its label is the network's
		d.add(field, missing(b.Text))
		if d.whatsapp {
			d.over(field, ProblemLong, Runes.Count(b.Text), maxLabel)
		}
	}
	switch b.Form {
	case "quick_reply":
	case "url":
		d.address(c, i, b.URL)
	case "phone_number":
		d.add(field, phoneProblem(b.Phone))
	case "copy_code":
		if blank(c.Examples[FieldKey(PartButton, i, "code")]) {
			d.add(ExampleField(PartButton, i, "code"), ProblemMissing)
		}
	default:
		d.add(field, ProblemForm)
	}
}

// address: one variable, at its end.
func (d *draft) address(c *Component, i int, text string) {
	field, names := ButtonField(i), Variables(text)
	fixed, _, _ := strings.Cut(text, "{{")
	switch {
	case !address(fixed):
		d.add(field, ProblemLink)
	case len(text) > maxButtonURL:
		d.over(field, ProblemLong, len(text), maxButtonURL)
	case len(names) > 1 || len(names) == 1 && !strings.HasSuffix(text, "}}"):
		d.add(field, ProblemNone)
	case len(names) == 1 && blank(c.Examples[FieldKey(PartButton, i, names[0])]):
		d.add(ExampleField(PartButton, i, names[0]), ProblemMissing)
	}
}

func phoneProblem(number string) ProblemReason {
	digits := strings.TrimPrefix(number, "+")
	if digits == "" || len(number) > maxPhone || strings.Trim(digits, "0123456789") != "" {
		return ProblemForm
	}
	return ""
}
