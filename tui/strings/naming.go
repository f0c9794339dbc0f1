package strings

import "fmt"

// Naming is the words of a template that is named, because its inbox lists none.
type Naming struct {
	Head string
	// Unknown says what is not known of it.
	Unknown string
	// The lines, and what stands in them while they are empty.
	Name, Language, Header                               string
	NameHint, LanguageHint, HeaderHint, ValueHint, Leave string
	// Value and Link are a variable of the body, and of a button's address.
	Value, Link func(n int) string
	// Used names what was sent before from here.
	Used  func(names string) string
	Hints []Hint
}

func englishNaming() Naming {
	return Naming{
		Head:    "Name a template",
		Unknown: "This inbox lists no templates: their wording is not known here, and neither is whether one was approved. Name it exactly as the network has it.",
		Name:    "template name", Language: "language", Header: "heading",
		NameHint: "appointment_reminder", LanguageHint: "en or pt_BR", HeaderHint: "a text or an https:// link, where it has one",
		ValueHint: "what goes into it", Leave: "where it has one",
		Value: func(n int) string { return fmt.Sprintf("value %d", n) },
		Link:  func(n int) string { return fmt.Sprintf("button link %d", n) },
		Used:  func(names string) string { return "sent from here before: " + names },
		Hints: []Hint{{"Enter", "next, then send"}, {"Tab", "lines"}, {"Ctrl+P", "as sent before"}, {"Esc", "back, draft kept"}},
	}
}
