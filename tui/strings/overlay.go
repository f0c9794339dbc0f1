package strings

import (
	"fmt"
	"strconv"

	"frontdesk/webhookrelay/event"
)

// Assign is the words of the list of agents.
type Assign struct {
	Title, Me, Now string
	NoMatch        func(string) string
	// Availability is by what somebody said; Open is how many they have.
	Availability map[event.Availability]string
	Open         func(int) string
	// Team is said of a team, Queue of what waits in it; NoTeam is the row for none.
	Team, NoTeam string
	Queue        func(int) string
	Hints        []Hint
}

// Palette is the words of the palette.
type Palette struct {
	Title, Prompt string
	NoMatch       func(string) string
	Hints         []Hint
}

// Search is the words of the search.
type Search struct {
	Title, Prompt, Waiting string
	Found                  func(n int, more bool) string
	Nothing                func(string) string
	You                    string
	// Filters names what narrows a search.
	Filters string
	// NotUnderstoodF is of a filter as it was typed, and of what it takes.
	NotUnderstoodF string
	Hints          []Hint
}

// Help is the words around the list of keys.
type Help struct {
	Title func(where string) string
	Hints []Hint
	More  func(below int) string
}

// Confirm is the words around a question.
type Confirm struct {
	Yes, No, NoKey string
}

// Details is the words of the events behind a message.
type Details struct {
	Title, Code, None, Relay, Here string
	// Kind says in words what an event of the log was.
	Kind  func(kind string) string
	Event func(seq int64) string
	Try   func(n int) string
	// CannotShow stands in the place of an event that could not be drawn.
	CannotShow func(seq int64) string
	Hints      []Hint
}

// Unsure is the words of the choice over a send that may have gone.
type Unsure struct {
	Title, Why string
	// Text stands where the error itself does not say what happened, and so
	// names no cause.
	Text string
	// SinceF says for how long no receipt has come, and for how long one is
	// listened for.
	SinceF                     string
	Wait, Again, Mark, Discard string
	WaitDoes, AgainDoes        string
	MarkDoes, DiscardDoes      string
	AgainSure, AgainKey        string
	DiscardSure, DiscardPlain  string
	WaitHeld                   string
	// Unsure goes from a held message to the one it waits for.
	Unsure, UnsureDoes   string
	HeldTitle, HeldText  string
	Release, ReleaseDoes string
	FailedTitle, Retry   string
}

// Resolve is the words of the strip after resolving.
type Resolve struct {
	Resolved         func(name string) string
	Stars, FollowUp  string
	NotePrompt       string
	NoFollowUp       string
	Choices          [3]string
	Hints, IdleHints []Hint
	// ShortHints are IdleHints where there is little room.
	ShortHints []Hint
}

func englishAssign() Assign {
	return Assign{
		Title: "Assign to", Me: "me", Now: "has it now",
		Availability: map[event.Availability]string{event.AvailableNow: "available", event.AvailableBusy: "busy", event.AvailableAway: "away"},
		Open:         func(n int) string { return strconv.Itoa(n) + " open" },
		Team:         "team", NoTeam: "no team",
		Queue:   func(n int) string { return strconv.Itoa(n) + " of nobody" },
		NoMatch: func(q string) string { return "Nobody is called “" + q + "”." },
		Hints:   []Hint{{"Enter", "assign"}, {"↑ ↓", "choose"}, {"Esc", "back"}},
	}
}

func englishPalette() Palette {
	return Palette{
		Title: "Everything", Prompt: "what to do",
		NoMatch: func(q string) string { return "No command matches “" + q + "”." },
		Hints:   []Hint{{"Enter", "do it"}, {"↑ ↓", "choose"}, {"Esc", "back"}},
	}
}

func englishSearch(keys Keys) Search {
	return Search{
		Title: "Search", Prompt: "words, a name, a number or a reference", Waiting: "searching…", You: "us",
		Found: func(n int, more bool) string {
			if more {
				return fmt.Sprintf("the newest %d", n)
			}
			return plural(n, "hit", "hits")
		},
		Nothing:        func(q string) string { return "Nothing has “" + q + "”." },
		Filters:        "Narrow it: from: with: label: in: assigned: link: is: has: before: after: on:",
		NotUnderstoodF: "%s is not understood. Write %s.",
		Hints:          bound(Hint{"Enter", "open"}, Hint{"↑ ↓", "choose"}, Hint{"Esc", "back"}, Hint{both(keys("next-hit"), keys("prev-hit"), " "), "then walk the hits"}),
	}
}

func englishHelp(keys Keys) Help {
	return Help{
		Title: func(where string) string { return "Keys · " + where },
		Hints: bound(Hint{"↑ ↓", "scroll"}, Hint{keys("palette"), "everything"}, Hint{"Esc", "back"}),
		More:  moreBelow,
	}
}

func moreBelow(n int) string { return fmt.Sprintf("%d more below", n) }

func englishConfirm() Confirm { return Confirm{Yes: "yes", No: "no", NoKey: "Esc"} }

func englishDetails() Details {
	return Details{
		Title: "Behind this message", Code: "code", Here: "this terminal", None: "Nothing is in the log about it yet.",
		Relay:      "network",
		Kind:       eventKind,
		Event:      func(seq int64) string { return fmt.Sprintf("event %d", seq) },
		Try:        func(n int) string { return fmt.Sprintf("attempt %d", n) },
		CannotShow: func(seq int64) string { return fmt.Sprintf("⚠ event %d cannot be shown", seq) },
		Hints:      []Hint{{"↑ ↓", "scroll"}, {"Esc", "back"}},
	}
}

func eventKind(kind string) string {
	name, ok := map[string]string{
		"message.received": "received", "message.reacted": "reaction", "message.receipt": "receipt",
		"template.status": "template status", "account.notice": "notice", "unknown": "not understood",
		"conversation.assigned": "assigned", "conversation.resolved": "resolved", "resolution.described": "described",
		"conversation.reopened": "reopened", "conversation.marked": "marked", "conversation.labeled": "labels",
		"conversation.linked": "linked", "message.noted": "note", "message.send": "send",
		"message.sent": "written elsewhere", "message.edited": "edited", "message.revoked": "taken back", "message.receipts": "receipts",
		"contact.identity": "another id", "contact.consent": "consent", "contact.reach": "reachable", "account.health": "account",
	}[kind]
	if !ok {
		return kind
	}
	return name
}

func englishUnsure() Unsure {
	return Unsure{
		Title:  "This may have been sent",
		Text:   "No clear answer came back. Nobody knows yet whether it arrived.",
		Why:    "A receipt from the network settles it by itself.",
		SinceF: "No receipt for %s; one is listened for, for 7 days.",
		Wait:   "Wait", WaitDoes: "for a receipt; nothing is sent",
		Again: "Send again", AgainDoes: "as a new message",
		AgainSure: "The customer may get it twice.", AgainKey: "Press s again to send it.",
		Mark: "Mark as sent", MarkDoes: "you know that it arrived",
		Discard: "Discard", DiscardDoes: "give it up; it may still have arrived", DiscardSure: "Press x again to discard it.",
		DiscardPlain: "give it up; nothing goes out", WaitHeld: "for the one before it",
		Unsure: "Unsure one", UnsureDoes: "go to it and decide",
		HeldTitle: "This waits behind an unsure one", HeldText: "It goes by itself once the one before it is settled.",
		Release: "Release", ReleaseDoes: "let it go now, out of order",
		FailedTitle: "This was not sent", Retry: "Try again",
	}
}

func englishResolve(keys Keys) Resolve {
	return Resolve{
		Resolved: func(name string) string { return "resolved " + name },
		Stars:    "stars", FollowUp: "follow up", NotePrompt: "what was done, for the team",
		NoFollowUp: "none", Choices: [3]string{"tomorrow", "3 days", "next week"},
		Hints:      []Hint{{"Enter", "save"}, {"Tab", "next"}, {"Esc", "leave it"}},
		IdleHints:  bound(Hint{"Tab", "note, ★, follow-up"}, Hint{keys("undo"), "undo"}),
		ShortHints: bound(Hint{"Tab", "add"}, Hint{keys("undo"), "undo"}),
	}
}
