package event

import (
	"time"

	"frontdesk/provider"
)

// MayBeOut reports whether an operation of which no message is known may have
// become one after since; decided is since when it stands in this state. What a
// network was found to have proves nothing of one send while another may be it.
func (s JobState) MayBeOut(decided, since time.Time) bool {
	switch s {
	case JobSending, JobUnsure:
		return true
	case JobSent, JobDiscarded: // a person's word
		return decided.After(since)
	}
	return false
}

// PastFact reports a message that was read back from a network's history long after it
// was sent: the one kind of message that a terminal may tell of. It is no news to
// anybody, so that nobody can have a window opened, or the team called, by one.
func PastFact(body Body) bool {
	switch b := body.(type) {
	case provider.MessageReceived:
		return b.Past
	case provider.MessageSent:
		return b.Past
	}
	return false
}

// Observed reports whether a client may publish this kind of a network's word, for
// an account whose network it alone can ask. Whoever published it is in By.
func Observed(kind string) bool {
	switch kind {
	case provider.KindReceipt, provider.KindHealth, KindResolutionTold:
		return true
	}
	return false
}
