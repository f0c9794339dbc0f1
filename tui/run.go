package tui

import (
	"context"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
)

// beat is the least time between two messages about the store: however many
// events arrive, keys come first.
const beat = 16 * time.Millisecond

// Run shows the screen until the agent leaves it or ctx ends. in and out are
// the terminal.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := New(o)
	a.ctx = ctx
	p := tea.NewProgram(a, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out),
		tea.WithEnvironment(o.Env), tea.WithFPS(120))
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Follow(ctx, p.Send)
	}()
	_, err := p.Run()
	cancel()
	<-done
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("run the screen: %w", err)
	}
	return nil
}

// Follow sends the program what changes in the store and on the link, at most
// once a beat, until ctx ends. Run does it; a test that runs the model by
// itself does too.
func (a *App) Follow(ctx context.Context, send func(tea.Msg)) {
	w := a.st.Watch()
	defer w.Close()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.C():
			send(changeMsg{w.Take()})
		case <-a.opts.LinkChanged:
			send(LinkMsg(a.opts.Link()))
		}
		pause.Reset(beat)
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}
