package main

import (
	"context"
	"time"

	"frontdesk/provider"
	words "frontdesk/tui/strings"
)

// served is what the relay tells of an account it sends for (docs/protocol.md,
// Accounts).
type served struct {
	Account        provider.Account `json:"account"`
	ListsTemplates bool             `json:"lists_templates"`
	TemplatesAt    time.Time        `json:"templates_at"`
	Polls          bool             `json:"polls"`
	PolledAt       time.Time        `json:"polled_at"`
}

const (
	// staleTemplates and stalePoll are ages of what a relay does every ten minutes,
	// or all the time.
	staleTemplates = 24 * time.Hour
	stalePoll      = 30 * time.Minute
)

// examineAccounts asks the relay when it last asked the networks: the log tells
// only what changed.
func (d *desk) examineAccounts(ctx context.Context, c *checkup, relay string, token provider.Secret, limit time.Duration) {
	var told struct {
		Now      time.Time `json:"now"`
		Accounts []served  `json:"accounts"`
	}
	if _, err := question(ctx, relay, "/v1/accounts", token, limit, &told); err != nil {
		c.add(levelNote, "inbox", "update the relay", "when templates were listed last is not known: %v", err)
		return
	}
	for i := range told.Accounts {
		c.looked(&told.Accounts[i], told.Now)
	}
}

// looked says how old what the relay knows of an account is.
func (c *checkup) looked(a *served, now time.Time) {
	age := func(what string, at time.Time, most time.Duration, todo string) {
		switch {
		case at.IsZero():
			c.add(levelNote, "inbox", "look again in a minute; then "+todo, "%s: %s not yet since the relay was started", a.Account.ID, what)
		case now.Sub(at) > most:
			c.add(levelWrong, "inbox", todo, "%s: %s last %s", a.Account.ID, what, words.English().Time.Ago(now.Sub(at)))
		default:
			c.ok("inbox", "%s: %s %s", a.Account.ID, what, words.English().Time.Ago(now.Sub(at)))
		}
	}
	if a.ListsTemplates {
		age("templates listed", a.TemplatesAt, staleTemplates, "the relay's log says why they cannot be")
	}
	if a.Polls {
		age("network asked for news", a.PolledAt, stalePoll, "the relay's log says why it cannot be")
	}
}
