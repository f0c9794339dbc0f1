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
}

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
		return r, fmt.Errorf(`there is no rule %q; "do" is auto-resolve, auto-reply or csat`, r.Do)
	}
	if r.Do == RuleRating && r.After == 0 {
		r.After = Span(askedAfter)
	}
	return r, nil
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
