package action

import "frontdesk/provider"

type (
	// FindPeople asks whom a name, a number or a user name belongs to; the answer
	// comes back to the overlay.
	FindPeople struct{ Text string }
	// Begin opens the conversation with a number or a user id, or begins it where there
	// is none.
	Begin struct {
		Account provider.AccountID
		// Chat is the digits of E.164, or the user id.
		Chat provider.ChatID
	}
	// SendFirst sends the first text to a chat that has no conversation yet.
	SendFirst struct {
		To   provider.ChatKey
		Text string
	}
)

func (FindPeople) action() {}
func (Begin) action()      {}
func (SendFirst) action()  {}
