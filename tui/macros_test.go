package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// macroSet is a macro that a colleague made.
func macroSet(t *testing.T, log *storetest.Log, name, key, steps string) event.Event {
	t.Helper()
	e := setting(t, log, event.SettingMacro, name, event.Macro{Key: key, Steps: event.ParseSteps(steps)})
	e.ID += key + steps
	return e
}

// macroDesk is a store where Nuria wrote a moment ago, and the team has macros.
func macroDesk(t *testing.T) *store.Store {
	t.Helper()
	return lists(t, func(log *storetest.Log) []event.Event {
		return []event.Event{
			log.By(storetest.Ben, storetest.Lucia, event.Consented{}),
			setting(t, log, event.SettingCanned, "hours", event.Canned{Text: "Dear {first name}, 9 to 18."}),
			macroSet(t, log, "Hours", "h", "reply /hours\nlabel +asked\nresolve opening hours"),
			macroSet(t, log, "Tag", "t", "label +\"on hold\"\npriority high"),
			macroSet(t, log, "ben/Own", "o", "read"),
		}
	})
}

// ; and the key do all of it at once; the reply stands in the thread, the next
// conversation is shown, and z takes everything back.
func TestAMacroRunsOnItsKeyAndIsUndone(t *testing.T) {
	st := macroDesk(t)
	s := openNuria(t, options(st), 120, 30)
	s.Press(";")
	s.WaitText("reply /hours")
	if screen := s.Text(); strings.Contains(screen, "Own") {
		t.Errorf("a colleague's own is offered:\n%s", screen)
	}
	golden(t, s, "macros")
	s.Press("q") // no macro's
	s.WaitText("No macro is on q.")
	s.Press("h")
	s.WaitText("“Hours” done: Nuria")
	c, err := st.Conversation(t.Context(), storetest.ID(nuria))
	if err != nil || c.Status != store.StatusResolved || c.Resolution.Notes != "opening hours" || len(c.Labels) != 1 {
		t.Errorf("it is %+v, %v", c, err)
	}
	if got := newestMessage(t, st, nuria); got.Content.Text != "Dear Nuria, 9 to 18." || got.Job != event.JobQueued {
		t.Errorf("queued %+v", got)
	}
	s.Press("z")
	s.WaitText("undone: “Hours” done: Nuria")
	c, err = st.Conversation(t.Context(), storetest.ID(nuria))
	if err != nil || c.Status != store.StatusOpen || len(c.Labels) != 0 || newestMessage(t, st, nuria).Job != event.JobDiscarded {
		t.Errorf("taken back it is %+v, %v", c, err)
	}
	list, err := st.Macros(t.Context())
	if err != nil || list[0].Uses != 1 {
		t.Errorf("counted %+v, %v", list, err)
	}
}

// newestMessage is the last of a chat that is one of ours or the customer's.
func newestMessage(t *testing.T, st *store.Store, chat provider.ChatID) store.Message {
	t.Helper()
	list, err := st.Messages(t.Context(), storetest.ID(chat), store.MessageCursor{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range slices.Backward(list) {
		if m.Kind == store.KindMessage {
			return m
		}
	}
	t.Fatal("there is none")
	return store.Message{}
}

// On a selection with one that wants no messages nothing is done at all, and the
// selection stays; a macro that writes to nobody runs on all of it, and z takes it back.
func TestAMacroOnASelection(t *testing.T) {
	st := macroDesk(t)
	o := options(st)
	aSecondLater := moving(&o)
	s := openNuria(t, o, 120, 30)
	s.Press("*")
	s.WaitText("✓●")
	s.Press(";", "h")
	s.WaitText("Run “Hours”?")
	s.Press("y")
	s.WaitText("“reply” cannot be done for")
	golden(t, s, "macrorefused")
	aSecondLater() // what opened by itself takes keys once it could be seen
	s.Press("esc")
	c, err := st.Conversation(t.Context(), storetest.ID(nuria))
	if err != nil || c.Status != store.StatusOpen || len(c.Labels) != 0 {
		t.Fatalf("something was done: %+v, %v", c, err)
	}
	s.WaitText("✓●")
	s.Press(";", "t")
	s.WaitText("“Tag” done:")
	c, err = st.Conversation(t.Context(), storetest.ID(storetest.Lucia))
	if err != nil || c.Priority != event.HighPriority || len(c.Labels) != 1 || c.Labels[0] != "on hold" {
		t.Errorf("it is %+v, %v", c, err)
	}
	s.Press("z")
	s.WaitText("undone: “Tag” done:")
	if c, err = st.Conversation(t.Context(), storetest.ID(storetest.Lucia)); err != nil || c.Priority != event.NoPriority || len(c.Labels) != 0 {
		t.Errorf("taken back it is %+v, %v", c, err)
	}
}

// One is made, run from the palette, changed and removed; what is wrong is said at the
// line where it is.
func TestMakingAMacro(t *testing.T) {
	st := lists(t, nil)
	s := openNuria(t, options(st), 80, 24)
	s.Press(";")
	s.WaitText("There is no macro yet")
	s.Press("enter")
	s.WaitText("One step in each line")
	s.Press("enter")
	s.WaitText("A label needs a letter or two.")
	s.Type("a/b")
	s.WaitText("holds no slash")
	s.Press("backspace", "backspace")
	s.Press("tab")
	s.Type("k")
	s.Press("tab")
	s.Type("fly away")
	s.Press("enter")
	s.WaitText("Line 1 is no step.")
	for range len("fly away") {
		s.Press("backspace")
	}
	s.Type("label +vip")
	s.Press("ctrl+j")
	s.Type("note for {name}")
	golden(t, s, "macroform")
	s.Press("enter")
	s.WaitText("kept the macro “a”")
	s.WaitText("used 0×")
	s.Press("esc", "ctrl+k")
	s.Type("macro: a")
	s.WaitText("label +vip · note for")
	s.Press("enter")
	s.WaitText("“a” done: Nuria")
	s.Press("z")
	s.WaitText("what was noted stays")
	s.Press(";", "ctrl+d")
	s.WaitText("Remove this macro?")
	s.Press("y")
	s.WaitText("removed the macro “a”")
	if list, err := st.Macros(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("there are %+v, %v", list, err)
	}
}

// A colleague changes a macro while its lines are open here: Enter says so first, and
// only a second one replaces theirs. One that is run is the one that was seen.
func TestAMacroChangedMeanwhile(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	change := func(steps string) {
		t.Helper()
		if err := st.Apply(t.Context(), []event.Event{macroSet(t, log, "Close", "c", steps)}); err != nil {
			t.Fatal(err)
		}
	}
	change("resolve")
	s := start(t, options(st), 120, 30)
	goAll(s)
	s.Press(";")
	s.WaitText("resolve")
	s.Press("ctrl+e")
	s.WaitText("One step in each line")
	s.Type(" mine")
	change("note ben's")
	s.WaitText("ben changed it meanwhile.")
	s.Press("enter")
	s.WaitText("Enter again puts yours")
	s.Press("enter")
	s.WaitText("kept the macro “Close”")
	if list, err := st.Macros(t.Context()); err != nil || len(list) != 1 || list[0].Steps[0].With != "mine" {
		t.Errorf("there are %+v, %v", list, err)
	}
}

// What is run is what was shown: one that changed since is not, and says who changed it.
func TestARunOfAStaleMacro(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{macroSet(t, log, "Close", "c", "resolve")}); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, st, storetest.Now)
	drain(d.App, d.readMacros())
	if err := st.Apply(t.Context(), []event.Event{macroSet(t, log, "Close", "c", "note x")}); err != nil {
		t.Fatal(err)
	}
	d.send(tea.KeyPressMsg{Code: ';', Text: ";"})
	d.send(tea.KeyPressMsg{Code: 'c', Text: "c"})
	if got := d.shows(); !strings.Contains(got, "ben changed this macro meanwhile") {
		t.Errorf("it says\n%s", got)
	}
	d.press("j") // meant for the list: what opened by itself stays until it was seen
	if got := d.shows(); !strings.Contains(got, "ben changed this macro meanwhile") {
		t.Errorf("it went away unread:\n%s", got)
	}
	drain(d.App, d.moveList(-1))
	d.now = d.now.Add(time.Second)
	// By place on a Cyrillic keyboard: ; is on ж, c on с.
	d.send(tea.KeyPressMsg{Code: tea.KeyEscape})
	drain(d.App, d.readMacros())
	d.send(tea.KeyPressMsg{Code: 'ж', Text: "ж"})
	d.send(tea.KeyPressMsg{Code: 'с', Text: "с"})
	if got := d.shows(); !strings.Contains(got, "“Close” done") {
		t.Errorf("by place it says\n%s", got)
	}
}
