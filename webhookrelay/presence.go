package webhookrelay

import (
	"encoding/json"
	"sync"
	"time"

	"frontdesk/webhookrelay/event"
)

const (
	// presenceBurst and presencePerSecond bound what of one terminal is passed on;
	// what is more is thrown away, and the next beat says it again.
	presenceBurst     = 10
	presencePerSecond = 1
)

// overheard is what one stream has still to tell its terminal of colleagues: the last
// word of each, so that a slow terminal costs the others nothing and the relay no
// more than one word a colleague.
type overheard struct {
	mu   sync.Mutex
	last map[event.AgentID]event.Presence
	come chan struct{} // capacity 1
}

func newOverheard() *overheard {
	return &overheard{last: map[event.AgentID]event.Presence{}, come: make(chan struct{}, 1)}
}

func (h *overheard) put(p event.Presence) {
	h.mu.Lock()
	h.last[p.Agent] = p
	h.mu.Unlock()
	select {
	case h.come <- struct{}{}:
	default:
	}
}

func (h *overheard) take() []event.Presence {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]event.Presence, 0, len(h.last))
	for agent, p := range h.last {
		list = append(list, p)
		delete(h.last, agent)
	}
	return list
}

// readPresence reads what a terminal says it does. ok is false for anything else.
func readPresence(frame []byte, by event.AgentID) (p event.Presence, ok bool) {
	var said struct {
		Presence *event.Presence `json:"presence"`
	}
	if json.Unmarshal(frame, &said) != nil || said.Presence == nil {
		return p, false
	}
	p = *said.Presence
	p.Agent = by
	switch p.Doing {
	case event.Gone:
		p.Conversation = ""
		return p, true
	case event.Viewing, event.Writing:
		return p, conversationID.MatchString(string(p.Conversation))
	}
	return p, false
}

// present passes on what the terminal of this stream says it does, unless it says it
// too often.
func (s *stream) present(p event.Presence, a *allowance) {
	if a.take(1, time.Now()) {
		s.tell(p)
	} else {
		a.left = max(a.left, 0) // what was thrown away is not owed
	}
}

// tell gives a word on somebody to the streams of everybody else. It waits for none
// of them, and nothing of it is kept.
func (ss *streams) tell(p event.Presence) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for s := range ss.open {
		if s.token.Name != p.Agent {
			s.heard.put(p)
		}
	}
}
