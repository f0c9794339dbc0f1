package webhookrelay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// smallBody is what every connection may hold in memory before anybody
	// knows whose it is. Networks post a few kilobytes.
	smallBody = 64 << 10
	// largeBodies is how many larger ones are read at the same time: 64 MiB in
	// all, whoever posts them.
	largeBodies = 16
	// largePatience is how long one waits for its turn.
	largePatience = 5 * time.Second
)

var errCrowded = &apiError{
	http.StatusServiceUnavailable, "unavailable",
	"Too many large bodies come at once. Post it again; nothing was taken.",
}

// bodies bounds the memory of bodies that are not verified yet: a signature can
// only be judged when the whole body is there.
type bodies chan struct{}

func newBodies() bodies { return make(bodies, largeBodies) }

// read is readBody for strangers. done lets go of the body's place, when it is
// needed no more.
func (b bodies) read(w http.ResponseWriter, req *http.Request, limit int64) (body []byte, done func(), err error) {
	done = func() {}
	body, err = readBody(w, req, limit, func() error {
		err := b.enter(req.Context())
		if err == nil {
			done = func() { <-b }
		}
		return err
	})
	return body, done, err
}

// readBody returns the bytes as they came, within the limit. admit is asked
// before more than a small body is read.
func readBody(w http.ResponseWriter, req *http.Request, limit int64, admit func() error) ([]byte, error) {
	if enc := req.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, errEncoded
	}
	if req.ContentLength > limit {
		return nil, errTooLarge
	}
	from := http.MaxBytesReader(w, req.Body, limit)
	var buf bytes.Buffer
	_, err := io.CopyN(&buf, from, smallBody)
	if err == nil { // there may be more
		if err := admit(); err != nil {
			return nil, err
		}
		_, err = io.Copy(&buf, from)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return buf.Bytes(), nil
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	}
	return nil, badRequest("The body did not come whole. Send it again.")
}

// everybody admits whoever has shown a token.
func everybody() error { return nil }

func (b bodies) enter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, largePatience)
	defer cancel()
	select {
	case b <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errCrowded
	}
}
