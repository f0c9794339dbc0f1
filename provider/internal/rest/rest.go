// Package rest is the one way a driver speaks HTTP: its API's credentials, JSON,
// a form or a file, one attempt, a bounded answer, and the certain knowledge
// whether anything of the request may have left. It never follows a redirect, never sets an
// Idempotency-Key (Go's client would send such a request twice by itself) and
// never puts a URL, a token or a body in an error. It knows no network's codes.
package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"frontdesk/provider"
)

// maxAnswer is the most that is read of an answer, in bytes.
const maxAnswer = 4 << 20

// drained is the most that is read and thrown away so that a connection can be
// used again.
const drained = 256 << 10

// timeout bounds a call whose context has no earlier deadline.
const timeout = 30 * time.Second

// Client calls one API with one account's credentials.
type Client struct {
	base string
	auth Auth
	// send opens a connection for every request: no stale connection can die
	// under a message, and Go's client has nothing to repeat.
	send, read *http.Client
	// traced means that the transport reports a connection before it writes, so
	// that a failure without one proves that nothing left.
	traced bool
}

// New returns a client for the API at base: https, or http on this machine,
// since anything else would show the token to everybody between. auth may be nil
// for an API without credentials. hc may be nil; its transport's settings are
// kept, its redirect policy is not.
func New(base string, auth Auth, hc *http.Client) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("the address is no URL: write it as https://host")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address holds more than a host and a path: leave user, query and fragment out")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, errors.New("http would show the token on the way: write it as https://host, or as http:// to this machine")
	}
	if hc == nil {
		hc = &http.Client{}
	}
	transport := hc.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	c := &Client{base: strings.TrimRight(base, "/"), auth: auth, read: bare(transport, hc), send: bare(transport, hc)}
	if t, ok := transport.(*http.Transport); ok {
		fresh := t.Clone()
		fresh.DisableKeepAlives = true
		fresh.ForceAttemptHTTP2 = false
		fresh.Protocols = new(http.Protocols)
		fresh.Protocols.SetHTTP1(true)
		gauged(fresh)
		c.send, c.traced = bare(fresh, hc), true
	}
	return c, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func bare(t http.RoundTripper, hc *http.Client) *http.Client {
	return &http.Client{
		Transport: t, Timeout: hc.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Request is one call.
type Request struct {
	// Op names the call in errors: "send", "templates".
	Op     string
	Method string
	// Path begins with a slash and is put behind the base, already escaped.
	Path  string
	Query url.Values
	// Body is sent as JSON; nil for none. Form is sent as a form, File as what it
	// is: at most one of the three is set.
	Body any
	Form url.Values
	File *File
	// Header is added to what every request has; nil for nothing.
	Header http.Header
	// Within bounds the call where half a minute is not enough: a large file. 0 is
	// half a minute.
	Within time.Duration
	// Sends means that the call makes a message: what is not known to have
	// failed is uncertain. Other calls may be repeated freely.
	Sends bool
	// Retry503 means that this API's 503 without a code says that nothing was
	// taken: an administrator's word about an account, never a default.
	Retry503 bool
}

// File is a body that is streamed: a file, or a multipart form with one in it.
type File struct {
	// Type is the Content-Type of the whole body.
	Type string
	// Size in bytes, exactly; -1 where it is not known.
	Size int64
	Body io.Reader
}

// Answer is what came back, whatever its status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK reports a 2xx status.
func (a *Answer) OK() bool { return a.Status >= 200 && a.Status <= 299 }

// Do makes one attempt. The error is an *provider.Error: Unreachable where
// nothing can have left (provider.ErrUnwritten where a connection was there),
// NoAnswer (uncertain for a Request that Sends) where something may have and no
// whole answer came.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.Within, timeout))
	defer cancel()
	out := &wire{traced: c.traced}
	req, err := c.request(ctx, r, out)
	if err != nil {
		return nil, &provider.Error{
			Op: r.Op, Reason: provider.Invalid, Err: err,
			Text: "The message could not be put into the network's form. Change it and send it again.",
		}
	}
	client := c.read
	if r.Sends {
		client = c.send
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, lost(r, out.came(), err)
	}
	defer res.Body.Close() //nolint:errcheck // the answer is read; closing only frees the connection
	a := &Answer{Status: res.StatusCode, Header: res.Header}
	a.Body, err = whole(res.Body)
	if err != nil && a.OK() {
		return nil, lost(r, mayHaveLeft, err)
	}
	return a, nil
}

// whole reads the body to its end, or says that it is none. A refusal with a
// broken body is still the refusal its status says.
func whole(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		_, _ = io.CopyN(io.Discard, r, drained)
		return nil, io.ErrUnexpectedEOF
	}
	return body, nil
}

func (c *Client) request(ctx context.Context, r Request, out *wire) (*http.Request, error) {
	body, err := r.body()
	if err != nil {
		return nil, err
	}
	address := c.base + r.Path
	if len(r.Query) > 0 {
		address += "?" + r.Query.Encode()
	}
	trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { out.connected(i.Conn) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), r.Method, address, body.Body)
	if err != nil {
		return nil, errors.New("the address of the request is not valid")
	}
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "frontdesk")
	if body.Type != "" {
		req.Header.Set("Content-Type", body.Type)
		req.ContentLength = body.Size
	}
	if c.auth != nil {
		c.auth(req)
	}
	return req, nil
}

// body is what the request carries; without a Type nothing.
func (r *Request) body() (File, error) {
	switch {
	case r.Body != nil:
		raw, err := encode(r.Body)
		if err != nil {
			return File{}, fmt.Errorf("encode request: %w", err)
		}
		return File{Type: "application/json", Size: int64(len(raw)), Body: bytes.NewReader(raw)}, nil
	case r.Form != nil:
		raw := r.Form.Encode()
		return File{Type: "application/x-www-form-urlencoded", Size: int64(len(raw)), Body: strings.NewReader(raw)}, nil
	case r.File != nil:
		return *r.File, nil
	}
	return File{}, nil
}

// encode leaves <, > and & as they are: some gateways compare the bytes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
