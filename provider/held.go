package provider

import (
	"maps"
	"strings"
)

// held begins the name of a file that whoever sends keeps until it goes together
// with its message. No network's own id begins so.
const held = "held:"

// HeldMedia names a kept file in a message of a FileSender's, by what its keeper
// calls it.
func HeldMedia(name string) MediaID { return MediaID(held + name) }

// Held returns what the keeper calls a file; false where the id is a network's.
func (id MediaID) Held() (name string, ok bool) { return strings.CutPrefix(string(id), held) }

// Attaches reports whether a file of the kind goes together with its message.
func (c *Capabilities) Attaches(kind ContentKind) bool {
	_, ok := c.Attached[kind]
	return ok
}

// Taken is what a chat takes of each kind of file that is here: as one that goes with
// its message where it can, else as one that a message names.
func (c *Capabilities) Taken() map[ContentKind]MediaRule {
	rules := maps.Clone(c.Media)
	if rules == nil {
		rules = map[ContentKind]MediaRule{}
	}
	maps.Copy(rules, c.Attached)
	return rules
}

// ruleOf is what a chat takes of a file: as one that goes with its message, or as one
// that a message names.
func (c *Capabilities) ruleOf(kind ContentKind, attached bool) MediaRule {
	if rule, ok := c.Attached[kind]; ok && attached {
		return rule
	}
	return c.Media[kind]
}
