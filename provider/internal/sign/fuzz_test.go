package sign

import (
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

// Whatever a header says, only the one signature of this body under this
// secret is valid, and a body that differs in anything needs another.
func FuzzValidSHA256(f *testing.F) {
	f.Add("sha", []byte("body"), "secret")
	f.Add(SHA256("secret", []byte("body")), []byte("body"), "secret")
	f.Add("", []byte(nil), "")
	for _, body := range hostile.Seeds(f, 16<<10, "webhook_body") {
		f.Add(SHA256("secret", []byte(body)), []byte(body), "secret")
	}
	for _, token := range hostile.Seeds(f, 1000, "auth_token") {
		f.Add(token, []byte("body"), token)
	}
	f.Fuzz(func(t *testing.T, signature string, body []byte, secret string) {
		want := secret != "" && lower(signature) == SHA256(secret, body)
		if got := ValidSHA256(signature, body, secret); got != want {
			t.Fatalf("ValidSHA256(%q, %q, %q) = %v", signature, body, secret, got)
		}
		if secret == "" {
			return
		}
		good := SHA256(secret, body)
		if !ValidSHA256(good, body, "another", secret) {
			t.Fatalf("the signature of %q is refused", body)
		}
		if ValidSHA256(good, append(body, 0), secret) || ValidSHA256(good+"00", body, secret) {
			t.Fatalf("a changed body or signature of %q is taken", body)
		}
	})
}

// lower is ASCII's: hex has no other letters.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
