// Package fetch is the one HTTP client for addresses that somebody else names:
// files of a message, which the network's answer points to. It connects to
// nothing that an attacker would like it to: https only, hosts from a list, and
// the address that is dialled, not the name, is checked. It never keeps a body
// and never puts an address, a token or a body into an error.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Why a fetch did not happen. Callers decide by these.
var (
	// ErrRefused: the address is none that may be fetched. Nothing was connected
	// to.
	ErrRefused = errors.New("the file's address is not one of the network's; nothing was fetched")
	// ErrTooLarge: the file is larger than the caller takes.
	ErrTooLarge = errors.New("the file is larger than is allowed; nothing was kept")
	// ErrGone: the address has expired (404, 410).
	ErrGone = errors.New("the file's address has expired; look it up again")
	// ErrStalled: no byte came for too long.
	ErrStalled = errors.New("the file stopped coming; try again")
)

// StatusError is an answer that holds no file.
type StatusError struct{ Status int }

// Error implements error.
func (e *StatusError) Error() string {
	return fmt.Sprintf("the file's server answered %d; try again later", e.Status)
}

// Bounds of one fetch.
const (
	maxRedirects  = 3
	maxAddress    = 4096
	dialTimeout   = 10 * time.Second
	headerTimeout = 20 * time.Second
	// stallTimeout is how long no byte may come; wholeTimeout is for all of it.
	stallTimeout = 30 * time.Second
	wholeTimeout = 15 * time.Minute
)

// Client fetches from the hosts of one network. It may be used by many
// goroutines.
type Client struct {
	hosts []string
	own   *url.URL
	// checked dials only public addresses; trusted is for the API's own address,
	// which an administrator has written down and which may be on this machine.
	checked, trusted *http.Transport
	port             string
	stall, whole     time.Duration
}

// New returns a client for files on hosts, exact names in lower case or, with a
// dot before it, every name below a domain, and on own, the API's own base
// address; own may be empty. Proxies of the environment
// are not used: the address that a proxy dials could not be checked.
func New(hosts []string, own string) *Client {
	c := &Client{hosts: hosts, port: "443", stall: stallTimeout, whole: wholeTimeout}
	if u, err := url.Parse(own); err == nil && u.Host != "" {
		c.own = u
	}
	c.checked = transport(&net.Dialer{Timeout: dialTimeout, ControlContext: refusePrivate})
	c.trusted = transport(&net.Dialer{Timeout: dialTimeout})
	return c
}

func transport(d *net.Dialer) *http.Transport {
	return &http.Transport{
		DialContext: d.DialContext, TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: headerTimeout,
		MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, DisableKeepAlives: true,
	}
}

// File is an answer whose body is still to be read.
type File struct {
	// Body is bounded in size and time. Its end is io.EOF only where the file is
	// whole; the caller closes it.
	Body io.ReadCloser
	// Size is what the server says, -1 where it does not.
	Size int64
	// ContentType is what the server says it is, to be believed by nobody.
	ContentType string
}

// Get fetches the file at address, at most most bytes of it. The token goes as a
// bearer to the host of the address and to no other that a redirect leads to.
func (c *Client) Get(ctx context.Context, address, token string, most int64) (*File, error) {
	return c.GetAs(ctx, address, func(r *http.Request) {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
	}, most)
}

// GetAs is Get for an API whose credentials are no bearer: auth puts them on a
// request to the host of the address, and on no other. It may be nil.
func (c *Client) GetAs(ctx context.Context, address string, auth func(*http.Request), most int64) (*File, error) {
	ctx, cancel := context.WithTimeout(ctx, c.whole)
	u, err := c.allowed(address)
	if err != nil {
		cancel()
		return nil, err
	}
	first := u.Host
	for hop := 0; ; hop++ {
		if u.Host != first {
			auth = nil
		}
		res, err := c.once(ctx, u, auth)
		if err != nil {
			cancel()
			return nil, err
		}
		if !redirects(res.StatusCode) {
			return c.file(res, cancel, most)
		}
		_ = res.Body.Close()
		if u, err = c.next(u, res, hop); err != nil {
			cancel()
			return nil, err
		}
	}
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// next is where a redirect leads, judged like the first address.
func (c *Client) next(from *url.URL, res *http.Response, hop int) (*url.URL, error) {
	if hop >= maxRedirects {
		return nil, fmt.Errorf("%w: too many redirects", ErrRefused)
	}
	to, err := from.Parse(res.Header.Get("Location"))
	if err != nil {
		return nil, fmt.Errorf("%w: a redirect to nowhere", ErrRefused)
	}
	return c.allowed(to.String())
}

// allowed parses an address and refuses all but the network's own.
func (c *Client) allowed(address string) (*url.URL, error) {
	if len(address) > maxAddress || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) {
		return nil, fmt.Errorf("%w: it is not written as an address", ErrRefused)
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return nil, fmt.Errorf("%w: it is not written as an address", ErrRefused) // the parser's error would quote it
	}
	if u.User != nil {
		return nil, fmt.Errorf("%w: it holds a user", ErrRefused)
	}
	if c.isOwn(u) {
		return u, nil
	}
	if u.Scheme != "https" {
		return nil, fmt.Errorf("%w: it is not https", ErrRefused)
	}
	if p := u.Port(); p != "" && p != c.port {
		return nil, fmt.Errorf("%w: it names a port", ErrRefused)
	}
	for _, h := range c.hosts {
		if name := strings.ToLower(u.Hostname()); name == h || (strings.HasPrefix(h, ".") && strings.HasSuffix(name, h)) {
			return u, nil
		}
	}
	return nil, fmt.Errorf("%w: it is on another host", ErrRefused)
}

func (c *Client) isOwn(u *url.URL) bool {
	return c.own != nil && u.Scheme == c.own.Scheme && strings.EqualFold(u.Host, c.own.Host)
}

func (c *Client) once(ctx context.Context, u *url.URL, auth func(*http.Request)) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not written as an address", ErrRefused)
	}
	req.Header.Set("User-Agent", "frontdesk")
	if auth != nil {
		auth(req)
	}
	t := c.checked
	if c.isOwn(u) {
		t = c.trusted
	}
	res, err := t.RoundTrip(req)
	if err != nil {
		return nil, plain(ctx, err)
	}
	return res, nil
}

// plain takes what must not be told, addresses, off an error of the transport.
func plain(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, ErrRefused):
		return fmt.Errorf("%w: its name leads to a private address", ErrRefused)
	case ctx.Err() != nil:
		return fmt.Errorf("fetch a file: %w", context.Cause(ctx))
	}
	return errors.New("the file's server could not be reached; try again later")
}

func (c *Client) file(res *http.Response, cancel context.CancelFunc, most int64) (*File, error) {
	refuse := func(err error) (*File, error) {
		_ = res.Body.Close()
		cancel()
		return nil, err
	}
	switch {
	case res.StatusCode == http.StatusNotFound, res.StatusCode == http.StatusGone:
		return refuse(ErrGone)
	case res.StatusCode != http.StatusOK:
		return refuse(&StatusError{res.StatusCode})
	case res.ContentLength > most:
		return refuse(ErrTooLarge)
	}
	b := &body{inner: res.Body, left: most, cancel: cancel, stall: c.stall}
	b.watch = time.AfterFunc(c.stall, b.stalled)
	return &File{Body: b, Size: res.ContentLength, ContentType: res.Header.Get("Content-Type")}, nil
}
