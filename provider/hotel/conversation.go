package hotel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// Conversation is one conversation as the API keeps it: a guest has one after
// the other.
type Conversation struct {
	ID string
	// Chat is the guest's; empty where the API does not name them.
	Chat provider.ChatID
	// Status is the API's own word; "active" is the documented one.
	Status string
	// Participants are who takes part, each as the API describes them.
	Participants [][]provider.Figure
	// Metadata is what was kept with templates and by the hotel's own system.
	Metadata []provider.Figure
	// Events are its messages and what became of them, in the API's order, with
	// the ids of webhooks. Empty in a list.
	Events []provider.Event
}

// active is the one documented status.
const active = "active"

// Conversations lists a guest's conversations of a status: "active", or all
// where it is empty. With an empty chat it lists every guest's.
func (p *Provider) Conversations(ctx context.Context, chat provider.ChatID, status string) ([]Conversation, error) {
	list, _, err := p.conversations(ctx, "conversations", chat, status)
	return list, err
}

func (p *Provider) conversations(ctx context.Context, op string, chat provider.ChatID, status string) ([]Conversation, *rest.Answer, error) {
	r := rest.Request{Op: op, Method: http.MethodGet, Path: root + "/conversations", Query: url.Values{}}
	if chat != "" {
		phone, ok := number(chat)
		if !ok {
			return nil, nil, &provider.Error{Op: op, Reason: provider.Undeliverable, Text: "The guest's number is no phone number with a country code. Correct the number."}
		}
		r.Query.Set("guest_phone", phone)
	}
	if status != "" {
		r.Query.Set("status", status)
	}
	v, a, err := p.ask(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	elements, err := listed(r, a, v, "conversations")
	if err != nil {
		return nil, nil, err
	}
	var list []Conversation
	for _, element := range elements {
		c := conversationIn(element)
		// A list of somebody else's conversations must not become this guest's.
		if c.ID != "" && (chat == "" || c.Chat == "" || c.Chat == chat) {
			list = append(list, c)
		}
	}
	return list, a, nil
}

// listed finds a list: the answer itself, or its member of that name.
func listed(r rest.Request, a *rest.Answer, v exact.Value, name string) ([]exact.Value, error) {
	list := v
	if v.Object() {
		list = v.Member(name)
	}
	if list.List() == nil && string(list.Raw()) != "[]" {
		if _, coded := envelopeOf(a.Body); coded {
			return nil, refused(r, a)
		}
		return nil, rest.NoAnswer(r, errors.New("the answer holds no list"))
	}
	return list.List(), nil
}

// Conversation reads one conversation with its messages.
func (p *Provider) Conversation(ctx context.Context, id string) (Conversation, error) {
	return p.conversation(ctx, "conversation", Conversation{ID: id})
}

// conversation reads the one that known names, whose chat serves where the
// answer does not name the guest.
func (p *Provider) conversation(ctx context.Context, op string, known Conversation) (Conversation, error) {
	path, err := resource(op, "/conversations/", known.ID, "")
	if err != nil {
		return Conversation{}, err
	}
	r := rest.Request{Op: op, Method: http.MethodGet, Path: path}
	v, a, err := p.ask(ctx, r)
	if err != nil {
		return Conversation{}, err
	}
	messages, err := listed(r, a, v, "messages")
	if err != nil {
		return Conversation{}, err
	}
	c := conversationIn(v)
	c.ID, c.Chat = known.ID, provider.ChatID(first(string(c.Chat), string(known.Chat)))
	for _, m := range inOrder(messages) {
		c.Events = append(c.Events, messageEvents(c.Chat, m)...)
	}
	return c, nil
}

// inOrder puts the oldest message first where all have a time: the document does
// not say in which order they come.
func inOrder(messages []exact.Value) []exact.Value {
	at := func(v exact.Value) time.Time { return stamp(v.Member("sent_at")) }
	if !slices.ContainsFunc(messages, func(v exact.Value) bool { return at(v).IsZero() }) {
		slices.SortStableFunc(messages, func(a, b exact.Value) int { return at(a).Compare(at(b)) })
	}
	return messages
}

func conversationIn(v exact.Value) Conversation {
	c := Conversation{ID: v.Member("conversation_id").Word(), Status: v.Member("status").Text(), Metadata: details(v.Member("metadata"))}
	_, c.Chat = guest(v.Member("guest_phone").Word())
	for _, one := range v.Member("participants").List() {
		c.Participants = append(c.Participants, details(one))
	}
	return c
}

// messageEvents are what a message of a conversation says: the guest's message, or the
// hotel's and what became of it. A guest's message without a time could be of
// any day and must not open the window; it is kept, and so is what does not say
// whose it is.
func messageEvents(chat provider.ChatID, v exact.Value) []provider.Event {
	phone := first(v.Member("guest_phone").Word(), string(chat))
	message := provider.MessageID(v.Member("message_id").Word())
	_, chat = guest(phone)
	if v.Ambiguous() || v.Spoilt() || broken(phone) || broken(string(message)) || message == "" || phone == "" {
		return []provider.Event{strange("messages", "", v)}
	}
	switch v.Member("direction").Text() {
	case "inbound":
		if stamp(v.Member("sent_at")).IsZero() {
			break
		}
		return []provider.Event{received(phone, v)}
	case "outbound":
		return append([]provider.Event{written(phone, v)}, receipts(chat, message, v)...)
	}
	return []provider.Event{strange("messages", chat, v)}
}
