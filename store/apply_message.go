package store

import (
	"encoding/json"
	"fmt"
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
	key, err := b.insertMessage(newMessage{conversation: c, direction: Incoming, kind: KindMessage, id: m.Message,
		seq: e.Seq, content: m.Content, replyTo: m.ReplyTo, at: at, sent: sent})
	if err != nil {
		return err
	}
	if key == 0 { // the network told of it twice, under two event ids
		return nil
	}
	c.base.sender(m.From)
	c.base.wrote(sent, at)
	c.previewed(key, at)
	b.happened(c, e)
	if err := b.behind(key, e); err != nil {
		return err
	}
	return b.adopt(key, c.account.key, m.Message, "")
}

// previewed makes a message the one the list shows, where it is the last.
func (c *conversation) previewed(key MessageKey, at int64) {
	if at >= c.base.PreviewAt {
		c.base.Preview, c.base.PreviewAt = key, at
	}
}

// rowReaction is the kind of a row that no thread shows: a reaction of ours
// under way. What it becomes is painted under its message.
const rowReaction MessageKind = "reaction"

// newMessage is a row to insert.
type newMessage struct {
	conversation *conversation
	direction    Direction
	kind         MessageKind
	id           provider.MessageID
	op           provider.OpID
	seq          event.Seq
	by           event.AgentID
	content      provider.Content
	replyTo      provider.MessageID
	at, sent     int64
	job          event.JobState
	jobSince     int64
	err          *provider.Error
	retries      provider.OpID
	// activityKind and activity are a team fact's kind and body.
	activityKind string
	activity     string
}

// insertMessage returns the new row's key, or 0 where the network's id or the
// operation is there already.
func (b *batch) insertMessage(m newMessage) (MessageKey, error) {
	text, content, err := splitContent(m.content)
	if err != nil {
		return 0, err
	}
	kind := string(m.content.Kind)
	if m.activityKind != "" {
		kind = m.activityKind
	}
	var failure any
	if m.err != nil {
		if failure, err = encode(m.err); err != nil {
			return 0, err
		}
	}
	var indexed any
	if s, differs := searchable(text); differs {
		indexed = s
	}
	st, err := b.statement(insertMessage)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(b.ctx, m.conversation.key, m.conversation.account.key, string(m.direction), string(m.kind),
		optional(string(m.id)), optional(string(m.op)), int64(m.seq), string(m.by), kind, text, indexed, content,
		optional(string(m.replyTo)), m.at, m.sent, string(m.job), m.jobSince, failure, optional(string(m.retries)),
		optional(m.activity))
	if err != nil {
		return 0, fmt.Errorf("insert message: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return 0, err
	}
	key, err := res.LastInsertId()
	return MessageKey(key), err
}

const insertMessage = `insert into message (conversation, account, direction, kind, network_id, op, seq, by, content_kind,
	text, indexed, content, reply_to, at, sent_at, job, job_since, error, retries, activity)
	values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`

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
		return c.Template.Shown.Body
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

// behind keeps an event among those that made a message what it is.
func (b *batch) behind(key MessageKey, e event.Event) error {
	raw, err := event.EncodeBody(e.Body)
	if err != nil {
		return err
	}
	return b.exec(`insert into message_event (message, seq, kind, v, at, by, body) values (?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`, int64(key), int64(e.Seq), e.Kind, e.Version, millis(e.At), string(e.By), string(raw))
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
	if err != nil || id == "" {
		return 0, false, err
	}
	found, err = b.get("select key from message where network_id = ? and account = ?", []any{string(id), a.key}, &key)
	return key, found, err
}
