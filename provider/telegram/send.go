package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

// Provider sends as one bot and reads what is new for it. It may be used by many
// goroutines; Poll by one at a time, because Telegram refuses a second.
type Provider struct {
	account provider.Account
	config  Config
	api     *rest.Client
	files   *fetch.Client
	tables  provider.Tables
}

var (
	_ provider.Provider = (*Provider)(nil)
	_ provider.Typer    = (*Provider)(nil)
)

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	api, err := rest.New(config.BaseURL, rest.InPath("/bot", config.Token), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	return &Provider{
		account: account, config: config, api: api, files: fetch.New(nil, config.BaseURL),
		tables: Tables(account.Network),
	}, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider.
func (p *Provider) Capabilities(chat provider.ChatKey) *provider.Capabilities {
	return p.tables.Of(chat.Chat)
}

// Send implements provider.Provider. Telegram has no place for the operation's
// id, and no way to ask afterwards what became of a message.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	c, err := outgoing(m)
	if err != nil {
		return "", unfit("send", err)
	}
	r := post("send", c.method, &c.body)
	r.Sends = true
	result, err := p.call(ctx, r)
	if err != nil {
		return "", err
	}
	if m.Content.Kind == provider.Reaction {
		return reactionID(m.Content.Reaction.Message, m.Op), nil
	}
	return sent(r, result, c.body.Connection)
}

// unfit is a message that has no form at Telegram; nothing left.
func unfit(op string, err error) *provider.Error {
	return &provider.Error{
		Op: op, Reason: provider.Invalid, Err: err,
		Text: "This message cannot be put into Telegram's form: " + err.Error() + ". Change it and send it again.",
	}
}

func post(op, method string, body any) rest.Request {
	return rest.Request{Op: op, Method: http.MethodPost, Path: "/" + method, Body: body}
}

// sent reads the id of the message that was made. A message that is to appear
// later has the number 0, so that nothing can name it.
func sent(r rest.Request, result json.RawMessage, connection string) (provider.MessageID, error) {
	var made struct {
		ID   int64 `json:"message_id"`
		Chat struct {
			ID int64 `json:"id"`
		} `json:"chat"`
	}
	if json.Unmarshal(result, &made) != nil || made.ID <= 0 || made.Chat.ID == 0 {
		return "", rest.NoAnswer(r, errors.New("the answer names no message"))
	}
	return address{made.Chat.ID, connection}.message(made.ID), nil
}

// call makes one attempt and returns the result's JSON.
func (p *Provider) call(ctx context.Context, r rest.Request) (json.RawMessage, error) {
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return result(r, a)
}

// Typing implements provider.Typer. Telegram shows it for five seconds at most,
// or until the message comes; it marks nothing as read.
func (p *Provider) Typing(ctx context.Context, chat provider.ChatKey, _ provider.MessageID) error {
	in, ok := parseChat(chat.Chat)
	if !ok {
		return unfit("typing", errNoChat)
	}
	_, err := p.call(ctx, post("typing", "sendChatAction", &request{ChatID: in.chat, Connection: in.connection, Action: "typing"}))
	return err
}
