package strings

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/store"
)

// Stats is the words of the figures. What is named in them (agents, accounts,
// templates, reasons) is remote text, to be cleaned before it is shown.
type Stats struct {
	Title string
	// Reading stands while they are counted.
	Reading string
	// Theirs names the section of the network's own figures.
	Theirs string
	// Spans name what is counted over, by the key that chooses it.
	Spans []StatsSpan
	// Sections says all that was counted.
	Sections func(*store.Stats) []StatsSection
	// From says what span it is, in the zone of now.
	From func(st *store.Stats, now time.Time) string
	// About says over what span, and of whose conversation alone, where it is one.
	About func(span, who string) string
	// Hints are the keys; one more where a conversation may be counted alone.
	Hints func(one bool) []Hint
}

// StatsSpan is one span: the key, its name, and how many days it has, today among
// them.
type StatsSpan struct {
	Key, Name string
	Days      int
}

// StatsSection is the rows of one question.
type StatsSection struct {
	// Name is one word, Title says what is counted and how.
	Name, Title string
	Rows        []StatsRow
}

// StatsRow is one figure. Bars are two parts of a whole that a bar shows beside it: In
// is what came, Out what went; both 0 where it is no bar.
type StatsRow struct {
	What, Says string
	Bar        bool
	In, Out    int
}

func englishStats() Stats {
	return Stats{
		Title: "Statistics", Reading: "counting …", Theirs: "Network",
		Spans:    []StatsSpan{{"1", "today", 1}, {"7", "7 days", 7}, {"3", "30 days", 30}},
		Sections: statsSections,
		From: func(st *store.Stats, now time.Time) string {
			last := st.To.Add(-time.Millisecond)
			if last.After(now) {
				last = now
			}
			from, to := st.From.In(now.Location()).Format("2 Jan 2006"), last.In(now.Location()).Format("2 Jan 2006")
			if from == to {
				return from
			}
			return from + " to " + to
		},
		About: func(span, who string) string {
			if who == "" {
				return span
			}
			return span + ", with " + who + " alone"
		},
		Hints: func(one bool) []Hint {
			hints := []Hint{{"Tab", "next figures"}, {"1/7/3", "today, 7 or 30 days"}}
			if one {
				hints = append(hints, Hint{"c", "this conversation or all"})
			}
			return append(hints, Hint{"↑ ↓", "scroll"}, Hint{"Esc", "back to the inbox"})
		},
	}
}

func statsSections(st *store.Stats) []StatsSection {
	return []StatsSection{
		{"Volume", "Messages by the hour of the day: █ from customers, ░ from us", volumeRows(st)},
		{"Times", "How long customers wait", timesRows(st)},
		{"Targets", "How the team kept what it has set itself: █ met, ░ missed", targetRows(st)},
		{"Agents", "What each of the team did", agentRows(st)},
		{"Delivery", "What became of messages from us, as far as networks told", deliveryRows(st)},
		{"Templates", "How templates fared", templateRows(st)},
		{"Ratings", "What customers said of how they were served", ratingRows(st)},
		{"Cost", "What was delivered, by what the network charges it as", costRows(st)},
	}
}

func volumeRows(st *store.Stats) (rows []StatsRow) {
	in, out := 0, 0
	for _, v := range st.Hours {
		in, out = in+v.In, out+v.Out
	}
	rows = append(rows, StatsRow{What: "All", Says: inOut(in, out)})
	for hour, v := range st.Hours {
		rows = append(rows, StatsRow{What: fmt.Sprintf("%02d:00", hour), Says: inOut(v.In, v.Out), Bar: true, In: v.In, Out: v.Out})
	}
	if len(st.Days) > 1 {
		for _, d := range st.Days {
			rows = append(rows, StatsRow{What: d.Day.Format("Mon 2 Jan"), Says: inOut(d.In, d.Out), Bar: true, In: d.In, Out: d.Out})
		}
	}
	for i := range st.Channels {
		c := &st.Channels[i]
		rows = append(rows, StatsRow{What: channelName(c), Says: inOut(c.Volume.In, c.Volume.Out), Bar: true, In: c.Volume.In, Out: c.Volume.Out})
	}
	return rows
}

func channelName(c *store.Channel) string {
	if c.Name != "" {
		return c.Name
	}
	return string(c.Account)
}

func inOut(in, out int) string { return fmt.Sprintf("%d in, %d out", in, out) }

func timesRows(st *store.Stats) []StatsRow {
	waiting := "nobody"
	if st.Waiting.N > 0 {
		waiting = fmt.Sprintf("%d, the longest for %s, half of them for %s or more", st.Waiting.N, took(st.Waiting.Longest), took(st.Waiting.Median))
	}
	return []StatsRow{
		{What: "Waiting now", Says: waiting},
		{What: "First response", Says: timesWords(st.First)},
		{What: "Next responses", Says: timesWords(st.Next)},
		{What: "Resolution", Says: timesWords(st.Resolution)},
		{What: "Resolved", Says: fmt.Sprint(st.Resolved)},
		{What: "Windows missed", Says: fmt.Sprintf("%d closed while the customer waited", st.Missed)},
	}
}

func timesWords(t store.Times) string {
	if t.N == 0 {
		return "none"
	}
	return fmt.Sprintf("median %s, 9 of 10 within %s, longest %s, of %d", took(t.Median), took(t.Ninetieth), took(t.Longest), t.N)
}

// took is a length of time gone by, to the second where it is short.
func took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%ds", int(d/time.Second))
	}
	return span(d)
}

func agentRows(st *store.Stats) (rows []StatsRow) {
	for i := range st.Agents {
		a := &st.Agents[i]
		says := fmt.Sprintf("%d sent, %d resolved", a.Replies, a.Resolved)
		if a.First.N > 0 {
			says += fmt.Sprintf(", median first response %s of %d", took(a.First.Median), a.First.N)
		}
		rows = append(rows, StatsRow{What: agentName(a), Says: says, Bar: true, Out: a.Replies})
	}
	return orNone(rows, "Nobody sent or resolved anything")
}

func agentName(a *store.AgentStats) string {
	if a.Name != "" {
		return a.Name
	}
	return string(a.Agent)
}

// orNone is the rows, or one that says why there is none.
func orNone(rows []StatsRow, why string) []StatsRow {
	if len(rows) == 0 {
		return []StatsRow{{Says: why}}
	}
	return rows
}

func deliveryRows(st *store.Stats) []StatsRow {
	rows := []StatsRow{{What: "All", Says: deliveryWords(st.Delivery)}}
	for i := range st.Channels {
		if c := &st.Channels[i]; c.Delivery.Tried > 0 {
			rows = append(rows, StatsRow{What: channelName(c), Says: deliveryWords(c.Delivery)})
		}
	}
	for _, f := range st.Failures {
		what := "✗ " + string(f.Reason)
		if f.Code != "" {
			what += " " + f.Code
		}
		says := fmt.Sprint(f.N)
		if f.Text != "" {
			says += ": " + f.Text
		}
		rows = append(rows, StatsRow{What: what, Says: says})
	}
	return rows
}

// deliveryWords says each part and of how many.
func deliveryWords(d store.Delivery) string {
	if d.Tried == 0 {
		return "nothing was sent"
	}
	said := []string{fmt.Sprintf("%d tried", d.Tried)}
	for _, p := range []struct {
		n    int
		word string
	}{{d.Delivered, "delivered"}, {d.Read, "read"}, {d.Failed, "failed"}, {d.Unsure, "unsure"}} {
		if p.n > 0 {
			said = append(said, fmt.Sprintf("%d %s (%s)", p.n, p.word, share(p.n, d.Tried)))
		}
	}
	return strings.Join(said, ", ")
}

// share is a part in percent. It is 0 % and 100 % only where it is exactly that.
func share(n, of int) string {
	percent := (200*n + of) / (2 * of)
	if percent == 0 && n > 0 {
		return "<1 %"
	}
	if percent == 100 && n < of {
		return ">99 %"
	}
	return fmt.Sprintf("%d %%", percent)
}

func templateRows(st *store.Stats) (rows []StatsRow) {
	for _, t := range st.Templates {
		rows = append(rows, StatsRow{What: t.Name + " (" + t.Language + ")", Says: deliveryWords(t.Delivery)})
	}
	return orNone(rows, "No template was sent")
}

func ratingRows(st *store.Stats) []StatsRow {
	r := st.Ratings
	rows := []StatsRow{{What: "Asked", Says: fmt.Sprint(r.Asked)}, {What: "Answered", Says: fmt.Sprint(r.Answered)}}
	if r.Answered == 0 {
		return rows
	}
	rows = append(rows, StatsRow{What: "Mean", Says: fmt.Sprintf("%.1f of 5", r.Mean())})
	for i := len(r.Stars) - 1; i >= 0; i-- {
		rows = append(rows, StatsRow{What: strings.Repeat("★", i+1), Says: fmt.Sprint(r.Stars[i]), Bar: true, In: r.Stars[i]})
	}
	return rows
}

func costRows(st *store.Stats) (rows []StatsRow) {
	for _, as := range slices.Sorted(maps.Keys(st.Charged)) {
		rows = append(rows, StatsRow{What: chargeWord(as), Says: fmt.Sprint(st.Charged[as]), Bar: true, Out: st.Charged[as]})
	}
	for i := range st.Channels {
		if n := st.Channels[i].Service; n > 0 {
			rows = append(rows, StatsRow{What: channelName(&st.Channels[i]), Says: freeWords(n)})
		}
	}
	if st.Untold > 0 {
		rows = append(rows, StatsRow{What: "No word of it", Says: fmt.Sprintf("%d that no receipt named a category of", st.Untold)})
	}
	return orNone(rows, "No receipt told of any delivery")
}

// freeWords is the counter of service messages of this month.
func freeWords(n int) string {
	if n > freeService {
		return fmt.Sprintf("%d service messages this month (UTC): %d more than are said to be free", n, n-freeService)
	}
	return fmt.Sprintf("%d of the %d service messages used that are said to be free this month (UTC)", n, freeService)
}
