package action

import "frontdesk/webhookrelay/event"

// Attach sends files of this machine to the customer of a conversation, with words
// below the first.
type Attach struct {
	Conversation event.ConversationID
	// Files are their paths as they were typed or dropped.
	Files   []string
	Caption string
}

func (Attach) action() {}
