package providertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// request is what a driver sent.
type request struct {
	method string
	query  string
	header http.Header
	body   string
}

// server is a scripted network: it counts requests and gives every one the
// same answer.
type server struct {
	http *httptest.Server

	mu       sync.Mutex
	requests []request
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
		s.requests = append(s.requests, request{method: r.Method, query: r.URL.RawQuery, header: r.Header.Clone(), body: string(body)})
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
func (s *server) Requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.requests...)
}

// judge holds one request to what every driver promises.
func (s *server) judge(t *testing.T, r request, op string) {
	t.Helper()
	for _, key := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if _, set := r.header[http.CanonicalHeaderKey(key)]; set {
			t.Errorf("%s is set", key)
		}
	}
	if !strings.Contains(r.header.Get("Authorization"), Token) {
		t.Error("the token is not in the Authorization header")
	}
	if strings.Contains(r.query+r.body, Token) {
		t.Error("the token travels outside of its header")
	}
	if !strings.Contains(r.body, op) {
		t.Errorf("the operation's id %s is not in the request: nothing could resolve an unanswered send", op)
	}
}
