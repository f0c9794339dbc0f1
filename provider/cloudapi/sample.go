package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// sampleWithin is for a long video on a slow line.
const sampleWithin = 10 * time.Minute

// session is the id of an upload as it stands in a path (Meta, "Upload a file").
var session = regexp.MustCompile(`^upload:[A-Za-z0-9_=:+-]{1,1000}(\?sig=[A-Za-z0-9_-]{1,256})?$`)

// sampleTypes are what Meta takes as the sample of a file.
func sampleTypes() []string {
	return []string{"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"}
}

// UploadSample implements provider.TemplateSampler. It needs the app's id. Nothing comes of an upload that broke off, so that it
// may be tried again whole.
func (p *Provider) UploadSample(ctx context.Context, u provider.Upload) (handle string, err error) {
	if e := p.unfitSample(u); e != nil {
		return "", e
	}
	id, err := p.openSession(ctx, u)
	if err != nil {
		return "", err
	}
	r := rest.Request{
		Op: "upload sample", Method: http.MethodPost, Path: "/" + p.config.Version + "/" + id, Within: sampleWithin,
		Header: http.Header{"file_offset": {"0"}},
		File:   &rest.File{Type: "application/octet-stream", Size: u.Size, Body: io.LimitReader(u.Body, u.Size)},
	}
	var made struct {
		Handle string `json:"h"`
	}
	if err := ask(ctx, p.samples, r, &made); err != nil {
		return "", err
	}
	if made.Handle == "" {
		return "", rest.NoAnswer(r, errors.New("the answer holds no handle"))
	}
	return made.Handle, nil
}

// openSession tells Meta of the file that is to come.
func (p *Provider) openSession(ctx context.Context, u provider.Upload) (string, error) {
	name := u.Name
	if name == "" {
		name = "sample"
	}
	r := rest.Request{
		Op: "upload sample", Method: http.MethodPost, Path: p.path(p.config.AppID, "uploads"),
		Query: url.Values{"file_name": {name}, "file_length": {strconv.FormatInt(u.Size, 10)}, "file_type": {baseType(u.MIME)}},
	}
	var made struct {
		ID string `json:"id"`
	}
	if err := ask(ctx, p.api, r, &made); err != nil {
		return "", err
	}
	if !session.MatchString(made.ID) {
		return "", rest.NoAnswer(r, errors.New("the answer holds no session of an upload"))
	}
	return made.ID, nil
}

func (p *Provider) unfitSample(u provider.Upload) *provider.Error {
	e := &provider.Error{Op: "upload sample", Reason: provider.MediaRejected}
	switch {
	case p.config.AppID == "":
		e.Reason, e.Text = provider.NotSupported, "A sample is uploaded for Meta's app, and no app_id is set. An administrator can set it; until then make the template in WhatsApp Manager."
	case !slices.Contains(sampleTypes(), baseType(u.MIME)):
		e.Text = "Meta takes no sample of this type. Use a PDF, a JPEG, a PNG or an MP4."
	case u.Size <= 0:
		e.Text = "The sample is empty. Choose another file."
	default:
		return nil
	}
	return e
}

func baseType(s string) string {
	kind, _, _ := mime.ParseMediaType(s) // empty where it is none
	return kind
}

// ask makes one call and reads its answer.
func ask(ctx context.Context, api *rest.Client, r rest.Request, out any) error {
	a, err := api.Do(ctx, r)
	switch {
	case err != nil:
		return err
	case !a.OK():
		return whatsapp.Refused(r, a)
	case json.Unmarshal(a.Body, out) != nil:
		return rest.NoAnswer(r, errors.New("the answer is not the JSON that is documented"))
	}
	return nil
}
