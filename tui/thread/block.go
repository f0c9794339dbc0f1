package thread

import (
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// The measures of a bubble, in cells.
const (
	barCells   = 2 // the bar and the blank after it
	padCells   = 1 // at the right of the text
	widestText = 76
	// tallest is how many lines of one message are shown; the rest is in its
	// details. A message must not push the conversation off the screen.
	tallest = 40
)

// block draws one message: what stands above it, then the message itself.
type block struct {
	p      *Pane
	m      *store.Message
	w      int
	chosen bool
	// surface of the bubble, and the widest text in it.
	surface theme.Surface
	room    int
	lines   [][]line.Piece
}

func (p *Pane) draw(index, width int, selected bool) []string {
	b := &block{p: p, m: &p.data.Messages[index], w: width, chosen: selected, surface: theme.BubbleIn}
	out := b.above(p.flags[index])
	switch b.m.Kind {
	case store.KindNote:
		return append(out, b.note()...)
	case store.KindActivity:
		return append(out, b.activity())
	}
	return append(out, b.bubble()...)
}

func sameDay(a, b, now time.Time) bool {
	ay, am, ad := a.In(now.Location()).Date()
	by, bm, bd := b.In(now.Location()).Date()
	return ay == by && am == bm && ad == bd
}

// above is the blank line between messages and the rules that belong there.
func (b *block) above(f flag) []string {
	out := []string{line.Blank(b.w)}
	words := b.p.look.Words
	if f&moreAbove != 0 {
		out = append(out, b.centred(b.own(theme.Faint, words.Screen.Earlier)), line.Blank(b.w))
	}
	if f&dayAbove != 0 {
		out = append(out, b.centred(b.own(theme.Faint, words.Time.Day(b.m.At, b.p.look.Now))), line.Blank(b.w))
	}
	if f&newAbove != 0 {
		out = append(out, b.newRule(), line.Blank(b.w))
	}
	return out
}

func (b *block) own(i theme.Ink, s string) line.Piece {
	return b.p.look.Pen.Own(b.p.style(i, theme.Base), s)
}

func (b *block) centred(words line.Piece) string {
	r := line.New(b.w, b.p.look.Theme.Text)
	if words.Cells > b.w {
		words = b.p.look.Pen.Remote(words.Style, safetext.Line(words.Text), b.w)
	}
	r.Space((b.w - words.Cells) / 2)
	r.Put(words)
	return r.String()
}

func (b *block) newRule() string {
	s := b.p.look.Words.Screen.NewOne
	if b.p.data.New > 1 {
		s = fmt.Sprintf(b.p.look.Words.Screen.NewF, b.p.data.New)
	}
	words := b.p.look.Pen.Own(b.p.look.Theme.Accent.Bold(), " "+s+" ")
	r := line.New(b.w, b.p.look.Theme.Text)
	left := max((b.w-words.Cells)/2, 0)
	r.Put(b.own(theme.Rule, line.Rule(left)))
	r.Put(words)
	r.Put(b.own(theme.Rule, line.Rule(r.Room())))
	return r.String()
}

// note is a band over the whole width: it cannot be taken for a bubble.
func (b *block) note() []string {
	look := b.p.look
	on := func(i theme.Ink) theme.Style { return b.p.style(i, theme.NoteSurface) }
	head := line.New(b.w, on(theme.Text))
	if b.chosen {
		head.Put(look.Pen.Own(on(theme.Note), theme.GlyphBar))
	} else {
		head.Space(1)
	}
	head.Put(look.Pen.Own(on(theme.Note).Bold(), look.Words.Word.Note))
	by := safetext.Name(string(b.m.By)).String() + " · " + look.Words.Time.Clock(b.m.At, look.Now)
	if b.m.Seq == 0 {
		by += " · " + look.Words.Screen.NotSentYet
	}
	head.Space(2).Put(look.Pen.Remote(on(theme.Faint), safetext.Line(by), max(head.Room()-1, 0)))
	out := []string{head.String()}
	text := look.Pen.M.Wrap(safetext.Clean(b.m.Content.Text), max(b.w-2, 1))
	if more := len(text) - tallest; more > 1 {
		mark := safetext.Line(fmt.Sprintf(look.Words.Screen.MoreLinesF, more))
		text = append(text[:tallest], look.Pen.M.Truncate(mark, max(b.w-2, 1)))
	}
	for _, s := range text {
		r := line.New(b.w, on(theme.Text))
		r.Space(1).Put(look.Pen.Own(on(theme.Text), s))
		out = append(out, r.String())
	}
	return out
}

// bubble is a bar, the message and a line with time, who and what became of it.
func (b *block) bubble() []string {
	ours := b.m.Direction == store.Outgoing
	b.room = min(max(b.w*3/4, min(b.w, 30)), widestText) - barCells - padCells
	b.room = max(b.room, 4)
	if ours {
		b.surface = theme.BubbleOut
	}
	b.quoted()
	b.content()
	b.collapse()
	b.meta()
	b.reactions()
	widest := 0
	for _, l := range b.lines {
		widest = max(widest, cells(l))
	}
	bw := min(barCells+widest+padCells, b.w)
	indent := 0
	if ours {
		indent = b.w - bw
	}
	out := make([]string, 0, len(b.lines))
	for _, l := range b.lines {
		out = append(out, b.row(l, indent, bw, ours))
	}
	return out
}

// collapse cuts what is drawn so far to the tallest message and says by how
// much.
func (b *block) collapse() {
	more := len(b.lines) - tallest
	if more <= 1 { // the mark would take the line it saves
		return
	}
	b.lines = b.lines[:tallest]
	b.wrapped(b.style(theme.Faint), safetext.Line(fmt.Sprintf(b.p.look.Words.Screen.MoreLinesF, more)))
}

func cells(l []line.Piece) int {
	n := 0
	for _, p := range l {
		n += p.Cells
	}
	return n
}

func (b *block) row(l []line.Piece, indent, bw int, ours bool) string {
	bar, ink := theme.GlyphThinBar, theme.OK
	if ours {
		ink = theme.Accent
	}
	if b.chosen {
		bar = theme.GlyphBar
	}
	inside := line.New(bw, b.style(theme.Text))
	inside.Put(b.on(ink, bar))
	inside.Space(1)
	for _, p := range l {
		inside.Put(p)
	}
	r := line.New(b.w, b.p.look.Theme.Text)
	r.Space(indent).Raw(inside.String(), bw)
	return r.String()
}

func (b *block) style(i theme.Ink) theme.Style { return b.p.style(i, b.surface) }

func (b *block) on(i theme.Ink, s string) line.Piece { return b.p.look.Pen.Own(b.style(i), s) }

// add appends one line of the bubble.
func (b *block) add(pieces ...line.Piece) { b.lines = append(b.lines, pieces) }

// wrapped adds a text of one look in as many lines as it takes.
func (b *block) wrapped(st theme.Style, t safetext.Text) {
	for _, s := range b.p.look.Pen.M.Wrap(t, b.room) {
		b.add(b.p.look.Pen.Own(st, s))
	}
}

// text adds a message's own words, with the markup of networks that have it.
func (b *block) text(s string) {
	t := safetext.Clean(s)
	if t.Blank() {
		b.add(b.on(theme.Faint, b.p.look.Words.Screen.NoText))
		return
	}
	if b.p.data.Conversation.Network != provider.WhatsApp {
		b.wrapped(b.style(theme.Text), t)
		return
	}
	for _, spans := range b.p.look.Pen.M.Markup(t, b.room) {
		l := make([]line.Piece, 0, len(spans))
		for _, sp := range spans {
			l = append(l, b.p.look.Pen.Own(b.spanStyle(sp), sp.Text))
		}
		b.lines = append(b.lines, l)
	}
}

func (b *block) spanStyle(sp safetext.Span) theme.Style {
	ink := theme.Text
	if sp.Quote || sp.Mono {
		ink = theme.Dim
	}
	st := b.style(ink)
	if sp.Bold {
		st = st.Bold()
	}
	if sp.Italic {
		st = st.Italic()
	}
	if sp.Strike {
		st = st.Strike()
	}
	return st
}

// quoted is the message that is answered, in one line.
func (b *block) quoted() {
	q := b.m.Quoted
	if q == nil {
		return
	}
	who := b.p.look.Words.Word.Customer
	if q.Direction == store.Outgoing {
		who = safetext.Name(string(q.By)).String()
	}
	text := safetext.Line(q.Text)
	if text.Blank() {
		text = safetext.Line(b.p.look.Words.Word.Content(q.Kind))
	}
	bar := b.on(theme.Faint, theme.GlyphThinBar+" ")
	said := safetext.Line(who + ": " + text.String())
	b.add(bar, b.p.look.Pen.Remote(b.style(theme.Dim), said, b.room-bar.Cells))
}

func (b *block) reactions() {
	for _, r := range b.m.Reactions[:min(len(b.m.Reactions), tallest)] {
		who := b.p.look.Words.Word.Customer
		if r.Outgoing {
			who = b.p.look.Words.Screen.You
		}
		emoji := b.p.look.Pen.Remote(b.style(theme.Text), safetext.Name(r.Emoji), 8)
		b.add(emoji, b.on(theme.Faint, " "+who))
	}
}
