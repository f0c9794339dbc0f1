package action

import "frontdesk/webhookrelay/event"

// What is asked about the person behind the conversation that is shown.
type (
	// DescribeContact changes what the team knows of them.
	DescribeContact struct{ Said event.ContactDescribed }
	// Consent notes what they allow.
	Consent struct{ Said event.Consented }
	// Join makes them and the person of another conversation one.
	Join struct{ With event.ConversationID }
	// Block keeps them from writing and being written to, or lets them.
	Block struct{ Block bool }
	// EraseContact erases them from the relay and every terminal.
	EraseContact struct{ Conversation event.ConversationID }
)

func (DescribeContact) action() {}
func (Consent) action()         {}
func (Join) action()            {}
func (Block) action()           {}
func (EraseContact) action()    {}
