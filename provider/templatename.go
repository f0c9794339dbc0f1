package provider

import (
	"strings"
	"time"
)

// maxTemplateName is the longest name of a template (Meta, template components).
const maxTemplateName = 512

// LintNamed returns what the network would refuse of a template that a person has
// named, because the account's API lists none: of its name, its language, and its
// values in their order. Whether there is such a template, and how many values it
// has, nobody here knows.
func (c *Capabilities) LintNamed(m *TemplateMessage, now time.Time) []Problem {
	var problems []Problem
	add := func(field string, reason ProblemReason) {
		if reason != "" {
			problems = append(problems, Problem{Field: field, Reason: reason})
		}
	}
	add("name", nameProblem(m.Name))
	add("language", languageProblem(m.Language))
	for _, v := range m.Values {
		switch p := c.valueProblem(v, now); {
		case v.Media != nil:
			add(v.Key(), mediaProblem(v.Media))
		case v.problem() != "":
			add(v.Key(), v.problem())
		default:
			add(v.Key(), p.Reason)
		}
	}
	return problems
}

// nameProblem holds Meta's rule: small letters, digits and underscores.
func nameProblem(name string) ProblemReason {
	bad := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }
	switch {
	case name == "":
		return ProblemMissing
	case len(name) > maxTemplateName || strings.ContainsFunc(name, bad):
		return ProblemName
	}
	return ""
}

// languageProblem holds the form of Meta's codes: "en", "fil", "pt_BR".
func languageProblem(code string) ProblemReason {
	language, region, both := strings.Cut(code, "_")
	small := func(r rune) bool { return r < 'a' || r > 'z' }
	large := func(r rune) bool { return r < 'A' || r > 'Z' }
	switch {
	case code == "":
		return ProblemMissing
	case len(language) < 2 || len(language) > 3 || strings.ContainsFunc(language, small),
		both && (len(region) != 2 || strings.ContainsFunc(region, large)):
		return ProblemLanguage
	}
	return ""
}
