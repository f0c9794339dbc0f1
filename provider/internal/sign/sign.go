// Package sign judges the signatures of webhooks in constant time. It knows no
// network's header and keeps no secret.
package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// SHA256 returns the lower-case hex HMAC-SHA256 of body under secret.
func SHA256(secret string, body []byte) string {
	return hex.EncodeToString(sum(secret, body))
}

// ValidSHA256 reports whether signature is the hex HMAC-SHA256 of body under
// one of the secrets. Empty secrets never match; all the others are tried, so
// that the time says nothing about which one did.
func ValidSHA256(signature string, body []byte, secrets ...string) bool {
	got, err := hex.DecodeString(signature)
	if err != nil {
		return false
	}
	valid := false
	for _, secret := range secrets {
		if secret != "" && hmac.Equal(got, sum(secret, body)) {
			valid = true
		}
	}
	return valid
}

// SameWord compares two secrets without telling where or how much they differ,
// their lengths included. Empty words never match.
func SameWord(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return a != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func sum(secret string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return mac.Sum(nil)
}
