package ambiotec_test

import (
	"net/http"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
	"frontdesk/provider/providertest"
)

func TestConformance(t *testing.T) {
	for name, chat := range map[string]provider.ChatID{"number": "50212345678", "conversation": ambiotec.ConversationChat(123)} {
		t.Run(name, func(t *testing.T) { providertest.Run(t, harness(t, chat)) })
	}
}

// harness answers a text and a template alike, which the page has in two forms.
func harness(t *testing.T, chat provider.ChatID) providertest.Harness {
	t.Helper()
	return providertest.Harness{
		New:  func(t *testing.T, base string) provider.Provider { t.Helper(); return opened(t, base) },
		To:   to(chat),
		NoOp: "the page has no field for it",
		Accepted: func(id string) providertest.Reply {
			return providertest.Reply{Status: http.StatusOK, Body: `{"success": true, "data": {"message_id": "` + id + `"},
				"results": [{"phoneNumber": "` + string(chat) + `", "success": true, "data": {"messages": [{"id": "` + id + `"}]}}]}`}
		},
		Live: func(t *testing.T) (provider.Provider, provider.ChatKey) {
			t.Helper()
			c := newContract(t)
			p := c.open()
			if _, err := p.Send(t.Context(), received()); err != nil { // it begins the conversation
				t.Fatal(err)
			}
			return p, to(chat)
		},
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	config, err := ambiotec.ReadConfig(map[string]string{"base_url": "https://ambiotec.example", "access_token": providertest.Secret})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ambiotec.New(account, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{config, &config, p, *p} {
		providertest.NoSecret(t, v)
	}
}

func TestConfig(t *testing.T) {
	for words, s := range map[string]map[string]string{
		`"base_url" is missing`:                 {"access_token": "SECRET"},
		`"access_token" is missing`:             {"base_url": "https://ambiotec.example"},
		`"token" is not a key`:                  {"base_url": "https://ambiotec.example", "token": "SECRET"},
		`"base_url": the address is no URL`:     {"base_url": "ambiotec", "access_token": "SECRET"},
		`"base_url": http would show the token`: {"base_url": "http://ambiotec.example", "access_token": "SECRET"},
	} {
		config, err := ambiotec.ReadConfig(s)
		if err == nil {
			_, err = ambiotec.New(account, config, nil)
		}
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", words, err)
		}
	}
}
