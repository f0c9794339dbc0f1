package outbox

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"frontdesk/provider"
)

// fileTimeout is how long an attempt with a file may take at least: a large one on a
// slow line takes long.
const fileTimeout = 15 * time.Minute

// Files opens a file that is kept until its message goes, by the name under which a
// message holds it (provider.HeldMedia), and says how many bytes it has. The error is
// fs.ErrNotExist where there is none any more.
type Files func(name string) (body io.ReadCloser, size int64, err error)

// keeps returns the name of the file that a message goes with; false for a message
// that names none, or one that the network or a relay has.
func keeps(p provider.Provider, m *provider.Outgoing) (name string, ok bool) {
	if _, sends := p.(provider.FileSender); !sends || m.Content.Media == nil {
		return "", false
	}
	return m.Content.Media.ID.Held()
}

// sendFile makes one attempt at a message together with its file.
func (d *dispatcher) sendFile(ctx context.Context, p provider.FileSender, m provider.Outgoing, name string) (provider.MessageID, error) {
	body, size, err := d.Files(name)
	if err != nil {
		return "", unopened(err)
	}
	defer body.Close() //nolint:errcheck // it was only read
	described := *m.Content.Media
	described.ID = ""
	m.Content.Media = &described
	return p.SendFile(ctx, m, provider.Upload{
		Kind: m.Content.Kind, Name: described.Name, MIME: described.MIME, Size: size, SHA256: described.SHA256, Chat: m.To.Chat, Body: body,
	})
}

// unopened is a file that is not given out; nothing left.
func unopened(err error) *provider.Error {
	e := &provider.Error{
		Op: "send", Reason: provider.Unavailable, Err: err,
		Text: "The file cannot be opened on this machine now. It is tried again.",
	}
	if errors.Is(err, fs.ErrNotExist) {
		e.Reason, e.Text = provider.MediaRejected, "The file is no longer on this machine. Attach it again."
	}
	return e
}
