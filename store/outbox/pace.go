package outbox

import (
	"time"

	"frontdesk/provider"
)

// perAccount is how many attempts of one account may be on the wire at once.
// It is counted per account, so that an account that hangs takes no place of
// another's.
const perAccount = 8

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

// pace holds back what the network would refuse: the account's throughput, the
// sustained rate to one customer, and the pauses the network asked for. It
// only delays one account or one chat, never the others, and it owns no timer:
// next says when it is worth asking again. Its one user is the dispatcher, so
// it has no lock.
type pace struct {
	limit    func(provider.ChatKey) provider.RateLimit
	accounts map[provider.AccountID]*lane
	pairs    map[provider.ChatKey]*lane
}

// lane is one account's or one chat's own pace.
type lane struct {
	bucket
	held   time.Time // until when the network asked us to wait
	flying int       // attempts on the wire
}

func newPace(limit func(provider.ChatKey) provider.RateLimit) *pace {
	return &pace{limit: limit, accounts: map[provider.AccountID]*lane{}, pairs: map[provider.ChatKey]*lane{}}
}

// ready returns the instant from which a message to this chat may leave, and
// whether time alone brings it: false means that an attempt has to end first.
func (p *pace) ready(chat provider.ChatKey) (at time.Time, byTime bool) {
	account, pair := p.accounts[chat.Account], p.pairs[chat]
	rate := p.limit(chat)
	if account != nil {
		if account.flying >= perAccount {
			return time.Time{}, false
		}
		at = account.held
		if rate.PerSecond > 0 {
			at = later(at, account.bucket.ready(perMessage(rate), burst(rate)))
		}
	}
	if pair != nil {
		at = later(at, pair.held)
		if rate.PairEvery > 0 {
			at = later(at, pair.bucket.ready(rate.PairEvery, max(rate.PairBurst, 1)))
		}
	}
	return at, true
}

// begin counts an attempt that is about to leave.
func (p *pace) begin(chat provider.ChatKey, now time.Time) {
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

// end takes an attempt off the wire, and forgets the chats that are at rest.
func (p *pace) end(chat provider.ChatKey, now time.Time) {
	p.account(chat.Account).flying--
	p.pair(chat).flying--
	for key, pair := range p.pairs {
		if pair.flying == 0 && !pair.full.After(now) && !pair.held.After(now) {
			delete(p.pairs, key)
		}
	}
}

// holdAccount lets nothing of the account leave before until.
func (p *pace) holdAccount(id provider.AccountID, until time.Time) {
	account := p.account(id)
	account.held = later(account.held, until)
}

// holdPair lets nothing to this chat leave before until.
func (p *pace) holdPair(chat provider.ChatKey, until time.Time) {
	pair := p.pair(chat)
	pair.held = later(pair.held, until)
}

func (p *pace) account(id provider.AccountID) *lane {
	if p.accounts[id] == nil {
		p.accounts[id] = &lane{}
	}
	return p.accounts[id]
}

func (p *pace) pair(chat provider.ChatKey) *lane {
	if p.pairs[chat] == nil {
		p.pairs[chat] = &lane{}
	}
	return p.pairs[chat]
}

func perMessage(r provider.RateLimit) time.Duration {
	return time.Duration(float64(time.Second) / r.PerSecond)
}

// burst lets a tenth of a second's worth go at once: networks count over
// windows far longer than that.
func burst(r provider.RateLimit) int { return max(1, int(r.PerSecond/10)) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
