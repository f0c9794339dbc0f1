package hotel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

var _ provider.StatusPoller = (*Provider)(nil)

// MessageStatus implements provider.StatusPoller: every step the API has a time
// of, and the one it names.
func (p *Provider) MessageStatus(ctx context.Context, chat provider.ChatKey, message provider.MessageID) ([]provider.Event, error) {
	r := rest.Request{Op: "status", Method: http.MethodGet}
	var err error
	if r.Path, err = resource(r.Op, "/messages/", string(message), "/status"); err != nil {
		return nil, err
	}
	v, _, err := p.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	if !v.Object() || v.Member("status").Text() == "" {
		return nil, rest.NoAnswer(r, errors.New("the answer holds no status"))
	}
	return receipts(chat.Chat, message, v), nil
}

// steps are what the API says of a message, with the field that has its time.
// A failure has none.
var steps = []struct {
	word, at string
	status   provider.Status
}{
	{"sent", "sent_at", provider.Sent},
	{"delivered", "delivered_at", provider.Delivered},
	{"read", "read_at", provider.Read},
}

// receipts reads the fields of a status, of its own answer or of a message in a
// conversation.
func receipts(chat provider.ChatID, message provider.MessageID, v exact.Value) []provider.Event {
	var events []provider.Event
	word := v.Member("status").Text()
	for _, step := range steps {
		if at := stamp(v.Member(step.at)); !at.IsZero() || word == step.word {
			events = append(events, receipt(chat, message, step.status, at, nil))
		}
	}
	if word == "failed" {
		events = append(events, failed(chat, message, failure(v.Member("failure_reason").Text()))...)
	}
	return events
}

// failed is a failure and, where the guest wants no more messages, their word on it.
// When they said so is not known, nor would the API tell that they changed their
// mind. Its id is "c:" and the message's.
func failed(chat provider.ChatID, message provider.MessageID, why *provider.Error) []provider.Event {
	events := []provider.Event{receipt(chat, message, provider.Failed, time.Time{}, why)}
	if why.Reason == provider.OptedOut && chat != "" {
		events = append(events, provider.Event{
			Route: theRoute, ID: "c:" + string(message), Chat: chat,
			Body: provider.Consent{Category: "all", Detail: why.Code},
		})
	}
	return events
}

// receipt's id is "s:", the message's id and the status.
func receipt(chat provider.ChatID, message provider.MessageID, status provider.Status, at time.Time, why *provider.Error) provider.Event {
	return provider.Event{
		Route: theRoute, ID: "s:" + string(message) + ":" + status.String(), Chat: chat,
		Body: provider.Receipt{Message: message, Status: status, At: at, Error: why},
	}
}

// maxID bounds an id that is put into a path.
const maxID = 256

// resource puts an id of the API's between two parts of a path.
func resource(op, before, id, after string) (string, error) {
	if id == "" || id == "." || id == ".." || len(id) > maxID || broken(id) || oneLine(id) != id {
		return "", &provider.Error{
			Op: op, Reason: provider.Invalid, Err: errors.New("the id is none of the API's"),
			Text: "This is known under no id that the hotel API could have. Look it up in the hotel's own system.",
		}
	}
	return root + before + url.PathEscape(id) + after, nil
}
