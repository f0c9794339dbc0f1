package store

import "fmt"

// What a customer asks of a person, and what is a person's answer: the words of
// state.asks and sending.answers for whoever asks the table, over message m.
const (
	asksPerson = customersWords + ` and not (m.content_kind = 'choice' and coalesce(m.content ->> '$.chosen.id', '') like 'csat:%')`
	isAnswer   = `m.kind = 'message' and m.direction = 'out' and m.job in ('sending', 'sent', 'unsure')
		and m.status <> 2 and m.broadcast = '' and m.plan ->> '$.rule' is null`
	ofRun = ` from message m where m.conversation = ?1 and m.kind <> 'reaction' and m.key >= ?2 and `
)

// selectOwed is since when no person has answered the customer, and when one first did
// since the row that is its second argument, which opened the conversation.
const selectOwed = `select
	coalesce((select m.sent_at` + ofRun + asksPerson + ` and m.key > coalesce((select m.key` + ofRun + isAnswer + ` order by m.key desc limit 1), 0)
		order by m.key limit 1), 0),
	coalesce((select m.at` + ofRun + isAnswer + ` and m.key > (select m.key` + ofRun + asksPerson + ` order by m.key limit 1) order by m.key limit 1), 0)`

// recountOwed reads from the thread what a person owes the customer: a send that
// leaves now may stand before what the customer wrote meanwhile, and one that failed
// answers nothing any more.
func (b *batch) recountOwed(c *conversation) error {
	// By the log and not by the clock: a reply's time is this terminal's own.
	var opened int64
	if _, err := b.get("select coalesce(min(key), 0) from message where conversation = ? and kind <> 'reaction' and at >= ?",
		[]any{c.key, c.base.OpenedAt}, &opened); err != nil {
		return fmt.Errorf("read since when it is open: %w", err)
	}
	if _, err := b.get(selectOwed, []any{c.key, opened}, &c.base.AskedAt, &c.base.AnsweredAt); err != nil {
		return fmt.Errorf("read what is owed: %w", err)
	}
	return nil
}
