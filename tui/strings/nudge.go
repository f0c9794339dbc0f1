package strings

// Nudge is the words of the template that keeps a conversation going.
type Nudge struct {
	// None is said where the team has named no template for the contact's language,
	// Gone where the inbox does not have the one it named; NoWindow where nothing
	// closes.
	None     string
	Gone     func(template string) string
	NoWindow string
}

func englishNudge() Nudge {
	return Nudge{
		None: "The team has named no nudge for this language (frontdesk nudge set). Choose a template.",
		Gone: func(t string) string {
			return "The team's nudge, " + t + ", is not a template of this inbox. Choose another."
		},
		NoWindow: "No window closes here: write at any time.",
	}
}
