package store

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// echoed is a message of ours that went out by another way. It answers the
// customer as one of ours does. The echo of our own send adds nothing but the
// event behind it, and where it names the operation, the proof that it went.
func (b *batch) echoed(e event.Event, m provider.MessageSent) error {
	if e.Conversation == "" {
		return nil
	}
	if key, known, err := b.messageByID(e.Account, m.Message); err != nil {
		return err
	} else if known {
		return b.behind(key, e)
	}
	if ours, err := b.rowByOp(m.Op); err != nil {
		return err
	} else if ours != nil && m.PartOf == "" {
		return b.receiptOf(ours.key, e, provider.Receipt{Message: m.Message, Op: m.Op, Status: provider.Sent, At: m.SentAt})
	}
	c, err := b.echoIn(e, m.To)
	if err != nil {
		return err
	}
	at, sent := millis(e.At), millis(networkTime(m.SentAt, e.At))
	if m.Past {
		return b.past(c, e, newMessage{
			direction: Outgoing, kind: rowKind(m.Content), id: m.Message, content: m.Content, replyTo: m.ReplyTo,
			sent: sent, job: event.JobSent, elsewhere: firstOf(m.By, Elsewhere), partOf: m.PartOf,
		})
	}
	key, err := b.insertMessage(newMessage{
		conversation: c, direction: Outgoing, kind: rowKind(m.Content), id: m.Message, seq: e.Seq, content: m.Content, replyTo: m.ReplyTo,
		at: at, sent: sent, job: event.JobSent, jobSince: at, elsewhere: firstOf(m.By, Elsewhere), partOf: m.PartOf,
	})
	if err != nil {
		return err
	}
	b.happened(c, e)
	c.replied(key, at, event.JobSent)
	if err := b.behind(key, e); err != nil {
		return err
	}
	return b.adopt(key, c.account.key, m.Message, "")
}

// echoIn is the conversation of an echo, which may not name the customer as a
// person.
func (b *batch) echoIn(e event.Event, to provider.Sender) (*conversation, error) {
	if to.User != "" {
		return b.of(e, to)
	}
	return b.ensure(e.Conversation, e.Account)
}

// fold makes one row of two: the echo of a send came before we knew the send's
// own id. What was said of the echo is said of the send.
func (b *batch) fold(echo, m *sending) error {
	if err := b.write(); err != nil {
		return err
	}
	if err := b.unindex(echo.key); err != nil {
		return err
	}
	for _, move := range []string{
		"update or ignore message_event set message = ?1 where message = ?2",
		"delete from message_event where message = ?2 and ?1 > 0",
		`update message set reactions = coalesce(reactions, (select reactions from message where key = ?2)),
			sent_at = (select sent_at from message where key = ?2) where key = ?1`,
		"delete from message where key = ?2 and ?1 > 0",
		`update conversation set preview = ?1 where preview = ?2`,
	} {
		if err := b.exec(move, int64(m.key), int64(echo.key)); err != nil {
			return fmt.Errorf("fold echo into send: %w", err)
		}
	}
	m.status = m.status.Merge(echo.status)
	if m.status == provider.Failed && worse(echo.err, m.err) {
		m.err = echo.err
	}
	b.rows.change(m)
	delete(b.rows.byKey, echo.key)
	delete(b.rows.byID, networkID{echo.account, echo.id})
	c, err := b.keyed(m.conversation)
	if err != nil {
		return err
	}
	return b.repreview(c, echo.key)
}

// repreview finds the last message of a conversation anew where the one it showed
// is gone.
func (b *batch) repreview(c *conversation, gone MessageKey) error {
	if c.base.Preview != gone {
		return nil
	}
	var key, at int64
	if _, err := b.get(`select key, at from message where conversation = ? and kind in ('message', 'note') order by key desc limit 1`,
		[]any{c.key}, &key, &at); err != nil {
		return err
	}
	c.base.Preview, c.base.PreviewAt = MessageKey(key), at
	b.touch(c)
	return nil
}

// unindex has the search forget a row's words. What came in this very batch is
// not in the index yet.
func (b *batch) unindex(key MessageKey) error {
	return b.exec(`insert into message_fts (message_fts, rowid, body) select 'delete', key, coalesce(indexed, text) from message
		where key = ? and key <= ? and key >= ? and kind in ('message', 'note') and text <> ''`, int64(key), b.rows.before, b.rows.top)
}

// reindex has the search know a row's words as they are now.
func (b *batch) reindex(key MessageKey) error {
	return b.exec(`insert into message_fts (rowid, body) select key, coalesce(indexed, text) from message
		where key = ? and key <= ? and key >= ? and kind in ('message', 'note') and text <> ''`, int64(key), b.rows.before, b.rows.top)
}
