package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

var (
	_ provider.MediaOpener   = (*Provider)(nil)
	_ provider.MediaUploader = (*Provider)(nil)
)

// mediaHosts are where Meta keeps the files of messages; nothing is fetched from
// anywhere else. The last has been seen for media shared from Instagram.
func mediaHosts() []string { return []string{".fbcdn.net", ".fbsbx.com", ".cdninstagram.com"} }

// maxMedia is the greatest file that is fetched; Meta names no limit for what
// customers send.
const maxMedia = 100 << 20

// uploadWithin is for the greatest file on a slow line.
const uploadWithin = 10 * time.Minute

// OpenMedia implements provider.MediaOpener. Messenger names a file by its
// address alone, which is signed and expires; no token goes there.
func (p *Provider) OpenMedia(ctx context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	f, err := p.files.Get(ctx, string(id), "", maxMedia)
	if err != nil {
		return nil, mediaError(err)
	}
	return &provider.MediaFile{Body: f.Body, MIME: f.ContentType, Size: f.Size}, nil
}

const goneText = "The file's address has expired, and Meta gives no new one. Ask the customer to send it again."

func mediaError(err error) *provider.Error {
	e := &provider.Error{Op: "media", Reason: provider.Unavailable, Err: err, Text: "The file could not be fetched. Try again in a moment."}
	var status *fetch.StatusError
	switch {
	case errors.Is(err, fetch.ErrGone), errors.As(err, &status) && status.Status == http.StatusForbidden:
		e.Reason, e.Text = provider.MediaRejected, goneText
	case errors.Is(err, fetch.ErrTooLarge):
		e.Reason, e.Text = provider.MediaRejected, "The file is larger than is fetched; it was left where it is. Ask the customer for a smaller one."
	case errors.Is(err, fetch.ErrRefused):
		e.Reason, e.Text = provider.MediaRejected, "The file's address does not belong to Meta; nothing was fetched. An administrator should look at this."
	}
	return e
}

// attachmentType is Meta's word for a kind of file; empty for what is none.
func attachmentType(kind provider.ContentKind) string {
	switch kind {
	case provider.Image, provider.Video, provider.Audio:
		return string(kind)
	case provider.Document:
		return "file"
	}
	return ""
}

// UploadMedia implements provider.MediaUploader (Meta, "Attachment Upload API").
// The id is good for the same account for 90 days.
func (p *Provider) UploadMedia(ctx context.Context, u provider.Upload) (provider.MediaID, error) {
	if e := p.uploadable(u); e != nil {
		return "", e
	}
	file, err := p.form(u)
	if err != nil {
		return "", &provider.Error{Op: "upload", Reason: provider.Invalid, Err: err, Text: "The file could not be put into Meta's form. Give it a plain name and try again."}
	}
	r := rest.Request{Op: "upload", Method: http.MethodPost, Path: p.path("message_attachments"), File: file, Within: uploadWithin}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return "", err
	}
	if !a.OK() {
		return "", refused(r, a)
	}
	v, err := exact.Parse(a.Body, exact.Snake)
	if id := v.Member("attachment_id").Word(); err == nil && numeric.MatchString(id) {
		return provider.MediaID(id), nil
	}
	if _, coded := graphError(a.Body); coded {
		return "", refused(r, a)
	}
	return "", rest.NoAnswer(r, errors.New("the answer holds no attachment id"))
}

// uploadable refuses what Meta's pages say is refused, before any byte leaves.
func (p *Provider) uploadable(u provider.Upload) *provider.Error {
	rule := p.table.Media[u.Kind]
	e := &provider.Error{Op: "upload", Reason: provider.MediaRejected}
	limit := rule.Max
	if len(rule.Types) > 0 {
		kind, _, _ := mime.ParseMediaType(u.MIME) // empty where it is none
		limit = rule.Types[kind]
	}
	switch {
	case p.config.PageID == "":
		e.Reason, e.Text = provider.NotSupported, "Files can be uploaded only for accounts that are linked to a Page. An administrator can set page_id; until then send a link."
	case attachmentType(u.Kind) == "":
		e.Text = p.label() + " takes no such file. Send it as an image, a video, a sound or a document."
	case limit == 0:
		e.Text = p.label() + " takes no file of this type here. Send it in another format."
	case u.Size > limit:
		e.Text = fmt.Sprintf("The file is larger than the %d MB %s takes. Send a smaller one.", limit/megabyte, p.label())
	default:
		return nil
	}
	return e
}

// form is the multipart body: what it is, then the file. Its size is known, so
// that the file is streamed and never held.
func (p *Provider) form(u provider.Upload) (*rest.File, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if p.account.Network == provider.Instagram {
		if err := w.WriteField("platform", "instagram"); err != nil {
			return nil, err
		}
	}
	message, err := json.Marshal(sendUpload{sendAttachment{Type: attachmentType(u.Kind), Payload: sendPayload{Reusable: true}}})
	if err != nil {
		return nil, err
	}
	if err := w.WriteField("message", string(message)); err != nil {
		return nil, err
	}
	if _, err := w.CreatePart(fileHeader(u)); err != nil {
		return nil, err
	}
	head := bytes.Clone(b.Bytes())
	b.Reset()
	if err := w.Close(); err != nil {
		return nil, err
	}
	body := io.MultiReader(bytes.NewReader(head), io.LimitReader(u.Body, u.Size), &b)
	return &rest.File{Type: w.FormDataContentType(), Size: int64(len(head)) + u.Size + int64(b.Len()), Body: body}, nil
}

func fileHeader(u provider.Upload) textproto.MIMEHeader {
	name, kind := u.Name, "application/octet-stream"
	if name == "" {
		name = "file"
	}
	if t, params, err := mime.ParseMediaType(u.MIME); err == nil {
		kind = mime.FormatMediaType(t, params)
	}
	return textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("filedata", name)},
		"Content-Type":        {kind},
	}
}
