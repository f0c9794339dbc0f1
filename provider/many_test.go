package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// crowd takes several at once, and keeps who was in each call.
type crowd struct {
	mu     sync.Mutex
	calls  [][]ChatID
	panics bool
}

func (*crowd) Account() Account                   { return Account{ID: "a"} }
func (*crowd) Capabilities(ChatKey) *Capabilities { return &Capabilities{} }

func (c *crowd) called(chats ...ChatID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(chats)
	c.calls = append(c.calls, chats)
}

func (c *crowd) Send(_ context.Context, m Outgoing) (MessageID, error) {
	c.called(m.To.Chat)
	return MessageID("one " + m.To.Chat), nil
}

func (c *crowd) SendMany(_ context.Context, list []Outgoing) (sent []SentOne) {
	var chats []ChatID
	for _, m := range list {
		chats = append(chats, m.To.Chat)
		one := SentOne{Message: MessageID("many " + m.To.Chat)}
		if m.To.Chat == "bad" {
			one = SentOne{Err: &Error{Op: "send", Reason: Undeliverable}}
		}
		sent = append(sent, one)
	}
	c.called(chats...)
	if c.panics {
		panic("words")
	}
	return sent
}

func template(name string) Content {
	return Content{Kind: Templated, Template: &TemplateMessage{Name: name, Language: "en"}}
}

// TestJoiner: what goes at the same moment with the same words goes in one call, each
// with its own outcome; other words, other people's twice, and a lone one go by
// themselves.
func TestJoiner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j Joiner
		c := &crowd{}
		var mu sync.Mutex
		got := map[string]string{}
		var all sync.WaitGroup
		for i, m := range []Outgoing{
			{To: ChatKey{"a", "1"}, Content: template("x")},
			{To: ChatKey{"a", "2"}, Content: template("x")},
			{To: ChatKey{"a", "bad"}, Content: template("x")},
			{To: ChatKey{"a", "3"}, Content: template("y")},
			{To: ChatKey{"a", "4"}, Content: TextContent("hi")},
			{To: ChatKey{"b", "5"}, Content: template("x")},
		} {
			all.Go(func() {
				id, err := j.Send(t.Context(), c, m)
				mu.Lock()
				defer mu.Unlock()
				got[fmt.Sprint(i)] = fmt.Sprint(id, " ", err)
			})
		}
		all.Wait()
		want := map[string]string{
			"0": "many 1 <nil>", "1": "many 2 <nil>", "2": " send: undeliverable", "3": "one 3 <nil>", "4": "one 4 <nil>", "5": "one 5 <nil>",
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s: %q, want %q", k, got[k], v)
			}
		}
		if len(c.calls) != 4 {
			t.Errorf("calls %v", c.calls)
		}
		c.calls = nil
		for range 2 {
			all.Go(func() { _, _ = j.Send(t.Context(), c, Outgoing{To: ChatKey{"a", "1"}, Content: template("x")}) })
		}
		all.Wait()
		if len(c.calls) != 2 || len(c.calls[0]) != 1 {
			t.Errorf("one person twice: %v", c.calls)
		}
		c.calls = nil
		for i := range joinMost + 5 {
			all.Go(func() {
				_, _ = j.Send(t.Context(), c, Outgoing{To: ChatKey{"a", ChatID(fmt.Sprint(i))}, Content: template("x")})
			})
		}
		all.Wait()
		if len(c.calls) != 2 || len(c.calls[0])+len(c.calls[1]) != joinMost+5 {
			t.Errorf("%d calls", len(c.calls))
		}
	})
}

// TestJoinerOfADriverThatPanics: its leader meets the panic, as with Send, and of the
// others nobody knows whether they were sent.
func TestJoinerOfADriverThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j Joiner
		c := &crowd{panics: true}
		var all sync.WaitGroup
		var mu sync.Mutex
		panicked, unsure := 0, 0
		for i := range 3 {
			all.Go(func() {
				defer func() {
					if recover() != nil {
						mu.Lock()
						panicked++
						mu.Unlock()
					}
				}()
				_, err := j.Send(t.Context(), c, Outgoing{To: ChatKey{"a", ChatID(fmt.Sprint(i))}, Content: template("x")})
				var e *Error
				mu.Lock()
				defer mu.Unlock()
				if errors.As(err, &e) && e.Uncertain {
					unsure++
				}
			})
		}
		all.Wait()
		if panicked != 1 || unsure != 2 {
			t.Errorf("%d panicked, %d are unsure", panicked, unsure)
		}
	})
}
