package providertest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// SlowHost is a host that takes a whole request and answers nothing.
type SlowHost struct {
	URL   string
	taken chan struct{}
}

// NewSlowHost returns one that ends with the test.
func NewSlowHost(t testing.TB) *SlowHost {
	t.Helper()
	h := &SlowHost{taken: make(chan struct{})}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // that the other end has gone is noticed only then
		select {
		case h.taken <- struct{}{}:
			<-r.Context().Done()
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(s.Close)
	h.URL = s.URL
	return h
}

// Context is one call's: its deadline passes once the host has taken a request, when
// the message may be there, however fast or slow the machine is.
func (h *SlowHost) Context(t testing.TB) context.Context {
	t.Helper()
	reached := make(chan struct{})
	go func() {
		select {
		case <-h.taken:
			close(reached)
		case <-t.Context().Done():
		}
	}()
	return After(t.Context(), reached)
}

// After is a context whose deadline passes when reached is closed.
func After(ctx context.Context, reached <-chan struct{}) context.Context {
	return passing{ctx, reached}
}

type passing struct {
	context.Context
	reached <-chan struct{}
}

func (p passing) Done() <-chan struct{} { return p.reached }

func (p passing) Err() error {
	select {
	case <-p.reached:
		return context.DeadlineExceeded
	default:
		return p.Context.Err()
	}
}
