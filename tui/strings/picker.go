package strings

import (
	"fmt"
	"strings"

	"frontdesk/provider"
)

// Picker is the words of the template picker.
type Picker struct {
	Title string
	// To is for whom, and which language comes first.
	To func(name, language string) string
	// Count is how many of all are shown; Synced how old the list is.
	Count       func(shown, all int) string
	Synced      func(ago string) string
	NeverSynced string
	// AsSeen heads the preview.
	AsSeen func(name string) string
	// Known heads it where the wording is not shown.
	Known string
	// Why explains why a template and not a text, when r brought one here;
	// WhyShort does so in a small terminal.
	Why      func(rule, at string) string
	WhyShort func(at string) string
	// WhyNever is Why where the customer never wrote.
	WhyNever string
	// Reading, NoneAtAll and NoMatch stand for an empty list.
	Reading   string
	NoneAtAll Said
	// NotListed is NoneAtAll where the network lists none, ever.
	NotListed Said
	NoMatch   func(query string) string
	// Opaque stands for a preview that the network does not let us make.
	Opaque string
	// Filled names the variables that another system fills in.
	Filled func(names []string) string
	// Field names a variable; Value does so in a sentence, where the template
	// only numbers it.
	Field func(f provider.Field) string
	Value func(label string) string
	// Where a value came from; Offered and Example are of what stands in an empty
	// field and is not sent.
	FromContact, Remembered, Typed, Offered, Example string
	FromLink                                         func(ref string) string
	// Media stands for a media header.
	Media func(kind string) string
	// MediaHint is the placeholder of a media header's field.
	MediaHint string
	// Clean is the lint line when there is nothing to say.
	Clean func(network string) string
	// More stands for problems that have no room.
	More func(n int) string
	// Cost is the cost line, by the template's category. It tells what is
	// charged and not how much, nor whether a contract makes it free.
	Cost func(category string) string
	// Missing says how many values are to be filled in.
	Missing func(n int) string
	// Category is the category's word.
	Category func(string) string
	// Keys while the list, and while the fields have the focus; OfferHints where
	// one holds an offer.
	ListHints, LookHints, FieldHints, OfferHints, EmptyHints []Hint
	// NotSendable answers Enter on a template that may not go.
	NotSendable func(status string) string
}

func englishPicker() Picker {
	return Picker{
		Title: "Send a template",
		To: func(name, language string) string {
			if language == "" {
				return "to " + name
			}
			return "to " + name + " · " + language + " first"
		},
		Count:       func(shown, all int) string { return fmt.Sprintf("%d of %d", shown, all) },
		Synced:      func(ago string) string { return "synced " + ago },
		NeverSynced: "never synced",
		AsSeen:      func(name string) string { return "as " + name + " will see it" },
		Known:       "what is known of it",
		Why: func(rule, at string) string {
			return fmt.Sprintf("Free text ended %s after the last message, %s. A template may go.", rule, at)
		},
		WhyShort:  func(at string) string { return "closed since " + at + ": templates only" },
		WhyNever:  "The customer has not written yet, so only a template may go.",
		Reading:   "reading…",
		NoneAtAll: Said{"This inbox has no templates here yet.", "They are made at the network and listed by the relay."},
		NotListed: Said{"This inbox lists no templates here.", "Send one from the network's own inbox."},
		NoMatch:   func(q string) string { return "No template matches “" + q + "”." },
		Opaque:    "This network does not show the wording, so there is no preview.",
		Filled:    func(names []string) string { return "it fills in " + strings.Join(names, ", ") },
		Field:     fieldName,
		Value:     func(label string) string { return "value " + label },

		FromContact: "from contact", Remembered: "as last time", Typed: "typed", Offered: "last time's", Example: "example only",
		FromLink:   fromLink,
		Media:      func(kind string) string { return "▤ " + kind },
		MediaHint:  "https:// link to the file",
		Clean:      func(n string) string { return "nothing here that " + n + " would refuse" },
		More:       func(n int) string { return fmt.Sprintf("and %d more", n) },
		Cost:       cost,
		Missing:    func(n int) string { return plural(n, "value", "values") + " to fill in" },
		Category:   strings.ToLower,
		ListHints:  []Hint{{"Enter", "fields"}, {"↑ ↓", "choose"}, {"Esc", "back, draft kept"}},
		LookHints:  []Hint{{"Enter", "send"}, {"Esc", "list"}},
		EmptyHints: []Hint{{"Esc", "back, draft kept"}},
		FieldHints: []Hint{{"Enter", "next, then send"}, {"Tab", "fields"}, {"Esc", "list"}},
		OfferHints: []Hint{{"Tab →", "take last time's"}, {"↑ ↓", "fields"}, {"Esc", "list"}},
		NotSendable: func(status string) string {
			return "This template is " + status + ": the network would refuse it. Choose another one."
		},
	}
}

func fromLink(ref string) string {
	if ref == "" {
		return "from the link"
	}
	return "from " + ref
}

// fieldName is "1", "2 date" or "button 1" — the variable as the template has
// it, with its part where that is not the body.
func fieldName(f provider.Field) string {
	switch {
	case f.Media != "":
		return string(f.Media)
	case f.Part == provider.PartHeader:
		return "header " + f.Name
	case f.Part == provider.PartButton:
		return fmt.Sprintf("link %d", f.Index+1)
	}
	return f.Name
}

func cost(category string) string {
	if category == "" {
		return "cost not known"
	}
	return "costs one " + strings.ToLower(category) + " message"
}
