package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
)

// Charges is what an account's network says it charges messages as, of those it
// delivered in one calendar month: as far as receipts told. Since October 2026 WhatsApp
// charges for "service" as well, beyond a number of them in each month; in which time
// zone a month begins is not documented, and here it is UTC.
type Charges struct {
	// Month is its first instant, in UTC.
	Month time.Time
	// By counts messages by the network's own word: "service", "utility" … .
	By map[string]int
	// Untold is how many were delivered and no receipt says what as.
	Untold int
}

// receiptsOf are the receipts of what an account sent, by its message: also of what
// was sent by others through the same number, and of which only receipts come.
const receiptsOf = `select m.key as message, e.at, e.body from message m cross join message_event e on e.message = m.key
		where m.account = ?1 and m.direction = 'out' and e.kind = 'message.receipt' and e.at >= ?2
	union all
	select network_id, at, body from waiting
		where account = ?1 and kind = 'message.receipt' and network_id is not null and at >= ?2`

// receiptsOfSome are those of one conversation (?5, 0 for all) and of one agent's (?6,
// empty for all) messages.
const receiptsOfSome = `select m.key as message, e.at, e.body from message m cross join message_event e on e.message = m.key
		where m.account = ?1 and m.direction = 'out' and e.kind = 'message.receipt' and e.at >= ?2
		and (?5 = 0 or m.conversation = ?5) and (?6 = '' or m.by = ?6 and m.plan ->> '$.rule' is null)`

// chargesIn counts each message once, whatever number of receipts told of it, in
// the span (?3 to ?4, in seconds) in which it was first said to be delivered. What it is charged as is the
// word of the receipts of its delivery; else that of the one before.
func chargesIn(receipts string) string {
	return `with told as (
	select message, at, body ->> 'status' in ('delivered', 'read') as arrived, body ->> 'at' as stamp, body ->> 'category' as category
	from (` + receipts + `)
), charged as (
	select min(case when arrived then case when unixepoch(stamp) > 0 then unixepoch(stamp) else at / 1000 end end) as delivered,
		coalesce(max(case when arrived then category end), max(category), '') as category
	from told group by message
)
select category, count(*) from charged where delivered >= ?3 and delivered < ?4 group by category`
}

// chargedBefore is how long before a month the receipts begin that may tell what a message
// is charged as that was delivered in it: WhatsApp delivers for 30 days.
const chargedBefore = 31 * 24 * time.Hour

// Charges returns what was delivered in the month of at. It reads all messages of
// the account: it is for a person who asks, not for a screen that draws.
func (s *Store) Charges(ctx context.Context, id provider.AccountID, at time.Time) (Charges, error) {
	at = at.UTC()
	c := Charges{Month: time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC), By: map[string]int{}}
	end := c.Month.AddDate(0, 1, 0)
	var account int64
	err := s.read.QueryRowContext(ctx, "select coalesce((select key from account where id = ?), 0)", string(id)).Scan(&account)
	if err != nil {
		return c, fmt.Errorf("read charges of %s: %w", id, err)
	}
	rows, err := s.read.QueryContext(ctx, chargesIn(receiptsOf), account, millis(c.Month.Add(-chargedBefore)), c.Month.Unix(), end.Unix())
	if err != nil {
		return c, fmt.Errorf("read charges of %s: %w", id, err)
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		var as string
		var n int
		err := scan(&as, &n)
		if as == "" {
			c.Untold = n
		} else {
			c.By[as] = n
		}
		return err
	})
	if err != nil {
		return c, fmt.Errorf("read charges of %s: %w", id, err)
	}
	return c, nil
}
