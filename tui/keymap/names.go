package keymap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// named are the keys that have a name and type nothing.
func named() []string {
	return []string{
		"enter", "kpenter", "esc", "tab", "space", "backspace", "delete", "insert", "up", "down", "left", "right",
		"home", "end", "pgup", "pgdown", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
	}
}

// modified are the named keys that terminals report with ctrl, alt and shift.
func modified() []string {
	return []string{"delete", "up", "down", "left", "right", "home", "end", "pgup", "pgdown"}
}

// never says of a key why it is bound to nothing: the terminal, the system below
// it, a multiplexer or the program itself has it.
func never(key string) error {
	switch key {
	case "ctrl+m", "ctrl+i", "ctrl+[":
		return fmt.Errorf("is the same as %s in most terminals", map[string]string{"ctrl+m": "enter", "ctrl+i": "tab", "ctrl+[": "esc"}[key])
	case "ctrl+h":
		return errors.New("is backspace in many terminals")
	case "ctrl+z", "ctrl+s", "ctrl+q":
		return errors.New("belongs to the terminal: it stops and goes on with it")
	case "ctrl+a", "ctrl+b":
		return errors.New("belongs to screen and tmux")
	case "ctrl+c":
		return errors.New("always quits")
	case "ctrl+l":
		return errors.New("always draws the screen again")
	}
	return nil
}

// sequence returns the name of one key, or of two with a blank between them, as
// terminals give them.
func sequence(typed string) (string, *Error) {
	if typed == " " {
		return "space", nil
	}
	parts := strings.Fields(typed)
	if len(parts) == 0 || len(parts) > 2 {
		return "", &Error{Name: typed, Why: errors.New("is neither a key nor two with a blank between them")}
	}
	for i, p := range parts {
		name, bad := one(p)
		if bad != nil {
			return "", bad
		}
		if i == 0 && len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
			return "", &Error{Name: typed, Why: errors.New("opens a saved view")}
		}
		if i == 0 && len(parts) == 2 && name == "esc" {
			return "", &Error{Name: typed, Why: errors.New("cannot begin with esc: terminals send that as alt"), Nearest: "alt+" + parts[1]}
		}
		parts[i] = name
	}
	return strings.Join(parts, " "), nil
}

// one returns the name of a key with its modifiers in the order of terminals.
func one(typed string) (string, *Error) {
	mods, base := split(typed)
	if base == "" {
		return "", unknown(typed)
	}
	if r, size := utf8.DecodeRuneInString(base); size == len(base) {
		return letter(typed, mods, r)
	}
	base = strings.ToLower(base)
	if alias, ok := map[string]string{"escape": "esc", "return": "enter", "pageup": "pgup", "pagedown": "pgdown", "del": "delete", "ins": "insert"}[base]; ok {
		base = alias
	}
	if !slices.Contains(named(), base) {
		return "", unknown(typed)
	}
	name := join(mods, base)
	if len(mods) > 0 && !slices.Contains(modified(), base) && name != "shift+tab" && name != "alt+enter" {
		return "", &Error{Name: typed, Why: errors.New("is reported by few terminals")}
	}
	return name, nil
}

// letter is a key that types: alone, with ctrl, or with alt, and shift beside it.
func letter(typed string, mods []string, r rune) (string, *Error) {
	alt, few := slices.Contains(mods, "alt"), &Error{Name: typed, Why: errors.New("is reported by few terminals")}
	switch {
	case !unicode.IsPrint(r) || r == utf8.RuneError:
		return "", unknown(typed)
	case slices.Contains(mods, "shift") && len(mods) == 1:
		return "", &Error{Name: typed, Why: errors.New("is written as what it types"), Nearest: string(unicode.ToUpper(r))}
	case slices.Contains(mods, "ctrl"):
		name := join(mods, string(unicode.ToLower(r)))
		if why := never(name); why != nil {
			return "", &Error{Name: typed, Why: why}
		}
		if len(mods) > 1 || unicode.ToLower(r) < 'a' || unicode.ToLower(r) > 'z' {
			return "", few
		}
		return name, nil
	case alt && unicode.IsUpper(r):
		mods, r = []string{"alt", "shift"}, unicode.ToLower(r)
	}
	name := join(mods, string(r))
	if alt && strings.ContainsRune("[]^_", r) || slices.Contains([]string{"alt+shift+o", "alt+shift+p", "alt+shift+x"}, name) {
		return "", &Error{Name: typed, Why: errors.New("begins what terminals send for other things")}
	}
	return name, nil
}

// unknown says of a key that it is none, and what it may have been meant for.
func unknown(typed string) *Error {
	mods, base := split(strings.ToLower(typed))
	e := &Error{Name: typed, Why: errors.New("is no key")}
	if near := nearest(base, named()); near != "" {
		e.Nearest = join(mods, near)
	}
	return e
}

// split cuts the modifiers off, in the order in which terminals name them. The
// plus sign itself is a key.
func split(typed string) (mods []string, base string) {
	base = typed
	has := map[string]bool{}
	for {
		before, after, found := strings.Cut(base, "+")
		mod := strings.ToLower(before)
		if mod == "control" {
			mod = "ctrl"
		}
		if !found || after == "" || mod != "ctrl" && mod != "alt" && mod != "shift" {
			break
		}
		has[mod], base = true, after
	}
	for _, m := range []string{"ctrl", "alt", "shift"} {
		if has[m] {
			mods = append(mods, m)
		}
	}
	return mods, base
}

func join(mods []string, base string) string {
	return strings.Join(append(slices.Clone(mods), base), "+")
}

// acts reports a key that does not type: it has ctrl or alt, or is one of F1 to
// F12, and is one alone.
func acts(key string) bool {
	mods, base := split(key)
	return !strings.Contains(key, " ") && (len(mods) > 0 && mods[0] != "shift" || len(base) > 1 && base[0] == 'f')
}

// Show is a key's name as the screen writes it: "ctrl+k" is Ctrl+K, "down" is ↓,
// a letter is itself. Two keys keep the blank between them.
func Show(name string) string {
	parts := strings.Split(name, " ")
	for i, p := range parts {
		mods, base := split(p)
		if base == "" { // the plus sign
			base = p
		}
		if utf8.RuneCountInString(base) > 1 {
			base = showNamed(base)
		} else if len(mods) > 0 {
			base = strings.ToUpper(base)
		}
		for j, m := range mods {
			mods[j] = strings.ToUpper(m[:1]) + m[1:]
		}
		parts[i] = join(mods, base)
	}
	return strings.Join(parts, " ")
}

func showNamed(base string) string {
	if shown, ok := map[string]string{"up": "↑", "down": "↓", "left": "←", "right": "→", "pgup": "PgUp", "pgdown": "PgDn", "kpenter": "KpEnter"}[base]; ok {
		return shown
	}
	return strings.ToUpper(base[:1]) + base[1:]
}

// longestName is more than any name has; what is longer is not looked at.
const longestName = 64

// nearest returns the name most like a misspelt one; empty where none is alike.
func nearest(typed string, names []string) string {
	if len(typed) > longestName {
		return ""
	}
	best, least := "", max(len(typed)/3, 2)+1
	if len(typed) < 4 {
		least = 2
	}
	for _, n := range names {
		if d := distance(strings.ToLower(typed), n); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters are to be put in, taken out, changed, or swapped with
// their neighbour.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
