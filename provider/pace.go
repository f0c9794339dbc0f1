package provider

import "time"

// Pace holds back what a network would refuse: the account's throughput, the
// sustained rate to one customer, the pauses the network asked for, and all but
// one attempt at a network that does not answer. It only delays one account or
// one chat, never the others, and it owns no timer: Ready says when it is worth
// asking again. It has no lock: its one user has.
type Pace struct {
	limit func(ChatKey) RateLimit
	// most is how many attempts of one account may be on the wire at once. It is
	// counted per account, so that an account that hangs takes no place of
	// another's.
	most     int
	accounts map[AccountID]*lane
	pairs    map[ChatKey]*lane
}

// NewPace returns a pace at rest. limit is a chat's rate, most how many attempts
// of one account may be on the wire at once.
func NewPace(most int, limit func(ChatKey) RateLimit) *Pace {
	return &Pace{limit: limit, most: most, accounts: map[AccountID]*lane{}, pairs: map[ChatKey]*lane{}}
}

// lane is one account's or one chat's own pace.
type lane struct {
	bucket
	held   time.Time // until when nothing may leave
	flying int       // attempts on the wire
	// failures is how often in a row the account's network took nothing. While
	// it is not 0, one attempt at a time finds out whether it does again.
	failures int
}

// bucket is a token bucket without a ticker. It keeps one instant: when it
// will be full again. A bucket that is full is the same as a new one, so it
// may be forgotten.
type bucket struct {
	full time.Time
}

// ready returns when the next may go; at or before now means at once.
func (b bucket) ready(every time.Duration, burst int) time.Time {
	return b.full.Add(-time.Duration(burst-1) * every)
}

func (b *bucket) take(now time.Time, every time.Duration) {
	if b.full.Before(now) {
		b.full = now
	}
	b.full = b.full.Add(every)
}

// Ready returns the instant from which a message to this chat may leave, and
// whether time alone brings it: false means that an attempt has to end first.
func (p *Pace) Ready(chat ChatKey) (at time.Time, byTime bool) {
	account, pair := p.accounts[chat.Account], p.pairs[chat]
	rate := p.limit(chat)
	if account != nil {
		most := p.most
		if account.failures > 0 {
			most = 1
		}
		if account.flying >= most {
			return time.Time{}, false
		}
		at = account.held
		if rate.PerSecond > 0 {
			at = later(at, account.ready(perMessage(rate), burst(rate)))
		}
	}
	if pair != nil {
		at = later(at, pair.held)
		if rate.PairEvery > 0 {
			at = later(at, pair.ready(rate.PairEvery, max(rate.PairBurst, 1)))
		}
	}
	return at, true
}

// Begin counts an attempt that is about to leave.
func (p *Pace) Begin(chat ChatKey, now time.Time) {
	rate := p.limit(chat)
	account, pair := p.account(chat.Account), p.pair(chat)
	account.flying++
	pair.flying++
	if rate.PerSecond > 0 {
		account.take(now, perMessage(rate))
	}
	if rate.PairEvery > 0 {
		pair.take(now, rate.PairEvery)
	}
}

// End takes an attempt off the wire, and forgets the chats that are at rest.
func (p *Pace) End(chat ChatKey, now time.Time) {
	p.account(chat.Account).flying--
	p.pair(chat).flying--
	for key, pair := range p.pairs {
		if pair.flying == 0 && !pair.full.After(now) && !pair.held.After(now) {
			delete(p.pairs, key)
		}
	}
}

// HoldPair lets nothing to this chat leave before until.
func (p *Pace) HoldPair(chat ChatKey, until time.Time) {
	pair := p.pair(chat)
	pair.held = later(pair.held, until)
}

// Answered: the account's network took an attempt or refused that one alone.
func (p *Pace) Answered(id AccountID) { p.account(id).failures = 0 }

// Trip: the account's network took nothing at now. Nothing of the account
// leaves until pause is over, which is asked for with the number of failures in
// a row; then one attempt at a time does, until one is Answered. What ended
// while it was held back already was part of the same failure.
func (p *Pace) Trip(id AccountID, now time.Time, pause func(failures int) time.Duration) {
	account := p.account(id)
	if account.failures == 0 || !now.Before(account.held) {
		account.failures++
	}
	account.held = later(account.held, now.Add(pause(account.failures)))
}

// SetBack is for a clock that was set back by so much: what was to wait until
// an instant of the old one would wait that much longer.
func (p *Pace) SetBack(by time.Duration) {
	for _, lane := range p.accounts {
		lane.setBack(by)
	}
	for _, lane := range p.pairs {
		lane.setBack(by)
	}
}

func (l *lane) setBack(by time.Duration) {
	l.held, l.full = l.held.Add(-by), l.full.Add(-by)
}

func (p *Pace) account(id AccountID) *lane {
	if p.accounts[id] == nil {
		p.accounts[id] = &lane{}
	}
	return p.accounts[id]
}

func (p *Pace) pair(chat ChatKey) *lane {
	if p.pairs[chat] == nil {
		p.pairs[chat] = &lane{}
	}
	return p.pairs[chat]
}

// perMessage leaves room in every second for the burst, so that burst and rate
// together stay within what the network counts in one.
func perMessage(r RateLimit) time.Duration {
	return time.Duration(float64(time.Second) / (r.PerSecond - float64(burst(r)-1)))
}

// burst lets a tenth of a second's worth go at once.
func burst(r RateLimit) int { return max(1, int(r.PerSecond/10)) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
