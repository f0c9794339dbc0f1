package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"frontdesk/provider"
)

// lost is a call without a whole answer.
func lost(r Request, came progress, cause error) *provider.Error {
	cause = scrub(cause)
	if came == nothingWritten {
		cause = fmt.Errorf("%w: %w", provider.ErrUnwritten, cause)
	}
	if came != mayHaveLeft {
		return &provider.Error{
			Op: r.Op, Reason: provider.Unreachable, Err: cause,
			Text: "The network could not be reached. It is tried again.",
		}
	}
	return NoAnswer(r, cause)
}

// NoAnswer is a call that was answered with nothing usable: a 2xx without an
// id, a broken body, a connection that died. cause holds no part of the answer.
func NoAnswer(r Request, cause error) *provider.Error {
	if !r.Sends {
		return &provider.Error{
			Op: r.Op, Reason: provider.Unavailable, Err: cause,
			Text: "No clear answer came back. Try again.",
		}
	}
	return &provider.Error{
		Op: r.Op, Reason: provider.NoAnswer, Uncertain: true, Err: cause,
		Text: "No clear answer came back. It may have been sent: wait for a receipt before sending it again.",
	}
}

// scrub keeps of a transport's error what is known to hold no URL, header or
// body: Go's own text may quote what the peer sent.
func scrub(err error) error {
	var dns *net.DNSError
	var errno syscall.Errno
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timed net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	case errors.As(err, &dns):
		return fmt.Errorf("look up host: %s", dns.Err)
	case errors.As(err, &errno):
		return errno
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return errors.New("the server's certificate is not valid")
	case errors.As(err, &record), errors.As(err, &alert):
		return errors.New("the TLS handshake failed")
	case errors.As(err, &timed) && timed.Timeout():
		return context.DeadlineExceeded
	}
	return errors.New("the connection broke")
}

// Refused classifies an answer that is no 2xx and has no documented code. A
// server's own fault leaves open whether the message was taken.
func Refused(r Request, a *Answer) *provider.Error {
	e := refusal(a.Status)
	e.Op, e.Code, e.After = r.Op, "http "+strconv.Itoa(a.Status), RetryAfter(a.Header)
	if r.Sends && r.Retry503 && a.Status == http.StatusServiceUnavailable {
		e.Uncertain, e.Text = false, "The network is not ready. It is tried again."
	}
	if r.Sends {
		return e
	}
	switch e.Reason {
	case provider.Unavailable:
		e.Uncertain, e.Text = false, "The network had a fault of its own. Try again."
	case provider.Invalid, provider.TooLong:
		e.Text = "The network did not accept the request. An administrator must check the account's settings."
	}
	return e
}

func refusal(status int) *provider.Error {
	switch {
	case status == http.StatusUnauthorized:
		return &provider.Error{Reason: provider.Token, Text: "The network no longer accepts the access token. An administrator must put in a new one; messages wait until then."}
	case status == http.StatusForbidden:
		return &provider.Error{Reason: provider.Permission, Text: "The access token may not do this. An administrator must grant the permission; messages wait until then."}
	case status == http.StatusTooManyRequests:
		return &provider.Error{Reason: provider.RateLimited, Text: "The network slows this account down. It is sent as soon as the network allows."}
	case status == http.StatusRequestEntityTooLarge:
		return &provider.Error{Reason: provider.TooLong, Text: "The message is too large for the network. Make it smaller."}
	case status == http.StatusRequestTimeout, status >= 500:
		return &provider.Error{Reason: provider.Unavailable, Uncertain: true, Text: "The network had a fault of its own. It may have been sent: wait for a receipt before sending it again."}
	case status >= 400:
		return &provider.Error{Reason: provider.Invalid, Text: "The network did not accept this message. Change it and send it again."}
	}
	return &provider.Error{Reason: provider.Other, Text: "The network pointed to another address, which is not followed. An administrator must correct the account's address."}
}

// maxWait is the longest Retry-After that is believed.
const maxWait = time.Hour

// RetryAfter returns the wait a Retry-After header asks for, in seconds or as
// a date; 0 where there is none. A date counts from the answer's own Date,
// because two clocks need not agree. Absurd waits are cut to an hour.
func RetryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if digits(value) {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(maxWait/time.Second) {
			return maxWait
		}
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	sent, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(until.Sub(sent), 0), maxWait)
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
