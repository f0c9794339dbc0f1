package overlay

import (
	"flag"
	"fmt"
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
	"frontdesk/tui/line"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

var update = flag.Bool("update", false, "rewrite the golden screens")

func now() time.Time { return time.Date(2025, 11, 20, 12, 7, 30, 0, time.UTC) }

func look() *line.Look {
	keys := map[string]string{"next-hit": "}", "prev-hit": "{", "palette": "Ctrl+K", "undo": "z", "again": "R", "discard": "D", "details": "d"}
	return &line.Look{
		Theme: theme.For(theme.Dark, theme.Terminal{}), Now: now(), Me: "ana",
		Words: words.EnglishFor(func(command string) string { return keys[command] }),
		Bound: func(key string) string { return map[string]string{"ctrl+k": "palette"}[key] },
	}
}

func whatsapp() *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp,
		Text:    provider.Limit{Max: 4096, Unit: provider.Runes},
		Send:    map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		Window:  provider.WindowRule{For: 24 * time.Hour, Outside: provider.TemplatesOnly},
	}
}

func elif() store.Conversation {
	return store.Conversation{
		ID: "c_elif", Account: "wa", Network: provider.WhatsApp, Chat: "905551234567", Phone: "905551234567",
		Name: "Elif Yılmaz", Language: "tr", LastInbound: now().Add(-26*time.Hour - 57*time.Minute - 30*time.Second),
		Link: event.Linked{
			System: "bookings", Ref: "BK-7702", Title: "Randevu",
			Fields: map[string]string{"date": "21 Kasım", "time": "14:00"},
		},
	}
}

func component(part provider.Part, text string, examples ...string) provider.Component {
	c := provider.Component{Part: part, Text: text, Format: "text", Examples: map[string]string{}}
	for i, e := range examples {
		c.Examples[fmt.Sprint(i+1)] = e
	}
	return c
}

func quick(labels ...string) provider.Component {
	c := provider.Component{Part: provider.PartButton}
	for _, l := range labels {
		c.Buttons = append(c.Buttons, provider.TemplateButton{Form: "quick_reply", Text: l})
	}
	return c
}

func templates() []provider.Template {
	one := func(name, lang, category string, status provider.TemplateStatus, cs ...provider.Component) provider.Template {
		return provider.Template{Name: name, Language: lang, Category: category, Status: status, Components: cs}
	}
	return []provider.Template{
		one("review_request", "en", "UTILITY", provider.Paused, component(provider.PartBody, "How was it?")),
		one("appointment_reminder", "en", "UTILITY", provider.Approved,
			component(provider.PartBody, "Hello {{1}}, your appointment is on {{2}} at {{3}}.", "Ana", "21 May", "10:00")),
		one("spring_offer", "tr", "MARKETING", provider.Approved,
			provider.Component{Part: provider.PartHeader, Format: "image"},
			component(provider.PartBody, "Bahar indirimi başladı, {{1}}!", "Elif"), component(provider.PartFooter, "Durdurmak için DUR yazın")),
		one("appointment_reminder", "tr", "UTILITY", provider.Approved,
			component(provider.PartHeader, "Randevu hatırlatma"),
			component(provider.PartBody, "Merhaba {{1}}, yarınki randevunuz {{2}} saat {{3}}. Onaylıyor musunuz?", "Ayşe", "1 Ocak", "09:30"),
			component(provider.PartFooter, "Ambiotec"), quick("Evet, geliyorum", "Değiştir")),
		one("thanks", "tr", "UTILITY", provider.Approved, component(provider.PartBody, "Teşekkür ederiz. 🙏")),
		one("service_followup", "en", "UTILITY", provider.Approved,
			component(provider.PartBody, "Is everything in order after our visit?")),
		one("order_link", "en", "UTILITY", provider.Approved, component(provider.PartBody, "Track it here."),
			provider.Component{Part: provider.PartButton, Buttons: []provider.TemplateButton{
				{Form: "url", Text: "Track", URL: "https://shop.example/o/{{1}}"},
			}}),
	}
}

func picker() *Picker {
	return NewPicker(look(), PickerData{
		Conversation: elif(), Caps: whatsapp(), Templates: templates(),
		SyncedAt: now().Add(-2 * time.Minute), Why: true,
		Use: map[string]Use{"appointment_reminder/tr": {LastUsed: now().Add(-time.Hour)}},
	})
}

// press types keys by their Bubble Tea names; one that begins with a quote is
// typed letter by letter. It returns the last action.
func press(o Overlay, names ...string) (last action.Action) {
	for _, n := range names {
		if text, ok := strings.CutPrefix(n, "'"); ok {
			for _, r := range text {
				last = o.Key(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
			continue
		}
		last = o.Key(key(n))
	}
	return last
}

func key(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "pgdown": tea.KeyPgDown,
	}
	var k tea.KeyPressMsg
	if rest, ok := strings.CutPrefix(name, "shift+"); ok && rest != "" {
		k.Mod, name = tea.ModShift, rest
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	if c, ok := codes[name]; ok {
		k.Code = c
		return k
	}
	k.Code, k.Text = []rune(name)[0], name
	return k
}

// screen is an overlay as plain text, after checking that its grid is exact
// under the width method m and within the free cells.
func screen(t *testing.T, o Overlay, w, h int) string {
	t.Helper()
	o.SetSize(w, h)
	rows := o.View()
	if len(rows) == 0 || len(rows) > h {
		t.Fatalf("%d rows in a height of %d", len(rows), h)
	}
	want := cells(rows[0])
	if want > w {
		t.Errorf("%d cells wide in %d", want, w)
	}
	var b strings.Builder
	for i, r := range rows {
		if n := cells(r); n != want {
			t.Errorf("row %d has %d cells, want %d: %q", i, n, want, ansi.Strip(r))
		}
		b.WriteString(strings.TrimRight(ansi.Strip(r), " ") + "\n")
	}
	if x, y, ok := o.Cursor(); ok {
		if x < 0 || x >= want || y < 0 || y >= len(rows) {
			t.Errorf("cursor %d,%d outside of %d×%d", x, y, want, len(rows))
		}
		fmt.Fprintf(&b, "cursor %d,%d\n", x, y)
	}
	return b.String()
}

func cells(row string) int { return ansi.StringWidthWc(ansi.Strip(row)) }

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
