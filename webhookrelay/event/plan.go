package event

import "frontdesk/provider"

// Plan is what a scheduled send says of itself beyond the message and its time.
// Its words are facts of the team's: whoever runs what is due goes by the last.
type Plan struct {
	// Edition counts what was planned for the operation, from 1: what leaves is the
	// last one that the log has, or nothing. 0 was never scheduled.
	Edition int `json:"edition,omitempty"`
	// Was is the edition in the log that this one changes, as its writer knew it.
	Was int `json:"was,omitempty"`
	// Seen is how far its writer had read the log: what happened after it may have
	// overtaken the plan.
	Seen Seq `json:"seen,omitempty"`
	// Hold keeps it from going by itself; empty where nothing does.
	Hold Hold `json:"hold,omitempty"`
	// Anyway is a person's word that it goes although somebody wrote meanwhile.
	Anyway bool `json:"anyway,omitempty"`
	// Link ties the message to something in another system.
	Link *provider.Link `json:"link,omitempty"`
	// Rule is the rule of the team's that made it; empty for a person's.
	Rule string `json:"rule,omitempty"`
	// Runner is the terminal that sends it, where no relay does: one alone may.
	Runner string `json:"runner,omitempty"`
}

// Hold is why a scheduled send waits for a person at its time.
type Hold string

// The reasons to wait for a person.
const (
	// HeldAnswered: a colleague wrote to the customer after it was planned.
	HeldAnswered Hold = "answered"
	// HeldWrote: the customer wrote after it was planned.
	HeldWrote Hold = "wrote"
)

// The codes of a refusal by the relay that leaves a scheduled send as the log has
// it: nothing has left, and nothing has failed.
const (
	CodeChanged = "changed"
	CodeEarly   = "early"
	// CodeDiscarded: a person put it aside.
	CodeDiscarded = "discarded"
)
