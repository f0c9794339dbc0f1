package strings

import (
	"fmt"
	"time"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// Target is the words of what the team has set itself. That it was missed is said by a
// word and a sign, not by a colour.
type Target struct {
	// Row is the time left, or since when it is late, in a row.
	Row func(left time.Duration) string
	// Head says it with what it is about, the longest form first.
	Head func(d store.Deadline, now time.Time) []string
}

func englishTarget() Target {
	return Target{Row: targetLeft, Head: targetHead}
}

func targetLeft(left time.Duration) string {
	if left <= 0 {
		return "late −" + span(-left)
	}
	return "due " + span(left)
}

func targetHead(d store.Deadline, now time.Time) []string {
	left := targetLeft(d.At.Sub(now))
	what := targetWord(d.Of) + " " + left
	return []string{what + " (" + moment(d.At, now) + ")", what, left}
}

func targetWord(of event.TargetOf) string {
	switch of {
	case event.TargetFirst:
		return "first reply"
	case event.TargetNext:
		return "next reply"
	}
	return "resolution"
}

// targetRows are how targets were kept: each of the team's, then the inboxes and the
// agents that any applied to.
func targetRows(st *store.Stats) (rows []StatsRow) {
	for i := range st.Targets {
		t := &st.Targets[i]
		for _, of := range []struct {
			kind  event.TargetOf
			score store.Score
		}{{event.TargetFirst, t.Kept.First}, {event.TargetNext, t.Kept.Next}, {event.TargetResolution, t.Kept.Resolution}} {
			if within := t.Within(of.kind); within > 0 {
				rows = append(rows, scoreRow(fmt.Sprintf("%s: %s in %s", t.Name, targetWord(of.kind), span(within)), of.score))
			}
		}
	}
	if len(rows) == 0 {
		return []StatsRow{{Says: "The team has set itself no target; frontdesk targets set does"}}
	}
	for i := range st.Channels {
		if s := st.Channels[i].Kept.All(); s != (store.Score{}) {
			rows = append(rows, scoreRow(channelName(&st.Channels[i]), s))
		}
	}
	for i := range st.Agents {
		if s := st.Agents[i].Kept.All(); s != (store.Score{}) {
			rows = append(rows, scoreRow("@"+agentName(&st.Agents[i]), s))
		}
	}
	return rows
}

func scoreRow(what string, s store.Score) StatsRow {
	says := "none"
	if all := s.Met + s.Missed; all > 0 {
		says = fmt.Sprintf("%d met, %d missed (%s)", s.Met, s.Missed, share(s.Met, all))
	}
	return StatsRow{What: what, Says: says, Bar: true, In: s.Met, Out: s.Missed}
}
