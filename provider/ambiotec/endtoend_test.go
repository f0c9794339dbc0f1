package ambiotec_test

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
	"frontdesk/provider/providertest"
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
	providertest.BadHosts(t, func(t *testing.T, h providertest.BadHost) {
		p := opened(t, h.URL)
		id, err := p.Send(h.Context(t), received())
		h.Judge(t, id, err)
		results, err := p.SendTemplateMany(h.Context(t), reminder(), both())
		if h.Judge(t, "", err); len(results) > 0 {
			t.Errorf("to many: %+v", results)
		}
		_, err = p.Templates(h.Context(t))
		h.Repeatable(t, err)
	})
}
