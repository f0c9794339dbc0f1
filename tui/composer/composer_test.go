package composer

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

var update = flag.Bool("update", false, "rewrite the golden screens")

func noon() time.Time { return time.Date(2025, 11, 20, 12, 7, 0, 0, time.UTC) }

func whatsapp() *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp, Text: provider.Limit{Max: 4096, Unit: provider.Runes},
		Send:   map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		Window: provider.WindowRule{For: 24 * time.Hour, Outside: provider.TemplatesOnly},
	}
}

// closesIn is a conversation whose window closes d after noon.
func closesIn(d time.Duration) store.Conversation {
	return store.Conversation{ID: "c_1", Network: provider.WhatsApp, LastInbound: noon().Add(d - 24*time.Hour)}
}

func open(d time.Duration) *Composer {
	keys := map[string]string{"reply": "r", "note": "n", "template": "t"}
	c := New(words.EnglishFor(func(command string) string { return keys[command] }), theme.For(theme.Dark, theme.Terminal{}), safetext.Measurer{})
	c.Bound = func(k tea.KeyPressMsg) string { return map[string]string{"n": "note", "t": "template"}[k.String()] }
	c.SetSize(92, 8)
	c.Open(closesIn(d), whatsapp(), noon())
	c.Focus()
	return c
}

func key(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
		"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	}
	var k tea.KeyPressMsg
	for prefix, mod := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "alt+": tea.ModAlt, "shift+": tea.ModShift} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			k.Mod, name = mod, rest
		}
	}
	if c, ok := codes[name]; ok {
		k.Code = c
		return k
	}
	k.Code = []rune(name)[0]
	if k.Mod == 0 {
		k.Text = name
	}
	return k
}

func press(c *Composer, names ...string) (last action.Action) {
	for _, n := range names {
		if text, ok := strings.CutPrefix(n, "'"); ok {
			for _, r := range text {
				last = c.Key(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
			continue
		}
		last = c.Key(key(n))
	}
	return last
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want action.Action
		text string // left in the composer
	}{
		{"send", []string{"'hola", "enter"}, action.SendText{Text: "hola"}, ""},
		{"send twice", []string{"'hola", "enter", "enter"}, nil, ""},
		{"send and resolve", []string{"'hola", "ctrl+r"}, action.SendText{Text: "hola", Resolve: true}, ""},
		{"nothing typed", []string{"enter"}, nil, ""},
		{"only spaces", []string{"'  ", "ctrl+j", "enter"}, nil, "  \n"},
		{"new lines", []string{"'a", "ctrl+j", "'b", "alt+enter", "'c", "shift+enter", "'d", "enter"}, action.SendText{Text: "a\nb\nc\nd"}, ""},
		{"back", []string{"'hola", "esc"}, action.SaveDraft{Mode: store.DraftReply, Text: "hola"}, "hola"},
		{"template", []string{"'hola", "ctrl+t"}, action.Run{Command: "template"}, "hola"},
		{"note", []string{"ctrl+n", "'llamar", "enter"}, action.SaveNote{Text: "llamar"}, ""},
		{"a note never resolves", []string{"ctrl+n", "'llamar", "ctrl+r"}, action.Say{Text: words.English().Composer.NoteOnly}, "llamar"},
		{"an empty note", []string{"ctrl+n", "'  ", "enter"}, nil, "  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			comp := open(5 * time.Hour)
			if diff := cmp.Diff(c.want, press(comp, c.keys...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if comp.Text() != c.text {
				t.Errorf("left %q, want %q", comp.Text(), c.text)
			}
		})
	}
}

// Keys that terminals, multiplexers and flow control need are never taken.
func TestNeverBound(t *testing.T) {
	for _, r := range "miszqhab[" {
		c := open(time.Hour)
		c.SetText("hola")
		if got := press(c, "ctrl+"+string(r)); got != nil || c.Text() != "hola" {
			t.Errorf("ctrl+%c does %#v and leaves %q", r, got, c.Text())
		}
	}
}

// Reply and note keep their own texts, and neither leaves as the other.
func TestModesKeepTheirTexts(t *testing.T) {
	c := open(time.Hour)
	press(c, "'to the customer", "ctrl+n", "'to the team")
	if c.Mode() != store.DraftNote || c.Text() != "to the team" {
		t.Fatalf("%s %q", c.Mode(), c.Text())
	}
	want := []action.SaveDraft{
		{Mode: store.DraftReply, Text: "to the customer"},
		{Mode: store.DraftNote, Text: "to the team"},
	}
	if !c.Dirty() {
		t.Error("not dirty")
	}
	if diff := cmp.Diff(want, c.Unsaved()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c.Dirty() || len(c.Unsaved()) != 0 {
		t.Error("still dirty")
	}
	press(c, "ctrl+n")
	if got := press(c, "enter"); got != (action.SendText{Text: "to the customer"}) {
		t.Errorf("got %#v", got)
	}
	if !c.Dirty() {
		t.Error("a sent text leaves its draft behind")
	}
	c.SetMode(store.DraftNote)
	if c.Text() != "to the team" {
		t.Errorf("the note is %q", c.Text())
	}
}

func TestDraftsBelongToTheirConversation(t *testing.T) {
	c := open(time.Hour)
	press(c, "'for the first", "ctrl+n", "'note")
	other := closesIn(time.Hour)
	other.ID = "c_2"
	c.Open(other, whatsapp(), noon())
	if c.Text() != "" || c.Mode() != store.DraftReply || c.Dirty() {
		t.Errorf("the next conversation has %q in %s", c.Text(), c.Mode())
	}
	c.SetDraft(store.DraftNote, "kept")
	if c.Dirty() || c.Text() != "" {
		t.Error("a draft that is set is dirty or in the wrong mode")
	}
}

// What Esc gives out is one of the two; the other one is still to be kept.
func TestSavedIsOfOneMode(t *testing.T) {
	c := open(time.Hour)
	press(c, "'reply", "ctrl+n", "'note", "esc")
	c.Saved()
	want := []action.SaveDraft{{Mode: store.DraftReply, Text: "reply"}}
	if diff := cmp.Diff(want, c.Unsaved()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRestore(t *testing.T) {
	c := open(time.Hour)
	press(c, "'first", "enter", "'next")
	c.Restore(store.DraftReply, "first")
	if c.Text() != "first\nnext" || !c.Dirty() {
		t.Errorf("got %q", c.Text())
	}
}

// The composer locks at the instant the window closes, keeps the draft, and no
// key types or acts as a letter that was meant as text.
func TestLocksAtTheInstant(t *testing.T) {
	c := open(time.Minute)
	press(c, "'see you a")
	closes := noon().Add(time.Minute)
	if next := c.Tick(closes.Add(-time.Nanosecond)); !next.Equal(closes) || c.Locked() {
		t.Fatalf("a nanosecond before: next %s, locked %v", next, c.Locked())
	}
	c.Tick(closes)
	if !c.Locked() {
		t.Fatal("open at the instant it closes")
	}
	if got := press(c, "'t ten n"); got != nil || c.Mode() != store.DraftReply || c.Text() != "see you a" {
		t.Fatalf("letters in full flight: %#v, %s, %q", got, c.Mode(), c.Text())
	}
	say, ok := press(c, "enter").(action.Say)
	if !ok || !strings.Contains(say.Text, "12:08") || !strings.Contains(say.Text, "template") {
		t.Fatalf("Enter does %#v", say)
	}
	if got := press(c, "backspace", "ctrl+u", "ctrl+j"); got != nil || c.Text() != "see you a" {
		t.Errorf("an edit: %#v, %q", got, c.Text())
	}
	if _, ok := c.Paste("pasted").(action.Say); !ok || c.Text() != "see you a" {
		t.Errorf("a paste goes in: %q", c.Text())
	}
	if got := press(c, "ctrl+t"); got != (action.Run{Command: "template"}) {
		t.Errorf("Ctrl+T does %#v", got)
	}
	// After leaving and coming back the letters act, as the band says.
	c.Blur()
	c.Focus()
	if got := press(c, "t"); got != (action.Run{Command: "template"}) {
		t.Errorf("t does %#v", got)
	}
	press(c, "n", "'for the team")
	if c.Mode() != store.DraftNote || c.Text() != "for the team" {
		t.Errorf("a note cannot be written: %s %q", c.Mode(), c.Text())
	}
	if got := press(c, "enter"); got != (action.SaveNote{Text: "for the team"}) {
		t.Errorf("got %#v", got)
	}
}

// In four rows or fewer a closed window says so in one whole line, and the draft
// is in sight, whether somebody writes or not.
func TestLockedInFewRowsShowsTheDraft(t *testing.T) {
	for _, since := range []time.Duration{-time.Hour, -3 * 24 * time.Hour, -40 * 24 * time.Hour} {
		for h := 2; h <= 4; h++ {
			for _, focused := range []bool{true, false} {
				c := open(since)
				c.SetText("see you at ten")
				if !focused {
					c.Blur()
				}
				c.SetSize(40, h)
				got := view(t, c, 40, safetext.Measurer{})
				if c.Height() > h || !strings.Contains(got, "templates only\n") || !strings.Contains(got, "see you at ten") {
					t.Errorf("%v, %d rows, focused %v:\n%s", since, h, focused, got)
				}
			}
		}
	}
	c := open(time.Hour)
	c.SetSize(40, 3)
	c.Open(closesIn(time.Hour), nil, noon())
	if got := view(t, c, 40, safetext.Measurer{}); !strings.Contains(got, "inbox not known here\n") {
		t.Errorf("an account that is not known:\n%s", got)
	}
	c.Open(store.Conversation{ID: "c_3", Network: provider.WhatsApp}, whatsapp(), noon())
	if got := view(t, c, 40, safetext.Measurer{}); !strings.Contains(got, "never wrote: templates only\n") {
		t.Errorf("who never wrote:\n%s", got)
	}
}

// A message of the customer opens the window again, with the draft as it was.
func TestOpensAgain(t *testing.T) {
	c := open(-time.Hour)
	c.SetText("draft")
	if !c.Locked() {
		t.Fatal("not locked")
	}
	c.Update(closesIn(24*time.Hour), whatsapp(), noon())
	press(c, "'!")
	if c.Locked() || c.Text() != "draft!" {
		t.Errorf("locked %v, %q", c.Locked(), c.Text())
	}
}

func TestNextChange(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name string
		in   time.Duration
		want time.Time
	}{
		{"to the next minute of the time left", 5*time.Hour + 90*time.Second, at("2025-11-20T12:07:30.000000001Z")},
		{"at a whole minute the next moment already", 5 * time.Hour, at("2025-11-20T12:07:00.000000001Z")},
		{"to the closing", 40 * time.Second, at("2025-11-20T12:07:40Z")},
		{"closed: midnight", -time.Hour, at("2025-11-21T00:00:00Z")},
	} {
		if got := open(c.in).NextChange(); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// Following it, the time shown is never older than it says.
	c := open(3*time.Minute + 20*time.Second)
	now, steps := noon(), 0
	for !c.Locked() {
		next := c.Tick(now)
		if !c.Locked() && !next.After(now) {
			t.Fatalf("no progress at %s", now)
		}
		if before := strings.Join(c.View(), ""); !c.Locked() {
			c.Tick(next.Add(-time.Nanosecond))
			if strings.Join(c.View(), "") != before {
				t.Fatalf("the view changed before %s", next)
			}
		}
		now = next
		c.Tick(now)
		if steps++; steps > 6 {
			t.Fatal("more steps than minutes")
		}
	}
	if !now.Equal(noon().Add(3*time.Minute + 20*time.Second)) {
		t.Errorf("locked at %s", now)
	}
}

func TestLimit(t *testing.T) {
	caps := whatsapp()
	caps.Text = provider.Limit{Max: 10, Unit: provider.UTF16}
	c := open(time.Hour)
	c.Open(closesIn(time.Hour), caps, noon())
	c.SetText("👍👍👍👍👍") // ten units
	if got := press(c, "enter"); got == nil {
		t.Fatal("a text at the limit does not go")
	}
	c.SetText("👍👍👍👍👍👍")
	say, ok := press(c, "enter").(action.Say)
	if !ok || !strings.Contains(say.Text, "2 UTF-16 units over the limit of 10") {
		t.Fatalf("got %#v", say)
	}
	if got := ansi.Strip(strings.Join(c.View(), "\n")); !strings.Contains(got, "12/10") || !strings.Contains(got, "over the limit") {
		t.Errorf("the screen does not say so:\n%s", got)
	}
	c.SetMode(store.DraftNote)
	c.SetText("a note may be longer than the network's limit")
	if _, ok := press(c, "enter").(action.SaveNote); !ok {
		t.Error("a note is held to the network's limit")
	}
}

func TestPasteTooMuch(t *testing.T) {
	c := open(time.Hour)
	say, ok := c.Paste(strings.Repeat("line\n", 4000)).(action.Say)
	if !ok || !strings.Contains(say.Text, "8000 characters did not fit") {
		t.Fatalf("got %#v", say)
	}
	if c.Height() != 8 {
		t.Errorf("%d rows", c.Height())
	}
}

// An account that is not known here, and a chat that takes no text, say so.
func TestNothingCanBeSent(t *testing.T) {
	c := open(time.Hour)
	c.Open(closesIn(time.Hour), nil, noon())
	if !c.Locked() || !strings.Contains(ansi.Strip(strings.Join(c.View(), "\n")), "not known on this terminal") {
		t.Errorf("%s", ansi.Strip(strings.Join(c.View(), "\n")))
	}
	if _, ok := press(c, "enter").(action.Say); !ok {
		t.Error("Enter says nothing")
	}
	c.Open(closesIn(time.Hour), &provider.Capabilities{}, noon())
	if got := ansi.Strip(strings.Join(c.View(), "\n")); !c.Locked() || !strings.Contains(got, "takes no text") {
		t.Errorf("%s", got)
	}
}

// states are the looks of the composer that the golden screens hold.
func states() map[string]func() *Composer {
	with := func(d time.Duration, text string) func() *Composer {
		return func() *Composer {
			c := open(d)
			c.SetText(text)
			return c
		}
	}
	rule := func(w provider.WindowRule) func() *Composer {
		return func() *Composer {
			caps := whatsapp()
			caps.Window = w
			c := open(0)
			c.Open(closesIn(0), caps, noon())
			c.SetText("hola")
			return c
		}
	}
	return map[string]func() *Composer{
		"reply":   with(5*time.Hour+12*time.Minute, "El técnico sale ahora, llega a las 3:20"),
		"empty":   with(48*time.Minute, ""),
		"long":    with(9*time.Minute, strings.Repeat("予約を来週に変更できますか？ El técnico llega. ", 14)),
		"over":    with(5*time.Hour, strings.Repeat("x", 4119)),
		"closed":  with(-2*time.Hour-57*time.Minute, "Merhaba Elif, yarın 14:00 uygun mu?"),
		"nodraft": with(-30*time.Hour, ""),
		"none":    rule(provider.WindowRule{}),
		"unknown": rule(provider.WindowRule{Blind: true}),
		"tagged":  rule(provider.WindowRule{For: time.Hour, Outside: provider.TaggedOnly, TaggedFor: 7 * 24 * time.Hour, Tags: []string{"human_agent"}}),
		"never": func() *Composer {
			c := open(0)
			c.Open(store.Conversation{}, whatsapp(), noon())
			return c
		},
		"note": func() *Composer {
			c := open(-time.Hour)
			press(c, "ctrl+n", "'@ben llámale mañana")
			return c
		},
		"blurred": func() *Composer {
			c := open(5*time.Hour + 12*time.Minute)
			c.Blur()
			return c
		},
		"blurreddraft": func() *Composer {
			c := open(5*time.Hour + 12*time.Minute)
			c.SetText("Claro, Juan.\nEl técnico llega\nentre las 3\ny las 4.")
			c.Blur()
			return c
		},
		"unreachable": func() *Composer {
			c := open(time.Hour)
			conv := closesIn(time.Hour)
			conv.Preview.Error = &provider.Error{Reason: provider.Undeliverable}
			c.Open(conv, whatsapp(), noon())
			return c
		},
	}
}

// view is the composer as plain text, after checking its grid.
func view(t testing.TB, c *Composer, w int, m safetext.Measurer) string {
	t.Helper()
	rows := c.View()
	if len(rows) != c.Height() {
		t.Fatalf("%d rows, height %d", len(rows), c.Height())
	}
	var b strings.Builder
	for i, r := range rows {
		plain := ansi.Strip(r)
		n := ansi.StringWidthWc(plain)
		if m.Method == safetext.Grapheme {
			n = ansi.StringWidth(plain)
		}
		if n != w {
			t.Fatalf("row %d has %d cells, want %d: %q", i, n, w, plain)
		}
		b.WriteString(strings.TrimRight(plain, " ") + "\n")
	}
	if x, y, ok := c.Cursor(); ok {
		if x < 0 || x >= w || y < 0 || y >= len(rows) {
			t.Fatalf("cursor %d,%d outside of %d×%d", x, y, w, len(rows))
		}
		fmt.Fprintf(&b, "cursor %d,%d\n", x, y)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, make := range states() {
		for _, w := range []int{92, 46} {
			t.Run(fmt.Sprintf("%s-%d", name, w), func(t *testing.T) {
				c := make()
				c.SetSize(w, 8)
				got := view(t, c, w, safetext.Measurer{})
				path := filepath.Join("testdata", fmt.Sprintf("%s-%d.txt", name, w))
				if *update {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// Any keys, any text, any size, open and closed: the grid is exact and the
// cursor inside.
func TestRandomKeys(t *testing.T) {
	pieces := []string{"a", "hola ", "\n", "予約を", "👨‍👩‍👧‍👦", "e\u0301", "שלום", "عليكم", "🇪🇸", "\x1b[2J", "\u202e", "\t", strings.Repeat("x", 90)}
	names := []string{
		"left", "right", "up", "down", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+u", "alt+b",
		"alt+f", "ctrl+j", "ctrl+n", "enter", "esc", "ctrl+y", "pgup", "pgdown", "t", "n",
	}
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		m := safetext.Measurer{Method: safetext.Method(seed % 2)}
		c := open(time.Hour)
		c.SetMeasurer(m)
		for range 40 {
			w := 1 + rnd.IntN(120)
			c.SetSize(w, 1+rnd.IntN(14))
			switch rnd.IntN(5) {
			case 0:
				c.Tick(noon().Add(time.Duration(rnd.IntN(120)) * time.Minute))
			case 1, 2:
				c.Paste(pieces[rnd.IntN(len(pieces))])
			default:
				press(c, names[rnd.IntN(len(names))])
			}
			if rnd.IntN(9) == 0 {
				c.Blur()
			} else {
				c.Focus()
			}
			view(t, c, w, m)
			if c.Height() > c.maxHeight {
				t.Fatalf("height %d of at most %d", c.Height(), c.maxHeight)
			}
		}
	}
}
