package provider

import (
	"cmp"
	"context"
	"errors"
	"time"
)

const (
	// AskLimit bounds one call of Ask.
	AskLimit = 30 * time.Second
	// AskBack is how long after a send its network is asked for receipts.
	AskBack = 48 * time.Hour
	// CodeNotFound marks an unsure send that its network was asked for and has not.
	CodeNotFound = "not_found"
	// longestAsked bounds what a network may ask us to wait before the next call.
	longestAsked = time.Hour
)

// FindAfter is when a network is asked whether it has a send that nobody
// answered, counted from that outcome.
func FindAfter() []time.Duration {
	return []time.Duration{
		3 * time.Minute, 10 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	}
}

// StatusAfter is when a network is asked for the receipts of a send, counted from
// its answer.
func StatusAfter() []time.Duration {
	return []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
}

// Question is when a network is asked about one send, again and again, until it
// has said enough. Like Pace it owns no timer and has no lock.
type Question struct {
	since     time.Time // of the outcome it is about
	distances []time.Duration
	most      time.Duration // after which silence ends it; 0 for never
	asked     int           // how many of the distances are behind it
	fails     int           // calls in a row that said nothing of the send
	next      time.Time
}

// AskToFind returns the question whether a network has a send that is unsure since.
func AskToFind(since, now time.Time) Question { return newQuestion(since, now, FindAfter(), 0) }

// AskForReceipts returns the question what became of a send that was accepted at
// since.
func AskForReceipts(since, now time.Time) Question {
	return newQuestion(since, now, StatusAfter(), AskBack)
}

// Of what is over before a question was taken up, the last is made up for.
func newQuestion(since, now time.Time, distances []time.Duration, most time.Duration) Question {
	q := Question{since: since, distances: distances, most: most}
	q.asked = max(0, q.passed(now)-1)
	q.next = since.Add(distances[q.asked])
	return q
}

// passed is how many of the distances are over at now.
func (q *Question) passed(now time.Time) int {
	n := 0
	for n < len(q.distances) && !q.since.Add(q.distances[n]).After(now) {
		n++
	}
	return n
}

// Since is the outcome that the distances are counted from.
func (q *Question) Since() time.Time { return q.since }

// Next is when it is to be asked.
func (q *Question) Next() time.Time { return q.next }

// Heard: a call said something of the send. It is over after the last distance.
func (q *Question) Heard(now time.Time) (over bool) {
	q.fails, q.asked = 0, max(q.asked+1, q.passed(now))
	if q.asked == len(q.distances) {
		return true
	}
	q.next = q.since.Add(q.distances[q.asked])
	return false
}

// Unheard: a call said nothing of the send, and does not count. The next one is a
// minute later, doubling to an hour, and not before the wait the network asked for.
func (q *Question) Unheard(now time.Time, asked time.Duration) (over bool) {
	q.fails++
	again := min(time.Minute<<min(q.fails-1, 10), time.Hour)
	q.next = now.Add(max(again, min(asked, longestAsked)))
	return q.most > 0 && now.Sub(q.since) > q.most
}

// SaysNothing reports an answer that is about the network or the account, and not
// about the send that was asked about.
func (e *Error) SaysNothing() bool {
	switch e.Reason {
	case Unreachable, Unavailable, RateLimited, NoAnswer:
		return true
	}
	return e.PausesAccount()
}

// Ask makes one call of a driver's that sends nothing, for AskLimit at most. A
// driver that panics is an Error as well, without its words: they may be the
// customer's.
func Ask(ctx context.Context, op string, call func(context.Context) error) *Error {
	return askFor(ctx, AskLimit, op, call)
}

// askFor is Ask for another time.
func askFor(ctx context.Context, limit time.Duration, op string, call func(context.Context) error) (failure *Error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer func() {
		if recover() != nil {
			failure = &Error{Op: op, Reason: Other, Err: errors.New("the driver panicked")}
		}
	}()
	return AsError(op, call(ctx))
}

// NotFound is why a send stays unsure that its network was asked for and has not:
// proof enough for a person, and not for sending it again by itself.
func NotFound() *Error {
	return &Error{
		Op: "send", Reason: NoAnswer, Code: CodeNotFound, Uncertain: true,
		Text: "No answer came when it was sent. The network was asked since, and does not have it: send it again, or discard it.",
	}
}

// HealthRead is what a reading of an account's health says, at now: how it stands,
// or that its credentials do not work. ok is false where the failure says nothing
// of the account. Facts add up, so that credentials that work are said to.
func HealthRead(h Health, failure *Error, now time.Time) (said Health, ok bool) {
	switch {
	case failure == nil:
		h.Access = cmp.Or(h.Access, "ok")
	case failure.PausesAccount():
		h = Health{Access: string(failure.Reason), Text: failure.Text}
	default:
		return Health{}, false
	}
	if h.At.IsZero() {
		h.At = now
	}
	return h, true
}
