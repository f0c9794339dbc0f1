package hub

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
)

func TestVerify(t *testing.T) {
	body := []byte(`{"object":"page","entry":[]}`)
	// Worked out apart from this program, for the secret "app_secret_example".
	good := "sha256=525647799b07d87469d0ffe368a0b5bcdba9bbee0a2d4611e98fcb1ec3db947c"
	secrets := []provider.Secret{provider.Hide("app_secret_example"), {}, provider.Hide("other app")}
	cases := map[string]struct {
		headers []string
		body    []byte
		ok      bool
	}{
		"signed":        {[]string{good}, body, true},
		"other secret":  {[]string{"sha256=" + sign.SHA256("other app", body)}, body, true},
		"missing":       {nil, body, false},
		"empty":         {[]string{""}, body, false},
		"no prefix":     {[]string{strings.TrimPrefix(good, "sha256=")}, body, false},
		"sha1":          {[]string{"sha1=" + sign.SHA256("other app", body)}, body, false},
		"altered byte":  {[]string{good}, bytes.Replace(body, []byte("page"), []byte("Page"), 1), false},
		"altered space": {[]string{good}, append(body, '\n'), false},
		"wrong secret":  {[]string{"sha256=" + sign.SHA256("wrong", body)}, body, false},
		"empty secret":  {[]string{"sha256=" + sign.SHA256("", body)}, body, false},
		"short":         {[]string{good[:len(good)-2]}, body, false},
		"two":           {[]string{good, good}, body, false},
		"two in one":    {[]string{good + "," + good}, body, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/hooks/meta", bytes.NewReader(c.body))
			for _, h := range c.headers {
				r.Header.Add(signatureHeader, h)
			}
			if err := Verify(r, c.body, secrets...); (err == nil) != c.ok {
				t.Errorf("Verify: %v, want ok %v", err, c.ok)
			}
		})
	}
}

func TestHandshake(t *testing.T) {
	longest := strings.Repeat("1", maxChallenge)
	cases := map[string]struct{ query, want string }{
		"ours":         {"hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=1158201444", "1158201444"},
		"other token":  {"hub.mode=subscribe&hub.verify_token=let+me+out&hub.challenge=1", ""},
		"no token":     {"hub.mode=subscribe&hub.challenge=1", ""},
		"other mode":   {"hub.mode=unsubscribe&hub.verify_token=let+me+in&hub.challenge=1", ""},
		"no challenge": {"hub.mode=subscribe&hub.verify_token=let+me+in", ""},
		"longest":      {"hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=" + longest, longest},
		"too long":     {"hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=1" + longest, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Handshake(httptest.NewRequest("GET", "/hooks/meta?"+c.query, nil), provider.Hide("let me in"))
			if string(got) != c.want || (err == nil) != (c.want != "") {
				t.Errorf("answer %q, %v; want %q", got, err, c.want)
			}
		})
	}
	if _, err := Handshake(httptest.NewRequest("GET", "/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=", nil), provider.Secret{}); err == nil {
		t.Error("no token lets anybody in")
	}
}
