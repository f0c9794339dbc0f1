package webhookrelay_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

const conv event.ConversationID = "c_abcdefghijklmnopqrstuvwxyz"

func newClient(t testing.TB, s *relaytest.Server, name string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{URL: s.URL, Token: provider.Hide(s.Token(name))})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func entryOf(id string, body event.Body, expect *event.Expect) client.Entry {
	return client.Entry{ID: id, Account: relaytest.Account, Conversation: conv, Kind: body.Kind(), Body: body, Expect: expect}
}

func publish(t testing.TB, c *client.Client, entries ...client.Entry) []client.Result {
	t.Helper()
	results, err := c.Publish(t.Context(), entries)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestPublishIsIdempotentAndSaysWho(t *testing.T) {
	s := relaytest.New(t)
	ana := newClient(t, s, "ana")
	before := event.Seq(events(t, s))
	first := publish(t, ana, entryOf("op-1", event.Noted{Text: "calls back"}, nil), entryOf("op-2", event.Marked{Unread: true}, nil))
	if diff := cmp.Diff([]client.Result{{Seq: before + 1}, {Seq: before + 2}}, first); diff != "" {
		t.Error(diff)
	}
	again := publish(t, ana, entryOf("op-1", event.Noted{Text: "calls back"}, nil), entryOf("op-3", event.Reopened{}, nil))
	if diff := cmp.Diff([]client.Result{{Seq: before + 1, Duplicate: true}, {Seq: before + 3}}, again); diff != "" {
		t.Error(diff)
	}
	if n := count(t, s, "select count(*) from event where seq > ? and json ->> 'by' = 'ana'", int64(before)); n != 3 {
		t.Errorf("%d events say that ana did it, want 3", n)
	}
}

func TestConflictSaysWhoWasFirst(t *testing.T) {
	s := relaytest.New(t)
	ana, ben := newClient(t, s, "ana"), newClient(t, s, "ben")
	seen := &event.Expect{Aspect: event.AspectStatus, Seq: 0}
	won := publish(t, ben, entryOf("op-ben", event.Resolved{}, seen))
	lost := publish(t, ana, entryOf("op-note", event.Noted{Text: "x"}, nil), entryOf("op-ana", event.Resolved{}, seen))
	want := []client.Result{{}, {Conflict: &client.Conflict{Seq: won[0].Seq, By: "ben", Kind: event.KindResolved}}}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Error(diff)
	}
	if n := count(t, s, "select count(*) from event where json ->> 'by' = 'ana'"); n != 0 {
		t.Errorf("%d events of the refused batch are in the log", n)
	}
	if r := publish(t, ben, entryOf("op-ben", event.Resolved{}, seen)); !r[0].Duplicate {
		t.Errorf("ben's repetition: %+v", r)
	}
	if r := publish(t, ana, entryOf("op-assign", event.Assigned{To: "ana"}, &event.Expect{Aspect: event.AspectAssignee})); r[0].Conflict != nil {
		t.Errorf("another aspect is in conflict: %+v", r)
	}
}

func TestWhatTerminalsMayNotPublish(t *testing.T) {
	gatewayed := &scripted{account: provider.Account{ID: "gated", Network: provider.WhatsApp}}
	s := relaytest.New(t, relaytest.WithProvider(gatewayed))
	ana := newClient(t, s, "ana")
	before := events(t, s)
	valid := entryOf("op-1", event.Noted{Text: "x"}, nil)
	change := func(f func(*client.Entry)) client.Entry {
		e := valid
		f(&e)
		return e
	}
	send := event.SendState{Op: "op-9", State: event.JobSent, Chat: "34600111222", Content: provider.TextContent("x")}
	for name, e := range map[string]client.Entry{
		"a network's fact":          change(func(e *client.Entry) { e.Kind, e.Body = provider.KindReceipt, provider.Receipt{Message: "m"} }),
		"the relay's fact":          change(func(e *client.Entry) { e.Kind, e.Body = event.KindAccount, event.AccountDefined{} }),
		"unknown account":           change(func(e *client.Entry) { e.Account = "other" }),
		"no conversation":           change(func(e *client.Entry) { e.Conversation = "" }),
		"foreign conversation form": change(func(e *client.Entry) { e.Conversation = "c_34600111222" }),
		"no id":                     change(func(e *client.Entry) { e.ID = "" }),
		"long id":                   change(func(e *client.Entry) { e.ID = strings.Repeat("x", 201) }),
		"a message's id":            change(func(e *client.Entry) { e.ID = "m:wamid.1" }),
		"the gateway's id":          change(func(e *client.Entry) { e.ID = "gw:op:1:sent" }),
		"body of another form":      change(func(e *client.Entry) { e.Body = event.Opaque{Name: event.KindNoted, Raw: []byte(`[1]`)} }),
		"another aspect":            change(func(e *client.Entry) { e.Expect = &event.Expect{Aspect: event.AspectStatus} }),
		"a send of the gateway's":   change(func(e *client.Entry) { e.Account, e.Kind, e.Body = "gated", event.KindSend, send }),
		"templates of the gateway's": change(func(e *client.Entry) {
			e.Account, e.Kind, e.Body = "gated", event.KindTemplates, event.TemplatesListed{}
		}),
	} {
		_, err := ana.Publish(t.Context(), []client.Entry{valid, e})
		var ce *client.Error
		if !errors.As(err, &ce) || ce.Status != http.StatusBadRequest || ce.Code != "bad_request" || ce.Unreachable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := events(t, s); n != before {
		t.Errorf("%d events were appended", n-before)
	}
	direct := change(func(e *client.Entry) { e.Kind, e.Body = event.KindSend, send })
	if r := publish(t, ana, direct); r[0].Seq == 0 {
		t.Errorf("a direct account's send: %+v", r)
	}
}

func TestPublishLimits(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"too large":      {`{"events":[{"id":"` + strings.Repeat("x", 256<<10) + `"}]}`, http.StatusRequestEntityTooLarge},
		"no JSON":        {`{"events":`, http.StatusBadRequest},
		"more after it":  {`{"events":[]} {}`, http.StatusBadRequest},
		"nothing":        {`{"events":[]}`, http.StatusBadRequest},
		"too many":       {`{"events":[` + strings.Repeat("{},", 200) + `{}]}`, http.StatusBadRequest},
		"version naught": {`{"events":[{"id":"a1","account":"inbox","conversation":"` + string(conv) + `","kind":"message.noted","v":0,"body":{}}]}`, http.StatusBadRequest},
	} {
		if status, answer := do(t, "POST", s.URL+"/v1/events", c.body, "Authorization", "Bearer "+token); status != c.want {
			t.Errorf("%s: status %d: %s", name, status, answer)
		}
	}
}

// What the team shares is of no account and no conversation, and nothing else is.
func TestATeamsSettingNamesNobody(t *testing.T) {
	s := relaytest.New(t)
	ana := newClient(t, s, "ana")
	set := event.Set{What: event.SettingCanned, Name: "hi", Value: []byte(`{"text":"hello"}`)}
	results := publish(t, ana, client.Entry{ID: "op-1", Kind: set.Kind(), Body: set},
		client.Entry{ID: "op-2", Kind: event.KindAvailable, Body: event.Available{State: event.AvailableBusy}},
		client.Entry{ID: "op-3", Account: relaytest.Account, Kind: event.KindBroadcast, Body: event.Broadcast{ID: "b1"}})
	if len(results) != 3 || results[0].Seq == 0 || results[1].Seq != results[0].Seq+1 {
		t.Errorf("results %+v", results)
	}
	for name, e := range map[string]client.Entry{
		"a setting of an account":        {ID: "op-4", Account: relaytest.Account, Kind: set.Kind(), Body: set},
		"a setting of a conversation":    {ID: "op-5", Conversation: conv, Kind: set.Kind(), Body: set},
		"a broadcast of no account":      {ID: "op-6", Kind: event.KindBroadcast, Body: event.Broadcast{ID: "b1"}},
		"an assignment of nobody":        {ID: "op-7", Account: relaytest.Account, Kind: event.KindAssigned, Body: event.Assigned{To: "ben"}},
		"a broadcast in a conversation":  {ID: "op-8", Account: relaytest.Account, Conversation: conv, Kind: event.KindBroadcast, Body: event.Broadcast{ID: "b1"}},
		"an assignment without accounts": {ID: "op-9", Conversation: conv, Kind: event.KindAssigned, Body: event.Assigned{To: "ben"}},
	} {
		if _, err := ana.Publish(t.Context(), []client.Entry{e}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
