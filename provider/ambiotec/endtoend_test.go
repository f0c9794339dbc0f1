package ambiotec_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
)

// TestEndToEnd is an agent's way: text to a number, text into its conversation,
// a template from the list; what is refused, and why.
func TestEndToEnd(t *testing.T) {
	c := newContract(t)
	p := c.open()
	now := time.Date(2026, 3, 3, 10, 30, 0, 0, time.UTC)
	send := func(m provider.Outgoing) (provider.MessageID, error) {
		t.Helper()
		if err := p.Capabilities(m.To).Check(m, time.Time{}, now); err != nil {
			t.Fatalf("the judge refuses it: %v", err)
		}
		return p.Send(t.Context(), m)
	}
	first, err := send(received())
	if err != nil {
		t.Fatal(err)
	}
	second, err := send(provider.Outgoing{Op: "op-2", To: to(ambiotec.ConversationChat(firstConversation)), Content: provider.TextContent("A technician is on the way.")})
	if err != nil || second == first {
		t.Fatalf("%q after %q, %v", second, first, err)
	}
	list, err := p.Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]provider.Value{"body.1": {Text: "Juan Pérez"}, "body.2": {Text: "15 de marzo"}}
	if problems := list[0].Lint(values); len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	message := list[0].Fill(values)
	m := templated(&message)
	m.Link = request("123")
	if id, err := send(m); err != nil || !strings.HasPrefix(string(id), "wamid.") {
		t.Errorf("%q, %v", id, err)
	}
	c.set(func(c *contract) { c.unsent = []string{"+50212345678"} })
	for _, refused := range []provider.Outgoing{received(), m} {
		_, err := send(refused)
		e := provider.AsError("send", err)
		if e == nil || e.Uncertain || e.Retryable() || !strings.Contains(e.Text, "Check the number") || strings.Contains(err.Error()+e.Text, "50212345678") {
			t.Errorf("%+v", e)
		}
	}
	if c.conversations[0].request != 123 || len(c.conversations) != 1 {
		t.Errorf("Ambiotec has %+v", c.conversations)
	}
}

// TestBadHosts: what is wrong with the host is said in plain words, and only what
// certainly never left is certain, to one or many.
func TestBadHosts(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>please wait</html>"))
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
			p := opened(t, c.base)
			id, err := p.Send(soon(t), received())
			judge(t, id, err, c.reason, c.uncertain)
			if e := provider.AsError("send", err); !strings.Contains(e.Text, c.says) {
				t.Errorf("it says %q", e.Text)
			}
			results, err := p.SendTemplateMany(soon(t), reminder(), both())
			judge(t, "", err, c.reason, c.uncertain)
			if len(results) > 0 {
				t.Errorf("to many: %+v", results)
			}
			if _, err := p.Templates(soon(t)); err == nil || provider.AsError("templates", err).Uncertain {
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
