package main

import "strings"

// goal is what a figure counts and how much of it is asked for. The target
// stands here and not in the tests: a test that names its own is always there.
type goal struct {
	what string
	// target is 0 where it depends on what the repository holds: then it is what
	// the test says.
	target int64
	// size is a figure that one round must reach alone: five logs of 200,000
	// events are not one of a million, and the same points tried again are none
	// that are new.
	size bool
}

// goals are all figures. F7 has a row for each fuzz target.
var goals = map[string]goal{
	"F1":           {what: "kills of the relay under load", target: 10_000},
	"F1d":          {what: "webhooks in 200 copies at once", target: 1000},
	"F2":           {what: "kills of the terminal", target: 10_000},
	"F2p":          {what: "kills of a store's holder", target: 1000},
	"F3":           {what: "power cuts", target: 100_000},
	"F4":           {what: "distinct fault points", target: 2000, size: true},
	"F5":           {what: "flipped bits and cut files", target: 10_000},
	"F6":           {what: "broken connections", target: 5097, size: true},
	"F7":           {what: "fuzz executions", target: 20_000_000},
	"F10":          {what: "events of one soak", target: 14_400_000, size: true},
	"F11":          {what: "events behind a restart", target: 1_000_000, size: true},
	"F11-open":     {what: "events of a log that opens", target: 1_000_000, size: true},
	"F12":          {what: "dead peers", target: 500},
	"F13":          {what: "revocations", target: 1000},
	"F14":          {what: "events to a cold terminal", target: 1_000_000, size: true},
	"F15":          {what: "events beside a stuck terminal", target: 1_000_000},
	"F16":          {what: "ambiguous sends", target: 19_200},
	"F17":          {what: "orders of receipts", size: true},
	"F18":          {what: "operations in histories of a team", target: 1_000_000},
	"F19-screens":  {what: "hostile texts on screens", size: true},
	"F19-webhooks": {what: "hostile webhooks", size: true},
	"F20":          {what: "hostile rows drawn", size: true},
	"F21":          {what: "broken migrations", size: true},
	"F24-relay":    {what: "bytes of the relay's logs and answers searched for secrets", target: 1 << 30},
	"F24-terminal": {what: "bytes of a terminal's log, errors and dumps searched for secrets", target: 1 << 30},
	"F25-relay":    {what: "contacts erased from a relay", target: 100},
	"F25-store":    {what: "contacts erased from a terminal", target: 100},
	"F26":          {what: "slow connections beside forged requests", target: 2000, size: true},
}

// goalOf is the goal of a figure or of a part of one, "F7 ./store FuzzSearch".
func goalOf(name string) goal {
	short, _, _ := strings.Cut(name, " ")
	return goals[short]
}
