package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/keymap"
	"frontdesk/tui/overlay"
	words "frontdesk/tui/strings"
)

// help shows the keys of what is focused, and below them those of the other
// mode.
func (a *App) help() tea.Cmd {
	h := &a.words.Screen.HelpTitles
	where := map[focus]string{onList: h.List, onThread: h.Thread, onContact: h.Contact}[a.focus]
	a.push(overlay.NewHelp(a.look, where, []overlay.HelpGroup{
		{Title: h.Move, Keys: a.keysOf("next", "previous", "next-needing", "prev-needing", "open", "back", "next-open", "prev-open",
			"page-down", "page-up", "home", "end", "next-pane", "prev-pane", "contact")},
		{Title: h.Act, Keys: a.keysOf("reply", "note", "template", "new", "broadcast", "nudge", "resolve", "resolve-stay", "assign", "assign-me", "claim", "snooze", "labels", "priority", "select", "select-all", "unread", "read",
			"again", "discard", "details", "mute", "copy", "copy-link", "open-link", "macros", "undo")},
		{Title: h.Go, Keys: a.keysOf("search", "next-hit", "prev-hit", "mine", "unassigned", "all", "closing", "snoozed", "followup", "resolved", "failed", "views", "sort", "statistics", "broadcasts", "palette", "help", "redraw", "quit")},
		{Title: h.Write, Keys: a.words.Composer.ReplyHints},
	}))
	return nil
}

// keysOf returns the keys of commands and what they do, without those that have none.
func (a *App) keysOf(names ...string) []words.Hint {
	out := make([]words.Hint, 0, len(names))
	for _, n := range names {
		shown := a.keys.Keys(n)
		keys := make([]string, 0, 2)
		for _, k := range shown[:min(len(shown), 2)] {
			keys = append(keys, keymap.Show(k))
		}
		if len(keys) > 0 {
			out = append(out, words.Hint{Key: strings.Join(keys, " "), Does: a.words.Screen.Commands[n].Help})
		}
	}
	return out
}
