package propops_test

import (
	"net/http"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/propops"
	"frontdesk/provider/providertest"
)

func TestConformance(t *testing.T) {
	say := func(name string) providertest.Reply {
		// More than the page says, as a server may: none of it may be told.
		said := strings.Replace(answer(t, name), "}", `, "detail": "the customer's secret order 4711 https://propops.example/?token=`+providertest.Token+`"}`, 1)
		return providertest.Reply{Status: http.StatusBadRequest, Body: said}
	}
	m := reminder()
	providertest.Run(t, providertest.Harness{
		New:      func(t *testing.T, base string) provider.Provider { t.Helper(); return opened(t, settings(base)) },
		To:       m.To,
		Message:  func(string) provider.Content { return m.Content },
		Contents: map[provider.ContentKind]provider.Content{provider.Templated: m.Content},
		Link:     m.Link,
		NoOp:     "the page has no field for it",
		Accepted: func(id string) providertest.Reply {
			return providertest.Reply{Status: http.StatusOK, Body: strings.Replace(answer(t, "send"), "wamid.abcdef123456", id, 1)}
		},
		Refusals: []providertest.Refusal{
			{Name: "no job", Reply: say("no-job"), Want: providertest.Want{Reason: provider.Invalid}},
			{Name: "bad number", Reply: say("bad-number"), Want: providertest.Want{Reason: provider.Invalid}},
			{Name: "not configured", Reply: say("not-configured"), Want: providertest.Want{Reason: provider.Restricted}},
		},
		Live: func(t *testing.T) (provider.Provider, provider.ChatKey) {
			t.Helper()
			return newContract(t).open(), m.To
		},
	})
}

// Nothing that holds a secret gives it away.
func TestSecretsAreNotPrinted(t *testing.T) {
	config, err := propops.ReadConfig(map[string]string{
		"base_url": "https://propops.example", "access_token": providertest.Secret, "csrf_token": providertest.Secret,
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := propops.New(account, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{config, &config, p, *p} {
		providertest.NoSecret(t, v)
	}
}

func TestConfig(t *testing.T) {
	with := func(key, value string) map[string]string {
		s := settings("https://propops.example")
		s["csrf_token"], s[key] = "SECRET", value
		return s
	}
	for words, s := range map[string]map[string]string{
		`"base_url" is missing`:                 with("base_url", ""),
		`"access_token" is missing`:             with("access_token", " "),
		`"csrf" is not a key`:                   with("csrf", "SECRET"),
		`"csrf_header" is no name of a header`:  with("csrf_header", "X CSRF: SECRET"),
		`"csrf_header" is a header that says`:   with("csrf_header", "authorization"),
		`"csrf_header" is a header`:             with("csrf_header", "Idempotency-Key"),
		`"base_url": the address is no URL`:     with("base_url", "propops"),
		`"base_url": http would show the token`: with("base_url", "http://propops.example"),
		`"base_url": the address holds more`:    with("base_url", "https://u:SECRET@propops.example"),
	} {
		config, err := propops.ReadConfig(s)
		if err == nil {
			_, err = propops.New(account, config, nil)
		}
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), ": ") {
			t.Errorf("%q: %v", words, err)
		}
	}
}
