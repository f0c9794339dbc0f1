// Package telegram drives Telegram's Bot API: it sends as one bot, reads what is
// new by long polling, and verifies and decodes what Telegram posts. It makes one
// attempt per call and keeps no state; retry, pacing and storage belong to its
// callers. Sources: core.telegram.org/bots/api and, where that is silent, the
// server's own code (tdlib/telegram-bot-api).
package telegram

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "telegram"

const defaultBase = "https://api.telegram.org"

// Config is one bot's access to the API.
type Config struct {
	// BotID is the number before the colon of the token.
	BotID string
	// BaseURL is the API's scheme and host: Telegram's own, or a Bot API server of
	// the team's.
	BaseURL string
	// Token is what BotFather gave: the bot's id, a colon and a secret.
	Token provider.Secret
}

var (
	botNumber = regexp.MustCompile(`^[0-9]{1,16}$`)
	tokenForm = regexp.MustCompile(`^[0-9]{1,16}:[A-Za-z0-9_-]{1,128}$`)
	// secretForm is what setWebhook takes as secret_token.
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// ReadConfig reads an account's settings. The error says which key is wrong
// and what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) {
	v, err := setting.Read(settings, accountKeys(true)...)
	if err != nil {
		return Config{}, err
	}
	c := Config{BotID: v["bot_id"], BaseURL: v["base_url"], Token: provider.Hide(v["bot_token"])}
	if c.BotID == "" {
		c.BotID, _, _ = strings.Cut(v["bot_token"], ":")
	}
	return c, c.check()
}

func accountKeys(token bool) []setting.Key {
	return []setting.Key{
		{Name: "bot_token", Required: token},
		{Name: "bot_id"},
		{Name: "base_url", Default: defaultBase},
	}
}

func (c Config) check() error {
	switch {
	case !tokenForm.MatchString(c.Token.Reveal()):
		return fmt.Errorf("%q is no bot's token: copy all of it from BotFather, digits, colon and letters", "bot_token")
	case !strings.HasPrefix(c.Token.Reveal(), c.BotID+":"):
		return fmt.Errorf("%q is not of the bot that %q names: leave that out, or copy the digits before the token's colon", "bot_token", "bot_id")
	}
	// The token stands before the path, so that a path of the address has no place.
	if u, err := url.Parse(c.BaseURL); err == nil && strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("%q holds a path: write it as https://host", "base_url")
	}
	return nil
}

// Routes returns how webhooks name the account these settings describe. An
// update does not name its bot, so that the hook's own bot_id does; an account
// without its token (it sends through a relay) needs a bot_id as well.
func Routes(settings map[string]string) ([]provider.Route, error) {
	v, err := setting.Read(settings, accountKeys(false)...)
	if err != nil {
		return nil, err
	}
	bot, _, _ := strings.Cut(v["bot_token"], ":")
	switch id := v["bot_id"]; {
	case id == "" && bot == "":
		return nil, fmt.Errorf("%q is missing: set it to the digits before the colon of the bot's token", "bot_id")
	case id != "" && bot != "" && id != bot:
		return nil, fmt.Errorf("%q is not of the bot that %q names: leave one of them out", "bot_token", "bot_id")
	case id != "":
		bot = id
	}
	if !botNumber.MatchString(bot) {
		return nil, errNoBot
	}
	return []provider.Route{route(bot)}, nil
}

var errNoBot = errors.New(`"bot_id" is not digits: copy the digits before the colon of the bot's token`)

func route(bot string) provider.Route { return provider.Route("bot:" + bot) }

// HookConfig is what one bot's webhook needs. It holds no API token. Telegram posts
// what setWebhook was given as allowed_updates; see ReadHealth, which says what is
// missing there.
type HookConfig struct {
	BotID string
	// Secret is the secret_token that setWebhook was called with.
	Secret provider.Secret
	// PreviousSecret is accepted too while the secret is being changed.
	PreviousSecret provider.Secret
}

// ReadHookConfig reads a hook's settings. An empty secret is refused: it would
// let anybody in.
func ReadHookConfig(settings map[string]string) (HookConfig, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "bot_id", Required: true},
		setting.Key{Name: "secret_token", Required: true},
		setting.Key{Name: "secret_token_previous"})
	if err != nil {
		return HookConfig{}, err
	}
	c := HookConfig{
		BotID: v["bot_id"], Secret: provider.Hide(v["secret_token"]), PreviousSecret: provider.Hide(v["secret_token_previous"]),
	}
	return c, c.check()
}

func (c HookConfig) check() error {
	switch {
	case !botNumber.MatchString(c.BotID):
		return errNoBot
	case c.Secret.Empty():
		return fmt.Errorf("%q is empty: set it, or anybody could post", "secret_token")
	case !secretForm.MatchString(c.Secret.Reveal()):
		return fmt.Errorf("%q is none that Telegram takes: use up to 256 letters, digits, _ and -", "secret_token")
	}
	return nil
}
