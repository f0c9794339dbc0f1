package overlay

import (
	"frontdesk/provider"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// bubble draws the message as the customer will see it.
func (p *Picker) bubble(s *sheet, t *provider.Template) []string {
	b := &bubble{s: s, look: p.look}
	shown := p.fill(t).Shown
	if t.Opaque {
		b.unknown(p, t, &shown)
		return b.rows
	}
	b.header(p, t, shown)
	b.lines(theme.Text, false, shown.Body)
	if shown.Footer != "" {
		b.gap(p.roomy())
		b.lines(theme.Dim, false, shown.Footer)
	}
	if len(shown.Buttons) > 0 {
		b.gap(p.roomy() && shown.Footer == "")
		b.buttons(shown.Buttons)
	}
	return b.rows
}

// bubble is the rows of a message on its own surface.
type bubble struct {
	s    *sheet
	look *line.Look
	rows []string
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
	st := b.style(i)
	if bold {
		st = st.Bold()
	}
	for _, l := range b.s.pen().M.Wrap(safetext.Clean(text), b.textWidth()) {
		b.add(b.s.pen().Remote(st, safetext.Line(l), b.textWidth()))
	}
}

func (b *bubble) header(p *Picker, t *provider.Template, shown provider.Shown) {
	for _, c := range t.Components {
		if c.Part != provider.PartHeader {
			continue
		}
		if c.Format != "" && c.Format != "text" {
			b.lines(theme.Read, false, p.look.Words.Picker.Media(c.Format))
		} else if shown.Header != "" {
			b.lines(theme.Text, true, shown.Header)
		}
		b.gap(p.roomy())
		return
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

// form draws the fields, a window of them around the focus where there is
// little room.
func (p *Picker) form(s *sheet, room int) {
	if len(p.fields) == 0 {
		return
	}
	step := 1
	if p.roomy() && len(p.fields)*2 <= room/3 {
		step = 2
	}
	most := max(room/2/step, 1)
	from := max(min(p.focus-most/2, len(p.fields)-most), 0)
	to := min(from+most, len(p.fields))
	label := 0
	for i := range p.fields {
		label = max(label, s.pen().Width(safetext.Line(p.label(&p.fields[i])).String()))
	}
	label = min(label, s.inner()/3)
	for i := from; i < to; i++ {
		p.fieldRow(s, i, label)
		if step == 2 {
			s.blank()
		}
	}
	if step == 1 && room >= 2*roomyForm {
		s.blank()
	}
}

// roomyForm is half the rows from which a blank one stands under the fields.
const roomyForm = 9

// whereCells is the column that says where a value came from.
const whereCells = 14

func (p *Picker) fieldRow(s *sheet, i, label int) {
	f := &p.fields[i]
	focused := p.stage == filling && i == p.focus
	ink := theme.Dim
	if focused {
		ink = theme.Accent
	}
	r := s.row()
	name := s.pen().Remote(s.style(ink), safetext.Line(p.label(f)), label)
	r.Put(name)
	r.Space(label - name.Cells + 2)
	w := r.Room() - s.pad
	where := s.pen().Remote(s.style(p.whereInk(f)), safetext.Line(p.where(f)), whereCells)
	if w >= 12+2+whereCells {
		w -= 2 + whereCells
	} else {
		where = line.Piece{}
	}
	s.field(r, &f.buf, w, p.placeholder(f), focused)
	if where.Cells > 0 {
		r.Space(2)
		r.Put(where)
	}
	s.add(r)
}

// placeholder stands in an empty field and is never sent.
func (p *Picker) placeholder(f *field) string {
	switch {
	case f.last != "":
		return f.last
	case f.Media != "":
		return p.look.Words.Picker.MediaHint
	}
	return f.Example
}

// where says where a value came from, or what the placeholder is.
func (p *Picker) where(f *field) string {
	w := &p.look.Words.Picker
	switch {
	case f.offers():
		return w.Offered
	case f.buf.Empty() && f.Example != "":
		return w.Example
	case f.buf.Empty():
		return ""
	}
	switch f.from {
	case fromContact:
		return w.FromContact
	case fromLink:
		return w.FromLink(p.data.Conversation.Link.Ref)
	case fromMemory:
		return w.Remembered
	}
	return w.Typed
}

func (p *Picker) whereInk(f *field) theme.Ink {
	if f.from == fromMemory {
		return theme.Warn
	}
	return theme.Dim
}

// verdict is the line of lint and the line of cost.
func (p *Picker) verdict(s *sheet, t *provider.Template, room int) {
	w := p.look.Words
	problems := p.problems()
	switch n := p.missing(t); {
	case n > 0:
		s.said(theme.Dim, w.Picker.Missing(n))
	case p.unlinked():
		s.said(theme.Bad, theme.GlyphFailed+" "+w.Trouble.Refused(&provider.Refusal{Reason: provider.RefusedLink, Part: p.data.Caps.Link.System}, "").String())
	case len(problems) == 0 && !t.Opaque:
		network := w.Word.Network(p.data.Conversation.Network)
		s.said(theme.OK, theme.GlyphSent+" "+w.Picker.Clean(network))
	case len(problems) == 0: // what is not shown cannot be judged
	default:
		most := max(min(len(problems), room/6), 1)
		for _, text := range problems[:most] {
			s.said(theme.Bad, theme.GlyphFailed+" "+text)
		}
		if n := len(problems) - most; n > 0 {
			s.para(theme.Bad, w.Picker.More(n))
		}
	}
	s.said(theme.Dim, w.Picker.Cost(t.Category))
}

// unlinked reports that nothing of this account goes without a link, and that
// there is none.
func (p *Picker) unlinked() bool {
	rule := p.data.Caps.Link
	return rule.Needed && p.data.Conversation.LinkFor(rule) == nil
}

// missing returns how many values are to be filled in while the list has the
// keys and nothing else is wrong: who has not begun has made no mistake.
func (p *Picker) missing(t *provider.Template) int {
	if p.stage != choosing {
		return 0
	}
	problems := t.Lint(p.values())
	for _, problem := range problems {
		if problem.Reason != provider.ProblemMissing && problem.Reason != provider.ProblemMedia {
			return 0
		}
	}
	return len(problems)
}

// said writes words over as many rows as they take, or in a small terminal cut
// to one.
func (s *sheet) said(i theme.Ink, text string) {
	if s.f.roomy() {
		s.para(i, text)
		return
	}
	r := s.row()
	s.own(r, i, text)
	s.add(r)
}
