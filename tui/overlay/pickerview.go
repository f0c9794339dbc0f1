package overlay

import (
	"slices"

	"frontdesk/provider"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const (
	// The picker takes seven tenths of the width, within these two.
	pickerLeast  = 96
	pickerMost   = 120
	pickerHeight = 26
	pickerTall   = 30 // where there is room for it
	tallFrom     = 44
	// sideBySide is the free width from which list and preview stand together.
	sideBySide = 80
)

// View implements Overlay.
func (p *Picker) View() []string {
	if !p.valid {
		p.draw()
	}
	return p.rows
}

// Cursor implements Overlay.
func (p *Picker) Cursor() (x, y int, ok bool) {
	p.View()
	return p.curX, p.curY, p.cur
}

func (p *Picker) draw() {
	s := p.sheet(min(max(p.w*7/10, pickerLeast), pickerMost))
	p.head(s)
	most := pickerHeight
	if p.h >= tallFrom {
		most = pickerTall
	}
	room := s.room(most, s.hintRows()+1)
	if !p.roomy() {
		room = s.room(pickerHeight, s.hintRows())
	}
	if p.w >= sideBySide {
		p.both(s, room)
	} else if p.stage == choosing {
		c := s.column(s.w)
		c.pad = s.pad
		p.list(c, room)
		c.fillTo(room)
		s.adopt(c)
	} else {
		c := s.column(s.w)
		c.pad = s.pad
		p.message(c, room)
		c.fillTo(room)
		s.adopt(c)
	}
	s.gap()
	s.hints(p.hints())
	s.done()
}

// adopt appends the rows of a column as wide as the sheet, cursor included.
func (s *sheet) adopt(c *sheet) {
	s.take(c, 0)
	s.rows = append(s.rows, c.rows...)
}

// take makes the cursor of a column that begins at cell x the sheet's.
func (s *sheet) take(c *sheet, x int) {
	if c.cur {
		s.cur, s.x, s.y = true, c.x+x, c.y+len(s.rows)
	}
}

func (p *Picker) both(s *sheet, room int) {
	left := s.column(s.w * 9 / 20)
	left.pad = s.pad
	right := s.column(s.w - left.w - 1)
	right.pad = min(s.pad, 1)
	p.list(left, room)
	p.message(right, room)
	left.fillTo(room)
	right.fillTo(room)
	s.take(left, 0)
	s.take(right, left.w+1)
	s.beside(left, right)
}

// head is the title and why a template; in a small terminal the fields and the
// preview have the reason's room.
func (p *Picker) head(s *sheet) {
	w := &p.look.Words.Picker
	if t := p.template(); t != nil && p.stage != choosing && p.w < sideBySide {
		s.title(t.Name, p.about(), "")
	} else {
		s.title(w.Title, p.about(), p.count())
	}
	if p.roomy() || p.stage == choosing {
		p.why(s)
	}
}

func (p *Picker) about() string {
	w, c := p.look.Words, &p.data.Conversation
	language := ""
	if c.Language != "" {
		language = w.Word.Language(c.Language)
	}
	return w.Picker.To(p.look.Name(c).String(), language)
}

func (p *Picker) count() string {
	w := p.look.Words
	synced := w.Picker.NeverSynced
	if !p.loaded {
		return w.Picker.Reading
	}
	if !p.data.SyncedAt.IsZero() {
		synced = w.Picker.Synced(w.Time.Ago(p.look.Now.Sub(p.data.SyncedAt)))
	}
	if at := p.data.LookedAt; !at.IsZero() && !at.Before(p.data.SyncedAt) {
		synced = w.Picker.Looked(w.Time.Ago(p.look.Now.Sub(at)))
	}
	return w.Picker.Count(len(p.shown), len(p.data.Templates)) + " " + theme.GlyphDot + " " + synced
}

// why says why a template and not the reply that was asked for.
func (p *Picker) why(s *sheet) {
	if !p.data.Why {
		return
	}
	w, c := p.look.Words, &p.data.Conversation
	text := w.Picker.WhyNever
	state, closed := p.data.Caps.Window.State(c.LastInbound, p.look.Now)
	if !closed.IsZero() {
		text = w.Picker.Why(w.Time.WholeHours(p.data.Caps.Window.For), w.Time.At(closed, p.look.Now))
	}
	if state != provider.WindowShut {
		return
	}
	if !p.roomy() && !closed.IsZero() {
		text = w.Picker.WhyShort(w.Time.Moment(closed, p.look.Now))
	}
	s.para(theme.Note, text)
	s.gap()
}

func (p *Picker) hints() []strings.Hint {
	w := &p.look.Words.Picker
	switch {
	case p.stage == filling && p.fields[p.focus].offers():
		return w.OfferHints
	case p.stage == filling:
		return p.fieldHints()
	case p.stage == looking && len(p.optional()) > 0:
		return joined(w.LookHints, w.LaterHints, w.OptionHints)
	case p.stage == looking:
		return joined(w.LookHints, w.LaterHints)
	case len(p.shown) == 0:
		return w.EmptyHints
	}
	return w.ListHints
}

// fieldHints are the keys of a line, with what else it takes.
func (p *Picker) fieldHints() []strings.Hint {
	w := &p.look.Words.Picker
	hints := joined(w.FieldHints, w.LaterHints)
	if p.typed(p.fields[p.focus].Field) {
		hints = joined(hints, w.TypedHints)
	}
	if len(p.optional()) > 0 {
		hints = joined(hints, w.OptionHints)
	}
	return hints
}

// joined is the hints one behind the other.
func joined(lists ...[]strings.Hint) []strings.Hint { return slices.Concat(lists...) }

func (p *Picker) list(s *sheet, room int) {
	w := p.look.Words
	s.prompt(&p.query, "", p.stage == choosing)
	s.gap()
	if len(p.shown) == 0 {
		text := w.Picker.NoMatch(p.query.Text())
		switch {
		case !p.loaded:
			text = w.Picker.Reading
		case len(p.data.Templates) == 0 && p.data.Caps.TemplateList <= provider.Absent:
			text = w.Picker.NotListed.String()
		case len(p.data.Templates) == 0:
			text = w.Picker.NoneAtAll.String()
		}
		s.para(theme.Dim, text)
		return
	}
	left := room - len(s.rows)
	cols := p.columns(s)
	step := 1
	if cols.stacked || 2*len(p.shown)-1 <= left {
		step = 2
	}
	from, to := p.window(len(p.shown), max(left/step, 1))
	for i := from; i < to; i++ {
		p.listRow(s, &p.data.Templates[p.shown[i]], cols, i == p.at)
		if !cols.stacked && step == 2 && i < to-1 {
			s.blank()
		}
	}
}

// columns are the widths of a row of the list. Where the names would be cut to
// nothing, language and category stand below them.
type columns struct {
	language, category int
	stacked            bool
}

// leastName is the narrowest column of names beside the other two.
const leastName = 20

func (p *Picker) columns(s *sheet) columns {
	var c columns
	for _, i := range p.shown {
		t := &p.data.Templates[i]
		c.language = max(c.language, s.pen().Width(safetext.Line(t.Language).String()))
		c.category = max(c.category, s.pen().Width(safetext.Line(p.category(t)).String()))
	}
	c.language, c.category = min(c.language, 7), min(c.category, 14)
	c.stacked = s.w-s.pad-2-c.language-c.category-3 < leastName && p.roomy()
	return c
}

func (p *Picker) listRow(s *sheet, t *provider.Template, cols columns, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return p.look.Theme.Style(i, surface) }
	name := st(theme.Text)
	switch {
	case !sendable(t), p.unwanted(t) != nil:
		name = st(theme.Dim)
	case chosen:
		name = name.Bold()
	}
	tail := cols.language + cols.category + 3
	if cols.stacked {
		r.Put(s.pen().Remote(name, safetext.Line(t.Name), r.Room()-1))
		s.add(r)
		r, _ = s.item(chosen)
	} else {
		r.Put(s.pen().Remote(name, safetext.Line(t.Name), max(r.Room()-tail, 1)))
		r.Right(tail, 0).Space(1)
	}
	lang := s.pen().Remote(st(theme.Dim), safetext.Line(t.Language), cols.language)
	r.Put(lang)
	r.Space(cols.language - lang.Cells + 1)
	r.Put(s.pen().Remote(st(p.categoryInk(t)), safetext.Line(p.category(t)), max(min(cols.category, r.Room()), 0)))
	s.add(r)
}

// category is the template's category, or why it cannot be sent.
func (p *Picker) category(t *provider.Template) string {
	if !sendable(t) {
		return p.look.Words.Word.TemplateStatus(t.Status)
	}
	switch r := p.unwanted(t); {
	case r == nil && p.data.suggests(t):
		return p.look.Words.Picker.Suggested
	case r == nil:
	case r.Reason == provider.RefusedBlocked:
		return p.look.Words.Composer.Blocked
	default:
		return p.look.Words.Composer.OptedOut
	}
	return p.look.Words.Picker.Category(t.Category)
}

func (p *Picker) categoryInk(t *provider.Template) theme.Ink {
	switch {
	case !sendable(t), p.unwanted(t) != nil:
		return theme.Bad
	case p.data.suggests(t):
		return theme.Accent
	case p.look.Words.Picker.Category(t.Category) == "marketing":
		return theme.Warn
	}
	return theme.OK
}
