package tui

import (
	"slices"
	"testing"
)

// TestEveryCommandIsOneOrTheOther: who may only read is offered what looks, and
// nothing else. A new command has to say which it is.
func TestEveryCommandIsOneOrTheOther(t *testing.T) {
	looks := []string{
		"next", "previous", "next-needing", "prev-needing", "open", "back", "next-open", "prev-open", "select", "select-all", "select-none",
		"details", "copy", "copy-link", "open-link", "search", "next-hit", "prev-hit", "mine", "unassigned", "all", "closing", "snoozed",
		"followup", "late", "due", "sort", "views", "unread-view", "resolved", "failed", "unsure-view", "mentions", "next-pane", "prev-pane", "contact",
		"page-down", "page-up", "home", "end", "contact-menu", "export-contact", "export-page", "export-view", "account", "ask-window", "statistics", "templates", "broadcasts", "palette", "help", "mouse", "redraw", "quit",
		"theme-auto", "theme-dark", "theme-light", "theme-contrast", "theme-16", "theme-none", "tour", "tour-leave",
	}
	for _, c := range commands() {
		if changes(c.name) == slices.Contains(looks, c.name) {
			t.Errorf("%s: does it change something, or only look?", c.name)
		}
	}
}
