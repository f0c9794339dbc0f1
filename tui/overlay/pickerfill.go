package overlay

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/tui/action"
)

func (p *Picker) fillKey(k tea.KeyPressMsg) action.Action {
	f := &p.fields[p.focus]
	switch name := k.String(); name {
	case "enter":
		return p.enterField()
	case "ctrl+d":
		return p.later()
	case "esc":
		p.stage = choosing
	case "tab", "right":
		switch {
		case f.offers():
			f.take()
		case name == "tab":
			p.step(1)
		default:
			f.buf.Key(name)
		}
	case "down":
		p.step(1)
	case "shift+tab", "up":
		p.step(-1)
	case "pgup":
		p.top = max(p.top-4, 0)
	case "pgdown":
		p.top += 4
	case "ctrl+o":
		p.options()
	case "ctrl+t":
		if p.typed(f.Field) {
			f.retype()
		}
	default:
		p.typeKey(f, k)
	}
	return nil
}

// step goes to another line, and round at the ends.
func (p *Picker) step(n int) { p.focus = (p.focus + len(p.fields) + n) % len(p.fields) }

func (p *Picker) typeKey(f *field, k tea.KeyPressMsg) {
	if !f.buf.Key(k.String()) && k.Text != "" {
		f.buf.Insert(k.Text)
	}
	f.touched()
}

// touched forgets the source of a value that was changed by hand.
func (f *field) touched() {
	if f.buf.Text() != f.text {
		f.filled = filled{text: f.buf.Text(), from: typed, last: f.last}
	}
}

// offers reports that what was typed last time stands in the empty field.
func (f *field) offers() bool { return f.buf.Empty() && f.last != "" }

// take fills in what was offered.
func (f *field) take() {
	f.filled = filled{text: f.last, from: fromMemory, last: f.last}
	f.buf.Set(f.last)
}

// enterField goes on to the next field, and sends from the last one where
// nothing would be refused.
func (p *Picker) enterField() action.Action {
	if len(p.lint()) == 0 && p.focus == len(p.fields)-1 {
		return p.send()
	}
	if p.focus < len(p.fields)-1 {
		p.focus++
		return nil
	}
	p.focus = p.firstBad()
	return action.Say{Text: p.problems()[0]}
}

// Paste implements Overlay.
func (p *Picker) Paste(s string) action.Action {
	defer p.changed()
	switch p.stage {
	case filling:
		f := &p.fields[p.focus]
		f.buf.Insert(s)
		f.touched()
	case choosing:
		p.query.Insert(s)
		p.refilter()
	}
	return nil
}

// send asks for the message, once.
func (p *Picker) send() action.Action {
	if p.sent {
		return nil
	}
	x, no := p.ready()
	if no != nil {
		return no
	}
	p.sent = true
	return x
}

// later asks when it is to go. What may not go now is not kept for later: at its time it
// is looked at again.
func (p *Picker) later() action.Action {
	x, no := p.ready()
	if no != nil {
		return no
	}
	if len(x.Files) > 0 {
		return action.Say{Text: p.look.Words.Later.NoFile}
	}
	return action.TemplateLater{Send: x}
}

// ready is the filled template, or what is said where it would be refused.
func (p *Picker) ready() (x action.SendTemplate, no action.Action) {
	t := p.template()
	if t == nil {
		return x, action.Say{}
	}
	if len(p.lint()) > 0 {
		return x, action.Say{Text: p.problems()[0]}
	}
	m := p.fill(t)
	c := &p.data.Conversation
	err := p.data.Caps.Check(provider.Outgoing{
		Content: provider.Content{Kind: provider.Templated, Template: &m}, Link: c.LinkFor(p.data.Caps.Link),
	}, c.LastInbound, p.look.Now)
	r := p.unwanted(t)
	if r != nil || errors.As(err, &r) {
		return x, action.Say{Text: p.refused(r)}
	}
	return action.SendTemplate{To: p.To(), Message: m, Values: p.remember(), Edits: p.edits, Files: p.files()}, nil
}

// NotSent lets the template be sent again: what was asked for did not happen.
func (p *Picker) NotSent() { p.sent = false }

// fill is the message the template makes. What another system fills names what it
// is filled from.
func (p *Picker) fill(t *provider.Template) provider.TemplateMessage {
	m := t.Fill(p.values())
	if m.Shown.FilledBy != "" {
		m.Shown.FilledFrom = p.data.Conversation.LinkFor(p.data.Caps.Link).String()
	}
	return m
}

// remember is what the next use of the template begins with: where a value came
// from, also where the agent typed it, else what was typed, to be offered. An end
// and what was given besides are of this once.
func (p *Picker) remember() map[string]string {
	out := map[string]string{}
	src := sources(&p.data.Conversation)
	for i := range p.fields {
		f := &p.fields[i]
		if f.Optional || f.Form == provider.FormUntil {
			continue
		}
		source := f.source
		if plainText(f.Field) && (f.from == typed || f.from == fromMemory) {
			source = sourceOf(f.buf.Text(), src)
		}
		switch {
		case source != "":
			out[f.id()+sourceSuffix] = source
		case !f.buf.Empty():
			out[f.id()] = f.buf.Text()
		}
		if f.as != "" {
			out[f.id()+formSuffix] = string(f.as)
		}
	}
	return out
}
