package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/keymap"
	words "frontdesk/tui/strings"
)

// keysOr returns the keys, or those of the profile gmail where there are none.
func keysOr(m *keymap.Map) *keymap.Map {
	if m != nil {
		return m
	}
	m, err := Keymap(Profiles()[0], nil)
	if err != nil {
		panic(err) // a test holds every profile
	}
	return m
}

// press runs the command of a key in TRIAGE, or waits for the second one.
func (a *App) press(k tea.KeyPressMsg) tea.Cmd {
	names, prefix := triageKeys(k), a.prefix
	a.prefix = ""
	if names[0] == "ctrl+c" { // whatever quit has else
		return a.run("quit")
	}
	for _, name := range names {
		if prefix != "" {
			name = prefix + " " + name
		}
		if command, ok := a.keys.Command(name); ok {
			return a.run(command)
		}
		if a.keys.Begins(name) {
			a.prefix = name
			return nil
		}
	}
	if name := names[len(names)-1]; prefix == "" && len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		return a.showSaved(int(name[0] - '0'))
	}
	return nil
}

// commandOf is the command that a single key runs in TRIAGE; empty for none.
func (a *App) commandOf(k tea.KeyPressMsg) string {
	for _, name := range triageKeys(k) {
		if command, ok := a.keys.Command(name); ok {
			return command
		}
	}
	return ""
}

// bound is commandOf for a key's name.
func (a *App) bound(name string) string {
	command, _ := a.keys.Command(name)
	return command
}

// second are the keys that may follow the first, with what they do.
func (a *App) second(first string) []words.Hint {
	screen := &a.words.Screen
	var out []words.Hint
	for _, b := range a.keys.After(first) {
		does := screen.Did.GoWords[b.Command]
		if does == "" {
			does = screen.Commands[b.Command].Name
		}
		out = append(out, words.Hint{Key: keymap.Show(b.Keys[0]), Does: does})
	}
	return out
}

// going is the key with which one goes somewhere: the first of two, where they are two.
func (a *App) going() string {
	first, _, _ := strings.Cut(a.keys.Shown("all"), " ")
	return first
}

// writingPalette is the palette's key while a text is written, where other keys type.
func (a *App) writingPalette() string {
	if key := a.keys.Typing("palette"); key != "" {
		return keymap.Show(key)
	}
	return ""
}

// shownBoth shows the keys of two commands that belong together: "j/k".
func (a *App) shownBoth(one, other string) string {
	x, y := a.keys.Shown(one), a.keys.Shown(other)
	if x == "" || y == "" {
		return x + y
	}
	return x + "/" + y
}
