package event

import (
	"time"

	"frontdesk/provider"
)

// UndoFor is how long after a resolution a network's own inbox hears of it: until
// then it can be taken back without anybody there having seen it, and what is added
// to it goes along.
const UndoFor = 20 * time.Second

// With returns a resolution with what an event says of it: another resolution takes
// its place, a description adds to it and takes nothing away.
func (r Resolution) With(body Body) Resolution {
	switch b := body.(type) {
	case Resolved:
		return b.Resolution
	case Described:
		if b.Notes != "" {
			r.Notes = b.Notes
		}
		if b.CSAT != 0 {
			r.CSAT = b.CSAT
		}
		if !b.FollowUp.IsZero() {
			r.FollowUp = b.FollowUp
		}
	}
	return r
}

// KindResolutionTold is what became of telling a network's own inbox of a resolution.
const KindResolutionTold = "resolution.told"

// ToldState is what a network said to a resolution.
type ToldState string

// The states. What is unsure is never told again.
const (
	ResolutionTaken  ToldState = "told"
	ResolutionFailed ToldState = "failed"
	ResolutionUnsure ToldState = "unsure"
)

// ResolutionTold says whether the network's own inbox has a conversation as resolved,
// as the team does. Who asked it is in By; nobody where it was the relay.
type ResolutionTold struct {
	// Resolution is the sequence of the team's word.
	Resolution Seq       `json:"resolution"`
	State      ToldState `json:"state"`
	// Error says why not, or why it is not known.
	Error *provider.Error `json:"error,omitempty"`
}

// ToldOf is what a network's answer to a resolution comes to.
func ToldOf(of Seq, failure *provider.Error) ResolutionTold {
	if failure != nil && failure.Text == "" { // nobody's word: the driver itself failed
		other := *failure
		other.Uncertain, other.Text = true, "frontdesk stumbled over the answer. It may be resolved over there, or not: look there."
		failure = &other
	}
	switch {
	case failure == nil:
		return ResolutionTold{of, ResolutionTaken, nil}
	case failure.Uncertain:
		return ResolutionTold{of, ResolutionUnsure, failure}
	}
	return ResolutionTold{of, ResolutionFailed, failure}
}

// Kind implements Body.
func (ResolutionTold) Kind() string { return KindResolutionTold }
