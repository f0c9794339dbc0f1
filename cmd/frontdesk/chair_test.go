package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay"
)

// chair is a colleague's own terminal with its screen, on a link to the office's relay
// that can be cut.
type chair struct {
	*desk
	*tuitest.Screen
	link *faults.Proxy
}

// hires gives somebody a token, as an administrator does.
func (f *office) hires(agent string) {
	f.t.Helper()
	token, err := f.backend.relay.Tokens().Add(f.t.Context(), agent, webhookrelay.RoleAgent)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.dir, agent+".token"), []byte(token), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// chair seats a colleague.
func (f *office) chair(agent string, clock func() time.Time) *chair {
	f.t.Helper()
	c := &chair{link: faults.NewProxy(f.t, strings.TrimPrefix(f.backend.url, "http://"), nil)}
	c.desk = f.unpluggedAt(agent, f.t.TempDir(), c.link.URL(), clock)
	f.plug(c.desk)
	ctx, cancel := context.WithCancel(f.t.Context())
	f.t.Cleanup(cancel)
	c.Screen = tuitest.New(f.t, tui.New(ctx, c.screenOptions()), 160, 48)
	c.WaitText("● live")
	return c
}

// cut is no network to the relay until it is mended.
func (c *chair) cut() {
	c.link.Refuse(true)
	c.link.Sever()
	c.WaitFor(func(screen string) bool { return !strings.Contains(screen, "● live") })
}

func (c *chair) mend() { c.link.Refuse(false) }

// writes has the colleague write to a customer, and waits until it is kept.
func (c *chair) writes(customer, text string) {
	search(c.Screen, customer)
	c.Press("r")
	c.WaitText("WRITE")
	c.Type(text)
	c.Press("enter", "esc")
	c.WaitText("TRIAGE")
}
