package webhookrelay

import (
	"context"
	"errors"
	"io/fs"

	"frontdesk/provider"
)

// attaches reports whether a file of the kind goes to the network together with its
// message, and cannot be there before.
func attaches(network provider.Provider, table *provider.Capabilities, kind provider.ContentKind) bool {
	_, ok := network.(provider.FileSender)
	return ok && table.Attaches(kind)
}

// hold keeps a file until its message goes, for as long as one that is offered. No
// address leads to it: the name it is kept under is none of an offer's.
func (r *Relay) hold(ctx context.Context, account provider.AccountID, u provider.Upload) (provider.MediaID, error) {
	id := provider.HeldMedia(randomID(offerSecret))
	return id, r.keepOffer(ctx, account, u, string(id), r.now().Add(offerFor).UTC())
}

// sendOnce is one attempt: with the file that the message holds, where there is one.
func (r *Relay) sendOnce(ctx context.Context, network provider.Provider, m provider.Outgoing) (provider.MessageID, error) {
	sender, attaches := network.(provider.FileSender)
	if !attaches || !goesWithFile(&m.Content) {
		return r.gateway.joiner.Send(ctx, network, m)
	}
	o, err := r.findOffer(ctx, string(m.Content.Media.ID))
	if errors.Is(err, fs.ErrNotExist) || err == nil && o.account != m.To.Account {
		return "", expired()
	}
	if err != nil {
		return "", unopened(err)
	}
	body, err := r.vault.Open(o.File)
	if err != nil {
		return "", unopened(err)
	}
	defer body.Close() //nolint:errcheck // it was only read
	described := *m.Content.Media
	described.ID = ""
	m.Content.Media = &described
	return sender.SendFile(ctx, m, provider.Upload{
		Kind: m.Content.Kind, Name: o.name, MIME: o.mime, Size: o.Size, SHA256: o.SHA256, Chat: m.To.Chat, Body: body,
	})
}

// goesWithFile reports whether a message goes with a file that is kept for it.
func goesWithFile(c *provider.Content) bool {
	if c.Media == nil {
		return false
	}
	_, held := c.Media.ID.Held()
	return held
}

// unopened: the disk does not give the file, and nothing left.
func unopened(err error) *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.Unavailable, Err: err,
		Text: "The relay cannot open the file now. It is tried again.",
	}
}
