package provider

import (
	"strings"
	"time"
)

// RefusalReason is which rule a message breaks.
type RefusalReason string

// The rules a message can break.
const (
	RefusedWindow  RefusalReason = "window"
	RefusedKind    RefusalReason = "kind"
	RefusedEmpty   RefusalReason = "empty"
	RefusedLength  RefusalReason = "length"
	RefusedMIME    RefusalReason = "mime"
	RefusedSize    RefusalReason = "size"
	RefusedValue   RefusalReason = "value"
	RefusedReplyTo RefusalReason = "reply"
	RefusedLink    RefusalReason = "link"     // it has to be tied to something, Part says to what
	RefusedAt      RefusalReason = "schedule" // this network sends nothing later by itself
	RefusedPast    RefusalReason = "past"     // an offer that has ended
	RefusedNumber  RefusalReason = "number"   // it goes to a telephone number alone, and the chat is a user id
	RefusedStandby RefusalReason = "standby"  // another program of the account has the conversation

	// What the customer asked for, or the team decided: not the network's rules.
	RefusedMarketing RefusalReason = "marketing" // they want no marketing
	RefusedConsent   RefusalReason = "consent"   // they want no message at all
	RefusedBlocked   RefusalReason = "blocked"   // the team blocked them
)

// Refusal is the judge's answer: which rule, where, and by how much.
type Refusal struct {
	Reason RefusalReason `json:"reason"`
	// Part names what breaks the rule: "text", "caption", "image", "body 2".
	Part  string `json:"part,omitempty"`
	Got   int64  `json:"got,omitempty"`
	Limit int64  `json:"limit,omitempty"`
	Unit  Unit   `json:"unit,omitempty"`
	// Since is when the window closed, zero when it never opened; or since when the
	// customer wants none of it.
	Since time.Time `json:"since,omitzero"`
	// Outside is what may go instead, when Reason is RefusedWindow.
	Outside Outside `json:"outside,omitempty"`
}

// Unwanted reports that the customer or the team said no, not the network.
func (r *Refusal) Unwanted() bool {
	return r.Reason == RefusedMarketing || r.Reason == RefusedConsent || r.Reason == RefusedBlocked
}

// Error implements error. The screen has its own words.
func (r *Refusal) Error() string {
	if r.Part == "" {
		return "refused: " + string(r.Reason)
	}
	return "refused: " + string(r.Reason) + " of " + r.Part
}

// Check is the one judge of whether a message may go: the composer asks it at
// each edit, the outbox before the wire, and the simulator as the server.
// Nothing else compares lengths or clocks. The error is a *Refusal or nil.
//
// A window that cannot be known lets the message pass: the screen says that it
// is not known, and the network decides.
func (c *Capabilities) Check(m Outgoing, lastInbound, now time.Time) error {
	kind := m.Content.Kind
	if c.Send[kind] <= Absent {
		return &Refusal{Reason: RefusedKind, Part: string(kind)}
	}
	if r := c.checkWindow(&m, lastInbound, now); r != nil {
		return r
	}
	// Meta, "Business-scoped user IDs": no code to sign in with goes to one (131062).
	if t := m.Content.Template; t != nil && strings.EqualFold(t.Category, "authentication") && ScopedUser(string(m.To.Chat)) {
		return &Refusal{Reason: RefusedNumber}
	}
	if m.Standby && kind != Templated {
		return &Refusal{Reason: RefusedStandby}
	}
	if c.Link.Needed && (m.Link == nil || m.Link.ID == "") {
		return &Refusal{Reason: RefusedLink, Part: c.Link.System}
	}
	if !m.At.IsZero() && c.Can[CanSchedule] <= Absent {
		return &Refusal{Reason: RefusedAt}
	}
	if m.ReplyTo != "" && c.Reply <= Absent {
		return &Refusal{Reason: RefusedReplyTo}
	}
	if r := c.checkContent(&m.Content, now); r != nil {
		return r
	}
	return nil
}

func (c *Capabilities) checkContent(m *Content, now time.Time) *Refusal {
	switch m.Kind {
	case Text:
		return checkText("text", m.Text, c.Text, true)
	case Interactive:
		return c.checkMenu(m)
	case Image, Video, Audio, Document, Sticker:
		return c.checkMedia(m)
	case Templated:
		return c.checkTemplate(m.Template, now)
	}
	return nil
}

func checkText(part, s string, limit Limit, required bool) *Refusal {
	if required && blank(s) {
		return &Refusal{Reason: RefusedEmpty, Part: part}
	}
	if n := limit.Unit.Count(s); limit.Max > 0 && n > limit.Max {
		return &Refusal{Reason: RefusedLength, Part: part, Got: int64(n), Limit: int64(limit.Max), Unit: limit.Unit}
	}
	return nil
}

func blank(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
	}
	return true
}
