package event

import (
	"strings"
	"time"

	"frontdesk/provider"
)

// Marketing is the one category that a customer can refuse by itself.
const Marketing = "marketing"

// Wishes is what a customer, and the team, let be sent to them. A zero time means
// that nothing was refused.
type Wishes struct {
	// NoMarketing and NoMessages are when the customer asked for no more of it.
	NoMarketing, NoMessages time.Time
	// Blocked means that the team lets them neither write nor be written to.
	Blocked bool
}

// Check is the one judge of whether a customer may be sent this, as far as their
// own word and the team's decide. What the network allows is
// [provider.Capabilities.Check]'s to say. The error is a *provider.Refusal or nil.
//
// A template whose category is not told is not taken for marketing: the network
// knows, and refuses it.
func (w Wishes) Check(c provider.Content) error {
	switch {
	case w.Blocked:
		return &provider.Refusal{Reason: provider.RefusedBlocked}
	case !w.NoMessages.IsZero():
		return &provider.Refusal{Reason: provider.RefusedConsent, Since: w.NoMessages}
	case c.Template != nil && strings.EqualFold(c.Template.Category, Marketing) && !w.NoMarketing.IsZero():
		return &provider.Refusal{Reason: provider.RefusedMarketing, Since: w.NoMarketing}
	}
	return nil
}

// Say takes a word on what may be sent. An unknown category is about everything: to
// send too little is the lesser harm.
func (w *Wishes) Say(category string, allowed bool, at time.Time) {
	if allowed {
		at = time.Time{}
	}
	if category == Marketing {
		w.NoMarketing = at
		return
	}
	w.NoMessages = at
}

// Hear takes a word of the customer's own, as StopWords finds it: one that allows
// takes back both.
func (w *Wishes) Hear(said Consented, at time.Time) {
	w.Say(said.Category, said.Allowed, at)
	if said.Allowed {
		w.NoMarketing = time.Time{}
	}
}

// With is what stands against one person of whom there are two conversations: what
// they refused in one they refused in both.
func (w Wishes) With(o Wishes) Wishes {
	w.NoMarketing, w.NoMessages = earlier(w.NoMarketing, o.NoMarketing), earlier(w.NoMessages, o.NoMessages)
	w.Blocked = w.Blocked || o.Blocked
	return w
}

// earlier is the earlier of two instants, of which either may not have been.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// OptedOut is what a network's refusal of a send tells of the customer's wish; ok is
// false where it tells nothing. WhatsApp knows people who want no more for marketing
// alone (Meta, error 131050); others for everything. A refusal without a code is our
// own.
func OptedOut(in provider.Network, failure *provider.Error) (category string, ok bool) {
	if failure == nil || failure.Reason != provider.OptedOut || failure.Code == "" {
		return "", false
	}
	if in == provider.WhatsApp {
		category = Marketing
	}
	return category, true
}

// Unwanted is the failure a person reads of a send that was refused because the
// customer or the team does not want it; nil where the refusal is another.
func Unwanted(r *provider.Refusal) *provider.Error {
	e := &provider.Error{Op: "send", Reason: provider.OptedOut, Err: r}
	switch r.Reason {
	case provider.RefusedBlocked:
		e.Reason, e.Text = provider.Blocked, "The team blocked this customer. Unblock them, then send it again."
	case provider.RefusedConsent:
		e.Text = "The customer asked for no more messages. Wait until they write that they want them again."
	case provider.RefusedMarketing:
		e.Text = "The customer asked for no more marketing. Send nothing of the kind."
	default:
		return nil
	}
	return e
}
