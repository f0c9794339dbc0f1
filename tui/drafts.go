package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// draftKey names one of a conversation's two drafts.
type draftKey struct {
	conversation event.ConversationID
	mode         store.DraftMode
}

// unkept is a text that is not on disk: it is being saved or sent, or the store
// did not take it. Until it is, this is the only place that has it.
type unkept struct {
	text   string
	order  int // of the write that is to keep it; answers to earlier ones say nothing
	sent   bool
	failed bool
	told   bool
	// done is set by the write itself: its answer may come late. writing is held
	// by the write.
	done    atomic.Bool
	writing sync.Mutex
}

// keepText saves a draft, and holds it in memory until it is on disk.
func (a *App) keepText(key draftKey, text string) tea.Cmd {
	d := &unkept{text: text, order: a.writes + 1}
	if before, ok := a.drafts[key]; ok {
		d.told = before.told
	}
	a.drafts[key] = d
	return a.write(func(ctx context.Context) tea.Msg {
		d.writing.Lock()
		defer d.writing.Unlock()
		err := a.st.SaveDraft(ctx, key.conversation, key.mode, text)
		if errors.Is(err, store.ErrNotFound) {
			err = nil // without its conversation there is no draft
		}
		d.done.Store(err == nil)
		return wroteMsg{draft: &key, err: err}
	})
}

// underway holds a text in memory until the write that comes next has it in the
// store, as a message or a note. It is no draft meanwhile.
func (a *App) underway(key draftKey, text string) *unkept {
	d := &unkept{text: text, order: a.writes + 1, sent: true}
	a.drafts[key] = d
	return d
}

// kept is what came of saving a draft. One that the store did not take stays
// here and is tried again; that is said once, and shown for as long as it lasts.
func (a *App) kept(m wroteMsg) tea.Cmd {
	d := a.drafts[*m.draft]
	switch {
	case d == nil || d.order != m.order:
		return nil // a later write decides
	case m.err == nil:
		delete(a.drafts, *m.draft)
		return nil
	}
	d.failed = true
	if d.text != "" && !d.told && !errors.Is(m.err, context.Canceled) {
		d.told = true
		a.saidOf = max(a.saidOf, m.order)
		a.say(a.notSaved(m.err, true))
	}
	var disk *store.DiskError
	if errors.As(m.err, &disk) && disk.Stopped {
		return nil // this process keeps nothing more
	}
	return a.armRetry()
}

// retryPause is after how long a draft is saved again that the store did not
// take: nobody says when a disk has room again.
const retryPause = 3 * time.Second

type retryMsg struct{}

func (a *App) armRetry() tea.Cmd {
	if a.timers.retry {
		return nil
	}
	a.timers.retry = true
	return a.tick(a.ctx, retryPause, func(time.Time) tea.Msg { return retryMsg{} })
}

func (a *App) retry() tea.Cmd {
	a.timers.retry = false
	a.dirty = false
	return a.keepFailed()
}

// keepFailed saves again what the store did not take.
func (a *App) keepFailed() tea.Cmd {
	var cmds []tea.Cmd
	for _, key := range a.failedDrafts() {
		cmds = append(cmds, a.keepText(key, a.drafts[key].text))
	}
	return tea.Batch(cmds...)
}

func (a *App) failedDrafts() []draftKey {
	var keys []draftKey
	for key, d := range a.drafts {
		if d.failed {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(x, y draftKey) int {
		return cmp.Or(cmp.Compare(x.conversation, y.conversation), cmp.Compare(x.mode, y.mode))
	})
	return keys
}

// newest is a draft as it was last typed here, where the store may have an older
// one.
func (a *App) newest(key draftKey, stored string) string {
	if d, ok := a.drafts[key]; ok && !d.sent {
		return d.text
	}
	return stored
}

// saveDraft keeps a draft of the conversation that is shown.
func (a *App) saveDraft(x action.SaveDraft) tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok {
		return nil
	}
	a.composer.Saved()
	return a.keepText(draftKey{c.ID, x.Mode}, x.Text)
}

// saveDrafts keeps what was typed and is not kept yet.
func (a *App) saveDrafts() tea.Cmd {
	var cmds []tea.Cmd
	if a.composer.Dirty() {
		for _, d := range a.composer.Unsaved() {
			cmds = append(cmds, a.saveDraft(d))
		}
	}
	return tea.Batch(cmds...)
}

// putBack returns a text that could not be kept to the composer, or to the
// draft of a conversation that is not shown any more.
func (a *App) putBack(u *unsaved) tea.Cmd {
	if u == nil {
		return nil
	}
	key := draftKey{u.conversation, u.mode}
	if a.loaded() && a.current == u.conversation {
		a.composer.Restore(u.mode, u.text)
		a.drafts[key] = &unkept{text: u.text, failed: true, told: true}
		a.relayout()
		return a.armDraft()
	}
	text := u.text
	if since := a.newest(key, ""); since != "" {
		text += "\n" + since
	}
	return a.keepText(key, text)
}

// notSaved says why something was not kept, and what to do. typed: it is a text
// that is still here.
func (a *App) notSaved(err error, typed bool) string {
	d := &a.words.Screen.Did
	var disk *store.DiskError
	var said strings.Said
	switch {
	case errors.As(err, &disk) && disk.Full:
		said = d.DiskFull
	case errors.As(err, &disk) && disk.Stopped:
		said = d.DiskStopped
	case errors.As(err, &disk):
		said = d.DiskFailed
	case store.IsBroken(err):
		said = d.StoreDamaged
	default:
		return fmt.Sprintf(d.WriteFailedF, err)
	}
	if typed {
		said.Happened += " " + d.TypedStays
	}
	return said.String()
}

// unkept is how many texts are not on disk.
func (a *App) unkept() (n int) {
	for _, d := range a.drafts {
		if d.text != "" && !d.done.Load() {
			n++
		}
	}
	return n
}

// failing is how many of them the store did not take, also while one is tried
// again: until it is on disk it is not.
func (a *App) failing() (n int) {
	for _, d := range a.drafts {
		if d.text != "" && d.told && !d.done.Load() {
			n++
		}
	}
	return n
}

// keepRest keeps what was typed where the screen was ended from outside, and
// nobody could be asked. What was to be sent and did not come into the queue is
// a draft again. The screen's context has ended: no write begins any more.
func (a *App) keepRest(ctx context.Context) error {
	rest := map[draftKey]string{}
	for key, d := range a.drafts {
		d.writing.Lock() // until the one under way has ended
		done := d.done.Load()
		d.writing.Unlock()
		switch {
		case !done:
			rest[key] = d.text
		case d.sent:
			rest[key] = "" // its draft may be there still
		}
	}
	if c, ok := a.thread.Conversation(); ok && a.composer.Dirty() {
		for _, typed := range a.composer.Unsaved() {
			key := draftKey{c.ID, typed.Mode}
			if d := a.drafts[key]; d != nil && d.sent && rest[key] != "" && typed.Text != "" {
				typed.Text = rest[key] + "\n" + typed.Text
			}
			rest[key] = typed.Text
		}
	}
	var errs []error
	for key, text := range rest {
		if err := a.st.SaveDraft(ctx, key.conversation, key.mode, text); err != nil && !errors.Is(err, store.ErrNotFound) && text != "" {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// leave ends the program after everything typed has been kept.
func (a *App) leave() tea.Cmd {
	save := tea.Batch(a.saveDrafts(), a.keepFailed())
	end := a.write(func(context.Context) tea.Msg { return leaveMsg{} })
	return tea.Batch(save, end)
}

// leaveMsg comes after everything that was written before.
type leaveMsg struct{}

// leaving ends the program, unless a text would be gone with it: then a person
// decides.
func (a *App) leaving() tea.Cmd {
	lost := a.unkept()
	if lost == 0 {
		return tea.Quit
	}
	d := &a.words.Screen.Did
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: d.UnkeptQuitTitle, Said: strings.Said{Happened: fmt.Sprintf(d.UnkeptQuitF, lost), Do: d.UnkeptQuitDo},
		Key: "Q", Yes: d.LoseIt, No: d.Stay, Do: action.Lose{},
	}))
	return nil
}
