package overlay

import (
	"frontdesk/provider"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// seen is a part of the message, as the preview shows it.
type seen struct {
	card int
	part provider.Part
}

func seenIn(f provider.Field) seen { return seen{f.Card, f.Part} }

// bubble draws the message as the customer will see it, and says in which row each
// part begins.
func (p *Picker) bubble(s *sheet, t *provider.Template) ([]string, map[seen]int) {
	b := &bubble{s: s, look: p.look, roomy: p.roomy(), at: map[seen]int{}}
	shown := p.fill(t).Shown
	if t.Opaque {
		b.unknown(p, t, &shown)
		return b.rows, b.at
	}
	b.shown(&shown, 0)
	for _, l := range p.leads(t) {
		b.lines(theme.Faint, false, l)
	}
	for i := range shown.Cards {
		b.gap(b.roomy)
		b.lines(theme.Dim, false, p.look.Words.Picker.Card(i+1, len(shown.Cards)))
		b.shown(&shown.Cards[i], i+1)
	}
	return b.rows, b.at
}

// leads says where the buttons lead whose addresses have a variable: the customer
// sees that after a tap alone.
func (p *Picker) leads(t *provider.Template) []string {
	var out []string
	values := p.values()
	for _, c := range t.Components {
		for i, button := range c.Buttons {
			if len(provider.Variables(button.URL)) == 0 {
				continue
			}
			address := provider.Substitute(button.URL, func(name string) (string, bool) {
				text := values[provider.FieldKey(provider.PartButton, i, name)].Text
				return text, text != ""
			})
			out = append(out, p.look.Words.Picker.Opens(button.Text, address))
		}
	}
	return out
}

// bubble is the rows of a message on its own surface.
type bubble struct {
	s     *sheet
	look  *line.Look
	roomy bool
	rows  []string
	at    map[seen]int
}

func (b *bubble) style(i theme.Ink) theme.Style { return b.look.Theme.Style(i, theme.BubbleOut) }

func (b *bubble) width() int { return b.s.inner() }

// textWidth leaves the bar, a blank before and a blank after the text.
func (b *bubble) textWidth() int { return max(b.width()-4, 1) }

func (b *bubble) add(pieces ...line.Piece) {
	out := line.New(b.s.w, b.s.style(theme.Text)).Space(b.s.pad)
	in := line.New(b.width(), b.style(theme.Text))
	in.Put(b.s.pen().Own(b.style(theme.Accent), theme.GlyphThinBar))
	in.Space(1)
	for _, p := range pieces {
		in.Put(p)
	}
	out.Raw(in.String(), b.width())
	b.rows = append(b.rows, out.String())
}

func (b *bubble) gap(want bool) {
	if want {
		b.add()
	}
}

func (b *bubble) lines(i theme.Ink, bold bool, text string) {
	if text == "" {
		return
	}
	st := b.style(i)
	if bold {
		st = st.Bold()
	}
	for _, l := range b.s.pen().M.Wrap(safetext.Clean(text), b.textWidth()) {
		b.add(b.s.pen().Remote(st, safetext.Line(l), b.textWidth()))
	}
}

// shown draws a message, or one card of it.
func (b *bubble) shown(s *provider.Shown, card int) {
	before := len(b.rows)
	begins := func(part provider.Part) { b.at[seen{card, part}] = len(b.rows) }
	begins(provider.PartHeader)
	b.header(s)
	b.gap(b.roomy && len(b.rows) > before)
	begins(provider.PartBody)
	b.lines(theme.Text, false, s.Body)
	begins(provider.PartOffer)
	b.offer(s)
	begins(provider.PartButton)
	if s.Footer != "" {
		b.gap(b.roomy)
		b.lines(theme.Dim, false, s.Footer)
	}
	if len(s.Buttons) > 0 {
		b.gap(b.roomy && s.Footer == "")
		b.buttons(s.Buttons)
	}
}

func (b *bubble) header(s *provider.Shown) {
	w := &b.look.Words.Picker
	if s.Kind != "" {
		b.lines(theme.Read, false, w.Media(string(s.Kind)))
	}
	if s.Media != nil {
		b.lines(theme.Dim, false, s.Media.Name+s.Media.Link)
	}
	if s.Place != nil {
		b.lines(theme.Text, false, s.Place.Name)
		b.lines(theme.Dim, false, s.Place.Address)
		b.lines(theme.Faint, false, w.Degrees(s.Place.Latitude, s.Place.Longitude))
	}
	if s.Header != "" {
		b.lines(theme.Text, true, s.Header)
	}
}

func (b *bubble) offer(s *provider.Shown) {
	if s.Offer == "" && s.Until.IsZero() {
		return
	}
	b.gap(b.roomy)
	b.lines(theme.Text, true, s.Offer)
	if !s.Until.IsZero() {
		b.lines(theme.Warn, false, b.look.Words.Picker.Until(b.look.Words.Time.Zoned(s.Until, b.look.Now)))
	}
}

// unknown is what can be said of a message whose wording is not shown: what it is
// for, who fills what, and that this is all.
func (b *bubble) unknown(p *Picker, t *provider.Template, shown *provider.Shown) {
	if t.About != "" {
		b.lines(theme.Text, false, t.About)
		b.gap(p.roomy())
	}
	if shown.FilledBy != "" {
		b.lines(theme.Dim, false, shown.Text())
	}
	if len(t.Filled) > 0 {
		b.lines(theme.Dim, false, p.look.Words.Picker.Filled(t.Filled))
	}
	b.gap(p.roomy() && b.rows != nil)
	b.lines(theme.Dim, false, p.look.Words.Picker.Opaque)
}

// buttons sets the buttons in as many rows as they need.
func (b *bubble) buttons(labels []string) {
	var row []line.Piece
	used := 0
	for _, l := range labels {
		piece := b.s.pen().Remote(b.style(theme.Read), safetext.Line("[ "+l+" ]"), b.textWidth())
		if used > 0 && used+2+piece.Cells > b.textWidth() {
			b.add(row...)
			row, used = nil, 0
		}
		if used > 0 {
			row = append(row, b.s.pen().Own(b.style(theme.Text), "  "))
			used += 2
		}
		row = append(row, piece)
		used += piece.Cells
	}
	b.add(row...)
}
