package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// selectFlow is what begins, answers and ends a run of a conversation, in the order of
// the log. What did not arrive answers nothing, and neither does one message of many,
// or a rule of the team's. The answer to how it was asks for none.
const selectFlow = `select m.conversation, m.account, case m.kind when 'activity' then m.content_kind else m.direction end, m.at, m.sent_at,
		case when coalesce(m.activity ->> '$.rule', '') = '' then m.by else '' end, m.activity ->> '$.undone' is not null, ?4 = '' or c.assignee = ?4, c.chat
	from message m join conversation c on c.key = m.conversation where m.kind <> 'reaction' and (` + asksPerson + `
		or m.kind = 'activity' and m.content_kind in ('conversation.resolved', 'conversation.reopened')
		or ` + isAnswer + `){scope}
	order by m.conversation, m.key`

// step is one row of selectFlow.
type step struct {
	what     string
	at, sent int64
	by       event.AgentID
	undoes   bool
	// theirs is set where the conversation is the agent's who is asked for.
	theirs bool
}

// runs is how far a conversation has been walked through.
type runs struct {
	// waits is since when the customer has waited, by the network's clock, and opened
	// since when the run is open; -1 for not at all.
	waits, opened int64
	answered      bool
	// heard is the customer's last message, from which the window counts; 0 while it
	// is answered.
	heard, last int64
	// owing is what the conversation's targets depend on; nil where there are none.
	owing   *owing
	account int64
}

// readFlow walks through every conversation: a window over 100,000 rows sorted five
// ways takes SQLite longer by far.
func (c *counting) readFlow(ctx context.Context) error {
	c.firsts = map[event.AgentID][]time.Duration{}
	var in, account int64
	var chat, from provider.ChatID
	var steps []step
	err := c.each(ctx, selectFlow, func(scan func(...any) error) error {
		var s step
		var of, by int64
		if err := scan(&of, &by, &s.what, &s.at, &s.sent, &s.by, &s.undoes, &s.theirs, &from); err != nil {
			return err
		}
		if of != in {
			c.walk(in, account, chat, steps)
			in, account, chat, steps = of, by, from, steps[:0]
		}
		steps = append(steps, s)
		return nil
	})
	c.walk(in, account, chat, steps)
	var first []time.Duration
	for _, spans := range c.firsts {
		first = append(first, spans...)
	}
	c.stats.First, c.stats.Next, c.stats.Resolution = timesOf(first), timesOf(c.nexts), timesOf(c.ends)
	return err
}

// windowOf is how long a chat's window stays open, in milliseconds.
func (c *counting) windowOf(key int64, chat provider.ChatID) int64 {
	n, ok := c.at[key]
	if !ok {
		return 0
	}
	return windowLength(c.store.chatWindow(c.accounts[n], chat, c.windows[key]))
}

// walk counts one conversation. A resolution that was undone ended nothing, as in
// opened_at: the next thing that bears on it takes it back.
func (c *counting) walk(conversation, account int64, chat provider.ChatID, steps []step) {
	window := c.windowOf(account, chat)
	if len(steps) > 0 && !steps[0].theirs {
		window = 0 // what they missed, others did
	}
	r := runs{waits: -1, opened: -1, owing: c.owing[conversation], account: account}
	for i := range steps {
		s := &steps[i]
		switch {
		case s.what == string(Incoming):
			r.wrote(c, s, window)
		case s.what == string(Outgoing):
			r.replied(c, s, window)
		case s.what == event.KindReopened && !s.undoes && r.opened < 0:
			r.opened = s.at
		case s.what == event.KindResolved && !takenBack(steps[i+1:]):
			r.resolved(c, s, window)
		}
	}
	r.gap(c, millis(c.now), window)
	r.overdue(c)
}

// takenBack reports whether what follows a resolution takes it back before the customer
// writes or somebody else decides.
func takenBack(after []step) bool {
	for i := range after {
		if after[i].what != string(Outgoing) {
			return after[i].undoes
		}
	}
	return false
}

func (r *runs) wrote(c *counting, s *step, window int64) {
	r.last = max(r.last, s.sent)
	r.gap(c, r.last, window)
	r.heard = r.last
	if r.waits < 0 {
		r.waits = s.sent
	}
	if r.opened < 0 {
		r.opened = s.at
	}
}

func (r *runs) replied(c *counting, s *step, window int64) {
	r.gap(c, s.at, window)
	if r.waits < 0 {
		return
	}
	r.judge(c, r.answerKind(), r.waits, s)
	took := time.Duration(max(s.at-r.waits, 0)) * time.Millisecond
	if c.counts(s) && r.answered {
		c.nexts = append(c.nexts, took)
	} else if c.counts(s) {
		c.firsts[s.by] = append(c.firsts[s.by], took)
	}
	r.waits, r.answered = -1, true
}

func (r *runs) resolved(c *counting, s *step, window int64) {
	r.gap(c, s.at, window)
	r.ended(c, s)
	if c.counts(s) {
		c.stats.Resolved++
		if s.by != "" {
			c.agent(s.by).Resolved++
		}
		if r.opened >= 0 {
			c.ends = append(c.ends, time.Duration(s.at-r.opened)*time.Millisecond)
		}
	}
	r.waits, r.opened, r.answered = -1, -1, false
}

// gap ends what the customer said last: the window is missed where it closed before.
func (r *runs) gap(c *counting, until, window int64) {
	closes := r.heard + window
	if r.heard > 0 && window > 0 && closes < until && closes >= millis(c.q.From) && closes < millis(c.q.To) {
		c.stats.Missed++
	}
	r.heard = 0
}

// counts reports whether something of the team's is asked for.
func (c *counting) counts(s *step) bool {
	return s.at >= millis(c.q.From) && s.at < millis(c.q.To) && (c.q.Agent == "" || s.by == c.q.Agent)
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
	for i, a := range c.accounts {
		if a.network == provider.WhatsApp && c.conversation == 0 && c.q.Agent == "" {
			month, err := c.store.Charges(ctx, a.id, c.now)
			if err != nil {
				return err
			}
			c.stats.Channels[i].Service = month.By["service"]
		}
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
