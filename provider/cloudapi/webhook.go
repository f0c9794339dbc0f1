package cloudapi

import (
	"fmt"
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
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

// signatureHeader carries "sha256=" and the hex HMAC-SHA256 of the raw body
// under the app's secret (Meta, "Webhooks getting started").
const signatureHeader = "X-Hub-Signature-256"

// Verify implements provider.Webhook. Two signatures are no signature.
func (w *Webhook) Verify(r *http.Request, body []byte) error {
	headers := r.Header.Values(signatureHeader)
	if len(headers) != 1 {
		return provider.ErrSignature
	}
	signature, ok := strings.CutPrefix(headers[0], "sha256=")
	if !ok || !sign.ValidSHA256(signature, body, w.config.AppSecret.Reveal(), w.config.PreviousSecret.Reveal()) {
		return provider.ErrSignature
	}
	return nil
}

// maxChallenge bounds what a handshake echoes.
const maxChallenge = 256

// Handshake implements provider.Handshaker: Meta's GET when the address is
// entered or changed.
func (w *Webhook) Handshake(r *http.Request) ([]byte, error) {
	q := r.URL.Query()
	challenge := q.Get("hub.challenge")
	if q.Get("hub.mode") != "subscribe" || challenge == "" || len(challenge) > maxChallenge ||
		!sign.SameWord(q.Get("hub.verify_token"), w.config.VerifyToken.Reveal()) {
		return nil, provider.ErrSignature
	}
	return []byte(challenge), nil
}

// Decode implements provider.Webhook; see whatsapp.Decode for the ids.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) { return whatsapp.Decode(body) }
