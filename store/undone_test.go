package store_test

import (
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// Undoing restores what an action had ended, beside what the customer wrote
// since.
func TestUndoneRestoresBesideWhatCameSince(t *testing.T) {
	since := storetest.Now.Add(-time.Hour)
	for _, c := range []struct {
		name     string
		do, undo event.Body
	}{
		{"read", event.Marked{}, event.Marked{Unread: true, Count: 2}},
		{"resolved", event.Resolved{}, event.Reopened{Undone: &event.Undone{Unread: 2, WaitingSince: since}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, log := storetest.NewWithLog(t)
			events := []event.Event{
				log.Inbound("34611000111", "Nuria Soler", "hola", since), log.Inbound("34611000111", "Nuria Soler", "¿hola?", since.Add(time.Minute)),
				log.By(storetest.Ben, "34611000111", c.do), log.Inbound("34611000111", "Nuria Soler", "¿?", storetest.Now),
				log.By(storetest.Ben, "34611000111", c.undo),
			}
			if err := st.Apply(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			got, err := st.Conversation(t.Context(), storetest.ID("34611000111"))
			if err != nil {
				t.Fatal(err)
			}
			if got.Unread != 3 || got.Marked || got.Status != store.StatusOpen || !got.WaitingSince.Equal(since) {
				t.Errorf("unread %d, marked %v, %s, waits since %v; want 3, no mark, open, %v", got.Unread, got.Marked, got.Status, got.WaitingSince, since)
			}
		})
	}
}
