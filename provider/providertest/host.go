package providertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
)

// BadHost is a host that is not the network's API, or not now.
type BadHost struct {
	URL string
	// Reason and Uncertain are what a send there is: only what certainly never left is
	// certain. Says is a part of the words for it.
	Reason    provider.Reason
	Uncertain bool
	Says      string

	slow *SlowHost
}

// BadHosts runs f against a host that is down, one that answers nothing and one that
// answers a page for people.
func BadHosts(t *testing.T, f func(*testing.T, BadHost)) {
	t.Helper()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>It is being updated</html>"))
	}))
	defer page.Close()
	slow := NewSlowHost(t)
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	for name, h := range map[string]BadHost{
		"down": {URL: down.URL, Reason: provider.Unreachable, Says: "could not be reached"},
		"slow": {URL: slow.URL, Reason: provider.NoAnswer, Uncertain: true, Says: "It may have been sent", slow: slow},
		"HTML": {URL: page.URL, Reason: provider.NoAnswer, Uncertain: true, Says: "It may have been sent"},
	} {
		t.Run(name, func(t *testing.T) { f(t, h) })
	}
}

// Context is one call's: at a host that answers nothing it ends in a moment.
func (h BadHost) Context(t *testing.T) context.Context {
	t.Helper()
	if h.slow != nil {
		return h.slow.Context(t)
	}
	return t.Context()
}

// Judge holds a send's answer, its id and its error, to what is known there.
func (h BadHost) Judge(t *testing.T, id provider.MessageID, err error) {
	t.Helper()
	e := provider.AsError("send", err)
	if id != "" || e == nil || e.Reason != h.Reason || e.Uncertain != h.Uncertain || !strings.Contains(e.Text, h.Says) {
		t.Errorf("a send is %q, %+v", id, e)
	}
}

// Repeatable holds the error of a call that sends nothing to what may be done again:
// it says what to do, and nothing of it may have been done.
func (h BadHost) Repeatable(t *testing.T, err error) {
	t.Helper()
	if e := provider.AsError("read", err); e == nil || e.Uncertain || e.Text == "" {
		t.Errorf("a call that may be repeated is %+v", e)
	}
}
