package plain

import (
	"context"
	"fmt"
	"strings"

	"frontdesk/store"
)

// status tells of the link, the queue and the window.
func (d *Dialogue) status(ctx context.Context, _ string) error {
	if d.live {
		d.say(d.p.NowLive)
	} else {
		d.say(d.p.NowOffline)
	}
	n, err := d.st.Counts(ctx)
	if err != nil {
		return err
	}
	d.say(sentence(d.outboxWords(&n)))
	if d.current == "" {
		return nil
	}
	c, err := d.st.Conversation(ctx, d.current)
	if err != nil {
		return err
	}
	d.header(&c)
	return nil
}

func (d *Dialogue) outboxWords(n *store.Counts) string {
	s := &d.words.Screen.Status
	var parts []string
	for _, x := range []struct {
		f string
		n int
	}{
		{s.QueuedF, n.Outbox.Queued},
		{s.HeldF, n.Outbox.Held},
		{s.SendingF, n.Outbox.Sending},
		{s.UnsureF, n.Outbox.Unsure},
		{s.FailedF, n.Outbox.Failed},
		{s.UnpublishedF, n.Unpublished},
	} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf(x.f, x.n))
		}
	}
	if len(parts) == 0 {
		return s.OutboxEmpty
	}
	return strings.Join(parts, ", ")
}

// quit leaves, and asks where something would stay unsent.
func (d *Dialogue) quit(ctx context.Context, _ string) error {
	if d.unsent(ctx) {
		if yes, err := d.yes(ctx, d.p.QuitAnyway); err != nil || !yes {
			return err
		}
	}
	d.asked = true
	return errEnd
}

// unsent tells what has not gone yet.
func (d *Dialogue) unsent(ctx context.Context) bool {
	n, err := d.st.Counts(ctx)
	if err != nil {
		return false
	}
	o := n.Outbox
	if o.Queued+o.Held+o.Sending+o.Unsure == 0 {
		return false
	}
	d.say(sentence(d.outboxWords(&n)) + " " + d.words.Screen.Did.UnsentQuitF)
	return true
}

// leave says the last. Where the input just ended nobody was asked, and what has not
// gone is told now.
func (d *Dialogue) leave(ctx context.Context) {
	if !d.asked {
		d.unsent(ctx)
	}
	d.say(d.p.Bye)
}
