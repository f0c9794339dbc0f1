package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// told is one thing that happened, as a test that counts by hand keeps it.
type told struct {
	in       event.ConversationID
	account  provider.AccountID
	what     string // in, out, resolved, reopened, undo, rated
	at, sent time.Time
	by       event.AgentID
	job      event.JobState
	status   provider.Status
	template string
	stars    int
	rule     bool // a rule of the team's did it
	asks     bool // asks how it was
	rates    bool // answers that
}

const sales provider.AccountID = "sales" // an account without a window

// life draws what happens in a few conversations of two accounts: the events, and the
// same by hand.
func life(rt *rapid.T, l *storetest.Log) (events []event.Event, all []told) {
	l.At = storetest.Now.Add(-9 * 24 * time.Hour)
	events = []event.Event{l.Account(), l.Agent(storetest.Ana, "Ana"), l.Agent(storetest.Ben, "Ben")}
	second := l.Event("second", "", event.AccountDefined{Account: provider.Account{ID: sales, Network: provider.Instagram, Driver: "meta", Name: "Sales"}})
	second.Account = sales
	events = append(events, second)
	for range rapid.IntRange(1, 60).Draw(rt, "n") {
		chat := rapid.SampledFrom([]provider.ChatID{"1", "2", "3"}).Draw(rt, "chat")
		l.At = l.At.Add(time.Duration(rapid.IntRange(0, 14*3600).Draw(rt, "later")) * time.Second / 2)
		if !l.At.Before(storetest.Now) {
			break
		}
		f := told{in: storetest.ID(chat), account: storetest.Account, at: l.At}
		more := happen(rt, l, chat, &f)
		if rapid.Bool().Draw(rt, "sales") {
			f.account, f.in = sales, storetest.Key.Conversation(provider.ChatKey{Account: sales, Chat: chat})
			for i := range more {
				more[i].Account, more[i].Conversation = f.account, f.in
			}
		}
		events, all = append(events, more...), append(all, f)
	}
	return events, all
}

func happen(rt *rapid.T, l *storetest.Log, chat provider.ChatID, f *told) []event.Event {
	f.by = rapid.SampledFrom([]event.AgentID{storetest.Ana, storetest.Ben}).Draw(rt, "who")
	switch rapid.IntRange(0, 9).Draw(rt, "what") {
	case 0, 1, 2, 3:
		return written(rt, l, chat, f)
	case 4, 5, 6:
		return answered(rt, l, chat, f)
	case 7:
		f.what, f.rule = "resolved", rapid.IntRange(0, 3).Draw(rt, "rule") == 0
		r := event.Resolved{}
		if f.rule {
			r.Rule = "silent"
		}
		return []event.Event{l.By(f.by, chat, r)}
	case 8:
		f.what = "reopened"
		r := event.Reopened{}
		if rapid.Bool().Draw(rt, "undo") {
			f.what, r.Undone = "undo", &event.Undone{}
		}
		return []event.Event{l.By(f.by, chat, r)}
	}
	f.what, f.stars = "rated", rapid.IntRange(1, 5).Draw(rt, "stars")
	return []event.Event{l.By(f.by, chat, event.Rated{Stars: f.stars})}
}

func written(rt *rapid.T, l *storetest.Log, chat provider.ChatID, f *told) []event.Event {
	f.what, f.by = "in", ""
	f.sent = l.At.Add(-time.Duration(rapid.IntRange(-60, 7200).Draw(rt, "late")) * time.Second)
	if rapid.IntRange(0, 5).Draw(rt, "rates") == 0 {
		f.rates = true
		return []event.Event{l.Message(chat, "N", provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: "csat:5:op", Title: "★★★★★"}}, f.sent)}
	}
	return []event.Event{l.Inbound(chat, "N", "hello", f.sent)}
}

func answered(rt *rapid.T, l *storetest.Log, chat provider.ChatID, f *told) []event.Event {
	f.what = "out"
	f.job = rapid.SampledFrom([]event.JobState{event.JobSent, event.JobSent, event.JobSent, event.JobSending, event.JobFailed, event.JobUnsure, event.JobQueued, event.JobScheduled}).Draw(rt, "job")
	op := provider.OpID(fmt.Sprint("op", l.Seq()))
	content := provider.TextContent("hi")
	switch rapid.IntRange(0, 4).Draw(rt, "content") {
	case 0:
		f.template = rapid.SampledFrom([]string{"visit", "order"}).Draw(rt, "template")
		content = provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: f.template, Language: "es"}}
	case 1:
		f.asks = true
		content = provider.Content{Kind: provider.Interactive, Text: "How was it?", Menu: &provider.Menu{
			Form: "list", Options: []provider.MenuOption{{ID: "csat:5:" + string(op), Title: "5"}},
		}}
	case 2:
		content = provider.TextContent(`csat:5 is what "csat:5" says`)
	}
	state := event.SendState{Op: op, State: f.job, Chat: chat, Content: content, Attempt: 1}
	if f.rule = rapid.IntRange(0, 4).Draw(rt, "rule") == 0; f.rule {
		state.Plan = event.Plan{Edition: 1, Rule: "closed"}
	}
	if f.job == event.JobFailed {
		state.Error = &provider.Error{Reason: provider.Invalid, Code: "100"}
	}
	if f.job == event.JobSent {
		state.Message = provider.MessageID("w." + op)
	}
	e := l.Event(string(op)+":"+string(f.job), storetest.ID(chat), state)
	e.By = f.by
	events := []event.Event{e}
	if f.job == event.JobSent {
		f.status = rapid.SampledFrom([]provider.Status{provider.NoStatus, provider.Sent, provider.Failed, provider.Delivered, provider.Read}).Draw(rt, "status")
		if f.status != provider.NoStatus {
			events = append(events, l.Receipt(chat, state.Message, op, f.status))
		}
	}
	return events
}

func (f *told) left() bool {
	return f.what == "out" && slices.Contains([]event.JobState{event.JobSending, event.JobSent, event.JobFailed, event.JobUnsure}, f.job)
}

func (f *told) answers() bool {
	return f.left() && !f.rule && f.job != event.JobFailed && f.status != provider.Failed
}

// byHand counts the slow way: it walks through each conversation as an agent lived it.
func byHand(all []told, q store.StatsQuestion) store.Stats {
	st := store.Stats{}
	in := func(t time.Time) bool { return !t.Before(q.From) && t.Before(q.To) }
	templates := map[string]*store.Delivery{}
	agents := map[event.AgentID]*store.AgentStats{}
	for i := range all {
		f := &all[i]
		if f.left() || f.what == "resolved" {
			if in(f.at) && agents[f.by] == nil {
				agents[f.by] = &store.AgentStats{Agent: f.by, Name: map[event.AgentID]string{"ana": "Ana", "ben": "Ben"}[f.by]}
			}
		}
		if in(f.at) {
			handOne(&st, f, templates, agents)
		}
	}
	for _, name := range []string{"order", "visit"} {
		if d := templates[name]; d != nil {
			st.Templates = append(st.Templates, store.TemplateStats{Name: name, Language: "es", Delivery: *d})
		}
	}
	slices.SortStableFunc(st.Templates, func(a, b store.TemplateStats) int { return b.Delivery.Tried - a.Delivery.Tried })
	handRuns(&st, all, in, agents)
	for _, id := range []event.AgentID{storetest.Ana, storetest.Ben} {
		if a := agents[id]; a != nil && (a.Replies > 0 || a.Resolved > 0) {
			st.Agents = append(st.Agents, *a)
		}
	}
	return st
}

func handOne(st *store.Stats, f *told, templates map[string]*store.Delivery, agents map[event.AgentID]*store.AgentStats) {
	switch {
	case f.what == "in":
		st.Hours[f.at.Hour()].In++
	case f.what == "rated":
		st.Ratings.Answered++
		st.Ratings.Stars[f.stars-1]++
	case f.left():
		st.Hours[f.at.Hour()].Out++
		if !f.rule {
			agents[f.by].Replies++
		}
		if f.asks {
			st.Ratings.Asked++
		}
		into := []*store.Delivery{&st.Delivery}
		if f.template != "" {
			if templates[f.template] == nil {
				templates[f.template] = &store.Delivery{}
			}
			into = append(into, templates[f.template])
		}
		for _, d := range into {
			handDelivery(d, f)
		}
	}
}

func handDelivery(d *store.Delivery, f *told) {
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	count(&d.Tried, true)
	count(&d.Sent, f.job == event.JobSent)
	count(&d.Delivered, f.status == provider.Delivered || f.status == provider.Read)
	count(&d.Read, f.status == provider.Read)
	count(&d.Failed, f.job == event.JobFailed || f.status == provider.Failed)
	count(&d.Unsure, f.job == event.JobUnsure)
}

// handRuns walks through the runs of each conversation.
func handRuns(st *store.Stats, all []told, in func(time.Time) bool, agents map[event.AgentID]*store.AgentStats) {
	spans := map[string][]time.Duration{}
	by := map[event.ConversationID][]told{}
	for i := range all {
		by[all[i].in] = append(by[all[i].in], all[i])
	}
	for _, list := range by {
		list = handUndone(list)
		var waits, opened *told
		answered := false
		for i := range list {
			f := &list[i]
			switch {
			case f.what == "in" && !f.rates:
				waits, opened = cmp.Or(waits, f), cmp.Or(opened, f)
			case f.what == "reopened":
				opened = cmp.Or(opened, f)
			case f.answers() && waits != nil:
				kind := "first " + string(f.by)
				if answered {
					kind = "next"
				}
				if in(f.at) {
					spans[kind] = append(spans[kind], max(f.at.Sub(waits.sent), 0))
				}
				waits, answered = nil, true
			case f.what == "resolved":
				if in(f.at) {
					st.Resolved++
					if !f.rule {
						agents[f.by].Resolved++
					}
					if opened != nil {
						spans["ends"] = append(spans["ends"], f.at.Sub(opened.at))
					}
				}
				waits, opened, answered = nil, nil, false
			}
		}
		st.Missed += handMissed(list, in)
	}
	st.Next, st.Resolution = handTimes(spans["next"]), handTimes(spans["ends"])
	st.First = handTimes(slices.Concat(spans["first ana"], spans["first ben"]))
	for id, a := range agents {
		a.First = handTimes(spans["first "+string(id)])
	}
}

// handUndone leaves out resolutions that were undone, and their undoing.
func handUndone(list []told) (kept []told) {
	next := func(i int) string {
		for _, f := range list[i+1:] {
			if f.what != "out" && f.what != "rated" && !f.rates {
				return f.what
			}
		}
		return ""
	}
	for i, f := range list {
		if f.what != "undo" && (f.what != "resolved" || next(i) != "undo") {
			kept = append(kept, f)
		}
	}
	return kept
}

func handMissed(list []told, in func(time.Time) bool) (n int) {
	if list == nil || list[0].account == sales {
		return 0
	}
	var heard time.Time
	for i, f := range list {
		if f.what != "in" || f.rates {
			continue
		}
		if f.sent.After(heard) {
			heard = f.sent
		}
		closes, ended := heard.Add(24*time.Hour), storetest.Now
		for _, g := range list[i+1:] {
			if g.what == "in" && !g.rates {
				ended = g.sent
				if heard.After(ended) {
					ended = heard
				}
				break
			}
			if g.answers() || g.what == "resolved" {
				ended = g.at
				break
			}
		}
		if closes.Before(ended) && in(closes) {
			n++
		}
	}
	return n
}

func handTimes(spans []time.Duration) store.Times {
	slices.Sort(spans)
	at := func(part int) time.Duration { // the first that part percent are not longer than
		for i := range spans {
			if (i+1)*100 >= part*len(spans) {
				return spans[i]
			}
		}
		return 0
	}
	return store.Times{N: len(spans), Median: at(50), Ninetieth: at(90), Longest: at(100)}
}
