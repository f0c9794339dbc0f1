package outbox

import (
	"context"
	"errors"

	"frontdesk/provider"
	"frontdesk/store"
)

// errBehind: the team may have sent what this store has not heard of.
var errBehind = errors.New("the relay was lost while the network answered")

// find looks for an unsure send at its network. What is found is proved as by a
// receipt; what is not stays unsure, and is a person's to send again.
func (i *inquiry) find(ctx context.Context, k *asker, u store.UnsureSend) answer {
	a := answer{asker: k, op: u.Send.Op}
	m := u.Send
	m.Again = false
	var id provider.MessageID
	var found bool
	if e := provider.Ask(ctx, "find", func(ctx context.Context) (err error) {
		id, found, err = k.finder.FindSent(ctx, m, u.Left)
		return err
	}); e != nil {
		a.err = e
		return a
	}
	// What is known now is kept, whatever ends meanwhile.
	ctx = context.WithoutCancel(ctx)
	if !found || id == "" {
		a.err = i.Store.TellAbsent(ctx, m.Op)
		return a
	}
	if !i.CaughtUp() {
		a.err = errBehind
		return a
	}
	a.done, a.err = i.Store.ProveSent(ctx, m.Op, id, u.Left)
	switch {
	case a.err != nil:
	case a.done:
		a.proved = &store.AcceptedSend{Op: m.Op, Chat: m.To, Conversation: u.Conversation, Message: id, Since: i.Now()}
	default:
		i.Logger.Info("a message was found that may be another send's", "account", k.account, "op", m.Op)
	}
	return a
}
