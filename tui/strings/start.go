package strings

// Start is the words of beginning a conversation.
type Start struct {
	Title, Prompt string
	// To is a number's row: the number, and the inbox that would write.
	To func(number, inbox string) string
	// Asks says what may be typed; NoCode, BadLength and NoInbox why a number leads
	// nowhere; Nobody that no contact is called so.
	Asks, NoCode, BadLength, NoInbox string
	// NoUserInbox is NoInbox for a user id; NoUsername says that nobody known has a user
	// name, and that none can be written to by it.
	NoUserInbox string
	NoUsername  func(typed string) string
	Nobody      func(typed string) string
	// There is said where a conversation was there already.
	There string
	// Refuses and IsBlocked are said where they want none, or the team blocked them.
	Refuses, IsBlocked string
	// FirstTitle heads the first text to a number, FirstHint stands in it.
	FirstTitle, FirstHint string
	Hints, FirstHints     []Hint
}

func englishStart() Start {
	return Start{
		Title: "New conversation", Prompt: "+502 1234 5678, or a name",
		To:          func(number, inbox string) string { return number + "  from " + inbox },
		Asks:        "A number with its country code, a WhatsApp user id (DE.1234567), or a contact's name, number or user name.",
		NoUserInbox: "No inbox here can write to a user id first: that takes WhatsApp through Meta, 360dialog or Twilio.",
		NoUsername: func(typed string) string {
			return "No contact was last seen as “" + typed + "”, and no network can be written to by a user name. " +
				"Take their number or user id, or wait until they write."
		},
		NoCode:    "A number needs a plus sign and its country code: +502 1234 5678.",
		BadLength: "A number has 7 to 15 digits with its country code, and begins with no zero.",
		NoInbox:   "No inbox here can write to a number first.",
		Nobody:    func(typed string) string { return "No contact matches “" + typed + "”." },
		There:     "There is a conversation with them already: this one.",
		Refuses:   "They are here already, and want no messages.",
		IsBlocked: "They are here already, and blocked.",

		FirstTitle: "First message", FirstHint: "what you want to say",
		Hints:      []Hint{{"Enter", "opens or begins it"}, {"↑ ↓", "choose"}, {"Esc", "back"}},
		FirstHints: []Hint{{"Enter", "sends it"}, {"Ctrl+J", "line break"}, {"Esc", "back"}},
	}
}
