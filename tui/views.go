package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// savedMsg is the views that somebody keeps.
type savedMsg struct {
	turn   int
	saved  []store.SavedView
	labels []store.LabelUse
	err    error
}

func (a *App) readSaved() tea.Cmd {
	turn := a.reads.saved.ask()
	return a.io(func(ctx context.Context) tea.Msg {
		m := savedMsg{turn: turn}
		if m.saved, m.err = a.st.SavedViews(ctx); m.err == nil {
			m.labels, m.err = a.st.Labels(ctx)
		}
		return m
	})
}

func (a *App) gotSaved(m savedMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	if a.reads.saved.take(m.turn) {
		a.saved, a.labelled = m.saved, m.labels
	}
	return nil
}

// showPrefix begins the name of a palette's entry that is no command of its own: the
// view follows.
const showPrefix = "show:"

// named is the view that such an entry shows.
func named(name string) (store.View, bool) {
	v, ok := strings.CutPrefix(name, showPrefix)
	return store.View(v), ok
}

// paletteViews are saved views and labels as the palette has them.
func (a *App) paletteViews() []overlay.Command {
	w := &a.words.Triage.Lists
	var out []overlay.Command
	for i := range a.saved {
		s := &a.saved[i]
		c := overlay.Command{Name: showPrefix + string(s.Query.View()), Title: w.GoTo(s.Title), Help: a.words.Triage.View(s.Query)}
		if s.Key > 0 {
			c.Key = strconv.Itoa(s.Key)
		}
		out = append(out, c)
	}
	for i := range a.teams {
		t := &a.teams[i]
		out = append(out, overlay.Command{Name: showPrefix + string(store.Query{Team: t.Name}.View()), Title: w.GoTo(t.Name), Help: w.Team(t.Queue)})
	}
	for _, u := range a.labelled {
		v := store.Query{Label: u.Name}.View()
		out = append(out, overlay.Command{Name: showPrefix + string(v), Title: w.GoTo(u.Name), Help: w.Labels})
	}
	return out
}

// viewName is what a view is called: a saved one by its title.
func (a *App) viewName(v store.View) string {
	base := v.By("")
	for i := range a.saved {
		s := &a.saved[i]
		if s.Query.View() == v || s.Query.View() == base {
			return s.Title
		}
	}
	return a.words.Triage.View(v.Query())
}

// showSaved goes to the view of a digit.
func (a *App) showSaved(digit int) tea.Cmd {
	for i := range a.saved {
		if a.saved[i].Key == digit {
			return a.goToView(a.saved[i].Query.View())
		}
	}
	a.say(fmt.Sprintf(a.words.Screen.Did.NoSavedF, digit))
	return nil
}

func (a *App) goToView(v store.View) tea.Cmd {
	a.over.Clear()
	return tea.Batch(a.showView(a.inOrder(v)), a.readCounts())
}

// inOrder is a standing view in the order it was last asked for.
func (a *App) inOrder(v store.View) store.View {
	if o, ok := a.orders[v]; ok {
		return v.By(o)
	}
	return v
}

// sort asks for an order.
func (a *App) sort() tea.Cmd {
	say := &a.words.Triage.Sort
	now := a.view.Query().Order
	options := []overlay.Option{{Hint: say.Items[0], Now: now == "", Do: action.SortBy{}}}
	for i, o := range store.Orders() {
		options = append(options, overlay.Option{Hint: say.Items[i+1], Now: now == o, Do: action.SortBy{Order: o}})
	}
	a.push(overlay.NewMenu(a.look, say, options))
	return nil
}

// sortBy shows the view in another order, which it keeps while the program runs.
func (a *App) sortBy(o store.Order) tea.Cmd {
	a.over.Pop()
	v := a.view.By(o)
	if base := a.view.By(""); slices.Contains(shownViews(), base) {
		a.orders[base] = o
	}
	picked := a.picked
	cmd := tea.Batch(a.showView(v), a.readCounts())
	a.setPicked(picked) // the same rows in another order
	return cmd
}

// views reads the labels in use and lists every view.
func (a *App) views() tea.Cmd {
	return a.io(func(ctx context.Context) tea.Msg {
		labels, err := a.st.Labels(ctx)
		if err != nil {
			return overlayMsg{err: err}
		}
		teams, err := a.st.Teams(ctx)
		return overlayMsg{give: func(a *App) action.Action {
			a.push(overlay.NewViews(a.look, a.listed(teams, labels), a.view.By("")))
			return nil
		}, err: err}
	})
}

func (a *App) listed(teams []store.Team, labels []store.LabelUse) []overlay.Listed {
	w := &a.words.Triage.Lists
	var out []overlay.Listed
	for _, v := range shownViews() {
		if n := a.counts.Views[v]; n == 0 && (v == store.ViewLate || v == store.ViewDue) {
			continue // most teams have set themselves no target
		}
		out = append(out, overlay.Listed{View: v, Title: a.words.Screen.Views[v], Count: a.counts.Views[v], Known: true})
	}
	for i := range a.saved {
		s := a.saved[i]
		l := overlay.Listed{View: s.Query.View(), Title: s.Title, Saved: &s}
		if s.Agent != "" {
			l.About = w.Yours
		}
		out = append(out, l)
	}
	for i := range teams {
		t := &teams[i]
		out = append(out, overlay.Listed{View: store.Query{Team: t.Name}.View(), Title: t.Name, About: w.Team(t.Queue), Count: t.Open, Known: true})
	}
	for _, u := range labels {
		out = append(out, overlay.Listed{View: store.Query{Label: u.Name}.View(), Title: u.Name, About: w.Labels})
	}
	return out
}

// saveView opens the form with what narrows the view that is shown.
func (a *App) saveView() tea.Cmd {
	key := 0
	for digit := 9; digit > 0; digit-- {
		if !slices.ContainsFunc(a.saved, func(s store.SavedView) bool { return s.Key == digit }) {
			key = digit
		}
	}
	a.push(overlay.NewSaveView(a.look, a.view.Query(), key, a.me))
	return nil
}

// keepView keeps a view and goes to it. One that had its digit goes without.
func (a *App) keepView(v store.SavedView) tea.Cmd {
	a.over.Clear()
	said := fmt.Sprintf(a.words.Screen.Did.ViewSavedF, v.Title)
	saved := slices.Clone(a.saved)
	keep := a.write(func(ctx context.Context) tea.Msg {
		for _, other := range saved {
			if other.Key != v.Key || v.Key == 0 || other.Title == v.Title && other.Agent == v.Agent {
				continue
			}
			other.Key = 0
			if err := a.st.SaveView(ctx, other); err != nil {
				return wroteMsg{err: err}
			}
		}
		err := a.st.SaveView(ctx, v)
		a.wake()
		return wroteMsg{said: said, err: err}
	})
	return tea.Batch(keep, a.showView(v.Query.View()))
}

func (a *App) forgetView(v store.SavedView) tea.Cmd {
	a.over.Pop()
	said := fmt.Sprintf(a.words.Screen.Did.ViewRemovedF, v.Title)
	return a.write(func(ctx context.Context) tea.Msg {
		err := a.st.RemoveView(ctx, v)
		a.wake()
		return wroteMsg{said: said, err: err}
	})
}
