package store

import "frontdesk/webhookrelay/event"

// past is a message that was read back from its network's history long after it was
// sent. It is no news: nobody waits because of it, no window opens, and what was
// resolved stays so. It counts at the time it was sent, and stands above everything in
// its thread where it is older than all of that; else it stands, like all else, where
// this store came to know of it.
func (b *batch) past(c *conversation, e event.Event, row newMessage) error {
	if err := b.write(); err != nil { // so that the table has what came before
		return err
	}
	var top int64
	some, err := b.get("select sent_at from message where conversation = ? and kind = 'message' order by key limit 1", []any{c.key}, &top)
	if err != nil {
		return err
	}
	row.conversation, row.seq, row.at, row.jobSince = c, e.Seq, row.sent, row.sent
	row.above = !some || row.sent <= top
	key, err := b.insertMessage(row)
	if key == 0 || err != nil { // it is known already
		return err
	}
	if c.base.Preview == 0 {
		c.previewed(key, row.sent)
	}
	b.happened(c, e)
	if err := b.behind(key, e); err != nil {
		return err
	}
	return b.adopt(key, c.account.key, row.id, "")
}
