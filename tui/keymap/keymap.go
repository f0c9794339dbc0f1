// Package keymap says which key runs which command: a profile's bindings, and
// an agent's own table over them. It knows keys by their names alone, runs no
// command, reads no file and draws nothing.
package keymap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Binding is a command and the names of its keys; the first is the one that is
// shown. A name of two keys, "g m", is the one after the other.
type Binding struct {
	Command string
	Keys    []string
}

// Change gives a command other keys than the profile does; none takes them away.
// Line is where the file says so, 0 where nobody knows.
type Change struct {
	Command string
	Keys    []string
	Line    int
}

// Error is a table that cannot hold: on which line, which command or key, and why.
// Nearest is the valid name most like a misspelt one; empty where none is alike.
type Error struct {
	Line          int
	Name, Nearest string
	Why           error
}

func (e *Error) Error() string {
	err := fmt.Errorf("%q %w", e.Name, e.Why)
	if e.Line > 0 {
		err = fmt.Errorf("line %d: %w", e.Line, err)
	}
	if e.Nearest != "" {
		err = fmt.Errorf("%w (did you mean %q?)", err, e.Nearest)
	}
	return err.Error()
}

// Unwrap returns why.
func (e *Error) Unwrap() error { return e.Why }

// Map finds a command by its key and the keys of a command.
type Map struct {
	order    []Binding
	keys     map[string][]string
	commands map[string]string
	// begin are the first keys of those that are two.
	begin map[string]bool
}

// New returns the map of a profile, in its order, with the changes over it.
// Commands are all there are, those without a key included. The error is the
// first *Error: a command or a key nobody knows, a key that no terminal gives
// us, or one that two commands want.
func New(profile []Binding, changes []Change, commands []string) (*Map, error) {
	order, lines := slices.Clone(profile), map[string]int{}
	for _, c := range changes {
		if !slices.Contains(commands, c.Command) {
			return nil, &Error{Line: c.Line, Name: c.Command, Why: errors.New("is no command"), Nearest: nearest(c.Command, commands)}
		}
		if _, twice := lines[c.Command]; twice {
			return nil, &Error{Line: c.Line, Name: c.Command, Why: errors.New("stands here twice")}
		}
		lines[c.Command] = c.Line
		keys, err := canonical(c)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(order, func(b Binding) bool { return b.Command == c.Command })
		if at < 0 {
			at, order = len(order), append(order, Binding{Command: c.Command})
		}
		order[at].Keys = keys
	}
	return build(order, lines)
}

// canonical returns the keys of a change as terminals name them.
func canonical(c Change) ([]string, error) {
	keys := make([]string, 0, len(c.Keys))
	for _, typed := range c.Keys {
		name, bad := sequence(typed)
		if bad != nil {
			bad.Line = c.Line
			return nil, bad
		}
		if slices.Contains(keys, name) {
			return nil, &Error{Line: c.Line, Name: typed, Why: errors.New("stands twice at " + c.Command)}
		}
		keys = append(keys, name)
	}
	return keys, nil
}

// build refuses what two commands want. The blame is the table's: its line is
// named, the later one where both stand in it.
func build(order []Binding, lines map[string]int) (*Map, error) {
	m := &Map{order: order, keys: map[string][]string{}, commands: map[string]string{}, begin: map[string]bool{}}
	first := map[string]string{} // the command whose two keys begin with this one
	for _, b := range order {
		m.keys[b.Command] = b.Keys
		for _, k := range b.Keys {
			if was, taken := m.commands[k]; taken {
				return nil, clash(k, was, b.Command, lines)
			}
			m.commands[k] = b.Command
			if begin, _, two := strings.Cut(k, " "); two {
				if !m.begin[begin] {
					m.begin[begin], first[begin] = true, b.Command
				}
			}
		}
	}
	for _, b := range order {
		for _, k := range b.Keys {
			if m.begin[k] {
				return nil, clash(k, b.Command, first[k], lines)
			}
		}
	}
	return m, nil
}

func clash(key, a, b string, lines map[string]int) *Error {
	if lines[a] > lines[b] {
		a, b = b, a
	}
	_, mine := lines[a]
	if _, both := lines[b]; mine && !both {
		a, b = b, a
	}
	return &Error{Line: lines[b], Name: key, Why: fmt.Errorf("is wanted by %s and by %s: give one of them another key, or [] for none", b, a)}
}

// Bindings returns every command that the map knows, in the profile's order.
func (m *Map) Bindings() []Binding { return slices.Clone(m.order) }

// Command returns what a key runs; false where it runs nothing.
func (m *Map) Command(key string) (string, bool) {
	c, ok := m.commands[key]
	return c, ok
}

// Keys returns the keys of a command by their names; none where it has none.
func (m *Map) Keys(command string) []string { return m.keys[command] }

// Begins reports a key that is the first of two.
func (m *Map) Begins(key string) bool { return m.begin[key] }

// After returns the bindings whose two keys begin with this one, in the profile's
// order: each with its second key alone.
func (m *Map) After(begin string) []Binding {
	var out []Binding
	for _, b := range m.order {
		for _, k := range b.Keys {
			if second, ok := strings.CutPrefix(k, begin+" "); ok {
				out = append(out, Binding{Command: b.Command, Keys: []string{second}})
			}
		}
	}
	return out
}

// Shown returns the key of a command as the screen writes it; empty where it has
// none.
func (m *Map) Shown(command string) string {
	if keys := m.keys[command]; len(keys) > 0 {
		return Show(keys[0])
	}
	return ""
}

// Typing returns the name of the first key of a command that types nothing, so that it acts
// while a text is written, too; empty where there is none.
func (m *Map) Typing(command string) string {
	for _, k := range m.keys[command] {
		if acts(k) {
			return k
		}
	}
	return ""
}

// UnknownProfile says that there is no such profile, and which there are.
func UnknownProfile(name string, there []string) *Error {
	return &Error{Name: name, Nearest: nearest(name, there), Why: fmt.Errorf("is no profile: there are %s", strings.Join(there, ", "))}
}
