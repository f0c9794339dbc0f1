package tui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/keymap"
)

// binding is the keys of one command. The first is the one that is shown.
type binding struct {
	command string
	keys    []string
}

// gmail are the bindings as a profile.
func gmail() []keymap.Binding {
	var out []keymap.Binding
	for _, b := range bindings() {
		out = append(out, keymap.Binding{Command: b.command, Keys: b.keys})
	}
	return out
}

// bindings are the keys of TRIAGE in the profile gmail, in the order in which help
// lists them.
func bindings() []binding {
	on := func(keys ...string) []string { return keys }
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
		{"late", on("g l")},
		{"due", on("g t")},
		{"snoozed", on("g s")},
		{"followup", on("g d")},
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

// triageKeys are the names by which a key may be bound, the likeliest first: its
// own and, where it types a letter that is not Latin, that of its place on the
// keyboard, as the terminal reports it, else as the layout is known.
func triageKeys(k tea.KeyPressMsg) []string {
	name := k.String()
	typed, size := utf8.DecodeLastRuneInString(name)
	if k.BaseCode != 0 && k.Text == "" { // the terminal has put the place's letter in already
		return []string{name}
	}
	if typed < utf8.RuneSelf || typed == utf8.RuneError || len([]rune(k.Text)) > 1 {
		return []string{name}
	}
	r := k.BaseCode
	if r == 0 {
		r = byLayout(typed)
	}
	if r == 0 {
		return []string{name}
	}
	if k.Text != "" {
		if k.Mod.Contains(tea.ModShift) || unicode.IsUpper(typed) {
			r = shifted(r)
		}
		return []string{name, string(r)}
	}
	mods := name[:len(name)-size]
	if unicode.IsUpper(typed) && !strings.Contains(mods, "shift+") {
		mods += "shift+"
	}
	return []string{name, mods + string(r)}
}

// triageKey names a key by its place where it has one.
func triageKey(k tea.KeyPressMsg) string {
	names := triageKeys(k)
	return names[len(names)-1]
}

// shifted is what a key of the Latin rows types with shift.
func shifted(r rune) rune {
	if i := strings.IndexRune("[];',./", r); i >= 0 {
		return rune("{}:\"<>?"[i])
	}
	return unicode.ToUpper(r)
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
