// Package gateway sends through a relay that holds the API token. It knows the
// relay's one sending endpoint and nothing of the network behind it; it never
// imports another driver.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "gateway"

// Config is a terminal's access to its relay.
type Config struct {
	// Relay is the relay's http or https URL.
	Relay string
	Token provider.Secret
}

// ReadConfig reads the settings of an account in gateway mode. The relay may
// be written with a websocket scheme, as the stream's address is.
func ReadConfig(settings map[string]string) (Config, error) {
	v, err := setting.Read(settings, setting.Key{Name: "relay", Required: true}, setting.Key{Name: "token", Required: true})
	if err != nil {
		return Config{}, err
	}
	relay := v["relay"]
	for from, to := range map[string]string{"ws://": "http://", "wss://": "https://"} {
		if rest, ok := strings.CutPrefix(relay, from); ok {
			relay = to + rest
		}
	}
	return Config{Relay: relay, Token: provider.Hide(v["token"])}, nil
}

// Provider sends one account's messages through the relay. It may be used by
// many goroutines.
type Provider struct {
	account provider.Account
	relay   *rest.Client
	tables  provider.Tables
	// base, token and files are for files, which do not come as JSON.
	base  string
	token provider.Secret
	files *http.Client
}

var _ provider.Provider = (*Provider)(nil)

// New is ByChat for a driver whose chats are all alike.
func New(account provider.Account, direct *provider.Capabilities, config Config, hc *http.Client) (provider.Provider, error) {
	return ByChat(account, provider.Tables{Usual: direct}, config, hc)
}

// ByChat returns the account's provider. direct are the tables of the driver behind
// the relay; that of the usual chat decides what else than provider.Provider is
// implemented. hc may be nil.
func ByChat(account provider.Account, direct provider.Tables, config Config, hc *http.Client) (provider.Provider, error) {
	p, err := reach(account, direct, config, hc)
	if err != nil {
		return nil, err
	}
	return p.ableOnly(), nil
}

func reach(account provider.Account, direct provider.Tables, config Config, hc *http.Client) (*Provider, error) {
	relay, err := rest.New(config.Relay, rest.Bearer(config.Token), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "relay", err)
	}
	files := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if hc != nil {
		files.Transport = hc.Transport
	}
	return &Provider{
		account: account, relay: relay, tables: passedOn(direct),
		base: strings.TrimRight(config.Relay, "/"), token: config.Token, files: files,
	}, nil
}

// tokenGone is what a person is told where the relay knows the token no more.
const tokenGone = "The relay no longer accepts this terminal's token. An administrator must make a new one."

// passedOn narrows the tables of each kind of chat.
func passedOn(direct provider.Tables) provider.Tables {
	tables := provider.Tables{Usual: passed(direct.Usual), KindOf: direct.KindOf, Kinds: map[provider.ChatKind]*provider.Capabilities{}}
	for kind, table := range direct.Kinds {
		tables.Kinds[kind] = passed(table)
	}
	return tables
}

// passed narrows a driver's table to what the relay passes on. Repeatable is the
// gateway's own promise: it keeps a durable table of operations, so that one
// operation is sent once however often it is asked.
func passed(direct *provider.Capabilities) *provider.Capabilities {
	table := *direct
	table.Media, table.Attached = direct.Taken(), nil // the relay takes a file, and sends it as the network does
	table.Repeatable = true
	// Without an id it answers where a person said that it was sent; read takes
	// no other answer without one for an acceptance.
	table.NoID = true
	table.TemplateList = provider.Absent
	table.Can = map[provider.Ability]provider.Level{provider.CanOpenMedia: provider.Full}
	if level := uploads(direct); level > provider.Absent {
		table.Can[provider.CanUploadMedia] = level
	}
	for _, ability := range relayed() {
		if level, ok := direct.Can[ability]; ok {
			table.Can[ability] = level
		}
	}
	return &table
}

// relayed are the abilities that the relay has its driver use for a terminal. Of the
// others it uses some by itself: it asks for receipts, for news, for what is unsure, and
// tells of resolutions.
func relayed() []provider.Ability {
	return []provider.Ability{
		provider.CanSchedule, provider.CanBlock, provider.CanReadHistory, provider.CanSearchHistory, provider.CanReadFigures, provider.CanReadWindow,
		provider.CanSendBatch,
	}
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider.
func (p *Provider) Capabilities(chat provider.ChatKey) *provider.Capabilities {
	return p.tables.Of(chat.Chat)
}

// askAgain is how long to wait before an operation is asked for again.
const askAgain = 2 * time.Second

// request is the body of POST /v1/send.
type request struct {
	Outgoing provider.Outgoing `json:"outgoing"`
	Retries  provider.OpID     `json:"retries,omitempty"`
	Log      string            `json:"log,omitempty"`
	Again    bool              `json:"again,omitempty"`
}

// answer is the union of what POST /v1/send answers.
type answer struct {
	Message provider.MessageID `json:"message"`
	State   string             `json:"state"`
	Error   json.RawMessage    `json:"error"`
}

// Send implements provider.Provider. An answer of the network, passed on by
// the relay, is returned as it is. Everything else is Unreachable and certain:
// whatever became of the request, the same operation may be asked for again.
// The id is empty where the operation was unsure and a person decided that it
// was sent.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	body := request{Outgoing: m, Retries: m.Retries, Log: m.Log, Again: m.Again}
	body.Outgoing.Retries, body.Outgoing.Log = "", ""
	r := rest.Request{Op: "send", Method: http.MethodPost, Path: "/v1/send", Body: body, Sends: true}
	a, err := p.relay.Do(ctx, r)
	if err != nil {
		return "", unreached(err)
	}
	return read(a)
}

func read(a *rest.Answer) (provider.MessageID, error) {
	var body answer
	if err := json.Unmarshal(a.Body, &body); err != nil {
		body = answer{}
	}
	switch {
	case a.Status == http.StatusOK && (body.Message != "" || body.State == "sent"):
		return body.Message, nil
	case a.Status == http.StatusAccepted:
		return "", inFlight(a)
	case a.OK():
		return "", again("the relay's answer holds no message id", a)
	}
	if e := network(body.Error); e != nil {
		return "", e
	}
	return "", relayRefused(a, len(body.Error) > 0)
}

// network returns the network's error as the relay passed it on; nil where
// there is none, for an error without a reason is the relay's own.
func network(raw json.RawMessage) error {
	var e provider.Error
	if len(raw) == 0 || json.Unmarshal(raw, &e) != nil || e.Reason == "" {
		return nil
	}
	if e.Op == "" {
		e.Op = "send"
	}
	return &e
}

// relayRefused is the relay's own no: the network was not asked. Where a
// refusal of the network would be expected and the answer is not the relay's
// own words either, nothing is known and the operation is asked for again.
func relayRefused(a *rest.Answer, spoke bool) error {
	e := &provider.Error{Op: "send", Code: "relay " + strconv.Itoa(a.Status)}
	switch {
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		e.Reason, e.Text = provider.Token, "The relay no longer accepts this terminal's token. An administrator must make a new one; messages wait until then."
	case a.Status == http.StatusRequestEntityTooLarge:
		e.Reason, e.Text = provider.TooLong, "The message is too large for the relay. Make it smaller."
	case a.Status == http.StatusNotFound:
		e.Reason, e.Text = provider.Restricted, "The relay does not send for this account. An administrator must add it to the relay; messages wait until then."
	case a.Status >= 500, a.Status == http.StatusTooManyRequests, a.Status == http.StatusRequestTimeout:
		return again("the relay is not ready", a)
	case !spoke && (a.Status == http.StatusConflict || a.Status == http.StatusUnprocessableEntity):
		return again("the answer is not the relay's", a)
	case a.Status >= 400:
		e.Reason, e.Text = provider.Invalid, "The relay did not accept this message. Change it and send it again."
	default:
		e.Reason, e.Text = provider.Restricted, "The relay's address leads somewhere else. An administrator must correct it; messages wait until then."
	}
	return e
}

func again(why string, a *rest.Answer) error {
	return &provider.Error{
		Op: "send", Reason: provider.Unreachable, Code: "relay " + strconv.Itoa(a.Status),
		After: max(rest.RetryAfter(a.Header), askAgain), Err: errors.New(why),
		Text: "The relay has not answered yet. It is asked again.",
	}
}

// inFlight: the relay has the operation and the network has not answered it. It
// says nothing against asking for others.
func inFlight(a *rest.Answer) error {
	return &provider.Error{
		Op: "send", Reason: provider.Unavailable, Code: "relay 202", After: max(rest.RetryAfter(a.Header), askAgain),
		Text: "The network has not answered the relay yet. It is asked again.",
	}
}

func unreached(err error) error {
	e := provider.AsError("send", err)
	if e.Reason == provider.Invalid {
		return e
	}
	return &provider.Error{
		Op: "send", Reason: provider.Unreachable, After: askAgain, Err: e.Err,
		Text: "The relay could not be reached. It is asked again.",
	}
}
