package main

import (
	"fmt"
	"strings"

	"frontdesk/tui/theme"
)

// themeFlag is --theme. It is empty where the flag was not given: then the
// configuration counts.
type themeFlag struct{ choice theme.Choice }

func (t *themeFlag) String() string { return string(t.choice) }

func (t *themeFlag) Set(s string) error {
	c, ok := theme.ParseChoice(s)
	if !ok {
		return errNoTheme(s)
	}
	t.choice = c
	return nil
}

func errNoTheme(s string) error {
	return fmt.Errorf("there is no theme %.40q; there are %s", s, themeNames())
}

func themeNames() string {
	names := ""
	for i, c := range theme.Choices() {
		if i > 0 {
			names += ", "
		}
		names += string(c)
	}
	return names
}

// theme adds --theme to a verb that has a screen.
func (f *flags) theme() *themeFlag {
	t := &themeFlag{}
	f.Var(t, "theme", "how it looks, `"+strings.ReplaceAll(themeNames(), ", ", "|")+"`; auto is after the terminal's background")
	return t
}

// wear puts the theme of the command line before the configuration's.
func (c *config) wear(t *themeFlag) {
	if t.choice != "" {
		c.Theme = t.choice
	}
}
