package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// exportPage asks in which format the conversation is to be written.
func (a *App) exportPage() tea.Cmd {
	c, _ := a.target()
	return a.exportAs(action.Export{Conversation: c.ID})
}

// exportView asks the same of everything that the view holds.
func (a *App) exportView() tea.Cmd { return a.exportAs(action.Export{View: a.view}) }

func (a *App) exportAs(what action.Export) tea.Cmd {
	if a.opts.ExportFile == nil {
		a.say(a.words.Screen.Did.NoExport)
		return nil
	}
	say := &a.words.Triage.Export
	var options []overlay.Option
	for i, format := range [...]string{"html", "md", "json", "csv"} {
		what.Format = format
		options = append(options, overlay.Option{Hint: say.Items[i], Do: what})
	}
	a.push(overlay.NewMenu(a.look, say, options))
	return nil
}

// exportFile writes it and says where it is.
func (a *App) exportFile(what action.Export) tea.Cmd {
	a.over.Pop()
	d := &a.words.Screen.Did
	a.say(d.Exporting)
	return a.io(func(ctx context.Context) tea.Msg {
		path, err := a.opts.ExportFile(ctx, what)
		said := fmt.Sprintf(d.ExportedF, path)
		if err != nil {
			said = fmt.Sprintf(d.NotExportedF, err)
		}
		return overlayMsg{give: func(a *App) action.Action { a.say(said); return nil }}
	})
}
