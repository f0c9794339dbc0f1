package tui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// casting is a message to many in the making: to whom, from which inbox, which template.
type casting struct {
	// table is the path of a file and columns what its first row names; people are whom it
	// goes to where there is none.
	table   string
	columns []string
	people  []store.Conversation
	// about says to whom.
	about     string
	account   provider.AccountID
	templates []provider.Template
	template  *provider.Template
	// remembered are the lines of the last time.
	remembered map[string]string
}

// castPrefix begins the name of a choice on the way to a broadcast.
const castPrefix = "cast:"

// mayMany reports whether the relay takes a message to many of this agent's.
func (a *App) mayMany() bool {
	for _, g := range a.team {
		if g.ID == a.me {
			return g.Role != event.RoleAgent && g.Role != event.RoleReadOnly
		}
	}
	return true
}

// broadcast asks to whom.
func (a *App) broadcast() tea.Cmd {
	w := &a.words.Many
	if !a.mayMany() {
		a.say(w.NotYours)
		return nil
	}
	var list []overlay.Command
	add := func(name, title, help string) {
		list = append(list, overlay.Command{Name: castPrefix + name, Title: title, Help: help})
	}
	if a.many() {
		add("selection", w.Selection(len(a.picked)), w.SelectionHelp)
	}
	add("view:"+string(a.view), w.View(a.viewName(a.view)), w.ViewHelp)
	if a.opts.OpenTable != nil {
		add("table", w.Table, w.TableHelp)
	}
	for i := range a.saved {
		add("view:"+string(a.saved[i].Query.View()), w.View(a.saved[i].Title), a.words.Triage.View(a.saved[i].Query))
	}
	for _, u := range a.labelled {
		add("view:"+string(store.Query{Label: u.Name}.View()), w.View(u.Name), w.LabelHelp)
	}
	a.push(overlay.NewMenuOf(a.look, w.WhomTitle, list))
	return nil
}

// chosenCast is such a choice.
func chosenCast(name string) (string, bool) { return strings.CutPrefix(name, castPrefix) }

// castOn goes on with what was chosen.
func (a *App) castOn(choice string) tea.Cmd {
	what, which, _ := strings.Cut(choice, ":")
	w := &a.words.Many
	switch what {
	case "selection":
		ids := a.pickedInOrder()
		return a.castTo(w.Selection(len(ids)), func(ctx context.Context) ([]store.Conversation, error) { return a.selected(ctx, ids) })
	case "view":
		v := store.View(which)
		return a.castTo(w.View(a.viewName(v)), func(ctx context.Context) ([]store.Conversation, error) { return a.everybody(ctx, v) })
	case "table":
		lines := []overlay.FormLine{{Label: w.PathLabel, Prompt: w.PathHint}}
		a.push(overlay.NewForm(a.look, w.PathTitle, "", lines, func(typed []string) action.Action {
			return action.OpenTable{Path: strings.TrimSpace(typed[0])}
		}))
	case "inbox":
		return a.castFrom(provider.AccountID(which))
	case "template":
		i, err := strconv.Atoi(which)
		if err != nil || a.cast == nil || i >= len(a.cast.templates) {
			return nil
		}
		a.cast.template = &a.cast.templates[i]
		return a.castForm()
	}
	return nil
}

// castTo reads whom it goes to.
func (a *App) castTo(about string, read func(context.Context) ([]store.Conversation, error)) tea.Cmd {
	return a.io(func(ctx context.Context) tea.Msg {
		people, err := read(ctx)
		return castMsg{cast: &casting{people: people, about: about}, err: err}
	})
}

// castMsg brings what was read on the way to a broadcast.
type castMsg struct {
	cast *casting
	said string
	err  error
}

func (a *App) gotCast(m castMsg) tea.Cmd {
	switch {
	case m.err != nil:
		a.readError(m.err)
		return nil
	case m.said != "":
		a.say(m.said)
		return nil
	}
	a.cast = m.cast
	switch {
	case m.cast.template != nil:
		return a.castLines()
	case m.cast.templates != nil:
		return a.castTemplate()
	case m.cast.table == "" && len(m.cast.people) == 0:
		a.say(a.words.Many.Nobody)
		return nil
	}
	return a.castInbox()
}

func (a *App) selected(ctx context.Context, ids []event.ConversationID) (list []store.Conversation, err error) {
	for _, id := range ids {
		c, err := a.st.Conversation(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func (a *App) everybody(ctx context.Context, v store.View) (list []store.Conversation, err error) {
	var after store.ConversationCursor
	for len(list) < broadcast.MaxRows {
		got, err := a.st.Conversations(ctx, v, after, rows)
		if err != nil {
			return nil, err
		}
		list = append(list, got...)
		if len(got) < rows {
			break
		}
		after = got[len(got)-1].Cursor(v)
	}
	return list, nil
}

// openTable reads the names of a table's columns.
func (a *App) openTable(path string) tea.Cmd {
	a.over.Pop()
	w := &a.words.Many
	return a.io(func(ctx context.Context) tea.Msg {
		f, err := a.opts.OpenTable(path)
		if err != nil {
			return castMsg{said: err.Error()}
		}
		defer f.Close()
		t, err := broadcast.NewTable(f)
		var bad *broadcast.FileError
		if errors.As(err, &bad) {
			return castMsg{said: w.File(bad).String()}
		}
		if err != nil {
			return castMsg{said: err.Error()}
		}
		return castMsg{cast: &casting{table: path, columns: t.Columns, about: path}}
	})
}

// castInbox asks from which inbox, where several may.
func (a *App) castInbox() tea.Cmd {
	in := map[provider.AccountID]int{}
	for i := range a.cast.people {
		in[a.cast.people[i].Account]++
	}
	if a.cast.table != "" {
		for id := range a.inbox {
			in[id] = 0
		}
	}
	maps.DeleteFunc(in, func(id provider.AccountID, _ int) bool {
		caps := a.capsOf(id, "")
		return caps == nil || caps.Send[provider.Templated] <= provider.Absent || caps.Template.Unlisted
	})
	ids := slices.Sorted(maps.Keys(in))
	switch len(ids) {
	case 0:
		a.say(a.words.Screen.Did.NoTemplates)
		return nil
	case 1:
		return a.castFrom(ids[0])
	}
	var list []overlay.Command
	for _, id := range ids {
		c := overlay.Command{Name: castPrefix + "inbox:" + string(id), Title: a.inboxName(id)}
		if in[id] > 0 {
			c.Help = a.words.Triage.Many(in[id])
		}
		list = append(list, c)
	}
	a.push(overlay.NewMenuOf(a.look, a.words.Many.InboxTitle, list))
	return nil
}

// castFrom reads what an inbox's network lets go.
func (a *App) castFrom(id provider.AccountID) tea.Cmd {
	cast := *a.cast
	cast.account = id
	return a.io(func(ctx context.Context) tea.Msg {
		l, err := a.st.Templates(ctx, id)
		if err != nil {
			return castMsg{err: err}
		}
		cast.templates = slices.DeleteFunc(l.Templates, func(t provider.Template) bool { return t.Status != provider.Approved || t.Unfillable })
		if len(cast.templates) == 0 {
			return castMsg{said: a.words.Many.NoTemplates}
		}
		return castMsg{cast: &cast}
	})
}

func (a *App) castTemplate() tea.Cmd {
	var list []overlay.Command
	for i := range a.cast.templates {
		t := &a.cast.templates[i]
		m := t.Fill(nil)
		list = append(list, overlay.Command{
			Name: castPrefix + "template:" + strconv.Itoa(i), Title: t.Name + " " + t.Language,
			Help: a.words.Picker.Category(t.Category) + " · " + m.Shown.Text(),
		})
	}
	a.push(overlay.NewMenuOf(a.look, a.words.Many.TemplateTitle, list))
	return nil
}
