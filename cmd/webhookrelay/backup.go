package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"frontdesk/webhookrelay"
)

// backup copies the log, beside a serving relay as well as without one.
func (e environment) backup(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("backup", flag.ContinueOnError)
	path, to := flags.String("config", "", ""), flags.String("to", "", "")
	if _, err := parse(flags, args, 0); err != nil {
		return err
	}
	if *to == "" {
		return &usageError{what: "the backup has no name", todo: "add --to FILE"}
	}
	c, err := e.loadConfig(*path)
	if err != nil {
		return err
	}
	head, err := webhookrelay.Backup(ctx, c.log(), *to, time.Now())
	switch {
	case errors.Is(err, webhookrelay.ErrBackupExists):
		return &fault{what: "there is a file " + *to + " already", todo: "nothing was changed: choose another name for the backup"}
	case errors.Is(err, webhookrelay.ErrNoLog):
		return &fault{what: "there is no log in " + c.Data, todo: "check data in " + c.path}
	case errors.Is(err, webhookrelay.ErrBodyChanged):
		return &fault{
			what: fmt.Sprintf("%s holds the log up to %d, and bodies in it are not as they came", *to, head),
			todo: "the backup is made and its events are whole; webhookrelay check names the bodies",
		}
	case err != nil:
		return &fault{what: "no backup was made", todo: "check the disk and who may write there; if the log is damaged, webhookrelay recover saves what is whole", err: err}
	}
	_, err = fmt.Fprintf(e.out, "%s holds the log up to %d, verified\n", *to, head)
	return err
}
