package propops_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/propops"
)

// TestEndToEnd is an agent's way: list, choose, link, judge, send; and what the
// screen says of the message is no more than is known.
func TestEndToEnd(t *testing.T) {
	c := newContract(t)
	c.set(func(c *contract) { c.csrf = "csrf-1" })
	s := settings(c.http.URL)
	s["csrf_token"] = "csrf-1"
	p := opened(t, s)
	list, err := p.Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	chat := provider.ChatKey{Account: "tenants", Chat: "447700900123"}
	table := p.Capabilities(chat)
	for i := range list {
		template := &list[i]
		message := template.Fill(nil)
		link := &provider.Link{System: table.Link.System, ID: "1050"}
		message.Shown.FilledFrom = link.String()
		m := provider.Outgoing{Op: "op", To: chat, Content: provider.Content{Kind: provider.Templated, Template: &message}}
		if err := table.Check(m, time.Time{}, time.Now()); err == nil {
			t.Error("the judge lets it go without a job")
		}
		m.Link = link
		if err := table.Check(m, time.Time{}, time.Now()); err != nil {
			t.Errorf("%s: the judge refuses it: %v", template.Name, err)
		}
		if id, err := p.Send(t.Context(), m); err != nil || id == "" {
			t.Errorf("%s: %q, %v", template.Name, id, err)
		}
		if got := message.Shown.Text(); got != "filled by PropOps from job 1050" || message.Shown.Body != "" {
			t.Errorf("the screen says %q", got)
		}
	}
}

// TestBadHosts: what is wrong with the host is said in plain words, and only what
// certainly never left is certain.
func TestBadHosts(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>PropOps is being updated</html>"))
	}))
	defer page.Close()
	released := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-released:
		}
	}))
	defer slow.Close()
	defer close(released)
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	for name, c := range map[string]struct {
		base      string
		reason    provider.Reason
		uncertain bool
		says      string
	}{
		"down": {down.URL, provider.Unreachable, false, "could not be reached"},
		"slow": {slow.URL, provider.NoAnswer, true, "It may have been sent"},
		"HTML": {page.URL, provider.NoAnswer, true, "It may have been sent"},
	} {
		t.Run(name, func(t *testing.T) {
			p := opened(t, settings(c.base))
			id, err := p.Send(soon(t), reminder())
			judge(t, id, err, c.reason, c.uncertain)
			if e := provider.AsError("send", err); !strings.Contains(e.Text, c.says) {
				t.Errorf("it says %q", e.Text)
			}
			_, err = p.Templates(soon(t))
			var e *provider.Error
			if !errors.As(err, &e) || e.Uncertain || e.Text == "" {
				t.Errorf("a listing may be repeated: %v", err)
			}
		})
	}
}

// soon is a context that ends in a moment.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestTableIsMadeAnew(t *testing.T) {
	one, two := propops.Capabilities(provider.WhatsApp), propops.Capabilities(provider.WhatsApp)
	delete(one.Send, provider.Templated)
	if two.Send[provider.Templated] != provider.Full {
		t.Error("two calls share one table")
	}
}
