package overlay

import (
	"frontdesk/provider"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const (
	pickerWidth  = 96
	pickerHeight = 26
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
	s := p.sheet(pickerWidth)
	s.title(p.look.Words.Picker.Title, p.about(), p.count())
	p.why(s)
	room := s.room(pickerHeight, s.hintRows()+1)
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
	left := s.column(s.w * 41 / 100)
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
	if !p.data.SyncedAt.IsZero() {
		synced = w.Picker.Synced(w.Time.Ago(p.look.Now.Sub(p.data.SyncedAt)))
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
		text = w.Picker.Why(w.Time.WholeHours(p.data.Caps.Window.For), w.Time.Moment(closed, p.look.Now))
	}
	if state != provider.WindowShut {
		return
	}
	s.para(theme.Note, text)
	s.gap()
}

func (p *Picker) hints() []strings.Hint {
	w := &p.look.Words.Picker
	switch {
	case p.stage == filling:
		return w.FieldHints
	case p.stage == looking:
		return w.SendHints
	}
	return w.ListHints
}

func (p *Picker) list(s *sheet, room int) {
	w := p.look.Words
	s.prompt(&p.query, "", p.stage == choosing)
	s.gap()
	if len(p.shown) == 0 {
		text := w.Picker.NoMatch(p.query.Text())
		if len(p.data.Templates) == 0 {
			text = w.Picker.NoneAtAll.String()
		}
		s.para(theme.Dim, text)
		return
	}
	step := 1
	if 2*len(p.shown)-1 <= room-len(s.rows) {
		step = 2
	}
	from, to := p.window(len(p.shown), max((room-len(s.rows))/step, 1))
	for i := from; i < to; i++ {
		p.listRow(s, &p.data.Templates[p.shown[i]], i == p.at)
		if step == 2 && i < to-1 {
			s.blank()
		}
	}
}

// languageCells and categoryCells are the columns right of a template's name.
const (
	languageCells = 6
	categoryCells = 10
)

func (p *Picker) listRow(s *sheet, t *provider.Template, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return p.look.Theme.Style(i, surface) }
	name := st(theme.Text)
	switch {
	case !sendable(t):
		name = st(theme.Dim)
	case chosen:
		name = name.Bold()
	}
	tail := languageCells + categoryCells
	n := max(r.Room()-tail-1, 4)
	r.Put(s.pen().Remote(name, safetext.Line(t.Name), n))
	if r.Room() > tail {
		r.Right(tail, 0)
	}
	r.Space(1)
	lang := s.pen().Remote(st(theme.Dim), safetext.Line(t.Language), languageCells-1)
	r.Put(lang)
	r.Space(languageCells - 1 - lang.Cells)
	r.Put(s.pen().Remote(st(p.categoryInk(t)), safetext.Line(p.category(t)), max(min(categoryCells, r.Room()), 0)))
	s.add(r)
}

// category is the template's category, or why it cannot be sent.
func (p *Picker) category(t *provider.Template) string {
	if !sendable(t) {
		return p.look.Words.Word.TemplateStatus(t.Status)
	}
	return p.look.Words.Picker.Category(t.Category)
}

func (p *Picker) categoryInk(t *provider.Template) theme.Ink {
	switch {
	case !sendable(t):
		return theme.Bad
	case p.look.Words.Picker.Category(t.Category) == "marketing":
		return theme.Warn
	}
	return theme.OK
}

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
	if most > 2 {
		p.preview(s, t, most)
	}
	if n := room - len(tail.rows) - len(s.rows); n > 0 && p.roomy() {
		s.blank()
	}
	s.adopt(tail)
}

func (p *Picker) preview(s *sheet, t *provider.Template, most int) {
	words := p.look.Words
	r := s.row()
	s.text(r, s.style(theme.Faint), safetext.Line(words.Picker.AsSeen(p.calledName())), s.inner())
	s.add(r)
	if p.roomy() {
		s.blank()
		most--
	}
	rows := p.bubble(s, t)
	most--
	if most <= 0 {
		return
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
	if name := personName(&p.data.Conversation); name != "" {
		return safetext.Name(firstName(name)).String()
	}
	return p.look.Name(&p.data.Conversation).String()
}
