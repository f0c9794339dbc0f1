package tui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// wroteMsg is what came of writing to the store.
type wroteMsg struct {
	// order is the write's place among all of them. Answers may come in any.
	order int
	said  string
	err   error
	// undo is what cannot be taken back, since it was not done.
	undo *undoable
	// back is a text that could not be kept, to be put back where it was typed.
	back *unsaved
	// draft is what was to be saved; stale is one that has been sent and could
	// not be removed.
	draft, stale *draftKey
	// skipped: it was not tried, because what came before it failed.
	skipped bool
	// batch is what was done to several at once; forGood: nothing takes it back.
	batch   *batch
	forGood bool
	// after is what follows on the screen where it went well; nil for nothing.
	after func(*App) tea.Cmd
}

type unsaved struct {
	conversation event.ConversationID
	mode         store.DraftMode
	text         string
}

// undoable is a triage action that z takes back. It can from the key on: the
// writes happen in the order of the keys.
type undoable struct {
	// conversation is empty for a batch.
	conversation event.ConversationID
	said         string
	// list is what takes it back, one action for each conversation. Of a batch it is
	// known once that is written, and only writes that follow may look.
	list []store.Action
	// run takes back what is of several kinds, and says what came of it; nil where list
	// or back does. Like list it is known once that is written.
	run func(context.Context) (said string, err error)
	// back takes back what is no team action; nil for those.
	back func(context.Context) error
	// after is what has to follow outside of the store; nil for nothing.
	after func(*App) tea.Cmd
}

// maxUndos bounds how far z goes back.
const maxUndos = 50

// write makes a command of something that writes to the store. Writes happen
// in the order in which the keys were pressed: a draft that is saved after the
// text was sent would bring it back.
func (a *App) write(f func(ctx context.Context) tea.Msg) tea.Cmd {
	before, done := a.lastWrite, make(chan struct{})
	a.lastWrite = done
	a.writes++
	order := a.writes
	return a.io(func(ctx context.Context) tea.Msg {
		defer close(done)
		if before != nil {
			select {
			case <-before:
			case <-ctx.Done():
			}
		}
		msg := f(ctx)
		if w, ok := msg.(wroteMsg); ok {
			w.order = order
			return w
		}
		return msg
	})
}

// wrote says what came of a write, unless something was said of a later one: a
// status line that names what has been undone since would be untrue.
func (a *App) wrote(m wroteMsg) tea.Cmd {
	if m.draft != nil {
		return a.kept(m)
	}
	maps.DeleteFunc(a.drafts, func(_ draftKey, d *unkept) bool { return d.sent && d.order == m.order })
	late := m.order < a.saidOf
	if m.err != nil || m.skipped {
		if m.err != nil && !errors.Is(m.err, context.Canceled) {
			a.saidOf = max(a.saidOf, m.order)
			a.say(a.notSaved(m.err, m.back != nil))
		}
		if m.undo != nil {
			a.undos = slices.DeleteFunc(a.undos, func(u *undoable) bool { return u == m.undo })
			a.dropStrip() // it may say that this was done
		}
		return a.putBack(m.back)
	}
	a.did(m.batch)
	if m.forGood {
		a.undos = slices.DeleteFunc(a.undos, func(u *undoable) bool { return u == m.undo })
	}
	if m.said != "" && !late {
		a.saidOf = m.order
		a.say(m.said)
	}
	if m.stale != nil {
		return a.keepText(*m.stale, "")
	}
	if m.after != nil {
		return m.after(a)
	}
	return nil
}

// sendText queues the composer's text; the row is in the thread before the
// network knows of it. Where a colleague's reply landed meanwhile it is shown
// first.
func (a *App) sendText(x action.SendText) tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok {
		return nil
	}
	if m, landed := a.landed(); landed && !x.Anyway {
		return a.askAfter(&m, x)
	}
	if x.Files {
		if x.Anyway {
			a.over.Clear()
			a.thread.Unselect()
		}
		return a.sendFiles(&c, x)
	}
	if x.Anyway {
		a.over.Clear()
		a.composer.Take(store.DraftReply)
		a.thread.Unselect()
		a.relayout()
	}
	out := a.outgoing(&c, provider.TextContent(x.Text))
	cmd, queued := a.queue(c.ID, out, &unsaved{c.ID, store.DraftReply, x.Text})
	if x.Resolve {
		a.composer.Blur()
		cmd = tea.Batch(cmd, a.resolveAfter(queued, true))
	}
	return cmd
}

// outgoing is a message of a conversation, tied to what the conversation is about
// where its account ties messages to anything. What a person writes after the
// window has closed says so, where the network wants that.
func (a *App) outgoing(c *store.Conversation, content provider.Content) provider.Outgoing {
	out := provider.Outgoing{To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: content}
	if caps := a.caps(c); caps != nil {
		out.Link = c.LinkFor(caps.Link)
		if content.Kind != provider.Templated {
			out.Tag, _ = caps.Window.Tag(c.LastInbound, a.look.Now)
		}
	}
	return out
}

// queue writes a message into the queue. queued is for writes that come after
// it: whether it is there.
func (a *App) queue(id event.ConversationID, out provider.Outgoing, back *unsaved) (cmd tea.Cmd, queued *bool) {
	a.toured(strings.TourSend)
	a.thread.Bottom()
	queued = new(bool)
	key, held := draftKey{}, &unkept{}
	if back != nil {
		key = draftKey{id, back.mode}
		held = a.underway(key, back.text)
	}
	return a.write(func(ctx context.Context) tea.Msg {
		held.writing.Lock()
		defer held.writing.Unlock()
		if _, err := a.st.Send(ctx, out); err != nil {
			return wroteMsg{err: err, back: back}
		}
		*queued = true
		held.done.Store(true)
		a.wake()
		if back == nil {
			return wroteMsg{}
		}
		return a.sent(ctx, "", key)
	}), queued
}

// sent removes the draft of a text that is in the store by now. That it could
// not be removed is no failure of what was done: told as one, it would be done
// twice.
func (a *App) sent(ctx context.Context, said string, key draftKey) wroteMsg {
	if err := a.st.SaveDraft(ctx, key.conversation, key.mode, ""); err != nil {
		return wroteMsg{said: said, stale: &key}
	}
	return wroteMsg{said: said}
}

func (a *App) wake() {
	if a.opts.Wake != nil {
		a.opts.Wake()
	}
}

func (a *App) saveNote(x action.SaveNote) tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok {
		return nil
	}
	a.thread.Bottom()
	said, key := a.words.Screen.Did.NoteSaved, draftKey{c.ID, store.DraftNote}
	held := a.underway(key, x.Text)
	return a.write(func(ctx context.Context) tea.Msg {
		held.writing.Lock()
		defer held.writing.Unlock()
		_, err := a.st.Do(ctx, store.Action{Conversation: c.ID, Body: event.Noted{Text: x.Text}})
		if err != nil {
			return wroteMsg{err: err, back: &unsaved{c.ID, store.DraftNote, x.Text}}
		}
		held.done.Store(true)
		a.wake()
		return a.sent(ctx, said, key)
	})
}

// sendTemplate queues a filled template and remembers its values.
func (a *App) sendTemplate(x action.SendTemplate) tea.Cmd {
	if x.Edits != 0 {
		return a.reword(x, time.Time{})
	}
	c, ok := a.thread.Conversation()
	here := ok && c.Account == x.To.Account && c.Chat == x.To.Chat
	if m, landed := a.landed(); here && landed && !x.Anyway {
		return a.askTemplateAfter(&m, x)
	}
	if len(x.Files) > 0 {
		return a.handOver(x)
	}
	a.over.Clear()
	a.thread.Unselect()
	m := x.Message
	content := provider.Content{Kind: provider.Templated, Template: &m}
	remember := a.remember(&x)
	if !here {
		return tea.Batch(remember, a.sendFirst(x.To, content))
	}
	cmd, _ := a.queue(c.ID, a.outgoing(&c, content), nil)
	return tea.Batch(remember, cmd)
}

// remember keeps what a template was filled with.
func (a *App) remember(x *action.SendTemplate) tea.Cmd {
	return a.write(func(ctx context.Context) tea.Msg {
		// It only saves typing the next time: told as a failure, it would be taken
		// for one of the message.
		_ = a.st.RememberTemplate(ctx, x.To.Account, x.Message.Name, x.Message.Language, x.Values)
		return wroteMsg{}
	})
}

// own acts on one of our own sends.
func (a *App) own(said string, f func(ctx context.Context) error) tea.Cmd {
	a.over.Clear()
	return a.write(func(ctx context.Context) tea.Msg {
		if err := f(ctx); err != nil {
			return wroteMsg{err: err}
		}
		a.wake()
		return wroteMsg{said: said}
	})
}

func (a *App) sendAgain(key store.MessageKey) tea.Cmd {
	return a.own(a.words.Screen.Did.Retried, func(ctx context.Context) error {
		_, err := a.st.TryAgain(ctx, key)
		return err
	})
}

func (a *App) markSent(key store.MessageKey) tea.Cmd {
	return a.own(a.words.Screen.Did.MarkedSent, func(ctx context.Context) error { return a.st.MarkSent(ctx, key) })
}

func (a *App) discardMessage(key store.MessageKey) tea.Cmd {
	return a.own(a.words.Screen.Did.Discarded, func(ctx context.Context) error { return a.st.Discard(ctx, key) })
}

func (a *App) release(key store.MessageKey) tea.Cmd {
	return a.own(a.words.Screen.Did.Released, func(ctx context.Context) error { return a.st.Release(ctx, key) })
}
