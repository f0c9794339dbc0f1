package all

import (
	"testing"
	"time"

	"frontdesk/provider"
)

const hour = time.Hour

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// What a chat may be sent is told alike by the driver, by the gateway before it and
// by the table that is asked where neither runs: one judge, whoever asks.
func TestOneTableOfAChat(t *testing.T) {
	for _, c := range []struct {
		driver   string
		network  provider.Network
		settings Settings
		chat     provider.ChatID
		kind     provider.ContentKind
		takes    bool
		window   provider.WindowState
		differs  bool
	}{
		{"telegram", provider.Telegram, Settings{"bot_token": "4100100:SECRET"}, "5550001", provider.Reaction, true, provider.WindowNone, false},
		{"telegram", provider.Telegram, Settings{"bot_token": "4100100:SECRET"}, "-5550001", provider.Reaction, true, provider.WindowNone, true},
		{"telegram", provider.Telegram, Settings{"bot_token": "4100100:SECRET"}, "5550001@bc1", provider.Reaction, false, provider.WindowShut, true},
		{"ambiotec", provider.WhatsApp, Settings{"base_url": "https://a.example", "access_token": "SECRET"}, "50212345678", provider.Templated, true, provider.WindowUnknown, false},
		{"ambiotec", provider.WhatsApp, Settings{"base_url": "https://a.example", "access_token": "SECRET"}, "conversation:7", provider.Templated, false, provider.WindowUnknown, true},
	} {
		account := provider.Account{ID: "shop", Network: c.network, Driver: c.driver}
		direct, err := NewProvider(account, c.settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		relayed, err := NewGateway(account, Settings{"relay": "https://relay.example", "token": "t"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		key := provider.ChatKey{Account: "shop", Chat: c.chat}
		for by, table := range map[string]*provider.Capabilities{
			"the driver": direct.Capabilities(key), "the gateway": relayed.Capabilities(key), "the table": Tables(c.driver, c.network).Of(c.chat),
		} {
			state, _ := table.Window.State(noon.Add(-25*hour), noon)
			if takes := table.Send[c.kind] > provider.Absent; takes != c.takes || state != c.window {
				t.Errorf("%s of %s %s: takes %s %v, window %s", by, c.driver, c.chat, c.kind, takes, state)
			}
		}
		rule, differs := ChatWindow(c.driver, c.network, c.chat)
		if state, _ := rule.State(noon.Add(-25*hour), noon); differs != c.differs || differs && state != c.window {
			t.Errorf("%s %s: differs %v, window %s", c.driver, c.chat, differs, state)
		}
	}
}
