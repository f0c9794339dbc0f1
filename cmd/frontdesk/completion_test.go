package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/ptyscreen"
)

// TestNextWord: verbs, their words, their flags, what a flag can be, and files and
// folders where it takes them.
func TestNextWord(t *testing.T) {
	for line, want := range map[string]string{
		"con":                          "conversations contacts contact",
		"store ":                       "rebuild events aside",
		"store events --a":             "--after",
		"store rebuild --a":            "",
		"messages ":                    "list save",
		"messages list ":               "",
		"rules --hours s":              "set",
		"man sto":                      "stop-words store",
		"--th":                         "--theme",
		"--theme c":                    "contrast",
		"demo --theme=c":               "--theme=contrast",
		"demo --theme = li":            "light",
		"export --format ":             "csv json md html",
		"export --to ":                 "files",
		"export --to=x":                "files",
		"send --to ":                   "",
		"send --file ":                 "files",
		"send --file a.jpg --as s":     "sticker",
		"doctor --dir ":                "folders",
		"doctor --deep --j":            "--json",
		"conversations list --view cl": "closing",
		"no-such-verb ":                "",
		"completion ":                  "bash zsh fish",
	} {
		n := nextOf(strings.Split(line, " "))
		var got []string
		for _, c := range n.words {
			got = append(got, c.word)
		}
		if n.files {
			got = append(got, "files")
		}
		if n.folders {
			got = append(got, "folders")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", line, strings.Join(got, " "), want)
		}
	}
}

// shellLines are command lines with the word being typed, and what each shell must
// offer. The folder has "a file.txt", "b.txt" and "sub/".
var shellLines = []struct {
	line string
	want []string
}{
	{"frontdesk conv", []string{"conversations"}},
	{"frontdesk store ", []string{"aside", "events", "rebuild"}},
	{"frontdesk store events --af", []string{"--after"}},
	{"frontdesk export --format h", []string{"html"}},
	{"frontdesk export --to a", []string{"a file.txt"}},
	{"frontdesk doctor --dir ", []string{"sub"}},
}

func shellFolder(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"a file.txt", "b.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shell is a shell that is here; it says loudly where it is not.
func shell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("*** %s is missing: its completion is NOT tried. Install %s. ***", name, name)
	}
	return path
}

func inShell(t *testing.T, path string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(path, args...)
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program(t))+":"+os.Getenv("PATH"), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home, "TERM=xterm")
	cmd.Dir = shellFolder(t)
	return cmd
}

// TestBashCompletes: the script in a real bash offers what the table says.
func TestBashCompletes(t *testing.T) {
	bash := shell(t, "bash")
	const ask = `source <(frontdesk completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _frontdesk; printf '%s\n' "${COMPREPLY[@]}"`
	for _, c := range shellLines {
		out, err := inShell(t, bash, append([]string{"--norc", "-c", ask, "bash"}, strings.Split(c.line, " ")...)...).CombinedOutput()
		if got := offered(out); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q %v, want %q", c.line, got, err, c.want)
		}
	}
}

// TestFishCompletes is the same in fish.
func TestFishCompletes(t *testing.T) {
	fish := shell(t, "fish")
	const ask = `frontdesk completion fish | source; complete -C "$argv[1]" | string replace -r '\t.*' '' | string replace -r '/$' ''; true`
	for _, c := range shellLines {
		out, err := inShell(t, fish, "--no-config", "-c", ask, c.line).CombinedOutput()
		if got := offered(out); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q %v, want %q", c.line, got, err, c.want)
		}
	}
}

func offered(out []byte) []string {
	var got []string
	for l := range strings.Lines(string(out)) {
		got = append(got, strings.TrimRight(l, "\n"))
	}
	slices.Sort(got)
	return got
}

// TestTabCompletes: Tab in a real shell, in a real terminal, writes the verb, its word
// and a file's name with its blank.
func TestTabCompletes(t *testing.T) {
	for name, args := range map[string][]string{
		"bash": {"--norc", "--noprofile", "-i"},
		"zsh":  {"-f", "-i"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := inShell(t, shell(t, name), args...)
			s, err := ptyscreen.Start(cmd, 100, 24)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			p := &tabber{t, s}
			if name == "zsh" {
				p.types("autoload -Uz compinit && compinit -u\r")
			}
			p.types("PS1='ready> '; source <(frontdesk completion " + name + "); clear\r")
			p.sees("ready> ")
			p.types("frontdesk conv\t")
			p.sees("ready> frontdesk conversations")
			p.types("li\t--filt\t")
			p.sees("ready> frontdesk conversations list --filter")
			p.types("\x15frontdesk export --to a\t")
			p.sees(`ready> frontdesk export --to a\ file.txt`)
			p.types("\x15frontdesk export --format=ht\t")
			p.sees("ready> frontdesk export --format=html")
		})
	}
}

type tabber struct {
	t *testing.T
	*ptyscreen.Screen
}

func (p *tabber) types(keys string) {
	p.t.Helper()
	if err := p.Type(keys); err != nil {
		p.t.Fatal(err)
	}
}

func (p *tabber) sees(words string) {
	p.t.Helper()
	if _, err := p.Wait(20*time.Second, func(screen string) bool { return strings.Contains(screen, words) }); err != nil {
		p.t.Fatalf("no %q: %v\n%s", words, err, p.Text())
	}
}
