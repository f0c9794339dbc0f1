package dialog360

import (
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/internal/whatsapp"
)

// Webhook verifies and decodes what 360dialog posts for one number. It holds the
// webhook's secrets and no key of the API, and may be used by many goroutines.
type Webhook struct {
	config HookConfig
}

var _ provider.Webhook = (*Webhook)(nil)

// NewWebhook returns the number's webhook; see ReadHookConfig.
func NewWebhook(config HookConfig) (*Webhook, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Webhook{config: config}, nil
}

// signatureHeader carries the hex HMAC-SHA256 of the raw body under the platform
// secret. How it is written is not documented: with and without "sha256=" have
// been seen.
const signatureHeader = "X-360dialog-Signature"

// Verify implements provider.Webhook: the header that the webhook was set up
// with comes with every post (360dialog, "Webhooks"), once; two are none.
func (w *Webhook) Verify(r *http.Request, body []byte) error {
	values := r.Header.Values(w.config.Header)
	if len(values) != 1 {
		return provider.ErrSignature
	}
	now, before := sign.SameWord(values[0], w.config.HeaderSecret.Reveal()), sign.SameWord(values[0], w.config.PreviousSecret.Reveal())
	if !now && !before {
		return provider.ErrSignature
	}
	if w.config.PlatformSecret.Empty() {
		return nil
	}
	signatures := r.Header.Values(signatureHeader)
	if len(signatures) != 1 || !sign.ValidSHA256(strings.TrimPrefix(signatures[0], "sha256="), body, w.config.PlatformSecret.Reveal()) {
		return provider.ErrSignature
	}
	return nil
}

// Decode implements provider.Webhook: the body is Meta's own; see whatsapp.Decode
// for the ids.
func (w *Webhook) Decode(body []byte) ([]provider.Event, error) { return whatsapp.Decode(body) }
