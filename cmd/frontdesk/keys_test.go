package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontdesk/tui"
)

// here runs a verb in this process and returns its exit code and what it wrote.
func here(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	env := environment{args: args, out: &o, errs: &e, getenv: func(string) string { return "" }}
	code = env.main(t.Context())
	return code, o.String(), e.String()
}

func keysFolder(t *testing.T, table string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{"config.toml": teamConfig + table, "token": "fd_x"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A [keys] that cannot hold ends every start: the line, the key, and the nearest name
// that there is. teamConfig has nine lines; [keys] is on the tenth.
func TestMistakesInTheKeys(t *testing.T) {
	for name, c := range map[string]struct {
		table string
		says  []string
	}{
		"a command nobody knows": {"\n[keys]\nresolv = \"x\"\n", []string{"line 11", `"resolv" is no command`, `did you mean "resolve"?`, "mend [keys]"}},
		"a key two want":         {"\n[keys]\n# mine\nresolve = [\"e\", \"r\"]\n", []string{"line 12", `"r"`, "resolve", "reply"}},
		"a key twice":            {"\n[keys]\nreply = \"p\"\nresolve = [\n  \"p\",\n]\n", []string{"line 12", `"p"`, "resolve", "reply"}},
		"a misspelt key":         {"\n[keys]\n\"mute\" = \"ctlr+x\"\n", []string{"line 11", "is no key"}},
		"the terminal's key":     {"\n[keys]\nmute = \"ctrl+z\"\n", []string{"line 11", "ctrl+z", "terminal"}},
		"no list of keys":        {"\n[keys]\nmute = 7\n", []string{"line 11", `"mute" takes a key in quotes`}},
		"a list of numbers":      {"\n[keys]\nmute = [7]\n", []string{"line 11", `"mute" takes a key in quotes`}},
		"a profile nobody knows": {"\n[keys]\nprofile = \"emacs\"\n", []string{"line 11", `"emacs" is no profile`, "gmail, vim, chatwoot"}},
		"two profiles":           {"\n[keys]\nprofile = [\"vim\", \"gmail\"]\n", []string{"line 11", "one name"}},
		"in another way":         {"\n[keys.more]\nmute = \"x\"\n", []string{"keys.more.mute", "spelling"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, verb := range []string{"keys", "conversations"} {
				code, out, said := here(t, verb, "--dir", keysFolder(t, c.table))
				if code != 1 || out != "" {
					t.Fatalf("%s took it: %d, %s", verb, code, out)
				}
				for _, want := range c.says {
					if !strings.Contains(said, want) {
						t.Errorf("%s: %q does not say %q", verb, said, want)
					}
				}
			}
		})
	}
}

// keys prints what holds: the folder's own, a profile's, and the usual one where
// nothing is set up.
func TestKeysVerb(t *testing.T) {
	dir := keysFolder(t, "\n[keys]\nprofile = \"chatwoot\"\nresolve = [\"X\", \"g e\"]\nmouse = \"f2\"\nmute = []\n")
	var rows []keyJSON
	if code, out, said := here(t, "keys", "--json", "--dir", dir); code != 0 {
		t.Fatal(said)
	} else if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, r := range rows {
		got[r.Command] = r.Keys
		if r.Name == "" || r.Does == "" {
			t.Errorf("%s has no words", r.Command)
		}
	}
	for command, want := range map[string][]string{
		"resolve": {"X", "g e"}, "mouse": {"f2"}, "mute": {}, "next": {"alt+j", "j", "down"}, "reopen": {},
	} {
		if !slices.Equal(got[command], want) {
			t.Errorf("%s has %v, want %v", command, got[command], want)
		}
	}
	if len(rows) != len(tui.CommandNames()) {
		t.Errorf("%d commands of %d", len(rows), len(tui.CommandNames()))
	}
	for _, c := range []struct{ args, says string }{
		{"--dir " + dir, "Alt+J, j, ↓"}, {"--profile vim --dir " + dir, "g g, Home"}, {"--dir " + t.TempDir(), "Enter, o, KpEnter"},
	} {
		code, out, said := here(t, append([]string{"keys"}, strings.Fields(c.args)...)...)
		if code != 0 || !strings.Contains(out, c.says) {
			t.Errorf("keys %s: %d %s, without %q:\n%s", c.args, code, said, c.says, out)
		}
	}
	if code, _, said := here(t, "keys", "--profile", "gmial"); code != 2 || !strings.Contains(said, `did you mean "gmail"?`) {
		t.Errorf("%d: %s", code, said)
	}
}
