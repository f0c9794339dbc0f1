package webhookrelay

import (
	"context"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// claiming is what became of a claim.
type claiming int

const (
	claimedIt claiming = iota
	decided            // a person put the operation aside in this moment
	doubles            // what it sends again is on the wire
	notNow             // the account's pace lets nothing go now; nothing was recorded
	unwelcome          // the customer, or the team, does not want it sent
)

// claim makes the operation this process's to send, and tells the team, in one
// commit. What the customer does not want has failed in that commit, with no.
func (g *gateway) claim(o operation, said event.SendState, told entry) (came claiming, no *provider.Error, err error) {
	_, err = g.relay.log.append(g.ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		came, no = claimedIt, nil
		if said.Retries != "" {
			if free, err := t.replaceOp(ctx, said.Retries, o.agent); !free || err != nil {
				came = doubles
				return nil, err
			}
		}
		if ours, err := t.claimOp(ctx, o, said); !ours || err != nil {
			came = decided
			return nil, err
		}
		if no, err = g.unwanted(ctx, t, o.chat, said.Content); no == nil || err != nil {
			return []entry{told}, err
		}
		came = unwelcome
		return g.refuse(ctx, t, o, said, no)
	}})
	return came, no, err
}

// refuse settles an operation that was claimed and does not leave.
func (g *gateway) refuse(ctx context.Context, t *logTx, o operation, said event.SendState, no *provider.Error) ([]entry, error) {
	o.state, o.err = event.JobFailed, no
	failed, err := g.entry(o, said)
	if err != nil {
		return nil, err
	}
	_, err = t.settleOp(ctx, o)
	return []entry{failed}, err
}
