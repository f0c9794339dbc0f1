package event

import "time"

// PresenceFor is how long a word on somebody holds: a terminal repeats it every ten
// seconds as long as it is true, and two may be lost.
const PresenceFor = 25 * time.Second

// Presence is what somebody of the team does at this moment. It is no event: it has
// no sequence, is never stored, and whoever heard of it forgets it by themselves.
type Presence struct {
	// Agent is the token's name: the relay writes it, whatever a terminal says.
	Agent        AgentID        `json:"agent,omitempty"`
	Conversation ConversationID `json:"conversation,omitempty"`
	Doing        Doing          `json:"doing,omitempty"`
}

// Doing is what a member of the team does in a conversation.
type Doing string

// What is told of. Gone means: in no conversation any more.
const (
	Gone    Doing = ""
	Viewing Doing = "viewing"
	Writing Doing = "writing"
)
