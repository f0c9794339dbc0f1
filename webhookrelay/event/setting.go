package event

import "encoding/json"

// KindSet is a setting of the team's.
const KindSet = "team.set"

// Set is one named thing that the whole team shares: a canned response, a macro,
// a saved view, hours of work. The last word on a name stands; a null Value
// removes it. It belongs to no conversation and to no account.
type Set struct {
	What  Setting         `json:"what"`
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value,omitempty"`
}

// Setting says what a Set is about, and so what its value is made of.
type Setting string

// The settings a team has.
const (
	SettingCanned Setting = "canned"
	SettingMacro  Setting = "macro"
	SettingView   Setting = "view"
	SettingLabel  Setting = "label"
	SettingTeam   Setting = "team"
	SettingHours  Setting = "hours"
	SettingTarget Setting = "target"
	SettingRule   Setting = "rule"
	SettingStop   Setting = "stop-words"
	SettingLink   Setting = "link"
	SettingMute   Setting = "mute"   // MuteName; its value is true
	SettingWorker Setting = "worker" // Lease, by the program itself
	SettingBatch  Setting = "batch"  // Batch, by whoever handed it over
)

// Removed reports whether the setting is taken away.
func (s Set) Removed() bool { return len(s.Value) == 0 || string(s.Value) == "null" }

// Kind implements Body.
func (Set) Kind() string { return KindSet }
