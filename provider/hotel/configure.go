package hotel

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

var _ provider.HookSetter = (*Provider)(nil)

type webhookRequest struct {
	URL         string      `json:"webhook_url"`
	Events      []string    `json:"events"`
	VerifyToken string      `json:"verify_token"`
	Retry       retryConfig `json:"retry_config"`
}

type retryConfig struct {
	Max int `json:"max_retries"`
	// Delay is in milliseconds.
	Delay int64 `json:"retry_delay"`
}

// SetHook implements provider.HookSetter: it has the API post all its events to our hook, with the admin
// token. The errors hold neither the address nor the token.
func (p *Provider) SetHook(ctx context.Context, s provider.HookSetup) error {
	refuse := func(text string) error {
		return &provider.Error{Op: "set hook", Reason: provider.Invalid, Text: text}
	}
	u, err := url.Parse(s.URL)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return refuse("The hook's address is not a plain https address. Write it as the relay is reached from outside, without anything behind the path.")
	case s.VerifyToken.Empty():
		return refuse("The hook has no verify token, and anybody could post to it. Set verify_token.")
	case s.MaxRetries < 0 || s.RetryDelay < 0:
		return refuse("The retries are negative. Give a number and a delay, or neither.")
	}
	if s.MaxRetries == 0 && s.RetryDelay == 0 {
		s.MaxRetries, s.RetryDelay = 3, 5*time.Second
	}
	u.RawQuery = url.Values{tokenKey: {s.VerifyToken.Reveal()}}.Encode()
	_, err = p.command(ctx, rest.Request{
		Op: "set hook", Method: http.MethodPost, Path: root + "/webhooks/configure",
		Body: webhookRequest{
			URL: u.String(), VerifyToken: s.VerifyToken.Reveal(),
			Events: []string{eventDelivered, eventRead, eventFailed, eventInbound, eventMedia},
			Retry:  retryConfig{s.MaxRetries, s.RetryDelay.Milliseconds()},
		},
	})
	return err
}
