package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

// sender sends through one address. It may be used by many goroutines.
type sender struct {
	account provider.Account
	config  Config
	// hook is the address of the account's hook; nil where it is not known.
	hook                    *address
	api, content, messaging *rest.Client
	auth                    rest.Auth
	table                   *provider.Capabilities
	files                   *fetch.Client
}

// chatter is a sender on WhatsApp, where a customer can see that somebody writes
// and Twilio says how the sender stands.
type chatter struct{ *sender }

var (
	_ provider.Provider          = (*sender)(nil)
	_ provider.TemplateLister    = (*sender)(nil)
	_ provider.TemplateSubmitter = (*sender)(nil)
	_ provider.TemplateDeleter   = (*sender)(nil)
	_ provider.MediaOpener       = (*sender)(nil)
	_ provider.StatusPoller      = (*sender)(nil)
	_ provider.Poller            = (*sender)(nil)
	_ provider.Finder            = (*sender)(nil)
	_ provider.Typer             = chatter{}
	_ provider.HealthReader      = chatter{}
)

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (provider.Provider, error) {
	if err := errors.Join(config.check(), config.fits(account.Network)); err != nil {
		return nil, err
	}
	user := config.AccountSID
	if config.Key != "" {
		user = config.Key
	}
	s := &sender{account: account, config: config, auth: rest.Basic(user, config.Secret), table: tableOf(account.Network, config.Service != "")}
	for key, c := range map[string]struct {
		base   string
		client **rest.Client
	}{
		"base_url": {config.BaseURL, &s.api}, "content_url": {config.ContentURL, &s.content}, "messaging_url": {config.MessagingURL, &s.messaging},
	} {
		var err error
		if *c.client, err = rest.New(c.base, s.auth, hc); err != nil {
			return nil, fmt.Errorf("%q: %w", key, err)
		}
	}
	if config.PublicURL != "" {
		hook, err := readAddress(config.PublicURL)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", "public_url", err)
		}
		s.hook = &hook
	}
	s.files = fetch.New(config.MediaHosts, config.BaseURL)
	if account.Network == provider.WhatsApp {
		return chatter{s}, nil
	}
	return s, nil
}

// Account implements provider.Provider.
func (s *sender) Account() provider.Account { return s.account }

// Capabilities implements provider.Provider: one table for all chats.
func (s *sender) Capabilities(provider.ChatKey) *provider.Capabilities { return s.table }

// Send implements provider.Provider. The operation's id travels in the address of
// the status callback, where the hook's public address is known, and comes back
// with every receipt.
func (s *sender) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	form, refusal := s.outgoing(&m)
	if refusal != nil {
		return "", refusal
	}
	r := rest.Request{Op: "send", Method: http.MethodPost, Path: s.messages(".json"), Form: form, Sends: true}
	a, err := s.api.Do(ctx, r)
	if err != nil {
		return "", err
	}
	if !a.OK() {
		return "", refused(r, a)
	}
	return accepted(r, a)
}

// messages is a path below the account's messages.
func (s *sender) messages(rest string) string {
	return "/2010-04-01/Accounts/" + s.config.AccountSID + "/Messages" + rest
}

// accepted reads the new message's id. A 2xx that holds none may have been a send
// all the same. One that has failed already gets no callback, because Twilio tells
// only of what changes after the answer.
func accepted(r rest.Request, a *rest.Answer) (provider.MessageID, error) {
	var m struct {
		SID    string          `json:"sid"`
		Status string          `json:"status"`
		Code   json.RawMessage `json:"error_code"`
	}
	if err := json.Unmarshal(a.Body, &m); err != nil {
		return "", rest.NoAnswer(r, errors.New("the answer is not the JSON of a message"))
	}
	if m.SID == "" {
		return "", rest.NoAnswer(r, errors.New("the answer holds no message id"))
	}
	if status, known := statusOf(m.Status); known && status == provider.Failed {
		return "", failure(m.Status, codeOf(m.Code))
	}
	return provider.MessageID(m.SID), nil
}

// Typing implements provider.Typer; it marks the message read as well. WhatsApp
// shows it for 25 seconds, or until the next message goes out.
func (c chatter) Typing(ctx context.Context, _ provider.ChatKey, message provider.MessageID) error {
	r := rest.Request{
		Op: "typing", Method: http.MethodPost, Path: "/v2/Indicators/Typing.json",
		Form: url.Values{"channel": {"whatsapp"}, "messageId": {whole(message)}},
	}
	a, err := c.messaging.Do(ctx, r)
	if err != nil {
		return err
	}
	if !a.OK() {
		return refused(r, a)
	}
	return nil
}
