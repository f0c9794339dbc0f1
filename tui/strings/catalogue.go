// Package strings is the one catalogue of every word on the screen. A phrase
// with values in it is a function, so that another language may put them in
// another order. The package decides nothing and draws nothing; no English
// stands anywhere else under tui.
package strings

// Catalogue is every string of the screen, grouped by where it stands.
type Catalogue struct {
	Time     Time
	Word     Word
	Composer Composer
	Picker   Picker
	Naming   Naming
	// Templates is of the list and the form; Picker is of sending one.
	Templates Templates
	Linking   Linking
	Attach    Attaching
	Canned    Canned
	Notify    Notify
	Macros    Macros
	Start     Start
	Nudge     Nudge
	Past      Past
	Assign    Assign
	Palette   Palette
	Search    Search
	Help      Help
	Confirm   Confirm
	Details   Details
	Unsure    Unsure
	Resolve   Resolve
	Later     Later
	Many      Many
	Trouble   Trouble
	Ability   Ability
	Triage    Triage
	People    People
	Stats     Stats
	Target    Target
	Plain     Plain
	Tour      Tour
	Welcome   Welcome
	Screen    Screen
}

// English returns the English catalogue of what is not the screen: no key is named.
func English() *Catalogue { return EnglishFor(none) }

// EnglishFor returns the English catalogue of a screen with these keys.
func EnglishFor(keys Keys) *Catalogue {
	return &Catalogue{
		Time:      englishTime(),
		Word:      englishWord(),
		Composer:  englishComposer(keys),
		Picker:    englishPicker(),
		Naming:    englishNaming(),
		Templates: englishTemplates(),
		Linking:   englishLinking(),
		Attach:    englishAttaching(),
		Canned:    englishCanned(),
		Notify:    englishNotify(),
		Macros:    englishMacros(keys),
		Start:     englishStart(),
		Nudge:     englishNudge(),
		Past:      englishPast(),
		Assign:    englishAssign(),
		Palette:   englishPalette(),
		Search:    englishSearch(keys),
		Help:      englishHelp(keys),
		Confirm:   englishConfirm(),
		Details:   englishDetails(),
		Unsure:    englishUnsure(),
		Resolve:   englishResolve(keys),
		Later:     englishLater(keys),
		Many:      englishMany(keys),
		Tour:      englishTour(),
		Welcome:   englishWelcome(),
		Trouble:   englishTrouble(keys),
		Ability:   englishAbility(),
		Triage:    englishTriage(),
		People:    englishPeople(keys),
		Stats:     englishStats(),
		Target:    englishTarget(),
		Plain:     englishPlain(),
		Screen:    englishScreen(keys),
	}
}

// Hint is one key and what it does, for a line of hints.
type Hint struct{ Key, Does string }

// Said is what a person is told about trouble: what happened, and what to do.
type Said struct{ Happened, Do string }

// String joins the two parts.
func (s Said) String() string {
	switch {
	case s.Do == "":
		return s.Happened
	case s.Happened == "":
		return s.Do
	}
	return s.Happened + " " + s.Do
}
