package strings

import (
	"fmt"
	"strings"

	"frontdesk/provider"
)

// Keys tells the key of a command as the screen writes it; empty where it has
// none. A text that names a key of TRIAGE takes it from here, and does without
// where there is none: what the screen says is to be pressed does what it says.
type Keys func(command string) string

// none is where nothing is pressed, as for what a verb prints.
func none(string) string { return "" }

// or puts the key of a command in the place of %s, or takes the other text where
// it has none.
func (k Keys) or(command, with, without string) string {
	if key := k(command); key != "" {
		return fmt.Sprintf(with, key)
	}
	return without
}

// orF is or for a text that is a format itself: the key stands for %[1]s, and what
// the format takes is written with two signs.
func (k Keys) orF(command, with, without string) string {
	if key := k(command); key != "" {
		return fmt.Sprintf(with, strings.ReplaceAll(key, "%", "%%"))
	}
	return without
}

// way is how a command is reached: by its own key, else in the palette by its
// name, else by its name alone.
func (k Keys) way(command, name string) string {
	return k.or(command, "%s", k.or("palette", "%s, ", "")+name)
}

// bound leaves out hints of which the key is bound to nothing.
func bound(hints ...Hint) []Hint {
	out := make([]Hint, 0, len(hints))
	for _, h := range hints {
		if h.Key != "" {
			out = append(out, h)
		}
	}
	return out
}

// both shows two keys side by side, or the one that there is.
func both(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// refused is refused with the way to what a person can do about it.
func (k Keys) refused(r *provider.Refusal, at string) Said {
	s := refused(r, at)
	switch r.Reason {
	case provider.RefusedBlocked:
		s.Do = "Unblock them first: " + k.way("unblock", "unblock the contact") + "."
	case provider.RefusedConsent:
		s.Do = "Wait for their START. If they told you otherwise: " + k.way("allow", "messages to them again") + "."
	}
	return s
}

// failed is failed with the keys that help.
func (k Keys) failed(r provider.Reason) Said {
	s := failed(r)
	switch {
	case r == provider.NoAnswer:
		s.Do = k.or("again", "%s decides what to do.", s.Do)
	case s == failed(provider.Other):
		s.Do = "Its code is in the details" + k.or("details", " (%s)", "") + "."
	}
	return s
}

func (k Keys) mouse(on bool) string {
	if on {
		return "mouse on, Shift and drag select text"
	}
	return "mouse off, drag selects text · " + k.way("mouse", "mouse on or off")
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
