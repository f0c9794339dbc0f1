package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// counting is a Stats under way.
type counting struct {
	store *Store
	q     StatsQuestion
	now   time.Time
	stats Stats
	// account and conversation are the keys of what it is narrowed to; 0 for all.
	account, conversation int64
	// accounts are all there are; at is the place of each in stats.Channels.
	accounts []*account
	at       map[int64]int

	failures  map[Failure]int
	templates map[[2]string]*Delivery
	agents    map[event.AgentID]*AgentStats
	firsts    map[event.AgentID][]time.Duration
	// nexts and ends are the later answers and the resolutions.
	nexts, ends []time.Duration
	// windows is each account's rule for its usual chat.
	windows map[int64]provider.WindowRule
	// targets are the team's, owing what of each conversation they depend on; nil where
	// there are none.
	targets *targets
	owing   map[int64]*owing
}

// The conditions of every question: ?1 and ?2 are the span, ?3 the account, ?4 the
// agent, ?5 the conversation. One conversation has words of its own, so that its
// index is used.
const (
	ofAll          = " and ?5 = 0"
	ofThis         = " and m.conversation = ?5"
	ofAccount      = " and (?3 = 0 or m.account = ?3)"
	byAgent        = " and (?4 = '' or " + author + " = ?4)"
	ofAgent        = " and (?4 = '' or c.assignee = ?4)"
	inSpan         = " and m.at >= ?1 and m.at < ?2"
	left           = "m.direction = 'out' and m.kind = 'message' and m.job in ('sending', 'sent', 'failed', 'unsure')"
	customersWords = "m.direction = 'in' and m.kind = 'message' and m.sent_at > 0"
)

// author is who wrote a message: nobody, where a rule of the team's did.
const author = "case when m.plan ->> '$.rule' is null then m.by else '' end"

// each asks a question with the five parameters and more, narrowed to what is asked.
func (c *counting) each(ctx context.Context, query string, f func(scan func(...any) error) error, more ...any) error {
	scope := ofAll
	if c.conversation != 0 {
		scope = ofThis
	}
	query = strings.ReplaceAll(query, "{scope}", scope+ofAccount)
	args := append([]any{millis(c.q.From), millis(c.q.To), c.account, string(c.q.Agent), c.conversation}, more...)
	rows, err := c.store.read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, f)
}

func (c *counting) readAccounts(ctx context.Context) error {
	rows, err := c.store.read.QueryContext(ctx, "select key, id, network, driver, name from account order by id")
	if err != nil {
		return err
	}
	c.at, c.windows = map[int64]int{}, map[int64]provider.WindowRule{}
	err = eachRow(rows, func(scan func(...any) error) error {
		a, name := &account{}, ""
		if err := scan(&a.key, &a.id, &a.network, &a.driver, &name); err != nil {
			return err
		}
		if c.q.Account != "" && a.id != c.q.Account {
			return nil
		}
		if c.q.Account != "" {
			c.account = a.key
		}
		c.at[a.key] = len(c.stats.Channels)
		c.accounts = append(c.accounts, a)
		c.windows[a.key] = c.store.window(a)
		c.stats.Channels = append(c.stats.Channels, Channel{Account: a.id, Network: a.network, Name: name})
		return nil
	})
	if err != nil {
		return err
	}
	if c.q.Account != "" && c.account == 0 {
		return ErrNotFound
	}
	return c.readConversation(ctx)
}

func (c *counting) readConversation(ctx context.Context) error {
	if c.q.Conversation == "" {
		return nil
	}
	err := c.store.read.QueryRowContext(ctx, `select key from conversation where id = ?1
		union select conversation from conversation_alias where alias = ?1`, string(c.q.Conversation)).Scan(&c.conversation)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// quarter is what hours are put together of: every zone's hours begin at one.
const quarter = 15 * time.Minute

func (c *counting) readVolume(ctx context.Context) error {
	days := map[time.Time]*Volume{}
	for day := dayOf(c.q.From, c.q.Location); day.Before(c.q.To); day = dayOf(day.Add(36*time.Hour), c.q.Location) {
		c.stats.Days = append(c.stats.Days, DayVolume{Day: day})
	}
	for i := range c.stats.Days {
		days[c.stats.Days[i].Day] = &c.stats.Days[i].Volume
	}
	return c.each(ctx, `select m.account, m.at / 900000, m.direction = 'in', count(*) from message m join conversation c on c.key = m.conversation
		where m.kind = 'message' and m.part_of is null and (`+left+byAgent+` or `+customersWords+ofAgent+`)`+inSpan+`{scope}
		group by 1, 2, 3`, func(scan func(...any) error) error {
		var account, at int64
		var in bool
		var n int
		if err := scan(&account, &at, &in, &n); err != nil {
			return err
		}
		t := instant(at * quarter.Milliseconds()).In(c.q.Location)
		for _, v := range []*Volume{&c.stats.Hours[t.Hour()], days[dayOf(t, c.q.Location)], &c.stats.Channels[c.at[account]].Volume} {
			if v != nil { // a zone may have had days of odd seconds, long ago
				v.add(in, n)
			}
		}
		return nil
	})
}

func (v *Volume) add(in bool, n int) {
	if in {
		v.In += n
	} else {
		v.Out += n
	}
}

// dayOf is the first instant of t's day: midnight, or where a zone's clock leaps over
// it, what comes after.
func dayOf(t time.Time, in *time.Location) time.Time {
	y, m, d := t.In(in).Date()
	t = time.Date(y, m, d, 0, 0, 0, 0, in)
	for t.Day() != d {
		t = t.Add(quarter)
	}
	return t
}

func (c *counting) readDelivery(ctx context.Context) error {
	return c.each(ctx, `select m.account, `+author+`, m.status, m.job, coalesce(m.error ->> 'reason', ''), coalesce(m.error ->> 'code', ''), coalesce(m.error ->> 'text', ''),
		case m.content_kind when 'template' then coalesce(m.content ->> '$.template.name', '') else '' end,
		case m.content_kind when 'template' then coalesce(m.content ->> '$.template.language', '') else '' end, count(*)
		from message m where `+left+` and m.part_of is null`+inSpan+byAgent+`{scope} group by 1, 2, 3, 4, 5, 6, 7, 8, 9`,
		func(scan func(...any) error) error {
			var account int64
			var by event.AgentID
			var status int
			var job event.JobState
			var why Failure
			var name, language string
			var n int
			if err := scan(&account, &by, &status, &job, &why.Reason, &why.Code, &why.Text, &name, &language, &n); err != nil {
				return err
			}
			d := deliveryOf(provider.Status(status), job, n)
			c.stats.Delivery.add(d)
			c.stats.Channels[c.at[account]].Delivery.add(d)
			c.failures[why] += d.Failed
			if by != "" {
				c.agent(by).Replies += n
			}
			if name != "" {
				t := [2]string{name, language}
				if c.templates[t] == nil {
					c.templates[t] = &Delivery{}
				}
				c.templates[t].add(d)
			}
			return nil
		})
}

// deliveryOf is what n messages in one state count as. A network that failed a
// message had taken it.
func deliveryOf(status provider.Status, job event.JobState, n int) Delivery {
	d := Delivery{Tried: n}
	if status >= provider.Delivered {
		d.Delivered = n
	}
	if status == provider.Read {
		d.Read = n
	}
	switch {
	case status == provider.Failed || job == event.JobFailed:
		d.Failed = n
	case job == event.JobUnsure:
		d.Unsure = n
	}
	if job == event.JobSent {
		d.Sent = n
	}
	return d
}

func (d *Delivery) add(o Delivery) {
	d.Tried += o.Tried
	d.Sent += o.Sent
	d.Delivered += o.Delivered
	d.Read += o.Read
	d.Failed += o.Failed
	d.Unsure += o.Unsure
}

func (c *counting) agent(id event.AgentID) *AgentStats {
	if c.agents[id] == nil {
		c.agents[id] = &AgentStats{Agent: id}
	}
	return c.agents[id]
}
