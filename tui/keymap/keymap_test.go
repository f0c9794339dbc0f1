package keymap

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func profile() []Binding {
	return []Binding{{"next", []string{"j", "down"}}, {"resolve", []string{"e"}}, {"reply", []string{"r"}}, {"mine", []string{"g m"}}, {"all", []string{"g a"}}}
}

func commands() []string { return []string{"next", "resolve", "reply", "mine", "all", "mute"} }

// What cannot hold is told by its line, its name and the nearest one that can.
func TestTablesThatCannotHold(t *testing.T) {
	for name, c := range map[string]struct {
		changes []Change
		says    []string
	}{
		"an unknown command":          {[]Change{{"resolv", []string{"x"}, 7}}, []string{"line 7", `"resolv" is no command`, `"resolve"`}},
		"two letters swapped":         {[]Change{{"miens", []string{"x"}, 7}}, []string{`"miens" is no command`, `"mine"`}},
		"a command nothing is like":   {[]Change{{"qqqqqq", []string{"x"}, 7}}, []string{`"qqqqqq" is no command`}},
		"a command twice":             {[]Change{{"next", []string{"x"}, 1}, {"next", []string{"y"}, 2}}, []string{"line 2", "twice"}},
		"a key of the profile":        {[]Change{{"mute", []string{"r"}, 3}}, []string{"line 3", `"r"`, "mute", "reply", "[]"}},
		"a key of an earlier line":    {[]Change{{"next", []string{"x"}, 3}, {"reply", []string{"x"}, 4}}, []string{"line 4", `"x"`, "reply", "next"}},
		"a key twice in a list":       {[]Change{{"next", []string{"x", "x"}, 3}}, []string{"line 3", "twice"}},
		"the first of two keys":       {[]Change{{"mute", []string{"g"}, 5}}, []string{"line 5", `"g"`, "mute", "mine"}},
		"two over one of the profile": {[]Change{{"mute", []string{"j k"}, 5}}, []string{"line 5", `"j"`, "next"}},
		"three keys":                  {[]Change{{"mute", []string{"g m a"}, 5}}, []string{"neither a key nor two"}},
		"no key at all":               {[]Change{{"mute", []string{""}, 5}}, []string{"neither a key nor two"}},
		"a misspelt key":              {[]Change{{"mute", []string{"ctrl+entr"}, 5}}, []string{"is no key", `"ctrl+enter"`}},
		"a key of the terminal":       {[]Change{{"mute", []string{"ctrl+s"}, 5}}, []string{"line 5", "belongs to the terminal"}},
		"a key of tmux":               {[]Change{{"mute", []string{"Ctrl+B"}, 5}}, []string{"tmux"}},
		"enter by another name":       {[]Change{{"mute", []string{"ctrl+m"}, 5}}, []string{"the same as enter"}},
		"tab by another name":         {[]Change{{"mute", []string{"ctrl+i"}, 5}}, []string{"the same as tab"}},
		"esc by another name":         {[]Change{{"mute", []string{"ctrl+["}, 5}}, []string{"the same as esc"}},
		"backspace":                   {[]Change{{"mute", []string{"ctrl+h"}, 5}}, []string{"backspace"}},
		"the way out":                 {[]Change{{"mute", []string{"ctrl+c"}, 5}}, []string{"always quits"}},
		"the redrawing":               {[]Change{{"mute", []string{"ctrl+l"}, 5}}, []string{"draws"}},
		"a saved view's digit":        {[]Change{{"mute", []string{"3"}, 5}}, []string{"saved view"}},
		"shift and a letter":          {[]Change{{"mute", []string{"shift+x"}, 5}}, []string{`"X"`}},
		"ctrl and alt":                {[]Change{{"mute", []string{"ctrl+alt+x"}, 5}}, []string{"few terminals"}},
		"ctrl and enter":              {[]Change{{"mute", []string{"ctrl+enter"}, 5}}, []string{"few terminals"}},
		"what begins a sequence":      {[]Change{{"mute", []string{"alt+["}, 5}}, []string{"terminals send"}},
		"esc first":                   {[]Change{{"mute", []string{"esc x"}, 5}}, []string{`"alt+x"`}},
	} {
		_, err := New(profile(), c.changes, commands())
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
	}
}

func TestATableOverAProfile(t *testing.T) {
	m, err := New(profile(), []Change{
		{"reply", nil, 1}, {"mute", []string{"r", "Alt+R", "PageUp", "+"}, 2}, {"mine", []string{"G space", "ñ"}, 3},
	}, commands())
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"r": "mute", "alt+shift+r": "mute", "pgup": "mute", "+": "mute", "G space": "mine", "ñ": "mine", "g a": "all", "j": "next", "g m": "", "down": "next",
	} {
		if got, _ := m.Command(key); got != want {
			t.Errorf("%q runs %q, want %q", key, got, want)
		}
	}
	if m.Shown("reply") != "" || m.Shown("mute") != "r" || m.Typing("mute") != "alt+shift+r" || m.Typing("reply") != "" {
		t.Errorf("shown %q, %q; while typing %q", m.Shown("reply"), m.Shown("mute"), m.Typing("mute"))
	}
	if !m.Begins("G") || !m.Begins("g") || m.Begins("j") {
		t.Error("the first keys are not G and g")
	}
	if after := m.After("g"); len(after) != 1 || after[0].Command != "all" || !slices.Equal(after[0].Keys, []string{"a"}) {
		t.Errorf("after g: %v", after)
	}
	if got := m.Bindings(); len(got) != 6 || got[5].Command != "mute" {
		t.Errorf("bindings %v", got)
	}
}

func TestKeysAsTheScreenWritesThem(t *testing.T) {
	for in, want := range map[string]string{
		"j": "j", "esc": "Esc", "ctrl+k": "Ctrl+K", "shift+down": "Shift+↓", "pgup": "PgUp", "g m": "g m", "?": "?", "+": "+", "alt+j": "Alt+J",
		"alt+shift+e": "Alt+Shift+E", "space": "Space", "f5": "F5", "ctrl+w v": "Ctrl+W v", "alt++": "Alt++", "ж": "ж",
	} {
		if got := Show(in); got != want {
			t.Errorf("Show(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestUnknownProfile(t *testing.T) {
	if err := UnknownProfile("gmial", []string{"gmail", "vim"}); !strings.Contains(err.Error(), `(did you mean "gmail"?)`) {
		t.Error(err)
	}
}

// Whatever stands in a file is a key or an error with words, and what is a key stays
// one when it is read again.
func FuzzSequence(f *testing.F) {
	for _, s := range []string{"j", "ctrl+k", "g m", "+", "ctrl++", "ctrl+", "alt+shift+E", "\x00", "é", "\xff", "shift+tab", "esc", " "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name, bad := sequence(typed)
		if bad != nil {
			if bad.Why == nil || bad.Error() == "" {
				t.Errorf("%q is refused without a word", typed)
			}
			return
		}
		again, bad := sequence(name)
		if bad != nil || again != name || Show(name) == "" {
			t.Errorf("%q is %q, and that is %q: %v", typed, name, again, bad)
		}
	})
}
