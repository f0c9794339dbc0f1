package store

import (
	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Marketing is the one category that a customer can refuse by itself.
const Marketing = event.Marketing

// Check is [event.Wishes.Check]: the composer, the picker, the command line and
// broadcasts ask it before a send is queued, the outbox before the wire, and the
// relay's gateway the same of its own ledger.
func (s Standing) Check(c provider.Content) error { return s.wishes().Check(c) }

func (s Standing) wishes() event.Wishes {
	return event.Wishes{NoMarketing: s.NoMarketing, NoMessages: s.NoMessages, Blocked: s.Blocked}
}

// with is what stands against one person of whom there are two conversations.
func (s Standing) with(o Standing) Standing {
	w := s.wishes().With(o.wishes())
	s.NoMarketing, s.NoMessages, s.Blocked = w.NoMarketing, w.NoMessages, w.Blocked
	return s
}
