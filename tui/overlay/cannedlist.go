package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/theme"
)

// CannedList is every canned response, to be changed, removed or made.
type CannedList struct {
	frame
	finder
	all []Filled
}

var _ Overlay = (*CannedList)(nil)

// NewCannedList returns the list with a row for a new one at its end.
func NewCannedList(look *line.Look, all []store.Canned) *CannedList {
	l := &CannedList{frame: newFrame(look)}
	l.SetData(all)
	return l
}

// SetData takes a newer list; what was typed stays.
func (l *CannedList) SetData(all []store.Canned) {
	typed, at := l.query.Text(), l.at
	l.all = make([]Filled, len(all))
	for i := range all {
		l.all[i].Canned = all[i]
	}
	l.finder = newFinder(append(cannedNames(l.all), l.look.Words.Canned.New))
	l.insert(typed)
	l.at = at
	l.clamp(len(l.shown))
	l.changed()
}

// Key implements Overlay.
func (l *CannedList) Key(k tea.KeyPressMsg) action.Action {
	defer l.changed()
	i, ok := l.chosen()
	there := ok && i < len(l.all)
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter":
		if there {
			return action.EditCanned{Name: l.all[i].Name()}
		}
		return action.EditCanned{}
	case "ctrl+d":
		if there {
			return action.AskRemoveCanned{Name: l.all[i].Name()}
		}
		return nil
	}
	l.key(k)
	return nil
}

// Paste implements Overlay.
func (l *CannedList) Paste(s string) action.Action {
	l.insert(s)
	l.changed()
	return nil
}

// View implements Overlay.
func (l *CannedList) View() []string {
	if !l.valid {
		l.redraw()
	}
	return l.rows
}

// Cursor implements Overlay.
func (l *CannedList) Cursor() (x, y int, ok bool) {
	l.View()
	return l.curX, l.curY, l.cur
}

func (l *CannedList) redraw() {
	w := &l.look.Words.Canned
	s := l.sheet(formWidth)
	s.title(w.Title, "", "")
	s.prompt(&l.query, "", true)
	s.gap()
	if len(l.all) == 0 {
		s.para(theme.Dim, w.None)
	}
	from, to := l.window(len(l.shown), s.room(listHeight, s.hintRows()+2))
	for i := from; i < to; i++ {
		if at := l.shown[i]; at < len(l.all) {
			cannedRow(s, &l.all[at], i == l.at)
			continue
		}
		r, surface := s.item(i == l.at)
		r.Put(s.pen().Own(l.look.Theme.Style(theme.Accent, surface), w.New))
		s.add(r)
	}
	l.count(s)
	s.hints(w.Hints)
	s.done()
}

// count says how often the chosen one was used from here.
func (l *CannedList) count(s *sheet) {
	if i, ok := l.chosen(); ok && i < len(l.all) {
		s.para(theme.Dim, l.look.Words.Canned.Count(l.all[i].Uses))
		return
	}
	s.blank()
}
