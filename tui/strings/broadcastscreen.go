package strings

import (
	"fmt"
	"strings"
	"time"

	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/webhookrelay/event"
)

// englishManyScreen is what the screen alone says of messages to many.
func englishManyScreen(keys Keys) Many {
	m := Many{
		Why: whyPaused, MappingHere: mappingRefusedHere,
		Told: func(name, why string) Said {
			said := whyPaused(why)
			return Said{"The broadcast “" + name + "” was paused: " + said.Happened, said.Do + keys.or("broadcasts", " %s shows it.", "")}
		},
		WhomTitle: "Send a template to many", InboxTitle: "From which inbox", TemplateTitle: "Which template",
		Selection:     func(n int) string { return fmt.Sprintf("the %d selected", n) },
		SelectionHelp: "what was selected" + both(keys.or("select", " with %s", ""), keys.or("select-all", pick(keys("select") == "", " with %s", "%s"), ""), " or "),
		View:          func(title string) string { return "everybody in " + title },
		ViewHelp:      "the view as it is now", LabelHelp: "everybody with this label",
		Table: "a table…", TableHelp: "a CSV file whose first row names the columns; one has the numbers",
		PathTitle: "Which table", PathLabel: "table", PathHint: "~/guests.csv",
		FormTitle: "What fills the template",
		FormHints: []Hint{{"Enter", "dry run"}, {"Tab", "another line"}, {"Esc", "nothing goes"}},
		Name:      "broadcast's name", PerMinute: "most in a minute", When: "begins",
		NameHint: "what the team calls it", PaceHint: "as fast as the account may", WhenHint: "now, or: tomorrow 9am, in 2h",
		Numbers: "column of numbers", NumbersHint: "found by its name",
		Plus: "without plus signs", PlusHint: "write yes where all numbers have their country code",
		OfTable: "a column, or words for all", OfPeople: "words; {name} {first name} {reference}, or a field",
		Columns: func(names []string) string { return "columns: " + strings.Join(names, ", ") },
		BadPace: Said{"This is no pace.", "Write how many may go in a minute, 1 to 6000, or nothing."},

		NoTemplates: "This inbox has no template that the network lets go.", NoTable: "No table can be read from here. Take frontdesk broadcast --recipients FILE.",
		NotYours: "Your role does not send to many at once. A supervisor or an administrator does.",
		Nobody:   "There is nobody to send to.",

		Reading: "looking at each recipient…", LookTitle: "Dry run: nothing has gone",
		LookHints: []Hint{{"Enter", "go on"}, {"↑ ↓", "who is set aside"}, {"Esc", "change it"}},
		Goes: func(template, language, category string, n int, inbox string) string {
			return fmt.Sprintf("%s (%s, %s) goes to %d from %s", template, language, strings.ToLower(category), n, inbox)
		},
		Costs: func(n int, category string) string {
			if category == "" {
				return "What it costs is not known: the network has not said what it charges this template as."
			}
			return fmt.Sprintf("It costs up to %d %s messages; the network's price is not told here.", n, strings.ToLower(category))
		},
		Begins:     func(at, now time.Time) string { return "It begins " + atMoment(at, now) + "." },
		Paced:      func(n int) string { return fmt.Sprintf("At most %d go in a minute.", n) },
		Example:    "The first of them reads:",
		AsideTitle: func(n int) string { return fmt.Sprintf("%d set aside, who get nothing:", n) },
		AsideCount: asideCount,
		AsideNone:  "Nobody is set aside.",
		Line: func(from, to int) string {
			if from == to {
				return fmt.Sprintf("line %d", from)
			}
			return fmt.Sprintf("lines %d–%d", from, to)
		},
		AsideMore: func(n int) string {
			return fmt.Sprintf("and %d more; frontdesk broadcast --dry-run --aside FILE lists all", n)
		},
	}
	englishManyList(&m)
	return m
}

// englishManyList is what is said from the question on.
func englishManyList(m *Many) {
	m.AskTitle = "Send it?"
	m.Ask = func(n int, costs string) Said {
		return Said{fmt.Sprintf("It goes to %d people.", n), costs + " What has left cannot be taken back; the rest can be paused or cancelled."}
	}
	m.AskYes, m.AskNo = "send it to all of them", "not now"
	m.Kept = func(n int) string { return fmt.Sprintf("all %d are on their way", n) }
	m.Cancelled = Said{"This very broadcast was cancelled.", "Give it another name, if it is still wanted."}
	m.NotKept = Said{"Not all of it was kept.", "Ask for the same again: nobody gets it twice."}
	m.ListTitle, m.None = "Broadcasts", "Nothing was sent to many yet. n sends a template to a selection, a view, a label or a table."
	m.ListHints = []Hint{{"Enter", "results"}, {"p", "pause"}, {"r", "resume"}, {"x", "cancel"}, {"e", "export"}, {"n", "new"}, {"Esc", "back"}}
	m.From = func(by, at string) string { return "begun by " + by + " " + at }
	m.Step = func(stage, by, at, why string) string {
		if why != "" {
			return stage + " by itself " + at + " (" + by + "'s terminal): " + why
		}
		return stage + " by " + by + " " + at
	}
	m.AskedFor = func(stage string) string { return "you asked: " + stage }
	m.Asked = func(stage string) string { return "you asked: " + stage + ". The team does not have it yet." }
	m.Partly = func(kept, all int) string {
		return fmt.Sprintf("Only %d of %d were told to the team so far: they are still being kept, or the program that kept them ended.", kept, all)
	}
	m.Next = func(at, now time.Time) string { return "the next goes " + atMoment(at, now) }
	m.CancelTitle = "Cancel this broadcast?"
	m.Cancel = func(name string, left int) Said {
		return Said{fmt.Sprintf("The %d of “%s” that have not left never will.", left, name), "Who has it already keeps it. To hold it for a while, pause it."}
	}
	m.CancelYes, m.Over, m.Ended = "cancel it", "It was cancelled: nothing more goes.", "ended"
	m.ResultsTitle = "Results"
	m.ResultHints = []Hint{{"Enter", "open the conversation"}, {"f", "trouble only"}, {"e", "export"}, {"Esc", "broadcasts"}}
	m.ResultMost = func(n int) string { return fmt.Sprintf("the first %d; e exports all", n) }
	m.OnlyTrouble, m.NoResults = "only what failed, is unsure or held", "nobody here"
	m.State = resultState
	m.Exported = func(path string) string { return "the results are in " + path }
	m.NotExported = func(why string) string { return "no results were written: " + why }
	m.NoExport = "Results are not written from here. Take frontdesk broadcast results ID."
}

func mappingRefusedHere(e *broadcast.MappingError) Said {
	said := mappingRefused(e)
	switch e.Reason {
	case broadcast.MapNumber:
		said.Do = "Write its name into the line for it. There are: " + strings.Join(e.Known, ", ") + "."
	case broadcast.MapMissing:
		said.Do = "Write a column's name into its line, or the words."
	}
	return said
}

func asideCount(n int, reason string) string {
	if name, ok := map[broadcast.Reason]string{
		broadcast.ReasonQuoting: "with broken quotes", broadcast.ReasonColumns: "with other columns", broadcast.ReasonText: "not UTF-8",
		broadcast.ReasonNoNumber: "without a number", broadcast.ReasonCountry: "without a country code", broadcast.ReasonRounded: "rounded by a spreadsheet",
		broadcast.ReasonDuplicate: "there twice", broadcast.ReasonProblem: "whose values the network would refuse",
		broadcast.ReasonWindow:    "whose window is not known to be open",
		broadcast.ReasonElsewhere: "of another inbox", broadcast.ReasonRefused: "whom the network does not let be sent this",
	}[broadcast.Reason(reason)]; ok {
		reason = name
	}
	return fmt.Sprintf("%d %s", n, reason)
}

func resultState(r *store.BroadcastSend) string {
	state := r.State()
	if r.Plan.Hold != "" && state == string(event.JobScheduled) {
		return "held"
	}
	if r.Error != nil {
		return state + ": " + failed(r.Error.Reason).Happened
	}
	return state
}

func whyPaused(why string) Said {
	switch why {
	case "":
		return Said{}
	case event.PausedAccount:
		return Said{"the inbox's network takes nothing at the moment.", "Have an administrator mend the account, resume the inbox, then the broadcast."}
	case event.PausedTemplate:
		return Said{"the network does not let the template go.", "Wait until it is approved again, or cancel and send another."}
	case event.PausedTemplateGone:
		return Said{"the network lists the template no more.", "Cancel it and send another template."}
	case event.PausedFailing:
		return Said{"too many of the last ones failed.", "Look at the results before you resume it."}
	}
	return Said{why, "Look at the results before you resume it."}
}
