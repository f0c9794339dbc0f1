package tui

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
)

// leaveWithin is how long a terminal that takes nothing may hold up a screen
// that is to end.
const leaveWithin = 2 * time.Second

// errStalled says that the terminal took nothing until the screen had to go.
var errStalled = errors.New("the terminal takes nothing")

// output is the terminal. A write to one that has stalled blocks, and with it
// the renderer and the loop; once the screen is to end it may not do so for
// ever: what was typed is still to be kept, and the store to be closed.
type output struct {
	to   io.Writer
	work chan []byte
	done chan error
	gone chan struct{}
}

// outputFile is an output that is a file: Bubble Tea asks it for its size.
type outputFile struct {
	term.File
	*output
}

// Write is the output's, not the file's.
func (f outputFile) Write(b []byte) (int, error) { return f.output.Write(b) }

// newOutput returns out for a screen that ends with ctx. Whoever has seen the screen
// end calls over: where there are many screens, each leaves nothing behind.
func newOutput(ctx context.Context, out io.Writer, within time.Duration) (w io.Writer, over func()) {
	o := &output{to: out, work: make(chan []byte), done: make(chan error), gone: make(chan struct{})}
	over = sync.OnceFunc(func() { close(o.gone) })
	context.AfterFunc(ctx, func() { time.AfterFunc(within, over) })
	go o.carry()
	if f, ok := out.(term.File); ok {
		return outputFile{f, o}, over
	}
	return o, over
}

// carry writes for as long as the screen may.
func (o *output) carry() {
	for {
		select {
		case b := <-o.work:
			_, err := o.to.Write(b)
			select {
			case o.done <- err:
			case <-o.gone:
				return
			}
		case <-o.gone:
			return
		}
	}
}

// Write writes b, or gives up once the screen has to be gone.
func (o *output) Write(b []byte) (int, error) {
	own := append([]byte(nil), b...) // a write that is given up may still be under way
	select {
	case o.work <- own:
	case <-o.gone:
		return 0, errStalled
	}
	select {
	case err := <-o.done:
		if err != nil {
			return 0, err
		}
		return len(b), nil
	case <-o.gone:
		return 0, errStalled
	}
}
