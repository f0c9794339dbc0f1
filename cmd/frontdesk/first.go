package main

import (
	"context"

	"frontdesk/tui"
)

// first is the program without a verb where nothing is set up in folder: a screen that
// offers the demo and the set-up. Where there is no terminal for one, the error says
// both.
func (e environment) first(ctx context.Context, folder string, look *themeFlag) error {
	if e.mustBeTerminal() != nil {
		_, err := loadConfig(folder, e.getenv)
		return err
	}
	choice, err := tui.Welcome(ctx, folder, look.choice, e.environ, e.in, e.out)
	if err != nil {
		return err
	}
	switch choice {
	case tui.ChoseDemo:
		return e.demo(ctx, look.again())
	case tui.ChoseSetup:
		return e.initVerb(ctx, []string{"--dir", folder})
	}
	return nil
}

// again is the flag as it was given, for another verb.
func (t *themeFlag) again() []string {
	if t.choice == "" {
		return nil
	}
	return []string{"--theme", string(t.choice)}
}
