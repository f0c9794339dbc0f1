package cloudapi

import (
	"fmt"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/hub"
	"frontdesk/provider/internal/whatsapp"
)

// Webhook verifies and decodes what Meta posts for one app. It holds the app's
// secret and no API token, and may be used by many goroutines.
type Webhook struct {
	config HookConfig
}

var (
	_ provider.Webhook    = (*Webhook)(nil)
	_ provider.Handshaker = (*Webhook)(nil)
)

// NewWebhook returns the app's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if config.AppSecret.Empty() {
		return nil, fmt.Errorf("%q is empty: set it, or anybody could post", "app_secret")
	}
	return &Webhook{config: config}, nil
}

// Verify implements provider.Webhook.
func (w *Webhook) Verify(r *http.Request, body []byte) error {
	return hub.Verify(r, body, w.config.AppSecret, w.config.PreviousSecret)
}

// Handshake implements provider.Handshaker: Meta's GET when the address is
// entered or changed.
func (w *Webhook) Handshake(r *http.Request) ([]byte, error) {
	return hub.Handshake(r, w.config.VerifyToken)
}

// Decode implements provider.Webhook; see whatsapp.Decode for the ids.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) { return whatsapp.Decode(body) }
