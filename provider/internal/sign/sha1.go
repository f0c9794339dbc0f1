package sign

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // a network's own choice; HMAC does not rest on what SHA-1 lacks
	"encoding/base64"
)

// SHA1 returns the base64 HMAC-SHA1 of message under secret.
func SHA1(secret, message string) string {
	return base64.StdEncoding.EncodeToString(sumSHA1(secret, message))
}

// ValidSHA1 reports whether signature is the base64 HMAC-SHA1 of one of the
// messages under one of the secrets. Empty secrets never match; every pair is
// tried, so that the time says nothing about which one did.
func ValidSHA1(signature string, messages []string, secrets ...string) bool {
	got, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil {
		return false
	}
	valid := false
	for _, secret := range secrets {
		for _, message := range messages {
			if secret != "" && hmac.Equal(got, sumSHA1(secret, message)) {
				valid = true
			}
		}
	}
	return valid
}

func sumSHA1(secret, message string) []byte {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(message))
	return mac.Sum(nil)
}
