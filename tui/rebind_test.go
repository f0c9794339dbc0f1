package tui

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/store/storetest"
	"frontdesk/tui/keymap"
	"frontdesk/tui/tuitest"
)

// sign is the key that rebound gives to a command: one that no word has.
func sign(command string) string {
	return string(rune(0x2801 + slices.Index(CommandNames(), command)))
}

// rebound is a map in which every command has another key.
func rebound(t *testing.T) *keymap.Map {
	t.Helper()
	changes := make([]keymap.Change, 0, 100)
	for _, c := range CommandNames() {
		changes = append(changes, keymap.Change{Command: c, Keys: []string{sign(c)}})
	}
	m, err := Keymap("gmail", changes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// oldKey is a key of the profile gmail that stands alone, as hints name it. The words
// a and I are left out, and signs that stand for something else; the texts of the
// catalogue are read by a test of its own.
var oldKey = regexp.MustCompile(`(?m)(^|[ (·])(Ctrl\+K|j/k|g [a-z@]|[b-zB-HJ-Z*?/:;}{\[\]])([ ,.)│]|$)`)

// ownLetters are the letters by which an overlay chooses, which are its own: by the command
// that opens it.
var ownLetters = map[string]string{
	"again": "w s m x r t c", "priority": "u h m l n", "sort": "o n w c p t", "export-page": "h m j c", "export-view": "h m j c",
	"statistics": "c", "quit": "q", "broadcasts": "n p r x e", "block": "b", "labels": "[ ]", "reply": "/", "help": "/", "note": "/",
}

// TestEveryKeyIsReboundEverywhere: each command runs by its new key and by no old
// one, and no screen and no overlay names a key that does nothing any more.
func TestEveryKeyIsReboundEverywhere(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 160, Height: 48}} {
		d := reboundDesk(t, size)
		for _, command := range CommandNames() {
			for _, where := range []focus{onList, onThread} {
				drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
				drain(d.App, d.setFocus(where))
				d.press(sign(command))
				d.namesNoOldKey(t, command)
				d.over.Clear()
				d.composer.Blur()
			}
		}
	}
}

func reboundDesk(t *testing.T, size tea.WindowSizeMsg) *desk {
	t.Helper()
	o := options(storetest.New(t))
	o.Keys = rebound(t)
	d := newDeskOf(t, o, storetest.Now)
	d.send(size)
	drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
	return d
}

func (d *desk) namesNoOldKey(t *testing.T, command string) {
	t.Helper()
	screen := d.shows()
	if d.modal() { // what lies below is cut in the middle of words
		lines := strings.Split(screen, "\n")
		screen = ansi.Strip(strings.Join(d.rowsOf(d.over.Top()), "\n")) + "\n" + lines[len(lines)-1]
	}
	screen = strings.ReplaceAll(screen, "24 h ", "24 hours ")
	for _, found := range oldKey.FindAllString(screen, -1) {
		key := strings.Trim(found, " (·),.│")
		if !slices.Contains(strings.Fields(ownLetters[command]), key) && !slices.Contains(noKeys, key) {
			t.Errorf("after %s the screen names %q:\n%s", command, key, screen)
		}
	}
}

// noKeys are signs that stand on a screen for something else: a mark of what is not
// sure, an end of a sentence.
var noKeys = []string{"?"}

// What was a key is none any more, and the words on the screen name the new one.
func TestOldKeysDoNothing(t *testing.T) {
	d := reboundDesk(t, tea.WindowSizeMsg{Width: 160, Height: 48})
	before := d.shows()
	for _, b := range bindings() {
		for _, k := range b.keys {
			if k == "ctrl+c" || k == "ctrl+l" {
				continue // these two always act
			}
			d.press(strings.Fields(k)...)
		}
	}
	if after := d.shows(); after != before {
		t.Errorf("an old key did something:\n%s", after)
	}
	for _, want := range []string{sign("reply") + " reply", sign("resolve") + " resolve", sign("next") + "/" + sign("previous") + " move", sign("reply") + " to write"} {
		if !strings.Contains(before, want) {
			t.Errorf("the screen does not say %q:\n%s", want, before)
		}
	}
	d.press(sign("priority"), "u")
	if now := d.shows(); !strings.Contains(now, sign("undo")+" undoes") {
		t.Errorf("what was done does not say how it is taken back:\n%s", now)
	}
	d.press(sign("palette"), "d", "e", "t", "a", "i", "l")
	if now := d.shows(); !strings.Contains(now, sign("details")) {
		t.Errorf("the palette does not show the keys:\n%s", now)
	}
}

// TestACommandWithoutAKeyIsNamedByNone: what is bound to nothing is in no hint, and
// texts say what they say without it.
func TestACommandWithoutAKeyIsNamedByNone(t *testing.T) {
	changes := make([]keymap.Change, 0, 100)
	for _, c := range CommandNames() {
		changes = append(changes, keymap.Change{Command: c})
	}
	m, err := Keymap("vim", changes)
	if err != nil {
		t.Fatal(err)
	}
	o := options(storetest.New(t))
	o.Keys = m
	d := newDeskOf(t, o, storetest.Now)
	d.send(tea.WindowSizeMsg{Width: 160, Height: 48})
	for _, command := range CommandNames() {
		drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
		drain(d.App, d.run(command))
		d.namesNoOldKey(t, command)
		if strings.Contains(d.shows(), "%!") {
			t.Errorf("after %s a text is broken:\n%s", command, d.shows())
		}
		d.over.Clear()
		d.composer.Blur()
	}
}

// Keys go by their place also where they were rebound, and with modifiers.
func TestOtherLayoutsWithOtherKeys(t *testing.T) {
	m, err := Keymap("chatwoot", []keymap.Change{{Command: "mine", Keys: []string{"g z"}}, {Command: "help", Keys: []string{"ж"}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string][]tea.Key{
		"mine":         {{Code: 'п', Text: "п"}, {Code: 'я', Text: "я"}},
		"statistics":   {{Code: 'к', Mod: tea.ModAlt}},
		"resolve-stay": {{Code: 'у', Mod: tea.ModAlt}},
		"resolve":      {{Code: 'У', Mod: tea.ModAlt}},
		"help":         {{Code: 'ж', Text: "ж"}}, // the letter itself comes before its place
	} {
		o := options(storetest.New(t))
		o.Keys = m
		d := newDeskOf(t, o, storetest.Now)
		ran := ""
		for n, c := range d.commands {
			c.anywhere, c.run = true, func(*App) tea.Cmd { ran = n; return nil }
			d.commands[n] = c
		}
		for _, k := range keys {
			d.send(tea.KeyPressMsg(k))
		}
		if ran != name {
			t.Errorf("%v ran %q, want %q", keys, ran, name)
		}
	}
}

// Ctrl+C leaves and the palette opens while a text is written, by the first of its
// keys that types nothing.
func TestKeysOfWriting(t *testing.T) {
	m, err := Keymap("gmail", []keymap.Change{{Command: "palette", Keys: []string{":", "alt+x"}}, {Command: "quit", Keys: []string{"Q"}}})
	if err != nil {
		t.Fatal(err)
	}
	o := options(storetest.New(t))
	o.Keys = m
	d := newDeskOf(t, o, storetest.Now)
	drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
	d.press("r", ":", "Q")
	if got := d.composer.Text(); got != ":Q" {
		t.Fatalf("typed %q", got)
	}
	if s := d.shows(); !strings.Contains(s, "Alt+X everything") {
		t.Errorf("the screen does not name the palette's key:\n%s", s)
	}
	d.press("alt+x")
	if s := d.shows(); !strings.Contains(s, "what to do") {
		t.Errorf("the palette is not open:\n%s", s)
	}
	d.press("esc")
	_, cmd := d.Update(tuitest.Key("ctrl+c"))
	if cmd == nil {
		t.Error("ctrl+c did nothing")
	}
}

// Every profile is a map without a clash in which each command that the usual one
// gives a key has one, and the keys are written as terminals name them.
func TestProfiles(t *testing.T) {
	for _, name := range Profiles() {
		m, err := Keymap(name, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, b := range bindings() {
			if len(m.Keys(b.command)) == 0 {
				t.Errorf("%s has no key for %s", name, b.command)
			}
		}
		for _, b := range m.Bindings() {
			for _, k := range b.Keys {
				if k == "ctrl+c" || k == "ctrl+l" {
					continue
				}
				if _, err := Keymap("gmail", []keymap.Change{{Command: "away", Keys: []string{k}}}); err != nil && !strings.Contains(err.Error(), "is wanted by") {
					t.Errorf("%s, %s: %v", name, b.Command, err)
				}
			}
		}
		if m.Typing("palette") == "" {
			t.Errorf("%s: nothing opens the palette while one writes", name)
		}
	}
}
