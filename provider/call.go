package provider

import (
	"context"
	"time"
)

// CallKind is what a network is asked besides sending.
type CallKind string

// The kinds of calls, each with the interface that makes it.
const (
	CallTyping  CallKind = "typing"  // Typer
	CallRead    CallKind = "read"    // ReadMarker
	CallHistory CallKind = "history" // HistoryPoller; HistorySearcher where Text is set
	CallFigures CallKind = "figures" // FigureReader
	CallWindow  CallKind = "window"  // WindowReader
	CallBatch   CallKind = "batch"   // BatchSender: the one kind that sends
)

// Call is one thing asked of a chat's network besides sending, in the one form in
// which a driver is asked and a relay that holds the credential is. It sends no
// message, and one that failed may be made again: but for CallBatch, which is of an
// account and no chat, and is an attempt like a send.
type Call struct {
	What CallKind `json:"what"`
	Chat ChatKey  `json:"chat"`
	// Message is the customer's last one, for what shows them that it was seen.
	Message MessageID `json:"message,omitempty"`
	// Text is what is looked for in the history; all of it where it is empty.
	Text string `json:"text,omitempty"`
	// Cursor is where a history goes on; empty for its first page.
	Cursor string `json:"cursor,omitempty"`
	// Batch is what is handed over; nil but of CallBatch.
	Batch *Batch `json:"batch,omitempty"`
}

// Answer is what a call came to.
type Answer struct {
	// Events are a page of history as the network tells it. They do not travel: who
	// holds the credential has them put into the log, and tells what was new.
	Events []Event `json:"-"`
	Past   *Past   `json:"past,omitempty"`
	// Figures and Window are what was asked for.
	Figures *Figures    `json:"figures,omitempty"`
	Window  *WindowWord `json:"window,omitempty"`
	Batch   *BatchTaken `json:"batch,omitempty"`
}

// Past is what became of a page of history.
type Past struct {
	// Found is how many messages the page held, New how many of them the log had
	// not, Odd how many parts could not be placed.
	Found int `json:"found"`
	New   int `json:"new"`
	Odd   int `json:"odd,omitempty"`
	// Next is the cursor of the next page; empty after the last.
	Next string `json:"next,omitempty"`
}

// Figures are a network's own figures of a conversation, under its own names.
type Figures struct {
	// Conversation is the network's id of what they are about.
	Conversation string   `json:"conversation,omitempty"`
	List         []Figure `json:"list"`
	// At is when they were read.
	At time.Time `json:"at"`
}

// Figure is one value of an answer under its path: "delivery_rates.read", "0.9". Both
// are the network's words, and must not be trusted.
type Figure struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// WindowWord is the network's own word on a chat's window.
type WindowWord struct {
	// Conversation is the network's id of the conversation that was asked about.
	Conversation string `json:"conversation,omitempty"`
	Open         bool   `json:"open"`
	// Closes is when it closes or closed; zero where the network does not say.
	Closes time.Time `json:"closes,omitzero"`
	// Remaining is for how long it stays open; 0 where it is closed or the network
	// does not say.
	Remaining time.Duration `json:"remaining,omitempty"`
	// At is when it was said.
	At time.Time `json:"at"`
}

// HistorySearcher reads back the messages of a chat that have a text, as the network
// finds them; the pages are as those of HistoryPoller.
type HistorySearcher interface {
	SearchHistory(ctx context.Context, chat ChatKey, text, cursor string) (events []Event, next string, err error)
}

// FigureReader reads a network's figures of a chat.
type FigureReader interface {
	ReadFigures(ctx context.Context, chat ChatKey) (Figures, error)
}

// WindowReader asks whether free text may go to a chat now.
type WindowReader interface {
	ReadWindow(ctx context.Context, chat ChatKey) (WindowWord, error)
}

// Caller makes calls for another who holds the credential: the relay's gateway.
// Its table says which of them that one can make.
type Caller interface {
	Call(ctx context.Context, c Call) (Answer, error)
}

// Answers reports whether a chat's network can be asked for this, by its table.
func (c *Capabilities) Answers(kind CallKind, text string) bool {
	switch kind {
	case CallTyping:
		return c.Typing > Absent
	case CallRead:
		return c.ReadMark > Absent
	case CallHistory:
		return c.Can[CanReadHistory] > Absent && (text == "" || c.Can[CanSearchHistory] > Absent)
	case CallFigures:
		return c.Can[CanReadFigures] > Absent
	case CallWindow:
		return c.Can[CanReadWindow] > Absent
	case CallBatch:
		return c.Can[CanSendBatch] > Absent
	}
	return false
}

// Make makes a call with what p is, within AskLimit, or longer of a batch. now is the clock by which an
// answer is dated. The error is an *Error, Uncertain only of CallBatch; a kind that p
// cannot make is NotSupported.
func Make(ctx context.Context, p Provider, c Call, now func() time.Time) (a Answer, err error) {
	limit := AskLimit
	if c.What == CallBatch {
		limit = batchLimit
	}
	if failure := askFor(ctx, limit, string(c.What), func(ctx context.Context) (err error) {
		if other, ok := p.(Caller); ok {
			a, err = other.Call(ctx, c)
			return err
		}
		a, err = made(ctx, p, c, now)
		return err
	}); failure != nil && c.What == CallBatch {
		return Answer{}, unsure(failure)
	} else if failure != nil {
		return Answer{}, unsent(failure)
	}
	return a, nil
}

// unsent is a failure in words that fit what sends nothing.
func unsent(e *Error) *Error {
	if !e.Uncertain && e.Text != "" {
		return e
	}
	other := *e
	other.Uncertain, other.Text = false, "The network gave no clear answer. Nothing was sent to anybody; ask again in a moment."
	if other.Reason == NoAnswer || other.Reason == Other {
		other.Reason = Unavailable
	}
	return &other
}

func made(ctx context.Context, p Provider, c Call, now func() time.Time) (Answer, error) {
	switch c.What {
	case CallTyping:
		if typer, ok := p.(Typer); ok {
			return Answer{}, typer.Typing(ctx, c.Chat, c.Message)
		}
	case CallRead:
		if marker, ok := p.(ReadMarker); ok {
			return Answer{}, marker.MarkRead(ctx, c.Chat, c.Message)
		}
	case CallHistory:
		return readBack(ctx, p, c)
	case CallFigures:
		if reader, ok := p.(FigureReader); ok {
			f, err := reader.ReadFigures(ctx, c.Chat)
			f.At = now()
			return Answer{Figures: &f}, err
		}
	case CallWindow:
		if reader, ok := p.(WindowReader); ok {
			w, err := reader.ReadWindow(ctx, c.Chat)
			w.At = now()
			return Answer{Window: &w}, err
		}
	case CallBatch:
		return handOver(ctx, p, c)
	}
	return Answer{}, cannotCall(c.What)
}

func readBack(ctx context.Context, p Provider, c Call) (a Answer, err error) {
	a.Past = &Past{}
	searcher, searches := p.(HistorySearcher)
	poller, polls := p.(HistoryPoller)
	switch {
	case c.Text != "" && searches:
		a.Events, a.Past.Next, err = searcher.SearchHistory(ctx, c.Chat, c.Text, c.Cursor)
	case c.Text == "" && polls:
		a.Events, a.Past.Next, err = poller.History(ctx, c.Chat, c.Cursor)
	default:
		return Answer{}, cannotCall(c.What)
	}
	return a, err
}

func cannotCall(what CallKind) *Error {
	e := &Error{Op: string(what), Reason: NotSupported, Text: "This network is not asked for that. There is nothing to do."}
	switch what {
	case CallHistory:
		e.Text = "This network's API does not give that history. What is in the thread is all there is here."
	case CallFigures:
		e.Text = "This network's API keeps no figures of a conversation. The ones frontdesk counts are all there are."
	case CallWindow:
		e.Text = "This network's API does not tell how long the window is open. Go by the time of the customer's last message."
	case CallBatch:
		e.Text = "This network's API takes no batch of texts. Send a template to many: frontdesk broadcast."
	}
	return e
}
