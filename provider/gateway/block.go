package gateway

import (
	"context"
	"encoding/json"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// door is the blocker of an account whose driver, behind the relay, has one.
type door struct{ p *Provider }

var _ provider.Blocker = door{}

// BlockCustomer implements provider.Blocker: the relay, which holds the token,
// asks the network. The network's answer is returned as it is.
func (d door) BlockCustomer(ctx context.Context, chat provider.ChatKey, block bool) error {
	body := struct {
		Chat  provider.ChatKey `json:"chat"`
		Block bool             `json:"block"`
	}{chat, block}
	a, err := d.p.relay.Do(ctx, rest.Request{Op: "block", Method: http.MethodPost, Path: "/v1/block", Body: body})
	switch {
	case err != nil:
		return notBlocked(provider.Unreachable, err)
	case a.OK():
		return nil
	}
	var said answer
	if json.Unmarshal(a.Body, &said) == nil {
		if e := network(said.Error); e != nil {
			return e
		}
	}
	if a.Status == http.StatusNotFound {
		return &provider.Error{
			Op: "block", Reason: provider.NotSupported,
			Text: "The relay cannot block anybody in this account. Block them in the network's own app.",
		}
	}
	return notBlocked(provider.Unavailable, nil)
}

func notBlocked(reason provider.Reason, cause error) error {
	return &provider.Error{
		Op: "block", Reason: reason, Err: cause,
		Text: "The relay could not ask the network. Try again when it can be reached.",
	}
}
