package telegram_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/telegram"
)

var account = provider.Account{ID: "shop", Network: provider.Telegram, Driver: telegram.Name}

const (
	bot   = "4100100"
	token = bot + ":" + providertest.Token
	word  = "hook-secret_1"
	ana   = provider.ChatID("5550001")
)

func open(t *testing.T, base string) provider.Provider { t.Helper(); return opened(t, base) }

func opened(t *testing.T, base string) *telegram.Provider {
	t.Helper()
	p, err := telegram.New(account, telegram.Config{BotID: bot, BaseURL: base, Token: provider.Hide(token)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// accepted is the answer to a send. Telegram's ids are numbers: every message of
// the suite is number 77 of Ana's chat.
func accepted(string) providertest.Reply {
	return providertest.Reply{Status: 200, Body: `{"ok":true,"result":{"message_id":77,"date":1795168800,"chat":{"id":5550001,"type":"private"}}}`}
}

func wireID(kind provider.ContentKind, _ string) provider.MessageID {
	if kind == provider.Reaction {
		return "5550001/12/reaction/op-of-reaction"
	}
	return "5550001/77"
}

// refused is Telegram's error answer, with what an error must not tell behind its
// words.
func refused(code int, description string) providertest.Reply {
	return providertest.Reply{Status: code, Body: fmt.Sprintf(
		`{"ok":false,"error_code":%d,"description":%q}`, code, description+": the customer's secret order 4711 https://x.example/?t="+providertest.Token)}
}

// documented are the refusals of section 8 of the facts, and what each means.
func documented() map[string]provider.Reason {
	return map[string]provider.Reason{
		"400 Bad Request: chat not found":                                      provider.Undeliverable,
		"400 Bad Request: private chat not found":                              provider.Undeliverable,
		"400 Bad Request: group chat was upgraded to a supergroup chat":        provider.Undeliverable,
		"400 Bad Request: message is not modified: specified new message":      provider.Invalid,
		"400 Bad Request: message can't be deleted":                            provider.Invalid,
		"400 Bad Request: message can't be edited":                             provider.Invalid,
		"400 Bad Request: message to delete not found":                         provider.Invalid,
		"400 Bad Request: message to edit not found":                           provider.Invalid,
		"400 Bad Request: message to be replied not found":                     provider.Invalid,
		"400 Bad Request: can't parse entities":                                provider.Invalid,
		"400 Bad Request: message text is empty":                               provider.Invalid,
		"400 Bad Request: message is too long":                                 provider.TooLong,
		"400 Bad Request: message caption is too long":                         provider.TooLong,
		"400 Bad Request: caption too long":                                    provider.TooLong,
		"400 Bad Request: wrong file identifier/HTTP URL specified":            provider.MediaRejected,
		"400 Bad Request: wrong type of the web page content":                  provider.MediaRejected,
		"400 Bad Request: failed to get HTTP URL content":                      provider.MediaRejected,
		"400 Bad Request: wrong HTTP URL specified":                            provider.MediaRejected,
		"400 Bad Request: file is too big":                                     provider.MediaRejected,
		"400 Bad Request: message thread not found":                            provider.Undeliverable,
		"400 Bad Request: TOPIC_CLOSED":                                        provider.Undeliverable,
		"400 Bad Request: not enough rights to send text messages to the chat": provider.Undeliverable,
		"400 Bad Request: VOICE_MESSAGES_FORBIDDEN":                            provider.NotSupported,
		"400 Bad Request: CHAT_WRITE_FORBIDDEN":                                provider.Undeliverable,
		"400 Bad Request: SOMETHING_NEW":                                       provider.Invalid,
		"400 Bad Request: FROZEN_METHOD_INVALID":                               provider.Restricted,
		"401 Unauthorized":                                                     provider.Token,
		"403 Forbidden: bot was blocked by the user":                           provider.Undeliverable,
		"403 Forbidden: user is deactivated":                                   provider.Undeliverable,
		"403 Forbidden: bot was kicked from the supergroup chat":               provider.Undeliverable,
		"403 Forbidden: bot is not a member of the channel chat":               provider.Undeliverable,
		"403 Forbidden: the group chat was deleted":                            provider.Undeliverable,
		"403 Forbidden: bot can't initiate conversation with a user":           provider.Undeliverable,
		"403 Forbidden: bots can't send messages to bots":                      provider.Undeliverable,
		"403 Forbidden: something new":                                         provider.Undeliverable,
		"404 Not Found":                                                        provider.Token,
		"409 Conflict: terminated by other getUpdates request":                 provider.Unavailable,
		"409 Conflict: can't use getUpdates method while webhook is active":    provider.Unavailable,
		"413 Request Entity Too Large":                                         provider.MediaRejected,
		"429 Too Many Requests: retry after 7":                                 provider.RateLimited,
	}
}

func refusals() []providertest.Refusal {
	all := []providertest.Refusal{
		{Name: "500", Reply: refused(500, "Internal Server Error"), Want: providertest.Want{Reason: provider.Unavailable, Uncertain: true}},
		{Name: "502", Reply: refused(502, "Bad Gateway"), Want: providertest.Want{Reason: provider.Unavailable, Uncertain: true}},
	}
	for said, reason := range documented() {
		var code int
		_, _ = fmt.Sscan(said, &code)
		all = append(all, providertest.Refusal{Name: said, Reply: refused(code, said[4:]), Want: providertest.Want{Reason: reason}})
	}
	return all
}

func harness(t *testing.T) providertest.Harness {
	t.Helper()
	return providertest.Harness{
		New: open, To: provider.ChatKey{Account: "shop", Chat: ana}, Accepted: accepted, ID: wireID, Refusals: refusals(),
		Contents: map[provider.ContentKind]provider.Content{
			provider.Reaction: {Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "5550001/12", Emoji: "👍"}},
		},
		Authorized: func(r providertest.Request) bool { return strings.HasPrefix(r.Path, "/bot"+token+"/") },
		NoOp:       "no method of the Bot API takes an id of ours",
		Webhook:    webhook(t),
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, harness(t)) }

func hook(t testing.TB) *telegram.Webhook {
	t.Helper()
	w, err := telegram.NewWebhook(telegram.HookConfig{BotID: bot, Secret: provider.Hide(word), PreviousSecret: provider.Hide("the-old-one")})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func webhook(t *testing.T) *providertest.WebhookHarness {
	t.Helper()
	h := &providertest.WebhookHarness{
		New:   func(t *testing.T) provider.Webhook { t.Helper(); return hook(t) },
		Sign:  func(r *http.Request, _ []byte) { r.Header.Set("X-Telegram-Bot-Api-Secret-Token", word) },
		Word:  true,
		Known: map[string][]byte{}, Strange: map[string][]byte{},
		Broken: map[string][]byte{
			"empty": nil, "null": []byte("null"), "open": []byte("{"), "page": []byte("<html>"), "no update": []byte(`{"message":{}}`),
			"number zero": []byte(`{"update_id":0,"message":{}}`), "a number below": []byte(`{"update_id":-5,"message":{}}`),
			"a number too large": []byte(`{"update_id":9223372036854775808}`), "two numbers": []byte(`{"update_id":1,"update_id":2,"message":{}}`),
		},
	}
	for name, body := range recorded(t) {
		if strings.HasPrefix(name, "strange-") {
			h.Strange[name] = body
		} else {
			h.Known[name] = body
		}
	}
	return h
}

// recorded are the updates in testdata/webhook by name.
func recorded(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("recorded updates: %d, %v", len(files), err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = body
	}
	return all
}
