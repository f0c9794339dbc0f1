package strings

import "fmt"

// Canned is the words of canned responses: the list at the cursor, the list of all,
// the lines of one.
type Canned struct {
	Title string
	// NoMatch stands for an empty list at the cursor, None where there is none at all.
	NoMatch func(query string) string
	None    string
	// New is the row that makes one; Own marks what one agent alone is offered.
	New, Own string
	Count    func(n int) string
	// Hints of the list at the cursor, the list of all, and the lines of one.
	CursorHints, Hints, FormHints []Hint
	// The lines of one, and what stands in them while they are empty.
	Code, Body         string
	CodeHint, BodyHint string
	ForMe, ChangeWhose string
	// Variables says what may stand in braces.
	Variables string
	// What is wrong with a line.
	BadCode, NoText, Taken Said
	// Asked before one goes, of what.
	RemoveTitle string
	Remove      func(code string) Said
	RemoveYes   string
	// Said after.
	Kept, Removed func(code string) string
	// Unfilled is what the composer says of a variable without a value, Still what
	// it says to Enter.
	Unfilled, Still func(mark string) string
}

func englishCanned() Canned {
	return Canned{
		Title:   "Canned responses",
		NoMatch: func(q string) string { return "Nothing matches /" + q + ". Esc writes it as it is." },
		None:    "There is no canned response yet.",
		New:     "+ a new one", Own: "only me",
		Count:       func(n int) string { return fmt.Sprintf("used %d×", n) },
		CursorHints: []Hint{{"Enter", "inserts"}, {"↑ ↓", "choose"}, {"Esc", "writes it as it is"}},
		Hints:       []Hint{{"Enter", "changes it"}, {"Ctrl+D", "removes it"}, {"Esc", "back"}},
		FormHints:   []Hint{{"Enter", "keeps it"}, {"Tab", "next line"}, {"Ctrl+J", "line break"}, {"Esc", "back"}},
		Code:        "short code", Body: "text",
		CodeHint: "hours", BodyHint: "Hello {first name}, we are open from 9 to 18.",
		ForMe: "me alone (kept with the team's, offered to me)", ChangeWhose: "Space changes it",
		Variables: "{name} {first name} {phone} {agent} {link} {reference}, and any field of the contact or the link by its name.",
		BadCode:   Said{"That is no short code.", "Write 1 to 32 letters, digits, dots, dashes or underscores."},
		NoText:    Said{"There is no text to insert.", "Write it."},
		Taken:     Said{"There is one with that code already.", "Change that one, or write another code."},

		RemoveTitle: "Remove this canned response?",
		Remove: func(code string) Said {
			return Said{"/" + code + " goes for everybody who has it.", "What was written with it stays."}
		},
		RemoveYes: "remove it",
		Kept:      func(code string) string { return "kept /" + code },
		Removed:   func(code string) string { return "removed /" + code },
		Unfilled:  func(mark string) string { return mark + " has no value here. Write it, or take it out." },
		Still: func(mark string) string {
			return mark + " is not filled in. Write it; Enter again sends it as it stands."
		},
	}
}
