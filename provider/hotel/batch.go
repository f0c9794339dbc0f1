package hotel

import (
	"context"
	"errors"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

var _ provider.BatchSender = (*Provider)(nil)

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

// SendBatch implements provider.BatchSender. The API is told to repeat nothing by
// itself: a message that it calls failed may have reached the guest, and only a person
// sends it again.
func (p *Provider) SendBatch(ctx context.Context, b provider.Batch) (provider.BatchTaken, error) {
	r := rest.Request{Op: "send batch", Method: http.MethodPost, Path: root + "/messages/batch-send", Sends: true}
	body, unfit := batchOut(b)
	if unfit != nil {
		return provider.BatchTaken{}, unfit
	}
	r.Body = body
	a, err := p.staff.Do(ctx, r)
	switch {
	case err != nil:
		return provider.BatchTaken{}, err
	case !a.OK():
		return provider.BatchTaken{}, refused(r, a)
	}
	v, err := exact.Parse(a.Body, exact.Snake)
	if err != nil || !v.Object() {
		return provider.BatchTaken{}, rest.NoAnswer(r, errors.New("the answer is not the JSON of a batch"))
	}
	done := v.Member("estimated_completion")
	taken := provider.BatchTaken{ID: v.Member("batch_id").Word(), Completion: done.Word(), Done: stamp(done)}
	if taken.ID == "" {
		if _, coded := envelopeOf(a.Body); coded {
			return provider.BatchTaken{}, refused(r, a)
		}
		return provider.BatchTaken{}, rest.NoAnswer(r, errors.New("the answer holds no batch id"))
	}
	return taken, nil
}

func batchOut(b provider.Batch) (batchRequest, *provider.Error) {
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
