package rest

import (
	"net/http"
	"strings"

	"frontdesk/provider"
)

// Auth puts an account's credentials on a request, as its API wants them. It is
// a function so that nothing that prints a Client can print them.
type Auth func(*http.Request)

// Bearer is a token in the Authorization header (RFC 6750).
func Bearer(token provider.Secret) Auth { return Header("Authorization", "Bearer ", token) }

// Header is a key in a header of its own, behind a prefix that may be empty.
func Header(name, prefix string, key provider.Secret) Auth {
	return func(r *http.Request) {
		if !key.Empty() {
			r.Header.Set(name, prefix+key.Reveal())
		}
	}
}

// Basic is a user and a password (RFC 7617).
func Basic(user string, password provider.Secret) Auth {
	return func(r *http.Request) { r.SetBasicAuth(user, password.Reveal()) }
}

// InPath puts a token before the path, behind a prefix: "/bot" and the token.
// Errors hold no path.
func InPath(prefix string, token provider.Secret) Auth {
	return func(r *http.Request) {
		r.URL.Path = prefix + token.Reveal() + "/" + strings.TrimPrefix(r.URL.Path, "/")
		r.URL.RawPath = ""
	}
}
