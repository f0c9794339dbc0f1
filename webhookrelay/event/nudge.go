package event

import "strings"

// Nudge is the value of a SettingRule that names the template which keeps a
// conversation going when its window is about to close.
type Nudge struct {
	Template string `json:"template"`
}

const nudgeRule = "nudge"

// NudgeName returns the name of the rule for a language (BCP 47, or as the network
// writes it); the empty one is for every language without a rule of its own.
func NudgeName(language string) string {
	if language == "" {
		return nudgeRule
	}
	return nudgeRule + ":" + strings.ToLower(strings.ReplaceAll(language, "_", "-"))
}

// NudgeOf returns the language of a rule's name; false for another rule's.
func NudgeOf(name string) (language string, ok bool) {
	if name == nudgeRule {
		return "", true
	}
	return strings.CutPrefix(name, nudgeRule+":")
}
