package webhookrelay

import (
	"encoding/json"
	"maps"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	// presenceBurst and presencePerSecond bound what of one terminal is passed on;
	// what is more is thrown away, and the next beat says it again.
	presenceBurst     = 10
	presencePerSecond = 1
)

// overheard is what one stream has still to tell its terminal besides events: the
// last word of each colleague, and when each account's templates were last listed, so
// that a slow terminal costs the others nothing and the relay no more than one word a
// colleague or an account.
type overheard struct {
	mu     sync.Mutex
	last   map[event.AgentID]event.Presence
	looked map[provider.AccountID]time.Time
	come   chan struct{} // capacity 1
}

func newOverheard() *overheard {
	return &overheard{last: map[event.AgentID]event.Presence{}, looked: map[provider.AccountID]time.Time{}, come: make(chan struct{}, 1)}
}

func (h *overheard) put(p event.Presence) {
	h.mu.Lock()
	h.last[p.Agent] = p
	h.mu.Unlock()
	h.came()
}

func (h *overheard) look(id provider.AccountID, at time.Time) {
	h.mu.Lock()
	h.looked[id] = at
	h.mu.Unlock()
	h.came()
}

func (h *overheard) came() {
	select {
	case h.come <- struct{}{}:
	default:
	}
}

// remark is a frame that is no event.
type remark struct {
	Present []event.Presence                 `json:"present,omitempty"`
	Looked  map[provider.AccountID]time.Time `json:"looked,omitempty"`
}

func (h *overheard) take() remark {
	h.mu.Lock()
	defer h.mu.Unlock()
	said := remark{Looked: maps.Clone(h.looked)}
	for _, p := range h.last {
		said.Present = append(said.Present, p)
	}
	clear(h.last)
	clear(h.looked)
	return said
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

// looked tells every terminal that an account's templates were listed just now. It is
// no event: that they are as they were is no fact to keep.
func (ss *streams) looked(id provider.AccountID, at time.Time) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for s := range ss.open {
		s.heard.look(id, at)
	}
}
