package tui

import (
	"bytes"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// stripped is a screen as one would write it without safetext: what ansi.Strip
// leaves of a text goes into a row, into the title and into a line above.
type stripped struct{ text string }

func (m stripped) Init() tea.Cmd { return tea.Sequence(tea.Println(m.text), tea.Quit) }

func (m stripped) Update(tea.Msg) (tea.Model, tea.Cmd) { return m, nil }

func (m stripped) View() tea.View {
	v := tea.NewView("│" + ansi.Truncate(m.text, 60, "") + "│")
	v.WindowTitle = m.text
	return v
}

// The checks of the screen must be able to fail: ansi.Strip is not a sanitiser,
// and the renderer alone does not make one of it.
func TestAnsiStripFailsOnTheScreen(t *testing.T) {
	failed := 0
	for _, e := range hostile.Entries(t, "message_text", "display_name") {
		text := e.Text(t)
		if len(text) > 10_000 {
			continue
		}
		var out bytes.Buffer
		p := tea.NewProgram(stripped{ansi.Strip(text)}, tea.WithInput(nil), tea.WithOutput(&out), tea.WithWindowSize(80, 24),
			tea.WithoutSignalHandler(), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		if _, err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if len(tuitest.Read(out.Bytes()).Foreign) > 0 {
			failed++
		}
	}
	t.Logf("ansi.Strip lets %d texts through to the terminal", failed)
	if failed < 15 {
		t.Errorf("ansi.Strip fails %d entries only; the checks have lost their teeth", failed)
	}
}

// Each kind of byte that must not come through is seen.
func TestForeignBytesAreSeen(t *testing.T) {
	for what, written := range map[string]string{
		"a link": "\x1b]8;;http://evil.example\aclick\x1b]8;;\a", "hidden text": "\x1b[8mhidden\x1b[m", "blinking": "\x1b[5mx",
		"a query": "\x1b[6n", "device attributes": "\x1b[c", "a device string": "\x1bP$q\"p\x1b\\", "an application string": "\x1b_x\x1b\\",
		"c1": "\u009b31m", "raw c1": "\x9b31m", "an override": "a\u202eb", "a tag": "a\U000e0041", "a colour change": "\x1b]4;1;#fff\a",
		"the clipboard asked": "\x1b]52;c;?\a", "a title with c1": "\x1b]2;x\u0090\a", "null": "a\x00b", "reset": "\x1bc", "mode 66": "\x1b[?66h",
		"a bad clipboard": "\x1b]52;c;G10=\a",
	} {
		if out := tuitest.Read([]byte(written)); len(out.Foreign) == 0 {
			t.Errorf("%s is not seen: %+v", what, out)
		}
	}
	own := "\x1b[?25l\x1b[1;38;2;1;8;5mtext\x1b[m\x1b[2;3H\x1b[K\x1b]2;frontdesk\a\x1b]52;c;aG9sYQ==\a\r\ne\u0301"
	if out := tuitest.Read([]byte(own)); len(out.Foreign) != 0 || len(out.Clipboard) != 1 || out.Clipboard[0] != "hola" {
		t.Errorf("what is ours is taken for foreign: %+v", out)
	}
}
