package main

import (
	"sync"
	"time"
)

// clock is the demo's time. While the days before are played it stands where
// it is set; afterwards it is the machine's. Everything of the demo — relay,
// pretend network, store, screen — reads this one clock, so that a message of
// yesterday is a message of yesterday everywhere.
type clock struct {
	mu   sync.Mutex
	held time.Time
	real func() time.Time
}

func newClock(real func() time.Time) *clock { return &clock{real: real} }

// Now returns the held time, or the machine's when none is held. It never goes
// back while it is held.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.held.IsZero() {
		return c.held
	}
	return c.real()
}

// Hold stops the clock at t, unless it already stands later.
func (c *clock) Hold(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.held) {
		c.held = t
	}
}

// Release lets the machine's time run.
func (c *clock) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = time.Time{}
}
