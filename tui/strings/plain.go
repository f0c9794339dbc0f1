package strings

import "fmt"

// Plain is the words of the dialogue in lines, which has no screen. What the screen
// says as well it says in the screen's words.
type Plain struct {
	// Welcome greets; HelpHint names the way to all commands.
	Welcome, HelpHint string
	// Prompt invites a command.
	Prompt string
	// Commands by what they are; each is typed by its name.
	Commands map[string]Command
	// NotACommand and Ambiguous answer what was typed; near is the closest name, or
	// those that begin so.
	NotACommand, Ambiguous func(typed, near string) string
	// LongLine and NotText are of a line that was not taken; NotUTF8 warns at the start.
	LongLine, NotText Said
	NotUTF8           string
	// Lacking is of a command that misses what it is about.
	Lacking func(usage string) string

	// ViewsAre lists views and counts, In heads the rows of one.
	ViewsAre      string
	InView        func(view string, n int) string
	NoView        func(typed string) string
	MoreRows      string
	NoMore        string
	NoRow         func(typed string) string
	Unread        func(n int) string
	OwnedBy       func(who string) string
	Last          func(what string) string
	Blocked, Out  string
	Labelled      func(labels string) string
	NotOpen       Said
	Opened        func(who, status string) string
	EarlierHint   string
	NoEarlier     string
	Wrote         func(who, at string) string
	NoteBy        func(who, at string) string
	Happened      func(what, at string) string
	AnswersTo     func(quoted string) string
	Reacted       func(who, with string) string
	FileSize      func(size string) string
	ContinuedMark string

	// ReplyHow and NoteHow say how a text of several lines is ended.
	ReplyHow, NoteHow func(who string) string
	DraftWas          string
	EndLine           string
	KeepLine          string
	DropLine          string
	Kept, Dropped     string
	NothingTyped      string
	Queued            func(who string) string
	Too               string
	TemplatesHint     string
	StateOf           func(who, state string) string
	StandsSo          func(state string) string

	TemplatesHow   string
	TemplateRow    func(name, language, category string) string
	NotHere        func(what string) string
	Value          func(n, of int, name string) string
	ExampleIs      func(example string) string
	LastTime       func(value string) string
	TakeLast       string
	AsSeen         func(who string) string
	Button         func(label string) string
	SendTo         func(who string) string
	YesNo          string
	NotSent        string
	Back           string
	AssignHow      string
	Teammates      func(names string) string
	NoSuchAgent    func(name string) string
	SnoozeHow      string
	UntilTheyWrite string
	LabelHow       func(labels string) string
	SearchHow      string
	Hits           func(n int) string
	NoHits         func(query string) string
	HitRow         func(who, at, snippet string) string
	NothingChanges string

	QuietOn, QuietOff string
	NowLive           string
	NowOffline        string
	WindowClosed      func(who string) string
	From              func(who string) string
	QuitAnyway        string
	Bye               string
}

func englishPlain() Plain {
	p := Plain{
		Welcome: "This is frontdesk without a screen. Everything is told in lines.", HelpHint: "Type help for the commands.",
		Prompt: "Command:", Commands: plainCommands(),
		NotACommand: func(typed, near string) string {
			if near == "" {
				return "There is no command “" + typed + "”. Type help for those there are."
			}
			return "There is no command “" + typed + "”. Did you mean " + near + "?"
		},
		Ambiguous: func(typed, near string) string { return "“" + typed + "” may be " + near + ". Type more of it." },
		LongLine:  Said{"That line is longer than 65536 bytes and was not taken.", "Send it in parts."},
		NotText:   Said{"That line is not UTF-8 and was not taken.", "Set the terminal to UTF-8, for example LC_ALL=C.UTF-8, and type it anew."},
		NotUTF8:   "The locale here is not UTF-8: letters beyond ASCII may be told wrong. LC_ALL=C.UTF-8 mends it.",
		Lacking:   func(usage string) string { return "Something is missing: " + usage },
	}
	plainRows(&p)
	plainWriting(&p)
	plainActing(&p)
	return p
}

func plainRows(p *Plain) {
	p.ViewsAre = "Views:"
	p.InView = func(view string, n int) string { return view + ", " + plural(n, "conversation", "conversations") + "." }
	p.NoView = func(typed string) string { return "There is no view “" + typed + "”." }
	p.MoreRows, p.NoMore = "Type more for further ones.", "That was the last one."
	p.NoRow = func(typed string) string {
		return "There is no row “" + typed + "”. Take a number or a name of the last list."
	}
	p.Unread = func(n int) string { return fmt.Sprintf("%d unread", n) }
	p.OwnedBy = func(who string) string { return "with " + who }
	p.Last = func(what string) string { return "Last: " + what }
	p.Blocked, p.Out = "contact blocked", "wants no messages"
	p.Labelled = func(labels string) string { return "labels " + labels }
	p.NotOpen = Said{"Nothing is open yet.", "Type open and a number of the list."}
	p.Opened = func(who, status string) string { return who + ", " + status + "." }
	p.EarlierHint, p.NoEarlier = "Type earlier for what came before.", "There is nothing before that."
	p.Wrote = func(who, at string) string { return who + " wrote " + at + ":" }
	p.NoteBy = func(who, at string) string { return "A note by " + who + " " + at + ", which only the team sees:" }
	p.Happened = func(what, at string) string { return what + ", " + at + "." }
	p.AnswersTo = func(quoted string) string { return "It answers “" + quoted + "”." }
	p.Reacted = func(who, with string) string { return who + " reacted with " + with + "." }
	p.FileSize = func(size string) string { return "of " + size }
	p.ContinuedMark = ">"
}

func plainWriting(p *Plain) {
	p.ReplyHow = func(who string) string {
		return "Write to " + who + ". A line with nothing but a full stop sends it; .keep keeps it as a draft; .drop throws it away; .. is a line with a full stop."
	}
	p.NoteHow = func(who string) string {
		return "A note about " + who + ", which only the team will see. A line with nothing but a full stop saves it; .keep and .drop as in a reply."
	}
	p.DraftWas = "A draft is here. What you type follows it:"
	p.EndLine, p.KeepLine, p.DropLine = ".", ".keep", ".drop"
	p.Kept, p.Dropped, p.NothingTyped = "It is kept as a draft. Nothing was sent.", "Thrown away. Nothing was sent.", "Nothing was typed, and nothing was sent."
	p.Queued = func(who string) string { return "To " + who + ": in the queue." }
	p.Too = "It was not sent and is kept as a draft. Type reply to change it."
	p.TemplatesHint = "Type a number to send a template, or an empty line to leave it."
	p.StandsSo = func(state string) string { return "State: " + state + "." }
	p.StateOf = func(who, state string) string { return "To " + who + ": " + state + "." }
	p.TemplatesHow = "The templates of this inbox:"
	p.TemplateRow = func(name, language, category string) string {
		row := name + ", " + language
		if category != "" {
			row += ", " + category
		}
		return row + ":"
	}
	p.NotHere = func(what string) string {
		return "This template needs " + what + ", which cannot be given here. The screen of frontdesk can send it."
	}
	p.Value = func(n, of int, name string) string { return fmt.Sprintf("Value %d of %d, %s.", n, of, name) }
	p.ExampleIs = func(example string) string { return "For example: " + example + "." }
	p.LastTime = func(value string) string { return "Last time it was: " + value + ". Type = to take that again." }
	p.TakeLast = "="
	p.AsSeen = func(who string) string { return who + " will read:" }
	p.Button = func(label string) string { return "Button: " + label }
	p.SendTo = func(who string) string { return "Send it to " + who + "?" }
	p.YesNo = "Type yes or no."
	p.NotSent, p.Back = "Nothing was sent.", "Left as it was."
}

func plainActing(p *Plain) {
	p.AssignHow = "Whose is it to be? Type a name, me or nobody."
	p.Teammates = func(names string) string { return "The team: " + names + "." }
	p.NoSuchAgent = func(name string) string { return "Nobody of the team is called “" + name + "”." }
	p.SnoozeHow, p.UntilTheyWrite = "Until when? Type it like fri 9am, in 2h or tomorrow 14:30; or reply, for until they write.", "reply"
	p.LabelHow = func(labels string) string {
		if labels == "" {
			labels = "none"
		}
		return "Labels now: " + labels + ". Type one to add it, or one with a minus before it to take it away."
	}
	p.SearchHow = "Search for what?"
	p.Hits = func(n int) string { return plural(n, "hit", "hits") + ". Type open and a number." }
	p.NoHits = func(query string) string { return "Nothing is found for “" + query + "”." }
	p.HitRow = func(who, at, snippet string) string { return who + ", " + at + ": " + snippet }
	p.NothingChanges = "It is so already."
	p.QuietOn, p.QuietOff = "Quiet: new events are not told until you type quiet again.", "New events are told again."
	p.NowLive, p.NowOffline = "The link is live.", "The link is down. What you send waits."
	p.WindowClosed = func(who string) string { return "The window of " + who + " has closed." }
	p.From = func(who string) string { return "From " + who + ":" }
	p.QuitAnyway = "Leave all the same?"
	p.Bye = "Goodbye."
}

func plainCommands() map[string]Command {
	return map[string]Command{
		"list": {"list", "the views with their counts, and the rows of one: list, list mine, list 3"}, "more": {"more", "further rows of the list"},
		"open":    {"open", "a conversation by its number in the list, or by the beginning of its name: open 2"},
		"earlier": {"earlier", "the messages before those that were read"}, "again": {"again", "read the open conversation once more"},
		"reply": {"reply", "write to the customer, in several lines"}, "template": {"template", "send a template: choose, fill in, hear it, confirm"},
		"note": {"note", "write for the team alone"}, "resolve": {"resolve", "resolve the open conversation"}, "reopen": {"reopen", "open a resolved one again"},
		"assign": {"assign", "give it to somebody: assign me, assign ben, assign nobody"},
		"snooze": {"snooze", "put it aside until a time: snooze fri 9am, snooze reply"},
		"label":  {"label", "add or take away a label: label billing, label -billing"},
		"retry":  {"retry", "send the newest failed message of ours again"},
		"search": {"search", "find words, names and numbers: search invoice"},
		"next":   {"next", "the next conversation that needs somebody"},
		"undo":   {"undo", "take the last action back"},
		"status": {"status", "the link, the queue and the window"},
		"quiet":  {"quiet", "do not tell new events, or tell them again"},
		"help":   {"help", "this list"},
		"quit":   {"quit", "leave frontdesk"},
	}
}
