package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// command is one thing the app does: a key, the palette and another part of
// the program run it alike.
type command struct {
	name string
	// anywhere is set where the command makes sense without a conversation.
	anywhere bool
	run      func(*App) tea.Cmd
}

// commands is the table of everything. Its words are in the catalogue.
func commands() []command {
	return slices.Concat(mainCommands(), peopleCommands(), themeCommands(), tourCommands())
}

func mainCommands() []command {
	return []command{
		{"next", true, func(a *App) tea.Cmd { return a.move(1) }},
		{"previous", true, func(a *App) tea.Cmd { return a.move(-1) }},
		{"next-needing", true, func(a *App) tea.Cmd { return a.moveNeeding(true) }},
		{"prev-needing", true, func(a *App) tea.Cmd { return a.moveNeeding(false) }},
		{"open", false, (*App).openSelected},
		{"back", true, (*App).back},
		{"next-open", true, func(a *App) tea.Cmd { return a.moveList(1) }},
		{"prev-open", true, func(a *App) tea.Cmd { return a.moveList(-1) }},
		{"reply", false, (*App).reply},
		{"note", false, (*App).note},
		{"template", false, (*App).template},
		{"resolve", false, func(a *App) tea.Cmd { return a.resolve(true) }},
		{"resolve-stay", false, func(a *App) tea.Cmd { return a.resolve(false) }},
		{"reopen", false, (*App).reopen},
		{"describe", false, (*App).describe},
		{"assign", false, (*App).assign},
		{"assign-me", false, func(a *App) tea.Cmd { return a.assignTo(a.me) }},
		{"claim", true, (*App).claim},
		{"link", false, (*App).linking},
		{"follow", false, (*App).toggleFollow},
		{"mute", false, (*App).toggleMute},
		{"available", true, sayAvailable(event.AvailableNow)},
		{"busy", true, sayAvailable(event.AvailableBusy)},
		{"away", true, sayAvailable(event.AvailableAway)},
		{"snooze", false, (*App).snooze},
		{"labels", false, (*App).labels},
		{"priority", false, (*App).priority},
		{"select", false, (*App).pick},
		{"select-all", true, (*App).pickAll},
		{"select-none", true, (*App).pickNone},
		{"unread", false, func(a *App) tea.Cmd { return a.mark(true) }},
		{"read", false, func(a *App) tea.Cmd { return a.mark(false) }},
		{"again", false, (*App).again},
		{"discard", false, (*App).discard},
		{"details", false, (*App).details},
		{"copy", false, (*App).copyText},
		{"copy-link", false, (*App).copyLink},
		{"open-link", false, (*App).openLink},
		{"undo", true, (*App).undo},
		{"resume", true, (*App).resume},
		{"search", true, (*App).search},
		{"next-hit", true, func(a *App) tea.Cmd { return a.walkHits(1) }},
		{"prev-hit", true, func(a *App) tea.Cmd { return a.walkHits(-1) }},
		{"mine", true, goTo(store.ViewMine)},
		{"unassigned", true, goTo(store.ViewUnassigned)},
		{"all", true, goTo(store.ViewAll)},
		{"closing", true, goTo(store.ViewClosing)},
		{"snoozed", true, goTo(store.ViewSnoozed)},
		{"followup", true, goTo(store.ViewFollowUp)},
		{"late", true, goTo(store.ViewLate)},
		{"due", true, goTo(store.ViewDue)},
		{"sort", true, (*App).sort},
		{"views", true, (*App).views},
		{"save-view", true, (*App).saveView},
		{"unread-view", true, goTo(store.ViewUnread)},
		{"resolved", true, goTo(store.ViewResolved)},
		{"failed", true, goTo(store.ViewFailed)},
		{"unsure-view", true, goTo(store.ViewUnsure)},
		{"mentions", true, goTo(store.ViewMentions)},
		{"next-pane", true, func(a *App) tea.Cmd { return a.turn(1) }},
		{"prev-pane", true, func(a *App) tea.Cmd { return a.turn(-1) }},
		{"contact", true, (*App).toggleContact},
		{"page-down", true, func(a *App) tea.Cmd { return a.page(1) }},
		{"page-up", true, func(a *App) tea.Cmd { return a.page(-1) }},
		{"home", true, func(a *App) tea.Cmd { return a.edge(false) }},
		{"end", true, func(a *App) tea.Cmd { return a.edge(true) }},
		{"contact-menu", false, (*App).contactMenu},
		{"export-page", false, (*App).exportPage},
		{"export-view", true, (*App).exportView},
		{"attach", false, (*App).attach},
		{"detach", false, (*App).detach},
		{"account", false, (*App).account},
		{"fetch-older", false, (*App).fetchOlder},
		{"ask-window", false, (*App).askWindow},
		{"statistics", true, (*App).statistics},
		{"nudge", false, (*App).nudge},
		{"templates", true, (*App).templateList},
		{"new", true, (*App).startNew},
		{"broadcast", true, (*App).broadcast},
		{"broadcasts", true, (*App).broadcasts},
		{"canned", true, (*App).cannedList},
		{"macros", true, (*App).listMacros},
		{"palette", true, (*App).palette},
		{"help", true, (*App).help},
		{"mouse", true, (*App).mouse},
		{"redraw", true, func(*App) tea.Cmd { return tea.ClearScreen }},
		{"quit", true, (*App).quit},
	}
}

func goTo(v store.View) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd { return a.showView(a.inOrder(v)) }
}

// table finds a command by its name.
type table map[string]command

func newTable() table {
	t := table{}
	for _, c := range commands() {
		t[c.name] = c
	}
	return t
}

// run runs a command by its name. One that needs a conversation says so where
// there is none.
func (a *App) run(name string) tea.Cmd {
	c, ok := a.commands[name]
	if !ok {
		return nil
	}
	if _, have := a.target(); !have && !c.anywhere {
		a.say(a.words.Screen.Did.NoConversation)
		return nil
	}
	if changes(name) && a.readOnly() {
		a.say(a.words.Screen.Did.ReadOnly)
		return nil
	}
	cmd := c.run(a)
	a.toured(name)
	return cmd
}
