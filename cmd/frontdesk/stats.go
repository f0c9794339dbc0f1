package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// stats is the verb `stats`: the figures of a span, in the words of the screen.
func (e environment) stats(ctx context.Context, args []string) error {
	f := e.flags("stats")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	days := f.Int("days", 7, "count so many days, today among them")
	from := f.String("from", "", "count from this day on, as 2026-11-30; --days does not count then")
	to := f.String("to", "", "count up to this day, which is counted too; else up to now")
	agent := f.String("agent", "", "count what this agent did alone, by id")
	account := f.String("account", "", "count this inbox alone, by id")
	only := f.String("conversation", "", "count this conversation alone; conversations list shows the ids")
	asJSON := f.Bool("json", false, "print JSON")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	now := r.store.Now().Local()
	var theirs *theirFigures
	q := store.StatsQuestion{Location: now.Location(), Account: provider.AccountID(*account), Agent: event.AgentID(*agent)}
	if q.From, q.To, err = statsSpan(now, *days, *from, *to); err != nil {
		return err
	}
	if *only != "" {
		c, err := r.find(ctx, *only)
		if err != nil {
			return err
		}
		q.Conversation = c.ID
		theirs = e.askFigures(ctx, *dir, &c)
	}
	st, err := r.store.Stats(ctx, q)
	if errors.Is(err, store.ErrNotFound) {
		return &fault{what: fmt.Sprintf("there is no inbox %q", *account), todo: "frontdesk accounts list names them"}
	}
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	if *asJSON {
		row := statsRow(&st)
		row.Network = theirs.json()
		return printJSON(e.out, row)
	}
	if err := e.showStats(&st, now); err != nil {
		return err
	}
	return e.showTheirs(theirs, now)
}

// mostDays is about ten years: a list of more days than that is a slip.
const mostDays = 3660

// statsSpan is what is counted: whole days of this machine's zone.
func statsSpan(now time.Time, days int, from, to string) (start, end time.Time, err error) {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, now.Location())
	}
	if days < 1 || days > mostDays {
		return start, end, &usageError{what: fmt.Sprintf("--days %d is no number of days", days), todo: fmt.Sprintf("take 1 to %d", mostDays)}
	}
	start, end = midnight(now).AddDate(0, 0, 1-days), midnight(now).AddDate(0, 0, 1)
	for _, day := range []struct {
		flag, text string
		into       *time.Time
		add        int
	}{{"--from", from, &start, 0}, {"--to", to, &end, 1}} {
		if day.text == "" {
			continue
		}
		t, err := time.ParseInLocation(time.DateOnly, day.text, now.Location())
		if err != nil {
			return start, end, &usageError{what: fmt.Sprintf("%s %q is no day", day.flag, day.text), todo: "write it as 2026-11-30"}
		}
		*day.into = t.AddDate(0, 0, day.add)
	}
	if from == "" && to != "" {
		start = end.AddDate(0, 0, -days)
	}
	if !start.Before(end) || end.Sub(start) > (mostDays+1)*24*time.Hour {
		return start, end, &usageError{what: "there is no such span from --from to --to", todo: fmt.Sprintf("take up to %d days, the first day first", mostDays)}
	}
	return start, end, nil
}

func (e environment) showStats(st *store.Stats, now time.Time) error {
	w := words.English().Stats
	var out columns
	out.add(safetext.Line(w.Title + ", " + w.From(st, now)))
	for _, s := range w.Sections(st) {
		out.add(safetext.Text{})
		out.add(safetext.Line(s.Name))
		for _, r := range s.Rows {
			if r.What == "" {
				out.add(safetext.Line("  " + r.Says))
				continue
			}
			out.add(safetext.Line("  "+r.What), safetext.Line(r.Says))
		}
	}
	return out.write(e.out)
}

// The JSON of stats; lengths of time are whole seconds.
type (
	statsJSON struct {
		From       time.Time         `json:"from"`
		To         time.Time         `json:"to"`
		At         time.Time         `json:"at"`
		Hours      []volumeJSON      `json:"hours"`
		Days       []dayJSON         `json:"days"`
		Channels   []channelJSON     `json:"channels"`
		Waiting    timesJSON         `json:"waiting"`
		First      timesJSON         `json:"first_response"`
		Next       timesJSON         `json:"next_response"`
		Resolution timesJSON         `json:"resolution"`
		Resolved   int               `json:"resolved"`
		Missed     int               `json:"windows_missed"`
		Targets    []targetStatsJSON `json:"targets"`
		Agents     []agentJSON       `json:"agents"`
		Delivery   deliveryJSON      `json:"delivery"`
		Failures   []failureJSON     `json:"failures"`
		Templates  []templateJSON    `json:"templates"`
		Ratings    ratingJSON        `json:"ratings"`
		// Network is what the network itself counts of one conversation, where it does.
		Network *theirsJSON    `json:"network,omitempty"`
		Charged map[string]int `json:"charged"`
		Untold  int            `json:"charged_untold"`
	}
	volumeJSON struct {
		In  int `json:"in"`
		Out int `json:"out"`
	}
	dayJSON struct {
		Day string `json:"day"`
		volumeJSON
	}
	channelJSON struct {
		Account  string       `json:"account"`
		Network  string       `json:"network"`
		Name     string       `json:"name,omitempty"`
		Volume   volumeJSON   `json:"volume"`
		Delivery deliveryJSON `json:"delivery"`
		Targets  keptJSON     `json:"targets"`
		// Service is of this month (UTC), whatever the span.
		Service int `json:"service_this_month,omitempty"`
	}
	timesJSON struct {
		N         int   `json:"n"`
		Median    int64 `json:"median_s"`
		Ninetieth int64 `json:"p90_s"`
		Longest   int64 `json:"longest_s"`
	}
	agentJSON struct {
		Agent    string    `json:"agent"`
		Name     string    `json:"name,omitempty"`
		Sent     int       `json:"sent"`
		Resolved int       `json:"resolved"`
		First    timesJSON `json:"first_response"`
		Targets  keptJSON  `json:"targets"`
	}
	// What was met and missed, and within how many seconds it is to be done.
	targetStatsJSON struct {
		Name             string `json:"name"`
		FirstWithin      int64  `json:"first_within_s,omitempty"`
		NextWithin       int64  `json:"next_within_s,omitempty"`
		ResolutionWithin int64  `json:"resolution_within_s,omitempty"`
		keptJSON
	}
	keptJSON struct {
		First      scoreJSON `json:"first"`
		Next       scoreJSON `json:"next"`
		Resolution scoreJSON `json:"resolution"`
	}
	scoreJSON struct {
		Met    int `json:"met"`
		Missed int `json:"missed"`
	}
	deliveryJSON struct {
		Tried     int `json:"tried"`
		Sent      int `json:"sent"`
		Delivered int `json:"delivered"`
		Read      int `json:"read"`
		Failed    int `json:"failed"`
		Unsure    int `json:"unsure"`
	}
	failureJSON struct {
		Reason string `json:"reason"`
		Code   string `json:"code,omitempty"`
		Text   string `json:"text,omitempty"`
		N      int    `json:"n"`
	}
	templateJSON struct {
		Name     string       `json:"name"`
		Language string       `json:"language"`
		Delivery deliveryJSON `json:"delivery"`
	}
	ratingJSON struct {
		Asked    int     `json:"asked"`
		Answered int     `json:"answered"`
		Mean     float64 `json:"mean,omitempty"`
		Stars    [5]int  `json:"stars"`
	}
)

func statsRow(st *store.Stats) statsJSON {
	row := statsJSON{
		From: st.From, To: st.To, At: st.At, Waiting: timesRow(st.Waiting), First: timesRow(st.First), Next: timesRow(st.Next),
		Resolution: timesRow(st.Resolution), Resolved: st.Resolved, Missed: st.Missed, Delivery: deliveryJSON(st.Delivery),
		Ratings: ratingJSON{st.Ratings.Asked, st.Ratings.Answered, st.Ratings.Mean(), st.Ratings.Stars}, Charged: st.Charged, Untold: st.Untold,
		Days: []dayJSON{}, Channels: []channelJSON{}, Agents: []agentJSON{}, Targets: []targetStatsJSON{}, Failures: []failureJSON{}, Templates: []templateJSON{},
	}
	for _, v := range st.Hours {
		row.Hours = append(row.Hours, volumeJSON(v))
	}
	for _, d := range st.Days {
		row.Days = append(row.Days, dayJSON{d.Day.Format(time.DateOnly), volumeJSON(d.Volume)})
	}
	for _, c := range st.Channels {
		row.Channels = append(row.Channels, channelJSON{string(c.Account), string(c.Network), c.Name, volumeJSON(c.Volume), deliveryJSON(c.Delivery), keptRow(c.Kept), c.Service})
	}
	for _, a := range st.Agents {
		row.Agents = append(row.Agents, agentJSON{string(a.Agent), a.Name, a.Replies, a.Resolved, timesRow(a.First), keptRow(a.Kept)})
	}
	for _, t := range st.Targets {
		seconds := func(s event.Span) int64 { return int64(time.Duration(s) / time.Second) }
		row.Targets = append(row.Targets, targetStatsJSON{t.Name, seconds(t.First), seconds(t.Next), seconds(t.Resolution), keptRow(t.Kept)})
	}
	for _, f := range st.Failures {
		row.Failures = append(row.Failures, failureJSON{string(f.Reason), f.Code, f.Text, f.N})
	}
	for _, t := range st.Templates {
		row.Templates = append(row.Templates, templateJSON{t.Name, t.Language, deliveryJSON(t.Delivery)})
	}
	return row
}

func keptRow(k store.Kept) keptJSON {
	return keptJSON{scoreJSON(k.First), scoreJSON(k.Next), scoreJSON(k.Resolution)}
}

func timesRow(t store.Times) timesJSON {
	return timesJSON{t.N, int64(t.Median / time.Second), int64(t.Ninetieth / time.Second), int64(t.Longest / time.Second)}
}
