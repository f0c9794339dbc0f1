package webhookrelay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// maxEvent is the longest one event may be: a frame of the stream holds it
// whole.
const maxEvent = maxFrame - 64

// entry is an event on its way into the log, encoded before it waits for the
// writer; only its place and its time are still missing.
type entry struct {
	id           string
	account      provider.AccountID
	conversation event.ConversationID
	kind         string
	expect       *event.Expect
	idJSON, tail []byte // the JSON before and after "at"
	salt         []byte
}

// entryTail are the fields behind "at", in the order of event.Event's JSON.
type entryTail struct {
	By           event.AgentID        `json:"by,omitempty"`
	Account      provider.AccountID   `json:"account,omitempty"`
	Conversation event.ConversationID `json:"conversation,omitempty"`
	Kind         string               `json:"kind"`
	Version      int                  `json:"v"`
	Body         json.RawMessage      `json:"body"`
}

func newEntry(e event.Event) (entry, error) {
	body, err := event.EncodeBody(e.Body)
	if err != nil {
		return entry{}, fmt.Errorf("encode %s: %w", e.Kind, err)
	}
	idJSON, err := json.Marshal(e.ID)
	if err != nil {
		return entry{}, fmt.Errorf("encode %s: %w", e.Kind, err)
	}
	tail, err := json.Marshal(entryTail{
		By: e.By, Account: e.Account, Conversation: e.Conversation,
		Kind: e.Kind, Version: e.Version, Body: body,
	})
	if err != nil {
		return entry{}, fmt.Errorf("encode %s: %w", e.Kind, err)
	}
	tail[0] = ','
	return entry{
		id: e.ID, account: e.Account, conversation: e.Conversation, kind: e.Kind,
		idJSON: idJSON, tail: tail, salt: randomBytes(16),
	}, nil
}

// fact is an entry of a body the relay itself or its hooks make.
func fact(id string, account provider.AccountID, conv event.ConversationID, by event.AgentID, body event.Body) (entry, error) {
	return newEntry(event.Event{ID: id, Account: account, Conversation: conv, Kind: body.Kind(), Version: 1, By: by, Body: body})
}

// size is an upper bound of the event's JSON.
func (e *entry) size() int { return len(e.idJSON) + len(e.tail) + 80 }

// json is the event in its place: what is stored, hashed and streamed.
func (e *entry) json(seq event.Seq, at []byte) []byte {
	b := make([]byte, 0, e.size())
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, int64(seq), 10)
	b = append(b, `,"id":`...)
	b = append(b, e.idJSON...)
	b = append(b, `,"at":"`...)
	b = append(b, at...)
	b = append(b, '"')
	return append(b, e.tail...)
}

func timestamp(t time.Time) []byte { return t.UTC().AppendFormat(nil, time.RFC3339Nano) }

// chain is one step of the log's chain of hashes. What a row says goes in
// salted and hashed, so that its words and its salt can be erased later and
// the chain still holds.
func chain(before []byte, seq event.Seq, salt, eventJSON []byte) []byte {
	inner := sha256.New()
	inner.Write(salt)
	inner.Write(eventJSON)
	outer := sha256.New()
	outer.Write(before)
	var place [8]byte
	binary.BigEndian.PutUint64(place[:], uint64(seq))
	outer.Write(place[:])
	outer.Write(inner.Sum(nil))
	return outer.Sum(nil)
}

// dedupeKey is a keyed hash of (account, id): an id can hold a phone number,
// and outlives the erasure of its event.
func dedupeKey(key []byte, account provider.AccountID, id string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(account))
	mac.Write([]byte{0})
	mac.Write([]byte(id))
	return mac.Sum(nil)[:16]
}

// row is an event in its place, ready to travel.
type row struct {
	seq  event.Seq
	json []byte
}
