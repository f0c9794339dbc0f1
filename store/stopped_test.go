package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TestAfterAFailedFlushNothingIsKept (P16): every way of writing is refused until
// the store is opened again, and reading goes on. The state is set by hand: that a
// failed flush of the real program leads here is swept by TestFaultPointsTerminal.
func TestAfterAFailedFlushNothingIsKept(t *testing.T) {
	opt := Options{Path: filepath.Join(t.TempDir(), "store.db"), Now: time.Now, NewOp: func() provider.OpID { return "op" }}
	s, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	hello := Hello{Epoch: "e", Key: event.Key("k")}
	if err := s.Hello(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	s.stopped.Store(&DiskError{Stopped: true, Err: errors.New("flush")})
	_, send := s.Send(t.Context(), provider.Outgoing{To: provider.ChatKey{Account: "a", Chat: "1"}, Content: provider.TextContent("hi")})
	_, _, claim := s.Claim(t.Context(), time.Now(), nil)
	_, recovers := s.Recover(t.Context(), nil)
	done, scrub := s.scrub()
	for name, err := range map[string]error{
		"greet": s.Hello(t.Context(), hello), "send": send, "draft": s.SaveDraft(t.Context(), "c", DraftReply, "x"), "recover": recovers,
		"facts": s.Apply(t.Context(), []event.Event{{Seq: 1, ID: "x", Kind: "x", Version: 1, Body: event.Opaque{}}}), "scrub": scrub,
	} {
		var disk *DiskError
		if !errors.As(err, &disk) || !disk.Stopped {
			t.Errorf("%s after a failed flush: %v", name, err)
		}
	}
	if claim != nil || done {
		t.Errorf("an empty queue: %v; scrubbed %v", claim, done)
	}
	if at, err := s.Cursor(t.Context()); err != nil || at.Seq != 0 {
		t.Errorf("reading after a failed flush: %+v, %v", at, err)
	}
	if c, err := s.Counts(t.Context()); err != nil || !c.Stopped {
		t.Errorf("the counts do not say so: %+v, %v", c, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if s, err = Open(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Hello(t.Context(), hello), s.Close()); err != nil {
		t.Errorf("opened again: %v", err)
	}
}
