package webhookrelay

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TestCalls: the network is asked for what the driver can, by who may; its no is passed
// on, and what it sent nothing for is never uncertain.
func TestCalls(t *testing.T) {
	h := openHouse(t)
	chat := provider.ChatKey{Account: "hotel", Chat: guest}
	for name, c := range map[string]struct {
		role  event.Role
		call  provider.Call
		fails error
		want  int
	}{
		"typing":            {event.RoleAgent, provider.Call{What: provider.CallTyping, Chat: chat, Message: "m"}, nil, 200},
		"typing by a guest": {event.RoleReadOnly, provider.Call{What: provider.CallTyping, Chat: chat, Message: "m"}, nil, 403},
		"read by a guest":   {event.RoleReadOnly, provider.Call{What: provider.CallRead, Chat: chat, Message: "m"}, nil, 403},
		"window by a guest": {event.RoleReadOnly, provider.Call{What: provider.CallWindow, Chat: chat}, nil, 200},
		"history by one":    {event.RoleReadOnly, provider.Call{What: provider.CallHistory, Chat: chat}, nil, 403},
		"figures":           {event.RoleAgent, provider.Call{What: provider.CallFigures, Chat: chat}, nil, 200},
		"a dead network":    {event.RoleAgent, provider.Call{What: provider.CallFigures, Chat: chat}, errDown, 422},
		"a broken answer":   {event.RoleAgent, provider.Call{What: provider.CallHistory, Chat: chat}, errVague, 422},
		"a search":          {event.RoleAgent, provider.Call{What: provider.CallHistory, Chat: chat, Text: "x"}, nil, 404},
		"an unknown kind":   {event.RoleAgent, provider.Call{What: "dance", Chat: chat}, nil, 404},
		"no credential":     {event.RoleAgent, provider.Call{What: provider.CallWindow, Chat: provider.ChatKey{Account: "bare", Chat: "1"}}, nil, 404},
		"no chat":           {event.RoleAgent, provider.Call{What: provider.CallWindow}, nil, 400},
	} {
		h.net.fails = c.fails
		status, said := h.call(c.role, c.call)
		if status != c.want {
			t.Errorf("%s: %d, %+v", name, status, said)
		}
		if status == http.StatusUnprocessableEntity && (said.Error == nil || said.Error.Text == "" || said.Error.Uncertain) {
			t.Errorf("%s: %+v", name, said.Error)
		}
		if c.call.What == provider.CallWindow && status == 200 && (said.Window == nil || !said.Window.Open || !said.Window.At.Equal(h.time())) {
			t.Errorf("%s: %+v", name, said.Window)
		}
	}
	if len(h.net.signs) != 1 || h.net.signs[0].Message != "m" {
		t.Errorf("signs %+v", h.net.signs)
	}
}

// TestAHistoryIsKeptOnce: what the log has not becomes facts, the long past newest
// first and as past; what is ours, known, another's or without a time does not.
func TestAHistoryIsKeptOnce(t *testing.T) {
	for _, noID := range []bool{false, true} {
		t.Run(fmt.Sprint("without ids ", noID), func(t *testing.T) {
			h := openHouse(t)
			h.net.noID = noID
			chat := provider.ChatKey{Account: "hotel", Chat: guest}
			at, err := h.gateway.start("ana", sendRequest{Outgoing: provider.Outgoing{Op: "1", To: chat, Content: provider.TextContent("on its way")}})
			if err != nil {
				t.Fatal(err)
			}
			<-at.done
			h.late.Add(int64(time.Minute))
			day := 24 * time.Hour
			from := provider.Sender{User: provider.UserID(guest)}
			theirs := func(id string, ago time.Duration) provider.Event {
				return provider.Event{ID: "m:" + id, Chat: guest, Body: provider.MessageReceived{Message: provider.MessageID(id), From: from, SentAt: h.time().Add(-ago), Content: provider.TextContent(id)}}
			}
			ours := func(id, text string, ago time.Duration) provider.Event {
				return provider.Event{ID: "e:" + id, Chat: guest, Body: provider.MessageSent{Message: provider.MessageID(id), To: from, SentAt: h.time().Add(-ago), Content: provider.TextContent(text)}}
			}
			id := map[bool]string{false: "ours.1", true: "their-own-id"}[noID]
			stray, timeless := theirs("stray", day), theirs("timeless", 0)
			stray.Chat = "another"
			b := timeless.Body.(provider.MessageReceived)
			b.SentAt = time.Time{}
			timeless.Body = b
			h.net.pages = [][]provider.Event{
				{theirs("old 1", 5*day), ours("e1", "an answer", 4*day), theirs("old 2", 3*day), theirs("today", time.Hour), ours(id, "on its way", time.Minute), stray, timeless},
				{theirs("old 0", 9*day)},
			}
			before := len(h.log1())
			_, first := h.call(event.RoleAgent, provider.Call{What: provider.CallHistory, Chat: chat})
			if p := first.Past; p == nil || p.Found != 6 || p.New != 4 || p.Odd != 2 || p.Next != "+" {
				t.Errorf("%+v", first.Past)
			}
			_, again := h.call(event.RoleAgent, provider.Call{What: provider.CallHistory, Chat: chat})
			if p := again.Past; p == nil || p.New != 0 {
				t.Errorf("%+v", again.Past)
			}
			_, more := h.call(event.RoleAgent, provider.Call{What: provider.CallHistory, Chat: chat, Cursor: first.Past.Next})
			if p := more.Past; p == nil || p.New != 1 {
				t.Errorf("%+v", more.Past)
			}
			var kept []string
			for _, e := range h.log1()[before:] {
				switch b := e.Body.(type) {
				case provider.MessageReceived:
					kept = append(kept, fmt.Sprint(b.Message, " ", b.Past))
				case provider.MessageSent:
					kept = append(kept, fmt.Sprint(b.Message, " ", b.Past))
				}
			}
			if want := []string{"old 2 true", "e1 true", "old 1 true", "today false", "old 0 true"}; !slices.Equal(kept, want) {
				t.Errorf("kept %q, want %q", kept, want)
			}
		})
	}
}

// TestASignDoesNotWait: while the account is asked for something else a sign is dropped,
// and a question waits for its turn.
func TestASignDoesNotWait(t *testing.T) {
	h := openHouse(t)
	chat := provider.ChatKey{Account: "hotel", Chat: guest}
	if !h.calls.take(t.Context(), "hotel", h.Relay.now, 0) {
		t.Fatal("no turn")
	}
	if status, said := h.call(event.RoleAgent, provider.Call{What: provider.CallTyping, Chat: chat, Message: "m"}); status != 422 || said.Error.Code != "paced" || len(h.net.signs) != 0 {
		t.Errorf("%d, %+v", status, said)
	}
	done := make(chan int)
	go func() {
		status, _ := h.call(event.RoleAgent, provider.Call{What: provider.CallWindow, Chat: chat})
		done <- status
	}()
	select {
	case status := <-done:
		t.Errorf("it did not wait: %d", status)
	case <-time.After(50 * time.Millisecond):
	}
	h.calls.give("hotel", h.time())
	if status := <-done; status != 200 {
		t.Errorf("%d", status)
	}
}
