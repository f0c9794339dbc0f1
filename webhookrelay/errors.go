package webhookrelay

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
)

// apiError is what the relay answers in its own name: a status, a word for
// programs and two sentences for people.
type apiError struct {
	status int
	Code   string `json:"code"`
	Text   string `json:"text"`
}

// Error implements error.
func (e *apiError) Error() string { return e.Code + ": " + e.Text }

func badRequest(text string) *apiError {
	return &apiError{http.StatusBadRequest, "bad_request", text}
}

var (
	errUnauthorized = &apiError{
		http.StatusUnauthorized, "unauthorized",
		"The token is missing, wrong or revoked. Ask for one: webhookrelay token add NAME.",
	}
	errNotFound = &apiError{
		http.StatusNotFound, "not_found",
		"There is nothing at this address. Check the relay's address and the path.",
	}
	errMethod = &apiError{
		http.StatusMethodNotAllowed, "bad_request",
		"This address takes GET and POST alone. Check the method.",
	}
	errTooLarge = &apiError{
		http.StatusRequestEntityTooLarge, "too_large",
		"The body is larger than is taken here. Send less.",
	}
	errUnavailable = &apiError{
		http.StatusServiceUnavailable, "unavailable",
		"The relay cannot write now. Try again; nothing was taken.",
	}
)

// rejectMethod answers what is neither a network's handshake nor its POST.
func (r *Relay) rejectMethod(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Allow", "GET, HEAD, POST")
	refuse(w, req, r.logger, errMethod)
}

// strict refuses what two readers of a request could read differently, and
// keeps a handler's panic from taking the customer's words into the log.
func (r *Relay) strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				r.logger.Error("a request panicked", "path", req.Pattern, "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler) // nothing was promised: the connection ends
		}()
		if len(req.TransferEncoding) > 0 {
			// A length beside the chunks is dropped before it can be seen here. What a
			// proxy that believed it takes for the next request must not be answered.
			w.Header().Set("Connection", "close")
		}
		if !plainPath(req.URL.Path) {
			refuse(w, req, r.logger, errNotFound)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// plainPath reports a path that says where it leads.
func plainPath(p string) bool {
	return p == "/" || path.Clean(p) == strings.TrimSuffix(p, "/")
}

// answer writes a JSON answer.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

// refuse answers with an error. What is not the client's doing is logged, and
// told as unavailable: the causes are the administrator's.
func refuse(w http.ResponseWriter, r *http.Request, logger *slog.Logger, err error) {
	var e *apiError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
	case errors.As(err, &tooLarge):
		e = errTooLarge
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		e = errUnavailable // nobody reads it
	default:
		e = errUnavailable
		logger.Error("request failed", "path", r.Pattern, "error", err)
	}
	answer(w, e.status, map[string]any{"error": e})
}
