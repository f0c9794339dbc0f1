package strings

import (
	"fmt"

	"frontdesk/webhookrelay/event"
)

// since says that somebody changed after this agent what this agent would take back.
func since(who, kind string) string {
	if who == "" {
		who = "somebody"
	}
	switch kind {
	case event.KindAssigned:
		return who + " has assigned it since."
	case event.KindResolved:
		return who + " has resolved it since."
	case event.KindReopened:
		return who + " has reopened it since."
	case event.KindSnoozed:
		return who + " has snoozed it since."
	case event.KindPrioritized:
		return who + " has set the priority since."
	case event.KindLabeled:
		return who + " has changed the labels since."
	case event.KindLinked:
		return who + " has changed the link since."
	case event.KindJoined:
		return who + " has joined or split the contact since."
	}
	return who + " has changed it since."
}

// notUndone says why an undo was left undone, and of a batch for how many.
func notUndone(n, of int, why string) string {
	if of == 1 {
		return "not undone: " + why
	}
	return fmt.Sprintf("not undone, %d of %d: %s", n, of, why)
}
