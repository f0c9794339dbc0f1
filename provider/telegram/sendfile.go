package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"sync/atomic"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

var _ provider.FileSender = (*Provider)(nil)

const (
	// part is the form's part with the file, and attach the word by which the
	// message names it ("Sending files").
	part   = "file"
	attach = "attach://" + part
	// fileWithin is for the greatest file on a slow line.
	fileWithin = 10 * time.Minute
)

// SendFile implements provider.FileSender: the message is a form, and the file a
// part of it. What Telegram's pages say is refused is refused before a byte leaves.
func (p *Provider) SendFile(ctx context.Context, m provider.Outgoing, f provider.Upload) (provider.MessageID, error) {
	if e := attachable(m.Content.Kind, f); e != nil {
		return "", e
	}
	described := provider.Media{ID: attach}
	if m.Content.Media != nil {
		described.Voice = m.Content.Media.Voice
	}
	m.Content.Media = &described
	c, err := outgoing(m)
	if err != nil {
		return "", unfit("send", err)
	}
	body := &steady{left: f.Size, r: f.Body}
	file, err := form(&c.body, f, body)
	if err != nil {
		return "", unfit("send", err)
	}
	r := rest.Request{Op: "send", Method: http.MethodPost, Path: "/" + c.method, File: file, Within: fileWithin, Sends: true}
	result, err := p.call(ctx, r)
	switch {
	case err != nil && body.broke.Load():
		return "", brokenOff()
	case err != nil:
		return "", err
	}
	return sent(r, result, c.body.Connection)
}

func attachable(kind provider.ContentKind, f provider.Upload) *provider.Error {
	rule, known := attached()[kind]
	limit := rule.Max
	if len(rule.Types) > 0 {
		form, _, _ := mime.ParseMediaType(f.MIME) // empty where it is none
		limit = rule.Types[form]
	}
	e := &provider.Error{Op: "send", Reason: provider.MediaRejected}
	switch {
	case !known:
		e.Text = "Telegram takes no such file with a message. Send it as an image, a video, a sound or a document."
	case limit == 0:
		e.Text = fmt.Sprintf("Telegram does not take this type of file as %s. Send it as a document.", kind)
	case f.Size <= 0:
		e.Text = "The file is empty. Choose another one."
	case f.Size > limit:
		e.Text = fmt.Sprintf("The file is larger than the %d MB that Telegram takes as %s. Send a smaller one.", limit/megabyte, kind)
	default:
		return nil
	}
	return e
}

// brokenOff: a request says how long it is before its body, so that one whose body
// ends too soon is none.
func brokenOff() *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.MediaRejected, Err: errors.New("the file broke off"),
		Text: "The file could not be read to its end, so nothing was sent. Attach it again.",
	}
}

// steady gives exactly so many bytes of a file, and knows when there were fewer.
// The transport may read on while the send is being answered.
type steady struct {
	r     io.Reader
	left  int64
	broke atomic.Bool
}

func (s *steady) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	if err != nil && s.left > 0 {
		s.broke.Store(true)
		return n, io.ErrUnexpectedEOF // its own words may name a path
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// form is the multipart body: what the method takes, each under its name, then the
// file. Its size is known, so that the file is streamed and never held.
func form(fields *request, f provider.Upload, body io.Reader) (*rest.File, error) {
	raw, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("encode the message: %w", err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fmt.Errorf("encode the message: %w", err)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := w.WriteField(name, fieldText(members[name])); err != nil {
			return nil, err
		}
	}
	if _, err := w.CreatePart(fileHeader(f)); err != nil {
		return nil, err
	}
	head := bytes.Clone(b.Bytes())
	b.Reset()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &rest.File{
		Type: w.FormDataContentType(), Size: int64(len(head)) + f.Size + int64(b.Len()),
		Body: io.MultiReader(bytes.NewReader(head), body, bytes.NewReader(b.Bytes())),
	}, nil
}

// fieldText is a member as a field of a form has it: a text as it is, anything else
// as JSON.
func fieldText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

func fileHeader(f provider.Upload) textproto.MIMEHeader {
	name, kind := f.Name, "application/octet-stream"
	if name == "" {
		name = "file"
	}
	if t, params, err := mime.ParseMediaType(f.MIME); err == nil {
		kind = mime.FormatMediaType(t, params)
	}
	return textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(part, name)},
		"Content-Type":        {kind},
	}
}
