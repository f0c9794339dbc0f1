package event_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

var at = time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC)

// bodies is one of every kind the log knows.
func bodies() []event.Body {
	failed := &provider.Error{Op: "send", Reason: provider.Undeliverable, Code: "131026", Text: "It cannot be delivered. Check the number."}
	return []event.Body{
		provider.MessageReceived{Message: "wamid.1", From: provider.Sender{User: "GT.1", Phone: "50212345678", Also: []provider.ChatID{"50212345678"}}, SentAt: at, Content: provider.TextContent("hola")},
		provider.MessageReacted{From: provider.Sender{User: "GT.1"}, SentAt: at, ReactionTo: provider.ReactionTo{Message: "wamid.1", Emoji: "👍"}},
		provider.Receipt{Message: "wamid.2", Op: "op_1", Status: provider.Failed, At: at, Error: failed},
		provider.TemplateStatusChanged{Template: "7", Name: "follow_up", Language: "en", Status: provider.Paused},
		provider.TemplateChanged{Template: "7", Name: "follow_up", Language: "en", What: "category", Was: "utility", Now: "marketing", From: at},
		provider.Notice{Error: failed},
		provider.Unknown{Field: "calls", Raw: json.RawMessage(`{"a":1}`)},
		provider.MessageSent{Message: "wamid.3", To: provider.Sender{User: "GT.1"}, SentAt: at, Content: provider.TextContent("from the phone"), By: "phone"},
		provider.MessageEdited{Message: "wamid.1", From: provider.Sender{User: "GT.1"}, At: at, Content: provider.TextContent("hola!")},
		provider.MessageRevoked{Message: "wamid.1", From: provider.Sender{User: "GT.1"}, At: at},
		provider.ReceiptsTo{Status: provider.Read, UpTo: at, At: at},
		provider.IdentityChanged{Old: "GT.1", Now: provider.Sender{User: "GT.2", Also: []provider.ChatID{"GT.1"}}, At: at},
		provider.Consent{Category: "marketing", Allowed: false, At: at, Detail: "STOP"},
		provider.Reach{Can: false, At: at, Detail: "kicked"},
		provider.Health{Quality: "yellow", Limit: 1000, At: at},
		event.Assigned{To: "ben"},
		event.Resolved{Resolution: event.Resolution{Notes: "done", CSAT: 4, FollowUp: at}},
		event.Described{Resolution: event.Resolution{CSAT: 5}},
		event.ResolutionTold{Resolution: 7, State: event.ResolutionFailed, Error: failed},
		event.Reopened{},
		event.Marked{Unread: true},
		event.Labeled{Labels: []string{"plumbing"}},
		event.Linked{System: "Booking", Ref: "BK-7702", Fields: map[string]string{"room": "3"}},
		event.Noted{Text: "ask billing", Mentions: []event.AgentID{"ben"}},
		event.Snoozed{Until: at},
		event.Prioritized{Priority: event.HighPriority},
		event.Followed{Follow: true},
		event.Rated{Stars: 4, Words: "rápido"},
		event.Joined{Contact: "c_y"},
		event.Blocked{Blocked: true},
		event.Consented{Category: "marketing", Allowed: true, Detail: "a call"},
		event.Available{State: event.AvailableBusy},
		event.Set{What: event.SettingCanned, Name: "hi", Value: json.RawMessage(`{"text":"hello"}`)},
		event.Broadcast{ID: "b1", Name: "spring", Template: provider.TemplateMessage{Name: "follow_up", Language: "en"}, Recipients: 3},
		event.BroadcastState{ID: "b1", State: event.BroadcastPaused, Why: "the limit"},
		event.SendState{Op: "op_1", State: event.JobUnsure, Chat: "GT.1", Content: provider.TextContent("hi"), Error: failed, Attempt: 2},
		event.ContactDescribed{Language: "es", Zone: "America/Guatemala", About: "calls on Fridays", Fields: map[string]string{"plan": "gold"}},
		event.AccountDefined{Account: provider.Account{ID: "frontdesk", Network: provider.WhatsApp, Driver: "cloudapi"}},
		event.AgentDefined{Agent: "ana"},
		event.TemplatesListed{Templates: []provider.Template{{ID: "7", Name: "follow_up", Language: "en", Status: provider.Approved}}},
		event.Quarantined{Hook: "meta", Reason: "not JSON"},
		event.Erased{},
		event.Tombstone{},
	}
}

func TestEveryKindComesBackAsItWent(t *testing.T) {
	for _, body := range bodies() {
		t.Run(body.Kind(), func(t *testing.T) {
			e := event.Event{Seq: 9, ID: "m:1", Account: "frontdesk", Conversation: "c_x", Kind: body.Kind(), Version: 1, At: at, By: "ana", Body: body}
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			var back event.Event
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(e, back) {
				t.Errorf("went\n%+v\ncame\n%+v", e, back)
			}
		})
	}
}

func TestAnUnknownKindSurvives(t *testing.T) {
	for _, text := range []string{
		`{"seq":3,"id":"x","at":"2026-11-20T12:05:00Z","kind":"conversation.moved","v":1,"body":{"to":"moon"}}`,
		`{"seq":3,"id":"x","at":"2026-11-20T12:05:00Z","kind":"conversation.assigned","v":7,"body":{"to":["ana","ben"]}}`,
		`{"seq":3,"id":"x","at":"2026-11-20T12:05:00Z","kind":"message.receipt","v":1,"body":{"at":"never"}}`,
	} {
		var e event.Event
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if _, ok := e.Body.(event.Opaque); !ok {
			t.Errorf("%s became %T", text, e.Body)
		}
		back, err := json.Marshal(e)
		if err != nil || string(back) != text {
			t.Errorf("went %s\ncame %s (%v)", text, back, err)
		}
	}
}

// TestTombstone: what terminals are given in the place of an erased event is
// part of the protocol, to the byte.
func TestTombstone(t *testing.T) {
	text, err := json.Marshal(event.TombstoneOf(7, at))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"seq":7,"id":"erased:7","at":"2026-11-20T12:05:00Z","kind":"erased","v":1,"body":{}}`; string(text) != want {
		t.Errorf("it is %s", text)
	}
}

func TestConversationIDs(t *testing.T) {
	key, other := event.Key("0123456789abcdef"), event.Key("fedcba9876543210")
	chat := provider.ChatKey{Account: "frontdesk", Chat: "50212345678"}
	id := key.Conversation(chat)
	if id != key.Conversation(chat) {
		t.Error("the same chat has two ids")
	}
	if len(id) != len("c_")+26 || strings.Contains(string(id), "50212345678") {
		t.Errorf("the id is %s", id)
	}
	for name, o := range map[string]event.ConversationID{
		"another key":     other.Conversation(chat),
		"another account": key.Conversation(provider.ChatKey{Account: "hotel", Chat: chat.Chat}),
		"another chat":    key.Conversation(provider.ChatKey{Account: "frontdesk", Chat: "50212345679"}),
		"a moved border":  key.Conversation(provider.ChatKey{Account: "frontdesk5", Chat: "0212345678"}),
	} {
		if o == id {
			t.Errorf("%s has the same id", name)
		}
	}
}

// TestOnlyTeamFactsMayBePublished: a terminal may not invent what a network
// said, nor what the relay alone knows.
func TestOnlyTeamFactsMayBePublished(t *testing.T) {
	relayOnly := map[string]bool{event.KindAccount: true, event.KindAgent: true, event.KindQuarantined: true, event.KindTombstone: true, event.KindResolutionTold: true}
	for _, body := range bodies() {
		_, team := body.(interface{ Kind() string })
		team = team && strings.HasPrefix(reflect.TypeOf(body).PkgPath(), "frontdesk/webhookrelay") && !relayOnly[body.Kind()]
		if event.TeamFact(body.Kind()) != team {
			t.Errorf("%s: publishable is %v", body.Kind(), !team)
		}
	}
}

// TestPast: what was read back says so.
func TestPast(t *testing.T) {
	for _, body := range []event.Body{provider.MessageReceived{Past: true}, provider.MessageSent{Past: true}} {
		if !event.PastFact(body) {
			t.Errorf("%s", body.Kind())
		}
	}
}

// TestWhatATerminalMayAskFor: three kinds of a network's word, and no fact of a
// customer's but what is long past.
func TestWhatATerminalMayAskFor(t *testing.T) {
	for _, body := range bodies() {
		kind := body.Kind()
		if want := kind == provider.KindReceipt || kind == provider.KindHealth || kind == event.KindResolutionTold; event.Observed(kind) != want {
			t.Errorf("%s: %v", kind, !want)
		}
		if event.PastFact(body) {
			t.Errorf("%s is past", kind)
		}
	}
}
