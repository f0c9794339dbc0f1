package provider

// Status is what a network's receipts say of a message we sent. It is a
// lattice, not a history: Merge keeps the higher one, so the order and the
// repetition of receipts cannot matter.
//
// Failed stands between Sent and Delivered: a failure overrides "accepted by
// the network", and a delivery that arrives after a failure proves the failure
// wrong.
type Status int

// The statuses, lowest first. NoStatus means no receipt has come.
const (
	NoStatus Status = iota
	Sent
	Failed
	Delivered
	Read
)

// Merge returns the higher of the two. It is commutative, associative and
// idempotent.
func (s Status) Merge(o Status) Status { return max(s, o) }

// Ends reports a status after which no other is awaited. Delivered is none, where
// reading is told as well.
func (s Status) Ends() bool { return s == Read || s == Failed }

var statusNames = [...]string{"", "sent", "failed", "delivered", "read"}

// String returns the status in lower case; empty for NoStatus.
func (s Status) String() string {
	if s < 0 || int(s) >= len(statusNames) {
		return "unknown"
	}
	return statusNames[s]
}

// ParseStatus is the inverse of String; an unknown word is NoStatus.
func ParseStatus(word string) Status {
	for i, name := range statusNames {
		if name == word {
			return Status(i)
		}
	}
	return NoStatus
}

// MarshalText writes the status as its word.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a status word; an unknown word becomes NoStatus.
func (s *Status) UnmarshalText(b []byte) error {
	*s = ParseStatus(string(b))
	return nil
}
