package overlay

import (
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// message draws the preview with the fields, the lint line and the cost line.
// The fields come first where there is little room.
func (p *Picker) message(s *sheet, room int) {
	t := p.template()
	if t == nil {
		return
	}
	tail := s.column(s.w)
	tail.pad = s.pad
	p.form(tail, room)
	p.verdict(tail, t, room)
	most := max(room-len(tail.rows), 0)
	if p.roomy() {
		most--
	}
	if most >= 2 {
		p.preview(s, t, most)
	}
	if p.roomy() {
		s.blank()
	}
	s.adopt(tail)
}

func (p *Picker) preview(s *sheet, t *provider.Template, most int) {
	words := p.look.Words
	if p.roomy() {
		head := words.Picker.AsSeen(p.calledName())
		if t.Opaque {
			head = words.Picker.Known
		}
		r := s.row()
		s.text(r, s.style(theme.Faint), safetext.Line(head), s.inner())
		s.add(r)
		s.blank()
		most -= 2
	}
	rows, at := p.bubble(s, t)
	if most <= 0 {
		return
	}
	if p.stage == filling && p.followed != p.focus && p.focus < len(p.fields) {
		p.top, p.followed = at[seenIn(p.fields[p.focus].Field)], p.focus
	}
	p.top = max(min(p.top, len(rows)-most), 0)
	rows = rows[p.top:]
	hidden := len(rows) - most
	if hidden > 0 {
		rows = rows[:max(most-1, 0)]
	}
	s.rows = append(s.rows, rows...)
	if hidden > 0 {
		r := s.row()
		s.own(r, theme.Dim, words.Help.More(hidden+1))
		s.add(r)
	}
}

func (p *Picker) calledName() string {
	if name := p.data.Conversation.Person(); name != "" {
		return safetext.Name(store.FirstName(name)).String()
	}
	return p.look.Name(&p.data.Conversation).String()
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
	if len(p.fields) > 2*fewFields { // the message is long as well
		most = max(room/3, 1)
	}
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

// fewFields is half of how many lines stand beside a message that is seen whole.
const fewFields = 4

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

// where says where a value came from, or what the placeholder is.
func (p *Picker) where(f *field) string {
	w := &p.look.Words.Picker
	switch {
	case f.offers():
		return w.Offered
	case f.as == provider.FormMoney:
		return w.AsMoney
	case f.as == provider.FormDate:
		return w.AsDate
	case f.buf.Empty() && f.Example != "" && f.Form != provider.FormUntil:
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
	switch n := p.missing(); {
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
	p.remarks(s, t, len(problems) == 0 && !p.unlinked())
	s.said(theme.Dim, w.Picker.Cost(t.Category))
}

// remarks are what is no mistake, and to be known before it is sent; the language,
// where no mistake needs the room.
func (p *Picker) remarks(s *sheet, t *provider.Template, clean bool) {
	w := p.look.Words
	if p.data.suggests(t) {
		s.said(theme.Accent, w.Picker.SuggestedBy)
	}
	if want := p.data.Conversation.Language; clean && p.roomy() && want != "" && t.Language != "" && nearness(t.Language, want) == 0 {
		s.said(theme.Warn, w.Picker.Other(w.Word.Language(t.Language), w.Word.Language(want)))
	}
	for i := range p.fields {
		if clean && p.roomy() && p.fields[i].as != "" {
			s.said(theme.Dim, w.Picker.Worded(w.Word.Network(p.data.Conversation.Network)))
			return
		}
	}
}

// unlinked reports that nothing of this account goes without a link, and that
// there is none.
func (p *Picker) unlinked() bool {
	rule := p.data.Caps.Link
	return rule.Needed && p.data.Conversation.LinkFor(rule) == nil
}

// missing returns how many values are to be filled in while the list has the
// keys and nothing else is wrong: who has not begun has made no mistake.
func (p *Picker) missing() int {
	if p.stage != choosing {
		return 0
	}
	problems := p.lint()
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
