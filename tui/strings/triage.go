package strings

import (
	"fmt"
	"strconv"
	"time"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// Triage is the words of what comes next in a conversation: snoozes, labels,
// priority, selections and views of one's own.
type Triage struct {
	// Priority names one; empty for none, which nothing is said of.
	Priority func(event.Priority) string
	// BackIn says when a snoozed one comes back, BackWhenTheyWrite that only the
	// customer brings it; BackSince, since when one is back.
	BackIn            func(time.Duration) string
	BackWhenTheyWrite string
	BackSince         func(at, now time.Time) string
	// Snoozed is the status, in a sentence.
	Snoozed func(until, now time.Time) string
	// NotALabel says what is wrong with what was typed.
	NotALabel func(store.LabelReason) Said
	// Many is how a selection is called in the place of a name.
	Many func(n int) string
	// View names a view, with what narrows it and its order.
	View func(store.Query) string
	// NotAFilter says what is wrong with a filter that was typed.
	NotAFilter func(word string) Said

	Snooze     Snooze
	Label      Labels
	Importance Choose
	Sort       Choose
	// Export is the formats that a conversation or a view is written in.
	Export Choose
	Notes  Ask
	Lists  Lists
	Save   SaveView
}

// Snooze is the words of the choice until when.
type Snooze struct {
	Title, Prompt string
	// Presets are the choices, in the order of their digits.
	UntilTheyWrite, LaterToday, Tomorrow, Monday, NextWeek string
	// Typed says what the typed words mean.
	Typed func(at, now time.Time) string
	Hints []Hint
}

// Labels is the words of the list of labels.
type Labels struct {
	Title, Prompt, None string
	Create              func(name string) string
	Used                func(n int) string
	Hints               []Hint
}

// Choose is the words of a short list.
type Choose struct {
	Title string
	Items []Hint
	Now   string
	Hints []Hint
}

// Ask is the words of one line to type.
type Ask struct {
	Title, Prompt string
	Hints         []Hint
}

// Lists is the words of the list of views.
type Lists struct {
	Title, Prompt string
	NoMatch       func(string) string
	Yours, Labels string
	// Team says of a team how many of its open ones belong to nobody.
	Team func(queue int) string
	// GoTo is the palette's name of a saved view or a label.
	GoTo  func(string) string
	Hints []Hint
}

// SaveView is the words of the form for a saved view.
type SaveView struct {
	Heading                          string
	NamePrompt, FilterPrompt         string
	NoKey, MineAlone, Everybody      string
	NameLabel, FilterLabel, KeyLabel string
	ForLabel                         string
	// Shows says what the filter means.
	Shows   func(view string) string
	NoName  Said
	Filters string
	Hints   []Hint
}

func englishTriage() Triage {
	return Triage{
		Priority:          priority,
		BackIn:            func(d time.Duration) string { return "back in " + left(d) },
		BackWhenTheyWrite: "until they write",
		BackSince:         func(at, now time.Time) string { return "back since " + stamp(at, now) },
		Snoozed:           snoozed,
		NotALabel:         notALabel,
		NotAFilter: func(word string) Said {
			return Said{"“" + word + "” is no filter.", "Take label:, in:, team:, assigned:, is: or sort:, or words alone."}
		},
		Many: func(n int) string { return plural(n, "conversation", "conversations") },
		View: viewName,
		Snooze: Snooze{
			Title: "Snooze until", Prompt: "or type: fri 9am, in 2h, tomorrow 14:30",
			UntilTheyWrite: "they write", LaterToday: "later today", Tomorrow: "tomorrow morning", Monday: "Monday morning", NextWeek: "in a week",
			Typed: func(at, now time.Time) string {
				return day(at, now) + ", " + moment(at, at) + ", in " + left(at.Sub(now).Round(time.Minute))
			},
			Hints: []Hint{{"Enter", "snooze"}, {"↑ ↓", "choose"}, {"Esc", "back"}},
		},
		Label: Labels{
			Title: "Label", Prompt: "find one, or type a new one", None: "No label yet. Type one.",
			Create: func(name string) string { return "new label “" + name + "”" },
			Used:   func(n int) string { return plural(n, "use", "uses") },
			Hints:  []Hint{{"Tab", "set, unset"}, {"Enter", "save"}, {"Ctrl+D", "unlist"}, {"Esc", "back"}},
		},
		Importance: Choose{
			Title: "Priority", Now: "now",
			Items: []Hint{{"u", priorityNames[event.UrgentPriority]}, {"h", priorityNames[event.HighPriority]}, {"m", priorityNames[event.MediumPriority]}, {"l", priorityNames[event.LowPriority]}, {"n", "none"}},
			Hints: choosing(),
		},
		Sort: Choose{
			Title: "Sort by", Now: "this way now",
			Items: []Hint{{"o", "the view's own way"}, {"n", "newest"}, {"w", "longest waiting"}, {"c", "window closing soonest"}, {"p", "most urgent"}, {"t", "target missed soonest"}},
			Hints: choosing(),
		},
		Export: Choose{
			Title: "Export as", Now: "the usual one",
			Items: []Hint{{"h", "one page for a browser, with pictures"}, {"m", "Markdown"}, {"j", "JSON, a line for each thing"}, {"c", "a table (CSV)"}},
			Hints: choosing(),
		},
		Notes: Ask{
			Title: "Private note", Prompt: "only the team sees it", Hints: []Hint{{"Enter", "save"}, {"Esc", "back"}},
		},
		Lists: Lists{
			Title: "Go to", Prompt: "a view, a team or a label", Yours: "yours alone", Labels: "a label", Team: teamHas, GoTo: func(name string) string { return "go to " + name },
			NoMatch: func(q string) string { return "No view is called “" + q + "”." },
			Hints:   []Hint{{"Enter", "go"}, {"Ctrl+N", "new view"}, {"Ctrl+D", "remove it"}, {"Esc", "back"}},
		},
		Save: englishSaveView(),
	}
}

func englishSaveView() SaveView {
	return SaveView{
		Heading: "Save a view", NamePrompt: "what it is called", FilterPrompt: "label:billing assigned:me sort:waiting",
		NameLabel: "name", FilterLabel: "filter", KeyLabel: "key", ForLabel: "for",
		NoKey: "no key", MineAlone: "me alone", Everybody: "the team",
		Shows:   func(view string) string { return "shows " + view },
		NoName:  Said{"It has no name.", "Type one."},
		Filters: "label:  in: (an inbox)  team:  assigned: (me, nobody)  is: (open, snoozed, resolved)  sort: (newest, waiting, window, priority)  words",
		Hints:   []Hint{{"Tab", "next field"}, {"← →", "change"}, {"Enter", "save"}, {"Esc", "back"}},
	}
}

func teamHas(queue int) string {
	if queue == 0 {
		return "a team"
	}
	return "a team · " + strconv.Itoa(queue) + " of nobody"
}

func choosing() []Hint { return []Hint{{"Enter", "take it"}, {"↑ ↓", "choose"}, {"Esc", "back"}} }

var priorityNames = [...]string{"", "low", "medium", "high", "urgent"}

func priority(p event.Priority) string {
	return priorityNames[min(max(p, event.NoPriority), event.UrgentPriority)]
}

func snoozed(until, now time.Time) string {
	if until.IsZero() {
		return "snoozed until they write"
	}
	return "snoozed until " + moment(until, now)
}

func notALabel(r store.LabelReason) Said {
	switch r {
	case store.LabelLong:
		return Said{fmt.Sprintf("A label has at most %d characters.", store.MaxLabel), "Take a shorter one."}
	case store.LabelControls:
		return Said{"It holds characters that cannot be seen.", "Type it anew."}
	case store.LabelMany:
		return Said{fmt.Sprintf("A conversation has at most %d labels.", store.MaxLabels), "Take one away first."}
	}
	return Said{"A label needs a letter or two.", "Type one."}
}

// viewName says a view that is no standing one: where it looks, what narrows it,
// and its order.
func viewName(q store.Query) string {
	in := q.In
	if in == "" && q.Status == "" {
		in = store.ViewAll
	}
	var name string
	add := func(s string) {
		if s == "" {
			return
		}
		if name != "" {
			name += " · "
		}
		name += s
	}
	narrow := q
	narrow.In, narrow.Order = "", ""
	if in != store.ViewAll || narrow == (store.Query{}) {
		add(views()[in])
	}
	add(statuses()[q.Status])
	add(q.Label)
	add(string(q.Account))
	add(q.Team)
	switch q.Assignee {
	case "":
	case store.AssignedToMe:
		add("mine")
	case store.AssignedToNobody:
		add("nobody's")
	default:
		add("@" + string(q.Assignee))
	}
	if q.Text != "" {
		add("“" + q.Text + "”")
	}
	add(map[store.Order]string{
		store.OrderNewest: "by newest", store.OrderWaiting: "by waiting", store.OrderWindow: "by window", store.OrderPriority: "by priority",
		store.OrderTarget: "by target",
	}[q.Order])
	return name
}
