package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// Files is what can be done with files. The errors are in words for a person; without
// Look nothing can be.
type Files struct {
	// Look reads a file of this machine, by its path as it was typed or dropped.
	Look func(ctx context.Context, typed string) (action.File, error)
	// Complete returns how a path that is typed may go on, folders with a slash behind.
	Complete func(ctx context.Context, typed string) []string
	// Prepare judges files and words, hands the files to the conversation's network, and
	// returns the messages to keep. Nothing has left before all were judged.
	Prepare func(ctx context.Context, id event.ConversationID, text string, files []action.File) ([]provider.Outgoing, error)
	// Share hands files of this machine to the relay, for a canned response.
	Share func(ctx context.Context, paths []string) ([]event.CannedFile, error)
}

// attach asks which files go with the reply, which is begun where it is not.
func (a *App) attach() tea.Cmd {
	switch c, ok := a.thread.Conversation(); {
	case a.opts.Files.Look == nil:
		a.say(a.words.Attach.Nowhere)
		return nil
	case !a.loaded():
		a.then = "attach"
		return nil
	case a.composer.Focused() && a.composer.Mode() == store.DraftReply:
	default:
		cmd := a.reply()
		if ok && a.composer.Focused() && !a.composer.Locked() {
			a.push(overlay.NewAttach(a.look, c, nil))
		}
		return cmd
	}
	return a.attachHere()
}

// attachHere asks for the files of the reply that is being written.
func (a *App) attachHere() tea.Cmd {
	c, ok := a.thread.Conversation()
	switch {
	case !ok:
	case a.opts.Files.Look == nil:
		a.say(a.words.Attach.Nowhere)
	default:
		a.push(overlay.NewAttach(a.look, c, nil))
	}
	return nil
}

// detach takes the files out of the reply.
func (a *App) detach() tea.Cmd {
	said := a.words.Attach.NoneHere
	if a.composer.Detach() {
		said = a.words.Attach.TakenOut
		a.relayout()
	}
	a.say(said)
	return nil
}

// lookAtFiles reads the files that are named, and puts them before the reply. Where one
// cannot be read the lines stay, and say why.
func (a *App) lookAtFiles(x action.Attach) tea.Cmd {
	top := a.over.Top()
	return a.io(func(ctx context.Context) tea.Msg {
		var files []action.File
		var err error
		for _, path := range x.Files {
			var f action.File
			if f, err = a.opts.Files.Look(ctx, path); err != nil {
				break
			}
			files = append(files, f)
		}
		return overlayMsg{give: func(a *App) action.Action {
			if o, ok := top.(*overlay.Attach); ok && err != nil {
				o.Refused(safetext.Line(err.Error()).String())
				return nil
			}
			if a.over.Top() == top {
				a.over.Pop()
			}
			if c, ok := a.thread.Conversation(); ok && c.ID == x.Conversation {
				a.putFiles(files)
			}
			return nil
		}}
	})
}

// putFiles puts files before the reply.
func (a *App) putFiles(files []action.File) {
	if a.composer.Text() == "" && len(a.composer.Files()) == 0 {
		a.began()
	}
	if left := a.composer.Attach(files); left > 0 {
		a.say(fmt.Sprintf(a.words.Attach.TooManyF, left))
	}
	a.relayout()
}

// completePath asks the disk, beside the screen, how a path goes on.
func (a *App) completePath(x action.CompletePath) tea.Cmd {
	top, ok := a.over.Top().(overlay.Completed)
	if !ok || a.opts.Files.Complete == nil {
		return nil
	}
	return a.io(func(ctx context.Context) tea.Msg {
		all := a.opts.Files.Complete(ctx, x.Typed)
		return overlayMsg{give: func(*App) action.Action { top.Complete(x.Typed, all); return nil }}
	})
}

// sendFiles hands the files of the reply over, beside the screen, then keeps their
// messages. Until those are kept, files and words stand where they were written.
func (a *App) sendFiles(c *store.Conversation, x action.SendText) tea.Cmd {
	id, files := c.ID, a.composer.Files()
	a.composer.Hold(id)
	a.relayout()
	return a.io(func(ctx context.Context) tea.Msg {
		all, err := a.opts.Files.Prepare(ctx, id, x.Text, files)
		return preparedMsg{id, x, files, all, err}
	})
}

// preparedMsg is a reply whose files were handed over, or why they were not.
type preparedMsg struct {
	id    event.ConversationID
	x     action.SendText
	files []action.File
	all   []provider.Outgoing
	err   error
}

func (a *App) prepared(m preparedMsg) tea.Cmd {
	if m.err != nil {
		a.notSent(m.id, m.err.Error())
		return nil
	}
	return a.write(func(ctx context.Context) tea.Msg {
		err := a.st.SendAll(ctx, m.all)
		if err == nil {
			a.wake()
			_ = a.st.SaveDraft(ctx, m.id, store.DraftReply, "") // told as a failure it would be sent twice
		}
		return filesSentMsg{m, err}
	})
}

// notSent says why files stay with their words, below these too: it may be long.
func (a *App) notSent(id event.ConversationID, why string) {
	said := fmt.Sprintf(a.words.Attach.NotF, safetext.Line(why))
	a.composer.NotSent(id, said)
	a.say(said)
	a.relayout()
}

// filesSentMsg is what came of keeping the messages.
type filesSentMsg struct {
	preparedMsg
	kept error
}

func (a *App) filesSent(m filesSentMsg) tea.Cmd {
	if m.kept != nil {
		a.notSent(m.id, a.notSaved(m.kept, true))
		return nil
	}
	a.composer.Gone(m.id)
	delete(a.drafts, draftKey{m.id, store.DraftReply})
	a.say(fmt.Sprintf(a.words.Attach.GoneF, namesOf(m.files)))
	c, ok := a.thread.Conversation()
	if !ok || c.ID != m.id {
		return nil
	}
	a.thread.Bottom()
	a.relayout()
	if !m.x.Resolve {
		return a.armDraft()
	}
	a.composer.Blur()
	well := true
	return a.resolveAfter(&well, true)
}

// namesOf are the files' own names.
func namesOf(files []action.File) string {
	var names []string
	for i := range files {
		names = append(names, safetext.Name(filepath.Base(files[i].Name)).String())
	}
	return strings.Join(names, ", ")
}
