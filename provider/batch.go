package provider

import (
	"context"
	"time"
)

// MaxBatch is how many one batch goes to at most: what a network answers ambiguously is
// unsure for all that are in it.
const MaxBatch = 1000

// batchLimit bounds one hand-over, of a driver's or of a relay's, which waits for one.
const batchLimit = 90 * time.Second

// BatchSender hands a network many texts in one call, which it sends by itself.
type BatchSender interface {
	// SendBatch makes one attempt to hand over a batch, whole or not at all. The network
	// is told to repeat nothing by itself. An error whose Uncertain is set leaves it
	// open whether the batch was taken: only a person hands it over again.
	SendBatch(ctx context.Context, b Batch) (BatchTaken, error)
}

// Batch is one text each to many customers of an account.
type Batch struct {
	// ID is ours, and the same for the same asked for again; Attempt counts from 1. The
	// network is told neither. Name is what the team calls it.
	ID       string         `json:"id"`
	Attempt  int            `json:"attempt"`
	Name     string         `json:"name"`
	Messages []BatchMessage `json:"messages"`
	// PerSecond and Size are how fast the network may send; 0 leaves it to the network.
	PerSecond int `json:"per_second,omitempty"`
	Size      int `json:"size,omitempty"`
	// Track asks for receipts.
	Track bool `json:"track,omitempty"`
}

// BatchMessage is the text to one customer.
type BatchMessage struct {
	To   ChatID `json:"to"`
	Text string `json:"text"`
}

// BatchTaken is a batch that the network took. It gives no ids of the messages, so that
// receipts of them are of messages that nobody here knows.
type BatchTaken struct {
	// ID is the network's.
	ID string `json:"id"`
	// Completion is when the network expects to be done, in its own words, which must
	// not be trusted; Done the same as a time, zero where the words are none.
	Completion string    `json:"completion,omitempty"`
	Done       time.Time `json:"done,omitzero"`
}

// handOver makes the one attempt at a batch. What panicked may have been taken.
func handOver(ctx context.Context, p Provider, c Call) (Answer, error) {
	sender, ok := p.(BatchSender)
	if !ok || c.Batch == nil {
		return Answer{}, cannotCall(c.What)
	}
	taken, err := sender.SendBatch(ctx, *c.Batch)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Batch: &taken}, nil
}

// unsure is a failure of a batch in words that fit one: certain, or nobody knows.
func unsure(e *Error) *Error {
	other := *e
	if other.Reason == Other && other.Err != nil && other.Code == "" { // the driver broke off
		other.Uncertain = true
	}
	switch {
	case other.Uncertain:
		other.Text = "The network gave no clear answer. It may have taken the batch: look in its own tool before anything is sent again."
	case other.Retryable():
		other.Text = "The network could not be asked, or takes nothing now. Nothing was sent; try again later."
	case other.Text == "":
		other.Text = "The network did not take the batch, and says no reason that frontdesk knows. Nothing was sent."
	}
	return &other
}
