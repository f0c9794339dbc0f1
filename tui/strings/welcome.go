package strings

// Welcome is the screen of a program that is not set up yet.
type Welcome struct {
	// Head is what it is, MissingF where it looked for its configuration.
	Head, MissingF string
	// Demo, Setup and Quit are its keys and what they do.
	Demo, Setup, Quit Hint
}

func englishWelcome() Welcome {
	return Welcome{
		Head:     "A team inbox in the terminal",
		MissingF: "Nothing is set up in %s yet.",
		Demo:     Hint{"d", "look around: pretend customers, no account"},
		Setup:    Hint{"s", "set it up: a few questions, each tried at once"},
		Quit:     Hint{"q", "not now"},
	}
}
