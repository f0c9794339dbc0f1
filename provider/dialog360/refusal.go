package dialog360

import (
	"encoding/json"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// refused makes the boundary's error of an error answer: Meta's own where it is
// one, else 360dialog's, which has no codes and comes as
// {"meta":{"developerMessage":…}} or {"error":"…"}. What none of them explains is
// judged by its HTTP status.
func refused(r rest.Request, a *rest.Answer) *provider.Error {
	e := whatsapp.Refused(r, a)
	if !strings.HasPrefix(e.Code, "http ") { // Meta's own
		return e
	}
	told := strings.ToLower(words(a.Body))
	if told == "" {
		return e
	}
	for _, m := range meanings() {
		if strings.Contains(told, m.words) {
			e.Reason, e.Text, e.Uncertain = m.reason, m.text, false
			return e
		}
	}
	return e
}

// meaning is what words of 360dialog's say. The document gives their gist, so
// the fewest words that tell them apart are looked for.
type meaning struct {
	words  string
	reason provider.Reason
	text   string
}

// meanings is 360dialog's "Error Code Reference". A reached rate is told with HTTP
// 400, and a wrong key has been seen with 404 inside.
func meanings() []meaning {
	const settle = "An administrator must look into the 360dialog Hub; messages wait until then."
	return []meaning{
		{"rate limit", provider.RateLimited, "360dialog slows this number down. It is sent as soon as 360dialog allows."},
		{"api_key", provider.Token, "360dialog no longer accepts the key of this number. An administrator must put in a new one; messages wait until then."},
		{"api key", provider.Token, "360dialog no longer accepts the key of this number. An administrator must put in a new one; messages wait until then."},
		{"invoice", provider.Restricted, "360dialog has stopped the messages of this account over unpaid invoices. " + settle},
		{"unpaid", provider.Restricted, "360dialog has stopped the messages of this account over unpaid invoices. " + settle},
		{"disabled", provider.Restricted, "360dialog has switched the API off for this number. " + settle},
		{"blocked", provider.Permission, "360dialog does not let this number do that. " + settle},
		{"permission", provider.Permission, "360dialog does not let this number do that. " + settle},
	}
}

// words finds what 360dialog says in words.
func words(body []byte) string {
	var told struct {
		Meta struct {
			Message json.RawMessage `json:"developerMessage"`
		} `json:"meta"`
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &told) != nil {
		return ""
	}
	for _, raw := range []json.RawMessage{told.Meta.Message, told.Error} {
		var s string
		if json.Unmarshal(raw, &s) == nil && s != "" {
			return s
		}
	}
	return ""
}
