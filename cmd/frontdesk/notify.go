package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"frontdesk/tui"
)

// notifyConfig is [notify] in config.toml: how the agent is told of what happens
// while they look elsewhere. What is left out is as usual says.
type notifyConfig struct {
	Bell    *bool  `toml:"bell"`
	Desktop string `toml:"desktop"`
	When    string `toml:"when"`
	Content *bool  `toml:"content"`
	// Messages is "mine", "all" or "none".
	Messages    string `toml:"messages"`
	Assignments *bool  `toml:"assignments"`
	Mentions    *bool  `toml:"mentions"`
	Closing     *bool  `toml:"closing"`
	// Quiet is "22:00-07:00", where the agent sits.
	Quiet string `toml:"quiet"`
	// Command is a program and its arguments. What happened is in its environment,
	// never in its arguments: a customer's words are no part of a command line.
	Command []string `toml:"command"`
}

// hookTime is how long the agent's own command may take.
const hookTime = 10 * time.Second

// notify judges the table and returns what the screen is to do.
func (c *notifyConfig) notify(getenv func(string) string) (tui.Notify, error) {
	n := tui.Notify{
		Bell: orUsual(c.Bell, true), Content: orUsual(c.Content, true), Always: c.When == "always", Messages: tui.Scope(c.Messages),
		Assignments: orUsual(c.Assignments, true), Mentions: orUsual(c.Mentions, true), Closing: orUsual(c.Closing, true),
		Desktop: tui.Desktop(c.Desktop), Passthrough: getenv("TMUX") != "",
	}
	switch n.Desktop {
	case "", "auto":
		n.Desktop = desktopOf(getenv)
	case tui.DesktopOff, tui.Desktop9, tui.Desktop777, tui.Desktop99:
	default:
		return n, errors.New(`desktop is "auto", "off", "osc9", "osc777" or "osc99"`)
	}
	switch n.Messages {
	case "":
		n.Messages = tui.ScopeMine
	case tui.ScopeMine, tui.ScopeAll, tui.ScopeNone:
	default:
		return n, errors.New(`messages is "mine", "all" or "none"`)
	}
	if c.When != "" && c.When != "always" && c.When != "unfocused" {
		return n, errors.New(`when is "unfocused" or "always"`)
	}
	return n, c.quiet(&n)
}

func orUsual(set *bool, usual bool) bool {
	if set == nil {
		return usual
	}
	return *set
}

// desktopOf is the sequence that the terminal says it knows; off where nothing is
// known of it, because others would show the sequence's letters. Sources: the
// terminals' own documentation (kitty, foot, Ghostty, WezTerm, iTerm2).
func desktopOf(getenv func(string) string) tui.Desktop {
	switch {
	case getenv("KITTY_WINDOW_ID") != "":
		return tui.Desktop99
	case strings.HasPrefix(getenv("TERM"), "foot"), getenv("TERM_PROGRAM") == "ghostty", strings.HasPrefix(getenv("TERM"), "rxvt-unicode"):
		return tui.Desktop777
	case getenv("TERM_PROGRAM") == "iTerm.app", getenv("TERM_PROGRAM") == "WezTerm", getenv("WT_SESSION") != "":
		return tui.Desktop9
	}
	return tui.DesktopOff
}

func (c *notifyConfig) quiet(n *tui.Notify) error {
	if c.Quiet == "" {
		return nil
	}
	from, to, ok := strings.Cut(c.Quiet, "-")
	for i, text := range [2]string{from, to} {
		at, err := time.Parse("15:04", strings.TrimSpace(text))
		if err != nil || !ok {
			return errors.New(`quiet is two times of day, as in "22:00-07:00"`)
		}
		n.Quiet[i] = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	return nil
}

// run starts the agent's command for one thing. Its output is nobody's to see: it
// would stand in the middle of the screen.
func (c *notifyConfig) run(environ []string) func(context.Context, tui.Told) error {
	return func(ctx context.Context, t tui.Told) error {
		ctx, cancel := context.WithTimeout(ctx, hookTime)
		defer cancel()
		cmd := exec.CommandContext(ctx, c.Command[0], c.Command[1:]...) //nolint:gosec // the agent's own configuration names it
		cmd.WaitDelay = time.Second
		cmd.Env = append(append([]string{}, environ...),
			"FRONTDESK_EVENT="+t.Kind, "FRONTDESK_CONVERSATION="+string(t.Conversation), "FRONTDESK_ACCOUNT="+t.Account,
			"FRONTDESK_TITLE="+t.Title, "FRONTDESK_TEXT="+t.Text)
		err := cmd.Run()
		var exit *exec.ExitError
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("%s took over %s", c.Command[0], hookTime)
		case errors.As(err, &exit):
			return fmt.Errorf("%s ended with %d", c.Command[0], exit.ExitCode())
		case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
			return fmt.Errorf("there is no program %s", c.Command[0])
		}
		return fmt.Errorf("%s could not be started", c.Command[0])
	}
}
