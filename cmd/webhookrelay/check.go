package main

import (
	"context"
	"flag"
	"fmt"

	"frontdesk/webhookrelay"
)

// check reads the whole log and says what is not as it must be.
func (e environment) check(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	path := flags.String("config", "", "")
	if _, err := parse(flags, args, 0); err != nil {
		return err
	}
	c, err := e.loadConfig(*path)
	if err != nil {
		return err
	}
	report, err := webhookrelay.Check(ctx, c.log())
	if err != nil {
		return &fault{what: "the log could not be checked", todo: "see that data in " + c.path + " is the relay's folder, and that this user may read it", err: err}
	}
	if err := e.tell(report); err != nil {
		return err
	}
	if len(report.Findings) > 0 {
		return &fault{what: "the log is not as it must be, as told above", todo: "keep a copy of " + c.Data + " before anything else; docs/protocol.md, Books, says what the numbers mean"}
	}
	return nil
}

func (e environment) tell(report webhookrelay.Report) error {
	b := report.Books
	fmt.Fprintf(e.out, "log %s: %d events, %d bodies of POSTs\n", b.Epoch, b.Head, report.Bodies)
	if report.Unsealed > 0 {
		fmt.Fprintf(e.out, "not checked: %d bodies are from before it could be told whether one has changed\n", report.Unsealed)
	}
	for _, h := range b.Hooks {
		if h.Hook == "" {
			fmt.Fprintf(e.out, "no hook: %d requests rejected\n", h.Rejected)
			continue
		}
		e.tellTally(h.Hook, "POSTs", h.Posts)
		e.tellTally(h.Hook, "events", h.Events)
		fmt.Fprintf(e.out, "hook %s: %d requests rejected; reprocessing stored %d events and quarantined %d\n",
			clean(h.Hook), h.Rejected, h.Reprocessed.Stored, h.Reprocessed.Quarantined)
	}
	fmt.Fprintf(e.out, "quarantine: %d, of them %d open\n", b.Quarantine.All, b.Quarantine.Open)
	for _, finding := range report.Findings {
		fmt.Fprintln(e.out, "NOT AS IT MUST BE: "+clean(finding))
	}
	if len(report.Findings) > 0 {
		return nil
	}
	_, err := fmt.Fprintln(e.out, "all is well: the chain, the mark, the bodies and the books agree")
	return err
}

func (e environment) tellTally(hook, what string, t webhookrelay.Tally) {
	fmt.Fprintf(e.out, "hook %s: %d %s = %d stored + %d duplicate + %d quarantined + %d refused\n",
		clean(hook), t.Received, what, t.Stored, t.Duplicate, t.Quarantined, t.Refused)
}
