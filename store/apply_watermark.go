package store

import (
	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// receiptsTo is a receipt for all we sent up to a place in a chat. It says
// nothing of what failed, nor of what the network may have taken after it.
func (b *batch) receiptsTo(e event.Event, w provider.ReceiptsTo) error {
	if e.Conversation == "" || w.Status < provider.Delivered {
		return nil
	}
	c, err := b.conversation(e.Conversation)
	if c == nil || err != nil {
		return err
	}
	if err := b.write(); err != nil {
		return err
	}
	until, where := millis(w.UpTo), "coalesce(nullif(sent_at, 0), job_since) <= ?3"
	if w.Message != "" {
		key, found, err := b.messageByID(e.Account, w.Message)
		if err != nil {
			return err
		}
		if !found {
			return b.wait(e, w.Message, "")
		}
		until, where = int64(key), "key <= ?3"
	}
	keys, err := b.keysOf(`select key from message where conversation = ?1 and direction = 'out' and kind = 'message'
		and job = 'sent' and status not in (2, ?2) and status < ?2 and `+where, c.key, int(w.Status), until)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := b.receiptOf(key, e, provider.Receipt{Status: w.Status, At: w.At}); err != nil {
			return err
		}
	}
	b.happened(c, e)
	return nil
}

func (b *batch) keysOf(query string, args ...any) ([]MessageKey, error) {
	var keys []MessageKey
	err := b.each(query, args, func(scan func(...any) error) error {
		var key MessageKey
		err := scan(&key)
		keys = append(keys, key)
		return err
	})
	return keys, err
}
