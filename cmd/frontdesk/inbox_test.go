package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/ptyscreen"
)

// patience is how long a test waits for what must come; it never sleeps.
const patience = 30 * time.Second

// hits is the search's word that it found something for what was typed.
var hits = regexp.MustCompile(`[1-9]\d* hits?`)

// person drives the real program in a real pseudo terminal.
type person struct {
	t *testing.T
	*ptyscreen.Screen
}

func sitDown(t *testing.T, w, h int, args ...string) *person {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "TZ=UTC")
	s, err := ptyscreen.Start(cmd, w, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &person{t: t, Screen: s}
}

func (p *person) sees(what string, ok func(string) bool) {
	p.t.Helper()
	if _, err := p.Wait(patience, ok); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

func (p *person) reads(words ...string) {
	p.t.Helper()
	p.sees("reads "+strings.Join(words, ", "), func(screen string) bool {
		for _, w := range words {
			if !strings.Contains(screen, w) {
				return false
			}
		}
		return true
	})
}

func (p *person) types(keys string) {
	p.t.Helper()
	if err := p.Type(keys); err != nil {
		p.t.Fatal(err)
	}
}

// opens finds a conversation by name and opens it.
func (p *person) opens(name string) {
	p.t.Helper()
	p.types("/")
	p.reads("Search", "›")
	p.types(name)
	p.sees("a hit for "+name, func(screen string) bool {
		return hits.MatchString(screen) && strings.Contains(screen, "› "+name)
	})
	p.types("\r")
	p.sees("the thread of "+name, func(screen string) bool {
		return strings.Contains(threadHeader(screen), name) && !strings.Contains(screen, "› "+name)
	})
}

// leaves quits, and waits until the program has ended.
func (p *person) leaves() {
	p.t.Helper()
	p.types("q")
	ended := make(chan error, 1)
	go func() { ended <- p.End() }()
	select {
	case err := <-ended:
		if err != nil {
			p.t.Errorf("the program ended badly: %v", err)
		}
	case <-time.After(patience):
		p.t.Fatalf("the program did not end; the screen:\n%s", p.Text())
	}
}

// threadHeader is the second line of the screen: who is in the thread.
func threadHeader(screen string) string { return strings.Split(screen, "\n")[1] }

// TestInbox is the main job, end to end, as a person does it: the list comes,
// a customer writes, a reply goes out and is read, a closed window takes a
// template, a conversation is resolved, and the store says the same.
func TestInbox(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := t.TempDir()
	p := sitDown(t, 120, 40, "demo", "--dir", dir, "--seed", "3", "--speed", "6")
	p.reads("frontdesk", "TRIAGE", "Juan Pérez", "live")

	p.types("ga")
	p.reads("Antoine")
	before := firstRow(p.Text())
	p.sees("a new message by itself", func(screen string) bool { return firstRow(screen) != before })

	const reply = "El técnico sale ahora, llega a las 3:20"
	p.opens("Juan Pérez")
	p.types("r")
	p.reads("WRITE")
	p.types(reply)
	p.reads("39/4096")
	p.types("\r")
	p.sees("a clock or an arrow before the tick", func(screen string) bool { return stateOf(screen, reply) != "" })
	p.sees("the customer read it", func(screen string) bool { return strings.Contains(stateOf(screen, reply), "✓✓ read") })
	p.types("\x1b")
	p.reads("TRIAGE")

	p.opens("Elif")
	p.reads("closed since", "Free text ended")
	p.types("r")
	p.reads("Send a template", "to Elif")
	p.types("follow_up")
	p.reads("as Elif will see it", "still working on your request")
	p.types("\r")
	p.reads("Enter send") // one look, then it goes
	p.types("\r")
	p.sees("the template sent", func(screen string) bool { return strings.Contains(stateOf(screen, "▏ here."), "✓") })
	p.types("e")
	p.sees("the next conversation", func(screen string) bool {
		return strings.Contains(screen, "resolved Elif") && !strings.Contains(threadHeader(screen), "Elif")
	})
	p.leaves()
	checkInboxStore(t, dir, reply)
}

// checkInboxStore compares the store with what the person saw.
func checkInboxStore(t *testing.T, dir, reply string) {
	t.Helper()
	var juan, elif string
	for _, view := range []string{"all", "resolved"} {
		for _, c := range listConversations(t, dir, view) {
			switch {
			case c.Name == "Juan Pérez":
				juan = c.ID
			case strings.HasPrefix(c.Name, "Elif") && c.Status == "resolved":
				elif = c.ID
			}
		}
	}
	if elif == "" {
		t.Error("Elif's conversation is not resolved in the store")
	}
	if m := lastOutgoing(listMessages(t, dir, juan)); m.Content == nil || m.Content.Text != reply || m.State != "read" || m.By != demoAgent {
		t.Errorf("the store has another reply: %+v", m)
	}
	m := lastOutgoing(listMessages(t, dir, elif))
	if m.Content == nil || m.Content.Template == nil || m.Content.Template.Name != "follow_up" {
		t.Errorf("the store has no template for Elif: %+v", m)
	}
}

func lastOutgoing(rows []messageJSON) messageJSON {
	var last messageJSON
	for _, m := range rows {
		if m.Direction == "out" {
			last = m
		}
	}
	return last
}

// firstRow is the name at the top of the list.
func firstRow(screen string) string {
	for _, line := range strings.Split(screen, "\n")[2:] {
		list, _, _ := strings.Cut(line, "│")
		if name := strings.Trim(list, " ▍●"); name != "" {
			return name
		}
	}
	return ""
}

// stateOf is the line under the last line of a message in the thread.
func stateOf(screen, text string) string {
	lines := strings.Split(screen, "\n")
	for i, line := range lines {
		_, thread, _ := strings.Cut(line, "│")
		if strings.Contains(thread, text) && strings.Contains(thread, "▏") && i+1 < len(lines) {
			return lines[i+1]
		}
	}
	return ""
}

// TestBadInput: one line that says what happened and what to do, an exit code
// that is not 0, and nothing half written.
func TestBadInput(t *testing.T) {
	empty, taken := t.TempDir(), t.TempDir()
	if err := os.WriteFile(taken+"/letter.txt", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := t.TempDir()
	if err := os.WriteFile(bad+"/config.toml", []byte("relay = \"embedded\"\nagnet = \"ana\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"unknown verb":        {[]string{"demmo"}, "there is no verb"},
		"unknown flag":        {[]string{"demo", "--sede", "1"}, "sede"},
		"no terminal":         {[]string{"demo", "--dir", empty}, "not a terminal"},
		"no configuration":    {[]string{"conversations", "list", "--dir", empty}, "no configuration"},
		"misspelt key":        {[]string{"conversations", "list", "--dir", bad}, "agnet"},
		"somebody's folder":   {[]string{"demo", "--headless", "--dir", taken}, "not empty"},
		"unknown view":        {[]string{"conversations", "list", "--view", "moon"}, "moon"},
		"no recipient":        {[]string{"send", "--text", "hello"}, "to whom"},
		"no country code":     {[]string{"send", "--dir", empty, "--to", "5512", "--text", "hello"}, "configuration"},
		"variable of nothing": {[]string{"send", "--to", "+50212345678", "--text", "x", "--var", "1=a"}, "--var"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := frontdesk(t, c.args...)
			if err == nil {
				t.Fatal("exit code 0")
			}
			var verb *verbError
			if !errors.As(err, &verb) {
				t.Fatal(err)
			}
			said := verb.said
			if !strings.Contains(said, c.want) || strings.Count(said, "\n") != 0 || !strings.HasPrefix(said, "frontdesk: ") {
				t.Errorf("it said %q", said)
			}
		})
	}
	for _, dir := range []string{empty, taken} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) > 1 {
			t.Errorf("%s was written to: %v", dir, entries)
		}
	}
}

// TestTerminalTooSmall: there is no room, and it says how much is needed.
func TestTerminalTooSmall(t *testing.T) {
	dir := t.TempDir()
	p := sitDown(t, 38, 10, "demo", "--dir", dir)
	if err := p.End(); err == nil {
		t.Error("exit code 0")
	}
	if text := strings.Join(strings.Fields(p.Text()), " "); !strings.Contains(text, "38 columns") || !strings.Contains(text, "40 by 12") {
		t.Errorf("it said %q", text)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("something was written: %v %v", entries, err)
	}
}

// TestTakenPort: an embedded relay whose port is somebody else's starts
// nothing.
func TestTakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	config := fmt.Sprintf("relay = \"embedded\"\nlisten = %q\nagent = \"ana\"\n", l.Addr())
	if err := os.WriteFile(dir+"/config.toml", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p := sitDown(t, 120, 40, "--dir", dir)
	if err := p.End(); err == nil {
		t.Error("exit code 0")
	}
	if !strings.Contains(p.Text(), "nothing can listen on "+l.Addr().String()) {
		t.Errorf("it said %q", p.Text())
	}
	if left := names(t, dir); !slices.Equal(left, []string{"config.toml"}) {
		t.Errorf("it left %v", left)
	}
}
