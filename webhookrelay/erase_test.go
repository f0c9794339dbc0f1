package webhookrelay_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

var markersFlag = flag.Int("markers", 5, "how many contacts the erasure test erases")

// person is a contact whose every trace can be told from anybody else's.
type person struct {
	account           provider.AccountID
	phone, name, text string
	conversation      event.ConversationID
}

func (p person) traces() []string { return []string{p.phone, p.name, p.text} }

func somebody(i int, salt uint32, key event.Key) person {
	p := person{
		account: "gated", phone: fmt.Sprintf("5021%07d", i), name: fmt.Sprintf("Lucía-%08x-%d-Prieto", salt, i),
		text: fmt.Sprintf("marker-%08x-%d-text", salt, i),
	}
	p.conversation = key.Conversation(provider.ChatKey{Account: p.account, Chat: provider.ChatID(p.phone)})
	return p
}

// live puts a contact into everything a relay keeps: messages with a reaction
// and receipts, a body that cannot be read, an event of no conversation, what
// the team said, and a send of the gateway's.
func (p person) live(t *testing.T, s *relaytest.Server, ana *client.Client, token string, rounds int) {
	t.Helper()
	from := provider.Sender{User: provider.UserID(p.phone), Phone: p.phone, Name: p.name}
	chat := provider.ChatID(p.phone)
	var hook []provider.Event
	for n := range rounds {
		m := provider.MessageID(fmt.Sprintf("wamid.%s.%d", p.phone, n))
		long := strings.Repeat(p.text+" ", 1+n%7*60) // some of more than a page
		hook = append(hook,
			provider.Event{Route: "gated", ID: "m:" + string(m), Chat: chat, Body: provider.MessageReceived{Message: m, From: from, SentAt: time.Unix(1_790_000_000, 0), Content: provider.TextContent(long)}},
			provider.Event{Route: "gated", ID: "r:" + string(m), Chat: chat, Body: provider.MessageReacted{From: from, SentAt: time.Unix(1_790_000_000, 0), ReactionTo: provider.ReactionTo{Message: m, Emoji: "👍"}}},
			provider.Event{Route: "gated", ID: "s:" + string(m), Chat: chat, Body: provider.Receipt{Message: m, Status: provider.Read, At: time.Unix(1_790_000_000, 0)}},
		)
	}
	s.Receive(hook...)
	s.Receive(provider.Event{Route: "gated", ID: "u:" + p.phone, Body: provider.Unknown{Field: "calls", Raw: json.RawMessage(`{"from":"` + p.phone + `","said":"` + p.text + `"}`)}})
	broken := []byte(`{"not a list": {"from": "` + p.phone + `", "name": "` + p.name + `", "text": "` + p.text + `"}`)
	if status := s.Post(relaytest.HookID, broken, relaytest.Sign(broken)); status != http.StatusOK {
		t.Fatalf("a body that cannot be read: %d", status)
	}
	entry := func(id string, body event.Body) client.Entry {
		return client.Entry{ID: id + p.phone[len(p.phone)-4:], Account: p.account, Conversation: p.conversation, Kind: body.Kind(), Body: body}
	}
	publish(t, ana, entry("n", event.Noted{Text: p.text}), entry("c", event.ContactDescribed{Name: p.name}), entry("l", event.Labeled{Labels: []string{p.text}}))
	for _, op := range []string{"accepted", "refused"} {
		out := provider.Outgoing{Op: provider.OpID(op + p.phone[len(p.phone)-4:]), To: provider.ChatKey{Account: p.account, Chat: chat}, Content: provider.TextContent("dear " + p.name + ", " + p.text)}
		if status, a := send(t, s, token, out); status != http.StatusOK && status != http.StatusUnprocessableEntity {
			t.Fatalf("send: %d %+v", status, a)
		}
	}
}

// residue counts how often the traces are in any file of the folder.
func residue(t *testing.T, folder string, traces ...string) (found []string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, trace := range traces {
			if n := bytes.Count(b, []byte(trace)); n > 0 {
				found = append(found, fmt.Sprintf("%s: %q %d times", f.Name(), trace, n))
			}
		}
	}
	return found
}

// Where a contact is erased, no file of the relay's folder holds a trace of it
// within the next round of tending; everybody else's events are as they were,
// the sequence is dense, and the chain holds.
func TestErasedMeansErased(t *testing.T) {
	start := time.Now()
	rnd := webhookrelay.Seeded(t)
	said := make(lines, 10_000)
	refusal := &provider.Error{Op: "send", Reason: provider.Undeliverable, Code: "131026", Text: "It cannot be delivered."}
	network := gated()
	for range 2 * *markersFlag { // every second one is refused
		network.script = append(network.script, nil, refusal)
	}
	s := relaytest.New(t, relaytest.WithProvider(network), relaytest.With(func(o *webhookrelay.Options) { o.Logger = slog.New(slog.NewTextHandler(said, nil)) }))
	token := s.Token("ana")
	ana := newClient(t, s, "ben")
	term := follow(t, s.URL, token, 0)
	key := (<-term.hello).Key
	people := make([]person, *markersFlag)
	for i := range people {
		people[i] = somebody(i, rnd.Uint32(), key)
	}
	for _, i := range rnd.Perm(len(people)) {
		people[i].live(t, s, ana, token, 1+rnd.IntN(4))
	}
	folder := filepath.Dir(s.Path())
	var kept []string
	for i, p := range people {
		if len(residue(t, folder, p.traces()...)) == 0 {
			t.Fatalf("person %d left no trace to erase", i)
		}
	}
	failures, erased := 0, 0
	for i, p := range people {
		if i%3 == 2 { // stays
			kept = append(kept, p.traces()...)
			continue
		}
		erased++
		results := publish(t, ana, client.Entry{ID: fmt.Sprintf("erase%d", i), Account: p.account, Conversation: p.conversation, Kind: event.KindErased, Body: event.Erased{}})
		deadline := time.Now().Add(5 * time.Second)
		var left []string
		for left = residue(t, folder, p.traces()...); len(left) > 0 && time.Now().Before(deadline); left = residue(t, folder, p.traces()...) {
			time.Sleep(20 * time.Millisecond) // the next round of tending
		}
		if len(left) > 0 {
			failures++
			t.Errorf("person %d: %v", i, left)
		}
		term.waitFor(results[0].Seq)
	}
	for _, trace := range kept {
		if len(residue(t, folder, trace)) == 0 {
			t.Errorf("%q was nobody's who was erased, and is gone", trace)
		}
	}
	term.stop()
	checkErasedStream(t, s, token, term.events, people, kept)
	for len(said) > 0 {
		line := <-said
		for i, p := range people {
			if slices.ContainsFunc(p.traces(), func(trace string) bool { return strings.Contains(line, trace) }) {
				t.Errorf("the relay's own log names person %d: %s", i, line)
			}
		}
	}
	t.Logf("figure F25-relay count=%d failures=%d target=100 took=%s", erased, failures, time.Since(start).Round(time.Millisecond))
}

// checkErasedStream compares what a terminal sees that comes later with what
// one saw that was there all the time.
func checkErasedStream(t *testing.T, s *relaytest.Server, token string, live []event.Event, people []person, kept []string) {
	t.Helper()
	late := follow(t, s.URL, token, 0)
	late.waitFor(live[len(live)-1].Seq)
	late.stop()
	if len(late.events) != len(live) {
		t.Fatalf("%d events, %d live", len(late.events), len(live))
	}
	gone := map[event.ConversationID]bool{}
	for _, e := range live {
		if e.Kind == event.KindErased {
			gone[e.Conversation] = true
		}
	}
	for i, e := range late.events {
		was := live[i]
		if e.Seq != event.Seq(i+1) {
			t.Fatalf("event %d has sequence %d", i+1, e.Seq)
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == event.KindTombstone {
			if want, _ := json.Marshal(event.TombstoneOf(e.Seq, was.At)); !bytes.Equal(text, want) {
				t.Errorf("tombstone %s, want %s", text, want)
			}
			if was.Kind == provider.KindUnknown || gone[was.Conversation] {
				continue
			}
			t.Errorf("%s %d of nobody who was erased is a tombstone", was.Kind, was.Seq)
			continue
		}
		if wasText, _ := json.Marshal(was); !bytes.Equal(text, wasText) {
			t.Errorf("event %d is %s, was %s", e.Seq, text, wasText)
		}
		if gone[e.Conversation] && e.Kind != event.KindErased {
			t.Errorf("event %d was not erased", e.Seq)
		}
	}
	for _, p := range people {
		for _, trace := range p.traces() {
			if !slices.Contains(kept, trace) && slices.ContainsFunc(late.events, func(e event.Event) bool { b, _ := json.Marshal(e); return bytes.Contains(b, []byte(trace)) }) {
				t.Errorf("%q is streamed", trace)
			}
		}
	}
}
