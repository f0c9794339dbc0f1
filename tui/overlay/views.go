package overlay

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// Listed is a view as the list of views shows it.
type Listed struct {
	View  store.View
	Title string
	// About is what kind of view it is; Count is shown where it is known.
	About string
	Count int
	Known bool
	// Saved is set on one that somebody saved.
	Saved *store.SavedView
}

// Views is the list of all views: standing ones, saved ones and labels.
type Views struct {
	frame
	finder
	all []Listed
	now store.View
}

var _ Overlay = (*Views)(nil)

// NewViews returns the list; now is the view that is shown.
func NewViews(look *line.Look, all []Listed, now store.View) *Views {
	names := make([]string, len(all))
	for i, v := range all {
		names[i] = v.Title + " " + v.About
	}
	v := &Views{frame: newFrame(look), finder: newFinder(names), all: all, now: now}
	for i := range all {
		if all[i].View == now {
			v.at = i
		}
	}
	return v
}

// Key implements Overlay.
func (v *Views) Key(k tea.KeyPressMsg) action.Action {
	defer v.changed()
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter":
		if i, ok := v.chosen(); ok {
			return action.ShowView{View: v.all[i].View}
		}
	case "ctrl+n":
		return action.Run{Command: "save-view"}
	case "ctrl+d":
		return v.remove()
	default:
		v.key(k)
	}
	return nil
}

func (v *Views) remove() action.Action {
	i, ok := v.chosen()
	switch {
	case !ok:
		return nil
	case v.all[i].Saved == nil:
		return action.Say{Text: v.look.Words.Screen.Did.NotRemovable}
	}
	return action.RemoveView{View: *v.all[i].Saved}
}

// Paste implements Overlay.
func (v *Views) Paste(s string) action.Action {
	v.insert(s)
	v.changed()
	return nil
}

// Cursor implements Overlay.
func (v *Views) Cursor() (x, y int, ok bool) {
	v.View()
	return v.curX, v.curY, v.cur
}

// View implements Overlay.
func (v *Views) View() []string {
	if !v.valid {
		v.draw()
	}
	return v.rows
}

func (v *Views) draw() {
	w := &v.look.Words.Triage.Lists
	s := v.sheet(snoozeWidth)
	s.title(w.Title, "", "")
	s.prompt(&v.query, w.Prompt, true)
	s.gap()
	if len(v.shown) == 0 {
		s.para(theme.Dim, w.NoMatch(v.query.Text()))
	}
	from, to := v.window(len(v.shown), s.room(listHeight, s.hintRows()+1))
	for i := from; i < to; i++ {
		v.row(s, &v.all[v.shown[i]], i == v.at)
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}

func (v *Views) row(s *sheet, l *Listed, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return v.look.Theme.Style(i, surface) }
	digit := " "
	if l.Saved != nil && l.Saved.Key > 0 {
		digit = strconv.Itoa(l.Saved.Key)
	}
	r.Put(s.pen().Own(st(theme.Text).Bold(), digit))
	r.Space(1)
	name := st(theme.Text)
	if l.View == v.now {
		name = name.Bold()
	}
	count := ""
	if l.Known {
		count = strconv.Itoa(l.Count)
	}
	tail := s.pen().Own(st(theme.Faint), count)
	s.text(r, name, safetext.Line(l.Title), r.Room()-tail.Cells-1-s.pad)
	if about := s.pen().Own(st(theme.Dim), l.About); l.About != "" && about.Cells+tail.Cells+s.pad+3 <= r.Room() {
		r.Space(2)
		r.Put(about)
	}
	if tail.Cells > 0 && tail.Cells+s.pad <= r.Room() {
		r.Right(tail.Cells, s.pad).Put(tail)
	}
	s.add(r)
}
