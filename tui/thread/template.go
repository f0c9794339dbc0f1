package thread

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// template is the message as the customer sees it, or as much as is known of it.
func (b *block) template(t *provider.TemplateMessage) {
	if t == nil {
		b.add(b.on(theme.Dim, b.p.look.Words.Word.Content(provider.Templated)))
		return
	}
	s := &t.Shown
	b.templateHeader(s, headerKind(t))
	if s.Body == "" {
		b.unworded(t)
	} else {
		b.text(s.Body)
	}
	b.templateFoot(s)
	for i := range s.Cards {
		card := &s.Cards[i]
		b.wrapped(b.style(theme.Dim), safetext.Line(b.p.look.Words.Picker.Card(i+1, len(s.Cards))))
		b.templateHeader(card, card.Kind)
		if card.Body != "" {
			b.text(card.Body)
		}
		b.templateFoot(card)
	}
}

// headerKind is what the header holds. What was sent before it was kept with what
// is shown has it with its values.
func headerKind(t *provider.TemplateMessage) provider.ContentKind {
	if t.Shown.Kind != "" {
		return t.Shown.Kind
	}
	for _, v := range t.Values {
		if v.Part == provider.PartHeader && v.Card == 0 && v.Kind != "" {
			return v.Kind
		}
	}
	return provider.Document
}

func (b *block) templateHeader(s *provider.Shown, kind provider.ContentKind) {
	switch {
	case s.Media != nil:
		b.media(s.Media, kind, "")
	case s.Place != nil:
		b.place(s.Place)
	}
	if h := safetext.Line(s.Header); !h.Blank() {
		b.wrapped(b.style(theme.Text).Bold(), h)
	}
}

// unworded names a template whose words are not known here, and what it was filled
// with, or who fills it.
func (b *block) unworded(t *provider.TemplateMessage) {
	name := b.p.look.Words.Word.Content(provider.Templated) + " " + t.Name + " " + theme.GlyphDot + " " + t.Language
	b.wrapped(b.style(theme.Dim), safetext.Line(name))
	if t.Shown.FilledBy != "" {
		b.wrapped(b.style(theme.Dim), safetext.Line(t.Shown.Text()))
		return
	}
	for _, v := range t.Values {
		if v.Text != "" {
			said := fmt.Sprintf(b.p.look.Words.Screen.ValueF, b.p.look.Words.Picker.Field(v.Field(), ""), v.Text)
			b.wrapped(b.style(theme.Faint), safetext.Line(said))
		}
	}
}

// templateFoot is what stands under the words: an offer with its end, the footer
// and the buttons.
func (b *block) templateFoot(s *provider.Shown) {
	if o := safetext.Line(s.Offer); !o.Blank() {
		b.wrapped(b.style(theme.Text).Bold(), o)
	}
	if !s.Until.IsZero() {
		at := b.p.look.Words.Time.Zoned(s.Until, b.p.look.Now)
		b.wrapped(b.style(theme.Warn), safetext.Line(b.p.look.Words.Picker.Until(at)))
	}
	if f := safetext.Line(s.Footer); !f.Blank() {
		b.wrapped(b.style(theme.Faint), f)
	}
	b.buttons(s.Buttons)
}
