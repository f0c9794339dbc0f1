package provider

import "net/http"

// The interfaces below are of a Webhook whose network says something beside the
// body, or wants to be told something with the 200.

// Keeper is a Webhook whose network says something outside of the body: then what
// is kept, and decoded now and later, is not the body alone.
type Keeper interface {
	// Keep returns what to keep of a request that Verify has found good: the body,
	// and what only the request's address says. It leaves body as it is.
	Keep(r *http.Request, body []byte) []byte
}

// Answerer is a Webhook whose network takes an empty 200 for a fault.
type Answerer interface {
	// Answer returns the Content-Type and the body of the 200.
	Answer() (contentType, body string)
}
