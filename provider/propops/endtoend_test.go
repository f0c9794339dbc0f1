package propops_test

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/propops"
	"frontdesk/provider/providertest"
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
	providertest.BadHosts(t, func(t *testing.T, h providertest.BadHost) {
		p := opened(t, settings(h.URL))
		id, err := p.Send(h.Context(t), reminder())
		h.Judge(t, id, err)
		_, err = p.Templates(h.Context(t))
		h.Repeatable(t, err)
	})
}

func TestTableIsMadeAnew(t *testing.T) {
	one, two := propops.Capabilities(provider.WhatsApp), propops.Capabilities(provider.WhatsApp)
	delete(one.Send, provider.Templated)
	if two.Send[provider.Templated] != provider.Full {
		t.Error("two calls share one table")
	}
}
