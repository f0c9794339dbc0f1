package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestWhatIsReadBack: the history stands above the thread in its order and counts at
// its time; it opens no window, is nothing unread, reopens nothing and is found; what
// is known already comes once.
func TestWhatIsReadBack(t *testing.T) {
	s, log := storetest.NewWithLog(t)
	now := storetest.Now
	in, day := storetest.ID("34600999888"), 24*time.Hour
	past := func(n int, ago time.Duration, ours bool) event.Event {
		id := provider.MessageID(fmt.Sprintf("old.%d", n))
		text := provider.TextContent(fmt.Sprintf("ancient %d", n))
		who := provider.Sender{User: "34600999888", Phone: "34600999888"}
		if ours {
			return log.Event("e:"+string(id), in, provider.MessageSent{Message: id, To: who, SentAt: now.Add(-ago), Content: text, Past: true})
		}
		return log.Event("m:"+string(id), in, provider.MessageReceived{Message: id, From: who, SentAt: now.Add(-ago), Content: text, Past: true})
	}
	apply := func(events ...event.Event) {
		t.Helper()
		if err := s.Apply(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
	apply(log.Account(), log.Inbound("34600999888", "Eva", "ancient history?", now.Add(-2*day)), log.Event("r", in, event.Resolved{}))
	before, err := s.Conversation(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	// A page comes newest first; the second page is older; one is between what is known.
	apply(past(4, 5*day, true), past(3, 6*day, false))
	apply(past(2, 9*day, true), past(1, 10*day, false), past(5, day+time.Hour, false), past(1, 10*day, false))
	after, err := s.Conversation(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if after.Status != store.StatusResolved || after.Unread != before.Unread || !after.LastInbound.Equal(before.LastInbound) || after.Preview.Text != before.Preview.Text {
		t.Errorf("from %+v\nto %+v", before, after)
	}
	list, err := s.Messages(t.Context(), in, store.MessageCursor{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, m := range list {
		if m.Kind == store.KindMessage {
			said = append(said, m.Content.Text)
		}
	}
	if want := []string{"ancient 1", "ancient 2", "ancient 3", "ancient 4", "ancient history?", "ancient 5"}; !slices.Equal(said, want) {
		t.Errorf("the thread reads %q, want %q", said, want)
	}
	if at := list[0].At; !at.Equal(now.Add(-10 * day)) {
		t.Errorf("the first is of %v", at)
	}
	above, err := s.Messages(t.Context(), in, store.MessageCursor{Key: list[2].Key}, 50)
	if err != nil || len(above) != 2 {
		t.Errorf("above the third there are %d, %v", len(above), err)
	}
	hits, err := s.Search(t.Context(), "ancient", store.SearchCursor{}, 50)
	if err != nil || len(hits) != 6 {
		t.Errorf("found %d, %v", len(hits), err)
	}
	apply(log.Event("x", in, event.Erased{}))
	if hits, err = s.Search(t.Context(), "ancient", store.SearchCursor{}, 50); err != nil || len(hits) != 0 {
		t.Errorf("found %d of an erased contact, %v", len(hits), err)
	}
}
