package broadcast

import (
	"context"
	"errors"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
)

// Reason is why a recipient is set aside.
type Reason string

// The reasons to set a recipient aside.
const (
	ReasonQuoting   Reason = "quoting"       // the row's quotes are broken
	ReasonColumns   Reason = "columns"       // the row has more or fewer cells than the first one
	ReasonText      Reason = "text"          // not UTF-8
	ReasonNoNumber  Reason = "no number"     // the cell is empty
	ReasonNumber    Reason = "not a number"  //
	ReasonCountry   Reason = "country code"  // the number may have none
	ReasonRounded   Reason = "rounded"       // a spreadsheet has rounded it
	ReasonDuplicate Reason = "duplicate"     // an earlier row has the same person
	ReasonOptedOut  Reason = "opted out"     // the customer does not want it
	ReasonBlocked   Reason = "blocked"       // the team blocked them
	ReasonProblem   Reason = "template"      // the network would refuse the values
	ReasonElsewhere Reason = "another inbox" // the conversation is of another account
	ReasonRefused   Reason = "not sent here" // the network's table refuses it
	ReasonWindow    Reason = "window"        // of a text: nobody knows that the window is open
)

// Aside is a recipient that gets nothing, and why.
type Aside struct {
	// Line and End are the lines of the table; 0 where it came from none.
	Line, End int
	// Number is what the table has for it, or the conversation's name.
	Number string
	Reason Reason
	// Problem and Refusal tell more of ReasonProblem and ReasonRefused.
	Problem provider.Problem
	Refusal *provider.Refusal
	// Of is the line of the row it is a duplicate of.
	Of int
}

// Recipient is one who gets it.
type Recipient struct {
	Line   int
	To     provider.ChatKey
	Values map[string]provider.Value
	Link   *provider.Link
}

// Judge decides about each recipient: what it lets pass may be queued.
type Judge struct {
	Account  provider.AccountID
	Template *provider.Template
	// Text is what everybody gets where Template is nil: it needs a window that is known
	// to be open.
	Text string
	// Capabilities are the account's network's.
	Capabilities *provider.Capabilities
	// Find returns the account's conversation with a number, as
	// store.Store.FindConversation does; store.ErrNotFound where there is none.
	Find func(ctx context.Context, account provider.AccountID, digits string) (store.Conversation, error)
	Now  func() time.Time

	seen map[provider.ChatKey]int
}

// row judges one row of a table. The error is the store's.
func (j *Judge) row(ctx context.Context, row Row, width int, c *columns, plus bool) (r Recipient, aside *Aside, err error) {
	a := &Aside{Line: row.Line, End: row.End}
	switch {
	case row.Broken:
		a.Reason = ReasonQuoting
		return r, a, nil
	case len(row.Cells) != width:
		a.Reason = ReasonColumns
		return r, a, nil
	case !legible(row.Cells):
		a.Reason = ReasonText
		return r, a, nil
	}
	a.Number = strings.Clone(strings.TrimSpace(row.Cells[c.number]))
	digits, reason := readNumber(a.Number, plus)
	if a.Reason = reason; reason != "" {
		return r, a, nil
	}
	with, err := j.Find(ctx, j.Account, digits)
	if errors.Is(err, store.ErrNotFound) {
		with, err = store.Conversation{Account: j.Account, Chat: provider.ChatID(provider.Canonical(digits))}, nil
	}
	if err != nil {
		return r, nil, err
	}
	r = Recipient{Line: row.Line, Values: c.values(row.Cells)}
	if !j.one(&with, &r, a) {
		return r, a, nil
	}
	return r, nil, nil
}

// one judges a recipient whose conversation and values are known, and reports whether
// it gets the message; a says why not.
func (j *Judge) one(with *store.Conversation, r *Recipient, a *Aside) bool {
	r.To = provider.ChatKey{Account: with.Account, Chat: with.Chat}
	r.Link = with.LinkFor(j.Capabilities.Link)
	if j.seen == nil {
		j.seen = map[provider.ChatKey]int{}
	}
	of, twice := j.seen[r.To]
	var problems []provider.Problem
	if j.Template != nil {
		problems = j.Template.Lint(r.Values)
	}
	content := j.content(r)
	switch {
	case twice:
		a.Reason, a.Of = ReasonDuplicate, of
	case len(problems) > 0:
		a.Reason, a.Problem = ReasonProblem, problems[0]
	default:
		a.Reason = unwanted(with, content)
	}
	if a.Reason == "" && !j.may(with, r, content, a) {
		a.Reason = ReasonRefused
	}
	if state, _ := j.Capabilities.Window.State(with.LastInbound, j.Now()); a.Reason == "" && j.Template == nil && state == provider.WindowUnknown {
		a.Reason = ReasonWindow
	}
	if a.Reason != "" {
		return false
	}
	j.seen[r.To] = r.Line
	return true
}

// may asks the network's table.
func (j *Judge) may(with *store.Conversation, r *Recipient, content provider.Content, a *Aside) bool {
	err := j.Capabilities.Check(provider.Outgoing{To: r.To, Content: content, Link: r.Link}, with.LastInbound, j.Now())
	errors.As(err, &a.Refusal)
	return err == nil
}

// unwanted is what the customer's own word, and the team's, say against it; empty for
// nothing.
func unwanted(with *store.Conversation, c provider.Content) Reason {
	var r *provider.Refusal
	switch err := with.Standing.Check(c); {
	case !errors.As(err, &r):
		return ""
	case r.Reason == provider.RefusedBlocked:
		return ReasonBlocked
	}
	return ReasonOptedOut
}

// content is what a recipient gets.
func (j *Judge) content(r *Recipient) provider.Content {
	if j.Template == nil {
		return provider.TextContent(j.Text)
	}
	return fill(j.Template, r)
}

// fill is a template with a recipient's values.
func fill(t *provider.Template, r *Recipient) provider.Content {
	m := t.Fill(r.Values)
	if m.Shown.FilledBy != "" {
		m.Shown.FilledFrom = r.Link.String()
	}
	return provider.Content{Kind: provider.Templated, Text: m.Shown.Text(), Template: &m}
}
