package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

// ears is an agent who is told things, and all that they were told.
type ears struct {
	t    *testing.T
	st   *store.Store
	log  *storetest.Log
	s    *tuitest.Screen
	told chan Told
	fail error
}

func listening(t *testing.T, change func(*Notify)) *ears {
	t.Helper()
	st, log := storetest.NewWithLog(t)
	e := &ears{t: t, st: st, log: log, told: make(chan Told, 100)}
	o := options(st)
	o.Notify = Notify{Bell: true, Desktop: Desktop9, Content: true, Messages: ScopeMine, Assignments: true, Mentions: true, Closing: true}
	o.Notify.Run = func(_ context.Context, x Told) error {
		e.told <- x
		return e.fail
	}
	if change != nil {
		change(&o.Notify)
	}
	ctx, cancel := context.WithCancel(context.Background())
	e.s = tuitest.New(t, New(ctx, o), 120, 40, tuitest.Recorded())
	t.Cleanup(cancel)
	openOn(e.s, "Grace", "Is the 3 pm slot still free?")
	return e
}

func (e *ears) away() {
	e.s.Send(tea.BlurMsg{})
	e.s.Settle()
}

func (e *ears) apply(events ...event.Event) {
	e.t.Helper()
	if err := e.st.Apply(e.t.Context(), events); err != nil {
		e.t.Fatal(err)
	}
}

// hears is the next thing that is told.
func (e *ears) hears() Told {
	e.t.Helper()
	select {
	case x := <-e.told:
		return x
	case <-time.After(20 * time.Second):
		e.t.Fatal("nothing was told")
		return Told{}
	}
}

// silent finds out that nothing else was told, by something that is told after it.
func (e *ears) silent() {
	e.t.Helper()
	e.apply(e.log.By(storetest.Ben, storetest.Omar, event.Noted{Text: "@ana look", Mentions: []event.AgentID{storetest.Ana}}))
	if x := e.hears(); x.Kind != toldMention {
		e.t.Errorf("told %+v", x)
	}
}

func (e *ears) wrote(chat provider.ChatID, text string) event.Event {
	return e.log.Inbound(chat, "", text, e.log.At)
}

func TestWhoLooksElsewhereIsTold(t *testing.T) {
	e := listening(t, nil)
	e.apply(e.wrote(storetest.Grace, "while she looks"))
	e.s.WaitText("while she looks")
	e.away()
	e.apply(e.wrote(storetest.Grace, "and at 4 pm?"))
	if x := e.hears(); x.Kind != toldMessage || x.Title != "Grace Obi" || x.Text != "and at 4 pm?" || x.Conversation != storetest.ID(storetest.Grace) || x.Account == "" {
		t.Errorf("told %+v", x)
	}
	e.apply(e.log.By(storetest.Ben, storetest.Omar, event.Assigned{To: storetest.Ana}))
	if x := e.hears(); x.Kind != toldAssignment || x.Text != "ben assigned it to you" {
		t.Errorf("told %+v", x)
	}
	e.apply(e.log.By(storetest.Ana, storetest.Omar, event.Assigned{To: storetest.Ana})) // her own doing, on another machine
	e.apply(e.log.By(storetest.Ben, storetest.Priya, event.Assigned{To: storetest.Ben}), e.wrote(storetest.Priya, "a colleague's"))
	e.silent()
	e.s.Settle()
	out := tuitest.Read(e.s.Wrote())
	if len(out.Notes) != 3 || out.Notes[0] != "9;Grace Obi: and at 4 pm?" || out.Bells != 3 || len(out.Foreign) > 0 {
		t.Errorf("the terminal got %q, %d bells, %v", out.Notes, out.Bells, out.Foreign)
	}
	e.s.Send(tea.FocusMsg{})
	e.s.Settle()
	e.apply(e.wrote(storetest.Grace, "looked at again"))
	e.s.WaitText("looked at again")
	e.away()
	e.silent()
}

func TestAMutedConversationIsSilent(t *testing.T) {
	e := listening(t, nil)
	e.s.Press("m")
	e.s.WaitText("you are told nothing more of Grace Obi")
	e.s.WaitText("open · @ana · muted")
	e.away()
	e.apply(e.wrote(storetest.Grace, "hello?"))
	e.silent()
	e.s.Press("m")
	e.s.WaitText("you are told of Grace Obi again")
	e.s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "muted") })
	e.apply(e.wrote(storetest.Grace, "hello again?"))
	if x := e.hears(); x.Text != "hello again?" {
		t.Errorf("told %+v", x)
	}
}

func TestContentStaysIn(t *testing.T) {
	e := listening(t, func(n *Notify) { n.Content, n.Desktop = false, Desktop777 })
	e.away()
	e.apply(e.wrote(storetest.Grace, "my number is 4111"))
	if x := e.hears(); x.Title != "A customer wrote" || x.Text != "" {
		t.Errorf("told %+v", x)
	}
	e.s.Settle()
	if got := tuitest.Read(e.s.Wrote()).Notes; !slices.Equal(got, []string{"777;notify;A customer wrote;"}) {
		t.Errorf("the terminal got %q", got)
	}
}

func TestScopesAndHoursOfSilence(t *testing.T) {
	now := storetest.Now
	hour := time.Duration(now.Hour()) * time.Hour
	for name, quiet := range map[string]struct {
		change func(*Notify)
		told   bool
	}{
		"all":                   {func(n *Notify) { n.Messages = ScopeAll }, true},
		"none":                  {func(n *Notify) { n.Messages = ScopeNone }, false},
		"of another, mine only": {nil, false},
		"in the quiet hours":    {func(n *Notify) { n.Messages, n.Quiet = ScopeAll, [2]time.Duration{hour, hour + time.Hour} }, false},
		"over midnight": {func(n *Notify) {
			n.Messages, n.Quiet = ScopeAll, [2]time.Duration{hour - time.Hour, hour - 2*time.Hour}
		}, false},
		"before them": {func(n *Notify) { n.Messages, n.Quiet = ScopeAll, [2]time.Duration{hour + time.Hour, hour - time.Hour} }, true},
	} {
		n := Notify{Messages: ScopeMine, Always: true}
		if quiet.change != nil {
			quiet.change(&n)
		}
		a := New(t.Context(), options(storetest.New(t)))
		a.opts.Notify = n
		a.opts.Now = func() time.Time { return now }
		others := about{kind: toldMessage, conversation: store.Conversation{Assignee: storetest.Ben}}
		if got := a.wants(toldMessage) && a.concernsMe(&others); got != quiet.told {
			t.Errorf("%s: told %v", name, got)
		}
	}
}

func TestAWindowThatEndsIsToldOnce(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	var told []Told
	a.blurred, a.opts.Notify = true, Notify{Closing: true, Content: true, Run: func(_ context.Context, x Told) error {
		told = append(told, x)
		return nil
	}}
	rows := []store.Conversation{
		{ID: "a", Name: "Ada", Assignee: a.me, WaitingSince: storetest.Now, Closes: storetest.Now.Add(time.Hour)},
		{ID: "b", Name: "Bo", Assignee: storetest.Ben, WaitingSince: storetest.Now, Closes: storetest.Now.Add(time.Hour)},
		{ID: "c", Name: "Cy", Assignee: a.me, Closes: storetest.Now.Add(time.Hour)}, // nobody waits there
	}
	for range 2 {
		finish(a, a.gotClosing(closingMsg{rows: rows}))
	}
	if len(told) != 1 || told[0].Title != "Ada" || told[0].Kind != toldClosing || !strings.HasPrefix(told[0].Text, "the window closes at ") {
		t.Errorf("told %+v", told)
	}
	rows[0].Closes = rows[0].Closes.Add(24 * time.Hour)
	finish(a, a.gotClosing(closingMsg{rows: rows}))
	if len(told) != 2 {
		t.Errorf("the next window's end was not told: %+v", told)
	}
}

// A command that fails is said once, and does not run for all that waits.
func TestACommandThatFails(t *testing.T) {
	e := listening(t, nil)
	e.fail = errors.New("notify-send ended with 1")
	e.away()
	e.apply(e.wrote(storetest.Grace, "hello?"))
	e.hears()
	e.s.WaitText("the command of [notify] failed: notify-send ended with 1. Mend it in config.toml.")
}

// Whatever a customer writes, nothing of it ends the notification or begins another
// sequence, on any terminal and within tmux.
func TestHostileWordsStayInTheirNotification(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	a.blurred = true
	for _, desktop := range []Desktop{Desktop9, Desktop777, Desktop99} {
		for _, entry := range hostile.Texts(t) {
			text := entry.Text(t)
			a.opts.Notify = Notify{Desktop: desktop, Content: true, Messages: ScopeAll}
			x := a.told(&about{kind: toldMessage, conversation: store.Conversation{ID: "1", Name: text}, text: text})
			s := a.opts.Notify.sequence(x.Title, x.Text)
			// A terminal takes letters apart before it looks for controls; the reader here
			// takes a byte within one, that of Ü, for the end of the sequence.
			read := strings.Map(func(r rune) rune {
				if strings.IndexByte(string(r), 0x9c) >= 0 {
					return 'x'
				}
				return r
			}, s)
			if out := tuitest.Read([]byte(read)); len(out.Foreign) > 0 || out.Shown > 0 || out.Bells > 0 || len(out.Notes) != strings.Count(s, "\x1b]") {
				t.Fatalf("%s: %q became %+v", desktop, text, out)
			}
			a.opts.Notify.Passthrough = true
			in := a.opts.Notify.sequence(x.Title, x.Text)
			if inner, ok := strings.CutPrefix(in, "\x1bPtmux;"); !ok || strings.ReplaceAll(strings.TrimSuffix(inner, "\x1b\\"), "\x1b\x1b", "\x1b") != s {
				t.Fatalf("%s: within tmux %q", desktop, in)
			}
		}
	}
}
