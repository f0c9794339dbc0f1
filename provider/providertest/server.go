package providertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"frontdesk/provider"
)

// Request is what a driver sent.
type Request struct {
	Method string
	Path   string
	Query  string
	Header http.Header
	Body   string
}

// server is a scripted network: it counts requests and gives every one the
// same answer.
type server struct {
	http *httptest.Server

	mu       sync.Mutex
	requests []Request
}

func newServer(t *testing.T, reply Reply) *server {
	t.Helper()
	return newFaultServer(t, func(w http.ResponseWriter, _ *http.Request) { reply.write(w) })
}

func newFaultServer(t *testing.T, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body)})
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.http.Close)
	return s
}

func (r Reply) write(w http.ResponseWriter) {
	for key, values := range r.Header {
		w.Header()[key] = values
	}
	w.WriteHeader(r.Status)
	_, _ = io.WriteString(w, r.Body)
}

// URL returns the server's address.
func (s *server) URL() string { return s.http.URL }

// Requests returns what came so far.
func (s *server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// bearer reports that a request has Token as a bearer token.
func bearer(r Request) bool { return strings.Contains(r.Header.Get("Authorization"), Token) }

// judge holds one request of a kind to what every driver promises.
func (h Harness) judge(t *testing.T, r Request, kind provider.ContentKind) {
	t.Helper()
	for _, key := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if _, set := r.Header[http.CanonicalHeaderKey(key)]; set {
			t.Errorf("%s is set", key)
		}
	}
	authorized := h.Authorized
	if authorized == nil {
		authorized = bearer
	}
	if !authorized(r) {
		t.Error("the token is not where this API wants it")
	}
	if strings.Contains(r.Query+r.Body, Token) {
		t.Error("the token travels outside of its place")
	}
	op, why := "op-of-"+string(kind), h.NoOp
	if why == "" {
		why = h.NoOpKinds[kind]
	}
	if (why == "") != strings.Contains(r.Body, op) {
		t.Errorf("the operation's id %s: in the request %v; the driver says %q", op, strings.Contains(r.Body, op), why)
	}
}
