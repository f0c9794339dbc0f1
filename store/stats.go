package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// StatsQuestion is what Stats counts: what happened from From until before To, by the
// relay's clock.
type StatsQuestion struct {
	From, To time.Time
	// Location is the zone of hours and days; nil means UTC.
	Location *time.Location
	// Account and Conversation narrow it to one of them; empty for all.
	Account      provider.AccountID
	Conversation event.ConversationID
	// Agent narrows it to one of the team: to what they wrote and resolved, and of
	// what customers did, to conversations that are theirs now.
	Agent event.AgentID
}

// Stats is the figures of a span, counted from the messages and the team's actions
// that this store has. Nothing in it is estimated: what no network told is not in it.
type Stats struct {
	From, To time.Time
	// At is when it was counted.
	At time.Time
	// Hours are by the hour of the day, Days every day of the span in order.
	Hours [24]Volume
	Days  []DayVolume
	// Channels are by account, in order of their ids.
	Channels []Channel
	// Waiting are customers who wait for an answer now, whatever the span.
	Waiting Times
	// First are waits that the first reply of a run of a conversation ended, Next
	// those that later replies ended. A wait begins with the customer's first
	// unanswered message, by the network's time.
	First, Next Times
	// Resolution is from the opening of a run to its resolution; Resolved counts
	// resolutions, of which one that was undone is none.
	Resolution Times
	Resolved   int
	// Missed counts windows that closed in the span while the customer waited.
	Missed int
	// Targets are the team's as they are now, the narrowest first, and how they were
	// kept in the span.
	Targets  []TargetStats
	Agents   []AgentStats
	Delivery Delivery
	// Failures are the reasons of what failed, the most frequent first.
	Failures  []Failure
	Templates []TemplateStats
	Ratings   Ratings
	// Charged counts what was delivered in the span by what the network charges it
	// as, as in Charges; Untold is what no receipt said it of.
	Charged map[string]int
	Untold  int
}

// Volume counts messages: In of customers, Out of ours, which had left for the
// network.
type Volume struct{ In, Out int }

// DayVolume is one day, by its first instant.
type DayVolume struct {
	Day time.Time
	Volume
}

// Channel is one account.
type Channel struct {
	Account  provider.AccountID
	Network  provider.Network
	Name     string
	Volume   Volume
	Delivery Delivery
	Kept     Kept
	// Service counts what was delivered as "service" since the month (UTC) of At began,
	// whatever the span: so many of them a month cost nothing. 0 where only one
	// conversation or agent is asked for.
	Service int
}

// TargetStats is how a target of the team's was kept.
type TargetStats struct {
	// Name is the setting's.
	Name string
	event.Target
	Kept Kept
}

// Kept is how targets were kept, each kind by itself. One is met when it was done in
// time, and missed at the instant at which it was not, whether or not it has been
// done since: each counts once, in the span in which it was decided.
type Kept struct{ First, Next, Resolution Score }

// Score counts what was done in time and what was not.
type Score struct{ Met, Missed int }

// Delivery is what became of messages of ours. Sent is what the network took,
// Delivered and Read what it said of them (what was read was delivered); a network
// without receipts says neither.
type Delivery struct {
	Tried, Sent, Delivered, Read, Failed, Unsure int
}

// Failure is one reason for which messages failed.
type Failure struct {
	Reason provider.Reason
	// Code is the network's own, Text plain words for a person; empty where unknown.
	Code, Text string
	N          int
}

// TemplateStats is how one template fared.
type TemplateStats struct {
	Name, Language string
	Delivery       Delivery
}

// AgentStats is what one of the team did.
type AgentStats struct {
	Agent event.AgentID
	// Name is empty for whoever the team has not defined.
	Name     string
	Replies  int
	Resolved int
	First    Times
	Kept     Kept
}

// Ratings is what customers said of how they were served: Stars[0] counts one star.
// Asked counts questions that left for the network.
type Ratings struct {
	Asked, Answered int
	Stars           [5]int
}

// Mean is the mean of the stars; 0 where nobody gave any.
func (r Ratings) Mean() float64 {
	n, sum := 0, 0
	for i, k := range r.Stars {
		n, sum = n+k, sum+k*(i+1)
	}
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}

// Times sums up spans of time. Median and Ninetieth are spans that happened: the
// shortest that at least half, or nine tenths, are not longer than.
type Times struct {
	N                          int
	Median, Ninetieth, Longest time.Duration
}

// timesOf sums up spans, and sorts them.
func timesOf(spans []time.Duration) Times {
	n := len(spans)
	if n == 0 {
		return Times{}
	}
	slices.Sort(spans)
	return Times{N: n, Median: spans[(n+1)/2-1], Ninetieth: spans[(9*n+9)/10-1], Longest: spans[n-1]}
}

// Stats counts. It reads every message of the span and more: it is for a person who
// asks, in a command, not for a screen that draws. Of an account or a conversation
// that is not here it is ErrNotFound.
func (s *Store) Stats(ctx context.Context, q StatsQuestion) (Stats, error) {
	if q.Location == nil {
		q.Location = time.UTC
	}
	c := &counting{store: s, q: q, now: s.Now(), failures: map[Failure]int{}, templates: map[[2]string]*Delivery{}, agents: map[event.AgentID]*AgentStats{}}
	c.stats = Stats{From: q.From, To: q.To, At: c.now, Charged: map[string]int{}}
	for _, read := range []struct {
		what string
		by   func(context.Context) error
	}{
		{"accounts", c.readAccounts},
		{"targets", c.readTargets},
		{"volume", c.readVolume},
		{"delivery", c.readDelivery},
		{"responses", c.readFlow},
		{"waiting", c.readWaiting},
		{"ratings", c.readRatings},
		{"charges", c.readCharged},
		{"agents", c.readNames},
	} {
		if err := read.by(ctx); err != nil {
			return Stats{}, fmt.Errorf("count %s: %w", read.what, err)
		}
	}
	c.finish()
	return c.stats, nil
}
