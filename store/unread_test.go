package store_test

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/store/storetest"
)

// What the network sent and nobody can read is the last thing that happened in
// its conversation, and everything behind it can be looked at.
func TestUnknownIsTheLatest(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hola", storetest.Now))
	e := w.log.Event("u", storetest.ID("1"), provider.Unknown{Field: "poll", Raw: []byte(`{"q":1}`)})
	w.apply(e)
	if got := w.conversation("1").Preview; got.Content != provider.Unsupported {
		t.Errorf("the list shows %+v", got)
	}
	m := w.thread("1")
	last := m[len(m)-1]
	if last.Content.Kind != provider.Unsupported {
		last = m[0]
	}
	events, err := w.s.MessageEvents(t.Context(), last.Key)
	if err != nil || len(events) != 1 || events[0].Seq != e.Seq {
		t.Errorf("behind it are %+v, %v", events, err)
	}
}
