package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
)

// Rule is what the team has done by itself, as a SettingRule says it. It runs once
// for the team, whoever runs it.
type Rule struct {
	Do RuleAction `json:"do"`
	// After is how long the customer must have been silent before their conversation
	// is resolved, or how long after the resolution they are asked how it was: "48h",
	// "10m".
	After Span `json:"after,omitempty"`
	// Text is what the customer is told or asked.
	Text string `json:"text,omitempty"`
	// Hours names the hours outside of which the customer is told.
	Hours string `json:"hours,omitempty"`
	// Template is what asks where the window is closed: its quick replies are the
	// stars, the first one for one.
	Template *RuleTemplate `json:"template,omitempty"`
	// By is how whoever waits for nobody yet is given out: in turn, or to who has the
	// fewest open ones.
	By AssignBy `json:"by,omitempty"`
	// Team is the team whose queue is given out, among its members; empty for what
	// belongs to no team.
	Team string `json:"team,omitempty"`
	// Members may get one; empty for everybody who may work on conversations.
	Members []AgentID `json:"members,omitempty"`
	// Most is how many open ones somebody may have and still get one; 0 for any.
	Most int `json:"most,omitempty"`
}

// AssignBy is what an assigning rule goes by.
type AssignBy string

// In turn, and to who has the fewest open ones.
const (
	RoundRobin AssignBy = "round-robin"
	ByLoad     AssignBy = "load"
)

// RuleTemplate names a template.
type RuleTemplate struct {
	Name     string `json:"name"`
	Language string `json:"language"`
}

// RuleAction is what a rule does.
type RuleAction string

// What a rule may do.
const (
	RuleResolve RuleAction = "auto-resolve"
	RuleReply   RuleAction = "auto-reply"
	RuleRating  RuleAction = "csat"
	RuleAssign  RuleAction = "assign"
)

// Span is a length of time, written as Go does: "1h30m".
type Span time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no length of time; write one as in 48h or 10m", text)
	}
	*s = Span(d)
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// leastSilence is the shortest silence that ends a conversation by itself.
const leastSilence = 10 * time.Minute

// askedAfter is how long after a resolution the customer is asked by default: by then
// it is no longer undone by a key.
const askedAfter = 2 * time.Minute

// ReadRule reads the value of a SettingRule. The error says what is wrong in words
// for whoever wrote it.
func ReadRule(raw json.RawMessage) (Rule, error) {
	var r Rule
	if err := strictly(raw, &r); err != nil {
		return r, err
	}
	if r.Do == RuleAssign {
		return r, r.checkAssign()
	}
	if r.By != "" || r.Members != nil || r.Most != 0 || r.Team != "" {
		return r, errors.New(`"by", "team", "members" and "most" are for assign alone; take them away`)
	}
	switch {
	case r.Do == RuleResolve && time.Duration(r.After) < leastSilence:
		return r, fmt.Errorf(`"after" is the silence that ends a conversation; write %v or more, as in "48h"`, leastSilence)
	case r.Do == RuleResolve && (r.Text != "" || r.Hours != "" || r.Template != nil):
		return r, errors.New(`auto-resolve knows "after" alone; take the rest away`)
	case r.Do == RuleReply && (strings.TrimSpace(r.Text) == "" || r.Hours == ""):
		return r, errors.New(`auto-reply needs "text", what the customer is told, and "hours", the name of the hours of work`)
	case r.Do == RuleReply && (r.After != 0 || r.Template != nil):
		return r, errors.New(`auto-reply knows "text" and "hours" alone; take the rest away`)
	case r.Do == RuleRating && strings.TrimSpace(r.Text) == "" && r.Template == nil:
		return r, errors.New(`csat needs "text", what the customer is asked, or "template", what asks where the window is closed`)
	case r.Do == RuleRating && r.Template != nil && (r.Template.Name == "" || r.Template.Language == ""):
		return r, errors.New(`"template" needs "name" and "language"`)
	case r.Do == RuleRating && r.Hours != "":
		return r, errors.New(`csat knows no "hours"; take it away`)
	case r.Do != RuleResolve && r.Do != RuleReply && r.Do != RuleRating:
		return r, fmt.Errorf(`there is no rule %q; "do" is auto-resolve, auto-reply, csat or assign`, r.Do)
	}
	if r.Do == RuleRating && r.After == 0 {
		r.After = Span(askedAfter)
	}
	return r, nil
}

func (r Rule) checkAssign() error {
	switch {
	case r.By != RoundRobin && r.By != ByLoad:
		return errors.New(`assign needs "by": round-robin or load`)
	case r.Most < 0:
		return errors.New(`"most" is how many open ones somebody may have; write 1 or more, or take it away`)
	case r.After != 0 || r.Text != "" || r.Hours != "" || r.Template != nil:
		return errors.New(`assign knows "by", "team", "members" and "most" alone; take the rest away`)
	}
	return nil
}

// ratingMark begins the payload of an answer to how it was.
const ratingMark = "csat:"

// RatingPayload is what comes back where the customer gives so many stars, 1 to 5,
// in answer to an operation of ours.
func RatingPayload(stars int, asked provider.OpID) string {
	return ratingMark + strconv.Itoa(stars) + ":" + string(asked)
}

// RatingIn returns the stars that a message of a customer's gives, and what asked for
// them; ok is false for every other message.
func RatingIn(c *provider.Content) (stars int, asked provider.OpID, ok bool) {
	if c.Chosen == nil {
		return 0, "", false
	}
	rest, marked := strings.CutPrefix(c.Chosen.ID, ratingMark)
	number, op, cut := strings.Cut(rest, ":")
	stars, err := strconv.Atoi(number)
	if !marked || !cut || err != nil || stars < 1 || stars > 5 {
		return 0, "", false
	}
	return stars, provider.OpID(op), true
}
