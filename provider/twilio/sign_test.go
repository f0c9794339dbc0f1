package twilio_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	vendor "github.com/twilio/twilio-go/client"
	"pgregory.net/rapid"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/twilio"
)

// hookAt is a hook that Twilio was given at an address.
func hookAt(t testing.TB, at string) *twilio.Webhook {
	t.Helper()
	w, err := twilio.NewWebhook(twilio.HookConfig{
		AuthToken: provider.Hide(authToken), Previous: provider.Hide("tok_before"), PublicURL: at,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// arrived is a request as it is behind a proxy: another host, http, the path the
// proxy has, and the query as it came.
func arrived(t testing.TB, query, signature string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://10.0.0.5:8787/hooks/tw", nil)
	r.URL.RawQuery = query
	if signature != "" {
		r.Header.Set("X-Twilio-Signature", signature)
	}
	return r
}

// The two examples that were computed by hand from the document.
func TestSignatureVectors(t *testing.T) {
	f := url.Values{
		"MessageSid": {"SM0123456789abcdef0123456789abcdef"}, "AccountSid": {accountSID}, "From": {"whatsapp:+34600111222"},
		"To": {"whatsapp:+34900333444"}, "Body": {"hola & adiós"}, "NumMedia": {"0"}, "ProfileName": {"Ana"}, "WaId": {"34600111222"},
	}
	if err := hookAt(t, hookURL).Verify(arrived(t, "ch=7", "S3DKsOP3/br1Ou50C5UGYYpedVU="), []byte(f.Encode())); err != nil {
		t.Errorf("form: %v", err)
	}
	const digest = "e18b0bd83a6696db623e23b627cb0ec836690d3317856e2c131750c1b2391993"
	if err := hookAt(t, hookURL).Verify(arrived(t, "bodySHA256="+digest, "V+OHc5H3MZIk5xmX5L0bUWF0Knk="), []byte(`{"k":"v","n":1}`)); err != nil {
		t.Errorf("JSON: %v", err)
	}
}

// Whatever Twilio's own library says of a request, we say: of forms and JSON, at
// addresses with a port and without, in the form it signs and altered.
func TestSignatureAgreesWithTheVendor(t *testing.T) {
	validator := vendor.NewRequestValidator(authToken)
	rapid.Check(t, func(t *rapid.T) {
		scheme := rapid.SampledFrom([]string{"https", "http"}).Draw(t, "scheme")
		ports := map[string][]string{"https": {"", ":443", ":8443"}, "http": {"", ":80", ":8080"}}[scheme]
		head := scheme + "://inbox.example.test"
		given := rapid.SampledFrom(ports).Draw(t, "port given")
		signed := rapid.SampledFrom(ports).Draw(t, "port signed")
		query := rapid.SampledFrom([]string{"", "ch=7", "ch=7&op=a%20b+c%27d", "x=%C3%A9&x=1"}).Draw(t, "query")
		body, behind := []byte(`[{"n":1}]`), ""
		if rapid.Bool().Draw(t, "form") {
			f := url.Values{}
			for range rapid.IntRange(0, 5).Draw(t, "n") {
				f.Set(rapid.StringMatching(`[A-Za-z]{1,5}[0-9]?`).Draw(t, "key"), rapid.String().Draw(t, "value"))
			}
			body, behind = []byte(f.Encode()), parameters(f)
		} else {
			sum := sha256.Sum256(body)
			query = strings.TrimPrefix(query+"&bodySHA256="+hex.EncodeToString(sum[:]), "&")
		}
		tail := "/hooks/tw"
		if query != "" {
			tail += "?" + query
		}
		signature := sign.SHA1(authToken, head+signed+tail+behind)
		if rapid.Bool().Draw(t, "altered") {
			body = append(body, '1')
		}
		theirs := validator.ValidateBody(head+given+tail, body, signature)
		w, err := twilio.NewWebhook(twilio.HookConfig{AuthToken: provider.Hide(authToken), PublicURL: head + given + "/hooks/tw"})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/tw", nil)
		r.URL.RawQuery = query
		r.Header.Set("X-Twilio-Signature", signature)
		if ours := w.Verify(r, body) == nil; ours != theirs {
			t.Fatalf("Twilio's library says %v, we %v: given %q, signed %q, query %q, body %q", theirs, ours, given, signed, query, body)
		}
	})
}

// What is not signed, or not with our token, or for another address, is none.
func TestBadSignatures(t *testing.T) {
	w := hookAt(t, hookURL)
	f := url.Values{"AccountSid": {accountSID}, "MessageSid": {"SM1"}, "Body": {"hello"}}
	body := []byte(f.Encode())
	const at = "https://inbox.example.test/hooks/tw?ch=7"
	good := sign.SHA1(authToken, at+parameters(f))
	if w.Verify(arrived(t, "ch=7", good), body) != nil || w.Verify(arrived(t, "ch=7", sign.SHA1("tok_before", at+parameters(f))), body) != nil {
		t.Fatal("the token, or the one before it, is not taken")
	}
	for name, c := range map[string]struct{ query, signature, body string }{
		"another token":     {"ch=7", sign.SHA1("other", at+parameters(f)), string(body)},
		"no token":          {"ch=7", sign.SHA1("", at+parameters(f)), string(body)},
		"another host":      {"ch=7", sign.SHA1(authToken, "https://10.0.0.5:8787/hooks/tw?ch=7"+parameters(f)), string(body)},
		"another query":     {"ch=8", good, string(body)},
		"no query":          {"", good, string(body)},
		"an operation more": {"ch=7&op=forged", good, string(body)},
		"an altered byte":   {"ch=7", good, strings.Replace(string(body), "hello", "hellp", 1)},
		"a key more":        {"ch=7", good, string(body) + "&X=1"},
		"a value more":      {"ch=7", good, string(body) + "&Body=other"},
		"no base64":         {"ch=7", "????", string(body)},
		"bits after it":     {"ch=7", good[:len(good)-2] + "V=", string(body)},
		"a digest of ours":  {"ch=7&bodySHA256=00", good, string(body)},
		"two digests":       {"bodySHA256=00&bodySHA256=01", good, string(body)},
		"no form":           {"ch=7", good, "%zz"},
	} {
		if err := w.Verify(arrived(t, c.query, c.signature), []byte(c.body)); !errors.Is(err, provider.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	twice := arrived(t, "ch=7", good)
	twice.Header.Add("X-Twilio-Signature", good)
	if err := w.Verify(twice, body); !errors.Is(err, provider.ErrSignature) {
		t.Errorf("two signatures: %v", err)
	}
}

// A body beside its digest is as signed as the address.
func TestDigestOfAnotherBody(t *testing.T) {
	w := hookAt(t, hookURL)
	sum := sha256.Sum256([]byte(`{"a":1}`))
	query := "bodySHA256=" + hex.EncodeToString(sum[:])
	signature := sign.SHA1(authToken, "https://inbox.example.test/hooks/tw?"+query)
	if err := w.Verify(arrived(t, query, signature), []byte(`{"a":1}`)); err != nil {
		t.Error(err)
	}
	if err := w.Verify(arrived(t, query, signature), []byte(`{"a":2}`)); !errors.Is(err, provider.ErrSignature) {
		t.Errorf("another body: %v", err)
	}
}
