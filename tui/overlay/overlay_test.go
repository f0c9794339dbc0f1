package overlay

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

func TestStack(t *testing.T) {
	var s Stack
	if _, ok := s.Key(key("x")).(action.Pass); !ok || s.Top() != nil || s.Pop() != nil {
		t.Fatal("an empty stack takes keys")
	}
	s.SetLook(look())
	s.SetSize(50, 10)
	s.Push(NewSearch(look()))
	s.Push(NewPalette(look(), commands()))
	if s.Len() != 2 || len(s.Top().View()) > 10 {
		t.Fatalf("%d overlays, top has %d rows", s.Len(), len(s.Top().View()))
	}
	if _, ok := s.Pop().(*Palette); !ok {
		t.Fatal("the top one is not the last one pushed")
	}
}

// An overlay that opens by itself eats no keystroke of somebody who is typing.
func TestGrace(t *testing.T) {
	clock := now()
	var s Stack
	yes := action.Quit{}
	s.PushQuiet(NewConfirm(look(), Question{Title: "x", Key: "y", Do: yes}), NewGrace(func() time.Time { return clock }))
	for range 4 { // typing on, a key each 200 ms
		clock = clock.Add(200 * time.Millisecond)
		if _, ok := s.Key(key("y")).(action.Pass); !ok {
			t.Fatal("a key in full flight answered the question")
		}
	}
	clock = clock.Add(425 * time.Millisecond)
	if got := s.Key(key("y")); got != yes {
		t.Fatalf("after a pause the key does %#v", got)
	}

	clock = now()
	s.PushQuiet(NewConfirm(look(), Question{Title: "x", Key: "y", Do: yes}), NewGrace(func() time.Time { return clock }))
	for clock.Sub(now()) < 1400*time.Millisecond {
		clock = clock.Add(100 * time.Millisecond)
		s.Key(key("z"))
	}
	clock = clock.Add(100 * time.Millisecond)
	if got := s.Key(key("y")); got != yes {
		t.Fatalf("after a second and a half the key does %#v", got)
	}
}

func TestEnds(t *testing.T) {
	for _, a := range []action.Action{nil, action.Say{}, action.Query{}, action.Pass{}} {
		if Ends(a) {
			t.Errorf("%T ends the overlay", a)
		}
	}
	if !Ends(action.Close{}) || !Ends(action.SendTemplate{}) {
		t.Error("Close and SendTemplate do not end it")
	}
}

// Who was resolved and the key that takes it back are there at every width that
// the program promises; at most widths also what else can be added.
func TestTheStripNamesItsKeys(t *testing.T) {
	for w, want := range map[int]string{40: "Tab add", 80: "Tab note, ★, follow-up", 160: "Tab note, ★, follow-up"} {
		got := screen(t, NewResolve(look(), elif()), w, 10)
		for _, part := range []string{"resolved Elif", want, "z undo"} {
			if !strings.Contains(got, part) {
				t.Errorf("%d columns: no %q in %s", w, part, got)
			}
		}
	}
}

func TestAssign(t *testing.T) {
	open := func() *Assign {
		return NewAssign(look(), []Agent{{ID: "ben", Name: "Ben"}, {ID: "carla", Name: "Carla"}, {ID: "ana", Name: "Ana"}}, "ana", "ben", "")
	}
	for _, c := range []struct {
		name string
		keys []string
		want action.Action
	}{
		{"me first", []string{"enter"}, action.Assign{To: "ana"}},
		{"by letters", []string{"'crl", "enter"}, action.Assign{To: "carla"}},
		{"nobody last", []string{"up", "down", "down", "down", "down", "enter"}, action.Assign{}},
		{"no match", []string{"'zz", "enter"}, nil},
		{"esc", []string{"esc"}, action.Close{}},
	} {
		if got := press(open(), c.keys...); got != c.want {
			t.Errorf("%s: got %#v, want %#v", c.name, got, c.want)
		}
	}
}

func TestPalette(t *testing.T) {
	if got := press(NewPalette(look(), commands()), "'resol", "enter"); got != (action.Run{Command: "resolve"}) {
		t.Errorf("got %#v", got)
	}
	if got := press(NewPalette(look(), commands()), "ctrl+n", "ctrl+n", "enter"); got != (action.Run{Command: "template"}) {
		t.Errorf("got %#v", got)
	}
}

func TestSearch(t *testing.T) {
	s := NewSearch(look())
	if got := press(s, "'fu"); got != (action.Query{Text: "fu"}) {
		t.Fatalf("got %#v", got)
	}
	if got := press(s, "left"); got != nil {
		t.Errorf("moving the cursor asks again: %#v", got)
	}
	press(s, "right", "'g")
	s.SetHits("fu", []Hit{{Conversation: "c_late"}}, false)
	if got := press(s, "enter"); got != nil {
		t.Fatalf("a late answer can be opened: %#v", got)
	}
	s.SetHits("fug", []Hit{{Conversation: "c_1"}, {Conversation: "c_2", Message: 9}}, true)
	if got := press(s, "down", "enter"); got != (action.OpenConversation{ID: "c_2", Message: 9}) {
		t.Errorf("got %#v", got)
	}
	press(s, "backspace", "backspace", "backspace")
	if len(s.hits) != 0 {
		t.Error("an empty query keeps its hits")
	}
}

// However long the cause is, the answers and the way back stay in sight.
func TestUnsureKeepsItsAnswers(t *testing.T) {
	m := message(event.JobUnsure)
	m.Error = &provider.Error{Reason: provider.NoAnswer, Text: strings.Repeat("The network said a great deal and nothing clear. ", 12)}
	for _, size := range [][2]int{{40, 10}, {80, 22}, {40, 16}} {
		for _, keys := range [][]string{nil, {"s"}} {
			u := NewUnsure(look(), m, 0)
			u.SetSize(size[0], size[1])
			press(u, keys...)
			got := screen(t, u, size[0], size[1])
			for _, want := range []string{"Wait", "Send again", "Mark as sent", "Discard", "Esc back"} {
				if !strings.Contains(got, want) {
					t.Errorf("%v after %q: no %q in\n%s", size, keys, want, got)
				}
			}
			if keys == nil && !strings.Contains(got, "…") {
				t.Errorf("%v: the cause is cut without a mark:\n%s", size, got)
			}
		}
	}
}

// What could reach the customer twice needs its key twice, and says so between.
func TestUnsureSendAgain(t *testing.T) {
	u := NewUnsure(look(), message(event.JobUnsure), 0)
	if got := press(u, "s"); got != nil {
		t.Fatalf("the first s does %#v", got)
	}
	if got := screen(t, u, 80, 22); !strings.Contains(got, "may get it twice") {
		t.Errorf("no warning:\n%s", got)
	}
	if got := press(u, "s"); got != (action.SendAgain{Message: 7}) {
		t.Fatalf("the second s does %#v", got)
	}
	u = NewUnsure(look(), message(event.JobUnsure), 0)
	if got := press(u, "s", "j", "s"); got != nil {
		t.Errorf("another key between does not disarm: %#v", got)
	}
	if got := press(u, "enter"); got != nil {
		t.Errorf("Enter decides: %#v", got)
	}
}

func TestUnsureChoices(t *testing.T) {
	for _, c := range []struct {
		job  event.JobState
		keys []string
		want action.Action
	}{
		{event.JobUnsure, []string{"m"}, action.MarkSent{Message: 7}},
		{event.JobUnsure, []string{"x", "x"}, action.Discard{Message: 7}},
		{event.JobUnsure, []string{"w"}, action.Close{}},
		{event.JobUnsure, []string{"r"}, nil},
		{event.JobHeld, []string{"r"}, action.Release{Message: 7}},
		{event.JobHeld, []string{"u"}, action.Decide{Message: 3}},
		{event.JobUnsure, []string{"u"}, nil},
		{event.JobFailed, []string{"s"}, action.SendAgain{Message: 7}},
		{event.JobFailed, []string{"m"}, nil},
		{event.JobSent, []string{"s", "s"}, nil},
	} {
		if got := press(NewUnsure(look(), message(c.job), 3), c.keys...); got != c.want {
			t.Errorf("%s %v: got %#v, want %#v", c.job, c.keys, got, c.want)
		}
	}
}

// A receipt that settles the send takes the choice away, and a key pressed once
// before is forgotten.
func TestUnsureSettled(t *testing.T) {
	u := NewUnsure(look(), message(event.JobUnsure), 0)
	press(u, "s")
	if u.SetMessage(message(event.JobSent), 0) {
		t.Error("there is still something to decide")
	}
	if got := press(u, "s"); got != nil {
		t.Errorf("s still does %#v", got)
	}
}

func TestConfirm(t *testing.T) {
	q := Question{Title: "Quit?", Said: words.Said{Happened: "x"}, Key: "y", Do: action.Quit{}}
	for name, want := range map[string]action.Action{"y": action.Quit{}, "esc": action.Close{}, "n": action.Close{}, "enter": nil} {
		if got := press(NewConfirm(look(), q), name); got != want {
			t.Errorf("%s: got %#v, want %#v", name, got, want)
		}
	}
}

// The strip lets every key by until it is taken up: the agent is already in the
// next conversation.
func TestResolvePasses(t *testing.T) {
	r := NewResolve(look(), elif())
	for _, name := range []string{"j", "r", "enter", "4", "x"} {
		if _, ok := press(r, name).(action.Pass); !ok {
			t.Errorf("%s does not pass", name)
		}
	}
	if _, ok := r.Paste("x").(action.Pass); !ok || r.Busy() {
		t.Error("a paste does not pass, or the strip is busy")
	}
	if _, ok := press(r, "esc").(action.Close); !ok {
		t.Error("Esc does not take it away")
	}
}

func TestResolveDescribes(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want event.Resolution
	}{
		{"note", []string{"tab", "'pipe fixed", "enter"}, event.Resolution{Notes: "pipe fixed"}},
		{"stars", []string{"tab", "tab", "5", "left", "enter"}, event.Resolution{CSAT: 4}},
		{
			"tomorrow",
			[]string{"tab", "tab", "tab", "right", "enter"},
			event.Resolution{FollowUp: time.Date(2025, 11, 21, 9, 0, 0, 0, time.UTC)},
		},
		{
			"next week",
			[]string{"tab", "shift+tab", "3", "enter"},
			event.Resolution{FollowUp: time.Date(2025, 11, 24, 9, 0, 0, 0, time.UTC)},
		},
	} {
		r := NewResolve(look(), elif())
		got := press(r, c.keys...)
		if want := (action.Describe{Conversation: "c_elif", Resolution: c.want}); got != want {
			t.Errorf("%s: got %#v, want %#v", c.name, got, want)
		}
	}
	if got := press(NewResolve(look(), elif()), "tab", "enter"); got != (action.Close{}) {
		t.Errorf("nothing entered asks for %#v", got)
	}
}

func TestFollowUpNextWeekIsMonday(t *testing.T) {
	for d := range 7 {
		at := followUp(2, now().AddDate(0, 0, d))
		if at.Weekday() != time.Monday || !at.After(now().AddDate(0, 0, d)) || at.Sub(now().AddDate(0, 0, d)) > 7*24*time.Hour {
			t.Errorf("from %s: %s", now().AddDate(0, 0, d).Weekday(), at)
		}
	}
}

func TestDetailsSayWhatToDo(t *testing.T) {
	d := NewDetails(look(), message(event.JobSent))
	d.SetEvents(detailEvents())
	got := screen(t, d, 120, 38)
	for _, want := range []string{"not delivered", "The number is not on WhatsApp. Check the number or reach the customer another way.", "Check the number", "131026", "attempt 2", "event 415"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	d = NewDetails(look(), store.Message{Direction: store.Incoming})
	if got := screen(t, d, 80, 22); strings.Contains(got, "Nothing is in the log") {
		t.Errorf("says that there is nothing before it has looked:\n%s", got)
	}
}

// Hostile text in every place that others write keeps the grid exact.
func TestHostileText(t *testing.T) {
	bad := "a\x1b[31mb\u202ec👩‍👩‍👧‍👦\t山\u0301\u0301\r\nاَلْ"
	c := elif()
	c.Name, c.Link.Ref, c.Link.Fields = bad, bad, map[string]string{bad: bad}
	ts := templates()
	for i := range ts {
		ts[i].Name += bad
		ts[i].Components = append(ts[i].Components, component(provider.PartBody, bad), quick(bad, bad))
	}
	m := message(event.JobUnsure)
	m.Content.Text = bad
	events := detailEvents()
	for w := 20; w < 130; w += 7 {
		for _, o := range []Overlay{
			NewPicker(look(), PickerData{Conversation: c, Caps: whatsapp(), Templates: ts, Why: true}),
			NewAssign(look(), []Agent{{ID: "x", Name: bad}, {Team: bad}}, "ana", "x", bad), NewUnsure(look(), m, 0), NewResolve(look(), c),
		} {
			screen(t, o, w, 24)
			o.Paste(bad)
			screen(t, o, w, 12)
		}
		s := NewSearch(look())
		s.Paste(bad)
		s.SetHits(s.Query(), []Hit{{Name: bad, Snippet: bad}}, false)
		screen(t, s, w, 24)
		d := NewDetails(look(), m)
		d.SetEvents(events)
		screen(t, d, w, 24)
	}
}

// TestSearchOpensWhenTheAnswerComes: Enter before the answer is not lost, and
// opens nothing once the search was left or other words were typed.
func TestSearchOpensWhenTheAnswerComes(t *testing.T) {
	hits := []Hit{{Conversation: "c_1", Message: 4}}
	for name, c := range map[string]struct {
		keys  []string
		opens bool
	}{
		"enter":              {[]string{"enter"}, true},
		"enter, then esc":    {[]string{"enter", "esc"}, false},
		"nothing":            {nil, false},
		"enter, other words": {[]string{"enter", "'x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSearch(look())
			press(s, "'fu")
			press(s, c.keys...)
			act := s.SetHits("fu", hits, false)
			if _, opens := act.(action.OpenConversation); opens != c.opens {
				t.Errorf("it asked for %+v", act)
			}
		})
	}
}
