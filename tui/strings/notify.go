package strings

import "fmt"

// Notify is what notifications say outside of the screen, and what is said of them.
type Notify struct {
	// Hidden is the whole notification of each kind where contents are hidden.
	Hidden map[string]string
	// MutedF and UnmutedF: whose conversation. HookFailedF: why.
	MutedF, UnmutedF, HookFailedF string
	// Muted is the mark of a conversation of which the agent hears nothing.
	Muted string
}

// Assigned says who gave the agent a conversation; empty for a rule of the team's.
func (n *Notify) Assigned(by string) string {
	if by == "" {
		return "assigned to you"
	}
	return by + " assigned it to you"
}

// Mentioned says who calls the agent, and where.
func (n *Notify) Mentioned(by, where string) string {
	return fmt.Sprintf("%s calls you at %s", by, where)
}

// Closes says when free text ends.
func (n *Notify) Closes(at string) string { return "the window closes at " + at }

// More counts what is not shown by itself.
func (n *Notify) More(count int) string { return fmt.Sprintf("and %d more", count) }

func englishNotify() Notify {
	return Notify{
		Hidden: map[string]string{
			"message": "A customer wrote", "assignment": "A conversation was assigned to you",
			"mention": "A note calls you", "closing": "A window closes soon",
		},
		MutedF: "you are told nothing more of %s", UnmutedF: "you are told of %s again",
		HookFailedF: "the command of [notify] failed: %s. Mend it in config.toml.",
		Muted:       "muted",
	}
}
