package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
)

// exportPage writes the conversation to a file and says where it is.
func (a *App) exportPage() tea.Cmd {
	c, _ := a.target()
	d := &a.words.Screen.Did
	if a.opts.ExportPage == nil {
		a.say(d.NoExport)
		return nil
	}
	id := c.ID
	return a.io(func(ctx context.Context) tea.Msg {
		path, err := a.opts.ExportPage(ctx, id)
		said := fmt.Sprintf(d.ExportedF, path)
		if err != nil {
			said = fmt.Sprintf(d.NotExportedF, err)
		}
		return overlayMsg{give: func(a *App) action.Action { a.say(said); return nil }}
	})
}
