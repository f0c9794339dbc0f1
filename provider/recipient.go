package provider

import (
	"regexp"
	"slices"
)

// RecipientKind is how somebody who never wrote may be named to a network.
type RecipientKind string

// The kinds. A user name is none: WhatsApp shows it, the person may change it, and
// nothing can be sent to it (Meta, "Business-scoped user IDs").
const (
	RecipientNumber RecipientKind = "number"  // the digits of E.164
	RecipientUser   RecipientKind = "user id" // see ScopedUser
)

// scopedUser is a country, a dot, letters and digits; a parent id has ENT in between.
var scopedUser = regexp.MustCompile(`^[A-Z]{2}\.[A-Za-z0-9.]{1,140}$`)

// ScopedUser reports whether a text is a business-scoped user id, as WhatsApp names
// people who show no number ("DE.5512009"; Meta, "Business-scoped user IDs").
func ScopedUser(s string) bool {
	return len(s) > 3 && s[2] == '.' && scopedUser.MatchString(s) // a number is none at a glance
}

// BeginsWith reports whether a conversation may be begun with somebody who is named so.
func (c *Capabilities) BeginsWith(kind RecipientKind) bool { return slices.Contains(c.Begins, kind) }
