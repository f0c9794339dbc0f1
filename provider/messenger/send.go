package messenger

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

// Provider sends through one account. It may be used by many goroutines.
type Provider struct {
	account provider.Account
	config  Config
	api     *rest.Client
	table   *provider.Capabilities
	files   *fetch.Client
}

// Page is a Provider of a Page on Messenger, which alone has templates.
type Page struct{ *Provider }

var (
	_ provider.Provider       = (*Provider)(nil)
	_ provider.ReadMarker     = (*Provider)(nil)
	_ provider.Typer          = (*Provider)(nil)
	_ provider.TemplateLister = Page{}
)

// New returns the account's provider: a Page on Messenger, a *Provider on
// Instagram. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (provider.Provider, error) {
	if err := errors.Join(config.check(), config.suits(account.Network)); err != nil {
		return nil, err
	}
	api, err := rest.New(config.BaseURL, rest.Bearer(config.AccessToken), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	p := &Provider{
		account: account, config: config, api: api, table: Capabilities(account.Network),
		files: fetch.New(mediaHosts(), config.BaseURL),
	}
	if account.Network == provider.Messenger {
		return Page{p}, nil
	}
	return p, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider: one table for all chats.
func (p *Provider) Capabilities(provider.ChatKey) *provider.Capabilities { return p.table }

// label is what a person calls the network.
func (p *Provider) label() string {
	if p.account.Network == provider.Instagram {
		return "Instagram"
	}
	return "Messenger"
}

// Send implements provider.Provider. The operation's id travels as metadata and
// comes back in the message's echo; a reaction has no place for it.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	body, err := p.outgoing(m)
	if err != nil {
		return "", &provider.Error{
			Op: "send", Reason: provider.Invalid, Err: err,
			Text: "This message cannot be put into " + p.label() + "'s form: " + err.Error() + ". Change it and send it again.",
		}
	}
	r := rest.Request{Op: "send", Body: body, Sends: true}
	a, err := p.post(ctx, r)
	if err != nil {
		return "", explained(err, m.Content.Kind)
	}
	return accepted(r, a, m)
}

// explained says what Meta's general refusal of a form (code 100 and no more)
// means for a template, for which it has no code of its own.
func explained(err error, kind provider.ContentKind) error {
	if e := provider.AsError("send", err); kind == provider.Templated && e.Code == "100" {
		e.Text = "Meta did not accept this template: it is gone, not approved, or its values do not fit. Look at the list anew, or choose another one."
	}
	return err
}

// post makes one attempt on the account's messages edge and returns an answer
// that is no refusal.
func (p *Provider) post(ctx context.Context, r rest.Request) (*rest.Answer, error) {
	r.Method, r.Path = http.MethodPost, p.path("messages")
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		return nil, refused(r, a)
	}
	return a, nil
}

func (p *Provider) path(edge string) string {
	return "/" + p.config.Version + "/" + p.config.node() + "/" + edge
}

// accepted reads the new message's id. A reaction is answered with the recipient
// alone and gets an id of ours, which no webhook will ever name. A 2xx that holds
// neither may have been a send all the same.
func accepted(r rest.Request, a *rest.Answer, m provider.Outgoing) (provider.MessageID, error) {
	v, err := exact.Parse(a.Body, exact.Snake)
	if err != nil {
		return "", rest.NoAnswer(r, errors.New("the answer is not the JSON of a message"))
	}
	if id := v.Member("message_id").Text(); id != "" {
		return provider.MessageID(id), nil
	}
	if _, coded := graphError(a.Body); coded {
		return "", refused(r, a)
	}
	if m.Content.Kind == provider.Reaction && v.Member("recipient_id").Word() != "" {
		return provider.MessageID("reaction:" + string(m.Op)), nil
	}
	return "", rest.NoAnswer(r, errors.New("the answer holds no message id"))
}

// MarkRead implements provider.ReadMarker. Meta marks the conversation: this
// message and all others.
func (p *Provider) MarkRead(ctx context.Context, chat provider.ChatKey, _ provider.MessageID) error {
	return p.act(ctx, "mark read", "mark_seen", chat)
}

// Typing implements provider.Typer.
func (p *Provider) Typing(ctx context.Context, chat provider.ChatKey, _ provider.MessageID) error {
	return p.act(ctx, "typing", "typing_on", chat)
}

func (p *Provider) act(ctx context.Context, op, action string, chat provider.ChatKey) error {
	if !numeric.MatchString(string(chat.Chat)) {
		return &provider.Error{
			Op: op, Reason: provider.Invalid, Err: errNoPerson,
			Text: "This conversation is of no person on " + p.label() + ". An administrator should look at this.",
		}
	}
	_, err := p.post(ctx, rest.Request{Op: op, Body: sendRequest{Recipient: recipient{string(chat.Chat)}, Action: action}})
	return err
}
