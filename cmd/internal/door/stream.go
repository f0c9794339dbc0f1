package door

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// stream is the terminal of a session, as a program reads and writes it.
type stream struct {
	to    io.ReadWriter
	stall time.Duration
	// cut ends a connection that takes nothing, gone is told that nothing comes any more.
	cut, gone func()
	last      atomic.Pointer[time.Time] // when a key came
}

func newStream(to io.ReadWriter, stall time.Duration, cut, gone func()) *stream {
	s := &stream{to: to, stall: stall, cut: cut, gone: gone}
	s.touch()
	return s
}

func (s *stream) touch() {
	now := time.Now()
	s.last.Store(&now)
}

// Read implements io.Reader: what the agent types.
func (s *stream) Read(b []byte) (int, error) {
	n, err := s.to.Read(b)
	if n > 0 {
		s.touch()
	}
	if err != nil {
		s.gone()
	}
	return n, err
}

// Write implements io.Writer. There is no line discipline here that would add the
// carriage return to a line feed. A terminal that takes nothing for too long is cut off:
// its session would hold what others may need.
func (s *stream) Write(b []byte) (int, error) {
	late := time.AfterFunc(s.stall, s.cut)
	defer late.Stop()
	if _, err := s.to.Write(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// watchIdle ends a session at which nobody types.
func (s *stream) watchIdle(ctx context.Context, idle time.Duration, end context.CancelCauseFunc) {
	for {
		left := idle - time.Since(*s.last.Load())
		if left <= 0 {
			end(fmt.Errorf("nothing was typed for %s, so the session was ended; what was typed is kept, connect again", idle))
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(left):
		}
	}
}
