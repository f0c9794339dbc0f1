package tui

import (
	"slices"

	"frontdesk/tui/keymap"
)

// Profiles are the names of the keymaps to begin with, the usual one first.
func Profiles() []string { return []string{"gmail", "vim", "chatwoot"} }

// CommandNames are all the commands that a key may be given, in the order of the
// palette.
func CommandNames() []string {
	all := commands()
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.name
	}
	return names
}

// Keymap returns a profile with the changes over it. The error is a
// *keymap.Error: a profile, a command or a key nobody knows, or a key that two
// want.
func Keymap(profile string, changes []keymap.Change) (*keymap.Map, error) {
	base, err := profileOf(profile)
	if err != nil {
		return nil, err
	}
	return keymap.New(base, changes, CommandNames())
}

func profileOf(name string) ([]keymap.Binding, error) {
	switch name {
	case "gmail":
		return gmail(), nil
	case "vim":
		return over(gmail(), vim()), nil
	case "chatwoot":
		return over(gmail(), chatwoot()), nil
	}
	return nil, keymap.UnknownProfile(name, Profiles())
}

// over gives commands of a profile other keys.
func over(base []keymap.Binding, other map[string][]string) []keymap.Binding {
	for i, b := range base {
		if keys, ok := other[b.Command]; ok {
			base[i].Keys = slices.Clone(keys)
			delete(other, b.Command)
		}
	}
	for _, name := range CommandNames() { // those that have no key in base
		if keys, ok := other[name]; ok {
			base = append(base, keymap.Binding{Command: name, Keys: keys})
		}
	}
	return base
}

// vim is where the hands of its users go: i writes, u undoes, n and N walk hits,
// gg and G are the ends, half pages by ctrl+d and ctrl+u, v selects, yy copies,
// gx opens an address, : is the command line. What that takes a key from has
// another one.
func vim() map[string][]string {
	return map[string][]string{
		"open": {"enter", "o", "kpenter"}, "back": {"esc", "h"},
		"reply": {"i", "r"}, "note": {"O"}, "undo": {"u"},
		"next-hit": {"n"}, "prev-hit": {"N"},
		"home": {"g g", "home"}, "end": {"G", "end"},
		"page-down": {"ctrl+d", "ctrl+f", "pgdown"}, "page-up": {"ctrl+u", "pgup"},
		"select": {"v", "x"}, "select-all": {"V", "*"},
		"copy": {"y y"}, "copy-link": {"y l"}, "open-link": {"g x", "f"},
		"contact": {"g i"}, "views": {"g v"}, "snooze": {"z", "b"},
		"next-pane": {"tab", "ctrl+w"},
	}
}

// chatwoot is its dashboard's own keys, as its source lists them
// (app/javascript/dashboard/components/widgets/modal/constants.js), before the
// usual ones, which stay. What browsers take with the system's own key (resolve
// and next, attach) a terminal is never given; Alt and Shift do it.
func chatwoot() map[string][]string {
	return map[string][]string{
		"next": {"alt+j", "j", "down"}, "previous": {"alt+k", "k", "up"}, "back": {"esc", "u"},
		"resolve-stay": {"alt+e", "E"}, "resolve": {"alt+shift+e", "e"},
		"attach": {"alt+shift+a"}, "note": {"alt+p", "n"}, "reply": {"alt+l", "r"},
		"snooze": {"alt+m", "h", "b"}, "all": {"alt+c", "g a"}, "new": {"alt+v", "c"},
		"statistics": {"alt+r", "S"}, "views": {"alt+n", "v"}, "contact": {"alt+o", "i"},
	}
}
