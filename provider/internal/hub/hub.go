// Package hub is how Meta posts to us, whatever the product: the signature over
// the raw body and the handshake of the address. It reads no body.
package hub

import (
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
)

// signatureHeader carries "sha256=" and the hex HMAC-SHA256 of the raw body
// under an app's secret (Meta, "Webhooks getting started").
const signatureHeader = "X-Hub-Signature-256"

// Verify judges the raw body under one of the secrets, of which empty ones never
// match. Two signatures are no signature. The error is provider.ErrSignature.
func Verify(r *http.Request, body []byte, secrets ...provider.Secret) error {
	headers := r.Header.Values(signatureHeader)
	if len(headers) != 1 {
		return provider.ErrSignature
	}
	signature, ok := strings.CutPrefix(headers[0], "sha256=")
	words := make([]string, len(secrets))
	for i, s := range secrets {
		words[i] = s.Reveal()
	}
	if !ok || !sign.ValidSHA256(signature, body, words...) {
		return provider.ErrSignature
	}
	return nil
}

// maxChallenge bounds what a handshake echoes.
const maxChallenge = 256

// Handshake answers Meta's GET when the address is entered or changed: the
// challenge, or provider.ErrSignature where the token is not ours.
func Handshake(r *http.Request, token provider.Secret) ([]byte, error) {
	q := r.URL.Query()
	challenge := q.Get("hub.challenge")
	if q.Get("hub.mode") != "subscribe" || challenge == "" || len(challenge) > maxChallenge ||
		!sign.SameWord(q.Get("hub.verify_token"), token.Reveal()) {
		return nil, provider.ErrSignature
	}
	return []byte(challenge), nil
}
