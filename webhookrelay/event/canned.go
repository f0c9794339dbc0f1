package event

import "strings"

// Canned is the value of a SettingCanned: a text that is written often. What stands
// in braces, "{first name}", is a variable.
type Canned struct {
	Text string `json:"text"`
	// Files go with it, at most MaxCannedFiles.
	Files []CannedFile `json:"files,omitempty"`
}

// MaxCode is the most characters of a canned response's short code.
const MaxCode = 32

// CannedName returns the name of a setting for a short code: the code itself for
// the team's, with the agent before it for one that is shown to its owner alone.
func CannedName(owner AgentID, code string) string {
	if owner == "" {
		return code
	}
	return string(owner) + "/" + code
}

// CannedOf takes a name apart again; the owner is empty for the team's.
func CannedOf(name string) (owner AgentID, code string) {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return AgentID(name[:i]), name[i+1:]
	}
	return "", name
}

// MuteName is the name of the setting by which an agent hears nothing more of a
// conversation.
func MuteName(agent AgentID, id ConversationID) string { return CannedName(agent, string(id)) }

// MutedBy takes such a name apart again.
func MutedBy(name string) (agent AgentID, id ConversationID) {
	agent, of := CannedOf(name)
	return agent, ConversationID(of)
}

// GoodCode reports whether a short code can be typed after a slash: ASCII letters,
// digits, dots, dashes and underscores, at most MaxCode.
func GoodCode(code string) bool {
	for i := range len(code) {
		c := code[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune(".-_", rune(c)) {
			return false
		}
	}
	return code != "" && len(code) <= MaxCode
}
