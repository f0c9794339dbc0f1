package main

import (
	"context"
	"errors"
	"runtime/debug"

	"frontdesk/tui"
)

// mistake is a panic of one of our goroutines. It says where and never what: a
// panic's value may quote a customer or hold a token, and the runtime prints it.
type mistake struct{ part, stack string }

// Error implements error.
func (m *mistake) Error() string { return "a mistake in frontdesk stopped its " + m.part }

// whole runs f; its panic is a *mistake.
func whole(part string, f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &mistake{part, string(debug.Stack())}
		}
	}()
	return f()
}

// collapse ends the program, in which a part is missing now: what it shows would
// be untrue. The screen goes first, so that the terminal is as it was.
func (d *desk) collapse(m *mistake) {
	d.log.Error("a mistake stopped a part", "part", m.part, "stack", m.stack)
	d.mu.Lock()
	end := d.endScreen
	d.mu.Unlock()
	if end == nil {
		panic(m) // as any mistake ends a verb, but for its words
	}
	end(m)
}

// screen shows the inbox until the agent leaves it, or until a mistake ends it.
func (d *desk) screen(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	d.mu.Lock()
	d.endScreen = end
	d.mu.Unlock()
	err := tui.Run(ctx, d.screenOptions(), d.env.in, d.env.out)
	var drawing *tui.PanicError
	if errors.As(err, &drawing) {
		d.log.Error("a mistake stopped the screen", "stack", drawing.Stack)
		return d.sorry(drawing)
	}
	var m *mistake
	if errors.As(context.Cause(ctx), &m) {
		return d.sorry(m)
	}
	return err
}

func (d *desk) sorry(err error) error {
	return &fault{
		what: err.Error(),
		todo: "start it again, nothing that was written is lost; frontdesk.log in " + d.cfg.dir + " says where it was: report that",
	}
}
