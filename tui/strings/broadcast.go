package strings

import (
	"fmt"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/webhookrelay/event"
)

// Many is the words of messages to many.
type Many struct {
	// Aside says why a recipient gets nothing; status is the template's.
	Aside func(a *broadcast.Aside, status string) Said
	// File and Mapping say why a whole table is refused.
	File    func(*broadcast.FileError) Said
	Mapping func(*broadcast.MappingError) Said
	// MappingHere is Mapping where there are lines to type and no flags.
	MappingHere func(*broadcast.MappingError) Said
	// Stage says where one stands, and Progress how far it has come.
	Stage    func(event.BroadcastStage) string
	Progress func(t *store.Tally) string
	// Ends is how fast it goes, and when it ends at that pace.
	Ends func(perMinute float64, end, now time.Time) string
	// Daily says that an account may begin with so many customers in 24 hours, and so
	// how many days it takes.
	Daily func(limit, recipients int) Said
	// Why says why the program paused one by itself.
	Why func(why string) Said
	// Told is the same where it is told, of which one.
	Told func(name, why string) Said

	// To whom: the titles of the three choices, and what there is to choose.
	WhomTitle, InboxTitle, TemplateTitle string
	Selection                            func(n int) string
	SelectionHelp                        string
	View                                 func(title string) string
	ViewHelp, LabelHelp                  string
	Table, TableHelp                     string
	// Path asks for the table.
	PathTitle, PathLabel, PathHint string
	// The form: what is the same for both, and what stands in an empty line.
	FormTitle                      string
	FormHints                      []Hint
	Name, PerMinute, When          string
	NameHint, PaceHint, WhenHint   string
	Numbers, NumbersHint           string
	Plus, PlusHint                 string
	OfTable, OfPeople              string
	Columns                        func(names []string) string
	BadPace                        Said
	NoTemplates, NoTable, NotYours string
	Nobody                         string
	// The dry run.
	Reading    string
	LookTitle  string
	LookHints  []Hint
	Goes       func(template, language, category string, n int, inbox string) string
	Costs      func(n int, category string) string
	Begins     func(at, now time.Time) string
	Paced      func(perMinute int) string
	Example    string
	AsideTitle func(n int) string
	AsideCount func(n int, reason string) string
	AsideNone  string
	Line       func(from, to int) string
	AsideMore  func(n int) string
	// The question, and what is said after.
	AskTitle           string
	Ask                func(n int, costs string) Said
	AskYes, AskNo      string
	Kept               func(n int) string
	Cancelled, NotKept Said
	// The list.
	ListTitle, None string
	ListHints       []Hint
	From            func(by, at string) string
	Step            func(stage, by, at, why string) string
	// AskedFor is said when it is asked, Asked as long as the team does not have it.
	AskedFor    func(stage string) string
	Asked       func(stage string) string
	Partly      func(kept, all int) string
	Next        func(at, now time.Time) string
	CancelTitle string
	Cancel      func(name string, left int) Said
	CancelYes   string
	Ended       string
	Over        string
	// The results.
	ResultsTitle           string
	ResultHints            []Hint
	ResultMost             func(n int) string
	OnlyTrouble, NoResults string
	State                  func(*store.BroadcastSend) string
	Exported, NotExported  func(string) string
	NoExport               string
}

func englishMany(keys Keys) Many {
	m := englishManyScreen(keys)
	m.Aside, m.File, m.Mapping, m.Stage, m.Progress = setAside, fileRefused, mappingRefused, broadcastStage, broadcastProgress
	m.Ends = func(perMinute float64, end, now time.Time) string {
		return fmt.Sprintf("%.0f a minute, ends about %s", perMinute, moment(end, now))
	}
	m.Daily = func(limit, recipients int) Said {
		return Said{
			fmt.Sprintf("The network lets this account begin with %d customers in 24 hours.", limit),
			fmt.Sprintf("It goes out over %d days.", (recipients+limit-1)/limit),
		}
	}
	return m
}

func setAside(a *broadcast.Aside, status string) Said {
	switch a.Reason {
	case broadcast.ReasonProblem:
		label := strings.TrimPrefix(a.Problem.Field, string(provider.PartBody)+".")
		if strings.Trim(label, "0123456789") == "" {
			label = "value " + label
		}
		return problem(a.Problem, label, status)
	case broadcast.ReasonRefused:
		if a.Refusal != nil {
			return refused(a.Refusal, "at "+a.Refusal.Since.Local().Format("2006-01-02 15:04"))
		}
	case broadcast.ReasonOptedOut, broadcast.ReasonBlocked:
		return unwanted(a.Reason)
	case broadcast.ReasonDuplicate:
		if a.Of > 0 {
			return Said{fmt.Sprintf("This is the same person as on line %d.", a.Of), "They get it once."}
		}
		return Said{"This is the same person as before.", "They get it once."}
	}
	if s, ok := rowTroubles[a.Reason]; ok {
		return s
	}
	return Said{"This recipient cannot be sent to (" + string(a.Reason) + ").", "Take them out."}
}

func unwanted(r broadcast.Reason) Said {
	if r == broadcast.ReasonBlocked {
		return failed(provider.Blocked)
	}
	return failed(provider.OptedOut)
}

var rowTroubles = map[broadcast.Reason]Said{
	broadcast.ReasonQuoting:   {"The quotes of this row are broken.", "Close each quote, and double those inside of a cell."},
	broadcast.ReasonColumns:   {"This row has more or fewer cells than the first one.", "Put the cell that has the separator in it into quotes."},
	broadcast.ReasonText:      {"This row is not UTF-8.", "Save the file as “CSV UTF-8”."},
	broadcast.ReasonNoNumber:  {"There is no number.", "Write it, with its country code: +50212345678."},
	broadcast.ReasonNumber:    {"This is not a phone number.", "Write it with + and 7 to 15 digits: +50212345678."},
	broadcast.ReasonCountry:   {"The number may have no country code.", "Write it with a plus sign, or say that all of them have it (--plus)."},
	broadcast.ReasonWindow:    {"Nobody knows whether free text may go to them now.", "Send a template."},
	broadcast.ReasonElsewhere: {"This conversation is of another inbox.", "Send to that inbox's people by itself."},
	broadcast.ReasonRounded:   {"A spreadsheet has rounded this number.", "Have the column as text there, and write the number again."},
}

func fileRefused(e *broadcast.FileError) Said {
	s, ok := map[broadcast.FileReason]Said{
		broadcast.FileEmpty:    {"The table is empty.", "Its first row names the columns: phone, name."},
		broadcast.FileBinary:   {"This is no table of text.", "Save it as “CSV UTF-8”."},
		broadcast.FileHeadless: {"The first row is a recipient already.", "Put a row above it that names the columns: phone, name."},
		broadcast.FileLarge:    {fmt.Sprintf("The table has more than %d MB.", broadcast.MaxBytes>>20), "Split it."},
		broadcast.FileLong:     {fmt.Sprintf("The table has more than %d rows.", broadcast.MaxRows), "Split it."},
		broadcast.FileRow:      {"A row has no end: a quote may never be closed.", "Close it."},
		broadcast.FileQuoting:  {"The quotes of the first row are broken.", "Mend them: nothing was read."},
	}[e.Reason]
	if !ok {
		s = Said{"The table cannot be read (" + string(e.Reason) + ").", "Save it again as “CSV UTF-8”."}
	}
	if e.Line > 0 {
		s.Happened = fmt.Sprintf("Line %d: %s", e.Line, s.Happened)
	}
	return s
}

func mappingRefused(e *broadcast.MappingError) Said {
	there := "There are: " + strings.Join(e.Known, ", ") + "."
	switch e.Reason {
	case broadcast.MapNumber:
		return Said{"It is not clear which column has the numbers.", "Name it with --number COLUMN. " + there}
	case broadcast.MapColumn:
		return Said{"There is no column “" + e.Name + "”.", there}
	case broadcast.MapTwice:
		return Said{"“" + e.Name + "” is there twice.", "Have one of each. " + there}
	case broadcast.MapParameter:
		return Said{"The template has no parameter “" + e.Name + "”.", there}
	}
	return Said{"Nothing fills the template's parameter " + e.Name + ".", "Give it a column with --map COLUMN=" + e.Name + ". " + there}
}

func broadcastStage(s event.BroadcastStage) string {
	switch s {
	case event.BroadcastRunning:
		return "running"
	case event.BroadcastPaused:
		return "paused"
	case event.BroadcastCancelled:
		return "cancelled"
	}
	return string(s)
}

func broadcastProgress(t *store.Tally) string {
	said := fmt.Sprintf("%d of %d sent", t.Went(), t.All())
	for _, part := range []struct {
		n    int
		word string
	}{
		{t.Delivered + t.Read, "delivered"}, {t.Read, "read"}, {t.Failed, "failed"}, {t.Unsure, "unsure"}, {t.Held, "held"}, {t.Discarded, "put aside"},
	} {
		if part.n > 0 {
			said += fmt.Sprintf(" · %d %s", part.n, part.word)
		}
	}
	return said
}
