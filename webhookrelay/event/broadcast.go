package event

import "frontdesk/provider"

// The kinds of facts about messages to many.
const (
	KindBroadcast      = "broadcast.defined"
	KindBroadcastState = "broadcast.state"
)

// BroadcastID names a message to many; its sends carry it (SendState.Broadcast).
type BroadcastID string

// Broadcast is one template to many people of one account. Whom it goes to is not
// in it: every recipient is a scheduled send of their own conversation, so that
// erasing a person erases that they were one.
type Broadcast struct {
	ID   BroadcastID `json:"id"`
	Name string      `json:"name"`
	// Template is what is sent, its values still to be filled per recipient.
	Template provider.TemplateMessage `json:"template"`
	// Recipients is how many sends belong to it.
	Recipients int `json:"recipients"`
	// PerMinute is the pace the team asked for; 0 is what the account allows.
	PerMinute int `json:"per_minute,omitempty"`
}

// BroadcastState lets a broadcast run, pauses it or ends it.
type BroadcastState struct {
	ID    BroadcastID    `json:"id"`
	State BroadcastStage `json:"state"`
	// Why is said where the program itself paused it: Paused….
	Why string `json:"why,omitempty"`
}

// BroadcastStage is where a broadcast stands.
type BroadcastStage string

// The stages of a broadcast.
const (
	BroadcastRunning   BroadcastStage = "running"
	BroadcastPaused    BroadcastStage = "paused"
	BroadcastCancelled BroadcastStage = "cancelled"
)

// Why the program pauses a broadcast by itself.
const (
	// PausedAccount: the account's network takes nothing, and an administrator has to act.
	PausedAccount = "account"
	// PausedTemplate: the network does not let the template go at the moment.
	PausedTemplate = "template"
	// PausedTemplateGone: the network lists the template no more.
	PausedTemplateGone = "template gone"
	// PausedFailing: too many of those that left have failed.
	PausedFailing = "failing"
)

// Kind implements Body.
func (Broadcast) Kind() string { return KindBroadcast }

// Kind implements Body.
func (BroadcastState) Kind() string { return KindBroadcastState }
