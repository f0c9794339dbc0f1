package event

import "time"

// The kinds of facts about what comes next in a conversation.
const (
	KindSnoozed     = "conversation.snoozed"
	KindPrioritized = "conversation.prioritized"
	KindFollowed    = "conversation.followed"
	KindRated       = "conversation.rated"
)

// Snoozed puts a conversation aside until a time, or until the customer writes,
// whichever is first; a zero Until waits for the customer alone. It comes back
// by itself on every terminal: no event says so.
type Snoozed struct {
	Until time.Time `json:"until,omitzero"`
	// Heard is how many messages of the customer's whoever did it knew of. Where the
	// log has more before it, it puts nothing aside: they wrote meanwhile, and nobody
	// has seen it. Nil where nobody counted.
	Heard *int `json:"heard,omitempty"`
}

// Priority is how soon a conversation is to be dealt with; higher is sooner.
type Priority int

// The priorities.
const (
	NoPriority Priority = iota
	LowPriority
	MediumPriority
	HighPriority
	UrgentPriority
)

// Prioritized sets the priority.
type Prioritized struct {
	Priority Priority `json:"priority"`
}

// Followed is a member of the team who wants to be told of what happens here, or
// no longer does: whoever the event is by.
type Followed struct {
	Follow bool `json:"follow"`
}

// Rated is the customer's own judgement of how they were served.
type Rated struct {
	// Stars is 1 to 5.
	Stars int    `json:"stars"`
	Words string `json:"words,omitempty"`
}

// Kind implements Body.
func (Snoozed) Kind() string { return KindSnoozed }

// Kind implements Body.
func (Prioritized) Kind() string { return KindPrioritized }

// Kind implements Body.
func (Followed) Kind() string { return KindFollowed }

// Kind implements Body.
func (Rated) Kind() string { return KindRated }
