package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
)

var _ provider.MediaUploader = (*Provider)(nil)

// uploads is how files get to the driver's network: as the driver hands them
// over, before their message or with it, or by an address of the relay's where its messages hold files by link.
// Whether the relay has a public address no table knows: it says so itself.
func uploads(direct *provider.Capabilities) provider.Level {
	if level := direct.Can[provider.CanUploadMedia]; level > provider.Absent {
		return level
	}
	if len(direct.Attached) > 0 {
		return provider.Full
	}
	if slices.ContainsFunc(provider.FileKinds(), func(k provider.ContentKind) bool { return direct.Send[k] > provider.Absent }) {
		return provider.Converted
	}
	return provider.Absent
}

// ableOnly hides the uploader where no message of the account can hold a file, and
// shows the blocker where the driver behind the relay is one.
func (p *Provider) ableOnly() provider.Provider {
	can := p.tables.Usual.Can
	uploads, blocks := can[provider.CanUploadMedia] > provider.Absent, can[provider.CanBlock] > provider.Absent
	switch {
	case uploads && blocks:
		return struct {
			*Provider
			provider.Blocker
		}{p, door{p}}
	case uploads:
		return p
	case blocks:
		return struct {
			provider.Provider
			provider.MediaOpener
			provider.Caller
			provider.Blocker
		}{p, p, p, door{p}}
	}
	return struct {
		provider.Provider
		provider.MediaOpener
		provider.Caller
	}{p, p, p}
}

// handedIn is what POST /v1/media/{account} answers.
type handedIn struct {
	ID     provider.MediaID `json:"id"`
	Link   provider.MediaID `json:"link"`
	SHA256 string           `json:"sha256"`
	Error  json.RawMessage  `json:"error"`
}

// UploadMedia implements provider.MediaUploader: the relay hands the file to the
// network, keeps it to go with its message, or gives it an address that the network
// may fetch it by; the last two for two days.
// The first byte waits a moment for the relay's word, so that a file that nobody
// takes does not leave.
func (p *Provider) UploadMedia(ctx context.Context, u provider.Upload) (provider.MediaID, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	defer cancel()
	res, err := p.post(ctx, "/v1/media/"+url.PathEscape(string(p.account.ID)), u)
	if err != nil {
		return "", err
	}
	defer res.Body.Close() //nolint:errcheck // the answer is read
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return "", noUpload(errors.New("the relay's answer broke off"))
	}
	return readUpload(res.StatusCode, raw, u.SHA256)
}

// post hands a file to the relay. Whoever made the file closes it.
func (p *Provider) post(ctx context.Context, path string, u provider.Upload) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, struct{ io.Reader }{u.Body})
	if err != nil {
		return nil, noUpload(errors.New("the address is not valid"))
	}
	req.ContentLength = u.Size
	for name, value := range map[string]string{
		"Authorization": "Bearer " + p.token.Reveal(), "Content-Type": cmp.Or(u.MIME, "application/octet-stream"), "Expect": "100-continue",
		"X-Media-Kind": string(u.Kind), "X-Media-Name": url.PathEscape(u.Name), "X-Media-Chat": url.PathEscape(string(u.Chat)), "X-Media-Sha256": u.SHA256,
	} {
		req.Header.Set(name, value)
	}
	res, err := p.files.Do(req)
	if err != nil {
		return nil, noUpload(errors.New("the relay could not be reached, or the file not be read to its end"))
	}
	return res, nil
}

// readUpload judges the answer to a file whose hash is want; empty for any.
func readUpload(status int, raw []byte, want string) (provider.MediaID, error) {
	var said handedIn
	if json.Unmarshal(raw, &said) != nil {
		said = handedIn{}
	}
	switch named := cmp.Or(said.ID, said.Link); {
	case status != http.StatusOK:
		return "", refusedUpload(status, said.Error)
	case named == "" || (said.ID != "" && said.Link != "") || (said.Link != "" && !strings.HasPrefix(string(said.Link), "https://")):
		return "", noUpload(errors.New("the relay's answer names no file"))
	case want != "" && !strings.EqualFold(want, said.SHA256):
		return "", noUpload(errors.New("the relay got another file"))
	default:
		return named, nil
	}
}

// refusedUpload is the network's no as the relay passed it on, or the relay's own.
func refusedUpload(status int, raw json.RawMessage) error {
	if e := network(raw); e != nil {
		return e
	}
	var own struct{ Code string }
	_ = json.Unmarshal(raw, &own) // what is no relay's has none
	e := &provider.Error{Op: "upload", Code: "relay " + strconv.Itoa(status)}
	switch status {
	case http.StatusBadRequest:
		if own.Code != "bad_request" {
			return noUpload(errors.New("the relay got half a file, or another one"))
		}
		e.Reason, e.Text = provider.Invalid, "The relay did not accept the file as it is told. Give it a plain name and send it again."
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Reason, e.Text = provider.Token, tokenGone
	case http.StatusNotFound:
		e.Reason, e.Text = provider.NotSupported, "The relay does not send for this account. An administrator must add it to the relay."
	case http.StatusNotImplemented:
		e.Reason, e.Text = provider.NotSupported, "This relay takes no files yet. An administrator must update it."
	case http.StatusRequestEntityTooLarge:
		e.Reason, e.Text = provider.MediaRejected, "The file is larger than the relay takes. Make it smaller."
	default:
		return noUpload(errors.New("the relay answered otherwise: " + http.StatusText(status)))
	}
	return e
}

func noUpload(err error) *provider.Error {
	return &provider.Error{
		Op: "upload", Reason: provider.Unavailable, Err: err,
		Text: "The file did not get to the relay whole. Try again in a moment.",
	}
}
