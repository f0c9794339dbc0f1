package webhookrelay

import (
	"testing"
	"time"

	"frontdesk/provider"
)

func (q *inquiry) receipts() (n int) {
	for _, e := range q.events() {
		if e.Kind == provider.KindReceipt {
			n++
			if e.Conversation != q.log.key.Conversation(provider.ChatKey{Account: "inbox", Chat: otherPhone}) {
				q.t.Errorf("a receipt is of no conversation: %+v", e)
			}
		}
	}
	return n
}

// Receipts that nobody posts are asked for, told once, and awaited no more after
// the last one.
func TestReceiptsAreAskedFor(t *testing.T) {
	for _, last := range []provider.Status{provider.Read, provider.Failed} {
		t.Run(last.String(), func(t *testing.T) {
			q, n := openInquiry(t, "")
			q.send("inbox", "op")
			before := time.Duration(0)
			for i, s := range []provider.Status{provider.Sent, provider.Delivered, last} {
				n.status["id-op"] = append(n.status["id-op"], receiptFor("id-op", s), provider.Event{Body: provider.Receipt{}}, provider.Event{ID: "odd"})
				q.pass(provider.StatusAfter()[i] - before)
				before = provider.StatusAfter()[i]
				if len(n.asked) != i+1 || q.receipts() != i+1 {
					t.Fatalf("after %v: %d calls, %d receipts", provider.StatusAfter()[i], len(n.asked), q.receipts())
				}
			}
			q.pass(12 * time.Hour)
			q.reopen()
			q.pass(0)
			if len(n.asked) != 3 {
				t.Errorf("%d calls", len(n.asked))
			}
		})
	}
}

// Nobody is asked for receipts that a hook brings, or that came another way.
func TestReceiptsThatComeAreNotAskedFor(t *testing.T) {
	q, n := openInquiry(t, "plain")
	q.send("inbox", "op")
	q.pass(provider.StatusAfter()[0])
	if len(n.asked) != 0 {
		t.Errorf("an account with a hook was asked %d times", len(n.asked))
	}
	q, n = openInquiry(t, "")
	q.send("inbox", "op")
	if err := q.appendPolled(t.Context(), q.accounts["inbox"], []provider.Event{receiptFor("id-op", provider.Read)}, "1"); err != nil {
		t.Fatal(err)
	}
	q.pass(provider.StatusAfter()[0])
	if len(n.asked) != 0 {
		t.Errorf("what was read already was asked for %d times", len(n.asked))
	}
}

// A log that takes nothing loses no answer: it is asked for again.
func TestReceiptsThatCannotBeKeptAreAskedForAgain(t *testing.T) {
	q, n := openInquiry(t, "")
	q.send("inbox", "op")
	n.status["id-op"] = []provider.Event{receiptFor("id-op", provider.Read)}
	q.log.mu.Lock()
	q.log.broken = errBroken
	q.log.mu.Unlock()
	q.pass(provider.StatusAfter()[0])
	q.log.mu.Lock()
	q.log.broken = nil
	q.log.mu.Unlock()
	q.pass(provider.StatusAfter()[1])
	if len(n.asked) != 2 || q.receipts() != 1 {
		t.Errorf("%d calls, %d receipts", len(n.asked), q.receipts())
	}
}
