package store_test

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// Who had the conversation when a message came is kept with the message, and with
// the conversation until the customer writes to this program.
func TestStandbyIsKept(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const chat provider.ChatID = "34611000111"
	theirs := log.Inbound(chat, "Nuria Soler", "¿hay mesa?", storetest.Now)
	body := theirs.Body.(provider.MessageReceived)
	body.Standby = true
	theirs.Body = body
	apply := func(events ...event.Event) store.Conversation {
		t.Helper()
		if err := st.Apply(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		c, err := st.Conversation(t.Context(), storetest.ID(chat))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := apply(theirs); !c.Standing.Standby.Equal(theirs.At) {
		t.Errorf("while another has it: %+v", c.Standing)
	}
	if c := apply(log.Inbound(chat, "Nuria Soler", "¿me oyes?", storetest.Now)); !c.Standing.Standby.IsZero() {
		t.Errorf("once it is ours: %+v", c.Standing)
	}
	list, err := st.Messages(t.Context(), storetest.ID(chat), store.MessageCursor{}, 10)
	if err != nil || len(list) != 2 || !list[0].Standby || list[1].Standby || list[0].Elsewhere != "" {
		t.Errorf("%+v, %v", list, err)
	}
}
