package strings

import (
	"errors"
	"fmt"
	"time"

	"frontdesk/internal/when"
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// Macros is the words of macros: the list after ;, the lines of one, what came of a
// run, and why one does not run.
type Macros struct {
	Title string
	// None stands for an empty list, New is the row that makes one; NoKey says that no
	// macro has a key that was pressed.
	None, New string
	NoKey     func(key string) string
	// Keyless marks one whose key another one has.
	Keyless string
	// Palette is the palette's name of one.
	Palette func(title string) string
	// ToldHints are of the words on why one did nothing, NotRun their heading.
	Hints, FormHints, ToldHints []Hint
	NotRun                      func(title string) string
	// The lines of one, and what stands in them while they are empty.
	Key, Steps                   string
	NameHint, KeyHint, StepsHint string
	// Explain tells the steps there are.
	Explain string
	// What is wrong with a line.
	Slash, Taken, KeyTaken Said
	Fault                  func(f event.MacroFault, step int) Said
	// Changed is said where a colleague changed it since it was opened; Gone where it
	// was removed. Over tells what Enter does then.
	Changed, ChangedForm func(by string) Said
	Gone                 Said
	// Asked before one goes.
	RemoveTitle string
	Remove      func(title string) Said
	// Asked before several customers are written to.
	ManyTitle func(title string) string
	Many      func(messages, customers int) Said
	ManyYes   string
	// Said after.
	Kept, Removed func(title string) string
	// Ran says what was done, to whom or how many; Undone what z took back of it.
	Ran     func(title, who string) string
	Nothing func(title string) string
	Undone  func(what string, left, notes int) string
	// Refused says why nothing was done: the step, in whose conversation it cannot be,
	// how many more of how many refuse one.
	Refused func(r *store.MacroRefusal, who, at string, now time.Time) Said
}

func englishMacros(keys Keys) Macros {
	return Macros{
		Title: "Macros", None: "There is no macro yet: several actions on one key.", New: "+ a new macro",
		NoKey:   func(key string) string { return "No macro is on " + key + "." },
		Keyless: "its key is another one's", Palette: func(title string) string { return "macro: " + title },
		Hints:     []Hint{{"its key or Enter", "runs it"}, {"Ctrl+E", "changes it"}, {"Ctrl+D", "removes it"}, {"Esc", "back"}},
		FormHints: []Hint{{"Enter", "keeps it"}, {"Tab", "next line"}, {"Ctrl+J", "next step"}, {"Esc", "back"}},
		ToldHints: []Hint{{"Esc", "closes this"}},
		NotRun:    func(title string) string { return "“" + title + "” did nothing" },
		Key:       keys.or("macros", "key after %s", "key in the list"), Steps: "steps",
		NameHint: "Opening hours", KeyHint: "h, or none", StepsHint: "reply /hours",
		Explain: "One step in each line: reply TEXT or /CODE, template NAME LANGUAGE | 1=…, note TEXT, label +this -that, priority high, " +
			"assign me, team NAME, snooze fri 9am, resolve NOTES, reopen, read, unread, follow. A line that begins with two blanks goes on with the one above.",
		Slash:    Said{"A macro's name holds no slash.", "Write it another way."},
		Taken:    Said{"There is a macro of that name already.", "Change that one, or write another name."},
		KeyTaken: Said{"Another macro has that key.", "Take another key, or none."},
		Fault:    macroFault,
		Changed: func(by string) Said {
			return Said{by + " changed this macro meanwhile.", "Look at it again" + keys.or("macros", " with %s.", ".")}
		},
		ChangedForm: func(by string) Said {
			return Said{by + " changed it meanwhile.", "Esc leaves theirs; Enter again puts yours in its place."}
		},
		Gone:        Said{"It was removed meanwhile.", "Make it anew" + keys.or("macros", " with %s.", ".")},
		RemoveTitle: "Remove this macro?",
		Remove: func(title string) Said {
			return Said{"“" + title + "” goes for everybody who has it.", "What it did stays done."}
		},
		ManyTitle: func(title string) string { return "Run “" + title + "”?" },
		Many: func(messages, customers int) Said {
			return Said{fmt.Sprintf("It sends %s to each of %s.", plural(messages, "message", "messages"), plural(customers, "customer", "customers")), "Esc changes nothing."}
		},
		ManyYes: "write to all of them",
		Kept:    func(title string) string { return "kept the macro “" + title + "”" },
		Removed: func(title string) string { return "removed the macro “" + title + "”" },
		Ran:     func(title, who string) string { return "“" + title + "” done: " + who },
		Nothing: func(title string) string { return "“" + title + "” would change nothing here." },
		Undone:  macroUndone,
		Refused: macroRefused,
	}
}

func macroUndone(what string, left, notes int) string {
	s := "undone: " + what
	if left > 0 { // first: a narrow line shows that much
		s = plural(left, "reply had left", "replies had left") + " and stays · " + s
	}
	if notes > 0 {
		s += " · what was noted stays"
	}
	return s
}

func macroFault(f event.MacroFault, step int) Said {
	where := fmt.Sprintf("Line %d", step+1)
	switch f {
	case event.MacroEmpty:
		return Said{"It has no step.", "Write what it is to do."}
	case event.MacroBadKey:
		return Said{"That is no key of a macro.", "Take one letter, digit or sign that every keyboard has, or none."}
	case event.MacroUnknown:
		return Said{where + " is no step.", "Begin it with reply, note, label, assign or another one below."}
	case event.MacroBare:
		return Said{where + " says too little.", "Write what it is to do after its first word."}
	case event.MacroTooMuch:
		return Said{where + " says too much.", "Leave its first word alone."}
	case event.MacroTwice:
		return Said{where + " changes what an earlier one does.", "Keep one of the two."}
	case event.MacroReplies:
		return Said{fmt.Sprintf("It sends more than %d messages.", event.MaxReplies), "Put them into one."}
	case event.MacroControls:
		return Said{where + " holds what cannot be seen.", "Write it anew."}
	}
	if step < 0 {
		return Said{fmt.Sprintf("It has more than %d steps.", event.MaxSteps), "Make two of it."}
	}
	return Said{where + " is too long.", "Shorten that line."}
}

func macroRefused(r *store.MacroRefusal, who, at string, now time.Time) Said {
	said := macroWhy(r, at, now)
	if errors.Is(r.Err, store.ErrMacroReadOnly) || errors.Is(r.Err, store.ErrMacroMany) {
		return said
	}
	more := ""
	if r.Others > 0 {
		more = fmt.Sprintf(" (and %d more of %d)", r.Others, r.Of)
	}
	said.Happened = "“" + string(r.Step.Do) + "” cannot be done for " + who + more + ": " + said.Happened
	return said
}

func macroWhy(r *store.MacroRefusal, at string, now time.Time) Said {
	var refusal *provider.Refusal
	var label *store.LabelError
	var unfilled *store.UnfilledError
	var template *store.TemplateError
	var notime *when.Problem
	switch {
	case errors.As(r.Err, &refusal):
		return refused(refusal, at)
	case errors.As(r.Err, &label):
		return notALabel(label.Reason)
	case errors.As(r.Err, &unfilled):
		return Said{unfilled.Mark + " has no value there.", "Fill it in at the contact or the link, or write to them yourself."}
	case errors.As(r.Err, &template):
		return problem(template.Problem, template.Problem.Field, string(template.Status))
	case errors.As(r.Err, &notime):
		return notATime(notime, now)
	}
	return macroWhyNot(r.Err)
}

func macroWhyNot(err error) Said {
	for _, one := range []struct {
		err error
		Said
	}{
		{store.ErrMacroReadOnly, Said{"Your role only reads.", "Ask an administrator for another one."}},
		{store.ErrMacroMany, Said{fmt.Sprintf("It would write to more than %d customers at once.", store.MaxMacroMany), "Select fewer, or make a broadcast of it."}},
		{store.ErrCannedHasFiles, Said{"its canned response goes with files, and a macro sends words alone.", "Send that one with /, or change the macro."}},
		{store.ErrNoCanned, Said{"there is no canned response of that code.", "Make it, or change the macro."}},
		{store.ErrNoTemplate, Said{"the inbox lists no such template.", "Look whether it is approved, or change the macro."}},
		{store.ErrNoLanguage, Said{"the template has several languages, none of them the contact's.", "Name one in the macro."}},
		{store.ErrNoVariable, Said{"the template has no variable of that name.", "Change the macro."}},
		{store.ErrNoAgent, Said{"nobody of the team is called so.", "Write an agent's own name, me or nobody."}},
		{store.ErrNoTeam, Said{"there is no such team.", "Write a team's name, or nobody."}},
		{store.ErrNoPriority, Said{"there is no such priority.", "Write urgent, high, medium, low or none."}},
		{store.ErrIsResolved, Said{"it is resolved.", "Reopen it first."}},
		{store.ErrNoLabels, Said{"a label to add begins with +, one to take away with -.", "Write “label +vip -new”."}},
	} {
		if errors.Is(err, one.err) {
			return one.Said
		}
	}
	return Said{"it cannot be done.", "Look at the macro."}
}
