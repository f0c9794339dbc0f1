package provider

import (
	"slices"
	"time"
)

// Outside is what remains when the window is not open.
type Outside string

// What may remain.
const (
	TemplatesOnly Outside = "templates"
	TaggedOnly    Outside = "tagged"
	Nothing       Outside = "nothing"
)

// WindowRule is for how long after the customer's last message free text may
// go.
type WindowRule struct {
	// For is the length of the window; 0 means there is no such rule.
	For time.Duration `json:"for,omitempty"`
	// Outside is what may still go when it has closed.
	Outside Outside `json:"outside,omitempty"`
	// TaggedFor is for how long a tagged message may go, where Outside is
	// TaggedOnly; the tag is one of Tags.
	TaggedFor time.Duration `json:"tagged_for,omitempty"`
	Tags      []string      `json:"tags,omitempty"`
	// Templates means that templates may go at any time as well, where Outside is
	// TaggedOnly.
	Templates bool `json:"templates,omitempty"`
	// Blind means that a rule exists and this API shows us no inbound
	// messages, so that we cannot know the state.
	Blind bool `json:"blind,omitempty"`
}

// WindowState is whether free text may go now.
type WindowState string

// The states of a window.
const (
	WindowNone    WindowState = "none"    // no such rule on this network
	WindowOpen    WindowState = "open"    //
	WindowShut    WindowState = "closed"  // the time is over, or the customer never wrote
	WindowUnknown WindowState = "unknown" // this API shows no inbound messages
)

// State judges the window at now. closes is the instant it closes or closed;
// zero when it never opened or cannot be known.
func (w WindowRule) State(lastInbound, now time.Time) (state WindowState, closes time.Time) {
	switch {
	case w.Blind:
		return WindowUnknown, time.Time{}
	case w.For == 0:
		return WindowNone, time.Time{}
	case lastInbound.IsZero():
		return WindowShut, time.Time{}
	}
	closes = lastInbound.Add(w.For)
	if now.Before(closes) {
		return WindowOpen, closes
	}
	return WindowShut, closes
}

// Tag is the network's word under which a person's own answer may still go when
// the window has closed, and until when; empty where none is needed or none helps.
func (w WindowRule) Tag(lastInbound, now time.Time) (tag string, until time.Time) {
	if state, _ := w.State(lastInbound, now); state != WindowShut || w.Outside != TaggedOnly || len(w.Tags) == 0 || lastInbound.IsZero() {
		return "", time.Time{}
	}
	if until = lastInbound.Add(w.TaggedFor); !now.Before(until) {
		return "", time.Time{}
	}
	return w.Tags[0], until
}

func (c *Capabilities) checkWindow(m *Outgoing, lastInbound, now time.Time) *Refusal {
	state, closed := c.Window.State(lastInbound, now)
	if state != WindowShut {
		return nil
	}
	switch c.Window.Outside {
	case TemplatesOnly:
		if m.Content.Kind == Templated {
			return nil
		}
	case TaggedOnly:
		if c.Window.Templates && m.Content.Kind == Templated {
			return nil
		}
		if slices.Contains(c.Window.Tags, m.Tag) && now.Before(lastInbound.Add(c.Window.TaggedFor)) {
			return nil
		}
	}
	return &Refusal{Reason: RefusedWindow, Since: closed, Outside: c.Window.Outside}
}
