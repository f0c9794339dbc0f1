package hotel_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
)

// ids are events' ids, in order.
func ids(events []provider.Event) []string {
	list := []string{}
	for _, e := range events {
		list = append(list, e.ID)
	}
	return list
}

// stay is a conversation in which the hotel answered and the guest said more.
func stay(s *contract) {
	c := s.conversations[0]
	c.messages = append(
		c.messages,
		map[string]any{"message_id": "msg_in_2", "direction": "inbound", "media_id": "f1", "media_type": "image", "caption": "the tap", "sent_at": "2024-01-15T08:50:00Z"},
		map[string]any{
			"message_id": "msg_1", "direction": "outbound", "content": map[string]any{"text": "It is"}, "staff_member_id": "staff_7", "status": "read",
			"sent_at": "2024-01-15T08:10:00Z", "delivered_at": "2024-01-15T08:11:00Z", "read_at": "2024-01-15T08:12:00Z",
		},
		map[string]any{"message_id": "msg_2", "direction": "outbound", "content": map[string]any{"text": "Coming"}, "status": "failed", "failure_reason": "Phone is switched off", "sent_at": "2024-01-15T08:55:00Z"},
	)
}

var stayIDs = []string{"m:msg_in_1", "e:msg_1", "s:msg_1:sent", "s:msg_1:delivered", "s:msg_1:read", "f:msg_in_2", "e:msg_2", "s:msg_2:sent", "s:msg_2:failed"}

// pollAll polls until nothing comes.
func pollAll(t *testing.T, p *hotel.Provider, cursor string) (all []provider.Event, next string) {
	t.Helper()
	for range 10 {
		events, after, err := p.Poll(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, events...); after == cursor {
			if len(events) > 0 {
				t.Error("something came and the cursor stays")
			}
			return all, after
		}
		cursor = after
	}
	t.Fatal("the poll has no end")
	return nil, ""
}

var readRules = map[string]func(*testing.T){
	"A message's status is sent, delivered, read or failed; the first three have a time, the last a reason": func(t *testing.T) {
		s := newContract(t)
		s.set(stay)
		asked("status")(t)
		at := func(minute int) time.Time { return time.Date(2024, 1, 15, 8, minute, 0, 0, time.UTC) }
		got, err := s.provider().MessageStatus(t.Context(), chatOf(guestChat), "msg_1")
		if err != nil || len(got) != 3 {
			t.Fatalf("%v, %v", got, err)
		}
		same(t, got[0], provider.Event{ID: "s:msg_1:sent", Chat: guestChat, Body: provider.Receipt{Message: "msg_1", Status: provider.Sent, At: at(10)}})
		same(t, got[2], provider.Event{ID: "s:msg_1:read", Chat: guestChat, Body: provider.Receipt{Message: "msg_1", Status: provider.Read, At: at(12)}})
		got, err = s.provider().MessageStatus(t.Context(), chatOf(guestChat), "msg_2")
		if err != nil || len(got) != 2 || !strings.Contains(got[1].Body.(provider.Receipt).Error.Text, "Phone is switched off") {
			t.Errorf("%v, %v", got, err)
		}
		untimed, err := answering(t, 200, `{"status":"delivered","read_at":null}`).MessageStatus(t.Context(), chatOf(guestChat), "msg_3")
		if err != nil || len(untimed) != 1 || untimed[0].Body.(provider.Receipt) != (provider.Receipt{Message: "msg_3", Status: provider.Delivered}) {
			t.Errorf("%v, %v", untimed, err)
		}
		hook := decoded(t, "message_failed", `{"message_id":"msg_2","guest_phone":"+1234567890","failure_reason":"Phone is switched off"}`)
		if diff := cmp.Diff(hook, got[1]); diff != "" {
			t.Errorf("a webhook says something else\n%s", diff)
		}
	},
	"A list is the answer itself or its member conversations, messages or templates; there are no pages": func(t *testing.T) {
		one := `[{"name":"a","language":"en","status":"APPROVED"}]`
		for _, body := range []string{one, `{"templates":` + one + `}`} {
			if list, err := answering(t, 200, body).Templates(t.Context()); err != nil || len(list) != 1 {
				t.Errorf("%s: %v, %v", body, list, err)
			}
		}
		for _, body := range []string{"[]", `{"templates":[]}`} {
			if list, err := answering(t, 200, body).Templates(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("%s: %v, %v", body, list, err)
			}
		}
		for _, body := range []string{"{}", `{"templates":null}`, `{"templates":{}}`, `""`, `{"templates":[],"templates":[]}`} {
			_, err := answering(t, 200, body).Templates(t.Context())
			refusedAs(t, err, provider.Unavailable, "")
		}
	},
	"Without language and category all templates are listed": func(t *testing.T) {
		s := newContract(t)
		if list, err := s.provider().Templates(t.Context()); err != nil || len(list) != len(s.templates) || s.last().query != "" {
			t.Errorf("%q: %v, %v", s.last().query, list, err)
		}
	},
	"guest_phone and status may each be left out of a list of conversations": func(t *testing.T) {
		s := newContract(t)
		s.set(func(s *contract) {
			s.conversations = append(s.conversations, &conversation{id: "conv_old", phone: guestPhone, status: "resolved", messages: []map[string]any{}}, &conversation{id: "conv_b", phone: "+1234567891", status: "active"})
		})
		for query, c := range map[string]struct {
			chat   provider.ChatID
			status string
			n      int
		}{"": {"", "", 3}, "guest_phone=%2B1234567890": {guestChat, "", 2}, "status=active": {"", "active", 2}} {
			if list, err := s.provider().Conversations(t.Context(), c.chat, c.status); err != nil || len(list) != c.n || s.last().query != query {
				t.Errorf("%q: %v, %v", s.last().query, list, err)
			}
		}
		p := s.provider()
		var all []string
		events, next, err := p.History(t.Context(), chatOf(guestChat), "")
		for all = ids(events); err == nil && next != ""; all = append(all, ids(events)...) {
			events, next, err = p.History(t.Context(), chatOf(guestChat), next)
		}
		if err != nil || !slices.Equal(all, []string{"m:msg_in_1"}) || s.last().path != "/api/v1/whatsapp/conversations/conv_old" {
			t.Errorf("%q, %v", all, err)
		}
	},
	"A conversation of another guest in a guest's list is not theirs": func(t *testing.T) {
		p := answering(t, 200, `[{"conversation_id":"conv_b","guest_phone":"+1234567891","messages":[]}]`)
		if events, next, err := p.History(t.Context(), chatOf(guestChat), ""); err != nil || len(events) > 0 || next != "" {
			t.Errorf("%v %q %v", events, next, err)
		}
		p = answering(t, 200, `{"conversation_id":"conv_b","guest_phone":"+1234567891","messages":[{"message_id":"x","direction":"inbound","sent_at":"2024-01-14T10:00:00Z"}]}`)
		events, _, err := p.History(t.Context(), chatOf(guestChat), "conv_b")
		if refusedAs(t, err, provider.Invalid, ""); len(events) > 0 {
			t.Error(events)
		}
	},
	"A conversation's message has direction inbound or outbound, sent_at and the fields of a send": func(t *testing.T) {
		s := newContract(t)
		s.set(stay)
		events, next, err := s.provider().History(t.Context(), chatOf(guestChat), "")
		if diff := cmp.Diff(stayIDs, ids(events)); err != nil || next != "" || diff != "" {
			t.Fatalf("%v %q %s", err, next, diff)
		}
		same(t, events[1], provider.Event{ID: "e:msg_1", Chat: guestChat, Body: provider.MessageSent{
			Message: "msg_1", To: noor, SentAt: time.Date(2024, 1, 15, 8, 10, 0, 0, time.UTC), Content: provider.TextContent("It is"), By: "staff_7",
		}})
		hook := decoded(t, "inbound_message", `{"message_id":"msg_in_1","guest_phone":"+1234567890","message_content":"Is the pool open?","sent_at":"2024-01-15T08:00:00Z"}`)
		if diff := cmp.Diff(hook, events[0]); diff != "" {
			t.Errorf("a webhook says something else\n%s", diff)
		}
	},
	"A message without direction, or a guest's without a time, is kept and is no message": func(t *testing.T) {
		for _, m := range []string{
			`{"message_id":"a","sent_at":"2024-01-14T10:00:00Z"}`, `{"message_id":"a","direction":"inbound"}`, `{"direction":"inbound","sent_at":"2024-01-14T10:00:00Z"}`, `"hello"`,
			`{"message_id":"a","direction":"sideways"}`,
		} {
			c, err := answering(t, 200, `{"guest_phone":"+1234567890","messages":[`+m+`]}`).Conversation(t.Context(), "conv_1")
			if err != nil || len(c.Events) != 1 {
				t.Fatalf("%s: %v, %v", m, c, err)
			}
			if u, ok := c.Events[0].Body.(provider.Unknown); !ok || string(u.Raw) != m || !strings.HasPrefix(c.Events[0].ID, "h:") {
				t.Errorf("%s is %+v", m, c.Events[0])
			}
		}
	},
	"A guest has one active conversation; with none or several nothing is resolved": func(t *testing.T) {
		for _, n := range []int{0, 2} {
			s := newContract(t)
			s.set(func(s *contract) {
				s.conversations = nil
				for range n {
					s.conversations = append(s.conversations, &conversation{id: s.id("conv"), phone: guestPhone, status: "active"})
				}
			})
			refusedAs(t, s.provider().ResolveChat(t.Context(), chatOf(guestChat), provider.Resolution{}), provider.Other, "")
			_, err := s.provider().ReadWindow(t.Context(), chatOf(guestChat))
			if refusedAs(t, err, provider.Other, ""); s.last().method != http.MethodGet {
				t.Error("something was resolved")
			}
		}
	},
	"What is active now is what can have changed: a poll reads each active conversation, and the answer's Date is the API's clock": polls,
	"A conversation that cannot be read costs a poll no other": func(t *testing.T) {
		s := newContract(t)
		s.set(func(s *contract) {
			s.conversations = append([]*conversation{{id: "..", phone: "+1234567891", status: "active"}}, s.conversations...)
		})
		first, next := pollAll(t, s.provider(), "")
		if _, ok := first[0].Body.(provider.Notice); !ok || len(first) != 2 || first[1].ID != "m:msg_in_1" {
			t.Errorf("%+v", first)
		}
		if again, _ := pollAll(t, s.provider(), next); len(again) > 0 {
			t.Errorf("told again: %+v", again)
		}
	},
	"satisfaction_rating is left out where the guest gave none": func(t *testing.T) {
		s := newContract(t)
		err := s.provider().ResolveChat(t.Context(), chatOf(guestChat), provider.Resolution{Notes: "done", FollowUp: true})
		if diff := cmp.Diff(map[string]any{"resolution_notes": "done", "follow_up_required": true}, s.conversations[0].resolution); err != nil || diff != "" || s.conversations[0].status != "resolved" {
			t.Errorf("%v %s", err, diff)
		}
	},
	"Analytics, participants and metadata are shown under the API's own names": func(t *testing.T) {
		asked("analytics")(t)
		c, err := newContract(t).provider().Conversation(t.Context(), "conv_abc123")
		want := [][]provider.Figure{{{Name: "phone", Value: guestPhone}, {Name: "role", Value: "guest"}}, {{Name: "role", Value: "staff"}, {Name: "staff_member_id", Value: "staff_456"}}}
		if diff := cmp.Diff(want, c.Participants); err != nil || diff != "" || !slices.Equal(c.Metadata, []provider.Figure{{Name: "guest_tier", Value: "gold_member"}}) {
			t.Errorf("%v %v %s", err, c.Metadata, diff)
		}
		p := answering(t, 200, `{"within_window":"yes"}`)
		if _, err := p.ReadWindow(t.Context(), chatOf(guestChat)); err == nil {
			t.Error("a window that nobody told")
		}
	},
}

// polls: everything comes once, with the ids of webhooks; what comes later, and
// what changes, comes then; a clock that is missing costs nothing.
func polls(t *testing.T) {
	s := newContract(t)
	s.set(stay)
	p := s.provider()
	all, next := pollAll(t, p, "")
	if diff := cmp.Diff(stayIDs, ids(all)); diff != "" {
		t.Errorf("first\n%s", diff)
	}
	s.set(func(s *contract) {
		s.now = s.now.Add(2 * time.Hour)
		m := s.conversations[0].messages
		m[len(m)-1]["status"], m[len(m)-1]["delivered_at"] = "delivered", "2024-01-15T10:50:00Z"
		s.conversations[0].messages = append(m, map[string]any{"message_id": "msg_in_3", "direction": "inbound", "message_content": "Thanks", "sent_at": "2024-01-15T11:00:00Z"})
	})
	all, next = pollAll(t, p, next)
	if diff := cmp.Diff([]string{"s:msg_2:delivered", "m:msg_in_3"}, ids(all)); diff != "" {
		t.Errorf("later\n%s", diff)
	}
	// A receipt that the API knew of forty minutes after the guest's phone.
	s.set(func(s *contract) {
		s.now = s.now.Add(time.Minute)
		m := s.conversations[0].messages
		m[len(m)-2]["read_at"] = "2024-01-15T10:21:00Z"
	})
	if all, _ = pollAll(t, p, next); !slices.Equal(ids(all), []string{"s:msg_2:read"}) {
		t.Errorf("late: %q", ids(all))
	}
	for _, bad := range []string{"x", "1:x:", "1:-1:", "2:1:", "1:1:short", "1:1::"} {
		_, after, err := p.Poll(t.Context(), bad)
		if refusedAs(t, err, provider.Invalid, ""); after != bad {
			t.Errorf("%q became %q", bad, after)
		}
	}
	if p.PollEvery() <= 0 {
		t.Error("a poll that never waits")
	}
}

// A time that is far ahead, a message's or the API's own for once, must not make
// the poll deaf for what is said until then.
func TestPollIsNotDeafened(t *testing.T) {
	s := newContract(t)
	s.set(func(s *contract) {
		s.now = s.now.AddDate(900, 0, 0)
		s.conversations[0].messages = append(s.conversations[0].messages, map[string]any{"message_id": "odd", "direction": "inbound", "message_content": "hi", "sent_at": "2999-01-01T00:00:00Z"})
	})
	_, next := pollAll(t, s.provider(), "")
	s.set(func(s *contract) {
		s.now = s.now.AddDate(-900, 0, 0).Add(time.Hour)
		s.conversations[0].messages = append(s.conversations[0].messages, map[string]any{"message_id": "msg_in_3", "direction": "inbound", "message_content": "hi", "sent_at": "2024-01-15T09:59:00Z"})
	})
	if all, _ := pollAll(t, s.provider(), next); !slices.Contains(ids(all), "m:msg_in_3") {
		t.Errorf("%q", ids(all))
	}
}
