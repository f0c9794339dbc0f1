package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"frontdesk/store"
)

// TestTroubleOfTheDiskHasTwoParts: what happened, and what to do; and what says
// both already stays as it is.
func TestTroubleOfTheDiskHasTwoParts(t *testing.T) {
	cause := errors.New("the cause")
	for name, c := range map[string]struct {
		err  error
		what string
		todo string
	}{
		"full":    {fmt.Errorf("keep the message: %w", &store.DiskError{Full: true, Err: cause}), "keep the message: the disk is full", "make room"},
		"stopped": {&store.DiskError{Stopped: true, Err: cause}, "nothing more is kept", "check the disk"},
		"failed":  {&store.DiskError{Err: cause}, "the disk failed", "check the disk"},
		"damaged": {&store.BrokenError{Path: "store.db", Why: "a page"}, "is damaged", "do it again"},
		"said":    {&fault{what: "it is full", todo: "wait", err: &store.DiskError{Full: true, Err: cause}}, "it is full", "wait"},
	} {
		what, todo, two := strings.Cut(plainly(c.err).Error(), "; ")
		if !two || !strings.Contains(what, c.what) || !strings.HasPrefix(todo, c.todo) {
			t.Errorf("%s: %v", name, plainly(c.err))
		}
	}
	if got := plainly(cause); !errors.Is(got, cause) || got.Error() != cause.Error() {
		t.Error("another error is changed")
	}
}
