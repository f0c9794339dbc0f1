package tui

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// binding is the keys of one command. The first is the one that is shown.
type binding struct {
	command string
	key.Binding
}

// bindings are the keys of TRIAGE, in the order in which help lists them.
func bindings() []binding {
	on := func(keys ...string) key.Binding { return key.NewBinding(key.WithKeys(keys...)) }
	return []binding{
		{"next", on("j", "down")},
		{"previous", on("k", "up")},
		{"next-needing", on("J", "shift+down")},
		{"prev-needing", on("K", "shift+up")},
		{"open", on("enter", "o", "kpenter")},
		{"back", on("esc", "u")},
		{"next-open", on("]")},
		{"prev-open", on("[")},
		{"reply", on("r")},
		{"note", on("n")},
		{"template", on("t")},
		{"new", on("c")},
		{"nudge", on("w")},
		{"resolve", on("e")},
		{"resolve-stay", on("E")},
		{"assign", on("a")},
		{"assign-me", on("A")},
		{"claim", on("C")},
		{"snooze", on("h", "b")},
		{"labels", on("l")},
		{"priority", on("!")},
		{"select", on("x")},
		{"select-all", on("*")},
		{"unread", on("U")},
		{"read", on("I")},
		{"again", on("R")},
		{"discard", on("D")},
		{"details", on("d")},
		{"mute", on("m")},
		{"copy", on("y")},
		{"copy-link", on("Y")},
		{"open-link", on("f")},
		{"undo", on("z")},
		{"macros", on(";")},
		{"search", on("/")},
		{"next-hit", on("}")},
		{"prev-hit", on("{")},
		{"mine", on("g m")},
		{"unassigned", on("g u")},
		{"all", on("g a")},
		{"closing", on("g c")},
		{"snoozed", on("g s")},
		{"followup", on("g d")},
		{"late", on("g l")},
		{"due", on("g t")},
		{"resolved", on("g r")},
		{"failed", on("g f")},
		{"mentions", on("g @")},
		{"sort", on("s")},
		{"views", on("v")},
		{"next-pane", on("tab")},
		{"prev-pane", on("shift+tab")},
		{"contact", on("i")},
		{"page-down", on("pgdown")},
		{"page-up", on("pgup")},
		{"home", on("home")},
		{"end", on("end", "G")},
		{"statistics", on("S")},
		{"broadcast", on("B")},
		{"broadcasts", on("g b")},
		{"palette", on("ctrl+k", ":")},
		{"help", on("?")},
		{"redraw", on("ctrl+l")},
		{"quit", on("q", "ctrl+c")},
	}
}

// shownKey is a key's name as the screen writes it: "ctrl+k" is Ctrl+K, "down"
// is ↓, a letter is itself.
func shownKey(name string) string {
	if len([]rune(name)) == 1 {
		return name
	}
	parts := strings.Split(name, "+")
	for i, p := range parts {
		switch p {
		case "up":
			p = "↑"
		case "down":
			p = "↓"
		case "pgup":
			p = "PgUp"
		case "pgdown":
			p = "PgDn"
		default:
			if len(parts) > 1 || len(p) > 1 && !strings.Contains(p, " ") {
				p = strings.ToUpper(p[:1]) + p[1:]
			}
		}
		parts[i] = p
	}
	return strings.Join(parts, "+")
}

// keymap finds a command by its key.
type keymap map[string]string

func newKeymap() keymap {
	m := keymap{}
	for _, b := range bindings() {
		for _, k := range b.Keys() {
			m[k] = b.command
		}
	}
	return m
}

// triageKey names a key as the bindings do. A letter that no binding can mean,
// because the layout is not Latin, goes by its place on the keyboard: as the
// terminal reports it, else as the layout is known.
func triageKey(k tea.KeyPressMsg) string {
	name := k.String()
	if k.Text == "" || isLatin(k.Text) {
		return name
	}
	r := k.BaseCode
	if r == 0 {
		r = byLayout([]rune(k.Text)[0])
	}
	if r == 0 {
		return name
	}
	if k.Mod.Contains(tea.ModShift) || unicode.IsUpper([]rune(k.Text)[0]) {
		return string(unicode.ToUpper(r))
	}
	return string(r)
}

func isLatin(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// byLayout returns the Latin letter on the key of r in the usual Russian,
// Greek, Hebrew and Arabic layouts; 0 where none is known.
func byLayout(r rune) rune {
	r = unicode.ToLower(r)
	for _, layout := range [...]string{
		"йцукенгшщзхъфывапролджэячсмитьбю",
		" ςερτυθιοπ  ασδφγηξκλ  ζχψωβνμ  ",
		"  קראטוןםפ  שדגכעיחלךף זסבהנמצתץ",
		"ضصثقفغعهخحجدشسيبلاتنمكط ءؤر ىةوز",
	} {
		if i := strings.IndexRune(layout, r); i >= 0 {
			return rune(latinRow[len([]rune(layout[:i]))])
		}
	}
	return 0
}

// latinRow is the keys of the layouts above, place by place.
const latinRow = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
