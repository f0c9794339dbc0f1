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
	// Count is how many of all are shown; Synced when the list last changed: the relay
	// tells no more of its asking.
	Count  func(shown, all int) string
	Synced func(ago string) string
	// Looked is when the network was last asked, where somebody told.
	Looked      func(ago string) string
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
	// Field names a variable, or the part of it where it has several ("latitude");
	// Value does so in a sentence, where the template only numbers it.
	Field func(f provider.Field, part string) string
	Value func(label string) string
	// Where a value came from; Offered and Example are of what stands in an empty
	// field and is not sent.
	FromContact, Remembered, Typed, Offered, Example string
	FromLink                                         func(ref string) string
	// Media stands for a media header.
	Media func(kind string) string
	// MediaHint is the placeholder of a media header's field; UntilHint, MoneyHint
	// and DateHint those of an end, an amount and a date.
	MediaHint, UntilHint, MoneyHint, DateHint string
	// FileHint is MediaHint where a file of this machine may go, too.
	FileHint string
	// AsMoney and AsDate say how a text goes; Worded what that means.
	AsMoney, AsDate string
	Worded          func(network string) string
	// Opens says where a button with an address leads.
	Opens func(label, address string) string
	// Until is the end of an offer, at from Time.Zoned; Card heads a card.
	Until func(at string) string
	Card  func(n, of int) string
	// Degrees is where a place is.
	Degrees func(latitude, longitude float64) string
	// Other says that the template is in another language than the contact's.
	Other func(language, contact string) string
	// Clean is the lint line when there is nothing to say.
	Clean func(network string) string
	// More stands for problems that have no room.
	More func(n int) string
	// Cost is the cost line, by the template's category. It tells what is
	// charged and not how much, nor whether a contract makes it free.
	Cost func(category string) string
	// Suggested marks a template that the network said may go; SuggestedBy says so.
	Suggested, SuggestedBy string
	// Missing says how many values are to be filled in.
	Missing func(n int) string
	// Category is the category's word.
	Category func(string) string
	// Keys while the list, and while the fields have the focus; OfferHints where
	// one holds an offer, and TypedHints and OptionHints follow where a text may go
	// as an amount, and where more may be given.
	ListHints, LookHints, FieldHints, OfferHints, EmptyHints, TypedHints, OptionHints []Hint
	// LaterHints follow those that send.
	LaterHints []Hint
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
		Synced:      func(ago string) string { return "list changed " + ago },
		Looked:      func(ago string) string { return "network asked " + ago },
		NeverSynced: "never listed",
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
		FromLink:    fromLink,
		Media:       func(kind string) string { return "▤ " + kind },
		MediaHint:   "https:// link to the file",
		FileHint:    "path of the file, or a https:// link",
		UntilHint:   "tomorrow 18:00, 24 Dec 6pm, in 3 days",
		MoneyHint:   "12.50 EUR",
		DateHint:    "24 December 2026",
		AsMoney:     "as an amount",
		AsDate:      "as a date",
		Worded:      func(n string) string { return n + " may word amounts and dates in its own way." },
		Opens:       func(label, address string) string { return label + " opens " + address },
		Until:       func(at string) string { return "ends " + at },
		Card:        func(n, of int) string { return fmt.Sprintf("card %d of %d", n, of) },
		Degrees:     func(lat, lon float64) string { return fmt.Sprintf("%.5f, %.5f", lat, lon) },
		Other:       func(l, c string) string { return "This one is in " + l + "; the contact's language is " + c + "." },
		Clean:       func(n string) string { return "nothing here that " + n + " would refuse" },
		More:        func(n int) string { return fmt.Sprintf("and %d more", n) },
		Cost:        cost,
		Suggested:   "suggested",
		SuggestedBy: "suggested by the network when it refused the last message",
		Missing:     func(n int) string { return plural(n, "value", "values") + " to fill in" },
		Category:    strings.ToLower,
		ListHints:   []Hint{{"Enter", "fields"}, {"↑ ↓", "choose"}, {"Esc", "back, draft kept"}},
		LookHints:   []Hint{{"Enter", "send"}, {"Esc", "list"}},
		EmptyHints:  []Hint{{"Esc", "back, draft kept"}},
		FieldHints:  []Hint{{"Enter", "next, then send"}, {"Tab", "fields"}, {"Esc", "list"}},
		TypedHints:  []Hint{{"Ctrl+T", "amount, date"}},
		OptionHints: []Hint{{"Ctrl+O", "more"}},
		LaterHints:  []Hint{{"Ctrl+D", "later"}},
		OfferHints:  []Hint{{"Tab →", "take last time's"}, {"↑ ↓", "fields"}, {"Esc", "list"}},
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
func fieldName(f provider.Field, part string) string {
	name := fieldPart(f, part)
	if f.Card > 0 && name == f.Name {
		name = "value " + name
	}
	if f.Card > 0 {
		return fmt.Sprintf("card %d %s", f.Card, name)
	}
	return name
}

func fieldPart(f provider.Field, part string) string {
	switch {
	case part != "":
		return part
	case f.Media != "":
		return string(f.Media)
	case f.Form == provider.FormUntil:
		return "ends"
	case f.Form == provider.FormCode:
		return "code"
	case f.Form == provider.FormPayload:
		return fmt.Sprintf("reply %d sends", f.Index+1)
	case f.Form == provider.FormFlow:
		return strings.ReplaceAll(f.Name, "_", " ")
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
