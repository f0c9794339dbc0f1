package hotel

import (
	"context"
	"errors"
	"net/http"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// Batch is one text each to many guests.
type Batch struct {
	Messages []BatchMessage
	// PerSecond and Size are how fast the API may send; 0 leaves it to the API.
	PerSecond, Size int
	// Track asks for receipts.
	Track bool
}

// BatchMessage is the text to one guest.
type BatchMessage struct {
	To   provider.ChatID
	Text string
}

// Accepted is a batch that the API took. It gives no ids of the messages, so
// their receipts are of messages that this program does not know.
type Accepted struct {
	ID string
	// Completion is when the API expects to be done, in its own words; Done the
	// same as a time, zero where the words are none.
	Completion string
	Done       time.Time
}

type (
	batchRequest struct {
		Messages []batchMessage `json:"messages"`
		Rate     *batchRate     `json:"rate_limit,omitempty"`
		Delivery batchDelivery  `json:"delivery_options"`
	}
	batchMessage struct {
		Phone   string `json:"phone"`
		Content string `json:"content"`
	}
	batchRate struct {
		PerSecond int `json:"messages_per_second,omitempty"`
		Size      int `json:"batch_size,omitempty"`
	}
	batchDelivery struct {
		Retry bool `json:"retry_failed"`
		Track bool `json:"track_delivery"`
	}
)

// BatchSend makes one attempt to hand over a batch, whole or not at all. The API
// is told to repeat nothing by itself: a message that it calls failed may have
// reached the guest, and only a person sends it again. When the error's Uncertain
// is set, the batch may have been taken.
func (p *Provider) BatchSend(ctx context.Context, b Batch) (Accepted, error) {
	r := rest.Request{Op: "send batch", Method: http.MethodPost, Path: root + "/messages/batch-send", Sends: true}
	body, unfit := batchOut(b)
	if unfit != nil {
		return Accepted{}, unfit
	}
	r.Body = body
	a, err := p.staff.Do(ctx, r)
	switch {
	case err != nil:
		return Accepted{}, err
	case !a.OK():
		return Accepted{}, refused(r, a)
	}
	v, err := exact.Parse(a.Body, exact.Snake)
	if err != nil || !v.Object() {
		return Accepted{}, rest.NoAnswer(r, errors.New("the answer is not the JSON of a batch"))
	}
	done := v.Member("estimated_completion")
	taken := Accepted{ID: v.Member("batch_id").Word(), Completion: done.Word(), Done: stamp(done)}
	if taken.ID == "" {
		if _, coded := envelopeOf(a.Body); coded {
			return Accepted{}, refused(r, a)
		}
		return Accepted{}, rest.NoAnswer(r, errors.New("the answer holds no batch id"))
	}
	return taken, nil
}

func batchOut(b Batch) (batchRequest, *provider.Error) {
	out := batchRequest{Delivery: batchDelivery{Track: b.Track}}
	refuse := func(reason provider.Reason, text string) (batchRequest, *provider.Error) {
		return out, &provider.Error{Op: "send batch", Reason: reason, Text: text}
	}
	if len(b.Messages) == 0 {
		return refuse(provider.Invalid, "The batch is empty. Choose somebody to write to.")
	}
	if b.PerSecond < 0 || b.Size < 0 {
		return refuse(provider.Invalid, "The batch's rate is negative. Give a rate, or none.")
	}
	for _, m := range b.Messages {
		phone, ok := number(m.To)
		switch {
		case !ok:
			return refuse(provider.Undeliverable, "One of the numbers is no phone number with a country code, so nothing was sent. Correct the number or leave it out.")
		case m.Text == "":
			return refuse(provider.Invalid, "One of the messages is empty, so nothing was sent. Write a text.")
		}
		out.Messages = append(out.Messages, batchMessage{phone, m.Text})
	}
	if b.PerSecond > 0 || b.Size > 0 {
		out.Rate = &batchRate{b.PerSecond, b.Size}
	}
	return out, nil
}
