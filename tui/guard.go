package tui

import (
	"context"
	"runtime/debug"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// PanicError is a mistake of the screen's own. It says where and never what: the
// value of a panic may quote a customer, and whoever prints it prints that.
type PanicError struct {
	// Stack is where it happened, without a value.
	Stack string
}

// Error implements error.
func (*PanicError) Error() string { return "a mistake in frontdesk stopped the screen" }

// guarded ends the screen in an orderly way where the model below it panics: the
// terminal is restored, and nothing of the panic's value is printed. Bubble Tea's
// own guard prints it as it is.
type guarded struct {
	below tea.Model

	mu    sync.Mutex
	prog  *tea.Program
	broke *PanicError
}

// runGuarded runs a program until it ends. The error is a *PanicError where the
// model panicked.
//
// Signals are the caller's, who ends ctx. Bubble Tea's own handler would end the
// program a second time, and where ctx is the faster one it waits for ever for
// somebody to take its message, and the program for it.
func runGuarded(ctx context.Context, m tea.Model, options ...tea.ProgramOption) error {
	g := &guarded{below: m}
	g.prog = tea.NewProgram(g, append(options, tea.WithContext(ctx), tea.WithoutCatchPanics(), tea.WithoutSignalHandler())...)
	_, err := g.prog.Run()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broke != nil {
		return g.broke
	}
	return err
}

func (g *guarded) Init() (cmd tea.Cmd) {
	defer g.catch()
	return g.guard(g.below.Init())
}

func (g *guarded) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) { return g, g.update(msg) }

func (g *guarded) update(msg tea.Msg) (cmd tea.Cmd) {
	defer g.catch()
	if g.broken() {
		return nil
	}
	g.below, cmd = g.below.Update(msg)
	return g.guard(cmd)
}

func (g *guarded) View() (v tea.View) {
	defer g.catch()
	if g.broken() {
		return v
	}
	return g.below.View()
}

func (g *guarded) broken() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.broke != nil
}

// guard catches a command's panic too, and those of a batch.
func (g *guarded) guard(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer g.catch()
		msg = cmd()
		batch, ok := msg.(tea.BatchMsg)
		if !ok {
			return msg
		}
		guarded := make(tea.BatchMsg, len(batch))
		for i, c := range batch {
			guarded[i] = g.guard(c)
		}
		return guarded
	}
}

// catch is deferred. Only the first panic counts; the rest come of it.
func (g *guarded) catch() {
	if recover() == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broke == nil {
		g.broke = &PanicError{Stack: string(debug.Stack())}
		go g.prog.Quit() // which waits for the loop, and this may be the loop
	}
}
