package tui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// binding is the keys of one command. The first is the one that is shown.
type binding struct {
	command string
	keys    []string
}

// bindings are the keys of TRIAGE, in the order in which help lists them.
func bindings() []binding {
	return []binding{
		{"next", []string{"j", "down"}}, {"previous", []string{"k", "up"}},
		{"next-needing", []string{"J", "shift+down"}}, {"prev-needing", []string{"K", "shift+up"}},
		{"open", []string{"enter", "o", "kpenter"}}, {"back", []string{"esc", "u"}},
		{"next-open", []string{"]"}}, {"prev-open", []string{"["}},
		{"reply", []string{"r"}}, {"note", []string{"n"}}, {"template", []string{"t"}},
		{"resolve", []string{"e"}}, {"resolve-stay", []string{"E"}},
		{"assign", []string{"a"}}, {"assign-me", []string{"A"}},
		{"unread", []string{"U"}}, {"read", []string{"I"}},
		{"again", []string{"R"}}, {"discard", []string{"D"}}, {"details", []string{"d"}},
		{"copy", []string{"y"}}, {"copy-link", []string{"Y"}}, {"undo", []string{"z"}},
		{"search", []string{"/"}},
		{"mine", []string{"g m"}}, {"unassigned", []string{"g u"}}, {"all", []string{"g a"}},
		{"closing", []string{"g c"}}, {"resolved", []string{"g r"}}, {"failed", []string{"g f"}},
		{"next-pane", []string{"tab"}}, {"prev-pane", []string{"shift+tab"}}, {"contact", []string{"i"}},
		{"page-down", []string{"pgdown"}}, {"page-up", []string{"pgup"}},
		{"home", []string{"home"}}, {"end", []string{"end", "G"}},
		{"palette", []string{"ctrl+k", ":"}}, {"help", []string{"?"}},
		{"redraw", []string{"ctrl+l"}}, {"quit", []string{"q", "ctrl+c"}},
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
		for _, k := range b.keys {
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
