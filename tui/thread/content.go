package thread

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// content adds what the message says, by its kind.
func (b *block) content() {
	c := &b.m.Content
	if !b.m.RevokedAt.IsZero() {
		b.wrapped(b.style(theme.Faint).Italic(), safetext.Line(b.p.look.Words.Screen.TakenBack))
		return
	}
	switch c.Kind {
	case provider.Text:
		b.text(c.Text)
	case provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker:
		b.media(c.Media, c.Kind, c.Text)
	case provider.Location:
		b.place(c.Place)
	case provider.Contacts:
		b.cards(c.Cards)
	case provider.Interactive:
		b.menu(c.Text, c.Menu)
	case provider.Choice:
		b.choice(c)
	case provider.Reaction:
		b.reaction(c.Reaction)
	case provider.Templated:
		b.template(c.Template)
	default:
		b.unsupported(c)
	}
}

func (b *block) unsupported(c *provider.Content) {
	b.wrapped(b.style(theme.Warn), safetext.Clean(b.p.look.Words.Screen.Unsupported))
	if t := safetext.Clean(c.Text); !t.Blank() {
		b.wrapped(b.style(theme.Dim), t)
	}
}

// media is a card: what the file is called, how large it is, what it is. What
// the network did not say is not made up.
func (b *block) media(m *provider.Media, kind provider.ContentKind, caption string) {
	if m == nil {
		m = &provider.Media{}
	}
	label := b.p.look.Words.Word.Content(kind)
	if m.Voice {
		label = b.p.look.Words.Screen.Voice
	}
	name, careful := line.FileName(m.Name, m.MIME)
	if !name.Empty() {
		label = name.String()
	}
	parts := []line.Piece{
		b.p.look.Pen.Own(b.style(theme.Text), theme.GlyphFile+" "),
		b.p.look.Pen.Remote(b.style(theme.Text), safetext.Name(label), b.room-2),
	}
	if m.Size > 0 {
		parts = append(parts, b.on(theme.Dim, "   "+line.Size(m.Size)))
	}
	if m.MIME != "" {
		parts = append(parts, b.p.look.Pen.Remote(b.style(theme.Faint), safetext.Line("   "+m.MIME), 30))
	}
	b.fit(parts)
	if careful != "" {
		b.wrapped(b.style(theme.Warn), safetext.Line(fmt.Sprintf(b.p.look.Words.Screen.CarefulF, careful)))
	}
	if caption != "" {
		b.text(caption)
	}
}

// fit adds a line of pieces, leaving out from the right what has no room.
func (b *block) fit(parts []line.Piece) {
	for len(parts) > 1 && cells(parts) > b.room {
		parts = parts[:len(parts)-1]
	}
	b.add(parts...)
}

func (b *block) place(p *provider.Place) {
	b.add(b.on(theme.Text, theme.GlyphFile+" "+b.p.look.Words.Word.Content(provider.Location)))
	if p == nil {
		return
	}
	for _, s := range []string{p.Name, p.Address} {
		if t := safetext.Line(s); !t.Blank() {
			b.wrapped(b.style(theme.Dim), t)
		}
	}
	b.add(b.on(theme.Faint, fmt.Sprintf(b.p.look.Words.Screen.PlaceF, p.Latitude, p.Longitude)))
}

func (b *block) cards(cards []provider.ContactCard) {
	for _, c := range cards {
		name := fmt.Sprintf(b.p.look.Words.Screen.ContactCardF, safetext.Name(c.Name))
		b.add(b.on(theme.Text, theme.GlyphFile+" "), b.p.look.Pen.Remote(b.style(theme.Text), safetext.Line(name), b.room-2))
		lines := append(append([]string{c.Org}, c.Phones...), c.Emails...)
		for _, s := range lines {
			if t := safetext.Line(s); !t.Blank() {
				b.add(b.on(theme.Dim, "  "), b.p.look.Pen.Remote(b.style(theme.Dim), t, b.room-2))
			}
		}
	}
	if len(cards) == 0 {
		b.add(b.on(theme.Text, theme.GlyphFile+" "+b.p.look.Words.Word.Content(provider.Contacts)))
	}
}

// menu is what was offered: a text and the buttons or rows under it.
func (b *block) menu(text string, m *provider.Menu) {
	if m == nil {
		b.text(text)
		return
	}
	if t := safetext.Line(m.Header); !t.Blank() {
		b.wrapped(b.style(theme.Text).Bold(), t)
	}
	b.text(text)
	if t := safetext.Line(m.Footer); !t.Blank() {
		b.wrapped(b.style(theme.Faint), t)
	}
	switch m.Form {
	case "list":
		b.options(m)
	case "cta_url":
		b.buttons([]string{m.Button})
		b.wrapped(b.style(theme.Faint), safetext.Line(m.URL))
	default:
		titles := make([]string, 0, len(m.Options))
		for _, o := range m.Options {
			titles = append(titles, o.Title)
		}
		b.buttons(titles)
	}
}

func (b *block) options(m *provider.Menu) {
	b.wrapped(b.style(theme.Read), safetext.Line(fmt.Sprintf(b.p.look.Words.Screen.ListF, m.Button)))
	for _, o := range m.Options {
		s := theme.GlyphDot + " " + o.Title
		if o.Description != "" {
			s += ": " + o.Description
		}
		b.add(b.p.look.Pen.Remote(b.style(theme.Dim), safetext.Line(s), b.room))
	}
}

// buttons puts as many buttons on a line as fit.
func (b *block) buttons(titles []string) {
	var row []line.Piece
	for _, t := range titles {
		if t == "" {
			continue
		}
		piece := b.p.look.Pen.Remote(b.style(theme.Read), safetext.Line("[ "+safetext.Name(t).String()+" ]"), b.room)
		if len(row) > 0 && cells(row)+2+piece.Cells > b.room {
			b.add(row...)
			row = nil
		}
		if len(row) > 0 {
			row = append(row, b.on(theme.Text, "  "))
		}
		row = append(row, piece)
	}
	if len(row) > 0 {
		b.add(row...)
	}
}

// choice is what the customer picked of a menu.
func (b *block) choice(c *provider.Content) {
	title := c.Text
	if c.Chosen != nil && c.Chosen.Title != "" {
		title = c.Chosen.Title
	}
	b.wrapped(b.style(theme.Text), safetext.Line(fmt.Sprintf(b.p.look.Words.Screen.ChoseF, title)))
	if c.Chosen != nil && c.Chosen.Description != "" {
		b.wrapped(b.style(theme.Dim), safetext.Line(c.Chosen.Description))
	}
}

func (b *block) reaction(r *provider.ReactionTo) {
	if r == nil || r.Emoji == "" {
		b.add(b.on(theme.Dim, b.p.look.Words.Word.Content(provider.Reaction)))
		return
	}
	b.add(b.p.look.Pen.Remote(b.style(theme.Text), safetext.Name(r.Emoji), 8))
}
