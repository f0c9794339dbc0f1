package overlay

import (
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/webhookrelay/event"
)

func labelList() *Labels {
	return NewLabels(look(), "3 conversations", []store.LabelUse{
		{Name: "billing", Listed: true, Used: 12}, {Name: "gold member", Used: 1}, {Name: "سلام\x1b[31m", Listed: true},
	}, map[string]Has{"billing": HasSome, "gold member": HasAll, "old": HasSome})
}

func viewList() *Views {
	saved := store.SavedView{Title: "Late \x1b[31m", Key: 3, Agent: "ana", Query: store.Query{Order: store.OrderWaiting}}
	return NewViews(look(), []Listed{
		{View: store.ViewMine, Title: "Mine", Count: 12, Known: true},
		{View: store.ViewAll, Title: "All", Count: 4120, Known: true},
		{View: saved.Query.View(), Title: saved.Title, About: "yours alone", Saved: &saved},
		{View: store.Query{Label: "billing"}.View(), Title: "billing", About: "a label"},
	}, store.ViewAll)
}

func triageOverlays() map[string]func() Overlay {
	typed := func(text string) func() Overlay {
		return func() Overlay {
			s := NewSnooze(look(), "Elif Yılmaz")
			press(s, "'"+text)
			return s
		}
	}
	return map[string]func() Overlay{
		"snooze": typed(""), "snooze-typed": typed("fri 9am"), "snooze-problem": typed("wenesday"),
		"priority": func() Overlay {
			say := &look().Words.Triage.Importance
			return NewMenu(look(), say, []Option{{Hint: say.Items[0]}, {Hint: say.Items[1], Now: true}, {Hint: say.Items[4]}})
		},
		"labels": func() Overlay { return labelList() },
		"labels-new": func() Overlay {
			l := labelList()
			press(l, "'vip", "down")
			return l
		},
		"labels-problem": func() Overlay {
			l := labelList()
			l.Paste(strings.Repeat("x", store.MaxLabel+1))
			return l
		},
		"note-many": func() Overlay {
			return NewAsk(look(), &look().Words.Triage.Notes, "3 conversations", func(s string) action.Action { return action.NoteAll{Text: s} })
		},
		"views": func() Overlay { return viewList() },
		"view-save": func() Overlay {
			v := NewSaveView(look(), store.Query{Label: "gold member", Order: store.OrderWaiting}, 4, "ana")
			press(v, "'Late gold", "tab")
			return v
		},
		"view-problem": func() Overlay {
			v := NewSaveView(look(), store.Query{}, 0, "ana")
			press(v, "tab", "'hue:red", "tab", "tab", "right")
			return v
		},
	}
}

// A choice, a digit and words are the same question; Enter with words that are no
// time asks for nothing.
func TestSnoozeAsks(t *testing.T) {
	day := func(d, hour int) time.Time { return time.Date(2025, 11, d, hour, 0, 0, 0, time.UTC) }
	for keys, want := range map[string]action.Action{
		"enter": action.Snooze{}, "1 enter": action.Snooze{}, "down enter": action.Snooze{Until: day(20, 15).Add(7 * time.Minute)},
		"3 enter": action.Snooze{Until: day(21, 9)}, "4 enter": action.Snooze{Until: day(24, 9)}, "5 enter": action.Snooze{Until: day(27, 9)},
		"'in·2h enter": action.Snooze{Until: now().Add(2 * time.Hour)}, "'sat·14:30 enter": action.Snooze{Until: day(22, 14).Add(30 * time.Minute)},
		"'wenesday enter": nil, "'7 enter": nil, "'wenesday down enter": action.Snooze{Until: day(20, 15).Add(7 * time.Minute)}, "esc": action.Close{},
	} {
		s := NewSnooze(look(), "")
		if got := press(s, keyNames(keys)...); got != want {
			t.Errorf("%s: %+v, want %+v", keys, got, want)
		}
	}
}

// keyNames are keys; a dot in the middle stands for a blank that is typed.
func keyNames(keys string) []string {
	list := strings.Fields(keys)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "·", " ")
	}
	return list
}

// What is toggled is added or removed; nothing toggled is the one the bar is on.
func TestLabelsAsk(t *testing.T) {
	for keys, want := range map[string]action.Relabel{
		"enter":                    {Add: []string{"billing"}},
		"down enter":               {Remove: []string{"gold member"}},
		"tab down tab enter":       {Add: []string{"billing"}, Remove: []string{"gold member"}},
		"tab tab enter":            {Remove: []string{"billing"}},
		"'vip enter":               {Add: []string{"vip"}},
		"'vip tab 'bill tab enter": {Add: []string{"billing", "vip"}},
	} {
		l := labelList()
		got, ok := press(l, keyNames(keys)...).(action.Relabel)
		if !ok || !slices.Equal(got.Add, want.Add) || !slices.Equal(got.Remove, want.Remove) {
			t.Errorf("%s: %+v, want %+v", keys, got, want)
		}
	}
	if got := press(labelList(), "tab", "tab", "down", "tab", "tab", "up", "tab", "esc"); got != (action.Close{}) {
		t.Errorf("%+v", got)
	}
	if got := press(labelList(), "ctrl+d"); got != (action.Unlist{Label: "billing"}) {
		t.Errorf("%+v", got)
	}
	if got := press(labelList(), "down", "ctrl+d"); got != nil {
		t.Errorf("one that is on no list: %+v", got)
	}
	l := labelList()
	l.Paste("a\u202eb")
	if got := press(l, "enter"); got != nil {
		t.Errorf("what cannot be seen: %+v", got)
	}
}

func TestMenuAsks(t *testing.T) {
	say := &look().Words.Triage.Importance
	menu := func() *Menu {
		return NewMenu(look(), say, []Option{
			{Hint: say.Items[0], Do: action.Prioritize{Priority: event.UrgentPriority}},
			{Hint: say.Items[1], Do: action.Prioritize{Priority: event.HighPriority}, Now: true},
		})
	}
	for keys, want := range map[string]action.Action{
		"u": action.Prioritize{Priority: event.UrgentPriority}, "enter": action.Prioritize{Priority: event.HighPriority},
		"k enter": action.Prioritize{Priority: event.UrgentPriority}, "up down j enter": action.Prioritize{Priority: event.HighPriority},
		"x": nil, "esc": action.Close{},
	} {
		if got := press(menu(), keyNames(keys)...); got != want {
			t.Errorf("%s: %+v, want %+v", keys, got, want)
		}
	}
}

func TestViewsAsk(t *testing.T) {
	for keys, want := range map[string]action.Action{
		"enter": action.ShowView{View: store.ViewAll}, "'bill enter": action.ShowView{View: store.Query{Label: "billing"}.View()},
		"ctrl+n": action.Run{Command: "save-view"}, "esc": action.Close{}, "ctrl+d": action.Say{Text: look().Words.Screen.Did.NotRemovable},
	} {
		if got := press(viewList(), keyNames(keys)...); got != want {
			t.Errorf("%s: %+v, want %+v", keys, got, want)
		}
	}
	if got, ok := press(viewList(), "'late", "ctrl+d").(action.RemoveView); !ok || got.View.Key != 3 {
		t.Errorf("%+v", got)
	}
	if got := press(viewList(), "'zzz", "enter"); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestSaveViewAsks(t *testing.T) {
	form := func() *SaveView { return NewSaveView(look(), store.Query{Label: "gold member"}, 4, "ana") }
	got := press(form(), "'Late", "tab", "'sort:waiting", "tab", "right", "tab", "right", "enter")
	want := store.SavedView{Title: "Late", Key: 5, Agent: "ana", Query: store.Query{Label: "gold member", Order: store.OrderWaiting}}
	if got != (action.SaveView{View: want}) {
		t.Errorf("%+v", got)
	}
	v := form()
	if got := press(v, "enter"); got != nil || !strings.Contains(strings.Join(v.View(), ""), "has no name") {
		t.Errorf("without a name: %+v", got)
	}
	v = form()
	if got := press(v, "'Late", "tab", "'hue:red", "shift+tab", "enter"); got != nil || v.field != viewFilter {
		t.Errorf("with half a filter: %+v, at %d", got, v.field)
	}
	if got := press(v, "esc"); got != (action.Close{}) {
		t.Errorf("%+v", got)
	}
}
