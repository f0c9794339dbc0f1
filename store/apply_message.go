package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// maxAhead is how far a network's clock may be before the relay's. Beyond it
// the time is not believed: it would keep a window open that is not.
const maxAhead = 5 * time.Minute

// networkTime is the network's time of a message, or the relay's where the
// network gave none or an absurd one.
func networkTime(sent, at time.Time) time.Time {
	if sent.IsZero() || sent.After(at.Add(maxAhead)) {
		return at
	}
	return sent
}

func (b *batch) received(e event.Event, m provider.MessageReceived) error {
	c, err := b.of(e, m.From)
	if err != nil {
		return err
	}
	at, sent := millis(e.At), millis(networkTime(m.SentAt, e.At))
	row := newMessage{
		conversation: c, direction: Incoming, kind: KindMessage, id: m.Message,
		seq: e.Seq, content: m.Content, replyTo: m.ReplyTo, at: at, sent: sent, partOf: m.PartOf,
	}
	if m.Past {
		return b.past(c, e, row)
	}
	if m.Standby {
		row.elsewhere = standby
	}
	key, err := b.insertMessage(row)
	if err != nil {
		return err
	}
	if key == 0 { // the network told of it twice, under two event ids
		return nil
	}
	c.base.sender(m.From)
	c.base.Standing.Unreachable, c.base.Standing.Detail = 0, "" // they wrote
	c.base.Standing.Standby = 0
	if m.Standby {
		c.base.Standing.Standby = at
	}
	_, _, rates := event.RatingIn(&m.Content)
	if rates && c.base.Status == StatusResolved {
		c.base.rates(sent, at)
	} else {
		c.base.wrote(sent, at)
	}
	if !rates {
		c.base.asks(sent)
	}
	c.previewed(key, at)
	b.happened(c, e)
	b.tellWritten(c, e, m.Content)
	if err := b.behind(key, e); err != nil {
		return err
	}
	if err := b.asked(c, e, m.Content); err != nil {
		return err
	}
	return b.adopt(key, c.account.key, m.Message, "")
}

// previewed makes a message the one the list shows, where it is the last of the
// thread.
func (c *conversation) previewed(key MessageKey, at int64) {
	if key > c.base.Preview || c.base.Preview == 0 {
		c.base.Preview, c.base.PreviewAt = key, at
	}
}

// rowReaction is the kind of a row that no thread shows: a reaction of ours
// under way. What it becomes is painted under its message.
const rowReaction MessageKind = "reaction"

// optional is s, or NULL where it is empty: an empty id is no id.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// splitContent returns the words of a content, and its JSON where the words are
// not all of it.
func splitContent(c provider.Content) (text string, content any, err error) {
	text = words(c)
	if c.Kind == "" || (c.Kind == provider.Text && c.Media == nil && c.Menu == nil && c.Chosen == nil && c.Raw == nil) {
		return text, nil, nil
	}
	content, err = encode(c)
	return text, content, err
}

// words is what a preview shows and a search finds of a content.
func words(c provider.Content) string {
	switch {
	case c.Text != "" && c.Kind != provider.Unsupported:
		return c.Text
	case c.Template != nil:
		return c.Template.Shown.Text()
	case c.Chosen != nil:
		return c.Chosen.Title
	case c.Media != nil:
		return c.Media.Name
	case c.Place != nil:
		return firstOf(c.Place.Name, c.Place.Address)
	case len(c.Cards) > 0:
		return c.Cards[0].Name
	case c.Reaction != nil:
		return c.Reaction.Emoji
	}
	return ""
}

// besides is what a search finds of a content besides its words: what a file with a
// caption is called, where a place is, who else's cards came.
func besides(c *provider.Content) string {
	if c.Kind == "" || c.Kind == provider.Unsupported {
		return ""
	}
	var more []string
	add := func(s string) {
		if s != "" && s != words(*c) {
			more = append(more, s)
		}
	}
	if c.Media != nil {
		add(c.Media.Name)
	}
	if c.Place != nil {
		add(c.Place.Name)
		add(c.Place.Address)
	}
	for i := range c.Cards {
		add(c.Cards[i].Name)
	}
	return strings.Join(more, " · ")
}

// joinWords is a text with what is found besides it.
func joinWords(text, more string) string {
	if text == "" || more == "" {
		return text // what has no words of its own is in no index
	}
	return text + " · " + more
}

// indexed is the form of a text that the search has; nil where that is the text itself.
func indexed(c *provider.Content, text string) any {
	found, _ := searchable(joinWords(text, besides(c)))
	if found == text {
		return nil
	}
	return found
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// joinContent is the inverse of splitContent.
func joinContent(kind provider.ContentKind, text string, content []byte) (provider.Content, error) {
	if content == nil {
		return provider.Content{Kind: kind, Text: text}, nil
	}
	var c provider.Content
	if err := json.Unmarshal(content, &c); err != nil {
		return provider.Content{}, fmt.Errorf("read content: %w", err)
	}
	return c, nil
}

// storedReaction is a reaction as kept with its message: one per person.
type storedReaction struct {
	From  string `json:"from,omitempty"`
	Emoji string `json:"emoji"`
	Out   bool   `json:"out,omitempty"`
}

func (b *batch) reacted(e event.Event, r provider.MessageReacted) error {
	key, found, err := b.messageByID(e.Account, r.Message)
	if err != nil {
		return err
	}
	if !found {
		return b.wait(e, r.Message, "")
	}
	return b.react(key, e, r.Emoji, storedReaction{From: string(r.From.User), Emoji: r.Emoji})
}

// react puts a reaction under its message; an empty emoji takes it away.
func (b *batch) react(key MessageKey, e event.Event, emoji string, r storedReaction) error {
	if err := b.write(); err != nil {
		return err
	}
	var raw []byte
	var in int64
	if _, err := b.get("select reactions, conversation from message where key = ?", []any{int64(key)}, &raw, &in); err != nil {
		return err
	}
	var had, now []storedReaction
	if raw != nil {
		if err := json.Unmarshal(raw, &had); err != nil {
			return fmt.Errorf("read reactions: %w", err)
		}
	}
	for _, h := range had {
		if h.Out != r.Out || (!r.Out && h.From != r.From) {
			now = append(now, h)
		}
	}
	if emoji != "" {
		now = append(now, r)
	}
	text, err := encode(now)
	if err != nil {
		return err
	}
	if err := b.exec("update message set reactions = ?, rev = rev + 1 where key = ?", text, int64(key)); err != nil {
		return err
	}
	c, err := b.keyed(in)
	if err != nil {
		return err
	}
	b.happened(c, e)
	return b.behind(key, e)
}

func (b *batch) messageByID(in provider.AccountID, id provider.MessageID) (key MessageKey, found bool, err error) {
	a, err := b.account(in)
	if err != nil {
		return 0, false, err
	}
	m, err := b.rowByID(a.key, id)
	if m == nil || err != nil {
		return 0, false, err
	}
	return m.key, true, nil
}
