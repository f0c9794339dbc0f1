package strings

import (
	"fmt"

	"frontdesk/store"
)

// People is the words of what is known of a person, and of what is done about
// them. A field whose name ends in F is a format.
type People struct {
	// Titles of the contact pane's parts.
	Identities, Fields, About, Alike, Ledger, Endings string
	// AlikeHint says what joins them.
	AlikeHint string
	// BlockedHere is where the network goes on bringing what they write.
	BlockedBoth, BlockedHere string
	// Entry is a line of the ledger; Ended one of how it was resolved before.
	Entry func(e store.LedgerEntry, at string) string
	Ended func(e store.Ending, at string) string
	// MoreF: how many more there are.
	MoreF string
	// MenuTitle is over the rarer things; JoinTitle over the search for whom to join.
	MenuTitle, JoinTitle string
	// The form of the contact, and of a word on consent.
	Form        PersonForm
	ConsentForm ConsentForm
	FormHints   []Hint
	// What is asked before what cannot be taken back, or reaches the customer.
	BlockTitle, UnblockTitle, EraseTitle func(name string) string
	EraseSaid                            Said
	// BlockHereSaid is BlockSaid where the network cannot; TakesBack ends all three.
	BlockSaid, BlockHereSaid, UnblockSaid, TakesBack string
	BlockYes, UnblockYes, EraseYes                   string
	Did                                              PersonDid
	Search                                           string
	// BlockedMark and OutMark stand in a row of the list.
	BlockedMark, OutMark string
}

// PersonForm is the labels of the contact's form.
type PersonForm struct {
	Title, Name, Language, Zone, About, NewField, NewValue string
	LanguageHint, ZoneHint, FieldHint                      string
	BadZoneF, NoFieldName                                  string
}

// ConsentForm is the labels of the form of a word on consent.
type ConsentForm struct {
	StopTitle, MarketingTitle, AllowTitle, From, FromHint string
}

// PersonDid is what an action did; each F is of whom.
type PersonDid struct {
	DescribedF, StoppedF, MarketingF, AllowedF, JoinedF, SplitF string
	BlockedF, UnblockedF                                        string
	// NetworkF: the network; NetworkNotF: the network, why.
	NetworkF, NetworkNotF, NetworkOffF          string
	SameAlready, NotJoined, ExportedF           string
	CannotExport, CannotErase, NotDoneF, Erased string
	BlockedAlready, NotBlocked                  string
}

func englishPeople(keys Keys) People {
	return People{
		Identities: "Also", Fields: "Fields", About: "About", Alike: "Same number", Ledger: "What they allow", Endings: "Resolved before",
		AlikeHint:   "the same person? the menu joins them",
		BlockedBoth: "blocked, at the network too", BlockedHere: "blocked by the team; the network still takes what they write",
		Entry: ledgerEntry, Ended: ended, MoreF: "and %d more",
		MenuTitle: "This contact", JoinTitle: "Join with",
		Search: "the same person's name, number or words",
		Form: PersonForm{
			Title: "What the team knows", Name: "Name", Language: "Language", Zone: "Time zone", About: "Note on them", NewField: "New field", NewValue: "its value",
			LanguageHint: "es, pt-BR", ZoneHint: "America/Bogota", FieldHint: "a name",
			BadZoneF: "There is no time zone %q. Write one like America/Bogota.", NoFieldName: "The new value has no name. Name the field.",
		},
		ConsentForm: ConsentForm{
			StopTitle: "No messages at all", MarketingTitle: "No marketing", AllowTitle: "Messages again",
			From: "Known from", FromHint: "a call, a form, in the shop",
		},
		FormHints:  []Hint{{"Enter", "save"}, {"Tab", "next"}, {"Esc", "leave it"}},
		BlockTitle: func(n string) string { return "Block " + n + "?" }, UnblockTitle: func(n string) string { return "Unblock " + n + "?" },
		EraseTitle:    func(n string) string { return "Erase " + n + "?" },
		BlockSaid:     "Nothing more goes to them, and the network keeps what they write from us.",
		BlockHereSaid: "Nothing more goes to them. This network blocks nobody through its API, so what they write still comes: block them in its own app, too.",
		UnblockSaid:   "They can be written to again, and the network brings what they write.", TakesBack: keys.or("undo", "%s takes it back.", "It can be taken back."),
		EraseSaid: Said{
			"Every message, note, field and consent of this person goes, on every network, at the relay and on every terminal. It cannot be undone.",
			"Export first what has to be kept. What was exported or saved to files is not reached.",
		},
		BlockYes: "block them", UnblockYes: "unblock them", EraseYes: "erase for good",
		BlockedMark: "⊘ blocked", OutMark: "⊘ opted out",
		Did: personDid(),
	}
}

func personDid() PersonDid {
	return PersonDid{
		DescribedF: "described %s", StoppedF: "%s gets no more messages", MarketingF: "%s gets no more marketing", AllowedF: "%s may be written to again",
		JoinedF: "joined %s with another contact", SplitF: "%s stands alone again",
		BlockedF: "blocked %s", UnblockedF: "unblocked %s",
		NetworkF: "%s blocks them, too.", NetworkOffF: "%s lets them write again.", NetworkNotF: "The team's word stands; at %s it was not done: %s",
		SameAlready: "They are one contact already.", NotJoined: "It is joined with no other.", ExportedF: "written to %s",
		CannotExport: "Nothing can be written from here.", CannotErase: "Nobody can be erased from here.", NotDoneF: "That was not done: %s",
		Erased: "The relay erases them now; every terminal follows.", BlockedAlready: "They are blocked already.", NotBlocked: "They are not blocked.",
	}
}

// ledgerEntry is what, whose word, from where, and when.
func ledgerEntry(e store.LedgerEntry, at string) string {
	what := "messages"
	switch {
	case e.Block && e.Allowed:
		return fmt.Sprintf("unblocked by @%s · %s", e.By, at)
	case e.Block:
		return fmt.Sprintf("blocked by @%s · %s", e.By, at)
	case e.Category == store.Marketing:
		what = "marketing"
	}
	if !e.Allowed {
		what = "no " + what
	}
	who := "they wrote"
	switch e.Source {
	case store.SourceNetwork:
		who = "the network told"
	case store.SourceTeam:
		who = "@" + string(e.By)
	}
	if e.Detail != "" {
		who += " “" + e.Detail + "”"
	}
	return what + ": " + who + " · " + at
}

func ended(e store.Ending, at string) string {
	s := at
	if e.By != "" {
		s += " @" + string(e.By)
	}
	if e.CSAT > 0 {
		s += fmt.Sprintf(" ★%d", e.CSAT)
	}
	if e.Notes != "" {
		s += " " + e.Notes
	}
	return s
}
