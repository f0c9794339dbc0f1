package storetest

import (
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Log makes events in the order of the calls. It is the relay's side of a test.
type Log struct {
	seq event.Seq
	// At is the relay's clock; a test moves it as it likes.
	At time.Time
	n  int
}

// NewLog is an empty log at the fixed time.
func NewLog() *Log { return &Log{At: Now} }

// Seq is the last sequence given out.
func (l *Log) Seq() event.Seq { return l.seq }

// Event makes the next event of the test account.
func (l *Log) Event(id string, in event.ConversationID, body event.Body) event.Event {
	l.seq++
	return event.Event{Seq: l.seq, ID: id, Account: Account, Conversation: in, Kind: body.Kind(), Version: 1, At: l.At, Body: body}
}

// By makes the next team fact, with an id of its own.
func (l *Log) By(who event.AgentID, chat provider.ChatID, body event.Body) event.Event {
	e := l.Event(l.name("team"), ID(chat), body)
	e.By = who
	return e
}

func (l *Log) name(what string) string {
	l.n++
	return fmt.Sprintf("%s-%d", what, l.n)
}

// Account defines the test account: support, on WhatsApp.
func (l *Log) Account() event.Event {
	return l.Event("account", "", event.AccountDefined{Account: provider.Account{
		ID: Account, Network: provider.WhatsApp,
		Driver: "cloudapi", Name: "Support", Address: "+34 900 000 000",
	}})
}

// Agent defines a member of the team.
func (l *Log) Agent(id event.AgentID, name string) event.Event {
	return l.Event("agent-"+string(id), "", event.AgentDefined{Agent: id, Name: name})
}

// Inbound is a text of a customer, sent at the network's time sent. The chat is
// a phone number.
func (l *Log) Inbound(chat provider.ChatID, name, text string, sent time.Time) event.Event {
	return l.Message(chat, name, provider.TextContent(text), sent)
}

// Message is an inbound message of any content.
func (l *Log) Message(chat provider.ChatID, name string, content provider.Content, sent time.Time) event.Event {
	id := l.name("wamid.in")
	return l.Event("m:"+id, ID(chat), provider.MessageReceived{
		Message: provider.MessageID(id), SentAt: sent, Content: content,
		From: provider.Sender{User: provider.UserID(chat), Phone: string(chat), Name: name},
	})
}

// Receipt is the network's word on a message of ours.
func (l *Log) Receipt(chat provider.ChatID, id provider.MessageID, op provider.OpID, status provider.Status) event.Event {
	r := provider.Receipt{Message: id, Op: op, Status: status, At: l.At}
	if status == provider.Failed {
		r.Error = &provider.Error{
			Op: "send", Reason: provider.Undeliverable, Code: "131026",
			Text: "This number is not on WhatsApp. Try another way.",
		}
	}
	return l.Event("s:"+string(id)+":"+status.String(), ID(chat), r)
}

// SendState is where somebody's send of a text stands.
func (l *Log) SendState(who event.AgentID, chat provider.ChatID, op provider.OpID, state event.JobState, id provider.MessageID, text string) event.Event {
	e := l.Event(string(op)+":"+string(state), ID(chat), event.SendState{
		Op: op, State: state, Chat: chat,
		Content: provider.TextContent(text), Message: id, Attempt: 1,
	})
	e.By = who
	return e
}

// Sent is a whole reply of an agent, up to a status.
func (l *Log) Sent(who event.AgentID, chat provider.ChatID, text string, status provider.Status) []event.Event {
	op := provider.OpID(l.name("op"))
	id := provider.MessageID("wamid.out." + string(op))
	events := []event.Event{l.SendState(who, chat, op, event.JobSending, "", text), l.SendState(who, chat, op, event.JobSent, id, text)}
	for _, s := range []provider.Status{provider.Sent, provider.Delivered, provider.Read} {
		if s <= status && status != provider.Failed {
			events = append(events, l.Receipt(chat, id, op, s))
		}
	}
	if status == provider.Failed {
		events = append(events, l.Receipt(chat, id, op, provider.Failed))
	}
	return events
}
