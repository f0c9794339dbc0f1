package main

import (
	"sync"

	"frontdesk/webhookrelay/event"
)

// presences keeps the last word on each colleague until the screen takes it: the feed
// never waits for the screen.
type presences struct {
	mu      sync.Mutex
	last    map[event.AgentID]event.Presence
	changed chan struct{} // capacity 1; nil where there is no screen
}

func (p *presences) put(list []event.Presence) {
	p.mu.Lock()
	if p.last == nil {
		p.last = map[event.AgentID]event.Presence{}
	}
	for _, x := range list {
		p.last[x.Agent] = x
	}
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *presences) take() []event.Presence {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]event.Presence, 0, len(p.last))
	for agent, x := range p.last {
		list = append(list, x)
		delete(p.last, agent)
	}
	return list
}

// present tells the team what this agent does, where this process has the link.
func (d *desk) present(p event.Presence) {
	d.mu.Lock()
	c := d.relay
	d.mu.Unlock()
	if c != nil {
		c.Present(p)
	}
}
