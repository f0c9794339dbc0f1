package plain

import (
	"fmt"
	"slices"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/thread"
)

// parts are all that a message says, in the order in which the screen shows it.
func (d *Dialogue) parts(look *line.Look, m *store.Message) []string {
	c := &m.Content
	var out []string
	add := func(list ...string) {
		for _, s := range list {
			if !safetext.Clean(s).Blank() {
				out = append(out, s)
			}
		}
	}
	switch {
	case c.Template != nil:
		add(d.shown(look, &c.Template.Shown)...)
		if len(out) == 0 {
			add(c.Template.Name + ", " + c.Template.Language)
		}
	case c.Media != nil:
		add(d.file(c.Kind, c.Media), c.Text)
	case c.Place != nil:
		add(d.place(c.Place)...)
	case len(c.Cards) > 0:
		for _, card := range c.Cards {
			add(fmt.Sprintf(d.words.Screen.ContactCardF, card.Name), card.Org)
			add(append(slices.Clone(card.Phones), card.Emails...)...)
		}
	case c.Menu != nil:
		add(d.menu(c.Text, c.Menu)...)
	case c.Kind == provider.Choice:
		title := c.Text
		if c.Chosen != nil && c.Chosen.Title != "" {
			title = c.Chosen.Title
		}
		add(fmt.Sprintf(d.words.Screen.ChoseF, title))
	case c.Kind == provider.Unsupported:
		add(d.words.Screen.Unsupported, c.Text)
	default:
		add(c.Text)
	}
	if len(out) == 0 {
		_, text := thread.Words(look, &store.Conversation{}, m)
		add(text.String(), d.words.Screen.NoText)
		out = out[:1]
	}
	return out
}

func (d *Dialogue) file(kind provider.ContentKind, m *provider.Media) string {
	what := d.words.Word.Content(kind)
	if m.Voice {
		what = d.words.Screen.Voice
	}
	name, careful := line.FileName(m.Name, m.MIME)
	if !name.Empty() {
		what += " " + name.String()
	}
	if m.Size > 0 {
		what += ", " + d.p.FileSize(line.Size(m.Size))
	}
	if careful != "" {
		what += ". " + bare(fmt.Sprintf(d.words.Screen.CarefulF, careful))
	}
	return safetext.Line(what).String()
}

func (d *Dialogue) place(p *provider.Place) []string {
	at := fmt.Sprintf(d.words.Screen.PlaceF, p.Latitude, p.Longitude)
	return []string{d.words.Word.Content(provider.Location), p.Name, p.Address, at}
}

func (d *Dialogue) menu(text string, m *provider.Menu) []string {
	out := []string{m.Header, text, m.Footer}
	if m.Form == "list" {
		out = append(out, fmt.Sprintf(d.words.Screen.ListF, m.Button))
	} else if m.Button != "" {
		out = append(out, d.p.Button(m.Button), m.URL)
	}
	for _, o := range m.Options {
		said := o.Title
		if o.Description != "" {
			said += ": " + o.Description
		}
		if m.Form != "list" {
			said = d.p.Button(said)
		}
		out = append(out, said)
	}
	return out
}

// shown is a template as its reader has it, part by part.
func (d *Dialogue) shown(look *line.Look, s *provider.Shown) []string {
	var out []string
	if s.Media != nil {
		out = append(out, d.file(s.Kind, s.Media))
	}
	if s.Place != nil {
		out = append(out, d.place(s.Place)...)
	}
	out = append(out, s.Header, s.Text(), s.Offer)
	if !s.Until.IsZero() {
		out = append(out, d.words.Picker.Until(d.words.Time.Zoned(s.Until, look.Now)))
	}
	out = append(out, s.Footer)
	for _, b := range s.Buttons {
		out = append(out, d.p.Button(b))
	}
	for i := range s.Cards {
		out = append(out, d.words.Picker.Card(i+1, len(s.Cards)))
		out = append(out, d.shown(look, &s.Cards[i])...)
	}
	return out
}

// contentOf is a preview as a message's content.
func contentOf(v *store.Preview) provider.Content {
	kind := v.Content
	if kind == "" {
		kind = provider.Text
	}
	return provider.Content{Kind: kind, Text: v.Text}
}
