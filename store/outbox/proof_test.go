package outbox_test

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TestRefusedForNowWaitsForItsReceipt: a network that called itself unavailable
// may have taken the message, and the receipt that says so wait at a relay this
// terminal has not heard yet. Until it has, such a message is not tried again,
// however long that takes; then it is, or is not, as the log says. What certainly
// did not leave waits for no relay, and what goes through a gateway waits for its own:
// it has to be reached anyway.
func TestRefusedForNowWaitsForItsReceipt(t *testing.T) {
	for name, c := range map[string]struct {
		refusal    provider.Error
		repeatable bool
		proof      bool
		// behind and caught are the attempts made before the relay was heard and
		// after.
		behind, caught int
	}{
		"taken all the same": {refusal: provider.Error{Reason: provider.Unavailable}, proof: true, behind: 1, caught: 1},
		"not taken":          {refusal: provider.Error{Reason: provider.Unavailable}, behind: 1, caught: 2},
		"not reached":        {refusal: provider.Error{Reason: provider.Unreachable}, behind: 2, caught: 2},
		"too many":           {refusal: provider.Error{Reason: provider.RateLimited}, behind: 2, caught: 2},
		"by a gateway":       {refusal: provider.Error{Reason: provider.Unavailable}, repeatable: true, behind: 1, caught: 2},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.direct["sales"] = !c.repeatable
				guest, line := key("sales", "1"), w.lines["sales"]
				line.caps.Repeatable = c.repeatable
				w.writes(guest)
				line.does(refuse(c.refusal))
				m := w.reply(guest, "hello")
				_, stop := w.run()
				stop() // before it can try again
				line.does(nil)
				w.restart()
				w.behind = true
				o, stop := w.run()
				defer stop()
				pass(12 * time.Hour)
				if got := len(line.sent()); got != c.behind {
					t.Errorf("%d attempts before the relay was heard, want %d", got, c.behind)
				}
				var receipt []event.Event
				if c.proof {
					receipt = append(receipt, event.Event{
						ID: "s:proof:sent", Account: "sales", Conversation: teamKey.Conversation(guest), Kind: provider.KindReceipt,
						Body: provider.Receipt{Message: "wamid.proof", Op: line.sent()[0].op, Status: provider.Sent, At: time.Now()},
					})
				}
				w.catchesUp(o, receipt...)
				if got := len(line.sent()); got != c.caught {
					t.Errorf("%d attempts after it was heard, want %d", got, c.caught)
				}
				w.is(m, event.JobSent)
			})
		})
	}
}
