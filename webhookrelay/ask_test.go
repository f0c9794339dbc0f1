package webhookrelay

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// A network is asked at growing distances, whatever ticks there are in between,
// and no more after a day.
func TestQuestionsGrowRare(t *testing.T) {
	q, n := openInquiry(t, "")
	q.send("inbox", "sent")
	n.refuse = unheard
	q.send("inbox", "unsure")
	began, finds, statuses := q.clock(), []time.Duration(nil), []time.Duration(nil)
	for q.clock().Sub(began) < 50*time.Hour {
		f, s := len(n.finds), len(n.asked)
		q.pass(10 * time.Second)
		if len(n.finds) > f {
			finds = append(finds, q.clock().Sub(began))
		}
		if len(n.asked) > s {
			statuses = append(statuses, q.clock().Sub(began))
		}
	}
	if !slices.Equal(finds, provider.FindAfter()) || !slices.Equal(statuses, provider.StatusAfter()) {
		t.Errorf("looked for it after %v; asked for its receipts after %v", finds, statuses)
	}
	if len(n.finds) != len(finds) || len(n.asked) != len(statuses) {
		t.Errorf("%d and %d calls", len(n.finds), len(n.asked))
	}
}

// What says nothing of a send does not count as an answer about it, and costs the
// account's other questions a pause, and another account's nothing.
func TestANetworkInTroubleIsAskedAgain(t *testing.T) {
	q, n := openInquiry(t, "", "other")
	other := q.nets[1]
	n.refuse, other.refuse = unheard, unheard
	q.send("inbox", "a")
	q.send("inbox", "b")
	q.send("other", "c")
	n.fails = []error{tired, tired}
	q.pass(provider.FindAfter()[0])
	if len(n.finds) != 1 || len(other.finds) != 1 {
		t.Fatalf("%d and %d calls", len(n.finds), len(other.finds))
	}
	q.pass(time.Second) // the pause is over; b is asked for, and fails as well
	q.pass(time.Minute)
	n.holds = "" // certainly none, for both
	q.pass(2 * time.Minute)
	if ops := opsOf(n.finds); !slices.Equal(ops, []provider.OpID{"a", "b", "a", "b"}) {
		t.Errorf("it was asked about %v", ops)
	}
	if n.finds[0].since.IsZero() || len(other.finds) != 1 {
		t.Errorf("since %v; %d calls of the other's", n.finds[0].since, len(other.finds))
	}
}

func opsOf(finds []found) (ops []provider.OpID) {
	for _, f := range finds {
		ops = append(ops, f.m.Op)
	}
	return ops
}

// A driver that panics ends neither the relay nor the other questions, and is not
// asked without end.
func TestADriverMayPanicWhenAsked(t *testing.T) {
	q, n := openInquiry(t, "", "other")
	q.nets[1].refuse, q.nets[1].holds = unheard, "there"
	q.send("other", "theirs")
	q.send("inbox", "sent")
	n.refuse = unheard
	q.send("inbox", "unsure")
	for range len(provider.FindAfter()) + len(provider.StatusAfter()) + 3 {
		n.fails = append(n.fails, nil)
	}
	for range 2 * 24 * 60 {
		q.pass(time.Minute)
	}
	if len(n.finds) != len(provider.FindAfter()) || len(n.asked) != len(provider.StatusAfter()) || n.read == 0 {
		t.Errorf("%d, %d and %d calls", len(n.finds), len(n.asked), n.read)
	}
	if said := q.told("unsure"); !strings.HasPrefix(said, "sending unsure") || strings.Contains(said, "sent") {
		t.Errorf("the log says %q", said)
	}
	if said := q.told("theirs"); said != "sending unsure sent=there" {
		t.Errorf("of the other account the log says %q", said)
	}
}

// No account is asked faster than it may send.
func TestQuestionsKeepThePace(t *testing.T) {
	q, n := openInquiry(t, "")
	n.rate = 1
	for i := range 4 {
		q.send("inbox", provider.OpID(fmt.Sprint("op-", i)))
		q.pass(time.Second) // the sends have their own pace
	}
	n.asked = nil
	q.pass(provider.StatusAfter()[0])
	for want := 1; want <= 4; want++ {
		if len(n.asked) != want {
			t.Fatalf("%d calls in second %d", len(n.asked), want)
		}
		q.pass(500 * time.Millisecond)
		q.pass(500 * time.Millisecond)
	}
}

// A network that answers slowly does not keep the others waiting for their turn.
func TestASlowNetworkEndsItsTurn(t *testing.T) {
	q, n := openInquiry(t, "")
	q.send("inbox", "a")
	q.send("inbox", "b")
	n.during = func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.now = q.now.Add(askEvery + 1)
	}
	q.pass(provider.StatusAfter()[0])
	if len(n.asked) != 1 {
		t.Errorf("%d calls in a turn", len(n.asked))
	}
	q.pass(0)
	if !slices.Equal(n.asked, []provider.MessageID{"id-a", "id-b"}) {
		t.Errorf("it was asked about %v", n.asked)
	}
}

// A restart loses no question, and repeats none but the last.
func TestQuestionsOutliveARestart(t *testing.T) {
	q, n := openInquiry(t, "")
	q.send("inbox", "sent")
	n.refuse = unheard
	q.send("inbox", "unsure")
	q.reopen()
	q.pass(provider.FindAfter()[0])
	if len(n.finds) != 1 || len(n.asked) != 1 { // two distances of the latter are over, and make one call
		t.Fatalf("%d and %d calls", len(n.finds), len(n.asked))
	}
	q.mu.Lock()
	q.now = q.now.Add(20 * time.Hour)
	q.mu.Unlock()
	n.holds = "there"
	q.reopen()
	q.pass(0)
	q.pass(time.Minute)
	if said := q.told("unsure"); said != "sending unsure unsure/not_found sent=there" {
		t.Errorf("the log says %q", said)
	}
	if !slices.Equal(n.asked, []provider.MessageID{"id-sent", "id-sent", "there"}) {
		t.Errorf("it was asked for the receipts of %v", n.asked)
	}
	q.mu.Lock()
	q.now = q.now.Add(provider.AskBack)
	q.mu.Unlock()
	n.finds, n.asked = nil, nil
	q.reopen()
	q.pass(0)
	if len(n.finds) != 0 || len(n.asked) != 0 {
		t.Errorf("%d and %d calls about what is old", len(n.finds), len(n.asked))
	}
}

// Of whoever was erased no network is asked, and what one is just answering is not
// written down.
func TestNobodyAsksAboutTheErased(t *testing.T) {
	q, n := openInquiry(t, "")
	erase := func(id string) { q.publish(id, event.Erased{}, nil) }
	q.send("inbox", "sent")
	n.refuse = unheard
	q.send("inbox", "unsure")
	erase("erase-1")
	q.pass(provider.FindAfter()[0])
	q.reopen()
	q.pass(0)
	if len(n.finds) != 0 || len(n.asked) != 0 {
		t.Fatalf("%d and %d calls", len(n.finds), len(n.asked))
	}
	q.send("inbox", "late")
	n.refuse = nil
	q.send("inbox", "later")
	n.status["id-later"] = []provider.Event{receiptFor("id-later", provider.Delivered)}
	n.during = func() { n.during = nil; erase("erase-2") } // which takes the late one as well
	q.pass(provider.StatusAfter()[0])
	q.saysNothing()
	q.pass(provider.FindAfter()[0])
	if len(n.finds) != 0 || len(n.asked) != 1 {
		t.Errorf("%d and %d calls", len(n.finds), len(n.asked))
	}
	n.refuse, n.holds, n.during = unheard, "there", func() { n.during = nil; erase("erase-3") }
	q.send("inbox", "last")
	q.pass(provider.FindAfter()[0])
	if len(n.finds) != 1 {
		t.Errorf("%d calls", len(n.finds))
	}
	q.saysNothing()
}

// saysNothing: the log has nothing of any send.
func (q *inquiry) saysNothing() {
	q.t.Helper()
	for _, e := range q.events() {
		switch e.Kind {
		case event.KindSend, provider.KindReceipt:
			q.t.Errorf("the log has %s: %+v", e.ID, e.Body)
		}
	}
}

// The questions are Run's to ask.
func TestRunAsks(t *testing.T) {
	q, n := openInquiry(t, "")
	ctx, stop := context.WithCancel(t.Context())
	n.during = stop
	q.reopen()
	q.Run(ctx)
	if n.read != 1 {
		t.Errorf("%d readings", n.read)
	}
}
