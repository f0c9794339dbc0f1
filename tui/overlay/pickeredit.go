package overlay

import (
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
)

// Edit chooses the template of a message that is scheduled and fills it as it stands
// there. Where the network lists it no more it says so, and the list stays.
func (p *Picker) Edit(key store.MessageKey, m *provider.TemplateMessage) action.Action {
	defer p.changed()
	if p.stage != choosing || !p.query.Empty() {
		return nil
	}
	p.edits = key
	for i, at := range p.shown {
		if t := &p.data.Templates[at]; t.Name == m.Name && t.Language == m.Language {
			p.at = i
			p.load()
			p.refill(m)
			return p.choose()
		}
	}
	return action.Say{Text: p.look.Words.Trouble.Failed(provider.TemplateMissing).String()}
}

// refill puts the values of a message into its lines, as typed.
func (p *Picker) refill(m *provider.TemplateMessage) {
	have := map[string]provider.Value{}
	for _, v := range m.Values {
		have[provider.Field{Part: v.Part, Card: v.Card, Index: v.Index, Name: v.Name}.Key()] = v
	}
	for i := range p.fields {
		f := &p.fields[i]
		v, ok := have[f.Key()]
		if !ok || f.part != "" {
			continue
		}
		text := v.Text
		if v.Media != nil {
			text = v.Media.Link
		}
		if f.as = v.Form; text != f.buf.Text() {
			f.buf.Set(text)
			f.touched()
		}
	}
}
