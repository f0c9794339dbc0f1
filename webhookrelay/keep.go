package webhookrelay

import (
	"io"
	"net/http"

	"frontdesk/provider"
)

// keep is what is stored and decoded of a request whose signature is good. A driver
// that fails here costs what the address says, and not the body.
func (h *hook) keep(req *http.Request, body []byte) (kept []byte) {
	k, ok := h.Webhook.(provider.Keeper)
	if !ok {
		return body
	}
	defer func() {
		if recover() != nil {
			kept = body
		}
	}()
	return k.Keep(req, body)
}

// answer is the 200, in the form the network wants.
func (h *hook) answer(w http.ResponseWriter) {
	a, ok := h.Webhook.(provider.Answerer)
	if !ok {
		w.WriteHeader(http.StatusOK)
		return
	}
	contentType, body := a.Answer()
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, body)
}
