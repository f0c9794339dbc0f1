package strings

import "fmt"

// Tour is the words of the tour through the demo: one line at a time.
type Tour struct {
	// Chip stands before them.
	Chip string
	// Press says which key does what is next; Close and Leave what has to be done
	// before, where something lies on top or letters are typed; Write where nothing
	// can be sent because nothing is written.
	Press, Close, Leave func(key, does string) string
	Write               func(key, does string) string
	// Does is what each step's key does, by its command; send is the composer's own.
	Does map[string]string
	// Over is the last line: where to go on.
	Over func(help, palette string) string
	// Quit is how it is left, where there is room.
	Quit func(palette string) string
}

// TourSend is the step that is no command: what is written goes.
const TourSend = "send"

func englishTour() Tour {
	return Tour{
		Chip:  "TOUR",
		Press: func(key, does string) string { return fmt.Sprintf("Press %s to %s", key, does) },
		Close: func(key, does string) string { return fmt.Sprintf("Esc closes this. Then press %s to %s", key, does) },
		Leave: func(key, does string) string { return fmt.Sprintf("Esc ends writing. Then press %s to %s", key, does) },
		Write: func(key, does string) string {
			return fmt.Sprintf("Press %s, write a line, then Enter to %s", key, does)
		},
		Does: map[string]string{
			"next":         "go to the next conversation",
			"reply":        "answer this customer",
			TourSend:       "send what you wrote",
			"next-needing": "jump to the next that needs you",
			"assign-me":    "make this conversation yours",
			"resolve":      "resolve it and go on",
			"undo":         "take that back",
			"search":       "search everything",
			"palette":      "find any command by its name",
			"help":         "see every key",
		},
		Over: func(help, palette string) string {
			return fmt.Sprintf("Those were the ten. %s has every key, %s finds all by name", help, palette)
		},
		Quit: func(palette string) string { return palette + ": leave the tour" },
	}
}

// commandsOfTour are offered in the demo alone.
func commandsOfTour() map[string]Command {
	return map[string]Command{
		"tour":       {"tour", "ten keys, learned by pressing them; from the first again"},
		"tour-leave": {"leave the tour", "takes its line away"},
	}
}
