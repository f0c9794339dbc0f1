package strings

import (
	"fmt"
	"strings"

	"frontdesk/provider"
)

// Templates is the words of the templates' list and of the lines of one.
type Templates struct {
	Title, About string
	// None stands where there is no template, NoMatch where none is like what was typed.
	None    string
	NoMatch func(query string) string
	New     string
	// Looked is when the network was last asked, Changed when the list last changed.
	Looked, Changed func(ago string) string
	Never           string
	// By is who submitted it, and when; Why is why it is not approved.
	By      func(agent, ago string) string
	Why     func(reason string) string
	Quality func(string) string
	// Unseen stands for the wording where the API shows none.
	Unseen string
	// Hints of the list, and of the lines of one.
	Hints, FormHints []Hint

	// The lines of one, and what stands in them while they are empty.
	FormTitle, EditTitle                              string
	Name, Category, Header, File                      string
	Body, Footer, Inbox                               string
	Button, Example                                   func(string) string
	NameHint, HeaderHint, FileHint                    string
	BodyHint, FooterHint, ButtonHint, CategoryChanges string
	InboxChanges                                      string
	Seen                                              string
	// Problem says what the network would refuse; status is the template's, in words.
	Problem func(p provider.Problem, status string) Said
	// Clean says that nothing would be, as far as is known.
	Clean string
	// More is how many problems are not shown.
	More func(n int) string

	// Asked before it goes, changes or is submitted.
	DeleteTitle, DeleteYes string
	Delete                 func(name, language string) Said
	// Said while it is on its way and after.
	Uploading                   string
	Asking                      string
	Submitted, Edited, Deleted  func(name, language, status string) string
	Failed                      func(what string) string
	Synced                      func(n int, changed bool) string
	SyncedAll                   func(told []string) string
	Became                      func(name, language, status, reason string) string
	NotWhole, CannotSubmit      string
	CannotEdit, CannotDelete    string
	NotAllowed, NothingToManage string
}

func englishTemplates() Templates {
	t := Templates{
		Title: "Templates", About: "what may go when a window has closed",
		None:    "No template is here yet. Ctrl+R asks the network.",
		NoMatch: func(q string) string { return "No template is like " + q + "." },
		New:     "+ submit a new one",
		Looked:  func(ago string) string { return "looked " + ago },
		Changed: func(ago string) string { return "changed " + ago },
		Never:   "not listed yet",
		By:      func(agent, ago string) string { return "submitted by " + agent + " " + ago },
		Why:     func(reason string) string { return "the network says: " + reason },
		Quality: func(q string) string { return "quality " + q },
		Unseen:  "Its wording is not shown by this API.",
		Hints:   []Hint{{"Enter", "changes it"}, {"Ctrl+D", "deletes it"}, {"Ctrl+R", "asks the network"}, {"PgUp PgDn", "scroll"}, {"Esc", "back"}},
	}
	t.form()
	t.told()
	return t
}

func (t *Templates) form() {
	t.FormHints = []Hint{{"Ctrl+S", "submits it"}, {"Tab", "next line"}, {"Ctrl+J", "line break"}, {"Esc", "back"}}
	t.FormTitle, t.EditTitle = "Submit a template", "Change a template"
	t.Name, t.Category, t.Header, t.File = "template's name", "category", "header", "header's file"
	t.Body, t.Footer, t.Inbox = "body", "footer", "inbox"
	t.Button = func(n string) string { return "button " + n }
	t.Example = func(of string) string { return "example of " + of }
	t.NameHint, t.HeaderHint, t.FileHint = "visit_reminder", "a line of its own, or nothing", "/path/to/sample.jpg instead of a text"
	t.BodyHint, t.FooterHint, t.ButtonHint = "Hello {{1}}, we come on {{2}} as agreed.", "small print, or none", "Yes   or   Book = https://…/{{1}}   or   Call us = +34…"
	t.CategoryChanges, t.InboxChanges = "Space chooses another", "Space chooses another inbox"
	t.Seen = "with its examples, as a customer will see it"
	t.Problem, t.Clean = draftProblem, "Nothing in it is known to be refused; the network judges the wording."
	t.More = func(n int) string { return fmt.Sprintf("and %d more", n) }
}

func (t *Templates) told() {
	t.DeleteTitle, t.DeleteYes = "Delete this template?", "delete it for everybody"
	t.Delete = func(name, language string) Said {
		return Said{name + " (" + language + ") is deleted at the network.", "WhatsApp keeps the name of an approved one blocked for 30 days."}
	}
	t.Asking, t.Uploading = "The network is asked.", "The file is on its way to the network."
	t.Submitted = func(name, language, status string) string {
		return name + " (" + language + ") is submitted: " + status
	}
	t.Edited = func(name, language, _ string) string {
		return name + " (" + language + ") is changed; it is judged anew"
	}
	t.Deleted = func(name, language, _ string) string { return name + " (" + language + ") is deleted" }
	t.Failed = func(what string) string { return "Not done: " + what }
	t.Synced = func(n int, changed bool) string {
		if changed {
			return fmt.Sprintf("%d templates, others than were known", n)
		}
		return fmt.Sprintf("%d templates, as they were", n)
	}
	t.SyncedAll = func(told []string) string { return strings.Join(told, " · ") }
	t.Became = func(name, language, status, reason string) string {
		said := "Your template " + name + " (" + language + ") is " + status
		if reason != "" {
			said += ": " + reason
		}
		return said
	}
	t.NotWhole = "It has parts that have no line here. Change it in the network's own tool."
	t.CannotSubmit = "This inbox's API takes no new templates. Submit it in the network's own tool."
	t.CannotEdit = "This inbox's API changes no templates. Do it in the network's own tool."
	t.CannotDelete = "This inbox's API deletes no templates. Do it in the network's own tool."
	t.NotAllowed = "A supervisor or an administrator submits, changes and deletes templates. Ask one."
	t.NothingToManage = "No inbox here has templates."
}

// draftField names a part of a draft within a sentence.
func draftField(field string) string {
	if of, ok := strings.CutPrefix(field, "example."); ok {
		return "The example of " + strings.TrimPrefix(of, string(provider.PartBody)+".")
	}
	if n, ok := strings.CutPrefix(field, "button"); ok {
		return "Button " + next(n)
	}
	return "The " + field
}

// next is the number after one of one digit or two, for a count that begins at 1.
func next(n string) string {
	var i int
	if _, err := fmt.Sscanf(n, "%d", &i); err != nil {
		return n
	}
	return fmt.Sprint(i + 1)
}

func draftProblem(p provider.Problem, status string) Said {
	at := draftField(p.Field)
	switch p.Reason {
	case provider.ProblemMissing:
		return Said{at + " is empty.", "Fill it in."}
	case provider.ProblemName:
		return Said{"A template's name has small letters, digits and underscores.", "Write it so."}
	case provider.ProblemLanguage:
		return Said{"That is no language's code.", "Write it like en or pt_BR."}
	case provider.ProblemCategory:
		return Said{"The category is none of marketing, utility and authentication.", "Choose one."}
	case provider.ProblemFixed:
		return Said{"The category of an approved template cannot be changed.", "Leave it as it is, or submit another template."}
	case provider.ProblemTaken:
		return Said{"There is a template of this name in this language.", "Change that one, or choose another name."}
	case provider.ProblemStatus:
		return Said{"A template that is " + status + " cannot be changed.", "Wait for the network's word, or submit another."}
	case provider.ProblemLong:
		return Said{fmt.Sprintf("%s has %d characters; the most is %d.", at, p.Got, p.Limit), "Shorten it."}
	case provider.ProblemMany:
		return Said{fmt.Sprintf("%s is one too many: there may be %d of them.", at, p.Limit), "Take some out."}
	}
	return draftWording(p, at)
}

func draftWording(p provider.Problem, at string) Said {
	switch p.Reason {
	case provider.ProblemEnds:
		return Said{"The body begins or ends with a variable.", "Put words before and after it."}
	case provider.ProblemBeside:
		return Said{"Two variables stand side by side in the body.", "Put words between them."}
	case provider.ProblemOrder:
		return Said{at + " does not count its variables 1, 2, 3.", "Number them from {{1}} on without a gap."}
	case provider.ProblemNames:
		return Said{at + " has a variable that is not named as it has to be.", "Number all, or name all in small letters, digits and underscores."}
	case provider.ProblemNone:
		return Said{at + " has a variable where none may be.", "An address takes one at its end, a footer none."}
	case provider.ProblemApart:
		return Said{"The quick replies do not stand together.", "Put them in a row."}
	case provider.ProblemSample:
		return Said{"The file in the header has no sample to judge it by.", "Name one of this machine."}
	case provider.ProblemLink:
		return Said{at + " has no address that can be opened.", "Write it like Book = https://example.com/{{1}}."}
	case provider.ProblemForm:
		return Said{at + " has a form that cannot be submitted here.", "Write it like the hint."}
	}
	return Said{at + " would be refused (" + string(p.Reason) + ").", "Change it."}
}
