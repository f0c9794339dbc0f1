package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider/providertest"
)

func TestTrustedProxies(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                              "",
		`["10.0.0.5"]`:                    "10.0.0.5/32",
		`["10.0.0.5/8", "::1"]`:           "10.0.0.0/8 ::1/128",
		`["::ffff:10.0.0.5"]`:             "10.0.0.5/32",
		`["0.0.0.0/0"]`:                   "refused",
		`["::/0"]`:                        "refused",
		`["proxy.example.org"]`:           "refused",
		`["10.0.0.5:80"]`:                 "refused",
		`[""]`:                            "refused",
		`"10.0.0.5"`:                      "refused",
		`["10.0.0.5", "10.0.0.300"]`:      "refused",
		`["2001:db8::/32", "192.0.2.77"]`: "2001:db8::/32 192.0.2.77/32",
	} {
		path := filepath.Join(t.TempDir(), "relay.toml")
		if err := os.WriteFile(path, []byte("trusted_proxies = "+text+"\n"+goodConfig), 0o600); err != nil {
			t.Fatal(err)
		}
		got := "refused"
		c, err := environment{getenv: os.Getenv}.loadConfig(path)
		if err == nil {
			var list []string
			for _, p := range c.proxies {
				list = append(list, p.String())
			}
			got = strings.Join(list, " ")
		} else if !strings.Contains(err.Error(), "trusted_proxies") || !strings.Contains(err.Error(), "; ") {
			t.Errorf("%s: it said %q", text, err)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// The address by which networks fetch files is https, or there is none.
func TestPublicAddress(t *testing.T) {
	for text, good := range map[string]bool{
		`"https://inbox.example.com"`: true, `"https://inbox.example.com/relay/"`: true, `""`: true,
		`"http://inbox.example.com"`: false, `"inbox.example.com"`: false, `"https://u:` + providertest.Secret + `@inbox.example.com"`: false,
	} {
		path := filepath.Join(t.TempDir(), "relay.toml")
		if err := os.WriteFile(path, []byte("public_url = "+text+"\n"+goodConfig), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := environment{getenv: os.Getenv}.loadConfig(path)
		if good != (err == nil) || err != nil && (!strings.Contains(err.Error(), "public_url cannot be used") || strings.Contains(err.Error(), providertest.Secret)) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A log on another machine's disk is refused by every verb, before anything is
// written.
func TestNetworkDiskIsRefused(t *testing.T) {
	for _, verb := range [][]string{{"serve"}, {"check"}, {"token", "add", "ana", "--role", "agent"}, {"events", "list"}} {
		c := newCLI(t, goodConfig)
		c.env.remote = func(dir string) string {
			if strings.HasPrefix(dir, c.folder) {
				return "cifs"
			}
			return ""
		}
		code := c.run(t, append(verb, "--config", c.config)...)
		said := c.errs.String()
		if code != 1 || !strings.Contains(said, "network disk (cifs)") || !strings.Contains(said, "; set data in ") {
			t.Errorf("%v: code %d, said %q", verb, code, said)
		}
		if entries, err := os.ReadDir(c.folder); err != nil || len(entries) != 2 {
			t.Errorf("%v: something was written: %v %v", verb, entries, err)
		}
	}
}

// A configuration prints no secret: neither one that stands in the file, where it
// must not, nor those that its hooks and accounts were made with.
func TestConfigPrintsNoSecret(t *testing.T) {
	text := strings.Replace(goodConfig, "file:verify", "env:VERIFY", 1) + `access_token = "env:META"
[[hook]]
id = "wrong"
driver = "cloudapi"
app_secret = "` + providertest.Secret + `"
`
	path := filepath.Join(t.TempDir(), "relay.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := environment{getenv: func(string) string { return providertest.Secret }}.loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.hooks(); err == nil || strings.Contains(err.Error(), providertest.Secret) {
		t.Errorf("a secret in the file: %v", err)
	}
	whole := *c
	whole.Hooks = c.Hooks[:1]
	hooks, err := whole.hooks()
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := c.accounts()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{c, *c, c.Hooks, hooks, accounts} {
		providertest.NoSecret(t, v)
	}
}
