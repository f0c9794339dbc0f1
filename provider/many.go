package provider

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"
)

// ManySender sends one filled template to several people in one call.
type ManySender interface {
	// SendMany makes one attempt for all of list, whose contents are the same filled
	// template and whose chats differ, and returns an outcome for each in their order:
	// its error is as Send's, with its own certainty.
	SendMany(ctx context.Context, list []Outgoing) []SentOne
}

// SentOne is what became of one of many: Message where it was accepted, Err otherwise.
type SentOne struct {
	Message MessageID
	Err     error
}

const (
	// joinFor is how long the first of several waits for the others: nothing to a
	// person, and time enough for what a broadcast lets go together.
	joinFor = 40 * time.Millisecond
	// joinMost bounds one call: what a network answers ambiguously is unsure for all
	// that are in it.
	joinMost = 50
)

// Joiner makes one call of sends of the same template that are on their way at the
// same moment, where their network takes several at once. Each keeps its own
// operation and gets its own outcome. It may be used by many goroutines; the zero
// value is ready.
type Joiner struct {
	mu   sync.Mutex
	open map[string]*joint
}

// joint is one call that others may still join. What is below done is written before
// it is closed.
type joint struct {
	list []Outgoing
	full chan struct{}
	done chan struct{}
	sent []SentOne
}

var errJoined = errors.New("the call that it went with gave no answer for it")

// Send makes one attempt at m, as Provider.Send does, alone or with others. The call
// for several is made with the context of the one that came first.
func (j *Joiner) Send(ctx context.Context, p Provider, m Outgoing) (MessageID, error) {
	many, ok := p.(ManySender)
	key, same := joinKey(m)
	if !ok || !same {
		return p.Send(ctx, m)
	}
	with, place := j.join(key, m)
	if place > 0 {
		<-with.done // its leader ends, whatever happens
		return with.sent[place].Message, with.sent[place].Err
	}
	wait(ctx, with.full)
	j.begin(key, with)
	defer close(with.done)
	with.sent = make([]SentOne, len(with.list))
	for i := range with.sent { // until it is known: also where the driver panics
		with.sent[i].Err = &Error{Op: "send", Reason: NoAnswer, Uncertain: true, Err: errJoined}
	}
	if len(with.list) == 1 {
		return p.Send(ctx, m)
	}
	if sent := many.SendMany(ctx, slices.Clone(with.list)); len(sent) == len(with.list) {
		with.sent = sent
	}
	return with.sent[0].Message, with.sent[0].Err
}

// joinKey is what sends have in common that can go in one call.
func joinKey(m Outgoing) (string, bool) {
	if m.Content.Kind != Templated || m.Content.Template == nil || m.ReplyTo != "" || !m.At.IsZero() {
		return "", false
	}
	content, err := json.Marshal(m.Content)
	return string(m.To.Account) + "\x00" + m.Agent + "\x00" + string(content), err == nil
}

// join puts a send into the open call of its key, or opens one: place 0 leads it.
// Nobody is in one call twice.
func (j *Joiner) join(key string, m Outgoing) (with *joint, place int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	with = j.open[key]
	if with != nil && !slices.ContainsFunc(with.list, func(o Outgoing) bool { return o.To == m.To }) {
		with.list = append(with.list, m)
		if len(with.list) == joinMost {
			delete(j.open, key)
			close(with.full)
		}
		return with, len(with.list) - 1
	}
	with = &joint{list: []Outgoing{m}, full: make(chan struct{}), done: make(chan struct{})}
	if j.open == nil {
		j.open = map[string]*joint{}
	}
	j.open[key] = with
	return with, 0
}

// begin closes a call to others.
func (j *Joiner) begin(key string, with *joint) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.open[key] == with {
		delete(j.open, key)
	}
}

func wait(ctx context.Context, full <-chan struct{}) {
	timer := time.NewTimer(joinFor)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-full:
	case <-timer.C:
	}
}
