package strings

import "maps"

// commands is every command's words, by the name the program knows it by.
func commands() map[string]Command {
	all := commandsOfPeople()
	maps.Copy(all, map[string]Command{
		"next":         {"next", "select the next conversation; in the thread, the next message"},
		"previous":     {"previous", "select the previous one"},
		"next-needing": {"next that needs me", "the next that is unread, waits, failed or is unsure"},
		"prev-needing": {"previous that needs me", "the previous that is unread, waits, failed or is unsure"},
		"open":         {"open", "open the selected conversation"},
		"back":         {"back", "back to the list; closes what is open on top"},
		"next-open":    {"next conversation", "open the next one without leaving the thread"},
		"prev-open":    {"previous conversation", "open the previous one without leaving the thread"},
		"reply":        {"reply", "write to the customer; with a closed window, the templates"},
		"note":         {"note", "write a private note to the team"},
		"template":     {"template", "send a template"},
		"resolve":      {"resolve", "resolve and go to the next; on a resolved one, reopen"},
		"resolve-stay": {"resolve and stay", "resolve and stay here"},
		"reopen":       {"reopen", "take the resolution back"},
		"describe":     {"describe the resolution", "note, stars and follow-up of the resolution"},
		"assign":       {"assign…", "give it to a colleague"},
		"assign-me":    {"assign to me", "take it"},
		"link":         {"link…", "tie it to a job, a request or a booking"},
		"unread":       {"mark unread", "mark it unread for the team"},
		"read":         {"mark read", "mark it read for the team"},
		"again":        {"failed, unsure or held", "try again, decide what became of it, let it go; change what is scheduled"},
		"discard":      {"discard", "give up what is queued or held, cancel what is scheduled"},
		"details":      {"details", "every event behind the message, and what to do"},
		"copy":         {"copy text", "copy the message's text"},
		"copy-link":    {"copy link", "copy the linked job's or booking's address"},
		"open-link":    {"open address", "open an address in the message, after a look at where it leads"},
		"contact-menu": {"this contact…", "describe, consent, block, join, link, export or erase the person"},
		"account":      {"what this inbox can do", "what may be sent here, when, and what comes back"},
		"search":       {"search", "find words, names and numbers everywhere"},
		"next-hit":     {"next hit", "what the last search found, one further down"},
		"prev-hit":     {"previous hit", "what the last search found, one further up"},
		"mine":         {"go to Mine", "what is assigned to me"},
		"unassigned":   {"go to Unassigned", "what nobody has taken"},
		"all":          {"go to All", "everything that is not resolved"},
		"closing":      {"go to Closing", "windows that end within the hour, soonest first"},
		"unread-view":  {"go to Unread", "what the team has not read"},
		"resolved":     {"go to Resolved", "what is done"},
		"unsure-view":  {"go to Unsure", "sends of the team that have been unsure for over ten minutes"},
		"failed":       {"go to Failed", "sends that failed or are unsure"},
		"next-pane":    {"next pane", "list, thread, contact"},
		"prev-pane":    {"previous pane", "contact, thread, list"},
		"contact":      {"contact", "show or hide the contact"},
		"palette":      {"everything", "find a command by its name"},
		"help":         {"help", "the keys of what is focused"},
		"resume":       {"resume a paused inbox", "one message tries whether the account's token works again"},
		"undo":         {"undo", "take the last action back"},
		"redraw":       {"redraw", "draw the screen again"},
		"page-up":      {"page up", "one screen up"},
		"page-down":    {"page down", "one screen down"},
		"home":         {"first", "to the beginning"},
		"end":          {"last", "to the end"},
		"quit":         {"quit", "leave; asks when something is unsent"},
	})
	return all
}

// commandsOfPeople are those of the contact's menu.
func commandsOfPeople() map[string]Command {
	return map[string]Command{
		"describe-contact": {"describe the contact", "name, language, time zone, fields, and a note on them"},
		"forbid":           {"no messages to them", "note that they want none at all, and where that is known from"},
		"forbid-marketing": {"no marketing to them", "note that they want no marketing, and where that is known from"},
		"allow":            {"messages to them again", "note that they may be written to, and where that is known from"},
		"block":            {"block the contact", "nothing goes to them; the network stops them where it can"},
		"unblock":          {"unblock the contact", "let them write and be written to again"},
		"join":             {"join with another contact", "the same person on another network or number"},
		"split":            {"split from the others", "this conversation stands for itself again"},
		"export-contact":   {"export the contact", "everything of the person as JSON and Markdown, in a new folder"},
		"erase-contact":    {"erase the contact", "everything of the person, everywhere, for good"},
	}
}
