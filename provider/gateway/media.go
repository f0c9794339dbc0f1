package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"frontdesk/provider"
)

var _ provider.MediaOpener = (*Provider)(nil)

const (
	// maxMedia is the greatest file of any network.
	maxMedia     = 100 << 20
	mediaTimeout = 15 * time.Minute
)

// OpenMedia implements provider.MediaOpener: the relay, which holds the token,
// fetches the file and passes it on.
func (p *Provider) OpenMedia(ctx context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.fileAddress(id), nil)
	if err != nil {
		cancel()
		return nil, noFile(errors.New("the address is not valid"))
	}
	req.Header.Set("Authorization", "Bearer "+p.token.Reveal())
	res, err := p.files.Do(req)
	if err != nil {
		cancel()
		return nil, noFile(errors.New("the relay could not be reached"))
	}
	if res.StatusCode != http.StatusOK {
		defer cancel()
		defer res.Body.Close() //nolint:errcheck // the answer is read
		return nil, refusedFile(res)
	}
	body := struct {
		io.Reader
		io.Closer
	}{&whole{res.Body, maxMedia}, closing{res.Body, cancel}}
	return &provider.MediaFile{Body: body, SHA256: strings.ToLower(res.Header.Get("X-Media-Sha256")), Size: res.ContentLength}, nil
}

// fileAddress is where the relay has a file. On some networks a file's id is an
// address itself: the relay takes no path that could be read in two ways, and a
// proxy before it would write such a one anew.
func (p *Provider) fileAddress(id provider.MediaID) string {
	account := p.base + "/v1/media/" + url.PathEscape(string(p.account.ID))
	if name := "/" + string(id); path.Clean(name) != name || strings.ContainsAny(name, "%?#") {
		return account + "?" + url.Values{"id": {string(id)}}.Encode()
	}
	return account + "/" + url.PathEscape(string(id))
}

func refusedFile(res *http.Response) error {
	var said struct {
		Error json.RawMessage `json:"error"`
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err == nil && json.Unmarshal(raw, &said) == nil {
		if e := network(said.Error); e != nil {
			return e
		}
	}
	if res.StatusCode == http.StatusNotFound {
		return &provider.Error{
			Op: "media", Reason: provider.NotSupported, Code: "relay 404",
			Text: "The relay fetches no files for this account. An administrator must add it to the relay.",
		}
	}
	return noFile(errors.New("the relay answered otherwise: " + http.StatusText(res.StatusCode)))
}

func noFile(err error) *provider.Error {
	return &provider.Error{
		Op: "media", Reason: provider.Unavailable, Err: err,
		Text: "The relay could not pass the file on. Try again in a moment.",
	}
}

// whole refuses a file that is larger than any network's.
type whole struct {
	r    io.Reader
	left int64
}

func (w *whole) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.left -= int64(n); w.left < 0 {
		return 0, errors.New("the file is larger than is allowed")
	}
	return n, err
}

type closing struct {
	io.Closer
	cancel context.CancelFunc
}

func (c closing) Close() error {
	c.cancel()
	return c.Closer.Close()
}
