package strings

import (
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// englishScreen is the words of the screen in English.
func englishScreen(keys Keys) Screen {
	s := Screen{
		Brand: "frontdesk", Online: "online", Offline: "offline",
		Views:       views(),
		TooSmallF:   "This terminal is too small: frontdesk needs %d columns and %d rows.",
		TinyF:       "%d×%d needed",
		TitleF:      "(%d) frontdesk",
		NeverOpened: "never wrote", Hurry: "!",
		LeftF: "%s left", ClosedSinceF: "closed since %s",
		NoText: "(no text)", NotePreviewF: "note · %s: %s", MarkedUnread: "unread", Called: "calls you", ViewingF: "%s is viewing", WritingF: "%s is writing",
		LeftViewF: "no longer in %s", NotInViewF: "not in %s", GoneF: "%s is %s.",
		EmptyElse:      "Nothing in this view.",
		CannotShowF:    "⚠ cannot be shown (event %d)" + keys.orF("details", " · %s for what is known", ""),
		CannotShowRow:  "⚠ cannot be shown",
		CarefulF:       "? its name ends in %s: be careful before you open it",
		CannotShowHint: keys.or("open", "%s opens it", ""),
		CannotShowPart: "⚠ this part cannot be shown",
		MoreLinesF:     "… %d more lines" + keys.orF("details", " · %s shows all", ""),
	}
	s.NobodyHere = map[store.View]string{
		store.ViewMine: "Nothing is assigned to you." + keys.or("unassigned", " %s shows what nobody has taken.", ""), store.ViewUnassigned: "Nobody waits to be taken.",
		store.ViewClosing: "No window closes within the hour.", store.ViewAll: "No conversation yet. The first message makes one.",
		store.ViewUnread: "Everything is read.", store.ViewFailed: "Nothing failed and nothing is unsure.",
		store.ViewMentions: "No note calls you that you have not seen.",
		store.ViewUnsure:   "Nothing has been unsure for over ten minutes.",
		store.ViewResolved: "Nothing is resolved.", store.ViewSnoozed: "Nothing is snoozed.",
		store.ViewFollowUp: "No follow-up is due.", store.ViewLate: "No target was missed.", store.ViewDue: "No target is due within the hour.",
	}
	thread(&s, keys)
	s.Activity = activity()
	s.Contact = Contact{
		Title: "Contact", Linked: "Linked", Labels: "Labels", Resolution: "Last resolution", Window: "Window",
		LocalF: "%s local", NoNumber: "no number given", RatedF: "rated %d of 5", Inbox: "Inbox", Priority: "priority",
		Standing: "Consent", NoMarketingF: "no marketing since %s", NoMessagesF: "no messages since %s", UnreachableF: "not reachable since %s",
		StandbyF: "another program has it since %s",
	}
	s.Status = Status{
		Live: "live", Connecting: "connecting", OfflineF: "offline since %s", BehindF: "%d behind", WebhookF: "webhook %s ago",
		WebhookNow: "webhook <1 min ago", WebhookNever: "no webhook yet", OutboxEmpty: "outbox empty",
		QueuedF: "%d queued", HeldF: "%d held", SendingF: "%d sending", UnsureF: "%d unsure", LongUnsureF: "%d unsure, %d over 10 min", FailedF: "%d failed",
		PausedF: "%s paused" + keys.orF(first(keys, "resume", "palette"), ", %s resumes", ""), TryingF: "%s paused, tried again",
		Beside: "another window sends", WaitingF: "%s waits", AilsF: "%s %s %s",
		UnpublishedF: "%d not shared yet", QuarantinedF: "%d not understood", AsideF: "%d not applied", CopiedF: "%s copies this folder", UnkeptF: "%d not on disk",
		Stopped: "disk failed, open frontdesk again",
	}
	s.Did = did(keys)
	s.Commands = commands(keys)
	s.HelpTitles = HelpTitles{List: "list", Thread: "thread", Contact: "contact", Move: "Move", Act: "Act", Go: "Go", Write: "Write"}
	s.Modes = Modes{
		Triage: "TRIAGE", Write: "WRITE", Move: "move", Reply: "reply", Resolve: "resolve", Everything: "everything", Help: "help",
		Back: "back", ToTriage: "triage", Open: "open", Scroll: "scroll", Reopen: "reopen", Template: "template",
		Selected: "selected", Clear: "select none", Snooze: "snooze", Assign: "assign", Label: "label",
	}
	return s
}

func views() map[store.View]string {
	return map[store.View]string{
		store.ViewMine: "Mine", store.ViewUnassigned: "Unassigned", store.ViewClosing: "Closing",
		store.ViewAll: "All", store.ViewUnread: "Unread", store.ViewFailed: "Failed",
		store.ViewUnsure: "Unsure", store.ViewMentions: "Mentions", store.ViewResolved: "Resolved", store.ViewSnoozed: "Snoozed", store.ViewFollowUp: "Follow-up due",
		store.ViewLate: "Late", store.ViewDue: "Due",
	}
}

func statuses() map[store.ConversationStatus]string {
	return map[store.ConversationStatus]string{
		store.StatusOpen: "open", store.StatusPending: "pending", store.StatusSnoozed: "snoozed", store.StatusResolved: "resolved",
	}
}

func thread(s *Screen, keys Keys) {
	s.NothingOpen, s.NoMessages = "Nothing is open."+keys.or("open", " %s opens the selected conversation.", ""), "No message yet."
	s.Earlier, s.NewOne, s.NewF = "earlier messages", "1 new", "%d new"
	s.NotSentYet = "not shared yet"
	s.Statuses = statuses()
	s.States = States{
		Queued: "⧗ queued", Held: "⧗ held", Sending: "→ sending", Sent: "✓ sent", Accepted: "✓ accepted", Delivered: "✓✓ delivered", Read: "✓✓ read",
		FailedF: "✗ failed: %s", Failed: "✗ failed", Unsure: "? not confirmed, may have been sent", Discarded: "discarded, never sent",
		HintFailed: keys.or("again", "%s tries again", ""), HintUnsure: keys.or("again", "%s decides", ""), HintYoung: "waiting for a receipt", SilentF: "no receipt for %s",
		Twice: "the customer got this twice", Arrived: "it had arrived after all", SentAgain: "sent again",
		HintHeld: "waits for the unsure one" + keys.or("again", " · %s lets it go", ""), HintQueued: keys.or("discard", "%s discards", ""),
	}
	s.LateF, s.You, s.Voice = "sent %s, came late", "you", "voice message"
	s.ListF, s.ChoseF = "list: %s", "chose: %s"
	s.PlaceF, s.ContactCardF, s.ValueF = "%.5f, %.5f", "contact card: %s", "%s = %s"
	s.TakenBack, s.EditedF, s.ViaF, s.Elsewhere = "taken back by its writer", "edited %s", "via %s", "written elsewhere"
	s.Standby = "for another program of this account"
	s.Unsupported = "This kind of message cannot be shown here." + keys.or("details", " %s shows the event behind it.", "")
}

func activity() Activity {
	return Activity{
		AssignedF: "%s assigned %s", AssignedSelfF: "%s took it", UnassignedF: "%s took the owner away", ResolvedF: "%s resolved",
		ReopenedF: "%s reopened", DescribedF: "%s described the resolution", LabeledF: "%s set labels %s",
		LabelsClearedF: "%s removed all labels", LinkedF: "%s linked %s", UnlinkedF: "%s took the link away", ContactF: "%s described the contact",
		MarkedF: "%s marked it unread", UnmarkedF: "%s marked it read", OtherF: "%s: %s", Somebody: "frontdesk", FollowUpF: "follow up %s",
		NoMarketing: "the customer wants no marketing", Marketing: "the customer takes marketing again",
		NoMessages: "the customer wants no messages", Messages: "the customer takes messages again",
		Gone: "the customer is not reachable now", Back: "the customer is reachable again",
		OtherID:  "the customer has another id now",
		SnoozedF: "%s snoozed it until %s", SnoozedReplyF: "%s snoozed it until the customer writes",
		Priorities: [5]string{"%s took the priority away", "%s set the priority low", "%s set the priority medium", "%s set the priority high", "%s set it urgent"},
		JoinedF:    "%s joined the contact with another of the same person", SeparatedF: "%s separated the contact again",
		BlockedF: "%s blocked the contact", UnblockedF: "%s unblocked the contact",
		BlockedThere: "the network blocks the contact, too", UnblockedThere: "the network lets the contact write again",
		TeamF:    "%s gave it to the team %s",
		AllowedF: "%s noted that the customer takes %s", ForbiddenF: "%s noted that the customer wants no %s",
		ToldThere: "the network's own inbox has it as resolved, too", NotToldF: "the network's own inbox does not have it as resolved: %s",
		ToldUnsureF: "not known whether the network's own inbox has it as resolved: %s",
		RatedF:      "the customer rated it ★%d", Everything: "messages", MarketingWord: "marketing",
	}
}

// goWords are the words of views and other commands after a first key, shorter than
// their names.
func goWords() map[string]string {
	return map[string]string{
		"unassigned": "unassigned", "all": "all", "mine": "mine", "closing": "closing", "late": "late", "due": "due", "snoozed": "snoozed",
		"followup": "follow-up", "resolved": "resolved", "failed": "failed", "mentions": "mentions", "unread-view": "unread", "unsure-view": "unsure",
	}
}

// goPrompt gives words up from the right, and no key.
func goPrompt(begin string, views []Hint, fits func(string) bool) string {
	keys := ""
	for _, v := range views {
		keys += v.Key
	}
	for named := len(views); named >= 0; named-- {
		prompt, sep := begin, " · "
		for i, v := range views {
			prompt += sep + v.Key
			if i < named {
				prompt += " " + v.Does
			} else {
				sep = " "
			}
		}
		if fits(prompt) {
			return prompt
		}
	}
	return begin + " · " + keys // side by side
}

// first is the first of the commands that has a key; the last where none has.
func first(keys Keys, commands ...string) string {
	for _, c := range commands {
		if keys(c) != "" {
			return c
		}
	}
	return commands[len(commands)-1]
}

func did(keys Keys) Did {
	return Did{
		ResolvedF: "resolved %s", ReopenedF: "reopened %s", AssignedF: "gave %s to %s", UnassignedF: "took the owner of %s away",
		UnreadF: "marked %s unread", ReadF: "marked %s read", UndoneF: "undone: %s", UndoHint: keys.or("undo", "%s undoes", ""),
		NothingToUndo: "Nothing to undo.", CopiedF: "to the terminal's clipboard: %s", CopyNothing: "Nothing to copy here.",
		ExportedF: "exported to %s", Exporting: "exporting …", NotExportedF: "Not exported: %v.", NoExport: "Nothing can be exported from here; take frontdesk export.",
		NoConversation: "No conversation is selected.", NotResolved: "It is not resolved.",
		NothingFailed: "No message here failed, is unsure or held.", NothingQueued: "No message here is queued, held or failed.",
		FailedSettled:   "That failure was dealt with already.",
		SelectedFine:    "The selected message did not fail and is neither unsure nor held.",
		SelectedTheirsF: "The selected message is for %s to decide, where it was written.",
		TheirsF:         "The unsure or held message here is for %s to decide, where it was written.",
		SelectedWent:    "The selected message is not queued, held or failed.",
		HitF:            "hit %d of %d" + keys.orF("next-hit", " · %s next", "") + keys.orF("prev-hit", " · %s previous", ""),
		NothingFound:    "No search has found anything yet." + keys.or("search", " Press %s to search.", ""),
		FirstHit:        "This is the first hit.",
		LastHit:         "This is the last hit." + keys.or("search", " Press %s to search on.", ""),
		FurtherUp:       "What failed or is unsure here is further up." + keys.or("home", " %s shows older messages.", ""),
		Mouse:           keys.mouse,
		NoteSaved:       "note saved", LinkNone: "Nothing is linked.",
		LinkedF: "linked %s to %s", UnlinkedF: "took the link of %s away",
		Trying: "The next message tries it.", NothingPaused: "No inbox is paused.",
		OpenTitle: "Open this address?", OpenYes: "open it", OpenNo: "leave it", LeadsToF: "It leads to %s.",
		OpenedF: "opened %s", NoLink: "No address in this message can be opened.",
		IsFileF:         "A file is saved by: frontdesk messages save %s %s --to FILE",
		NoEditor:        "There is no editor here. Set EDITOR and start again.",
		EditorFailed:    "The editor ended with an error. The text is as it was.",
		EditedElsewhere: "The text here is not the one that was edited. Nothing of it was changed.",
		CannotOpen:      "Addresses cannot be opened here." + keys.or("copy", " Copy the text with %s.", ""),
		LinkUser:        "Careful: what stands before the @ is not where it leads.",
		LinkForeign:     "Careful: its name is written in letters that may look like others.",
		LinkPlain:       "It is not encrypted.",
		Discarded:       "discarded", Released: "let go", Retried: "queued again", MarkedSent: "marked as sent", NoMoreNeeding: "Nobody else needs you in this view.",
		WindowClosedF: "Free text ended at %s. Only a template may go.", WindowNever: "This customer has not written. Only a template may go.",
		NoTemplates: "This inbox has no templates.",
		PanicF:      "That went wrong inside frontdesk (%s). Nothing was lost; ctrl+l redraws.", ReadFailedF: "Could not read the store: %s",
		WriteFailedF: "Could not save that: %s", NotFound: "It is not in the store any more.",
		Erased:          "The contact that was open here was erased, with everything typed here.",
		DiskFull:        Said{"Not saved: the disk is full.", "Make room, then do it again."},
		DiskFailed:      Said{"Not saved: the disk failed.", "Do it again, and check the disk if this stays."},
		DiskStopped:     Said{"Not saved: the disk failed, and nothing more is kept.", "Check the disk, then close frontdesk and open it again."},
		StoreDamaged:    Said{"Not saved: the store on this machine is damaged.", "Close frontdesk and open it again: it saves what it can and fetches the rest."},
		ReadDamaged:     Said{"Something cannot be read: the store on this machine is damaged.", "Close frontdesk, then open it again; it mends the store."},
		TypedStays:      "What you typed stays here.",
		UnkeptQuitTitle: "Quit and lose what you typed?", UnkeptQuitF: "Texts that are not on disk: %d.",
		UnkeptQuitDo: "Make room and stay: they are saved by themselves. Or copy them first.", LoseIt: "lose it",
		UnsentQuitTitle: "Quit with unsent messages?", UnsentQuitF: "They stay in the store and go out when frontdesk runs again.",
		GoPrompt: goPrompt, GoWords: goWords(),
		Theme: themeChosen, LocaleUnset: "LANG is not set", LocaleF: "No UTF-8 (%s): text may look wrong. Start it with LANG=C.UTF-8.",
		ThemeNoColours: "This terminal shows no colours: NO_COLOR is set, or it has none.",
		Described:      "resolution described",
		Available: map[event.Availability]string{
			event.AvailableNow:  "the team sees that you are available",
			event.AvailableBusy: "the team sees that you are busy", event.AvailableAway: "the team sees that you are away",
		},
		ReadOnly: "Your token may only read: nothing is sent or changed. Ask an administrator for another one.",
		ToTeamF:  "gave %s to the team %s", OffTeamF: "took %s out of its team", IsGoneF: "%s was removed from the team. Choose again.",
		NoTeamOfMine: "You are in no team. A supervisor makes one: frontdesk teams add.", QueueEmpty: "Nobody waits in your teams' queues.",
		FollowingF: "you follow %s", UnfollowedF: "you follow %s no more", MentionedF: "%s calls you at %s: %s" + keys.orF("mentions", " · %s", ""),
		QuitAnyway: "quit", Stay: "stay",

		SnoozedF: "snoozed %s until %s", SnoozedReplyF: "snoozed %s until they write",
		LabeledF: "labelled %s %s", UnlabeledF: "took the labels of %s away", PrioritizedF: "set %s %s", UnprioritizedF: "took the priority of %s away",
		NotedF: "noted on %s", NothingToDo: "Nothing of that is to be done there.", ResolvedAlready: "It is resolved." + keys.or(first(keys, "resolve-stay", "reopen", "resolve"), " %s opens it again.", ""),
		SelectedF: "%d selected", SelectedMostF: "The first %d of the view are selected: more at once is not kept.",
		NotUndone: notUndone, Since: since,
		SomeRefusedF: "%d of %d taken back: %s", NoSavedF: "No view is saved under %d." + keys.orF("views", " %s makes one.", ""),
		ViewSavedF: "saved %s", ViewRemovedF: "removed %s", LabelRemovedF: "%s is off the team's list; conversations keep it",
		NotRemovable: "Only a saved view can be removed.",
		RefusedF:     "taken back for %s: %s",
		SomebodyElse: "Somebody else", LandedF: "%s replied at %s", LandedDo: "That came after you began to write. Your text is kept.",
		SendToo: "send mine too", BackToWriting: "back to writing",
	}
}
