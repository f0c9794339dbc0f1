package main

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frontdesk/tui"
	"frontdesk/tui/keymap"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// keysConfig is [keys] in config.toml: the profile to begin with, and commands with
// their keys over it.
type keysConfig map[string]any

// profileKey is what names the profile among the commands.
const profileKey = "profile"

// keymap judges the table and returns the keys of the screen. text is the whole
// file: the library tells no lines of what it has understood.
func (c keysConfig) keymap(text []byte) (*keymap.Map, error) {
	profile := tui.Profiles()[0]
	var changes []keymap.Change
	for name, value := range c {
		line := keyLine(text, name)
		keys, err := keysOf(value)
		if err != nil {
			return nil, &keymap.Error{Line: line, Name: name, Why: err}
		}
		if name != profileKey {
			changes = append(changes, keymap.Change{Command: name, Keys: keys, Line: line})
			continue
		}
		if len(keys) != 1 {
			return nil, &keymap.Error{Line: line, Name: name, Why: errors.New("is one name")}
		}
		profile = keys[0]
	}
	slices.SortFunc(changes, func(a, b keymap.Change) int {
		return cmp.Or(a.Line-b.Line, strings.Compare(a.Command, b.Command))
	})
	m, err := tui.Keymap(profile, changes)
	var wrong *keymap.Error
	if errors.As(err, &wrong) && wrong.Line == 0 && wrong.Name == profile {
		wrong.Line = keyLine(text, profileKey)
	}
	return m, err
}

// keysOf are the keys of a command as the file has them: one, or a list.
func keysOf(value any) ([]string, error) {
	wrong := errors.New(`takes a key in quotes, or a list of them: "r", ["r", "g r"], [] for none`)
	switch v := value.(type) {
	case string:
		return []string{v}, nil
	case []any:
		keys := make([]string, 0, len(v))
		for _, one := range v {
			key, ok := one.(string)
			if !ok {
				return nil, wrong
			}
			keys = append(keys, key)
		}
		return keys, nil
	}
	return nil, wrong
}

// keyLine is the line on which [keys] gives a name a value; 0 where it is written
// in another way than one line for each.
func keyLine(text []byte, name string) int {
	inside := false
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && !strings.Contains(line, "=") {
			header, _, _ := strings.Cut(line, "#")
			inside = strings.Trim(header, "[] \t") == "keys"
			continue
		}
		key, _, found := strings.Cut(line, "=")
		key = strings.TrimSpace(key)
		if under, ok := strings.CutPrefix(key, "keys."); ok && !inside {
			inside, key = false, under
		} else if !inside {
			continue
		}
		if found && strings.Trim(key, `"'`) == name {
			return i + 1
		}
	}
	return 0
}

// keyJSON is a command as `keys --json` prints it.
type keyJSON struct {
	Command string   `json:"command"`
	Keys    []string `json:"keys"`
	Name    string   `json:"name"`
	Does    string   `json:"does"`
}

// keys is the verb `keys`: which key does what, by config.toml or as a profile has it.
func (e environment) keys(args []string) error {
	f := e.flags("keys")
	dir := f.String("dir", "", "the folder with config.toml")
	profile := f.String("profile", "", "this profile as it is, without config.toml: "+strings.Join(tui.Profiles(), ", "))
	asJSON := f.Bool("json", false, "print JSON")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	m, err := e.keymapOf(*dir, *profile)
	if err != nil {
		return err
	}
	rows := keyRows(m)
	if *asJSON {
		return printJSON(e.out, rows)
	}
	return e.printKeys(rows)
}

// keymapOf is a profile's map, or that of the folder; the usual one where the folder
// has no configuration yet.
func (e environment) keymapOf(dir, profile string) (*keymap.Map, error) {
	if profile != "" {
		m, err := tui.Keymap(profile, nil)
		if err != nil {
			return nil, &usageError{what: err.Error(), todo: "frontdesk keys --profile " + tui.Profiles()[0]}
		}
		return m, nil
	}
	dir, err := e.folder(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "config.toml")); errors.Is(err, os.ErrNotExist) {
		return tui.Keymap(tui.Profiles()[0], nil)
	}
	cfg, err := loadConfig(dir, e.getenv)
	if err != nil {
		return nil, err
	}
	return cfg.keymap, nil
}

// keyRows are all commands, those with a key first and in the profile's order.
func keyRows(m *keymap.Map) []keyJSON {
	said := words.EnglishFor(m.Shown).Screen.Commands
	var rows []keyJSON
	seen := map[string]bool{}
	add := func(command string) {
		w := said[command]
		rows = append(rows, keyJSON{command, append([]string{}, m.Keys(command)...), w.Name, w.Help})
		seen[command] = true
	}
	for _, b := range m.Bindings() {
		add(b.Command)
	}
	for _, name := range tui.CommandNames() {
		if !seen[name] {
			add(name)
		}
	}
	return rows
}

func (e environment) printKeys(rows []keyJSON) error {
	var out columns
	for _, r := range rows {
		keys := make([]string, len(r.Keys))
		for i, k := range r.Keys {
			keys[i] = keymap.Show(k)
		}
		out.add(safetext.Line(cmp.Or(strings.Join(keys, ", "), "-")), safetext.Line(r.Command), safetext.Line(r.Does))
	}
	return out.write(e.out)
}
