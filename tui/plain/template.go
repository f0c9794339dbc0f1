package plain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
)

// template has the agent choose a template, fill in each variable, hear what the
// customer will read, and confirm.
func (d *Dialogue) template(ctx context.Context, which string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	caps := d.caps(&c)
	if caps == nil || caps.Send[provider.Templated] <= provider.Absent {
		d.say(d.words.Screen.Did.NoTemplates)
		return nil
	}
	list, err := d.st.Templates(ctx, c.Account)
	if err != nil {
		return err
	}
	if len(list.Templates) == 0 {
		said := d.words.Picker.NoneAtAll
		if caps.Template.Unlisted {
			said = d.words.Picker.NotListed
		}
		d.say(said.String())
		return nil
	}
	theirsFirst(list.Templates, c.Language)
	t, err := d.choose(ctx, list.Templates, which)
	if err != nil || t == nil {
		return err
	}
	if t.Status != provider.Approved {
		d.say(d.words.Picker.NotSendable(d.words.Word.TemplateStatus(t.Status)))
		return nil
	}
	values, err := d.fill(ctx, &c, t)
	if err != nil || values == nil {
		return err
	}
	return d.sendTemplate(ctx, t, values)
}

// theirsFirst puts what may be sent first, and of that what is in the contact's language.
func theirsFirst(list []provider.Template, language string) {
	base := func(tag string) string {
		tag, _, _ = strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
		return strings.ToLower(tag)
	}
	worse := func(t *provider.Template) int {
		switch {
		case t.Status != provider.Approved:
			return 2
		case language != "" && base(t.Language) == base(language):
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b provider.Template) int { return worse(&a) - worse(&b) })
}

// choose tells the templates and takes a number, or a name.
func (d *Dialogue) choose(ctx context.Context, list []provider.Template, which string) (*provider.Template, error) {
	if which == "" {
		d.say(d.p.TemplatesHow)
		for i := range list {
			d.templateRow(i+1, &list[i])
		}
		var err error
		if which, err = d.or(ctx, "", d.p.TemplatesHint); err != nil {
			return nil, err
		}
	}
	which = strings.TrimSpace(which)
	if n, err := strconv.Atoi(which); err == nil && n >= 1 && n <= len(list) {
		return &list[n-1], nil
	}
	var found *provider.Template
	for i := range list {
		if list[i].Name == which {
			if found != nil { // in several languages: its number says which
				return d.choose(ctx, list, "")
			}
			found = &list[i]
		}
	}
	if found == nil {
		d.say(d.words.Picker.NoMatch(clip(which)))
	}
	return found, nil
}

func (d *Dialogue) templateRow(n int, t *provider.Template) {
	category := d.words.Picker.Category(t.Category)
	if t.Status != provider.Approved {
		category += ", " + d.words.Word.TemplateStatus(t.Status)
	}
	head := d.p.TemplateRow(safetext.Name(t.Name).String(), safetext.Name(t.Language).String(), safetext.Line(category).String())
	wording := t.About
	for i := range t.Components {
		if t.Components[i].Part == provider.PartBody {
			wording = t.Components[i].Text
		}
	}
	if safetext.Line(wording).Blank() {
		wording = d.words.Picker.Opaque
	}
	d.say(fmt.Sprintf("%d. %s %s", n, head, safetext.Line(wording)))
}

// fill asks for each variable; nil where one of them cannot be given in a line of text.
func (d *Dialogue) fill(ctx context.Context, c *store.Conversation, t *provider.Template) (map[string]provider.Value, error) {
	fields := t.Fields()
	for _, f := range fields {
		if f.Media != "" || f.Form != "" {
			d.say(d.p.NotHere(d.words.Picker.Field(f, "")))
			return nil, nil
		}
	}
	use, err := d.st.TemplateUse(ctx, c.Account)
	if err != nil {
		return nil, err
	}
	last := use[t.Name+"/"+t.Language].Values
	values := map[string]provider.Value{}
	for i, f := range fields {
		text, err := d.value(ctx, f, i+1, len(fields), last[f.Key()])
		if err != nil {
			return nil, err
		}
		values[f.Key()] = provider.Value{Part: f.Part, Card: f.Card, Index: f.Index, Name: f.Name, Text: text}
	}
	return d.mend(ctx, c, t, values, last)
}

// value asks for one variable. What it was last time is offered and never taken by
// itself: it may be another customer's.
func (d *Dialogue) value(ctx context.Context, f provider.Field, n, of int, last string) (string, error) {
	question := d.p.Value(n, of, safetext.Name(d.words.Picker.Field(f, "")).String())
	if f.Example != "" {
		question += " " + d.p.ExampleIs(safetext.Name(f.Example).String())
	}
	if last != "" {
		question += " " + d.p.LastTime(safetext.Name(last).String())
	}
	typed, err := d.ask(ctx, question)
	if err == nil && last != "" && strings.TrimSpace(typed) == d.p.TakeLast {
		return last, nil
	}
	return typed, err
}

// mend asks again for what the network would refuse, until nothing is left of it.
func (d *Dialogue) mend(ctx context.Context, c *store.Conversation, t *provider.Template, values map[string]provider.Value, last map[string]string) (map[string]provider.Value, error) {
	for {
		problems := d.caps(c).Lint(t, values, d.now())
		if len(problems) == 0 {
			return values, nil
		}
		p := problems[0]
		name, at := p.Field, -1
		fields := t.Fields()
		for i, f := range fields {
			if f.Key() == p.Field {
				name, at = d.words.Picker.Field(f, ""), i
				if number(name) {
					name = d.words.Picker.Value(name)
				}
			}
		}
		d.say(d.words.Trouble.Problem(p, safetext.Name(name).String(), string(t.Status)).String())
		if at < 0 { // no value mends it
			d.say(d.p.NotSent)
			return nil, nil
		}
		text, err := d.value(ctx, fields[at], at+1, len(fields), last[p.Field])
		if err != nil {
			return nil, err
		}
		v := values[p.Field]
		v.Text = text
		values[p.Field] = v
	}
}

// sendTemplate tells what the customer will read, asks, and sends.
func (d *Dialogue) sendTemplate(ctx context.Context, t *provider.Template, values map[string]provider.Value) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	m := t.Fill(values)
	if m.Shown.FilledBy != "" {
		m.Shown.FilledFrom = c.LinkFor(d.caps(&c).Link).String()
	}
	out := d.outgoing(&c, provider.Content{Kind: provider.Templated, Template: &m})
	if r := d.refusal(&c, out); r != nil {
		d.say(d.why(&c, r))
		d.say(d.p.NotSent)
		return nil
	}
	last, err := d.colleagues(ctx)
	if err != nil {
		return err
	}
	look := d.look()
	name := look.Name(&c).String()
	d.say(d.p.AsSeen(name))
	for _, part := range d.shown(look, &m.Shown) {
		if !safetext.Clean(part).Blank() {
			d.quote(part)
		}
	}
	if t.Opaque {
		d.say(d.words.Picker.Opaque)
	}
	d.say(sentence(d.words.Picker.Cost(t.Category)))
	if yes, err := d.yes(ctx, d.p.SendTo(name)); err != nil || !yes {
		if err == nil {
			d.say(d.p.NotSent)
		}
		return err
	}
	return d.confirmed(ctx, t, out, last)
}

// confirmed sends a template that was heard. The clock and the customer's word may have
// changed since.
func (d *Dialogue) confirmed(ctx context.Context, t *provider.Template, out provider.Outgoing, last store.MessageKey) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	if r := d.refusal(&c, out); r != nil {
		d.say(d.why(&c, r))
		d.say(d.p.NotSent)
		return nil
	}
	if mayGo, err := d.despite(ctx, last); err != nil || !mayGo {
		if err == nil {
			d.say(d.p.NotSent)
		}
		return err
	}
	use, err := d.st.TemplateUse(ctx, c.Account)
	if err != nil {
		return err
	}
	// It only saves typing the next time: no reason not to send.
	_ = d.st.RememberTemplate(ctx, c.Account, t.Name, t.Language, remembered(use[t.Name+"/"+t.Language].Values, out.Content.Template.Values))
	return d.queue(ctx, &c, out, "")
}

// remembered is what is offered the next time. Where the screen knows from which source
// a value comes, it asks that again and no text takes its place.
func remembered(last map[string]string, values []provider.Value) map[string]string {
	out := map[string]string{}
	sourced := map[string]bool{}
	for k, v := range last {
		out[k] = v
		if key, _, ok := strings.Cut(k, "@"); ok {
			sourced[key] = true
		}
	}
	for _, v := range values {
		if !sourced[v.Key()] {
			out[v.Key()] = v.Text
		}
	}
	return out
}
