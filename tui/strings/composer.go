package strings

import (
	"fmt"

	"frontdesk/provider"
)

// Composer is the words of the composer.
type Composer struct {
	Reply, Closed string
	// OptedOut and Blocked stand in the place of Closed.
	OptedOut, Blocked string
	// Kept begins what can be done where a draft waits.
	Kept string
	// ToReply and ToNote invite to write while the composer is not focused; empty
	// where no key does.
	ToReply, ToNote string
	// Silent stands there for who may only read.
	Silent string
	// Hints of the reply and the note.
	ReplyHints, NoteHints []Hint
	// ClosedHints are those of the composer whose window is closed: while letters type
	// nothing, or must not act either; and where a template may not go.
	ClosedHints func(caught, unwanted bool) []Hint
	// Calls offers the members of the team whom an @ in a note may call.
	Calls func(who string) string
	// Window is the time left at the right.
	Window func(left string) string
	// Tagged stands there where the window has closed and a person's own answer may
	// still go.
	Tagged     func(left string) string
	UnknownWhy string
	// Count is how much of the limit is used; Unit follows near the limit.
	Count func(n, limit int) string
	// Ended says when and why free text ended; never where it never began.
	Ended      func(rule, at string) string
	EndedNever string
	// EndedShort, NeverShort and NotHereShort say the same in a few words beside
	// Closed, where there is one row for it.
	EndedShort   func(at string, o provider.Outside) string
	NeverShort   func(o provider.Outside) string
	NotHereShort string
	// May says what may go instead.
	May func(o provider.Outside, draft bool) string
	// NotHere is shown where the conversation's account is not known here.
	NotHere Said
	// NoteOnly answers keys that would send a note as a reply.
	NoteOnly string
	// TooMuch says that a paste was cut.
	TooMuch func(left int) string
}

func englishComposer(keys Keys) Composer {
	return Composer{
		Reply: "reply", Closed: "closed", OptedOut: "opted out", Blocked: "blocked", Kept: "Your draft is kept.",
		ToReply: keys.or("reply", "%s to write", ""), ToNote: keys.or("note", "%s to write", ""), Silent: "you may only read here",
		ReplyHints: []Hint{
			{"Enter", "sends"},
			{"Ctrl+J", "new line"},
			{"Ctrl+N", "note"},
			{"Ctrl+T", "template"},
			{"/", "canned"},
			{"Ctrl+R", "sends and resolves"},
			{"Ctrl+D", "later"},
			{"Ctrl+O", "file"},
			{"Ctrl+G", "editor"},
		},
		NoteHints:   []Hint{{"only the team sees this", ""}, {"Enter", "saves"}, {"Ctrl+J", "new line"}, {"Ctrl+N", "reply"}},
		ClosedHints: keys.closedHints,
		Calls:       func(who string) string { return "Tab: " + who },
		Window:      func(left string) string { return "window " + left },
		Tagged:      func(left string) string { return "window closed, your own answer goes for " + left },
		UnknownWhy:  "This network does not show us when the customer wrote: it may refuse this text.",
		Count:       func(n, limit int) string { return fmt.Sprintf("%d/%d", n, limit) },
		Ended: func(rule, at string) string {
			return fmt.Sprintf("Free text ended %s after the last message, %s.", rule, at)
		},
		EndedNever:   "Free text may go only after the customer has written, and they have not.",
		EndedShort:   func(at string, o provider.Outside) string { return "since " + at + ": " + mayShort(o) },
		NeverShort:   func(o provider.Outside) string { return "never wrote: " + mayShort(o) },
		NotHereShort: "inbox not known here",
		May:          may,
		NotHere:      Said{"This inbox is not known on this terminal, so nothing can be sent.", "Wait for the relay, or add the account to the configuration."},
		NoteOnly:     "This is a note and goes to the team only. Ctrl+N turns to the reply.",
		TooMuch: func(n int) string {
			return fmt.Sprintf("%s did not fit and were left out.", plural(n, "character", "characters"))
		},
	}
}

func mayShort(o provider.Outside) string {
	switch o {
	case provider.TemplatesOnly:
		return "templates only"
	case provider.TaggedOnly:
		return "only tagged"
	}
	return "nothing may go"
}

func may(o provider.Outside, draft bool) string {
	s := "Nothing may go until the customer writes."
	switch o {
	case provider.TemplatesOnly:
		s = "A template may go at any time."
	case provider.TaggedOnly:
		s = "Only a tagged message may go until the customer writes."
	}
	if draft {
		return "Your draft is kept. " + s
	}
	return s
}

// closedHints names the keys of WRITE where letters do not act.
func (k Keys) closedHints(caught, unwanted bool) []Hint {
	template, note := Hint{k("template"), "template"}, Hint{k("note"), "note"}
	if caught {
		template.Key, note.Key = "Ctrl+T", "Ctrl+N"
	}
	if unwanted {
		template.Key = ""
	}
	return bound(template, note, Hint{"Esc", "back"})
}
