//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/cmd/internal/ptyscreen"
	"frontdesk/provider"
)

var secretBytes = flag.Int("secretbytes", 1, "how many bytes of logs, errors and dumps of a terminal are searched for planted secrets; at least one day of it")

// theirWords stand in everything that customers and agents write.
const theirWords = "SECRETWORDS"

// spy searches what a terminal says of itself.
type spy struct {
	t *testing.T
	s *street
	// tokens are to be nowhere, words only where a person asks for them.
	tokens, words []string
	logged        int64 // of the log, searched already
	searched      int
	found         []string
}

func newSpy(t *testing.T, s *street) *spy {
	t.Helper()
	token, err := os.ReadFile(filepath.Join(s.dir, "token"))
	if err != nil {
		t.Fatal(err)
	}
	return &spy{
		t: t, s: s, tokens: []string{strings.Split(string(token), "_")[2], demoAccessToken, demoAppSecret, "SECRETTOKEN"},
		words: []string{theirWords, "5025550"}, // what customers' numbers begin with
	}
}

func (y *spy) look(where string, text []byte, private ...[]string) {
	y.searched += len(text)
	for _, list := range append(private, y.tokens) {
		for _, w := range list {
			if i := bytes.Index(text, []byte(w)); i >= 0 {
				y.found = append(y.found, fmt.Sprintf("%s says …%s…", where, text[max(0, i-60):min(len(text), i+60)]))
			}
		}
	}
}

// log searches what the log has got since the last time.
func (y *spy) log(when string) {
	y.t.Helper()
	raw, err := os.ReadFile(filepath.Join(y.s.dir, "frontdesk.log"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		y.t.Fatal(err)
	}
	y.look("the log, after "+when, raw[min(y.logged, int64(len(raw))):], y.words)
	y.logged = int64(len(raw))
}

// verb runs one and searches its errors; and what it prints, unless that is what
// the person asked for. It returns what it printed.
func (y *spy) verb(asked bool, args ...string) string {
	y.t.Helper()
	limit := 15 * time.Second // some go on trying until a person has enough
	if asked {
		limit = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(y.t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(y.t), append(args, "--dir", y.s.dir)...)
	cmd.Env = append(os.Environ(), "FD_TOKEN=SECRETTOKEN")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // most of them go wrong
	name := strings.Join(args[:min(2, len(args))], " ")
	y.look(name+" on stderr", errs.Bytes(), y.words)
	if asked {
		y.look(name, out.Bytes())
	} else {
		y.look(name, out.Bytes(), y.words)
	}
	y.log(name)
	return out.String() + errs.String()
}

// echo is whatever may stand at the other end: it refuses, and repeats in its
// answer everything it was told.
func echo(t *testing.T) string {
	t.Helper()
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		all := fmt.Sprintf("%v %s %s", r.Header, r.URL, body)
		status := []int{401, 500, 400, 403, 404, 302, 200, 503}[n%8]
		n++
		w.Header().Set("Location", "/"+r.Header.Get("Authorization"))
		w.WriteHeader(status)
		if n%2 == 0 {
			fmt.Fprintf(w, `{"error":{"message":%q,"type":%q,"code":100,"fbtrace_id":%q}}`, all, all, all)
			return
		}
		fmt.Fprintf(w, "<html>%s</html>", all)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// write puts a configuration into the folder.
func (y *spy) write(relay, graph, token string) {
	y.t.Helper()
	y.s.writeConfig(relay, graph, "ignored")
	y.put("config.toml", strings.Replace(y.config(), `token = "file:token"`, token, 1))
}

func (y *spy) config() string {
	y.t.Helper()
	raw, err := os.ReadFile(filepath.Join(y.s.dir, "config.toml"))
	if err != nil {
		y.t.Fatal(err)
	}
	return string(raw)
}

func (y *spy) put(name, text string) {
	y.t.Helper()
	if err := os.WriteFile(filepath.Join(y.s.dir, name), []byte(text), 0o600); err != nil {
		y.t.Fatal(err)
	}
}

// TestTerminalSecretsStayIn runs the real terminal with planted tokens in its
// configuration, its environment and its files, and planted words in everything
// customers and agents write: its verbs, its screen, a network and a relay that
// refuse and repeat what they were told, mistakes in the configuration, a dump of
// all its goroutines and panics in three of its parts. None of it is in the log,
// in an error, in what the doctor says or in a dump.
func TestTerminalSecretsStayIn(t *testing.T) {
	if testing.Short() {
		t.Skip("runs real processes")
	}
	t.Parallel() // it mostly waits for other processes
	began, days, failures := time.Now(), 0, 0
	var builds faults.Builds
	defer builds.Remove()
	shaky := builds.Mutant(t, "frontdesk", "shaky", shakyEdits...)
	searched := 0
	for searched < *secretBytes || days == 0 {
		y := newSpy(t, newStreet(t, 0))
		y.day(faults.Rand(faults.Seed(t, *seedFlag), uint64(days)), shaky)
		for _, found := range y.found {
			failures++
			t.Error(found)
		}
		searched += y.searched
		days++
		if failures > 0 {
			break
		}
	}
	t.Logf("figure F24-terminal count=%d failures=%d target=1073741824 took=%s", searched, failures, time.Since(began).Round(time.Millisecond))
}

func (y *spy) day(random *rand.Rand, shaky string) {
	y.t.Helper()
	s, good := y.s, y.config()
	token, err := os.ReadFile(filepath.Join(s.dir, "token"))
	if err != nil {
		y.t.Fatal(err)
	}
	for i := range 12 {
		_, chat := s.someone(random)
		if _, err := s.sim.Say(chat, provider.TextContent(fmt.Sprintf("%s from a customer %d", theirWords, i))); err != nil {
			y.t.Fatal(err)
		}
	}
	s.greeted()
	y.screen(shaky, "a day", "", func(p *person) {
		p.reads("TRIAGE", "live")
		p.types("ga")
		p.reads("All ")
		p.types("\r")
		p.reads("customer", "hello")
		p.types("r" + theirWords + " in a draft")
		p.reads("in a draft")
		p.types("\x1b")
		p.reads("TRIAGE")
	})
	y.verbs(good)
	y.refused(string(token))
	y.mistaken(good)
	y.put("config.toml", good)
	y.put("token", string(token))
	y.screen(shaky, "a dump", "the dump", func(p *person) {
		p.reads("TRIAGE", "live")
		if err := p.Process().Signal(syscall.SIGQUIT); err != nil {
			y.t.Error(err)
		}
	})
	y.screen(shaky, "a panic of the screen", "a mistake in frontdesk stopped the screen", func(p *person) {
		p.reads("TRIAGE", "live")
		p.types("\x1b[20~") // F9
	})
	y.put("panics", "")
	y.screen(shaky, "a panic of a part", "a mistake in frontdesk stopped its files", func(*person) {})
	if err := os.Remove(filepath.Join(s.dir, "panics")); err != nil {
		y.t.Error(err)
	}
	y.verb(false, "doctor", "--json")
}

// shakyEdits make a terminal that panics with a customer's words: in the screen
// at F9, and in a part where the folder has a file called panics.
var shakyEdits = []faults.Edit{
	{File: "tui/app.go", Old: "	case tea.KeyPressMsg:\n		return a.key(m)\n", New: "	case tea.KeyPressMsg:\n		if m.String() == \"f9\" {\n			panic(\"" + theirWords + " on the screen\")\n		}\n		return a.key(m)\n"},
	{File: "cmd/frontdesk/desk.go", Old: "	d.run(\"files\", d.sweep)\n", New: "	d.run(\"files\", func() error {\n		if _, err := os.Stat(filepath.Join(d.cfg.dir, \"panics\")); err == nil {\n			panic(errors.New(\"" + theirWords + " in a part\"))\n		}\n		return d.sweep()\n	})\n"},
}

// screen opens the inbox, lets a person do something, and ends it where it has not
// ended. What it says on stderr has the words.
func (y *spy) screen(program, when, words string, do func(*person)) {
	y.t.Helper()
	errs := filepath.Join(y.t.TempDir(), "stderr")
	cmd := exec.Command("sh", "-c", `exec "$0" --dir "$1" 2>"$2"`, program, y.s.dir, errs)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC", "FD_TOKEN=SECRETTOKEN")
	s, err := ptyscreen.Start(cmd, 120, 40)
	if err != nil {
		y.t.Fatal(err)
	}
	defer s.Close()
	p := &person{t: y.t, Screen: s}
	do(p)
	if words == "" {
		p.leaves()
	} else {
		_ = p.End() // badly
	}
	said, err := os.ReadFile(errs)
	if err != nil {
		y.t.Fatal(err)
	}
	if words == "the dump" {
		words = "goroutine "
	}
	if !bytes.Contains(said, []byte(words)) {
		y.t.Errorf("%s: it says %q on stderr", when, said)
	}
	y.look("stderr, in "+when, said, y.words)
	y.log(when)
}

// verbs are those that a person runs, with everything in order and in disorder.
func (y *spy) verbs(good string) {
	y.t.Helper()
	rows := listConversations(y.t, y.s.dir, "all")
	if len(rows) == 0 || !strings.Contains(y.verb(true, "messages", "list", rows[0].ID), "hello") {
		y.t.Fatal("the terminal has nothing that could get out")
	}
	y.verb(true, "conversations", "list", "--json")
	y.verb(true, "export", "--format", "json")
	for _, args := range [][]string{
		{"doctor", "--json"},
		{"doctor", "--deep", "--json"},
		{"store", "aside"},
		{"messages", "list", "c_none"},
		{"messages", "save", rows[0].ID, "none", "--to", "x"},
		{"contact", "erase", rows[0].ID},
		{"send", "--conversation", rows[0].ID, "--text", theirWords + " ours", "--wait", "sent", "--timeout", "20s"},
		{"send", "--to", "+34999999999", "--account", byItself, "--text", theirWords + " to nobody"},
		{"send", "--conversation", rows[0].ID, "--template", "none", "--lang", "es", "--var", "1=" + theirWords},
		{"send", "--text", theirWords},
		{"export", "--format", "json", "--to", "/nowhere/at/all"},
		{"store", "rebuild", "--no-such-flag"},
	} {
		y.verb(false, args...)
	}
	y.put("config.toml", good)
}

// refused: neither the network nor the relay takes anything.
func (y *spy) refused(token string) {
	y.t.Helper()
	there := echo(y.t)
	direct := ""
	for _, row := range listConversations(y.t, y.s.dir, "all") {
		if row.Account == byItself {
			direct = row.ID
		}
	}
	y.write(y.s.url, there, `token = "file:token"`)
	y.put("token", token)
	for i := range 8 { // one of each of its refusals
		y.verb(false, "send", "--conversation", direct, "--text", fmt.Sprintf("%s refused %d", theirWords, i), "--wait", "sent", "--timeout", "1s")
	}
	y.write(there, there, `token = "env:FD_TOKEN"`)
	y.verb(false, "send", "--conversation", direct, "--text", theirWords+" nowhere", "--wait", "sent", "--timeout", "2s")
	for range 3 {
		y.verb(false, "doctor", "--deep", "--json", "--timeout", "2s")
	}
	y.write("http://127.0.0.1:1", "http://127.0.0.1:1", `token = "env:FD_TOKEN"`)
	y.verb(false, "doctor", "--json", "--timeout", "2s")
}

// mistaken: secrets in the wrong places of the configuration.
func (y *spy) mistaken(good string) {
	y.t.Helper()
	for _, c := range []string{
		strings.Replace(good, `"file:token"`, `"SECRETTOKEN"`, 1), strings.Replace(good, `"file:token"`, `"SECRETTOKEN`, 1),
		strings.Replace(good, `"file:api"`, `"SECRETTOKEN"`, 1), strings.Replace(good, `"file:api"`, `["SECRETTOKEN"]`, 1), strings.Replace(good, "relay = ", `relay = "SECRETTOKEN://x"`+"\n#", 1),
		good + "\npassword = \"SECRETTOKEN\"\n", good + "\n[[account]]\nid = \"SECRETTOKEN", strings.Replace(good, "agent = ", "agent = 7 # SECRETTOKEN\nagent2 = ", 1),
		strings.Replace(good, `"file:token"`, `"https://user:SECRETTOKEN@example.org"`, 1), strings.Replace(good, "relay = \"http://", "relay = \"http://ana:SECRETTOKEN@", 1),
	} {
		y.put("config.toml", c)
		y.verb(true, "conversations", "list")
		y.verb(false, "doctor", "--json", "--timeout", "2s")
	}
	y.put("config.toml", good)
}

// TestTerminalSecretsWouldGetOut is the control: a screen that leaves its panics
// to whoever prints them says what the customer wrote, and the search finds it.
func TestTerminalSecretsWouldGetOut(t *testing.T) {
	if testing.Short() {
		t.Skip("runs real processes")
	}
	t.Parallel() // it mostly waits for other processes
	var builds faults.Builds
	defer builds.Remove()
	careless := builds.Mutant(t, "frontdesk", "careless", append(shakyEdits[:1:1], faults.Edit{
		File: "tui/guard.go", Old: "	if recover() == nil {\n		return\n	}\n", New: "	if g != nil {\n		return\n	}\n",
	})...)
	s := newStreet(t, 0)
	s.greeted()
	y := newSpy(t, s)
	y.screen(careless, "a panic", "panic", func(p *person) {
		p.reads("TRIAGE", "live")
		p.types("\x1b[20~")
	})
	if len(y.found) == 0 {
		t.Error("the search finds nothing")
	}
}
