package twilio

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

// OpenMedia implements provider.MediaOpener. The address is made here from the two
// SIDs; the credentials go to Twilio's own host and to none that it redirects to.
func (s *sender) OpenMedia(ctx context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	message, media, _ := strings.Cut(string(id), "/")
	if !messageSID.MatchString(message) || !mediaSID.MatchString(media) {
		return nil, &provider.Error{
			Op: "media", Reason: provider.MediaRejected, Err: errors.New("the id is none of Twilio's"),
			Text: "The message names no file that Twilio could have. Ask the customer to send it again.",
		}
	}
	path := s.messages("/" + message + "/Media/" + media)
	f, err := s.files.GetAs(ctx, strings.TrimRight(s.config.BaseURL, "/")+path, s.auth, maxFile)
	switch {
	case errors.Is(err, fetch.ErrGone):
		return nil, s.gone(ctx, path)
	case err != nil:
		return nil, mediaError(err)
	}
	return &provider.MediaFile{Body: f.Body, MIME: f.ContentType, Size: f.Size}, nil
}

// gone says whether a file that is not there was there: right after the webhook it
// may not be readable yet, and then it is only early.
func (s *sender) gone(ctx context.Context, path string) *provider.Error {
	r := rest.Request{Op: "media", Method: http.MethodGet, Path: path + ".json"}
	a, err := s.api.Do(ctx, r)
	switch {
	case err != nil:
		return provider.AsError(r.Op, err)
	case a.Status == http.StatusNotFound:
		return mediaError(fetch.ErrGone)
	case !a.OK():
		return refused(r, a)
	}
	return &provider.Error{Op: r.Op, Reason: provider.Unavailable, Err: fetch.ErrGone, Text: "Twilio does not give the file out yet. Try again in a moment."}
}

func mediaError(err error) *provider.Error {
	e := &provider.Error{Op: "media", Reason: provider.Unavailable, Err: err, Text: "The file could not be fetched. Try again in a moment."}
	var status *fetch.StatusError
	switch {
	case errors.Is(err, fetch.ErrGone):
		e.Reason, e.Text = provider.MediaRejected, "Twilio no longer has this file. Ask the customer to send it again."
	case errors.Is(err, fetch.ErrTooLarge):
		e.Reason, e.Text = provider.MediaRejected, "The file is larger than Twilio allows; it was not fetched. Ask the customer for a smaller one."
	case errors.Is(err, fetch.ErrRefused):
		e.Reason, e.Text = provider.MediaRejected, "The file is on a host that is not known as Twilio's; nothing was fetched. An administrator can add it to media_hosts."
	case errors.As(err, &status) && status.Status == http.StatusUnauthorized:
		e.Reason, e.Text = codes[20003].reason, "Twilio no longer accepts the account's token. An administrator must put in a new one."
	}
	return e
}
