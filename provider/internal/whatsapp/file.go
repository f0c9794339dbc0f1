package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

// MediaHost is where Meta keeps the files that customers send: the address that
// a look-up answers is on it.
const MediaHost = "lookaside.fbsbx.com"

// maxMedia is the greatest file Meta delivers: documents of 100 MB (Meta,
// "Media").
const maxMedia = 100 << 20

// lookups is how often an address is asked for: it is good for five minutes, and
// the one that is asked for anew must serve.
const lookups = 2

// Files is how one API gives the files of messages.
type Files struct {
	api     *rest.Client
	ask     func(id string) rest.Request
	get     Getter
	refused Refuser
}

// Getter fetches what is at the address that a look-up answered, with the
// account's credentials.
type Getter func(ctx context.Context, address string, most int64) (*fetch.File, error)

// NewFiles looks addresses up with the request that ask makes of a file's id.
func NewFiles(api *rest.Client, ask func(id string) rest.Request, get Getter, refused Refuser) Files {
	return Files{api: api, ask: ask, get: get, refused: refused}
}

var _ provider.MediaOpener = (*Files)(nil)

// OpenMedia implements provider.MediaOpener: it looks the file's address up and
// fetches it. An address that has expired is looked up once more.
func (f *Files) OpenMedia(ctx context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	if !numeric.MatchString(string(id)) {
		return nil, &provider.Error{
			Op: "media", Reason: provider.MediaRejected, Err: errors.New("the id is no number"),
			Text: "The message names no file that WhatsApp could have. Ask the customer to send it again.",
		}
	}
	for try := 1; ; try++ {
		at, err := f.lookUp(ctx, id)
		if err != nil {
			return nil, err
		}
		file, err := f.get(ctx, string(at.URL), maxMedia)
		switch {
		case err == nil:
			return &provider.MediaFile{Body: file.Body, MIME: string(at.MIME), SHA256: digest(string(at.SHA256)), Size: file.Size}, nil
		case !errors.Is(err, fetch.ErrGone) || try == lookups:
			return nil, mediaError(err)
		}
	}
}

// located is the answer to GET /{media-id}. Numbers come as strings too.
type located struct {
	URL    ID `json:"url"`
	MIME   ID `json:"mime_type"`
	SHA256 ID `json:"sha256"`
}

func (f *Files) lookUp(ctx context.Context, id provider.MediaID) (*located, error) {
	r := f.ask(string(id))
	r.Op, r.Method = "media", http.MethodGet
	a, err := f.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		// An id that Meta has forgotten is answered like one that this token may
		// not see (code 100): neither says anything about the account.
		e := f.refused(r, a)
		if e.Reason != provider.Token && !e.Retryable() && (a.Status == http.StatusBadRequest || a.Status == http.StatusNotFound) {
			e.Reason, e.Text = provider.MediaRejected, goneText
		}
		return nil, e
	}
	var at located
	if err := json.Unmarshal(a.Body, &at); err != nil || at.URL == "" {
		return nil, rest.NoAnswer(r, errors.New("the answer is not the JSON of a file's address"))
	}
	return &at, nil
}

const goneText = "WhatsApp no longer has this file: it keeps files for seven days. Ask the customer to send it again."

func mediaError(err error) *provider.Error {
	e := &provider.Error{Op: "media", Reason: provider.Unavailable, Err: err, Text: "The file could not be fetched. Try again in a moment."}
	switch {
	case errors.Is(err, fetch.ErrGone):
		e.Reason, e.Text = provider.MediaRejected, goneText
	case errors.Is(err, fetch.ErrTooLarge):
		e.Reason, e.Text = provider.MediaRejected, "The file is larger than WhatsApp allows; it was not fetched. Ask the customer for a smaller one."
	case errors.Is(err, fetch.ErrRefused):
		e.Reason, e.Text = provider.MediaRejected, "The file's address does not belong to WhatsApp; nothing was fetched. An administrator should look at this."
	}
	return e
}
