package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
)

// beat is the least time between two messages about the store: however many
// events arrive, keys come first.
const beat = 16 * time.Millisecond

// Run shows the screen until the agent leaves it or ctx ends. in and out are
// the terminal. Where the screen itself is wrong the error is a *PanicError;
// where ctx ends and the store does not take what was typed, it is the store's.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := New(ctx, o)
	terminal, over := newOutput(ctx, out, leaveWithin)
	defer over()
	options := []tea.ProgramOption{
		tea.WithInput(in), tea.WithOutput(terminal), tea.WithEnvironment(o.Env), tea.WithFPS(120),
	}
	err := runGuarded(ctx, a, append(options, o.Away.options(o.Env)...)...)
	var broke *PanicError
	switch {
	case err == nil, errors.As(err, &broke):
		return err
	case ctx.Err() == nil:
		return fmt.Errorf("run the screen: %w", err)
	}
	if err := a.keepRest(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("keep what was typed: %w", err)
	}
	return nil
}

// listen waits for the next change of the store or of the link and answers with
// it; the answer's handling listens again. After each it pauses for a beat, and
// what changes meanwhile comes as one.
func (a *App) listen(pause time.Duration) tea.Cmd {
	ctx, w, o := a.ctx, a.watch, a.opts
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		select {
		case <-ctx.Done():
			w.Close()
			return nil
		case <-w.C():
			return changeMsg{w.Take()}
		case <-o.LinkChanged:
			return LinkMsg(o.Link())
		case <-o.PresenceChanged:
			return presentMsg{o.Presence()}
		case s := <-o.Away.resized():
			return resizedMsg(s)
		}
	}
}
