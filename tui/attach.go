package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
)

// attach asks which files are to be sent.
func (a *App) attach() tea.Cmd {
	c, ok := a.target()
	switch {
	case !ok:
	case a.opts.Attach == nil:
		a.say(a.words.Attach.Nowhere)
	default:
		a.push(overlay.NewAttach(a.look, c, action.Attach{}))
	}
	return nil
}

// sendFiles reads the files and hands them over beside the screen. What is refused is
// asked about again, with all that was typed.
func (a *App) sendFiles(x action.Attach) tea.Cmd {
	a.over.Pop()
	c, ok := a.target()
	if !ok || c.ID != x.Conversation {
		return nil
	}
	w, names := &a.words.Attach, namesOf(x.Files)
	a.say(fmt.Sprintf(w.GoingF, names))
	return a.io(func(ctx context.Context) tea.Msg {
		err := a.opts.Attach(ctx, x.Conversation, x.Files, x.Caption)
		return overlayMsg{give: func(a *App) action.Action {
			if err == nil {
				a.say(fmt.Sprintf(w.GoneF, names))
				return nil
			}
			a.say(fmt.Sprintf(w.NotF, safetext.Line(err.Error())))
			if a.over.Len() == 0 {
				a.pushQuiet(overlay.NewAttach(a.look, c, x))
			}
			return nil
		}}
	})
}

// namesOf are the files' own names.
func namesOf(paths []string) string {
	var names []string
	for _, p := range paths {
		names = append(names, safetext.Name(filepath.Base(p)).String())
	}
	return strings.Join(names, ", ")
}
