package webhookrelay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
	about        string // what it changes an aspect of: event.AboutOf
	expect       *event.Expect
	idJSON, tail []byte // the JSON before and after "at"
	salt         []byte
	verdict      *verdict
	gives        event.AgentID // to whom it gives a conversation
	canned       *cannedNames  // of a canned response alone
	reason       string        // why it is in quarantine; empty for all else
	dedupe       []byte        // dedupeKey, computed before the writer where it can be
}

func newEntry(e event.Event) (entry, error) {
	body, err := json.Marshal(e.Body)
	if raw, ok := e.Body.(event.Opaque); ok {
		body, err = json.Marshal(json.RawMessage(raw.Raw)) // compact, and fit for a frame
	}
	if err != nil {
		return entry{}, fmt.Errorf("encode %s: %w", e.Kind, err)
	}
	tail := make([]byte, 0, len(body)+192)
	tail = appendMember(tail, `,"by":`, string(e.By))
	tail = appendMember(tail, `,"account":`, string(e.Account))
	tail = appendMember(tail, `,"conversation":`, string(e.Conversation))
	tail = append(tail, `,"kind":`...)
	tail = appendString(tail, e.Kind)
	tail = append(tail, `,"v":`...)
	tail = strconv.AppendInt(tail, int64(e.Version), 10)
	tail = append(tail, `,"body":`...)
	tail = append(tail, body...)
	tail = append(tail, '}')
	return entry{
		id: e.ID, account: e.Account, conversation: e.Conversation, kind: e.Kind, about: event.AboutOf(e.Conversation, e.Body),
		idJSON: appendString(nil, e.ID), tail: tail, salt: randomBytes(16),
	}, nil
}

// appendMember writes a member that is left out where it is empty.
func appendMember(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	return appendString(append(b, key...), value)
}

// appendString writes a string as encoding/json does, which is asked wherever
// more than copying is to be done.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || strings.IndexByte(`"\<>&`, c) >= 0 {
			quoted, _ := json.Marshal(s) // there is no string it refuses
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// fact is an entry of a body the relay itself or its hooks make.
func fact(id string, account provider.AccountID, conv event.ConversationID, by event.AgentID, body event.Body) (entry, error) {
	return newEntry(event.Event{ID: id, Account: account, Conversation: conv, Kind: body.Kind(), Version: event.VersionOf(body), By: by, Body: body})
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
	return link(before, seq, digestOf(salt, eventJSON))
}

// link is a step of the chain by the digest of what a row says, or said.
func link(before []byte, seq event.Seq, digest []byte) []byte {
	step := make([]byte, 0, 2*sha256.Size+8)
	step = append(step, before...)
	step = binary.BigEndian.AppendUint64(step, uint64(seq))
	hash := sha256.Sum256(append(step, digest...))
	return hash[:]
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
	hash []byte // of the chain there
}
