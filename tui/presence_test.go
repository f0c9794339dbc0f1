package tui

import (
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// wireOf is the relay's side of a screen's presence.
type wireOf struct {
	mu    sync.Mutex
	said  []event.Presence
	heard []event.Presence
	come  chan struct{}
}

func withPresence(o Options) (Options, *wireOf) {
	w := &wireOf{come: make(chan struct{}, 1)}
	o.Present = func(p event.Presence) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, p)
	}
	o.Presence = func() []event.Presence {
		w.mu.Lock()
		defer w.mu.Unlock()
		list := w.heard
		w.heard = nil
		return list
	}
	o.PresenceChanged = w.come
	return o, w
}

func (w *wireOf) hear(list ...event.Presence) {
	w.mu.Lock()
	w.heard = append(w.heard, list...)
	w.mu.Unlock()
	w.come <- struct{}{}
}

func (w *wireOf) last() event.Presence {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.said) == 0 {
		return event.Presence{}
	}
	return w.said[len(w.said)-1]
}

func TestWhoIsHereIsInRowAndHeaderAndGoes(t *testing.T) {
	o, w := withPresence(options(storetest.New(t)))
	s := open(t, o, 160, 48, "Grace", "Is the 3 pm slot still free?")
	grace := storetest.ID(storetest.Grace)
	w.hear(event.Presence{Agent: "ben", Conversation: grace, Doing: event.Viewing}, event.Presence{Agent: "zoe", Conversation: grace, Doing: event.Writing})
	s.WaitText("zoe is writing · ben is viewing · open · @ana")
	s.WaitFor(func(screen string) bool { return strings.Count(screen, "zoe is writing") == 2 })
	w.hear(event.Presence{Agent: "zoe"})
	s.WaitFor(func(screen string) bool {
		return strings.Count(screen, "ben is viewing") == 2 && !strings.Contains(screen, "zoe is")
	})
	s.Send(LinkMsg{Since: storetest.Now, Trouble: "cut"})
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "is viewing") })
}

// A word that is not repeated is forgotten when its clock says so, and nothing else
// ticks for it.
func TestAWordOnSomebodyIsForgotten(t *testing.T) {
	o, w := withPresence(options(storetest.New(t)))
	s := open(t, o, 120, 40, "Grace", "Is the 3 pm slot still free?")
	w.hear(event.Presence{Agent: "ben", Conversation: storetest.ID(storetest.Grace), Doing: event.Viewing})
	s.WaitText("ben is viewing")
	s.Send(forgetMsg{gen: 0}) // of a clock that is not waited for any more
	s.Settle()
	if !strings.Contains(s.Text(), "ben is viewing") {
		t.Error("forgotten too early")
	}
	s.Send(forgetMsg{gen: 1})
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "is viewing") })
}

func TestTheTeamIsToldWhatIsDoneHere(t *testing.T) {
	o, w := withPresence(options(storetest.New(t)))
	s := start(t, o, 120, 40)
	goAll(s)
	if p := w.last(); p.Doing != event.Gone {
		t.Errorf("in the list: %+v", p)
	}
	s.Press("enter")
	s.WaitFor(func(string) bool { return w.last().Doing == event.Viewing })
	at := w.last().Conversation
	s.Press("n")
	s.Type("a note is no reply")
	s.WaitText("a note is no reply")
	if p := w.last(); p.Doing != event.Viewing {
		t.Errorf("in a note: %+v", p)
	}
	s.Press("esc", "r")
	s.Type("hi")
	s.WaitFor(func(string) bool { return w.last() == event.Presence{Conversation: at, Doing: event.Writing} })
	s.Press("esc", "esc")
	s.WaitFor(func(string) bool { return w.last() == event.Presence{} })
}

// Who stopped typing writes no more, although the draft is there.
func TestWritingEndsWithThePause(t *testing.T) {
	now := storetest.Now
	var mu sync.Mutex
	o, w := withPresence(options(storetest.New(t)))
	o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s := open(t, o, 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("hi")
	s.WaitFor(func(string) bool { return w.last().Doing == event.Writing })
	mu.Lock()
	now = now.Add(writingFor)
	mu.Unlock()
	s.Send(restMsg{})
	s.WaitFor(func(string) bool { return w.last().Doing == event.Viewing })
}
