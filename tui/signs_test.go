package tui

import (
	"context"
	"sync"
	"testing"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// signed is the network's side of what customers are shown.
type signed struct {
	mu    sync.Mutex
	calls []provider.Call
}

func (n *signed) ask(_ context.Context, c provider.Call) (provider.Answer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, c)
	return provider.Answer{}, nil
}

// of are the customer's messages that a kind of sign was about.
func (n *signed) of(what provider.CallKind) (list []provider.MessageID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.calls {
		if c.What == what {
			list = append(list, c.Message)
		}
	}
	return list
}

// signing are options of a network that shows both, of an agent who lets it.
func signing(t *testing.T, n *signed) Options {
	o := options(storetest.New(t))
	caps := *rules()
	caps.Typing, caps.ReadMark = provider.Full, provider.Full
	o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return &caps }
	o.Ask, o.Signs = n.ask, Signs{Typing: true, Read: true}
	return o
}

// TestSignsGoOnce: who opens a thread has its last message marked, who writes shows it,
// once in a while however much is typed; a note shows nothing.
func TestSignsGoOnce(t *testing.T) {
	n := &signed{}
	s := open(t, signing(t, n), 160, 48, "Lucía", "Hola, sigo sin agua")
	s.WaitFor(func(string) bool { return len(n.of(provider.CallRead)) == 1 })
	s.Press("n")
	s.Type("a note")
	s.WaitText("a note")
	s.Press("esc")
	s.Settle()
	if got := n.of(provider.CallTyping); len(got) != 0 {
		t.Errorf("a note showed %v", got)
	}
	s.Press("r")
	s.Type("hello there")
	s.WaitFor(func(string) bool { return len(n.of(provider.CallTyping)) > 0 })
	s.Type(", and more")
	s.Settle()
	typing, read := n.of(provider.CallTyping), n.of(provider.CallRead)
	if len(typing) != 1 || len(read) != 1 || typing[0] == "" || typing[0] != read[0] {
		t.Errorf("typing %v, read %v", typing, read)
	}
}

// TestSignsAreSetOff: each by what sets it off, and nothing is sent then.
func TestSignsAreSetOff(t *testing.T) {
	for name, c := range map[string]struct {
		change       func(*Options)
		typing, read int
	}{
		"hide typing": {func(o *Options) { o.Signs.Typing = false }, 0, 1},
		// On WhatsApp the sign of writing marks the message as read as well.
		"hide read": {func(o *Options) { o.Signs.Read = false }, 0, 0},
		"a network without": {func(o *Options) {
			o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return rules() }
		}, 0, 0},
		"nobody to ask": {func(o *Options) { o.Ask = nil }, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			n := &signed{}
			o := signing(t, n)
			c.change(&o)
			s := open(t, o, 160, 48, "Lucía", "Hola, sigo sin agua")
			s.Press("r")
			s.Type("hello")
			s.WaitText("hello")
			s.Settle()
			if typing, read := n.of(provider.CallTyping), n.of(provider.CallRead); len(typing) != c.typing || len(read) != c.read {
				t.Errorf("typing %v, read %v", typing, read)
			}
		})
	}
}

// TestWhoMayOnlyReadShowsNothing: nobody is told of somebody who cannot answer.
func TestWhoMayOnlyReadShowsNothing(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	role := log.Event("agent:ana:2", "", event.AgentDefined{Agent: storetest.Ana, Name: "ana", Role: event.RoleReadOnly})
	role.Account = ""
	if err := st.Apply(t.Context(), []event.Event{role}); err != nil {
		t.Fatal(err)
	}
	n := &signed{}
	o := signing(t, n)
	o.Store = st
	s := open(t, o, 160, 48, "Lucía", "Hola, sigo sin agua")
	s.WaitText("you may only read here")
	s.Settle()
	if len(n.of(provider.CallRead))+len(n.of(provider.CallTyping)) > 0 {
		t.Errorf("%+v", n.calls)
	}
}

// TestWhatIsNotLookedAtIsNotMarked: a list that has the focus shows nobody anything.
func TestWhatIsNotLookedAtIsNotMarked(t *testing.T) {
	n := &signed{}
	s := start(t, signing(t, n), 160, 48)
	goAll(s)
	s.Press("j", "j")
	s.Settle()
	if len(n.of(provider.CallRead))+len(n.of(provider.CallTyping)) > 0 {
		t.Errorf("%+v", n.calls)
	}
}
