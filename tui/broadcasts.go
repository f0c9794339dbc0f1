package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

const (
	// mostBroadcasts is how many are listed, the newest, and mostResults how many
	// recipients of one.
	mostBroadcasts = 50
	mostResults    = 2000
	// manyPause is the least time between two readings of them: they change with each
	// receipt, and nobody reads ten figures a second.
	manyPause = 500 * time.Millisecond
)

// broadcasts shows the messages to many there are.
func (a *App) broadcasts() tea.Cmd {
	a.push(overlay.NewBroadcasts(a.look))
	a.manies = reader{}
	return a.renewBroadcasts()
}

// manyMsg brings what is shown of broadcasts; give does nothing where that is another
// overlay by now.
type manyMsg struct {
	gen  int
	give func()
	err  error
}

// manyPauseMsg ends the pause after one.
type manyPauseMsg struct{ gen int }

// renewBroadcasts reads what is shown of broadcasts, once for all that changes while it
// is read and for a while after.
func (a *App) renewBroadcasts() tea.Cmd {
	if a.manies.busy {
		a.manies.again = true
		return nil
	}
	switch o := a.over.Top().(type) {
	case *overlay.Broadcasts:
		gen := a.manies.next()
		return a.io(func(ctx context.Context) tea.Msg {
			list, err := a.readBroadcasts(ctx)
			return manyMsg{gen, func() { o.SetList(list) }, err}
		})
	case *overlay.BroadcastResults:
		gen := a.manies.next()
		id, only := o.Wanted()
		return a.io(func(ctx context.Context) tea.Msg {
			list, more, err := a.readResults(ctx, id, only)
			return manyMsg{gen, func() { o.SetResults(only, list, more) }, err}
		})
	}
	return nil
}

func (a *App) gotMany(m manyMsg) tea.Cmd {
	if m.gen != a.manies.gen {
		return nil
	}
	if m.err != nil {
		a.readError(m.err)
	} else {
		m.give()
	}
	return a.tick(a.ctx, manyPause, func(time.Time) tea.Msg { return manyPauseMsg{m.gen} })
}

func (a *App) manyPaused(m manyPauseMsg) tea.Cmd {
	if m.gen != a.manies.gen {
		return nil
	}
	again := a.manies.again
	a.manies.busy, a.manies.again = false, false
	if !again {
		return nil
	}
	return a.renewBroadcasts()
}

func (a *App) readBroadcasts(ctx context.Context) ([]overlay.Sending, error) {
	all, err := a.st.Broadcasts(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]overlay.Sending, min(len(all), mostBroadcasts))
	for i := range list {
		s := &list[i]
		s.Broadcast = all[i]
		if s.Tally, err = a.st.BroadcastTally(ctx, s.ID); err != nil {
			return nil, err
		}
		if s.Stage != event.BroadcastRunning {
			continue
		}
		if s.Left, s.Since, _, err = a.st.Departed(ctx, s.ID, within); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// errEnough ends a walk that has found what is shown.
var errEnough = errors.New("enough")

func (a *App) readResults(ctx context.Context, id event.BroadcastID, only bool) (list []store.BroadcastSend, more bool, err error) {
	err = a.st.BroadcastSends(ctx, id, func(r store.BroadcastSend) error {
		state := r.State()
		trouble := state == string(event.JobFailed) || state == string(event.JobUnsure) || r.Job == event.JobHeld || r.Plan.Hold != ""
		switch {
		case only && !trouble:
		case len(list) == mostResults:
			more = true
			return errEnough
		default:
			list = append(list, r)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return list, more, err
}

// openBroadcast shows what became of each recipient.
func (a *App) openBroadcast(id event.BroadcastID) tea.Cmd {
	name := ""
	if c := a.sending(id); c != nil {
		name = c.Name
	}
	a.push(overlay.NewBroadcastResults(a.look, id, name))
	a.manies = reader{gen: a.manies.gen + 1}
	return a.renewBroadcasts()
}

// sending is a broadcast as the list shows it.
func (a *App) sending(id event.BroadcastID) *overlay.Sending {
	if l, ok := a.over.Top().(*overlay.Broadcasts); ok {
		return l.Find(id)
	}
	return nil
}

func (a *App) askCancelBroadcast(id event.BroadcastID) tea.Cmd {
	c, w := a.sending(id), &a.words.Many
	if c == nil {
		return nil
	}
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: w.CancelTitle, Said: w.Cancel(c.Name, c.Recipients-c.Tally.Went()-c.Tally.Failed-c.Tally.Unsure-c.Tally.Discarded), Key: "x", Yes: w.CancelYes, No: w.AskNo,
		Do: action.StageBroadcast{To: event.BroadcastState{ID: id, State: event.BroadcastCancelled}},
	}))
	return nil
}

// stageBroadcast tells the team; who came second is told.
func (a *App) stageBroadcast(to event.BroadcastState) tea.Cmd {
	if _, asked := a.over.Top().(*overlay.Confirm); asked {
		a.over.Pop()
	}
	if !a.mayMany() {
		a.say(a.words.Many.NotYours)
		return nil
	}
	var account provider.AccountID
	if c := a.sending(to.ID); c != nil {
		account = c.Account
	}
	said := a.words.Many.AskedFor(a.words.Many.Stage(to.State))
	return tea.Sequence(a.write(func(ctx context.Context) tea.Msg {
		_, err := a.st.StageBroadcast(ctx, account, to)
		a.wake()
		return wroteMsg{said: said, err: err}
	}), func() tea.Msg { return manyAgainMsg{} })
}

// manyAgainMsg has what is shown of broadcasts read again.
type manyAgainMsg struct{}

// exportBroadcast writes what became of each recipient to a new file.
func (a *App) exportBroadcast(id event.BroadcastID) tea.Cmd {
	w := &a.words.Many
	if a.opts.ExportBroadcast == nil {
		a.say(w.NoExport)
		return nil
	}
	return a.io(func(ctx context.Context) tea.Msg {
		path, err := a.opts.ExportBroadcast(ctx, id)
		said := w.Exported(path)
		if err != nil {
			said = w.NotExported(err.Error())
		}
		return overlayMsg{give: func(*App) action.Action { return action.Say{Text: said} }}
	})
}

// toldOfBroadcast tells whoever may let it go on that the program paused one.
func (a *App) toldOfBroadcast(n store.Notice) tea.Cmd {
	to, ok := n.Action.(event.BroadcastState)
	if !ok || !a.mayMany() {
		return nil
	}
	w := &a.words.Many
	return a.io(func(ctx context.Context) tea.Msg {
		b, err := a.st.Broadcast(ctx, to.ID)
		return overlayMsg{give: func(*App) action.Action { return action.Say{Text: w.Told(b.Name, to.Why).String()} }, err: err}
	})
}

// doMany does what is asked of messages to many.
func (a *App) doMany(act action.Action) tea.Cmd {
	switch x := act.(type) {
	case action.OpenTable:
		return a.openTable(x.Path)
	case action.LookAt:
		return a.lookAt(x)
	case action.AskBroadcast:
		return a.askBroadcast()
	case action.SendBroadcast:
		return a.sendBroadcast()
	case action.StageBroadcast:
		return a.stageBroadcast(x.To)
	case action.AskCancelBroadcast:
		return a.askCancelBroadcast(x.ID)
	case action.OpenBroadcast:
		return a.openBroadcast(x.ID)
	case action.ExportBroadcast:
		return a.exportBroadcast(x.ID)
	}
	return nil
}
