package strings

import (
	"fmt"
	"time"

	"frontdesk/internal/when"
	"frontdesk/webhookrelay/event"
)

// Later is the words of messages that go at a time.
type Later struct {
	// Title and Move are over the line for the time of a new one, and of one that is
	// scheduled already.
	Title, Move, Prompt string
	// Typed says what the typed words mean, with the zone they are read in.
	Typed    func(at, now time.Time) string
	NotATime func(p *when.Problem, now time.Time) Said
	// Closed warns that the window will have closed by then.
	Closed func(closes, now time.Time) Said
	Hints  []Hint

	// Goes says in the thread when one goes, Overdue that it should have gone; Held why
	// it waits for a person.
	Goes, Overdue func(due, now time.Time) string
	Held          func(event.Hold) string
	HintGoes      string
	// Row says the same in the list; RowHeld, of how many.
	Row     func(due, now time.Time, n int) string
	RowHeld func(n int) string
	// ByRule says which rule of the team's wrote a message or did something.
	ByRule func(rule string) string

	// Of the choice over one.
	ChoiceTitle, HeldTitle  string
	Leave, LeaveDoes        string
	MoveIt, MoveDoes        string
	SendNow, SendNowDoes    string
	Anyway, AnywayDoes      string
	Rewrite, RewriteDoes    string
	PutAside, PutAsideDoes  string
	Scheduled               func(due, now time.Time) string
	Moved, Sent, Taken      string
	Aside                   string
	NotThere, NothingToSend string
	NotHere, OnlyText       string
	// NoFile says that a template with a file of this machine goes now or never.
	NoFile   string
	Reworded string
}

func englishLater(keys Keys) Later {
	return Later{
		Title: "Send later", Move: "Send at another time", Prompt: "when: tomorrow 9am, fri 14:30, in 2h",
		Typed: func(at, now time.Time) string {
			return day(at, now) + ", " + at.Format("15:04 MST") + ", in " + left(at.Sub(now))
		},
		NotATime: notATime,
		Closed: func(closes, now time.Time) Said {
			return Said{"The window closes before that, " + atMoment(closes, now) + ".", "It will not go then, unless the customer writes again."}
		},
		Hints: []Hint{{"Enter", "schedule"}, {"Esc", "keep writing"}},
		Goes: func(due, now time.Time) string {
			return "◷ goes " + atMoment(due, now) + ", in " + left(due.Sub(now))
		},
		Overdue:     func(due, now time.Time) string { return "◷ due since " + moment(due, now) + ", not sent yet" },
		Held:        held,
		HintGoes:    both(keys.or("discard", "%s cancels", ""), keys.or("again", "%s changes it", ""), " · "),
		Row:         rowOfScheduled,
		RowHeld:     func(n int) string { return fmt.Sprintf("◷ %d held", n) },
		ByRule:      func(rule string) string { return "by the rule " + rule },
		ChoiceTitle: "This goes at its time", HeldTitle: "This did not go by itself",
		Leave: "Leave it", LeaveDoes: "as it is",
		MoveIt: "Another time", MoveDoes: "type when it is to go",
		SendNow: "Send now", SendNowDoes: "without waiting for its time",
		Anyway: "Send anyway", AnywayDoes: "now, although somebody wrote",
		Rewrite: "Change", RewriteDoes: "take the text back into the box, a template into its lines",
		PutAside: "Cancel", PutAsideDoes: "nothing goes out",
		Scheduled: func(due, now time.Time) string { return "goes " + atMoment(due, now) },
		Moved:     "another time is set", Sent: "goes now", Taken: "back in the box",
		Aside: "cancelled, nothing goes out", NotThere: "It has left by now.", NothingToSend: "Write something first, then Ctrl+D.",
		OnlyText: "Only a text or a template can be changed. Cancel it" + keys.or("discard", " with %s", "") + " and send another.",
		NoFile:   "A file of this machine cannot wait. Send it now, or give the file's https:// address.",
		Reworded: "changed; it goes at its time",
		NotHere:  "A note cannot be sent later. Ctrl+N turns to the customer's side.",
	}
}

func held(h event.Hold) string {
	if h == event.HeldAnswered {
		return "◷ not sent: a colleague answered meanwhile"
	}
	return "◷ not sent: the customer wrote meanwhile"
}

func rowOfScheduled(due, now time.Time, n int) string {
	s := "◷ " + moment(due, now)
	if n > 1 {
		s += fmt.Sprintf(" +%d", n-1)
	}
	return s
}
