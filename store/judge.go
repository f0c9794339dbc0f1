package store

import (
	"strings"
	"time"

	"frontdesk/provider"
)

// Marketing is the one category that a customer can refuse by itself.
const Marketing = "marketing"

// Check is the one judge of whether a customer may be sent this, as far as their
// own word and the team's decide: the composer, the picker, the command line and
// broadcasts ask it before a send is queued, the outbox before the wire. What the
// network allows is [provider.Capabilities.Check]'s to say. The error is a
// *provider.Refusal or nil.
//
// A template whose category is not told is not taken for marketing: the network
// knows, and refuses it.
func (s Standing) Check(c provider.Content) error {
	switch {
	case s.Blocked:
		return &provider.Refusal{Reason: provider.RefusedBlocked}
	case !s.NoMessages.IsZero():
		return &provider.Refusal{Reason: provider.RefusedConsent, Since: s.NoMessages}
	case c.Template != nil && strings.EqualFold(c.Template.Category, Marketing) && !s.NoMarketing.IsZero():
		return &provider.Refusal{Reason: provider.RefusedMarketing, Since: s.NoMarketing}
	}
	return nil
}

// with is what stands against one person of whom there are two conversations:
// what they refused in one they refused in both.
func (s Standing) with(o Standing) Standing {
	s.NoMarketing, s.NoMessages = first(s.NoMarketing, o.NoMarketing), first(s.NoMessages, o.NoMessages)
	s.Blocked = s.Blocked || o.Blocked
	return s
}

// first is the earlier of two instants, of which either may not have been.
func first(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
