package overlay

import (
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// The fields of the form, in order.
const (
	viewName = iota
	viewFilter
	viewKey
	viewFor
	viewFields
)

// SaveView is the form for a view that is kept under a name.
type SaveView struct {
	frame
	name, filter edit.Buffer
	key          int
	mine         bool
	me           event.AgentID
	field        int
	tried        bool // to save it as it is
}

var _ Overlay = (*SaveView)(nil)

// NewSaveView returns the form, filled with a filter; key is the digit that it
// offers, me the agent whose alone the view may be.
func NewSaveView(look *line.Look, q store.Query, key int, me event.AgentID) *SaveView {
	v := &SaveView{frame: newFrame(look), key: key, me: me}
	v.name.Single, v.filter.Single = true, true
	if filter := q.Filter(); filter != "" {
		v.filter.Set(filter + " ") // to go on from
	}
	return v
}

// Key implements Overlay.
func (v *SaveView) Key(k tea.KeyPressMsg) action.Action {
	defer v.changed()
	name := k.String()
	switch name {
	case "esc":
		return action.Close{}
	case "enter":
		return v.save()
	case "tab", "down":
		v.field = (v.field + 1) % viewFields
		return nil
	case "shift+tab", "up":
		v.field = (v.field + viewFields - 1) % viewFields
		return nil
	}
	switch v.field {
	case viewName:
		into(&v.name, k)
	case viewFilter:
		into(&v.filter, k)
	case viewKey:
		v.key = step(v.key, name, 9)
	case viewFor:
		v.mine = !v.mine
	}
	return nil
}

// into types a key into a line.
func into(b *edit.Buffer, k tea.KeyPressMsg) {
	if !b.Key(k.String()) && k.Text != "" {
		b.Insert(k.Text)
	}
}

// save asks for what is filled in to be kept, and says what is missing.
func (v *SaveView) save() action.Action {
	v.tried = true
	q, err := store.ParseQuery(v.filter.Text())
	title := strings.TrimSpace(v.name.Text())
	switch {
	case title == "":
		v.field = viewName
		return nil
	case err != nil:
		v.field = viewFilter
		return nil
	}
	saved := store.SavedView{Title: title, Query: q, Key: v.key}
	if v.mine {
		saved.Agent = v.me
	}
	return action.SaveView{View: saved}
}

// Paste implements Overlay.
func (v *SaveView) Paste(s string) action.Action {
	switch v.field {
	case viewName:
		v.name.Insert(s)
	case viewFilter:
		v.filter.Insert(s)
	}
	v.changed()
	return nil
}

// Cursor implements Overlay.
func (v *SaveView) Cursor() (x, y int, ok bool) {
	v.View()
	return v.curX, v.curY, v.cur
}

// View implements Overlay.
func (v *SaveView) View() []string {
	if !v.valid {
		v.draw()
	}
	return v.rows
}

func (v *SaveView) draw() {
	w := &v.look.Words.Triage.Save
	s := v.sheet(snoozeWidth + 10)
	s.title(w.Heading, "", "")
	key, whose := w.NoKey, w.Everybody
	if v.key > 0 {
		key = strconv.Itoa(v.key)
	}
	if v.mine {
		whose = w.MineAlone
	}
	labels := [viewFields]string{w.NameLabel, w.FilterLabel, w.KeyLabel, w.ForLabel}
	most := 0
	for _, l := range labels {
		most = max(most, s.pen().Width(l))
	}
	for i, l := range labels {
		r := s.row()
		ink := theme.Dim
		if i == v.field {
			ink = theme.Accent
		}
		name := s.pen().Own(s.style(ink), l)
		r.Put(name)
		r.Space(most - name.Cells + 2)
		room := s.inner() - most - 2
		switch i {
		case viewName:
			s.field(r, &v.name, room, w.NamePrompt, v.field == i)
		case viewFilter:
			s.field(r, &v.filter, room, w.FilterPrompt, v.field == i)
		case viewKey:
			s.own(r.Space(1), theme.Text, key)
		case viewFor:
			s.own(r.Space(1), theme.Text, whose)
		}
		s.add(r)
	}
	s.gap()
	v.meaning(s)
	s.gap()
	s.hints(w.Hints)
	s.done()
}

// meaning says what the filter shows, or what is wrong.
func (v *SaveView) meaning(s *sheet) {
	w := &v.look.Words.Triage
	q, err := store.ParseQuery(v.filter.Text())
	var wrong *store.QueryError
	switch {
	case errors.As(err, &wrong):
		s.para(theme.Warn, w.NotAFilter(safetext.Line(wrong.Word).String()).String())
	case v.tried && strings.TrimSpace(v.name.Text()) == "":
		s.para(theme.Warn, w.Save.NoName.String())
	case v.field == viewFilter && v.filter.Empty():
		s.para(theme.Dim, w.Save.Filters)
	default:
		s.para(theme.Dim, w.Save.Shows(w.View(q)))
	}
}
