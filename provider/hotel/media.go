package hotel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

var _ provider.MediaUploader = (*Provider)(nil)

// uploadWithin is for a large file on a slow line.
const uploadWithin = 10 * time.Minute

// UploadMedia implements provider.MediaUploader: the file is the part "media" of
// a form, its kind the field "media_type". The form is streamed.
func (p *Provider) UploadMedia(ctx context.Context, u provider.Upload) (provider.MediaID, error) {
	if u.Kind != provider.Image && u.Kind != provider.Document {
		return "", &provider.Error{
			Op: "upload", Reason: provider.NotSupported,
			Text: "The hotel API documents pictures and documents alone. Send it as a document.",
		}
	}
	file, err := form(u)
	if err != nil {
		return "", &provider.Error{Op: "upload", Reason: provider.Invalid, Err: err, Text: "The file could not be put into a form. Give it another name and try again."}
	}
	r := rest.Request{Op: "upload", Method: http.MethodPost, Path: root + "/media/upload", File: file, Within: uploadWithin}
	v, a, err := p.ask(ctx, r)
	if err != nil {
		return "", err
	}
	id := v.Member("media_id").Word()
	if id == "" || broken(id) {
		if _, coded := envelopeOf(a.Body); coded {
			return "", refused(r, a)
		}
		return "", rest.NoAnswer(r, errors.New("the answer holds no media id"))
	}
	return provider.MediaID(id), nil
}

// form writes what stands before and after the file, so that its size is known
// and the file itself is never held.
func form(u provider.Upload) (*rest.File, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", `form-data; name="media"; filename="`+quoted(u.Name)+`"`)
	header.Set("Content-Type", first(oneLine(u.MIME), "application/octet-stream"))
	if _, err := w.CreatePart(header); err != nil {
		return nil, err
	}
	head := b.Len()
	if err := w.WriteField("media_type", string(u.Kind)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	all := b.Bytes()
	return &rest.File{
		Type: w.FormDataContentType(), Size: int64(len(all)) + u.Size,
		Body: io.MultiReader(bytes.NewReader(all[:head]), io.LimitReader(u.Body, u.Size), bytes.NewReader(all[head:])),
	}, nil
}

// quoted makes a file's name fit between quotes: it is somebody's text, and must
// not become a header of its own.
func quoted(name string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(first(name, "file")))
}

// oneLine drops what a header cannot hold.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
