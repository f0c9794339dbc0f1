package telegram

import (
	"context"
	"errors"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

var _ provider.Poller = (*Provider)(nil)

const (
	// pollFor is how long Telegram holds a call that has nothing to say, in
	// seconds: less than the thirty after which a call here is given up.
	pollFor = 25
	// pollMost is how many updates one call takes, so that an answer stays far
	// below what is read of one: a single update can be large.
	pollMost = 40
)

// reactions is the update that comes only where it is asked for.
const reactions = "message_reaction"

// allowed are the updates to ask for, here and with setWebhook. Telegram leaves
// reactions out unless they are named, and keeps the list until another one is given.
func allowed() []string {
	return []string{
		"message", "edited_message", "callback_query", reactions, "my_chat_member",
		"business_connection", "business_message", "edited_business_message", "deleted_business_messages",
	}
}

// PollEvery implements provider.Poller: Poll itself waits.
func (p *Provider) PollEvery() time.Duration { return 0 }

// PollsAlone implements provider.Poller: where a webhook is set, getUpdates is
// refused ("Getting updates").
func (p *Provider) PollsAlone() bool { return true }

// Poll implements provider.Poller with getUpdates. The cursor is the offset of the
// next call, which confirms all before it: Telegram keeps what is not confirmed
// for a day. It follows the last update even where that is lower: a server that
// counts anew answers an offset of its future from the head of its queue.
//
// Beside the events it ends the waiting of whoever tapped a button. A webhook,
// which has no token, cannot: there the button waits until Telegram's app gives up.
//
// Telegram refuses it (409) where a webhook is set or another program polls.
func (p *Provider) Poll(ctx context.Context, cursor string) (events []provider.Event, next string, err error) {
	ask := updates{Limit: pollMost, Timeout: pollFor, Allowed: allowed()}
	if cursor != "" {
		ask.Offset, err = strconv.ParseInt(cursor, 10, 64)
		if err != nil || ask.Offset <= 0 {
			return nil, cursor, unfit("poll", errors.New("the cursor is no offset"))
		}
	}
	r := post("poll", "getUpdates", &ask)
	result, err := p.call(ctx, r)
	if err != nil {
		return nil, cursor, err
	}
	events, last, err := polled(r, result, route(p.config.BotID))
	if err != nil {
		return nil, cursor, err
	}
	if last > 0 {
		cursor = strconv.FormatInt(last+1, 10)
	}
	p.answerTaps(ctx, events)
	return events, cursor, nil
}

// polled reads the list of updates. last is the number of the last one that has
// one; 0 where none came.
func polled(r rest.Request, result []byte, route provider.Route) (events []provider.Event, last int64, err error) {
	list, err := exact.Parse(result, exact.Snake)
	if err != nil {
		return nil, 0, rest.NoAnswer(r, err)
	}
	d := decoder{route: route}
	elements := list.List()
	for _, v := range elements {
		if n, ok := number(v); ok {
			last = n
		}
		d.update(v)
	}
	if !list.Listed() || (len(elements) > 0 && last == 0) {
		return nil, 0, rest.NoAnswer(r, errors.New("the answer is no list of updates"))
	}
	return d.events, last, nil
}

// tapWithin bounds what a poll spends on taps, however many there are.
const tapWithin = 5 * time.Second

// answerTaps ends the waiting that a button shows once it is tapped. Nothing
// depends on it: the tap itself is among the events, and a refusal says mostly
// that it was answered before.
func (p *Provider) answerTaps(ctx context.Context, events []provider.Event) {
	ctx, cancel := context.WithTimeout(ctx, tapWithin)
	defer cancel()
	for _, e := range events {
		if m, ok := e.Body.(provider.MessageReceived); ok && m.Content.Kind == provider.Choice && ctx.Err() == nil {
			_, _ = p.call(ctx, post("answer a tap", "answerCallbackQuery", &request{QueryID: tapOf(e.ID)}))
		}
	}
}
