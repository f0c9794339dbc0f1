package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// Uploads is where one number's files are handed in.
type Uploads struct {
	api     *rest.Client
	path    string
	refused Refuser
}

// NewUploads hands files to the path of the API, from the slash on.
func NewUploads(api *rest.Client, path string, refused Refuser) Uploads {
	return Uploads{api: api, path: path, refused: refused}
}

var _ provider.MediaUploader = (*Uploads)(nil)

// uploadWithin is for a document of 100 MB on a slow line.
const uploadWithin = 10 * time.Minute

// UploadMedia implements provider.MediaUploader. The id is good for 30 days, and
// for this number alone (Meta, "Media"). A file that WhatsApp's table does not
// take is refused before a byte of it leaves.
func (u *Uploads) UploadMedia(ctx context.Context, in provider.Upload) (provider.MediaID, error) {
	r := rest.Request{Op: "upload", Method: http.MethodPost, Path: u.path, Within: uploadWithin}
	if e := unfit(in); e != nil {
		e.Op = r.Op
		return "", e
	}
	file, err := form(in)
	if err != nil {
		return "", &provider.Error{
			Op: r.Op, Reason: provider.MediaRejected, Err: err,
			Text: "The file could not be put into WhatsApp's form. Send another one.",
		}
	}
	r.File = file
	a, err := u.api.Do(ctx, r)
	if err != nil {
		return "", err
	}
	if !a.OK() {
		return "", uploadRefused(u.refused(r, a))
	}
	var made struct {
		ID ID `json:"id"`
	}
	if err := json.Unmarshal(a.Body, &made); err != nil || made.ID == "" {
		return "", rest.NoAnswer(r, errors.New("the answer holds no id of a file"))
	}
	return provider.MediaID(made.ID), nil
}

// unfit asks the table that the composer asks as well.
func unfit(in provider.Upload) *provider.Error {
	rule, known := Capabilities().Media[in.Kind]
	limit, ok := rule.Types[mediaType(in.MIME)]
	e := &provider.Error{Reason: provider.MediaRejected}
	switch {
	case !known:
		e.Text = "WhatsApp takes no such file. Send an image, a video, a sound, a sticker or a document."
	case !ok:
		e.Text = fmt.Sprintf("WhatsApp does not take this type of file as %s. Save it as another type, or send it as a document.", in.Kind)
	case in.Size <= 0:
		e.Text = "The file is empty. Choose another one."
	case in.Size > limit:
		e.Text = fmt.Sprintf("The file is larger than the %s that WhatsApp takes as %s. Send a smaller one.", sizeText(limit), in.Kind)
	default:
		return nil
	}
	return e
}

func sizeText(n int64) string {
	if n < megabyte {
		return fmt.Sprintf("%d KB", n/kilobyte)
	}
	return fmt.Sprintf("%d MB", n/megabyte)
}

// form is multipart with the file as a stream between what comes before and
// after it. The part must carry the file's own type: Meta looks at nothing else.
func form(in provider.Upload) (*rest.File, error) {
	var head bytes.Buffer
	w := multipart.NewWriter(&head)
	for _, field := range [][2]string{{"messaging_product", Product}, {"type", in.MIME}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, err
		}
	}
	part := textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="` + fileName(in.Name) + `"`},
		"Content-Type":        {in.MIME},
	}
	if _, err := w.CreatePart(part); err != nil {
		return nil, err
	}
	before := bytes.Clone(head.Bytes())
	head.Reset()
	if err := w.Close(); err != nil {
		return nil, err
	}
	after := head.Bytes()
	return &rest.File{
		Type: w.FormDataContentType(), Size: int64(len(before)) + in.Size + int64(len(after)),
		Body: io.MultiReader(bytes.NewReader(before), in.Body, bytes.NewReader(after)),
	}, nil
}

// fileName keeps what can stand between the quotes of a header.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	name = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
	return first(name, "file")
}

// uploadRefused words a refusal for a file: an unsupported type is told as an
// invalid parameter (code 100).
func uploadRefused(e *provider.Error) *provider.Error {
	if e.Reason == provider.Invalid || e.Reason == provider.TooLong {
		e.Reason, e.Text = provider.MediaRejected, "WhatsApp rejected the file. Send it in another format or a smaller one."
	}
	return e
}
