package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

var _ provider.Caller = (*Provider)(nil)

// Call implements provider.Caller: the relay, which holds the credential, asks the
// network. A page of history is in the log by the time it answers, and comes to this
// terminal by its stream. The network's answer is returned as it is.
func (p *Provider) Call(ctx context.Context, c provider.Call) (provider.Answer, error) {
	op := string(c.What)
	a, err := p.relay.Do(ctx, rest.Request{Op: op, Method: http.MethodPost, Path: "/v1/call", Body: c})
	if err != nil {
		return provider.Answer{}, notCalled(op, provider.Unreachable, err)
	}
	var said struct {
		provider.Answer
		Error json.RawMessage `json:"error"`
	}
	bad := json.Unmarshal(a.Body, &said)
	switch {
	case a.OK() && bad == nil && answers(c.What, &said.Answer):
		return said.Answer, nil
	case a.OK():
		return provider.Answer{}, notCalled(op, provider.Unavailable, errors.New("the answer is not the relay's"))
	}
	if e := network(said.Error); bad == nil && e != nil {
		return provider.Answer{}, e
	}
	return provider.Answer{}, callRefused(op, a)
}

// answers reports whether what came answers what was asked.
func answers(what provider.CallKind, a *provider.Answer) bool {
	switch what {
	case provider.CallHistory:
		return a.Past != nil
	case provider.CallFigures:
		return a.Figures != nil
	case provider.CallWindow:
		return a.Window != nil
	}
	return true
}

// callRefused is the relay's own no: the network was not asked.
func callRefused(op string, a *rest.Answer) error {
	e := &provider.Error{Op: op, Code: "relay " + strconv.Itoa(a.Status)}
	switch a.Status {
	case http.StatusUnauthorized:
		e.Reason, e.Text = provider.Token, "The relay no longer accepts this terminal's token. An administrator must make a new one."
	case http.StatusForbidden:
		e.Reason, e.Text = provider.NotSupported, "This token's role may not have the network asked for that. Ask an administrator for another role."
	case http.StatusNotFound:
		e.Reason, e.Text = provider.NotSupported, "The relay cannot ask this inbox's network for that. An administrator must update it, or add the inbox to it."
	default:
		return notCalled(op, provider.Unavailable, errors.New("the relay answered otherwise"))
	}
	return e
}

func notCalled(op string, reason provider.Reason, cause error) error {
	return &provider.Error{Op: op, Reason: reason, Err: cause, Text: "The relay could not ask the network. Try again when it can be reached."}
}
