package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

var _ provider.Caller = (*Provider)(nil)

// Call implements provider.Caller: the relay, which holds the credential, asks the
// network. A page of history is in the log by the time it answers, and comes to this
// terminal by its stream. The network's answer is returned as it is.
func (p *Provider) Call(ctx context.Context, c provider.Call) (provider.Answer, error) {
	op := string(c.What)
	r := rest.Request{Op: op, Method: http.MethodPost, Path: "/v1/call", Body: c}
	if c.What == provider.CallBatch {
		r.Sends, r.Within = true, batchWithin
	}
	a, err := p.relay.Do(ctx, r)
	switch {
	case err != nil && r.Sends:
		return provider.Answer{}, err
	case err != nil:
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
	case a.OK() && r.Sends:
		return provider.Answer{}, rest.NoAnswer(r, errors.New("the answer is not the relay's"))
	case a.OK():
		return provider.Answer{}, notCalled(op, provider.Unavailable, errors.New("the answer is not the relay's"))
	}
	if e := network(said.Error); bad == nil && e != nil {
		return provider.Answer{}, e
	}
	if r.Sends {
		return provider.Answer{}, batchRefused(r, a)
	}
	return provider.Answer{}, callRefused(op, a)
}

// batchWithin is longer than the relay waits for its turn and for a network.
const batchWithin = 75 * time.Second

// batchRefused is the relay's own no to a batch. It keeps a batch before the network is
// asked, so that a failure of its own leaves open whether that was.
func batchRefused(r rest.Request, a *rest.Answer) error {
	e := &provider.Error{Op: r.Op, Reason: provider.Invalid, Code: "relay " + strconv.Itoa(a.Status)}
	switch a.Status {
	case http.StatusRequestEntityTooLarge:
		e.Text = "The batch is larger than the relay takes. Nothing was sent; make several."
	case http.StatusBadRequest:
		e.Text = "The relay did not accept the batch as it is told. Nothing was sent; update it, or frontdesk."
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return callRefused(r.Op, a)
	default:
		return rest.NoAnswer(r, errors.New("the relay answered otherwise"))
	}
	return e
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
	case provider.CallBatch:
		return a.Batch != nil
	}
	return true
}

// callRefused is the relay's own no: the network was not asked.
func callRefused(op string, a *rest.Answer) error {
	e := &provider.Error{Op: op, Code: "relay " + strconv.Itoa(a.Status)}
	switch a.Status {
	case http.StatusUnauthorized:
		e.Reason, e.Text = provider.Token, tokenGone
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
