package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/webhookrelay/event"
)

// flow is what begins, answers and ends a run of a conversation, in the order of the
// log. A resolution that was undone ended nothing (see opened_at), what did not
// arrive answered nothing, and neither did one message of many, or a rule of the
// team's. The answer to how it was asks for none.
const flow = `with said as (
	select m.conversation, m.key, m.account, m.at, m.sent_at, case when m.activity ->> '$.rule' is null then m.by else '' end as by,
		case when m.direction = 'in' then 'in' when m.content_kind = 'conversation.resolved' then 'resolved'
			when m.activity ->> '$.undone' is not null then 'undo' else 'reopened' end as what
	from message m where m.kind <> 'reaction' and (` + customersWords + `
			and not (m.content_kind = 'choice' and coalesce(m.content ->> '$.chosen.id', '') like 'csat:%')
		or m.kind = 'activity' and m.content_kind in ('conversation.resolved', 'conversation.reopened')){scope}
), step as (
	select *, lead(what = 'undo', 1, 0) over (partition by conversation order by key) as undone from said
), flow as (
	select conversation, key, account, at, sent_at, by, what from step where what <> 'undo' and not (what = 'resolved' and undone)
	union all
	select m.conversation, m.key, m.account, m.at, m.sent_at, m.by, 'reply' from message m
		where m.kind <> 'reaction' and m.kind = 'message' and m.direction = 'out' and m.job in ('sending', 'sent', 'unsure')
		and m.status <> 2 and m.broadcast = '' and m.plan ->> '$.rule' is null{scope}
)`

// selectResponses finds each reply that ended a wait, whether it was the first of its
// run, and each resolution with the opening it ends. closed tells the runs apart,
// ender the waits.
const selectResponses = flow + `, placed as (
	select *, max(case when what = 'resolved' then key end) over before as closed,
		max(case when what in ('resolved', 'reply') then key end) over before as ender
	from flow window before as (partition by conversation order by key rows between unbounded preceding and 1 preceding)
), timed as (
	select conversation, key, at, by, what, closed,
		min(case when what = 'in' then key end) over (partition by conversation, ender) as asked,
		min(case when what in ('in', 'reopened') then key end) over (partition by conversation, closed) as opened
	from placed
), answer as (
	select t.what, t.at, t.by, t.key, max(t.at - a.sent_at, 0) as took,
		row_number() over (partition by t.conversation, t.closed order by t.key) = 1 as first
	from timed t join message a on a.key = t.asked where t.what = 'reply'
	union all
	select t.what, t.at, t.by, t.key, coalesce(t.at - o.at, -1), 0 from timed t left join message o on o.key = t.opened where t.what = 'resolved'
)
select what, by, first, took from answer m where (?4 = '' or m.by = ?4)` + inSpan

func (c *counting) readResponses(ctx context.Context) error {
	var first, next, ends []time.Duration
	c.firsts = map[event.AgentID][]time.Duration{}
	err := c.each(ctx, selectResponses, func(scan func(...any) error) error {
		var what string
		var by event.AgentID
		var isFirst bool
		var ms int64
		if err := scan(&what, &by, &isFirst, &ms); err != nil {
			return err
		}
		took := time.Duration(ms) * time.Millisecond
		switch {
		case what == "resolved":
			c.stats.Resolved++
			if by != "" {
				c.agent(by).Resolved++
			}
			if ms >= 0 { // one that the customer never wrote in was never opened
				ends = append(ends, took)
			}
		case isFirst:
			first = append(first, took)
			c.firsts[by] = append(c.firsts[by], took)
		default:
			next = append(next, took)
		}
		return nil
	})
	c.stats.First, c.stats.Next, c.stats.Resolution = timesOf(first), timesOf(next), timesOf(ends)
	return err
}

// selectMissed counts the customer's messages after whose window's end nobody had
// answered them, and the customer had not opened it again: ?6 is the windows by
// account, ?7 is now.
const selectMissed = flow + `, latest as (
	select *, max(case when what = 'in' then sent_at end) over (partition by conversation order by key) as heard
	from flow where what <> 'reopened'
), gap as (
	select account, conversation, what, heard, lead(case when what = 'in' then heard else at end) over (partition by conversation order by key) as next from latest
)
select count(*) from gap g join json_each(?6) w on w.key = cast(g.account as text) join conversation c on c.key = g.conversation
	where g.what = 'in' and g.heard + w.value < coalesce(g.next, ?7) and g.heard + w.value >= ?1 and g.heard + w.value < ?2` + ofAgent

func (c *counting) readMissed(ctx context.Context) error {
	windows := map[int64]int64{}
	for _, a := range c.accounts {
		if rule := c.store.window(a); rule.For > 0 && !rule.Blind {
			windows[a.key] = rule.For.Milliseconds()
		}
	}
	if len(windows) == 0 {
		return nil
	}
	by, err := encode(windows)
	if err != nil {
		return err
	}
	return c.each(ctx, selectMissed, func(scan func(...any) error) error { return scan(&c.stats.Missed) }, by, millis(c.now))
}

func (c *counting) readWaiting(ctx context.Context) error {
	var waits []time.Duration
	query := strings.ReplaceAll(`select c.waiting_since from conversation c where c.waiting_since > 0`+ofAgent+`{scope}`, "{scope}",
		" and (?3 = 0 or c.account = ?3) and (?5 = 0 or c.key = ?5)")
	err := c.each(ctx, query, func(scan func(...any) error) error {
		var since int64
		err := scan(&since)
		waits = append(waits, max(c.now.Sub(instant(since)), 0))
		return err
	})
	c.stats.Waiting = timesOf(waits)
	return err
}

// readRatings takes what the customers said themselves, not what the team guessed.
func (c *counting) readRatings(ctx context.Context) error {
	err := c.each(ctx, `select m.activity ->> '$.stars', count(*) from message m join conversation c on c.key = m.conversation
		where m.kind <> 'reaction' and m.kind = 'activity' and m.content_kind = 'conversation.rated'`+inSpan+ofAgent+`{scope} group by 1`,
		func(scan func(...any) error) error {
			var stars, n int
			err := scan(&stars, &n)
			if stars >= 1 && stars <= len(c.stats.Ratings.Stars) {
				c.stats.Ratings.Answered += n
				c.stats.Ratings.Stars[stars-1] += n
			}
			return err
		})
	if err != nil {
		return err
	}
	// The first condition spares reading the JSON of all others.
	return c.each(ctx, `select count(*) from message m join conversation c on c.key = m.conversation
		where `+left+` and m.content like '%"csat:%' and (
			exists (select 1 from json_each(m.content, '$.menu.options') o where o.value ->> 'id' like 'csat:%')
			or exists (select 1 from json_each(m.content, '$.template.payloads') p where p.value like 'csat:%'))`+inSpan+ofAgent+`{scope}`,
		func(scan func(...any) error) error { return scan(&c.stats.Ratings.Asked) })
}

// readCharged asks each account what was delivered in the span and what as; of a
// conversation or an agent, its own messages alone.
func (c *counting) readCharged(ctx context.Context) error {
	for _, a := range c.accounts {
		from := receiptsOf
		if c.conversation != 0 || c.q.Agent != "" {
			from = receiptsOfSome
		}
		rows, err := c.store.read.QueryContext(ctx, chargesIn(from), a.key, millis(c.q.From.Add(-chargedBefore)),
			c.q.From.Unix(), c.q.To.Unix(), c.conversation, string(c.q.Agent))
		if err != nil {
			return err
		}
		err = eachRow(rows, func(scan func(...any) error) error {
			var as string
			var n int
			err := scan(&as, &n)
			if as == "" {
				c.stats.Untold += n
			} else {
				c.stats.Charged[as] += n
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *counting) readNames(ctx context.Context) error {
	team, err := c.store.Agents(ctx)
	for _, a := range team {
		if known := c.agents[a.ID]; known != nil {
			known.Name = a.Name
		}
	}
	return err
}

// finish puts what was gathered by name into its order.
func (c *counting) finish() {
	for _, id := range slices.Sorted(maps.Keys(c.agents)) {
		a := c.agents[id]
		a.First = timesOf(c.firsts[id])
		c.stats.Agents = append(c.stats.Agents, *a)
	}
	// One code may come with several texts, and is one reason.
	byCode := map[Failure]*Failure{}
	for why, n := range c.failures {
		if n == 0 {
			continue
		}
		key := Failure{Reason: why.Reason, Code: why.Code}
		if byCode[key] == nil {
			byCode[key] = &Failure{Reason: why.Reason, Code: why.Code, Text: why.Text}
		}
		f := byCode[key]
		f.N, f.Text = f.N+n, max(f.Text, why.Text)
	}
	for _, f := range byCode {
		c.stats.Failures = append(c.stats.Failures, *f)
	}
	slices.SortFunc(c.stats.Failures, func(a, b Failure) int {
		return cmp.Or(b.N-a.N, cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Code, b.Code))
	})
	for t, d := range c.templates {
		c.stats.Templates = append(c.stats.Templates, TemplateStats{Name: t[0], Language: t[1], Delivery: *d})
	}
	slices.SortFunc(c.stats.Templates, func(a, b TemplateStats) int {
		return cmp.Or(b.Delivery.Tried-a.Delivery.Tried, cmp.Compare(a.Name, b.Name), cmp.Compare(a.Language, b.Language))
	})
}
