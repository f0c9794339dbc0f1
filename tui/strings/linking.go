package strings

// Linking is the words of the link to a thing in another system.
type Linking struct {
	Head string
	// The lines, and what stands in them while they are empty.
	System, Ref, Title, Address, Details                    string
	SystemHint, RefHint, Optional, AddressHint, DetailsHint string
	// What is wrong with a line.
	NoSystem, NoRef, NoAddress, BadDetails Said
	NoNumber                               func(system string) Said
	// Fills says what a link is for, Unties what Enter does without a reference,
	// Other that this inbox ties its messages to another system.
	Fills, Unties string
	Other         func(system string) string
	Hints         []Hint
}

func englishLinking() Linking {
	return Linking{
		Head:   "Link…",
		System: "what", Ref: "reference", Title: "called", Address: "address", Details: "details",
		SystemHint: "job, request, booking", RefHint: "its number, as people say it", Optional: "in a few words",
		AddressHint: "https:// page in the other system", DetailsHint: "date=21 May; time=14:00",
		NoSystem:   Said{"It does not say what is linked.", "Write job, request or booking."},
		NoRef:      Said{"There is no reference.", "Write its number."},
		NoAddress:  Said{"The address is no page.", "Write one that begins with https://, or none."},
		BadDetails: Said{"The details cannot be read.", "Write name=value; name=value."},
		NoNumber: func(system string) Said {
			return Said{"The " + system + " of this inbox goes by a number.", "Write its digits alone."}
		},
		Fills:  "Templates are filled from it, and the team sees it.",
		Unties: "Without a reference, Enter takes the link away.",
		Other: func(system string) string {
			return "Messages of this inbox are tied to a " + system + ", and to nothing else."
		},
		Hints: []Hint{{"Enter", "links"}, {"Tab", "next line"}, {"Esc", "back"}},
	}
}
