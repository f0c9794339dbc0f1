package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"frontdesk/provider"
)

// Target is how soon customers are to be served, as a SettingTarget says it:
//
//	{"first":"15m","next":"30m","resolution":"8h","hours":"office","accounts":["wa-1"],"label":"vip"}
//
// Each length of time is of the team's hours of work.
type Target struct {
	// First is within what a person answers the first message since it is open, Next
	// within what every later one, Resolution within what it is resolved. 0 for any.
	First      Span `json:"first,omitempty"`
	Next       Span `json:"next,omitempty"`
	Resolution Span `json:"resolution,omitempty"`
	// Hours names the hours of work that count; empty for all hours.
	Hours string `json:"hours,omitempty"`
	// Accounts and Label narrow it; empty for every conversation.
	Accounts []provider.AccountID `json:"accounts,omitempty"`
	Label    string               `json:"label,omitempty"`
}

// TargetOf is what a target is about.
type TargetOf string

// What a target may be about.
const (
	TargetFirst      TargetOf = "first"
	TargetNext       TargetOf = "next"
	TargetResolution TargetOf = "resolution"
)

// The shortest and the longest that a target may be.
const (
	leastTarget = time.Minute
	mostTarget  = 90 * 24 * time.Hour
)

// ReadTarget reads the value of a SettingTarget. The error says what is wrong in words
// for whoever wrote it.
func ReadTarget(raw json.RawMessage) (Target, error) {
	var t Target
	if err := strictly(raw, &t); err != nil {
		return t, err
	}
	if t.First == 0 && t.Next == 0 && t.Resolution == 0 {
		return t, errors.New(`a target needs "first", "next" or "resolution", as in "15m"`)
	}
	for _, of := range []TargetOf{TargetFirst, TargetNext, TargetResolution} {
		if d := t.Within(of); d != 0 && (d < leastTarget || d > mostTarget) {
			return t, fmt.Errorf("%q is from 1m to %dh, and not %v", of, mostTarget/time.Hour, d)
		}
	}
	if slices.Contains(t.Accounts, "") {
		return t, errors.New(`"accounts" are the ids of inboxes; take the empty one away`)
	}
	return t, nil
}

// Within is the target's length of time; 0 where it has none.
func (t Target) Within(of TargetOf) time.Duration {
	switch of {
	case TargetFirst:
		return time.Duration(t.First)
	case TargetNext:
		return time.Duration(t.Next)
	case TargetResolution:
		return time.Duration(t.Resolution)
	}
	return 0
}

// Fits reports whether the target is for a conversation of that account with those
// labels.
func (t Target) Fits(account provider.AccountID, labels []string) bool {
	return (len(t.Accounts) == 0 || slices.Contains(t.Accounts, account)) && (t.Label == "" || slices.Contains(labels, t.Label))
}

// Narrowness orders targets that fit the same conversation: the one of a label is
// meant before the one of its inbox, and that before the one of everybody.
func (t Target) Narrowness() int {
	n := 0
	if t.Label != "" {
		n += 2
	}
	if len(t.Accounts) > 0 {
		n++
	}
	return n
}
