package whautomate

import (
	"context"
	"errors"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
)

var _ provider.MediaOpener = (*Provider)(nil)

// maxFile is the most that is fetched of one file, in bytes: as much as the
// greatest that the networks behind Whautomate deliver (WhatsApp, documents).
const maxFile = 100 << 20

// OpenMedia implements provider.MediaOpener. A file's id is its mediaUrl. Which
// host that is on is not documented, so nothing is fetched but from the API's own
// and those that a setting names, and the API key goes to neither.
func (p *Provider) OpenMedia(ctx context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	f, err := p.files.Get(ctx, string(id), "", maxFile)
	if err != nil {
		return nil, mediaError(err)
	}
	return &provider.MediaFile{Body: f.Body, MIME: f.ContentType, Size: f.Size}, nil
}

func mediaError(err error) *provider.Error {
	e := &provider.Error{Op: "media", Reason: provider.Unavailable, Err: err, Text: "The file could not be fetched. Try again in a moment."}
	switch {
	case errors.Is(err, fetch.ErrGone):
		e.Reason, e.Text = provider.MediaRejected, "Whautomate no longer has this file. Ask the customer to send it again."
	case errors.Is(err, fetch.ErrTooLarge):
		e.Reason, e.Text = provider.MediaRejected, "The file is larger than 100 MB; it was not fetched. Ask the customer for a smaller one."
	case errors.Is(err, fetch.ErrRefused):
		e.Reason, e.Text = provider.MediaRejected, "The file is on a host that is not known as Whautomate's; nothing was fetched. An administrator can add it to media_hosts."
	}
	return e
}
