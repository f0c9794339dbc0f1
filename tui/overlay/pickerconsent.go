package overlay

import (
	"errors"

	"frontdesk/provider"
	"frontdesk/store"
)

// SetConversation takes a newer row of the conversation: the customer may have
// asked for no more of it while the picker is open.
func (p *Picker) SetConversation(c store.Conversation) {
	p.data.Conversation.Standing, p.data.Conversation.LastInbound = c.Standing, c.LastInbound
	p.changed()
}

// unwanted is why the customer's or the team's word keeps a template from going;
// nil where it does not.
func (p *Picker) unwanted(t *provider.Template) *provider.Refusal {
	c := provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Category: t.Category}}
	var r *provider.Refusal
	if errors.As(p.data.Conversation.Standing.Check(c), &r) {
		return r
	}
	return nil
}

func (p *Picker) refused(r *provider.Refusal) string {
	w := p.look.Words
	return w.Trouble.Refused(r, w.Time.At(r.Since, p.look.Now)).String()
}
