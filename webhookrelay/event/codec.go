package event

import (
	"encoding/json"
	"fmt"
	"time"

	"frontdesk/provider"
)

var _ json.Marshaler = Event{}

// wire is an event's JSON form, in the log and on the stream.
type wire struct {
	Seq          Seq                `json:"seq,omitempty"`
	ID           string             `json:"id"`
	At           time.Time          `json:"at"`
	By           AgentID            `json:"by,omitempty"`
	Account      provider.AccountID `json:"account,omitempty"`
	Conversation ConversationID     `json:"conversation,omitempty"`
	Kind         string             `json:"kind"`
	Version      int                `json:"v"`
	Body         json.RawMessage    `json:"body"`
}

// MarshalJSON writes {"seq","id","at","by","account","conversation","kind",
// "v","body"}.
func (e Event) MarshalJSON() ([]byte, error) {
	body, err := EncodeBody(e.Body)
	if err != nil {
		return nil, fmt.Errorf("encode event %d: %w", e.Seq, err)
	}
	return json.Marshal(wire{
		Seq: e.Seq, ID: e.ID, At: e.At.UTC(), By: e.By, Account: e.Account,
		Conversation: e.Conversation, Kind: e.Kind, Version: e.Version, Body: body,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote. A body of an unknown kind or
// version becomes Opaque and survives being written again.
func (e *Event) UnmarshalJSON(b []byte) error {
	var w wire
	if err := json.Unmarshal(b, &w); err != nil {
		return fmt.Errorf("decode event: %w", err)
	}
	*e = Event{
		Seq: w.Seq, ID: w.ID, At: w.At, By: w.By, Account: w.Account, Conversation: w.Conversation,
		Kind: w.Kind, Version: w.Version, Body: DecodeBody(w.Kind, w.Version, w.Body),
	}
	return nil
}

// EncodeBody returns a body's JSON; an Opaque one as it came.
func EncodeBody(body Body) (json.RawMessage, error) {
	if o, ok := body.(Opaque); ok {
		return o.Raw, nil
	}
	return json.Marshal(body)
}

// newest is the newest form of a body this program reads.
func newest(kind string) int {
	if kind == KindTemplates {
		return pagedVersion
	}
	return 1
}

// VersionOf is the form in which a body is written: the oldest that says it, so that
// older programs read all they can.
func VersionOf(body Body) int {
	if l, ok := body.(TemplatesListed); ok && l.Parts > 1 {
		return pagedVersion
	}
	return 1
}

// DecodeBody never fails: what it cannot read is Opaque.
func DecodeBody(kind string, v int, raw json.RawMessage) Body {
	opaque := Opaque{Name: kind, Raw: append([]byte(nil), raw...)}
	if v > newest(kind) {
		return opaque
	}
	decode, ok := decoder(kind)
	if !ok {
		return opaque
	}
	body, err := decode(raw)
	if err != nil {
		return opaque
	}
	return body
}

func decoder(kind string) (func(json.RawMessage) (Body, error), bool) {
	switch kind {
	case provider.KindMessage:
		return decode[provider.MessageReceived], true
	case provider.KindReaction:
		return decode[provider.MessageReacted], true
	case provider.KindReceipt:
		return decode[provider.Receipt], true
	case provider.KindTemplateStatus:
		return decode[provider.TemplateStatusChanged], true
	case provider.KindTemplateChanged:
		return decode[provider.TemplateChanged], true
	case provider.KindNotice:
		return decode[provider.Notice], true
	case provider.KindUnknown:
		return decode[provider.Unknown], true
	}
	return standingDecoder(kind)
}

// standingDecoder: what became of messages by other hands, and how people and
// accounts stand.
func standingDecoder(kind string) (func(json.RawMessage) (Body, error), bool) {
	switch kind {
	case provider.KindEcho:
		return decode[provider.MessageSent], true
	case provider.KindEdited:
		return decode[provider.MessageEdited], true
	case provider.KindRevoked:
		return decode[provider.MessageRevoked], true
	case provider.KindReceiptsTo:
		return decode[provider.ReceiptsTo], true
	case provider.KindIdentity:
		return decode[provider.IdentityChanged], true
	case provider.KindConsent:
		return decode[provider.Consent], true
	case provider.KindReach:
		return decode[provider.Reach], true
	case provider.KindHealth:
		return decode[provider.Health], true
	}
	return teamDecoder(kind)
}

func teamDecoder(kind string) (func(json.RawMessage) (Body, error), bool) {
	switch kind {
	case KindAssigned:
		return decode[Assigned], true
	case KindResolved:
		return decode[Resolved], true
	case KindResolutionTold:
		return decode[ResolutionTold], true
	case KindDescribed:
		return decode[Described], true
	case KindReopened:
		return decode[Reopened], true
	case KindMarked:
		return decode[Marked], true
	case KindLabeled:
		return decode[Labeled], true
	case KindLinked:
		return decode[Linked], true
	case KindNoted:
		return decode[Noted], true
	case KindSend:
		return decode[SendState], true
	case KindAccount:
		return decode[AccountDefined], true
	case KindAgent:
		return decode[AgentDefined], true
	case KindTemplates:
		return decode[TemplatesListed], true
	case KindManaged:
		return decode[TemplateManaged], true
	case KindQuarantined:
		return decode[Quarantined], true
	case KindErased:
		return decode[Erased], true
	case KindTombstone:
		return decode[Tombstone], true
	case KindReprocessed:
		return decode[Reprocessed], true
	}
	return dayDecoder(kind)
}

// dayDecoder: people, what comes next, and what the team shares.
func dayDecoder(kind string) (func(json.RawMessage) (Body, error), bool) {
	switch kind {
	case KindContact:
		return decode[ContactDescribed], true
	case KindJoined:
		return decode[Joined], true
	case KindBlocked:
		return decode[Blocked], true
	case KindConsented:
		return decode[Consented], true
	case KindSnoozed:
		return decode[Snoozed], true
	case KindPrioritized:
		return decode[Prioritized], true
	case KindFollowed:
		return decode[Followed], true
	case KindRated:
		return decode[Rated], true
	case KindAvailable:
		return decode[Available], true
	case KindSet:
		return decode[Set], true
	case KindBroadcast:
		return decode[Broadcast], true
	case KindBroadcastState:
		return decode[BroadcastState], true
	}
	return nil, false
}

func decode[T Body](raw json.RawMessage) (Body, error) {
	var body T
	if err := json.Unmarshal(raw, &body); err != nil {
		return nil, err
	}
	return body, nil
}
