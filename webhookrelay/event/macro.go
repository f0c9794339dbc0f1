package event

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Macro is the value of a SettingMacro: several steps that are done at once.
type Macro struct {
	// Key is the one character after ; that runs it; empty for none.
	Key string `json:"key,omitempty"`
	// Steps are done in their order.
	Steps []MacroStep `json:"steps"`
}

// MacroStep is one thing a macro does. With is the rest of the line as a person
// writes it: "label" with "+vip -new".
type MacroStep struct {
	Do   MacroVerb `json:"do"`
	With string    `json:"with,omitempty"`
}

// MacroVerb is what a step does.
type MacroVerb string

// The steps of a macro, and what stands after each.
const (
	MacroReply    MacroVerb = "reply"    // a text with variables, or /CODE for a canned response
	MacroTemplate MacroVerb = "template" // NAME LANGUAGE | variable=value | …
	MacroNote     MacroVerb = "note"     // a text with variables
	MacroLabel    MacroVerb = "label"    // +ADD, -REMOVE…; quotes hold one of several words
	MacroPriority MacroVerb = "priority" // urgent, high, medium, low or none
	MacroAssign   MacroVerb = "assign"   // an agent, me or nobody
	MacroTeam     MacroVerb = "team"     // a team, or nobody
	MacroSnooze   MacroVerb = "snooze"   // a time in words, or reply
	MacroResolve  MacroVerb = "resolve"  // what was done, or nothing
	MacroReopen   MacroVerb = "reopen"   // nothing
	MacroUnread   MacroVerb = "unread"   // nothing
	MacroRead     MacroVerb = "read"     // nothing
	MacroFollow   MacroVerb = "follow"   // nothing
)

// MacroVerbs are all of them, in the order in which they are told.
func MacroVerbs() []MacroVerb {
	return []MacroVerb{
		MacroReply, MacroTemplate, MacroNote, MacroLabel, MacroPriority, MacroAssign, MacroTeam,
		MacroSnooze, MacroResolve, MacroReopen, MacroUnread, MacroRead, MacroFollow,
	}
}

// The limits of a macro: how many steps it has, how many of them write to the
// customer, and how many bytes one has.
const (
	MaxSteps   = 16
	MaxReplies = 4
	MaxStep    = 5000
)

// MacroFault is why a macro is none.
type MacroFault string

// The faults. Step is the first that is wrong, from 0; -1 for the whole.
const (
	MacroEmpty    MacroFault = "empty"    // it does nothing
	MacroBadKey   MacroFault = "key"      // its key is not one character that every keyboard has
	MacroUnknown  MacroFault = "unknown"  // there is no such step
	MacroBare     MacroFault = "bare"     // the step needs something after it
	MacroTooMuch  MacroFault = "too much" // the step takes nothing after it
	MacroTwice    MacroFault = "twice"    // a step undoes what an earlier one did
	MacroLong     MacroFault = "long"     // too many steps, or one too long
	MacroReplies  MacroFault = "replies"  // more than MaxReplies of them write to the customer
	MacroControls MacroFault = "controls" // a step holds what cannot be seen
)

// MacroError is a macro that is none.
type MacroError struct {
	Fault MacroFault
	Step  int
}

// Error implements error, for logs.
func (e *MacroError) Error() string {
	if e.Step < 0 {
		return "not a macro: " + string(e.Fault)
	}
	return fmt.Sprintf("not a macro: step %d: %s", e.Step+1, e.Fault)
}

// ReadMacro reads the value of a SettingMacro. The error is a *MacroError where it can
// be read and is none.
func ReadMacro(raw json.RawMessage) (Macro, error) {
	var m Macro
	if err := strictly(raw, &m); err != nil {
		return m, err
	}
	return m, m.Check()
}

// Check says what is wrong with a macro as it is written; whether a step can be done
// is known where it is run. The error is a *MacroError.
func (m Macro) Check() error {
	switch {
	case m.Key != "" && (len(m.Key) != 1 || m.Key[0] <= ' ' || m.Key[0] > '~'):
		return &MacroError{MacroBadKey, -1}
	case len(m.Steps) == 0:
		return &MacroError{MacroEmpty, -1}
	case len(m.Steps) > MaxSteps:
		return &MacroError{MacroLong, -1}
	}
	replies, seen := 0, map[string]bool{}
	for i, s := range m.Steps {
		if fault := s.fault(); fault != "" {
			return &MacroError{fault, i}
		}
		if s.writes() {
			if replies++; replies > MaxReplies {
				return &MacroError{MacroReplies, i}
			}
		}
		what := s.changes()
		if what != "" && seen[what] {
			return &MacroError{MacroTwice, i}
		}
		seen[what] = true
	}
	return nil
}

// Replies is how many of the steps write to the customer.
func (m Macro) Replies() (n int) {
	for _, s := range m.Steps {
		if s.writes() {
			n++
		}
	}
	return n
}

func (s MacroStep) writes() bool { return s.Do == MacroReply || s.Do == MacroTemplate }

// changes is what only one step of a macro may change; empty for what may be done
// again.
func (s MacroStep) changes() string {
	switch s.Do {
	case MacroSnooze, MacroResolve, MacroReopen:
		return "status"
	case MacroUnread, MacroRead:
		return "mark"
	case MacroLabel, MacroPriority, MacroAssign, MacroTeam, MacroFollow:
		return string(s.Do)
	}
	return ""
}

func (s MacroStep) fault() MacroFault {
	bare := strings.TrimSpace(s.With) == ""
	switch {
	case !slices.Contains(MacroVerbs(), s.Do):
		return MacroUnknown
	case len(s.With) > MaxStep:
		return MacroLong
	case strings.ContainsFunc(s.With, hidden):
		return MacroControls
	case s.alone():
		if !bare {
			return MacroTooMuch
		}
	case bare && s.Do != MacroResolve:
		return MacroBare
	}
	return ""
}

// hidden reports what a text that is written down does not have: a tab and a line
// break are seen.
func hidden(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\uFFFD'
}

func (s MacroStep) alone() bool {
	switch s.Do {
	case MacroReopen, MacroUnread, MacroRead, MacroFollow:
		return true
	}
	return false
}

// ParseStep reads a step as a person writes it: its verb, then what it is done with.
// What comes of a line that is none is told by Check.
func ParseStep(line string) MacroStep {
	verb, with, _ := strings.Cut(strings.TrimSpace(line), " ")
	return MacroStep{Do: MacroVerb(strings.ToLower(verb)), With: strings.TrimSpace(with)}
}

// String is the step as ParseStep reads it.
func (s MacroStep) String() string {
	if s.With == "" {
		return string(s.Do)
	}
	return string(s.Do) + " " + s.With
}

// macroContinues begins a line of ParseSteps that belongs to the step above it.
const macroContinues = "  "

// ParseSteps reads steps from a text, one in each line; a line that begins with two
// blanks goes on with the step above it. Empty lines are left out.
func ParseSteps(text string) []MacroStep {
	var steps []MacroStep
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		more, continues := strings.CutPrefix(line, macroContinues)
		switch {
		case continues && len(steps) > 0:
			steps[len(steps)-1].With += "\n" + more
		case strings.TrimSpace(line) != "":
			steps = append(steps, ParseStep(line))
		}
	}
	return steps
}

// StepsText is the text that ParseSteps reads.
func StepsText(steps []MacroStep) string {
	lines := make([]string, len(steps))
	for i, s := range steps {
		lines[i] = strings.ReplaceAll(s.String(), "\n", "\n"+macroContinues)
	}
	return strings.Join(lines, "\n")
}
