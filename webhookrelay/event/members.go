package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/provider"
)

// Team is the value of a SettingTeam: people who share a queue. The setting's name is
// what Assigned.Team and Rule.Team call it by.
type Team struct {
	// Members are its people, sorted.
	Members []AgentID `json:"members"`
	// Inboxes are accounts whose new conversations come to the team by themselves.
	Inboxes []provider.AccountID `json:"inboxes,omitempty"`
}

// MaxTeamName is the most characters of a team's name.
const MaxTeamName = 32

// NoTeam is the word for none, where a name is typed; no team is called so.
const NoTeam = "none"

// errTeamName says what a name may be.
var errTeamName = fmt.Errorf("a team's name is letters and digits, with single blanks, dots, dashes and underscores between them, at most %d, and not %q",
	MaxTeamName, NoTeam)

// CheckTeamName reports what is wrong with a team's name, in words for whoever typed it.
func CheckTeamName(name string) error {
	inside := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }
	wrong := func(r rune) bool { return inside(r) && !strings.ContainsRune(" .-_", r) }
	switch {
	case name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > MaxTeamName, strings.EqualFold(name, NoTeam),
		strings.ContainsFunc(name, wrong), strings.TrimFunc(name, inside) != name, strings.Contains(name, "  "):
		return errTeamName
	}
	return nil
}

// ReadTeam reads the value of a SettingTeam. The error says what is wrong in words for
// whoever wrote it.
func ReadTeam(raw json.RawMessage) (Team, error) {
	var t Team
	if err := strictly(raw, &t); err != nil {
		return t, err
	}
	if slices.Contains(t.Members, "") || slices.Contains(t.Inboxes, "") {
		return t, errors.New("a member or an inbox has no name")
	}
	return t, nil
}
