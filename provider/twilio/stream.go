package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// The types of an event stream's facts that are about messages (Twilio, "Inbound
// message" and "Outbound message" events).
const (
	streamReceived = "com.twilio.messaging.inbound-message.received"
	streamStatus   = "com.twilio.messaging.message."
)

// decodeStream reads what an event stream posts: a list of facts, or one.
func decodeStream(body []byte) ([]provider.Event, error) {
	v, err := exact.Parse(body, exact.Any)
	if err != nil {
		return nil, fmt.Errorf("decode webhook: %w", err)
	}
	facts := v.List()
	if v.Object() || v.Ambiguous() {
		facts = []exact.Value{v}
	}
	switch {
	case len(facts) == 0:
		return nil, errors.New("decode webhook: it says nothing")
	case len(facts) > maxEvents:
		return nil, fmt.Errorf("decode webhook: more than %d events", maxEvents)
	}
	var events []provider.Event
	for _, fact := range facts {
		events = append(events, streamed(fact)...)
	}
	return events, nil
}

// streamed reads one fact.
func streamed(fact exact.Value) []provider.Event {
	data := fact.Member("data")
	sid, from, to := data.Member("messageSid").Text(), data.Member("from").Text(), data.Member("to").Text()
	if fact.Spoilt() || broken(sid, from, to) {
		return []provider.Event{{ID: hash(fact.Raw())}}
	}
	kind := fact.Member("type").Text()
	word, ours := strings.CutPrefix(kind, streamStatus)
	_, known := statusOf(word)
	at, err := time.Parse(time.RFC3339Nano, data.Member("timestamp").Text())
	if err != nil {
		at = time.Time{}
	}
	switch {
	case sid == "" || from == "" || to == "":
	case kind == streamReceived:
		return streamedMessage(sid, from, to, at.UTC(), data)
	case ours && known:
		chat, _ := chatOf(to)
		code := codeOf(json.RawMessage(data.Member("errorCode").Word()))
		return []provider.Event{receiptOf(provider.Route(from), chat, opIn(data.Member("statusCallBackUrl").Text()), sid, word, code, at.UTC())}
	}
	return []provider.Event{{
		Route: provider.Route(data.Member("accountSid").Text()), ID: hash(fact.Raw()),
		Body: provider.Unknown{Field: firstOf(kind, "event"), Raw: compact(fact.Raw())},
	}}
}

// streamedMessage reads a message. A stream counts files and does not say where they
// are; nor does it say what was tapped or where somebody is.
func streamedMessage(sid, from, to string, at time.Time, data exact.Value) []provider.Event {
	chat, phone := chatOf(from)
	text := data.Member("body").Text()
	contents := []provider.Content{provider.TextContent(text)}
	if files := data.Member("numMedia").Word(); text == "" || (files != "" && files != "0") {
		contents = []provider.Content{{Kind: provider.Unsupported, Text: text, Raw: compact(data.Raw())}}
	}
	m := provider.MessageReceived{
		Message: provider.MessageID(sid), SentAt: at,
		From: provider.Sender{User: provider.UserID(chat), Phone: phone},
	}
	events := messages(provider.Route(to), m, contents)
	if c, ok := consent(data.Member("optOutType").Text(), at); ok {
		events = append(events, provider.Event{Route: provider.Route(to), ID: "c:" + sid, Chat: chat, Body: c})
	}
	return events
}

// opIn is our operation in the address of a status callback.
func opIn(callback string) provider.OpID {
	u, err := url.Parse(callback)
	if err != nil {
		return ""
	}
	if ops := u.Query()[opKey]; len(ops) == 1 && len(ops[0]) <= maxOp && !broken(ops[0]) {
		return provider.OpID(ops[0])
	}
	return ""
}
