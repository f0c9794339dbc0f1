package event

import (
	"encoding/json"
	"fmt"
	"time"

	"frontdesk/provider"
)

// Batch is one hand-over of the same text to many: a value of SettingBatch, whose name
// is the batch's own id. Whom it goes to is not in it. The team has it before the
// network is asked, and again when the network has answered.
type Batch struct {
	Account    provider.AccountID `json:"account"`
	Name       string             `json:"name"`
	Text       string             `json:"text"`
	Recipients int                `json:"recipients"`
	PerSecond  int                `json:"per_second,omitempty"`
	Track      bool               `json:"track,omitempty"`
	// Attempt counts from 1; another one follows only what was certainly refused.
	Attempt int        `json:"attempt"`
	Began   time.Time  `json:"began"`
	State   BatchState `json:"state"`
	// Taken is the network's answer, set where State is BatchTaken.
	Taken *provider.BatchTaken `json:"taken,omitempty"`
	// Error is why it was refused, or what left it open.
	Error *provider.Error `json:"error,omitempty"`
}

// BatchState is what became of a batch.
type BatchState string

// The states. What stays begun was cut off: nobody knows whether the network took it.
const (
	BatchBegun   BatchState = "begun"
	BatchTaken   BatchState = "taken"
	BatchRefused BatchState = "refused"
	BatchUnsure  BatchState = "unsure"
)

// BeginBatch is a batch that is about to be handed over.
func BeginBatch(account provider.AccountID, b *provider.Batch, now time.Time) Batch {
	said := Batch{
		Account: account, Name: b.Name, Recipients: len(b.Messages), PerSecond: b.PerSecond, Track: b.Track,
		Attempt: b.Attempt, Began: now, State: BatchBegun,
	}
	if len(b.Messages) > 0 {
		said.Text = b.Messages[0].Text
	}
	return said
}

// Answered is the batch with what came of it; failure nil means that it was taken.
func (b Batch) Answered(taken *provider.BatchTaken, failure *provider.Error) Batch {
	switch {
	case failure == nil:
		b.State, b.Taken = BatchTaken, taken
	case failure.Uncertain:
		b.State, b.Error = BatchUnsure, failure
	default:
		b.State, b.Error = BatchRefused, failure
	}
	return b
}

// Open reports that it may have been taken, so that it is not handed over again.
func (b Batch) Open() bool { return b.State != BatchRefused }

// Fact is what the team is told of it under the batch's id. Its log id is the same for
// the same attempt, so that the log takes the beginning of each once.
func (b Batch) Fact(id string) (logID string, said Set, err error) {
	value, err := json.Marshal(b)
	if err != nil {
		return "", said, fmt.Errorf("encode batch: %w", err)
	}
	logID = fmt.Sprintf("batch:%s:%d", id, b.Attempt)
	if b.State != BatchBegun {
		logID += ":end"
	}
	return logID, Set{What: SettingBatch, Name: id, Value: value}, nil
}
