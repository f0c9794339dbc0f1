package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		c, err := loadConfig(path, os.Getenv)
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
