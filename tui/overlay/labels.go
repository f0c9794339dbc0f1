package overlay

import (
	"errors"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// Has is how many of the conversations have a label.
type Has uint8

// The shares.
const (
	HasNone Has = iota
	HasSome
	HasAll
)

// Labels sets labels and takes them away, several at once.
type Labels struct {
	frame
	finder
	about string
	all   []store.LabelUse
	has   map[string]Has
	// want is what was changed here.
	want map[string]bool
}

var _ Overlay = (*Labels)(nil)

// NewLabels returns the list for conversations of which has says what they have
// now; about is whom or how many it is for.
func NewLabels(look *line.Look, about string, all []store.LabelUse, has map[string]Has) *Labels {
	l := &Labels{frame: newFrame(look), about: about, all: slices.Clone(all), has: has, want: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(has)) {
		if !slices.ContainsFunc(l.all, func(u store.LabelUse) bool { return u.Name == name }) {
			l.all = append(l.all, store.LabelUse{Name: name})
		}
	}
	l.refind("")
	return l
}

// refind finds anew, after the list has changed; what is typed stays.
func (l *Labels) refind(typed string) {
	names := make([]string, len(l.all))
	for i, u := range l.all {
		names[i] = u.Name
	}
	l.finder = newFinder(names)
	l.insert(typed)
}

// fresh is the label that is typed and in no list; problem where it cannot be one.
func (l *Labels) fresh() (name string, problem *store.LabelError) {
	if l.query.Empty() {
		return "", nil
	}
	name, err := store.Label(l.query.Text())
	if errors.As(err, &problem) {
		return "", problem
	}
	if slices.ContainsFunc(l.all, func(u store.LabelUse) bool { return u.Name == name }) {
		return "", nil
	}
	return name, nil
}

// Key implements Overlay.
func (l *Labels) Key(k tea.KeyPressMsg) action.Action {
	defer l.changed()
	name := k.String()
	switch {
	case name == "esc":
		return action.Close{}
	case name == "tab", name == "space" && l.query.Empty():
		l.toggle()
	case name == "enter":
		return l.save()
	case name == "ctrl+d":
		if i, ok := l.chosen(); ok && l.all[i].Listed {
			return action.Unlist{Label: l.all[i].Name}
		}
	default:
		l.key(k)
	}
	return nil
}

// key is the finder's; the row of a new label is one more to stand on.
func (l *Labels) key(k tea.KeyPressMsg) {
	n := len(l.shown)
	if fresh, _ := l.fresh(); fresh != "" {
		n++
	}
	if !l.choice.key(k.String(), n) {
		l.finder.key(k)
	}
}

// onFresh is the new label, where the bar stands on it.
func (l *Labels) onFresh() (string, bool) {
	name, _ := l.fresh()
	return name, name != "" && l.at == len(l.shown)
}

// toggle changes what the bar stands on. A new label is in the list from then on,
// and the next can be looked for.
func (l *Labels) toggle() {
	if name, ok := l.onFresh(); ok {
		l.all = append(l.all, store.LabelUse{Name: name})
		l.want[name] = true
		l.refind("")
		l.at = len(l.shown) - 1
		return
	}
	i, ok := l.chosen()
	if !ok {
		return
	}
	name := l.all[i].Name
	l.want[name] = !l.set(name)
}

// set reports whether all will have it.
func (l *Labels) set(name string) bool {
	if want, ok := l.want[name]; ok {
		return want
	}
	return l.has[name] == HasAll
}

// save asks for what was changed; where nothing was, what the bar stands on is.
func (l *Labels) save() action.Action {
	if _, ok := l.onFresh(); ok || len(l.want) == 0 {
		l.toggle()
	}
	var out action.Relabel
	for _, name := range slices.Sorted(maps.Keys(l.want)) {
		switch want := l.want[name]; {
		case want && l.has[name] != HasAll:
			out.Add = append(out.Add, name)
		case !want && l.has[name] != HasNone:
			out.Remove = append(out.Remove, name)
		}
	}
	if len(l.want) == 0 {
		return nil // nothing to stand on: what is typed is no label
	}
	if len(out.Add)+len(out.Remove) == 0 {
		return action.Close{}
	}
	return out
}

// Paste implements Overlay.
func (l *Labels) Paste(s string) action.Action {
	l.insert(s)
	l.changed()
	return nil
}

// Cursor implements Overlay.
func (l *Labels) Cursor() (x, y int, ok bool) {
	l.View()
	return l.curX, l.curY, l.cur
}

// View implements Overlay.
func (l *Labels) View() []string {
	if !l.valid {
		l.draw()
	}
	return l.rows
}

func (l *Labels) draw() {
	w := &l.look.Words.Triage
	s := l.sheet(snoozeWidth)
	s.title(w.Label.Title, l.about, "")
	s.prompt(&l.query, w.Label.Prompt, true)
	fresh, problem := l.fresh()
	s.gap()
	tail := s.hintRows() + 2
	from, to := l.window(len(l.shown), s.room(listHeight, tail))
	for i := from; i < to; i++ {
		l.row(s, l.all[l.shown[i]], i == l.at)
	}
	switch {
	case fresh != "":
		r, surface := s.item(l.at == len(l.shown))
		s.text(r, l.look.Theme.Style(theme.Accent, surface), safetext.Line(w.Label.Create(fresh)), r.Room())
		s.add(r)
	case problem != nil:
		s.para(theme.Warn, w.NotALabel(problem.Reason).String())
	case len(l.all) == 0:
		s.para(theme.Dim, w.Label.None)
	}
	s.gap()
	s.hints(w.Label.Hints)
	s.done()
}

// window keeps the bar on the row of a new label, too.
func (l *Labels) window(n, rows int) (from, to int) {
	_, fresh := l.onFresh()
	from, to = l.choice.window(n, rows)
	if fresh {
		l.at = n
	}
	return from, to
}

func (l *Labels) row(s *sheet, u store.LabelUse, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return l.look.Theme.Style(i, surface) }
	box := "[ ]"
	switch _, changed := l.want[u.Name]; {
	case l.set(u.Name):
		box = "[x]"
	case !changed && l.has[u.Name] == HasSome:
		box = "[-]"
	}
	r.Put(s.pen().Own(st(theme.Accent), box))
	r.Space(1)
	s.text(r, st(theme.Text), safetext.Name(u.Name), r.Room())
	if p := s.pen().Own(st(theme.Dim), l.look.Words.Triage.Label.Used(u.Used)); p.Cells+s.pad+1 < r.Room() {
		r.Right(p.Cells, s.pad).Put(p)
	}
	s.add(r)
}
