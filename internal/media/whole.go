package media

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strings"
	"sync"
)

// Whole is a file on its way to somebody else. Whoever passes on what it gives
// passes on all of it, or never its last byte: where a file breaks off, or is
// another than was announced, an error comes instead. One goroutine reads it; others
// may ask what became of it meanwhile.
type Whole struct {
	r    io.Reader
	size int64
	left int64
	want string

	mu  sync.Mutex // of what is below, and left where somebody else asks
	sum hash.Hash
	err error
}

// NewWhole gives size bytes of r, whose hash is want (hex; empty for any).
func NewWhole(r io.Reader, size int64, want string) *Whole {
	return &Whole{r: r, size: size, left: size, want: want, sum: sha256.New()}
}

// Read implements io.Reader. A file that is too short ends with
// io.ErrUnexpectedEOF, another one with ErrCorrupt.
func (w *Whole) Read(p []byte) (int, error) {
	switch {
	case w.err != nil:
		return 0, w.err
	case w.left == 0:
		return 0, io.EOF
	}
	n, err := w.r.Read(p[:min(int64(len(p)), w.left)])
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = w.sum.Write(p[:n]) // a hash takes everything
	w.left -= int64(n)
	switch {
	case w.left == 0 && w.want != "" && !strings.EqualFold(w.want, hex.EncodeToString(w.sum.Sum(nil))):
		w.err = ErrCorrupt
	case w.left == 0:
		return n, nil
	case err == io.EOF: //nolint:errorlint // a reader returns it bare
		w.err = io.ErrUnexpectedEOF
	case err != nil:
		w.err = err
	default:
		return n, nil
	}
	return 0, w.err
}

// SHA256 is the hash of what was given so far, in lower-case hex.
func (w *Whole) SHA256() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return hex.EncodeToString(w.sum.Sum(nil))
}

// Begun reports whether anything was given.
func (w *Whole) Begun() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.left < w.size || w.err != nil
}

// Done reports whether everything was.
func (w *Whole) Done() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.left == 0 && w.err == nil
}

// Err is what ended it before its end; nil for nothing.
func (w *Whole) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
