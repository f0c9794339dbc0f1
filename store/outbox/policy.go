package outbox

import (
	"cmp"
	"errors"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// The bounds of trying again.
const (
	// giveUp is how long after it was queued a message is still tried.
	giveUp = 24 * time.Hour
	// longest is the longest wait between two attempts of our own choosing.
	longest = 60 * time.Second
	// longestPair is the same for a customer who got too much.
	longestPair = 1024 * time.Second
	// longestAfter bounds what a network may ask for, so that an absurd answer
	// costs an hour and not a queue.
	longestAfter = time.Hour
	// spread is over how long what was told the same time comes back.
	spread = 10 * time.Second
	// shortest keeps full jitter from becoming a busy loop.
	shortest = 100 * time.Millisecond
	// repeats is how many attempts a repeatable driver gets to find out what
	// became of an operation. If it still does not know then, a person must.
	repeats = 3
)

// decide is the policy: it turns what one attempt came to into what becomes of
// the job. A message whose fate is unknown is never sent again by itself.
func decide(a attempt, now time.Time, rand float64) store.Outcome {
	if a.err == nil && (a.message != "" || a.noID) {
		return store.Outcome{State: event.JobSent, Message: a.message}
	}
	e := a.err
	if e == nil {
		e = &provider.Error{
			Op: "send", Reason: provider.NoAnswer, Uncertain: true,
			Text: "The network answered without a message id. It may have been sent.",
		}
	}
	switch {
	case e.Uncertain && a.repeatable && a.job.Attempt < repeats:
		return again(a, e, now, rand)
	case e.Uncertain:
		return store.Outcome{State: event.JobUnsure, Error: e}
	case e.PausesAccount():
		return store.Outcome{State: event.JobQueued, Error: e, NextAt: now, Pause: true}
	case e.Retryable():
		return again(a, e, now, rand)
	}
	return store.Outcome{State: event.JobFailed, Error: e}
}

// again puts the job back for later, until it is too old.
func again(a attempt, e *provider.Error, now time.Time, rand float64) store.Outcome {
	end := a.job.QueuedAt.Add(giveUp)
	if !now.Before(end) {
		return exhausted(e, a.repeatable)
	}
	next := now.Add(wait(a.job.Attempt, e, rand))
	if next.After(end) {
		next = end
	}
	return store.Outcome{State: event.JobQueued, Error: e, NextAt: next}
}

// exhausted ends a job that has been tried for a day. Age proves nothing: what
// may have been accepted is unsure. That is so for every job of a repeatable
// driver, because it need not tell a lost request from a lost answer.
func exhausted(e *provider.Error, repeatable bool) store.Outcome {
	last := *e
	if e.Uncertain || repeatable {
		last.Uncertain = true
		last.Text = "No clear answer came for 24 hours. It may have been sent: ask the customer, or send it again."
		return store.Outcome{State: event.JobUnsure, Error: &last}
	}
	last.Text = "It could not be sent for 24 hours. Try again when the network can be reached."
	return store.Outcome{State: event.JobFailed, Error: &last}
}

// wait is how long to wait before the next attempt: what the network asked
// for and a little more, so that terminals that were told the same do not come
// back in one moment; or 1, 2, 4 … 60 s with full jitter (4^X s for a customer
// who got too much, as Meta's page on throughput asks). attempt counts from 1.
func wait(attempt int, e *provider.Error, rand float64) time.Duration {
	asked := e.After
	if asked == 0 && e.Reason == provider.PairLimited {
		asked = grow(attempt, 4, longestPair)
	}
	if asked > 0 {
		asked = min(asked, longestAfter)
		return asked + time.Duration(rand*float64(min(asked/2, spread)))
	}
	return max(shortest, time.Duration(rand*float64(grow(attempt, 2, longest))))
}

func grow(attempt, factor int, most time.Duration) time.Duration {
	d := time.Second
	for i := 1; i < attempt && d < most; i++ {
		d *= time.Duration(factor)
	}
	return min(d, most)
}

// Judge asks whether a message may go now: what the customer lets us do first, then
// the network's table; nil where it may. What it returns is the failure a person
// reads: nothing has left.
func Judge(caps *provider.Capabilities, s store.Standing, out provider.Outgoing, lastInbound, now time.Time) *provider.Error {
	if err := cmp.Or(s.Check(out.Content), caps.Check(out, lastInbound, now)); err != nil {
		return refused(err).Error
	}
	return nil
}

// unwanted reports a refusal that is the customer's or the team's. What may have
// left before it is not asked for again either: that could send it now.
func unwanted(e *provider.Error) bool {
	return e.Reason == provider.OptedOut || e.Reason == provider.Blocked
}

// overtaken is the end of a reply that a colleague's answer was quicker than: the
// customer has one, and whoever wrote the other decides.
func overtaken(o *store.Overtaken) store.Outcome {
	who := string(o.By)
	if who == "" {
		who = "Somebody else"
	}
	return store.Outcome{State: event.JobFailed, Error: &provider.Error{
		Op: "send", Reason: provider.Overtaken, Text: who + " answered before it left. Read that, then decide.",
	}}
}

// doubted is a refusal of what an earlier attempt may have sent.
func doubted(e *provider.Error) store.Outcome {
	e.Uncertain = true
	e.Text += " It may have left before that."
	return store.Outcome{State: event.JobUnsure, Error: e}
}

// refused turns the judge's answer into the failure a person reads.
func refused(err error) store.Outcome {
	e := &provider.Error{
		Op: "send", Reason: provider.Invalid, Err: err,
		Text: "This message cannot be sent as it is. Edit it and send it again.",
	}
	var r *provider.Refusal
	if errors.As(err, &r) {
		if no := event.Unwanted(r); no != nil {
			return store.Outcome{State: event.JobFailed, Error: no}
		}
		e.Reason, e.Text = words(r)
	}
	return store.Outcome{State: event.JobFailed, Error: e}
}

func words(r *provider.Refusal) (provider.Reason, string) {
	switch r.Reason {
	case provider.RefusedWindow:
		return provider.WindowClosed, windowWords(r.Outside)
	case provider.RefusedKind:
		return provider.NotSupported, "This network does not take this kind of message. Send it as text."
	case provider.RefusedReplyTo:
		return provider.NotSupported, "This network cannot quote a message. Send it without the quote."
	case provider.RefusedLength:
		return provider.TooLong, "The message is too long for this network. Shorten it and send it again."
	case provider.RefusedMIME, provider.RefusedSize:
		return provider.MediaRejected, "The network does not take this file. Send another type or a smaller file."
	case provider.RefusedValue:
		return provider.TemplateParams, "A value does not fit the template. Fill it in again."
	}
	return provider.Invalid, "The message is empty. Write something and send it again."
}

func windowWords(outside provider.Outside) string {
	if outside == provider.TemplatesOnly {
		return "The reply window had closed before it could leave. Send a template instead."
	}
	return "The reply window had closed before it could leave. Wait until the customer writes again."
}

// unknownInbox is the answer for an account this terminal cannot send for.
func unknownInbox(id provider.AccountID) *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.Permission,
		Text: "This terminal's configuration has no inbox " + string(id) + ". Add it and start again; the queue is kept.",
	}
}
