package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// Shelf is an inbox with its templates.
type Shelf struct {
	provider.Account
	store.TemplateList
	// Table is what the inbox's network can, whoever holds its token; never nil.
	Table *provider.Capabilities
}

// called is what the team calls the inbox.
func (s *Shelf) called() string {
	if s.Name != "" {
		return s.Name
	}
	return string(s.ID)
}

// shelved is one template of a list of several inboxes'.
type shelved struct {
	shelf *Shelf
	*provider.Template
}

// Templates is every template there is, to be looked at, changed, deleted or submitted.
type Templates struct {
	frame
	finder
	shelves []Shelf
	all     []shelved
	// loaded is set once the lists were read; asking is set while a network is asked.
	loaded, asking bool
	// rowsTop is the first row of the look at the chosen one.
	rowsTop int
}

var _ Overlay = (*Templates)(nil)

// NewTemplates returns the list before it is read.
func NewTemplates(look *line.Look) *Templates {
	t := &Templates{frame: newFrame(look)}
	t.set(nil)
	return t
}

// SetData takes newer lists; what was typed and chosen stays.
func (t *Templates) SetData(shelves []Shelf) {
	first := !t.loaded
	t.loaded = true
	t.set(shelves)
	if first && t.query.Empty() && len(t.all) > 0 {
		t.at = 1 // the row above makes a new one
	}
}

// SetAsking says whether a network is being asked.
func (t *Templates) SetAsking(asking bool) {
	t.asking = asking
	t.changed()
}

func (t *Templates) set(shelves []Shelf) {
	was, typed := t.named(), t.query.Text()
	t.shelves, t.all = shelves, nil
	names := []string{t.look.Words.Templates.New}
	for i := range shelves {
		for k := range shelves[i].Templates {
			one := shelved{&shelves[i], &shelves[i].Templates[k]}
			t.all = append(t.all, one)
			names = append(names, one.Name+" "+one.Language+" "+string(one.Status)+" "+one.shelf.called())
		}
	}
	t.finder = newFinder(names)
	t.insert(typed)
	for i, at := range t.shown {
		if at > 0 && was.Name != "" && t.nameOf(at-1) == was {
			t.at = i
		}
	}
	t.changed()
}

func (t *Templates) nameOf(i int) action.TemplateName {
	return action.TemplateName{Account: t.all[i].shelf.ID, Name: t.all[i].Name, Language: t.all[i].Language}
}

// named is the chosen one; empty for the row that makes one.
func (t *Templates) named() action.TemplateName {
	if i, ok := t.chosen(); ok && i > 0 {
		return t.nameOf(i - 1)
	}
	return action.TemplateName{}
}

// Key implements Overlay.
func (t *Templates) Key(k tea.KeyPressMsg) action.Action {
	defer t.changed()
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter", "kpenter":
		if _, ok := t.chosen(); ok {
			return action.EditTemplate{TemplateName: t.named()}
		}
		return nil
	case "ctrl+d":
		if n := t.named(); n.Name != "" {
			return action.AskDeleteTemplate{TemplateName: n}
		}
		return nil
	case "ctrl+r":
		return action.SyncTemplates{}
	case "pgup":
		t.rowsTop = max(t.rowsTop-4, 0)
		return nil
	case "pgdown":
		t.rowsTop += 4
		return nil
	}
	was := t.at
	t.key(k)
	if t.at != was {
		t.rowsTop = 0
	}
	return nil
}

// Paste implements Overlay.
func (t *Templates) Paste(s string) action.Action {
	t.insert(s)
	t.changed()
	return nil
}

// View implements Overlay.
func (t *Templates) View() []string {
	if !t.valid {
		t.redraw()
	}
	return t.rows
}

// Cursor implements Overlay.
func (t *Templates) Cursor() (x, y int, ok bool) {
	t.View()
	return t.curX, t.curY, t.cur
}

func (t *Templates) redraw() {
	w := &t.look.Words.Templates
	s := t.sheet(min(max(t.w*8/10, pickerLeast), pickerMost))
	s.title(w.Title, w.About, t.count())
	room := s.room(pickerHeight, s.hintRows()+1)
	if t.w >= sideBySide {
		left := s.column(s.w / 2)
		left.pad = s.pad
		right := s.column(s.w - left.w - 1)
		right.pad = min(s.pad, 1)
		t.list(left, room)
		t.details(right, room)
		left.fillTo(room)
		right.fillTo(room)
		s.take(left, 0)
		s.beside(left, right)
	} else {
		c := s.column(s.w)
		c.pad = s.pad
		t.list(c, room)
		c.fillTo(room)
		s.adopt(c)
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}

func (t *Templates) count() string {
	w := t.look.Words
	switch {
	case t.asking:
		return w.Templates.Asking
	case !t.loaded:
		return w.Picker.Reading
	}
	shown := 0
	for _, at := range t.shown {
		if at > 0 {
			shown++
		}
	}
	return w.Picker.Count(shown, len(t.all))
}

func (t *Templates) list(s *sheet, room int) {
	w := &t.look.Words.Templates
	s.prompt(&t.query, "", true)
	s.gap()
	switch {
	case !t.loaded:
		s.para(theme.Dim, t.look.Words.Picker.Reading)
		return
	case len(t.all) == 0:
		s.para(theme.Dim, w.None)
	case len(t.shown) == 0:
		s.para(theme.Dim, w.NoMatch(t.query.Text()))
	}
	from, to := t.window(len(t.shown), max(room-len(s.rows), 1))
	for i := from; i < to; i++ {
		if at := t.shown[i]; at > 0 {
			t.listRow(s, t.all[at-1], i == t.at)
			continue
		}
		r, surface := s.item(i == t.at)
		r.Put(s.pen().Own(t.look.Theme.Style(theme.Accent, surface), w.New))
		s.add(r)
	}
}

// statusCells is the column of statuses; languageCells of languages.
const statusCells, languageCells = 9, 6

func (t *Templates) listRow(s *sheet, one shelved, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return t.look.Theme.Style(i, surface) }
	name := st(theme.Text)
	if chosen {
		name = name.Bold()
	}
	tail := statusCells + languageCells + 2
	r.Put(s.pen().Remote(name, safetext.Line(one.Name), max(r.Room()-s.pad-tail, 1)))
	if r.Room()-s.pad >= tail-1 {
		r.Right(tail-1, s.pad)
		lang := s.pen().Remote(st(theme.Dim), safetext.Line(one.Language), languageCells)
		r.Put(lang)
		r.Space(languageCells - lang.Cells + 1)
		r.Put(s.pen().Remote(st(templateInk(one.Status)), safetext.Line(t.look.Words.Word.TemplateStatus(one.Status)), statusCells))
	}
	s.add(r)
}

func templateInk(status provider.TemplateStatus) theme.Ink {
	switch status {
	case provider.Approved:
		return theme.OK
	case provider.Pending:
		return theme.Warn
	}
	return theme.Bad
}

// details is the chosen one as a customer would see it with its examples, and all that
// is known of it.
func (t *Templates) details(s *sheet, room int) {
	i, ok := t.chosen()
	if !ok || i == 0 {
		t.ages(s)
		return
	}
	one, w := t.all[i-1], t.look.Words
	tail := s.column(s.w)
	tail.pad = s.pad
	if one.Reason != "" {
		tail.para(theme.Bad, w.Templates.Why(one.Reason))
	}
	about := []string{w.Picker.Category(one.Category)}
	if one.Quality != "" {
		about = append(about, w.Templates.Quality(one.Quality))
	}
	tail.para(theme.Dim, strings.Join(about, " "+theme.GlyphDot+" "))
	if by, ok := one.shelf.Authors[one.Name+"/"+one.Language]; ok {
		tail.para(theme.Dim, w.Templates.By(string(by.Agent), w.Time.Ago(t.look.Now.Sub(by.At))))
	}
	tail.para(theme.Faint, one.shelf.called()+": "+t.age(one.shelf))
	rows := drawn(s, t.look, one.Template, exampleValues(one.Template))
	most := max(room-len(tail.rows)-1, 1)
	t.rowsTop = max(min(t.rowsTop, len(rows)-most), 0)
	s.rows = append(s.rows, rows[t.rowsTop:min(t.rowsTop+most, len(rows))]...)
	s.blank()
	s.adopt(tail)
}

// ages says of each inbox how old its list is.
func (t *Templates) ages(s *sheet) {
	for i := range t.shelves {
		s.para(theme.Dim, t.shelves[i].called()+": "+t.age(&t.shelves[i]))
	}
}

// age is when the network was last asked, as far as anybody told, and else when the list
// last changed.
func (t *Templates) age(s *Shelf) string {
	w, now := t.look.Words, t.look.Now
	switch {
	case s.SyncedAt.IsZero():
		return w.Templates.Never
	case s.LookedAt.IsZero():
		return w.Templates.Changed(w.Time.Ago(now.Sub(s.SyncedAt)))
	}
	return w.Templates.Looked(w.Time.Ago(now.Sub(s.Seen())))
}

// drawn is a template as a customer would see it.
func drawn(s *sheet, look *line.Look, t *provider.Template, values map[string]provider.Value) []string {
	b := &bubble{s: s, look: look, roomy: s.f.roomy(), at: map[seen]int{}}
	if t.Opaque {
		b.lines(theme.Dim, false, look.Words.Templates.Unseen)
		b.lines(theme.Text, false, t.About)
		return b.rows
	}
	shown := t.Fill(values).Shown
	b.shown(&shown, 0)
	for i := range shown.Cards {
		b.gap(b.roomy)
		b.lines(theme.Dim, false, look.Words.Picker.Card(i+1, len(shown.Cards)))
		b.shown(&shown.Cards[i], i+1)
	}
	return b.rows
}

// exampleValues fills a template with the examples it was approved with.
func exampleValues(t *provider.Template) map[string]provider.Value {
	out := map[string]provider.Value{}
	for _, f := range t.Fields() {
		if f.Media == "" && f.Example != "" {
			out[f.Key()] = provider.Value{Text: f.Example}
		}
	}
	return out
}
