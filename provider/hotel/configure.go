package hotel

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// WebhookSetup is what the API is told about our hook.
type WebhookSetup struct {
	// URL is the hook's public https address, without a query.
	URL string
	// VerifyToken is the hook's own; it becomes part of the address.
	VerifyToken provider.Secret
	// MaxRetries and RetryDelay are how the API tries again; where both are zero,
	// the document's 3 times after 5 s.
	MaxRetries int
	RetryDelay time.Duration
}

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

// ConfigureWebhook has the API post all its events to our hook, with the admin
// token. The errors hold neither the address nor the token.
func (p *Provider) ConfigureWebhook(ctx context.Context, s WebhookSetup) error {
	refuse := func(text string) error {
		return &provider.Error{Op: "configure webhook", Reason: provider.Invalid, Text: text}
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
		Op: "configure webhook", Method: http.MethodPost, Path: root + "/webhooks/configure",
		Body: webhookRequest{
			URL: u.String(), VerifyToken: s.VerifyToken.Reveal(),
			Events: []string{eventDelivered, eventRead, eventFailed, eventInbound, eventMedia},
			Retry:  retryConfig{s.MaxRetries, s.RetryDelay.Milliseconds()},
		},
	})
	return err
}
