package tui

import (
	"context"
	"io"
	"os"
	"os/signal"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

// held is a program that is at something until it is let go.
type held struct{ at, letGo chan struct{} }

func (h held) Init() tea.Cmd { return func() tea.Msg { return "go" } }

func (h held) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if msg == "go" {
		close(h.at)
		<-h.letGo
	}
	return h, nil
}

func (h held) View() tea.View { return tea.NewView("fine") }

// TestASignalEndsTheScreen: however a signal and the end of the context that it
// brings fall together, the program ends. Where two were waiting for the signal it
// hung within these thirty.
func TestASignalEndsTheScreen(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
		h := held{make(chan struct{}), make(chan struct{})}
		ended := make(chan error, 1)
		go func() {
			ended <- runGuarded(ctx, h, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithWindowSize(80, 24))
		}()
		<-h.at
		if err := self.Signal(os.Interrupt); err != nil {
			t.Skipf("no signal can be sent here, so nothing is proved about them: %v", err)
		}
		<-ctx.Done()
		close(h.letGo)
		select {
		case <-ended:
		case <-time.After(time.Minute):
			t.Fatal("it does not end")
		}
		stop()
	}
}

// ended is a screen with Grace's conversation, its keys pressed, whose commands
// run when they are asked to.
type ended struct {
	*App
	t   *testing.T
	st  *store.Store
	end context.CancelFunc
}

func endedScreen(t *testing.T) *ended {
	t.Helper()
	st := storetest.New(t)
	ctx, end := context.WithCancel(t.Context())
	a := New(ctx, options(st))
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	finish(a, a.show(storetest.ID(storetest.Grace), 0))
	if !a.loaded() {
		t.Fatal("the conversation is not loaded")
	}
	return &ended{a, t, st, end}
}

func (e *ended) types(text string) {
	e.startWriting(store.DraftReply)
	for _, r := range text {
		e.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// leaves ends the screen as a signal does, and returns what is left as a draft.
func (e *ended) leaves() string {
	e.t.Helper()
	e.end()
	if err := e.keepRest(e.t.Context()); err != nil {
		e.t.Fatal(err)
	}
	return draftOf(e.t, e.st)
}

// TestASignalKeepsWhatIsTyped: a text that no pause in typing has saved yet, and
// one whose write had not begun.
func TestASignalKeepsWhatIsTyped(t *testing.T) {
	e := endedScreen(t)
	e.types("Vam")
	if got := e.leaves(); got != "Vam" {
		t.Errorf("the draft is %q", got)
	}
	e = endedScreen(t)
	e.types("Vamos")
	e.Update(tea.KeyPressMsg{Code: tea.KeyEnter}) // its command is never run
	e.types("ya")
	if got := e.leaves(); got != "Vamos\nya" {
		t.Errorf("what was not sent is %q", got)
	}
}

// TestASignalLeavesNoDraftOfWhatIsQueued: it would be sent twice.
func TestASignalLeavesNoDraftOfWhatIsQueued(t *testing.T) {
	e := endedScreen(t)
	e.types("Vamos")
	finish(e.App, e.saveDrafts())
	e.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
	sent := e.drafts[draftKey{storetest.ID(storetest.Grace), store.DraftReply}]
	if sent == nil || !sent.sent {
		t.Fatal("nothing is being sent")
	}
	sent.done.Store(true) // it is in the queue, and its draft was not removed yet
	if got := e.leaves(); got != "" {
		t.Errorf("what was queued is a draft as well: %q", got)
	}
}

// TestASignalOnAFullDiskSaysWhatIsLost: the program ends with an error, which is
// its last word.
func TestASignalOnAFullDiskSaysWhatIsLost(t *testing.T) {
	path := t.TempDir() + "/store.db"
	st := storetest.Open(t, path)
	if err := st.Apply(t.Context(), storetest.NewLog().People()); err != nil {
		t.Fatal(err)
	}
	a := New(t.Context(), options(st))
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	finish(a, a.show(storetest.ID(storetest.Grace), 0))
	(&ended{App: a}).types("Vamos")
	storetest.FillDisk(t, path)
	if err := a.keepRest(t.Context()); !store.IsDisk(err) {
		t.Errorf("it ends with %v", err)
	}
}
