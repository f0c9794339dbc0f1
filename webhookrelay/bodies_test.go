package webhookrelay

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// stalled is a body that gives n bytes and then waits.
type stalled struct {
	n    int
	gone chan struct{}
}

func (s *stalled) Read(p []byte) (int, error) {
	if s.n == 0 {
		<-s.gone
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(p), s.n)
	s.n -= n
	return n, nil
}

func (s *stalled) Close() error { return nil }

// TestLargeBodiesWaitForTheirTurn: strangers who stall with large bodies hold
// a bounded part of the memory, and small ones pass beside them.
func TestLargeBodiesWaitForTheirTurn(t *testing.T) {
	b := newBodies()
	gone := make(chan struct{})
	read := func(body io.ReadCloser) error {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", body)
		req.ContentLength = -1
		_, done, err := b.read(httptest.NewRecorder(), req, maxHookBody)
		done()
		return err
	}
	errs := make(chan error, largeBodies)
	for range largeBodies {
		go func() { errs <- read(&stalled{n: smallBody + 1, gone: gone}) }()
	}
	for len(b) < largeBodies { // they read what they have, and then hold a place
		select {
		case err := <-errs:
			t.Fatalf("a stalled body ended: %v", err)
		default:
		}
	}
	if err := read(io.NopCloser(strings.NewReader(strings.Repeat("x", smallBody-1)))); err != nil {
		t.Errorf("a small body: %v", err)
	}
	large := strings.Repeat("x", smallBody+1)
	if err := read(io.NopCloser(strings.NewReader(large))); !errors.Is(err, errCrowded) {
		t.Errorf("one large body more: %v", err)
	}
	close(gone)
	for range largeBodies {
		if err := <-errs; err == nil {
			t.Error("a body that never came whole is taken")
		}
	}
	if err := read(io.NopCloser(strings.NewReader(large))); err != nil || len(b) > 0 {
		t.Errorf("after they left: %v, %d places held", err, len(b))
	}
}
