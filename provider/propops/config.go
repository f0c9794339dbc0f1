// Package propops drives the WhatsApp API of PropOps, a property manager: it
// sends approved templates on behalf of a job and lists them. PropOps fills the
// templates itself, so neither their wording nor their values are known here, and
// it tells nothing of what customers write. It makes one attempt per call and
// keeps no state.
//
// The contract is PropOps' page "WhatsApp integration"; testdata/rules.md has it
// rule by rule, documented or assumed.
package propops

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "propops"

// system is how screens name who fills the templates.
const system = "PropOps"

// defaultCSRFHeader is assumed: the document says that sending needs a CSRF token
// and names neither a header nor where the token comes from.
const defaultCSRFHeader = "X-CSRF-Token"

// Config is one PropOps user's access.
type Config struct {
	// BaseURL is the scheme and host of the company's PropOps.
	BaseURL     string
	AccessToken provider.Secret
	// CSRFToken goes with every send in the header CSRFHeader; empty for none, as
	// in the document's own examples.
	CSRFToken  provider.Secret
	CSRFHeader string
}

// ReadConfig reads an account's settings. The error says which key is wrong and
// what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "base_url", Required: true},
		setting.Key{Name: "access_token", Required: true},
		setting.Key{Name: "csrf_token"},
		setting.Key{Name: "csrf_header", Default: defaultCSRFHeader})
	if err != nil {
		return Config{}, err
	}
	c := Config{
		BaseURL: v["base_url"], AccessToken: provider.Hide(v["access_token"]),
		CSRFToken: provider.Hide(v["csrf_token"]), CSRFHeader: v["csrf_header"],
	}
	return c, c.check()
}

// headerName is a field name of RFC 9110 that begins with a letter.
var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

func (c Config) check() error {
	switch {
	case !headerName.MatchString(c.CSRFHeader):
		return fmt.Errorf("%q is no name of a header: write it as %s", "csrf_header", defaultCSRFHeader)
	case taken(c.CSRFHeader):
		return fmt.Errorf("%q is a header that says something else: write the one PropOps reads the CSRF token from", "csrf_header")
	}
	return nil
}

// taken reports a header that every request has for another reason, or that would
// make Go's client send twice.
func taken(header string) bool {
	switch strings.ToLower(header) {
	case "authorization", "content-type", "content-length", "accept", "host", "user-agent",
		"connection", "transfer-encoding", "idempotency-key", "x-idempotency-key":
		return true
	}
	return false
}

// auth puts the bearer token on every request and the CSRF token on those that
// change something.
func (c Config) auth() rest.Auth {
	bearer, csrf := rest.Bearer(c.AccessToken), rest.Header(c.CSRFHeader, "", c.CSRFToken)
	return func(r *http.Request) {
		bearer(r)
		if r.Method == http.MethodPost {
			csrf(r)
		}
	}
}
