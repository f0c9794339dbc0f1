package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const teamConfig = `relay = "https://relay.example.org"
agent = "ana"
token = "file:token"

[[account]]
id      = "shop"
network = "whatsapp"
driver  = "cloudapi"
`

// A configuration that cannot hold is one line: where, what, and what to do. No
// value of a secret is in it, and nothing is written.
func TestMistakesInTheConfiguration(t *testing.T) {
	swap := func(old, text string) string { return strings.Replace(teamConfig, old, text, 1) }
	for name, c := range map[string]struct {
		config string
		says   []string
	}{
		"not TOML":                    {"relay = ", []string{"config.toml", "line 1", "mend"}},
		"token without quotes":        {swap(`"file:token"`, "hunter2"), []string{"line 3", "mend"}},
		"wrong type":                  {swap(`"ana"`, "7"), []string{"agent", "mend"}},
		"unknown key":                 {"relai = 'x'\n" + teamConfig, []string{"relai", "spelling"}},
		"no relay":                    {swap(`relay = "https://relay.example.org"`, ""), []string{"names no relay", "set relay"}},
		"nobody sits here":            {swap(`agent = "ana"`, ""), []string{"who you are", "set agent"}},
		"no token":                    {swap(`token = "file:token"`, ""), []string{"no token", "webhookrelay token add"}},
		"token in the file":           {swap("file:token", "hunter2"), []string{`"token"`, "env:NAME"}},
		"no such variable":            {swap("file:token", "env:NOPE"), []string{"NOPE", "set it"}},
		"empty variable":              {swap("file:token", "env:EMPTY"), []string{"EMPTY", "set it"}},
		"empty file":                  {swap("file:token", "file:empty"), []string{"empty", "write the secret"}},
		"account without id":          {swap(`id      = "shop"`, ""), []string{"account 1", "needs id"}},
		"account twice":               {teamConfig + teamConfig[strings.Index(teamConfig, "[["):], []string{"account 2", `"shop"`}},
		"number in an account":        {teamConfig + "name = 7\n", []string{`"name"`, "quotes"}},
		"mode nobody knows":           {teamConfig + "mode = \"hunter2\"\n", []string{`"mode"`, "gateway"}},
		"secret in an account":        {teamConfig + "mode = 'direct'\naccess_token = 'hunter2'\n", []string{"access_token", "env:NAME"}},
		"a driver's key for a relay":  {teamConfig + "phone_number_id = '1'\n", []string{"phone_number_id", "direct"}},
		"a hook for a relay":          {teamConfig + "hook = 'meta'\n", []string{`"hook"`, "remove"}},
		"hooks of another program":    {teamConfig + "[[hook]]\nid = 'meta'\n", []string{"[[hook]]", "embedded"}},
		"an address of another's own": {"listen = '127.0.0.1:1'\n" + teamConfig, []string{"listen", "embedded"}},
		"another's public address":    {"public_url = 'https://a.example'\n" + teamConfig, []string{"public_url", "embedded"}},
		"a public address without TLS": {
			"public_url = 'http://a.example'\n" + swap("https://relay.example.org", "embedded"), []string{"public_url cannot be used", "https", "leave it out"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"config.toml": c.config, "token": "fd_hunter2_x", "empty": "\n"} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out, errs bytes.Buffer
			e := environment{args: []string{"send", "--dir", dir, "--to", "+50212345678", "--text", "hello"}, out: &out, errs: &errs, getenv: func(string) string { return "" }}
			code := e.main(t.Context())
			said := errs.String()
			if code != 1 || out.Len() > 0 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "frontdesk: ") || !strings.Contains(said, "; ") {
				t.Errorf("code %d, said %q", code, said)
			}
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q does not say %q", said, want)
				}
			}
			if strings.Contains(said, "hunter") {
				t.Errorf("a value is in %q", said)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
				t.Errorf("something was written: %v %v", entries, err)
			}
		})
	}
}
