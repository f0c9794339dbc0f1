package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/cmd/internal/ptyscreen"
	"frontdesk/tui/plain"
)

// piped is the dialogue of the real program, through pipes.
type piped struct {
	t    *testing.T
	in   io.WriteCloser
	cmd  *exec.Cmd
	errs bytes.Buffer

	mu   sync.Mutex
	text string
	more chan struct{}
	from int
}

func talkTo(t *testing.T, args ...string) *piped {
	t.Helper()
	p := &piped{t: t, cmd: exec.Command(program(t), args...), more: make(chan struct{}, 1)}
	p.cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	p.cmd.Stdout, p.cmd.Stderr = p, &p.errs
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	return p
}

// Write takes what the program told.
func (p *piped) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text += string(b)
	select {
	case p.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

// hears waits for each pattern after the one before, and returns the last one's groups.
func (p *piped) hears(patterns ...string) []string {
	p.t.Helper()
	limit := time.After(patience)
	var found []string
	for _, pattern := range patterns {
		for found = nil; found == nil; {
			p.mu.Lock()
			text := p.text[p.from:]
			p.mu.Unlock()
			if at := regexp.MustCompile(pattern).FindStringSubmatchIndex(text); at != nil {
				for i := 0; i < len(at); i += 2 {
					found = append(found, text[at[i]:at[i+1]])
				}
				p.from += at[1]
				break
			}
			select {
			case <-p.more:
			case <-limit:
				p.t.Fatalf("%s is not told after:\n%s\n%s", pattern, text, p.errs.String())
			}
		}
	}
	return found
}

func (p *piped) does(lines ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, strings.Join(lines, "\n")+"\n"); err != nil {
		p.t.Fatal(err)
	}
}

// TestDialogue is the main job in lines: read, answer, hear what becomes of it; a closed
// window takes a template; a conversation is resolved and that is taken back. Then the
// same folder in a terminal, whose keys are given back.
func TestDialogue(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := t.TempDir()
	p := talkTo(t, "demo", "--plain", "--dir", dir, "--seed", "3", "--speed", "6")
	p.hears("LC_ALL=C.UTF-8 mends it", `\d+\. Juan Pérez, .*window \d+h\d\d.*\n`)
	p.does("open Juan", "reply", "El técnico sale ahora", ".")
	p.hears(`Juan Pérez, open\.`, "To Juan Pérez: in the queue", "To Juan Pérez: read")
	p.does("search Elif", "open 1", "reply")
	p.hears("Elif.*, open", "The window closed .*Send a template", "The templates of this inbox")
	n := p.hears(`\n(\d+)\. follow_up, en`)[1]
	p.hears("Type a number")
	p.does(n)
	p.hears("Elif.* will read:\n> Hello, we are still working", "costs one utility message", "Send it to Elif.*yes or no")
	p.does("yes")
	p.hears("To Elif.*: in the queue", "To Elif.*: (sent|delivered|read)")
	p.does("resolve")
	p.hears("resolved Elif")
	id := ""
	for _, c := range listConversations(t, dir, "resolved") {
		if strings.HasPrefix(c.Name, "Elif") {
			id = c.ID
		}
	}
	if id == "" {
		t.Error("the store does not say resolved")
	}
	p.does("undo")
	p.hears("undone: resolved Elif")
	for _, c := range listConversations(t, dir, "resolved") {
		if c.ID == id {
			t.Error("the store still says resolved")
		}
	}
	p.in.Close()
	p.hears("Goodbye")
	if err := p.cmd.Wait(); err != nil || strings.ContainsAny(p.text, "\x1b\r│✓") {
		t.Errorf("%v; drawing, or marks, or worse: %q", err, p.text[max(len(p.text)-300, 0):])
	}
	t.Run("terminal", func(t *testing.T) { inTerminal(t, dir) })
}

// inTerminal runs it as a person would, with keys that are not a line's, and sees that
// the terminal is as before.
func inTerminal(t *testing.T, dir string) {
	shell := fmt.Sprintf("%s demo --plain --dir %s --speed 0.01; stty -a", program(t), dir)
	cmd := exec.Command("sh", "-c", shell)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC")
	s, err := ptyscreen.Start(cmd, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p := &person{t: t, Screen: s}
	p.reads("Command:")
	p.types("list alk\x7fl\r")
	p.reads("20. ", "Type more for further ones.")
	p.types("op\t1\r")
	p.reads("Command: open 1", ", open.")
	if err := s.Resize(1, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Resize(80, 24); err != nil {
		t.Fatal(err)
	}
	p.types("quit\r")
	p.sees("the terminal as before", func(screen string) bool {
		return strings.Contains(screen, "Goodbye.") && strings.Contains(screen, " icanon") && strings.Contains(screen, " echo ")
	})
}

// Where lines are asked for is the flag, the environment or the configuration.
func TestWhenInLines(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{}
	e := environment{getenv: func(name string) string { return env[name] }, in: strings.NewReader(""), out: io.Discard}
	if e.inLines(false, dir) || !e.inLines(true, dir) {
		t.Error("the flag is not what is asked")
	}
	write("[screen]\nplain = true\n")
	if !e.inLines(false, dir) {
		t.Error("the configuration is not heard")
	}
	write("[screen\n")
	if e.inLines(false, dir) {
		t.Error("a broken configuration asks for lines")
	}
	env["FRONTDESK_PLAIN"] = "1"
	if !e.inLines(false, dir) {
		t.Error("the environment is not heard")
	}
	if m, restore, err := e.manner(); err != nil || m != plain.Piped {
		t.Errorf("a pipe's manner is %d, %v", m, err)
	} else {
		restore()
	}
	for locale, not := range map[string]bool{"": false, "C": true, "POSIX": true, "en_US": false, "de_DE.UTF-8": false, "de_DE.utf8@euro": false, "es_GT.ISO-8859-1": true} {
		env["LANG"] = locale
		if notUTF8(e.getenv) != not {
			t.Errorf("of %q it says %v", locale, !not)
		}
	}
}
