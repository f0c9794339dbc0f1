package tui

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// shownViews are the views of the top line, in order.
func shownViews() []store.View {
	return []store.View{
		store.ViewMine, store.ViewUnassigned, store.ViewClosing, store.ViewLate, store.ViewDue, store.ViewAll, store.ViewUnread,
		store.ViewFailed, store.ViewUnsure, store.ViewMentions, store.ViewSnoozed, store.ViewFollowUp, store.ViewResolved,
	}
}

// lineViews are the views of the top line now: the one that is shown in its own
// order and with what narrows it, and no empty ones that few look for.
func (a *App) lineViews() []store.View {
	base, found := a.view.By(""), false
	var out []store.View
	for _, v := range shownViews() {
		switch {
		case v == base:
			out, found = append(out, a.view), true
		case v == store.ViewUnsure: // part of the one before it
		case slices.Contains([]store.View{store.ViewSnoozed, store.ViewFollowUp, store.ViewMentions, store.ViewLate, store.ViewDue}, v) && a.counts.Views[v] == 0:
		default:
			out = append(out, v)
		}
	}
	if !found {
		out = append([]store.View{a.view}, out...)
	}
	return out
}

// tab is one view's place in the top line.
type tab struct {
	view  store.View
	x     int
	name  line.Piece
	count line.Piece
}

func (t *tab) cells() int { return t.name.Cells + 1 + t.count.Cells }

// topLine is the brand, the views with how many they hold, and who works here.
// Views that do not fit are left out; the one that is shown never is.
func (a *App) topLine() string {
	st := a.look.Theme.Style(theme.Text, theme.Panel)
	r := line.New(a.w, st)
	r.Space(1).Put(a.brand())
	for _, t := range a.tabs() {
		r.Space(t.x - (a.w - r.Room()))
		r.Put(t.name)
		r.Space(1).Put(t.count)
	}
	me := a.who()
	if me.Cells+2 <= r.Room() {
		r.Right(me.Cells, 1).Put(me)
	}
	return r.String()
}

func (a *App) brand() line.Piece {
	return a.look.Pen.Own(a.look.Theme.Style(theme.Accent, theme.Panel).Bold(), a.words.Screen.Brand)
}

func (a *App) who() line.Piece {
	words := a.words.Screen.Online
	if !a.link.Live {
		words = a.words.Screen.Offline
	}
	text := safetext.Name(string(a.me)).String()
	if a.w >= medium+20 {
		text += " · " + words
	}
	return a.look.Pen.Remote(a.look.Theme.Style(theme.Dim, theme.Panel), safetext.Line(text), max(a.w/3, 1))
}

// gap is between the views of the top line.
const gap = 3

// tabs places the views. Room is kept for the one that is shown, and beside
// other panes for the failures: what is wrong is left out last.
func (a *App) tabs() []tab {
	x := 1 + a.brand().Cells + gap
	end := a.w - 1 - a.who().Cells - gap
	kept := map[store.View]bool{a.view: true}
	if a.counts.Views[store.ViewFailed] > 0 && a.w >= medium {
		kept[store.ViewFailed] = true
	}
	if a.counts.Views[store.ViewLate] > 0 && a.w >= medium {
		kept[store.ViewLate] = true
	}
	if a.counts.Views[store.ViewMentions] > 0 && a.w >= medium { // somebody asks for this very person
		kept[store.ViewMentions] = true
	}
	room := end - x + gap
	for v := range kept {
		t := a.tab(v)
		room -= t.cells() + gap
	}
	var out []tab
	for _, v := range a.lineViews() {
		t := a.tab(v)
		if !kept[v] {
			if room < t.cells()+gap {
				continue
			}
			room -= t.cells() + gap
		}
		t.x = x
		x += t.cells() + gap
		out = append(out, t)
	}
	return out
}

func (a *App) tab(v store.View) tab {
	name, count := a.look.Theme.Style(theme.Dim, theme.Panel), a.look.Theme.Style(theme.Faint, theme.Panel)
	n := a.counts.Views[v]
	switch {
	case (v == store.ViewFailed || v == store.ViewLate) && n > 0:
		count = count.Ink(theme.Bad)
	case (v == store.ViewClosing || v == store.ViewDue || v == store.ViewUnsure || v == store.ViewFollowUp) && n > 0:
		count = count.Ink(theme.Warn)
	case v == a.view, v == store.ViewMentions && n > 0:
		count = count.Ink(theme.Accent)
	}
	if v == a.view {
		name = a.look.Theme.Style(theme.Text, theme.Panel).Bold()
	}
	return tab{view: v, name: a.look.Pen.Remote(name, safetext.Line(a.viewName(v)), max(a.w/3, 1)), count: a.look.Pen.Own(count, strconv.Itoa(n))}
}

func (a *App) clickView(x int) tea.Cmd {
	for _, t := range a.tabs() {
		if x >= t.x && x < t.x+t.cells() {
			return a.showView(a.inOrder(t.view))
		}
	}
	return nil
}
