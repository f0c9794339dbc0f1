package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// Provider sends through one phone number. It may be used by many goroutines.
type Provider struct {
	account provider.Account
	config  Config
	api     *rest.Client
	table   *provider.Capabilities
	files   *fetch.Client
}

var (
	_ provider.Provider       = (*Provider)(nil)
	_ provider.TemplateLister = (*Provider)(nil)
	_ provider.ReadMarker     = (*Provider)(nil)
	_ provider.Typer          = (*Provider)(nil)
)

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	api, err := rest.New(config.BaseURL, rest.Bearer(config.AccessToken), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	return &Provider{
		account: account, config: config, api: api, table: Capabilities(account.Network),
		files: fetch.New([]string{mediaHost}, config.BaseURL),
	}, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider: one table for all chats.
func (p *Provider) Capabilities(provider.ChatKey) *provider.Capabilities { return p.table }

// Send implements provider.Provider. The operation's id travels as
// biz_opaque_callback_data and comes back in every receipt.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	body, err := outgoing(m)
	if err != nil {
		return "", &provider.Error{
			Op: "send", Reason: provider.Invalid, Err: err,
			Text: "This message cannot be put into WhatsApp's form: " + err.Error() + ". Change it and send it again.",
		}
	}
	return p.post(ctx, rest.Request{Op: "send", Body: body, Sends: true})
}

func (p *Provider) post(ctx context.Context, r rest.Request) (provider.MessageID, error) {
	r.Method, r.Path = http.MethodPost, p.path(p.config.PhoneNumberID, "messages")
	r.Retry503 = p.config.Retry503
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return "", err
	}
	if !a.OK() {
		return "", refused(r, a)
	}
	if !r.Sends {
		return "", nil
	}
	return accepted(r, a)
}

func (p *Provider) path(id, edge string) string {
	return "/" + p.config.Version + "/" + id + "/" + edge
}

// accepted reads the new message's id. A 2xx that holds none may have been a
// send all the same.
func accepted(r rest.Request, a *rest.Answer) (provider.MessageID, error) {
	var res whatsapp.SendResponse
	if err := json.Unmarshal(a.Body, &res); err != nil {
		return "", rest.NoAnswer(r, errors.New("the answer is not the JSON of a message"))
	}
	if len(res.Messages) > 0 && res.Messages[0].ID != "" {
		return provider.MessageID(res.Messages[0].ID), nil
	}
	if _, coded := graphError(a.Body); coded {
		return "", refused(r, a)
	}
	return "", rest.NoAnswer(r, errors.New("the answer holds no message id"))
}

// refused makes the boundary's error of an error answer: by Meta's code where
// it is documented, by the HTTP status otherwise.
func refused(r rest.Request, a *rest.Answer) *provider.Error {
	g, coded := graphError(a.Body)
	if !coded {
		return rest.Refused(r, a)
	}
	code := int64(g.Code)
	if code == 100 && g.Subcode == 33 {
		code = 33 // the number or account itself does not exist, or is not ours
	}
	meaning, known := whatsapp.Lookup(code)
	var e *provider.Error
	switch {
	case known:
		e = meaning.Error(r.Op, code)
	case a.OK() || g.Transient:
		e = rest.NoAnswer(r, nil)
	default:
		e = rest.Refused(r, a)
	}
	e.Code = fmt.Sprint(int64(g.Code))
	e.After = max(e.After, rest.RetryAfter(a.Header))
	if e.Uncertain && !r.Sends {
		e.Uncertain, e.Text = false, "WhatsApp had a fault of its own. Try again."
	}
	if trace.MatchString(g.TraceID) {
		e.Err = errors.New("trace " + g.TraceID)
	}
	return e
}

// trace is the form of an fbtrace_id, which Meta's support asks for. Anything
// else in its place stays out of the log.
var trace = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// graphError finds Meta's error in an answer. coded is false where there is no
// code: 0 is a code of its own.
func graphError(body []byte) (g whatsapp.GraphError, coded bool) {
	var answer struct {
		Error map[string]json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Error["code"]) == 0 {
		return g, false
	}
	var number json.Number
	if json.Unmarshal(answer.Error["code"], &number) != nil {
		return g, false
	}
	if _, err := number.Int64(); err != nil {
		return g, false
	}
	// What has an unexpected form is left empty: the code decides.
	_ = json.Unmarshal(body, &struct {
		Error *whatsapp.GraphError `json:"error"`
	}{&g})
	return g, true
}

// MarkRead implements provider.ReadMarker: this message and all before it.
func (p *Provider) MarkRead(ctx context.Context, _ provider.ChatKey, message provider.MessageID) error {
	_, err := p.post(ctx, rest.Request{Op: "mark read", Body: whatsapp.SendRequest{
		Product: whatsapp.Product, Status: "read", MessageID: string(message),
	}})
	return err
}

// Typing implements provider.Typer; it marks the message read as well. WhatsApp
// shows it for 25 seconds, or until the message comes.
func (p *Provider) Typing(ctx context.Context, _ provider.ChatKey, message provider.MessageID) error {
	_, err := p.post(ctx, rest.Request{Op: "typing", Body: whatsapp.SendRequest{
		Product: whatsapp.Product, Status: "read", MessageID: string(message),
		Typing: &whatsapp.TypingIndicator{Type: "text"},
	}})
	return err
}
