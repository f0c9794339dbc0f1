package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// Library is an account's templates at the relay, which holds the token: they are
// submitted, changed and deleted there, and listed there. What the account's network
// can of it its driver's table says. It may be used by many goroutines.
type Library struct{ p *Provider }

// NewLibrary returns the account's templates. hc may be nil.
func NewLibrary(account provider.Account, config Config, hc *http.Client) (*Library, error) {
	p, err := reach(account, provider.Tables{Usual: &provider.Capabilities{}}, config, hc)
	if err != nil {
		return nil, err
	}
	return &Library{p}, nil
}

var (
	_ provider.TemplateSubmitter = (*Library)(nil)
	_ provider.TemplateEditor    = (*Library)(nil)
	_ provider.TemplateDeleter   = (*Library)(nil)
	_ provider.TemplateSampler   = (*Library)(nil)
)

// managed is what the relay answers of templates.
type managed struct {
	ID        provider.TemplateID     `json:"id"`
	Status    provider.TemplateStatus `json:"status"`
	Templates int                     `json:"templates"`
	Changed   bool                    `json:"changed"`
	At        time.Time               `json:"at"`
	Handle    string                  `json:"handle"`
	Error     json.RawMessage         `json:"error"`
}

func (l *Library) path(more string) string {
	return "/v1/accounts/" + url.PathEscape(string(l.p.account.ID)) + more
}

// SubmitTemplate implements provider.TemplateSubmitter.
func (l *Library) SubmitTemplate(ctx context.Context, t provider.Template) (provider.TemplateID, provider.TemplateStatus, error) {
	said, err := l.ask(ctx, "submit template", http.MethodPost, "/templates", &t)
	return said.ID, said.Status, err
}

// EditTemplate implements provider.TemplateEditor.
func (l *Library) EditTemplate(ctx context.Context, t provider.Template) error {
	_, err := l.ask(ctx, "edit template", http.MethodPut, "/templates", &t)
	return err
}

// DeleteTemplate implements provider.TemplateDeleter.
func (l *Library) DeleteTemplate(ctx context.Context, t provider.Template) error {
	_, err := l.ask(ctx, "delete template", http.MethodDelete, "/templates", &t)
	return err
}

// ListNow has the relay list the account's templates at once. It returns how many there
// are and whether the list is another one than it was; the list itself comes by the log.
func (l *Library) ListNow(ctx context.Context) (n int, changed bool, err error) {
	said, err := l.ask(ctx, "list templates", http.MethodPost, "/templates/sync", nil)
	return said.Templates, said.Changed, err
}

func (l *Library) ask(ctx context.Context, op, method, path string, t *provider.Template) (managed, error) {
	r := rest.Request{Op: op, Method: method, Path: l.path(path), Within: manageWithin}
	if t != nil {
		r.Body = map[string]*provider.Template{"template": t}
	}
	a, err := l.p.relay.Do(ctx, r)
	if err != nil {
		return managed{}, notManaged(op, err)
	}
	var said managed
	switch {
	case json.Unmarshal(a.Body, &said) != nil:
		return managed{}, notManaged(op, errors.New("the answer is not the relay's"))
	case a.OK():
		return said, nil
	}
	return managed{}, refusedManaged(op, a.Status, said.Error)
}

// manageWithin is longer than the relay waits for a network.
const manageWithin = 75 * time.Second

// refusedManaged is the network's no as the relay passed it on, or the relay's own.
func refusedManaged(op string, status int, raw json.RawMessage) error {
	if e := network(raw); e != nil {
		return e
	}
	e := &provider.Error{Op: op}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Reason, e.Text = provider.Token, tokenGone
	case http.StatusNotFound:
		e.Reason, e.Text = provider.NotSupported, "The relay does not send for this account, or is too old to manage templates. An administrator must look at it."
	case http.StatusRequestEntityTooLarge:
		e.Reason, e.Text = provider.TooLong, "The template is larger than the relay takes. Make it shorter."
	case http.StatusBadRequest:
		e.Reason, e.Text = provider.Invalid, "The relay did not accept the template as it is told. Update frontdesk."
	default:
		return notManaged(op, errors.New("the relay answered otherwise: "+http.StatusText(status)))
	}
	return e
}

// notManaged: nobody knows what came of it. A name is taken once, so that nothing is
// submitted twice.
func notManaged(op string, err error) error {
	return &provider.Error{
		Op: op, Reason: provider.Unreachable, Err: provider.AsError(op, err).Err,
		Text: "The relay could not be reached, or did not answer. Look at the list before you try again.",
	}
}

// UploadSample implements provider.TemplateSampler.
func (l *Library) UploadSample(ctx context.Context, u provider.Upload) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	defer cancel()
	res, err := l.p.post(ctx, l.path("/samples"), u)
	if err != nil {
		return "", err
	}
	defer res.Body.Close() //nolint:errcheck // the answer is read
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return "", noUpload(errors.New("the relay's answer broke off"))
	}
	var said managed
	_ = json.Unmarshal(raw, &said) // what is no relay's names no handle
	switch {
	case res.StatusCode != http.StatusOK:
		return "", refusedUpload(res.StatusCode, said.Error)
	case said.Handle == "":
		return "", noUpload(errors.New("the relay's answer names no sample"))
	}
	return said.Handle, nil
}
