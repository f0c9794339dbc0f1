package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// shareCannedFiles hands the files of a canned response to the relay, beside the
// screen, and keeps the response once it has them. Until then its lines stay as they are.
func (a *App) shareCannedFiles(x action.KeepCanned) tea.Cmd {
	form, ok := a.over.Top().(*overlay.CannedForm)
	if !ok || a.opts.Files.Share == nil {
		a.say(a.words.Attach.Nowhere)
		return nil
	}
	return a.io(func(ctx context.Context) tea.Msg {
		files, err := a.opts.Files.Share(ctx, x.Paths)
		return sharedMsg{x, form, append(x.Canned.Files[:len(x.Canned.Files):len(x.Canned.Files)], files...), err}
	})
}

// sharedMsg is a canned response of which the relay has the files, or why not.
type sharedMsg struct {
	x     action.KeepCanned
	form  *overlay.CannedForm
	files []event.CannedFile
	err   error
}

func (a *App) sharedFiles(m sharedMsg) tea.Cmd {
	open := a.over.Top() == overlay.Overlay(m.form)
	if m.err != nil {
		why := safetext.Line(m.err.Error()).String()
		m.form.Refused(why)
		if !open {
			a.say(fmt.Sprintf(a.words.Attach.NotSharedF, why))
		}
		return nil
	}
	if open {
		a.over.Pop()
	}
	c := m.x.Canned
	c.Files = m.files
	return a.changeShared(a.words.Canned.Kept(c.Code), func(ctx context.Context) (provider.OpID, error) {
		if m.x.Was == "" {
			return a.st.SetCanned(ctx, c)
		}
		return a.st.RenameCanned(ctx, m.x.Was, c)
	})
}
