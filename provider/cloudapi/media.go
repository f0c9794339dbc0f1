package cloudapi

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

var _ provider.MediaOpener = (*Provider)(nil)

// mediaHost is where Meta keeps the files that customers send. The address that
// a look-up answers is on it, and on no other host is anything fetched.
const mediaHost = "lookaside.fbsbx.com"

// maxMedia is the greatest file Meta delivers: documents of 100 MB (Meta,
// "Media").
const maxMedia = 100 << 20

// lookups is how often an address is asked for: it is good for five minutes, and
// the one that is asked for anew must serve.
const lookups = 2

// OpenMedia implements provider.MediaOpener: it looks the file's address up and
// fetches it with the same token. An address that has expired is looked up once
// more.
func (p *Provider) OpenMedia(ctx context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	if !numeric.MatchString(string(id)) {
		return nil, &provider.Error{
			Op: "media", Reason: provider.MediaRejected, Err: errors.New("the id is no number"),
			Text: "The message names no file that WhatsApp could have. Ask the customer to send it again.",
		}
	}
	for try := 1; ; try++ {
		at, err := p.lookUp(ctx, id)
		if err != nil {
			return nil, err
		}
		f, err := p.files.Get(ctx, string(at.URL), p.config.AccessToken.Reveal(), maxMedia)
		switch {
		case err == nil:
			return &provider.MediaFile{Body: f.Body, MIME: string(at.MIME), SHA256: hexSum(string(at.SHA256)), Size: f.Size}, nil
		case !errors.Is(err, fetch.ErrGone) || try == lookups:
			return nil, mediaError(err)
		}
	}
}

// located is Meta's answer to GET /{media-id}. Numbers come as strings too.
type located struct {
	URL    whatsapp.ID `json:"url"`
	MIME   whatsapp.ID `json:"mime_type"`
	SHA256 whatsapp.ID `json:"sha256"`
}

func (p *Provider) lookUp(ctx context.Context, id provider.MediaID) (*located, error) {
	r := rest.Request{
		Op: "media", Method: http.MethodGet, Path: "/" + p.config.Version + "/" + string(id),
		Query: url.Values{"phone_number_id": {p.config.PhoneNumberID}},
	}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		// An id that Meta has forgotten is answered like one that this token may
		// not see (code 100): neither says anything about the account.
		e := refused(r, a)
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

// hexSum reads a hash in either of Meta's spellings: hex here, base64 in
// webhooks.
func hexSum(s string) string {
	if raw, err := hex.DecodeString(s); err == nil && len(raw) == 32 {
		return hex.EncodeToString(raw)
	}
	if raw, err := base64.StdEncoding.DecodeString(s); err == nil && len(raw) == 32 {
		return hex.EncodeToString(raw)
	}
	return ""
}
