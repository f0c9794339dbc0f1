package fetch

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// body is a file on its way: it ends with an error where it would be larger
// than allowed, where nothing comes for too long, and where it breaks off.
type body struct {
	inner  io.ReadCloser
	left   int64
	cancel context.CancelFunc
	stall  time.Duration
	watch  *time.Timer
	late   atomic.Bool
}

func (b *body) stalled() {
	b.late.Store(true)
	b.cancel()
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one byte more proves that there is more
	}
	n, err := b.inner.Read(p)
	if n > 0 {
		b.watch.Reset(b.stall)
	}
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	switch {
	case err == nil || errors.Is(err, io.EOF) && !b.late.Load():
		return n, err
	case b.late.Load():
		return n, ErrStalled
	}
	return n, errBroken
}

var errBroken = errors.New("the connection broke before the file was whole; try again")

// Close implements io.Closer.
func (b *body) Close() error {
	b.watch.Stop()
	b.cancel()
	return b.inner.Close()
}
