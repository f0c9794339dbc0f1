package strings

import "fmt"

// commandsOfThemes choose how the screen looks.
func commandsOfThemes() map[string]Command {
	return map[string]Command{
		"theme-auto":     {"theme: as the terminal", "dark or light, after the terminal's background"},
		"theme-dark":     {"theme: dark", "on the terminal's background where it is dark, else on its own"},
		"theme-light":    {"theme: light", "on the terminal's background where it is light, else on its own"},
		"theme-contrast": {"theme: high contrast", "black or white, every word at seven to one or more"},
		"theme-16":       {"theme: sixteen colours", "the terminal's own sixteen, as you have set them"},
		"theme-none":     {"theme: no colours", "bold and reversed only, as with NO_COLOR"},
	}
}

// themeChosen says which theme is shown, and how it becomes the first one.
func themeChosen(name, choice string) string {
	return fmt.Sprintf("%s · theme = %q in config.toml keeps it", name, choice)
}
